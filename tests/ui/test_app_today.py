"""100 Today: the lines in order, in three languages and two sizes, and what their numbers open."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from app_sample import served, sign_on, terminal
from snap import check, press, screen_rows, settled
from textual.pilot import Pilot

from branches import MANAGER, MONDAY, Founded
from tellertui.branch.api import DayView
from tellertui.core.clock import MINUTE, ManualClock
from tellertui.core.role import Role
from tellertui.desk.today_rows import body, head, items
from tellertui.ui.chrome import Status, frame_rows
from tellertui.ui.look import Look
from tellertui.workflows.today.api import DraftView, Task, TodayView, Yesterday

LANGUAGES = ("zh_Hant", "zh_Hans", "en")
SIZES = ((80, 24), (120, 40))
ZONE = ZoneInfo("Asia/Shanghai")
AT = MONDAY + 102 * MINUTE
YESTERDAY = Yesterday(day="2026-11-20", state="signed", wait_mean_s=648, csat=0.9, csat_n=63, complaints=0)


def draft(number: int) -> DraftView:
    return DraftView(draft=UUID(int=number), screen="206", about="E004", saved_at=AT, until=AT)


BUSY = TodayView(
    day=DayView(day="2026-11-23", state="open", open="08:30", close="17:00", opened_at=MONDAY - 48 * MINUTE),
    counter="3",
    waiting=17,
    now=[
        Task(kind="help", screen="201", since=AT, what="kiosk"),
        Task(kind="called", screen="202", since=AT, what="E004", at="3"),
    ],
    due=[
        Task(kind="on_hold", screen="202", since=None, what="A006", at="3"),
        Task(kind="sign_day", screen="904", since=None, what="2026-11-20"),
    ],
    parked=[draft(1)],
)
EMPTY = TodayView(
    day=DayView(day="2026-11-23", state="unopened", open="08:30", close="17:00"),
    counter="",
    waiting=0,
    now=[],
    due=[],
    parked=[],
)


def look_of(language: str, size: tuple[int, int]) -> Look:
    return Look(language, *size, zone=ZONE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", ["busy", "empty"])
def test_today_as_it_is_drawn(name: str, language: str, size: tuple[int, int]) -> None:
    look = look_of(language, size)
    view, desk = {"busy": (BUSY, "202"), "empty": (EMPTY, "904")}[name]
    rows = body(view, YESTERDAY, items(view, desk), 0, look.rows - 4, look)
    status = Status("城南支行", "teller", "陳靜", "3", "2026-11-23")
    whole = frame_rows(head(view, "陳靜", Role.TELLER, look), rows, None, status, {}, look)
    check(f"app_today_{name}_{language}_{size[0]}x{size[1]}", whole, width=size[0])


def test_lines_are_numbered_through_all_groups() -> None:
    listed = items(BUSY, "202")
    assert [item.label for item in listed] == ["Now", "", "Due today", "", "Parked"]
    assert [item.screen for item in listed] == ["201", "202", "202", "904", "206"]


def test_the_own_desk_is_a_line_where_nothing_in_hand_leads_there() -> None:
    assert [(item.screen, item.task and item.task.kind) for item in items(EMPTY, "904")] == [("904", "desk")]


def test_what_does_not_fit_is_on_the_next_page() -> None:
    look = look_of("en", (80, 24))
    view = TodayView(**{**_fields(BUSY), "parked": [draft(number) for number in range(1, 30)]})
    listed = items(view, "202")
    first = "\n".join(row.plain for row in body(view, None, listed, 0, look.rows - 4, look))
    second = "\n".join(row.plain for row in body(view, None, listed, 12, look.rows - 4, look))
    assert " 1  Help wanted" in first
    assert "17 waiting in the lobby" in first
    assert "Help wanted" not in second
    assert " 13  " in second


def _fields(view: TodayView) -> dict[str, Any]:
    return {name: getattr(view, name) for name in view.__struct_fields__}


@pytest.fixture
async def pilot(founded: Founded, clock: ManualClock) -> AsyncIterator[Pilot[Any]]:
    async with served(founded, clock):
        app = terminal(founded)
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            await sign_on(pilot, MANAGER)
            yield pilot


async def test_a_number_that_is_no_line_says_so(pilot: Pilot[Any]) -> None:
    await press(pilot, "9", "enter")
    assert "There is no line 9." in "\n".join(screen_rows(pilot.app))
    assert pilot.app.current_mode == "100"


async def test_a_screen_of_another_role_is_not_there(pilot: Pilot[Any]) -> None:
    pilot.app.roles = frozenset({Role.COMPLIANCE_OFFICER})
    await press(pilot, *"202", "enter")
    assert "There is no screen 202 for you." in "\n".join(screen_rows(pilot.app))


async def test_every_key_label_fits_its_slot(pilot: Pilot[Any]) -> None:
    from rich.cells import cell_len

    from tellertui.i18n import translator

    for action in pilot.app.screen.all_actions():
        if action.key.startswith("f"):
            room = 13 - len(action.key) - 1
            for language in LANGUAGES:
                assert cell_len(translator(language)(action.label)) < room, (action.label, language)
