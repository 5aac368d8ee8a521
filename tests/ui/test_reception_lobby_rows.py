"""Lobby desk and counters on the terminal: every state, language and size, with and without colour."""

from collections.abc import Callable
from typing import Any

import pytest
from local_app import LocalApp, told, typed
from monday import LANGUAGES, NOW, SIZES, MondayBranch, at, counter, offers, people, queue, status, ticket
from monday import lane as monday_lane
from msgspec.structs import replace
from snap import check, screen_rows
from textual.pilot import Pilot

from tellertui.core.clock import ManualClock
from tellertui.ui.frame import Frame
from tellertui.ui.theme import CONTRAST, DARK
from tellertui.workflows.reception.screens.counters import Counters
from tellertui.workflows.reception.screens.lobby import LobbyDesk
from tellertui.workflows.reception.views import Lane, QueueView


def empty() -> QueueView:
    nothing: dict[str, Any] = {"waiting": 0, "longest": None, "tickets": [], "on_hold": [], "missed": []}
    return queue(**nothing, help=[], lanes=lanes(waiting=0, wait_lo_min=0, wait_hi_min=5))


def stopped() -> QueueView:
    cash, transfers, *others = lanes()
    cash = replace(cash, stopped="cash", stopped_until=at("11:15"))
    return queue(lanes=[cash, replace(transfers, stopped="staff"), *others], help=[])


def all_shut() -> QueueView:
    return queue(
        counters=[replace(counter(each.counter), services=each.services) for each in queue().counters],
        help=[],
    )


def many_counters() -> QueueView:
    staff = list(people("en"))
    rows = [
        counter(str(code), staff[code % 7], f"A{1190 + code}", since=at("10:30"), services=["cash", "loss"])
        for code in range(1, 15)
    ]
    return queue(counters=[*rows, counter("15", staff[1], services=["cash"]), counter("16")], help=[])


def long_day() -> QueueView:
    rows = [ticket(f"A{1200 + place}", came="08:30", overtaken_by_at_most=5) for place in range(12)]
    rows += [ticket(f"C{1030 + place}", "disabled", "08:50", overtaken_by_at_most=5) for place in range(12)]
    rows += [ticket(f"H{1001 + place}", "expecting", missing=["identity"]) for place in range(12)]
    busy = [counter("1", "0412", "A1198", since=at("10:31")), counter("2", "0415")]
    lines = lanes(waiting=120, wait_lo_min=120, wait_hi_min=180)
    return queue(waiting=140, longest=rows[0], tickets=rows, counters=busy, lanes=lines, help=[])


def lanes(**more: Any) -> list[Lane]:
    return [monday_lane(offer, **more) for offer in offers()]


LOBBY: dict[str, Callable[[], QueueView | None]] = {
    "lobby": queue,
    "lobby_empty": empty,
    "lobby_stopped": stopped,
    "lobby_shut": all_shut,
    "lobby_many": many_counters,
    "lobby_long": long_day,
    "lobby_absent": lambda: None,
}
COUNTERS: dict[str, tuple[Callable[[], QueueView | None], str]] = {
    "counters": (queue, ""),
    "counters_chosen": (queue, "3 1"),
    "counters_shut": (all_shut, ""),
    "counters_many": (many_counters, ""),
    "counters_absent": (lambda: None, ""),
}
COLOURLESS = ("lobby", "counters_chosen")


async def shown(name: str, screen: type[Frame], view: QueueView | None, language: str, keys: str) -> None:
    """Look at a screen in both sizes, where it matters also without colour."""
    app = LocalApp(MondayBranch(view), screen, language=language, clock=ManualClock(NOW))
    app.people = people(language)
    app.status = status(language, "lobby", "0406")
    async with app.run_test(size=SIZES[0]) as pilot:
        there = told if view else Pilot.pause
        await there(pilot)
        await typed(pilot, keys) if keys else None
        for theme in (DARK.name, CONTRAST.name) if name in COLOURLESS else (DARK.name,):
            app.dress(theme)
            for size in SIZES:
                await pilot.resize_terminal(*size)
                await there(pilot)
                rows = screen_rows(app)
                assert not [row for row in rows if "…" in row], "something is cut"
                plain = "_plain" if theme == CONTRAST.name else ""
                check(f"{name}_{language}_{size[0]}x{size[1]}{plain}", rows, width=size[0])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LOBBY)
async def test_the_lobby_desk(name: str, language: str) -> None:
    await shown(name, LobbyDesk, LOBBY[name](), language, "")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", COUNTERS)
async def test_the_counters(name: str, language: str) -> None:
    make, keys = COUNTERS[name]
    await shown(name, Counters, make(), language, keys)
