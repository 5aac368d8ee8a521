"""Appointments with real keys on a real branch, and as they are drawn."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from local_app import LocalApp, note, text, told, typed
from monday import LANGUAGES, NOW, SIZES, at, look_of, offers, people, status
from snap import check, screen_rows
from textual.pilot import Pilot

from branches import MANAGER, REVIEWER
from hosts import LocalBranch, signed_on
from tellertui.branch.api import OpenDay, Show
from tellertui.core.clock import ManualClock
from tellertui.core.role import Role
from tellertui.host.host import Host
from tellertui.ui.theme import CONTRAST, DARK
from tellertui.workflows.reception import api
from tellertui.workflows.reception.screens.appointments import AppointmentDesk
from tellertui.workflows.reception.views import Promised


@pytest.fixture
async def manager(host: Host) -> LocalBranch:
    manager = signed_on(host, MANAGER)
    await manager.do(OpenDay())
    return manager


@pytest.fixture
async def pilot(host: Host, manager: LocalBranch) -> AsyncIterator[Pilot[Any]]:
    app = LocalApp(signed_on(host, REVIEWER, Role.LOBBY), AppointmentDesk)
    async with app.run_test(size=(80, 24)) as pilot:
        await told(pilot)
        yield pilot


async def promised(manager: LocalBranch, day: str = "2026-11-23") -> list[Promised]:
    found: list[Promised] = await manager.do(api.Appointments(day=day))
    return found


async def test_an_appointment_is_booked(pilot: Pilot[Any], manager: LocalBranch) -> None:
    assert "No appointments on this day" in text(pilot)
    await typed(pilot, "F10 5 ⏎ 930⏎ F10")
    (found,) = await promised(manager)
    assert (found.service, found.state) == ("wealth", "booked")
    assert note(pilot) == f"Wealth, loan, Mon 11-23 09:30: code {found.code}"
    assert "09:30" in text(pilot)


async def test_an_appointment_of_tomorrow(pilot: Pilot[Any], manager: LocalBranch) -> None:
    await typed(pilot, "F8")
    assert "Tue 11-24" in text(pilot)
    await typed(pilot, "F10 3 ⏎ 1015⏎ F10")
    (found,) = await promised(manager, "2026-11-24")
    assert found.service == "account"
    assert "1  10:15" in text(pilot)
    await typed(pilot, "1⏎ 1")
    assert "on its own day only" in text(pilot)
    await typed(pilot, "F12 F7")
    assert "today" in text(pilot)


async def test_somebody_comes(pilot: Pilot[Any], manager: LocalBranch) -> None:
    booked = await manager.do(api.Book(service="wealth", at="09:20"))
    await told(pilot)
    assert await typed(pilot, f"{booked.code}⏎ 1") == 6
    (found,) = await promised(manager)
    assert (found.state, found.number) == ("arrived", "H001")
    assert note(pilot) == "H001: came for 09:20"
    await typed(pilot, "1⏎ 1")
    assert "used already" in text(pilot)


async def test_somebody_cancels(pilot: Pilot[Any], manager: LocalBranch) -> None:
    await manager.do(api.Book(service="wealth", at="09:20"))
    await told(pilot)
    await typed(pilot, "1⏎ 2")
    assert [each.state for each in await promised(manager)] == ["cancelled"]
    assert note(pilot) == "09:20 Wealth, loan: cancelled"
    await typed(pilot, "1⏎ 1")
    assert "used already" in text(pilot)


async def test_what_cannot_be_says_why(pilot: Pilot[Any], manager: LocalBranch) -> None:
    await typed(pilot, "F10 5 ⏎ 2500⏎")
    assert "Type a time as 930 or 9:30." in text(pilot)
    await typed(pilot, "F12 F10 5 ⏎ 2300⏎ F10")
    assert note(pilot) == "The branch is closed and gives no numbers now."
    await typed(pilot, "7⏎")
    assert note(pilot) == "There is no line 7."
    await typed(pilot, "4711⏎")
    assert note(pilot) == "Nobody is expected on this day with that code."


async def test_pages_then_days(pilot: Pilot[Any], manager: LocalBranch) -> None:
    for minute in range(20):
        await manager.do(api.Book(service="cash", at=f"10:{minute:02d}"))
    await told(pilot)
    assert "1-14 / 20" in text(pilot)
    await typed(pilot, "F8")
    assert "15-20 / 20" in text(pilot)
    await typed(pilot, "F8")
    assert "Tue 11-24" in text(pilot)


class Canned:
    """A branch that gives the answers of one moment."""

    def __init__(self, promised: list[Promised]) -> None:
        self.promised = promised

    async def do(self, command: Any, identifier: UUID | None = None) -> Any:
        if isinstance(command, api.Services):
            return offers()
        if isinstance(command, Show):
            return type("Branch", (), {"today": type("Day", (), {"day": "2026-11-23"})})
        return self.promised

    async def watch(self, topic: str, changed: Any) -> None:
        pass


def expected() -> list[Promised]:
    rows = [
        ("0417", "wealth", "09:30", "arrived", "H001"),
        ("8820", "account", "10:00", "cancelled", None),
        ("1306", "cash", "10:15", "booked", None),
        ("5521", "wealth", "10:30", "booked", None),
        ("0092", "corporate", "14:00", "booked", None),
    ]
    return [
        Promised(UUID(int=place), code, service, at(clock), state=state, number=number)
        for place, (code, service, clock, state, number) in enumerate(rows, 1)
    ]


@pytest.mark.parametrize("plain", [False, True], ids=["dark", "plain"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_list_is_drawn(language: str, size: tuple[int, int], plain: bool) -> None:
    look = look_of(language, size, plain=plain)
    app = LocalApp(Canned(expected()), AppointmentDesk, language=language, clock=ManualClock(NOW))
    app.status = status(language, "lobby", "0406")
    app.people = people(language)
    app.dress(CONTRAST.name if plain else DARK.name)
    async with app.run_test(size=(look.width, look.height)) as pilot:
        await told(pilot)
        rows = screen_rows(app)
    check(f"appointments_{language}_{size[0]}x{size[1]}{'_plain' if plain else ''}", rows, width=size[0])
