"""The frame around every body, in three languages and two sizes, without an app."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from snap import check, text_of

from tellertui.i18n import LANGUAGES
from tellertui.ui.actions import Action, Actions, Slot
from tellertui.ui.chrome import (
    Head,
    Line,
    Status,
    body_rows,
    day_text,
    frame_rows,
    head_rows,
    key_rows,
    line_text,
    note_row,
    small_rows,
    status_row,
    verb_rows,
)
from tellertui.ui.entry import Entry
from tellertui.ui.form import Mark, section_row
from tellertui.ui.frame import Frame
from tellertui.ui.look import Look
from tellertui.ui.notes import FORBIDDEN, WARNING, Note
from tellertui.ui.text import line, width

FIVE = st.lists(st.text(max_size=200), min_size=5, max_size=5)
SIZES = [(80, 24), (120, 40)]
STATUS = Status("城南支行", "Passphrase", "陳靜", "3", "2026-11-23", Line(False, "10:33", 42))
MARKS = [
    Mark("1", "Command", 5, 5, 0, here=True),
    Mark("2", "Find", 3, 3, 0, 1),
    Mark("3", "Help", 0, 2, 1),
    Mark("4", "Veil", 2, 5, 0),
]


class _Frame(Frame):
    teller = type("Teller", (), {"veil": None})()  # type: ignore[assignment]


class _Entry(Entry):
    teller = _Frame.teller

    def __init__(self) -> None:
        """Make no form: only the keys are looked at."""


def keys_of(screen: Frame) -> Actions:
    return Actions((*Frame.common(screen), *screen.actions()))


def sample(look: Look) -> list:
    slots = keys_of(_Entry()).slots(look.say, busy="f10")
    note = Note(WARNING, "This must be filled in.", {}, "R-XX-00", "F10 commits")
    body = [section_row(MARKS, look), line(" ", "客戶 Customer 陳大文先生 [/]")]
    return frame_rows(
        Head("301", "Find", "陳大文", "候 14   最久 22分 A012"), body, note, STATUS, slots, look
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x40"])
def test_the_frame_as_it_is_drawn(language, size):
    look = Look(language, *size)
    rows = sample(look)
    assert len(rows) == size[1]
    check(f"frame-{language}-{size[0]}x{size[1]}", rows, width=size[0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_plain_frame_is_as_wide(language):
    look = Look(language, plain=True)
    rows = [look.shown(row) for row in sample(look)]
    assert {width(row) for row in rows} == {80}
    assert not set("".join(text_of(rows))) & set("─…│")
    assert text_of(rows)[1] == "-" * 80


def test_the_head_gives_its_counts_the_room_and_cuts_the_thing_in_hand():
    look = Look("zh_Hant")
    row = head_rows(Head("202", "Command", "陳大文" * 20, "候 14   最久 22分 A012"), look)[0].plain
    assert row.endswith("候 14   最久 22分 A012 ")
    assert "…" in row
    assert width(row) == 80


def test_parts_that_say_nothing_are_left_out():
    assert status_row(Status(branch="城南支行"), Look()).plain.startswith("── 城南支行 ──")
    assert status_row(Status(), Look()).plain.strip("─ ") == ""
    marked = status_row(Status(branch="B", marker="Veil"), Look("zh_Hant")).plain
    assert marked.startswith("── B  遮屏 ─")


@pytest.mark.parametrize(
    ("language", "day", "down", "up"),
    [
        ("en", "Mon 11-23", "line down 10:33, 42 wait", "line up, 0 wait"),
        ("zh_Hant", "週一 11-23", "線路斷 10:33 起 待送 42", "線路通 待送 0"),
        ("zh_Hans", "周一 11-23", "线路中断 10:33 起 待送 42", "线路正常 待送 0"),
    ],
)
def test_day_and_line_are_points_in_time(language, day, down, up):
    look = Look(language)
    assert day_text("2026-11-23", look) == day
    assert line_text(Line(False, "10:33", 42), look) == down
    assert line_text(Line(True), look) == up
    assert line_text(None, look) == day_text("", look) == ""


def test_a_message_has_mark_text_rule_and_way():
    note = Note(FORBIDDEN, "Choose one of {options}.", {"options": "1 2"}, "R-AC-02", "F10 commits")
    assert note_row(note, Look()).plain.rstrip() == " x Choose one of 1 2.  R-AC-02  F10 commits"
    assert note_row(Note(FORBIDDEN, "{nothing}"), Look()).plain.rstrip() == " x ?"
    assert note_row(None, Look()).plain == " " * 80


def test_keys_stand_in_their_slots():
    slots = {key: Slot(key, label) for key, label in (("f1", "Help"), ("f10", "Commit"), ("f12", "Back"))}
    first, second = text_of(key_rows(slots, Look()))
    assert first.rstrip() == " F1 Help"
    assert second.index("F10 Commit") == 40
    assert second.index("F12 Back") == 66


def test_verbs_never_change_place():
    verbs = [Slot(key, label, key == "2") for key, label in (("1", "重呼"), ("2", "過號"), ("00", "呼助"))]
    row = verb_rows(verbs, Look())[0]
    assert row.plain.startswith(" 1 重呼       2 過號       00 呼助")
    assert [span.style for span in row.spans if span.start == row.plain.index("2")] == ["dim"]
    assert len(verb_rows(verbs, Look(), columns=2)) == 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [(40, 10), (79, 24), (80, 23), (10, 3)])
def test_too_small_says_how_large_it_must_be(language, size):
    look = Look(language, *size)
    assert look.small
    rows = small_rows(look)
    assert all(width(row) <= size[0] for row in rows)
    assert "80×24" in "".join(text_of(rows)).replace(" ", "")
    assert not Look(language).small


@given(
    st.lists(st.text(max_size=200), min_size=5, max_size=5), st.sampled_from(LANGUAGES), st.integers(80, 200)
)
def test_whatever_data_say_every_row_is_as_wide_as_the_screen(texts, language, cells):
    look = Look(language, cells, 24)
    one, two, three, four, five = texts
    rows = frame_rows(
        Head(one[:9], two, three, four[:20]),
        [line(" ", five)] * 30,
        Note(WARNING, "Choose one of {options}.", {"options": one}, two, three),
        Status(one, two, three, four, "2026-11-23", Line(True, five, 3)),
        {"f4": Slot("f4", one), "f10": Slot("f10", five, dim=True)},
        look,
    )
    assert len(rows) == 24
    assert {width(row) for row in rows} == {cells}
    assert not any("\n" in row.plain for row in rows)
    assert body_rows([], look)[0].plain == " " * cells


def test_a_plain_function_can_be_an_action():
    actions = Actions([Action("f6", "Find", "Veil", lambda: None)])
    assert actions.slots(str)["f6"] == Slot("f6", "Find", dim=False)
