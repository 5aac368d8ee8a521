"""The now-serving board as rows: sizes, languages, plain glyphs, and every state of branch and host."""

from itertools import combinations
from typing import Any

import pytest
from board_sample import BEFORE, COUNTERS, NOW, call, counter, lobby, view
from monday import LANGUAGES, SIZES, at, lane, look_of, offers
from rich.cells import cell_len
from snap import check, text_of
from textual.content import Content

from tellertui.core.clock import MINUTE
from tellertui.ui.look import Look
from tellertui.workflows.reception.screens import glyphs
from tellertui.workflows.reception.screens.board_rows import BESIDE, LIT, Board, board_rows

EMPTY: dict[str, Any] = {"calls": [], "before": [], "missed": []}
QUIET = {**EMPTY, "lanes": [lane(offer, waiting=0) for offer in offers()]}
MANY = [call(f"A1{number:03}", str(10 + number), "10:42") for number in range(1, 6)]
LONG_WAITS = [lane(offer, waiting=120, wait_lo_min=100, wait_hi_min=240) for offer in offers()]
LONG_WAITS[0] = lane(offers()[0], stopped="cash", stopped_until=at("11:15"))
LONG_WAITS[1] = lane(offers()[1], stopped="system")
MISSED = [f"C{number:03}" for number in range(20)]


def board(language: str = "zh_Hant", **more: Any) -> Board:
    return Board(**{"lobby": lobby(language), "view": view(), "now": NOW, **more})


STATES: dict[str, Any] = {
    "starting": {"lobby": None, "view": None},
    "never_reached": {"lobby": None, "view": None, "away": at("10:33")},
    "empty": {"view": view(**EMPTY)},
    "away": {"away": at("10:33")},
    "before_opening": {"view": view(**QUIET), "now": at("08:05")},
    "evening": {"view": view(**QUIET), "now": at("18:05")},
    "serving_after_hours": {"now": at("17:20")},
    "crowded": {"view": view(calls=MANY, missed=MISSED, lanes=LONG_WAITS)},
}


def drawn(shown: Board, look: Look) -> list[Content]:
    rows = [look.shown(row) for row in board_rows(shown, look)]
    assert len(rows) == look.height
    assert {row.cell_length for row in rows} == {look.width}
    return rows


def text(shown: Board, language: str = "zh_Hant", size: tuple[int, int] = (80, 24)) -> str:
    return "\n".join(text_of(drawn(shown, look_of(language, size))))


@pytest.mark.parametrize("plain", [False, True], ids=["", "plain"])
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_busy_morning(language: str, size: tuple[int, int], plain: bool) -> None:
    look = look_of(language, size, plain=plain)
    name = f"board_{language}_{size[0]}x{size[1]}{'_plain' if plain else ''}"
    check(name, drawn(board(language), look), width=size[0])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", STATES)
def test_states(state: str, language: str) -> None:
    shown = board(language, **STATES[state])
    check(f"board_{state}_{language}", drawn(shown, look_of(language)), width=80)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [(80, 24), (81, 25), (100, 30), (120, 40), (133, 43), (240, 72), (300, 24)])
def test_every_window_is_filled_exactly(size: tuple[int, int], language: str, state: str) -> None:
    drawn(board(language, **STATES[state]), look_of(language, size))


def test_a_larger_window_has_more_calls_and_a_larger_newest_one() -> None:
    small, large = text(board()), text(board(), size=(120, 40))
    assert all(row in large for row in glyphs.drawn("E004", gap=3, scale=2))
    for number in ("H002", "F001"):
        beside = f"{number} > "
        assert beside in small
        assert beside not in large
        assert all(row in large for row in glyphs.drawn(number))


def test_the_newest_call_stands_at_the_top_and_answered_ones_below_in_their_order() -> None:
    rows = drawn(board(view=view(before=BEFORE)), look_of("zh_Hant"))[3:20]
    for place, number in enumerate(("E004", "A011", "A010")):
        assert [row.plain[3:33] for row in rows[6 * place : 6 * place + 5]] == glyphs.drawn(number)


def test_an_awaited_call_is_never_driven_out_by_an_answered_one() -> None:
    calls = [call("A020", "1", "10:20"), call("A019", "2", "10:19"), call("A018", "3", "10:18")]
    shown = text(board(view=view(calls=calls)))
    assert all(row in shown for number in ("A020", "A019", "A018") for row in glyphs.drawn(number))
    assert "剛才  A010 > 1" in shown


def test_a_call_that_has_no_room_is_named_beside() -> None:
    shown = board(**STATES["crowded"])
    assert "另請  A1004 > 14" in text(shown)
    assert "另請" not in text(shown, size=(120, 40))
    assert "C000" in text(shown)
    assert "+12" in text(shown)


def test_a_lit_call_is_in_reverse_and_stays_readable() -> None:
    dark, lit = (drawn(board(lit=frozenset(each)), look_of("zh_Hant")) for each in ((), ("E004",)))
    assert text_of(dark) == text_of(lit)
    changed = [place for place, (a, b) in enumerate(zip(dark, lit, strict=True)) if a.spans != b.spans]
    assert changed == [3, 4, 5, 6, 7]
    assert all(LIT in [span.style for span in lit[place].spans] for place in changed)


def test_the_lowest_rows_change_once_a_minute_and_say_everything_in_two_languages() -> None:
    words = [lobby("zh_Hant").greeting, *lobby("zh_Hant").notices]
    start = NOW // MINUTE
    for second in range(0, 60 * len(words), 20):
        rows = text(board(now=NOW + second * 1000)).splitlines()[-2:]
        told = words[(start + second // 60) % len(words)]
        assert [row.strip() for row in rows] == [told.zh_hant, told.en]


def test_every_notice_has_room_in_the_smallest_window() -> None:
    for words in (lobby("en").greeting, *lobby("en").notices):
        assert all(cell_len(words.said(language)) <= 78 for language in LANGUAGES)


def test_what_is_old_is_not_shown_as_a_wait() -> None:
    assert "18-24" in text(board())
    away = text(board(away=at("10:33")))
    assert "18-24" not in away
    assert "10:33" in away
    assert all(row in away for row in glyphs.drawn("E004"))


def test_a_day_that_was_closed_early_says_so_once_nobody_waits() -> None:
    closed = {"lobby": lobby("zh_Hant", closed=True)}
    assert "今天不再取號  明天 8:30 開門" in text(board(**closed))
    at_rest = text(board(**closed, view=view(**QUIET)))
    assert all(row in at_rest for row in glyphs.drawn("8:30"))
    assert "等候" not in at_rest


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"next_day": "2026-11-27", "next_open": "09:00"}, "週五 11-27"),
        ({"open": None, "close": None}, "今天休息"),
        ({"open": None, "close": None, "next_day": None, "next_open": None}, "今天休息"),
    ],
)
def test_long_absences_are_told(more: dict[str, Any], told: str) -> None:
    shown = board(lobby=lobby("zh_Hant", **more), view=view(**QUIET), now=at("18:05"))
    assert told in text(shown)


def test_counters_say_what_they_serve_or_that_they_do_not() -> None:
    shown = text(board())
    assert "1 2 號  個人現金、個人非現金" in shown, "the same services stand on one row"
    assert "4 號  暫停服務" in shown
    closed = [counter(str(place), "cash loss", "closed") for place in range(1, 5)]
    assert "1-4 號  未開放" in text(board(view=view(counters=closed)))


def test_the_language_of_the_branch_comes_first() -> None:
    for language in LANGUAGES:
        title = text(board(language), language).splitlines()[0]
        own, other = (look_of(each).say("NOW SERVING") for each in (language, BESIDE[language]))
        assert f"{own}   {other}" in title


def test_no_person_and_no_reason_is_shown() -> None:
    shown = view(counters=[*COUNTERS[:3], counter("4", "cash", "paused")], lanes=LONG_WAITS)
    for language in LANGUAGES:
        sign = text(board(language, view=shown), language, (120, 40))
        assert not [word for word in ("王敏", "陳靜", "0412", "現金箱", "現鈔", "system") if word in sign]


def test_every_character_has_strokes_of_two_cells_and_five_rows() -> None:
    for character in sorted(glyphs.DRAWN - {":"}):
        rows = glyphs.drawn(character)
        assert [len(row) for row in rows] == [glyphs.WIDE] * glyphs.TALL
        assert all(len(run) >= 2 for row in rows for run in row.split()), character


def test_no_character_is_taken_for_another() -> None:
    forms = {character: "".join(glyphs.drawn(character)) for character in glyphs.DRAWN - {":"}}
    for one, other in combinations(forms, 2):
        differing = sum(a != b for a, b in zip(forms[one], forms[other], strict=True))
        assert differing >= 2, (one, other)
    assert not glyphs.DRAWN & set("BDGIOQSZ")


def test_a_letter_that_is_not_drawn_stands_plainly() -> None:
    for scale in (1, 2):
        rows = glyphs.drawn("B7", scale=scale)
        assert len(rows) == glyphs.TALL * scale
        assert {len(row) for row in rows} == {glyphs.cells("B7", scale=scale)}
        assert sum("B" in row for row in rows) == 1
    assert glyphs.drawn("") == [""] * glyphs.TALL


@pytest.mark.parametrize(("number", "counter"), [("A018", "12"), ("A1018", "3"), ("A1018", "12")])
def test_longer_numbers_and_counters_are_drawn_whole(number: str, counter: str) -> None:
    shown = text(board(view=view(calls=[call(number, counter, "10:43")], before=[])))
    assert all(row in shown for each in (number, counter) for row in glyphs.drawn(each, gap=1))
    assert "個人非現金" in shown
