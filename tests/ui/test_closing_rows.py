"""904 and 901 as they are drawn: each sketch in three languages, two sizes, with and without colour."""

from collections.abc import Callable
from typing import Any

import monday_close as close
import pytest
from monday import LANGUAGES, SIZES, look_of, people, status
from rich.cells import cell_len
from snap import check

from tellertui.branch.api import CounterView
from tellertui.ui.chrome import frame_rows
from tellertui.ui.look import Look
from tellertui.ui.notes import FORBIDDEN, Note
from tellertui.workflows.closing.api import Live, Totals
from tellertui.workflows.closing.screens import day_rows, opening_rows
from tellertui.workflows.closing.screens.charts import axis, bars
from tellertui.workflows.closing.screens.day import FIRST_DO
from tellertui.workflows.closing.screens.day_rows import Day, as_many, tasks
from tellertui.workflows.closing.screens.measures import measures, percent, whole_minutes
from tellertui.workflows.closing.screens.opening_rows import Morning
from tellertui.workflows.closing.targets import targets_on

TARGETS = targets_on(close.TODAY)
MINUTE = 60_000
AMBIGUOUS = "─▁▂▃▄▅▆▇█…"

every_language = pytest.mark.parametrize("language", LANGUAGES)
every_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
with_and_without_colour = pytest.mark.parametrize("plain", [False, True], ids=["dark", "plain"])


def evening(look: Look, live: Live | None, note: Note | None = None, **more: Any) -> list[Any]:
    given: dict[str, Any] = {"compared": close.compared(), "targets": TARGETS, "services": close.SERVICES}
    day = Day(live, **{**given, "people": people(look.language), "today": close.TODAY, **more})
    return framed(day_rows.head(day, look), day_rows.body(day, look), note, look)


def morning(look: Look, note: Note | None = None, **more: Any) -> list[Any]:
    given: dict[str, Any] = {"view": close.opening(), "branch": close.branch()}
    given |= {"appointments": close.appointments(), "compared": close.compared(), "targets": TARGETS}
    known = Morning(**{**given, "people": people(look.language), **more})
    return framed(opening_rows.head(known, look), opening_rows.body(known, look), note, look)


def framed(head: Any, body: Any, note: Note | None, look: Look) -> list[Any]:
    rows = frame_rows(head, body, note, status(look.language, "manager", "0401"), {}, look)
    return [look.shown(row) for row in rows]


def named(name: str, look: Look) -> str:
    return f"{name}_{look.language}_{look.width}x{look.height}" + ("_plain" if look.plain else "")


@every_language
@every_size
@with_and_without_colour
def test_the_day_so_far(language: str, size: tuple[int, int], plain: bool) -> None:
    look = look_of(language, size, plain=plain)
    rows = evening(look, close.live(), chosen=1)
    check(named("day", look), rows, width=look.width)
    assert not plain or not set(AMBIGUOUS) & set("".join(row.plain for row in rows))


@every_language
@every_size
@with_and_without_colour
def test_the_opening(language: str, size: tuple[int, int], plain: bool) -> None:
    look = look_of(language, size, plain=plain)
    check(named("opening", look), morning(look), width=look.width)


STATES: dict[str, Callable[[Look], list[Any]]] = {
    "day_empty": lambda look: evening(look, close.empty()),
    "day_blocked": lambda look: evening(
        look, close.blocked_by_much(), Note(FORBIDDEN, FIRST_DO, {"items": "1 2"}), chosen=3
    ),
    "day_signed": lambda look: evening(look, close.signed()),
    "day_failed": lambda look: evening(look, close.live(), compared=None),
    "day_unsigned": lambda look: evening(look, close.forgotten(), today="2026-11-24"),
    "day_services": lambda look: evening(look, close.live(), details=True),
    "day_unread": lambda look: evening(look, None),
    "opening_opened": lambda look: morning(look, view=close.opening(8, "open", expired=[])),
    "opening_first": lambda look: morning(
        look, view=close.opening(0, before=None, expired=[]), compared=None, appointments=[]
    ),
    "opening_holiday": lambda look: morning(look, view=close.holiday(), branch=close.branch(counters=many())),
    "opening_unread": lambda look: morning(look, view=None),
}


@every_language
@pytest.mark.parametrize("state", STATES)
def test_every_state(language: str, state: str) -> None:
    look = look_of(language)
    check(named(state, look), STATES[state](look), width=80)


def many() -> list[CounterView]:
    return [
        CounterView(
            counter=str(number), services=["cash"], state="open", reason=None, person="0412", continuous=False
        )
        for number in range(1, 21)
    ]


@every_language
@every_size
@pytest.mark.parametrize("state", STATES)
def test_nothing_is_cropped(language: str, size: tuple[int, int], state: str) -> None:
    look = look_of(language, size)
    rows = STATES[state](look)
    assert {cell_len(row.plain) for row in rows} == {look.width}
    assert "…" not in "".join(row.plain for row in rows)


# What the pieces do.


def test_numbers_lead_somewhere() -> None:
    found = [(task.number, task.item.item, task.goal) for task in tasks(close.blocked_by_much().sheet)]
    assert found == [
        (1, "open_tickets", "201"),
        (2, "counters_open", "206"),
        (0, "tickets_expired", ""),
        (3, "days_unsigned", "2026-11-20"),
        (0, "calendar_ends", ""),
    ]


def test_a_target_is_missed_by_what_is_shown() -> None:
    def missed(**more: Any) -> set[str]:
        found = measures(close.totals(**more), TARGETS, look_of("en"))
        return {each.label for each in found if each.missed}

    assert missed(no_show=0, wait_max_s=1829, wait_mean_s=602) == set()
    assert missed(no_show=0, wait_max_s=1830, wait_mean_s=603) == {"Longest", "Mean wait"}
    assert missed(no_show=0, wait_max_s=0, csat=0.89, csat_n=100) == {"Satisfied"}
    assert missed(no_show=0, wait_max_s=0, csat_n=60) == {"Ratings"}


def test_nothing_to_measure_misses_nothing() -> None:
    found = measures(Totals(), TARGETS, look_of("en"))
    assert not [each for each in found if each.missed]
    assert {each.value for each in found} == {"0", "-"}


def test_shares_and_minutes() -> None:
    assert [percent(1, 3), percent(5, 5), percent(2999, 3000), percent(0, 0)] == ["33.3%", "100%", "100%", ""]
    assert [whole_minutes(seconds) for seconds in (0, 29, 30, 90, None)] == ["0", "0", "1", "2", "-"]


@pytest.mark.parametrize(
    ("hours", "columns", "minutes", "cells"),
    [(9, 18, 30, 2), (0, 1, 30, 2), (12, 24, 30, 1), (18, 36, 30, 1), (24, 24, 60, 1)],
)
def test_an_axis_has_room_for_every_day(hours: int, columns: int, minutes: int, cells: int) -> None:
    found = axis(0, hours * 60 * MINUTE, 36)
    assert (found.columns, found.step, found.cells) == (columns, minutes * MINUTE, cells)
    assert found.place(max(0, hours * 60 * MINUTE - 1)) == columns - 1


def test_bars_grow_with_their_values() -> None:
    assert bars([0, 1, 4, 8], 1, 1) == [" ▁▄█"]
    assert bars([0, 1, 4, 8], 2, 2) == ["      █ ", "  ▂ █ █ "]
    assert bars([0, 0], 2, 1) == ["  ", "  "]
    assert bars([1, 1000], 1, 1) == ["▁█"]


def test_what_does_not_fit_is_counted() -> None:
    assert as_many(["A001", "A002", "A003"], 14) == "A001 A002 A003"
    assert as_many(["A001", "A002", "A003"], 13) == "A001 A002 +1"
    assert as_many(["A001", "A002", "A003"], 3) == "+3"
