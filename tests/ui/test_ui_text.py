"""Text that fits: exact widths, no silent cuts, lines broken as on paper, nothing invisible."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.content import Content

from tellertui.ui.text import (
    ELLIPSIS,
    NO_END,
    NO_START,
    beside,
    cell,
    escaped,
    fit,
    fitted,
    line,
    plain,
    right,
    spread,
    width,
    wrap,
)

CHINESE = st.sampled_from("陳大文先生客戶資料已儲存成功銀行，。、；：？！（）《》「」『』【】％·～葛")
LATIN = st.sampled_from("abcXYZ 0123456789,.;:?!()[]{}%\n/\\*'\"-")
ANY = st.text(st.one_of(st.characters(), CHINESE, LATIN), max_size=60)
TALK = st.text(st.one_of(CHINESE, CHINESE, LATIN), max_size=80)
WIDTHS = st.integers(0, 40)


@given(ANY)
def test_nothing_stays_invisible_and_escaping_twice_changes_nothing(text):
    shown = escaped(text)
    assert escaped(shown) == shown
    for character in shown:
        assert character == "\n" or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}


@given(ANY, ANY)
def test_widths_add_up(one, other):
    assert width(escaped(one) + escaped(other)) == width(escaped(one)) + width(escaped(other))


@given(ANY, WIDTHS)
def test_fit_and_right_take_exactly_the_cells_they_are_given(text, cells):
    for taken in (fit(text, cells), right(text, cells), fitted(line(text), cells).plain):
        assert cell_len(taken) == cells
        assert "\n" not in taken


@given(ANY, st.integers(2, 40))
def test_what_is_cut_has_an_ellipsis_and_what_fits_is_whole(text, cells):
    flat = escaped(text).replace("\n", " ")
    taken = fit(text, cells)
    if cell_len(flat) <= cells:
        assert taken == flat + " " * (cells - cell_len(flat))
    else:
        kept = taken.rstrip(" ")
        assert kept.endswith(ELLIPSIS)
        assert flat.startswith(kept[:-1])


@given(TALK, st.integers(4, 40))
def test_lines_are_broken_as_on_paper(text, cells):
    lines = wrap(text, cells)
    assert all(cell_len(row) <= cells for row in lines)
    assert "".join(lines).replace(" ", "") == escaped(text).replace("\n", "").replace(" ", "")
    starts = {paragraph[:1] for paragraph in text.split("\n")}
    for row in lines:
        bare = row.strip(" ")
        long_run = bare and all(character in NO_START | NO_END for character in bare)
        assert not row or row[0] not in NO_START or row[0] in starts or long_run or _squeezed(text, cells)


def _squeezed(text: str, cells: int) -> bool:
    """Say whether punctuation alone, or behind a space, forces itself to the head of a line."""
    run = longest = 0
    for character in text:
        run = run + cell_len(character) if character in NO_START | NO_END else 0
        longest = max(longest, run)
    return longest >= cells - 2 or any(f" {character}" in text for character in NO_START)


@pytest.mark.parametrize(
    ("text", "cells", "lines"),
    [
        ("客戶資料已儲存，請核對。", 14, ["客戶資料已儲", "存，請核對。"]),
        ("請按 Enter 繼續", 10, ["請按 Enter", "繼續"]),
        ("他說「好」。", 8, ["他說", "「好」。"]),
        ("a very longunbreakableword here", 8, ["a very", "longunbr", "eakablew", "ord here"]),
        ("兩行\n  縮排", 10, ["兩行", "  縮排"]),
        ("", 10, [""]),
        ("葛", 1, ["葛"]),
    ],
)
def test_known_breaks(text, cells, lines):
    assert wrap(text, cells) == lines


@given(TALK, TALK, st.integers(1, 60))
def test_a_spread_row_keeps_its_right_end(left, far, cells):
    row = spread(line(left), line(far), cells)
    assert row.cell_length == cells
    if line(far).cell_length < cells:
        assert row.plain.endswith(line(far).plain)


def test_blocks_stand_side_by_side():
    rows = beside([line("一"), line("二")], [line("x")], 4)
    assert [row.plain for row in rows] == ["一    x", "二    "]


def test_styles_survive_padding_and_cutting():
    row = fitted(line(("貴賓客戶", "bold"), " 陳大文"), 7)
    assert row.plain == "貴賓客…"
    assert [(span.start, span.end, span.style) for span in row.spans] == [(0, 3, "bold")]


def test_markup_is_text_everywhere():
    nasty = "[red]字[/red] [/ [備註] \\["
    assert plain(nasty).plain == nasty
    assert line(nasty, (nasty, "bold"), Content("x")).plain == nasty * 2 + "x"
    assert cell(nasty).plain == nasty
    assert plain(nasty).spans == []


def test_a_direction_override_is_shown_and_not_obeyed():
    assert escaped("a\u202eb\x1b[2J\x00\u200d\ufe0f\U000e0100") == (
        "a\\u202eb\\x1b[2J\\x00\\u200d\\ufe0f\U000e0100"
    )
