"""904 and 901 with real keys on a real branch: the budgets, two signatures, refusals, live repaint."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from app_sample import keys, until
from local_app import LocalApp, note, text, told, typed
from snap import press, settled
from textual.pilot import Pilot

from branches import MANAGER, PASSPHRASES, REVIEWER
from hosts import LocalBranch, signed_on
from seats import Seat
from tellertui.branch.api import CloseDay, OpenDay, SetHours
from tellertui.branch.api import Show as ShowBranch
from tellertui.core.clock import DAY, ManualClock
from tellertui.core.refusal import UNREACHABLE_HOST
from tellertui.core.role import Role
from tellertui.host.api import WRONG_PASSPHRASE
from tellertui.host.host import Host
from tellertui.ui.frame import Frame
from tellertui.ui.modal import Choose
from tellertui.ui.second import SecondPerson
from tellertui.workflows.closing.api import Check, ShowDay, ShowOpening
from tellertui.workflows.closing.screens.day import DayEnd
from tellertui.workflows.closing.screens.opening import OpenDay as OpenDayScreen
from tellertui.workflows.reception import api
from tellertui.workflows.reception.screens.counters import Counters
from tellertui.workflows.reception.screens.lobby import LobbyDesk

SECOND = PASSPHRASES[REVIEWER].decode()


class Terminal(Seat):
    """A staff connection at which a second person can sign, as a client's."""

    async def second(self, staff: str, passphrase: Any, command: UUID) -> Any:  # type: ignore[override]
        verdict = await self._prove(await self.expect(command), staff, bytes(passphrase))
        if verdict[0] != "ok":
            raise WRONG_PASSPHRASE()


@asynccontextmanager
async def running(branch: LocalBranch, *screens: Any) -> AsyncIterator[Pilot[Any]]:
    app = LocalApp(branch, *screens)
    async with app.run_test(size=(80, 24)) as pilot:
        await told(pilot)
        yield pilot


@pytest.fixture
async def manager(host: Host) -> Terminal:
    seat = Terminal(host)
    assert await seat.sign_on(MANAGER) == ("ok", 0)
    return seat


@pytest.fixture
async def evening(manager: Terminal) -> AsyncIterator[Pilot[Any]]:
    """904 on an open day on which nothing has happened."""
    await manager.do(OpenDay())
    async with running(manager, LobbyDesk, Counters, DayEnd) as pilot:
        yield pilot


@pytest.fixture
async def morning(manager: Terminal) -> AsyncIterator[Pilot[Any]]:
    """901 before the day is opened."""
    async with running(manager, OpenDayScreen) as pilot:
        yield pilot


async def tomorrow(manager: Terminal, clock: ManualClock) -> None:
    """Let a day pass; sessions do not outlive it."""
    clock.advance(DAY / 1000)
    assert await manager.sign_on(MANAGER) == ("ok", 0)


def frame(pilot: Pilot[Any]) -> Frame:
    screen: Frame = next(each for each in reversed(pilot.app.screen_stack) if isinstance(each, Frame))
    return screen


async def second_signs(pilot: Pilot[Any], passphrase: str = SECOND) -> None:
    """Type staff number and passphrase into the modal, and F10."""
    modal = pilot.app.screen
    assert isinstance(modal, SecondPerson)
    await press(pilot, *REVIEWER, "enter", *keys(passphrase), "f10")
    await until(pilot, lambda: pilot.app.screen is not modal or modal.said is not None)
    await told(pilot)


# 904.


async def test_two_people_sign_a_clean_day(evening: Pilot[Any], clock: ManualClock) -> None:
    assert "Nothing stands in the way." in text(evening)
    clock.advance(300)
    pressed = await typed(evening, "F10")
    assert "made by" in text(evening)
    assert "The day is closed by it: no more numbers are given." in text(evening)
    await second_signs(evening)
    sheet = await evening.app.local.do(ShowDay())
    assert [each.staff for each in sheet.signatures] == [MANAGER, REVIEWER]
    assert note(evening) == f"Mon 11-23 is signed. Head code {sheet.head.hash[:4]}-{sheet.head.hash[4:8]}."
    assert "signed 09:05" in text(evening)
    assert " Signed   周強 09:05   何欣 09:05" in text(evening)
    # 904 ⏎ from the command field of a desk, F10, ⏎ behind the staff number, F10; secrets are not counted.
    assert len("904") + 1 + pressed + 2 <= 13


async def test_to_a_blocking_item_and_back(evening: Pilot[Any], host: Host) -> None:
    await LocalBranch(host).do(api.Issue(service="cash"))
    await told(evening)
    pressed = await typed(evening, "1⏎")
    assert isinstance(evening.app.screen, LobbyDesk)
    pressed += await typed(evening, "F12")
    assert isinstance(evening.app.screen, DayEnd)
    assert pressed == 3
    assert "> 1 Open tickets   1  A001" in text(evening)


async def test_open_counters_lead_to_what_they_serve(evening: Pilot[Any], host: Host) -> None:
    await signed_on(host, REVIEWER).do(api.CounterOpen(counter="2"))
    await told(evening)
    assert "Open counters  1  2" in text(evening)
    await typed(evening, "1⏎")
    assert isinstance(evening.app.screen, Counters)


async def test_a_ticket_elsewhere_repaints(evening: Pilot[Any], host: Host) -> None:
    assert "No tickets yet" in text(evening)
    await LocalBranch(host).do(api.Issue(service="cash"))
    await told(evening)
    assert "Open tickets   1  A001" in text(evening)
    assert "most 1 from 09:00" in text(evening)


async def test_what_stands_in_the_way_is_named(evening: Pilot[Any], host: Host) -> None:
    await LocalBranch(host).do(api.Issue(service="cash"))
    await signed_on(host, REVIEWER).do(api.CounterOpen(counter="2"))
    await told(evening)
    bells = evening.app.bells
    await typed(evening, "F10")
    assert note(evening) == "It cannot be signed yet: first 1 2."
    assert evening.app.bells == bells + 1
    assert isinstance(evening.app.screen, DayEnd)


async def test_a_digit_without_an_item(evening: Pilot[Any]) -> None:
    await typed(evening, "1")
    assert note(evening) == "Nothing to go to has that digit."
    await typed(evening, "x")
    await press(evening, "enter")
    assert isinstance(evening.app.screen, DayEnd)


async def test_a_signed_day_is_not_signed_again(evening: Pilot[Any], clock: ManualClock) -> None:
    await typed(evening, "F10")
    await second_signs(evening)
    clock.advance(2)
    await typed(evening, "F10")
    assert isinstance(evening.app.screen, DayEnd)
    assert note(evening) == "Mon 11-23 is signed already."


async def test_a_wrong_secret_signs_nothing_and_can_be_typed_again(evening: Pilot[Any]) -> None:
    await typed(evening, "F10")
    await second_signs(evening, "wrong")
    assert isinstance(evening.app.screen, SecondPerson)
    assert "do not match" in text(evening)
    await press(evening, "f12")
    await told(evening)
    assert isinstance(evening.app.screen, DayEnd)
    assert (await evening.app.local.do(ShowDay())).state == "open"


async def test_what_comes_in_meanwhile_refuses_the_signing(evening: Pilot[Any], host: Host) -> None:
    await typed(evening, "F10")
    await LocalBranch(host).do(api.Issue(service="cash"))
    await second_signs(evening)
    assert note(evening) == "2026-11-23 cannot be signed yet; things in the way: 1."
    assert "Open tickets   1  A001" in text(evening)
    assert (await evening.app.local.do(ShowDay())).state == "open"


async def test_an_earlier_unsigned_day_is_signed_later(
    manager: Terminal, host: Host, clock: ManualClock
) -> None:
    await manager.do(OpenDay())
    await LocalBranch(host).do(api.Issue(service="cash"))
    await tomorrow(manager, clock)
    await manager.do(OpenDay())
    async with running(manager, DayEnd) as pilot:
        assert "last day Mon 11-23 not signed" in text(pilot)
        assert "  1 Unsigned days  1  Mon 11-23" in text(pilot)
        await typed(pilot, "F7")
        assert "Mon 11-23   not signed" in text(pilot)
        assert "Expired        1  A001" in text(pilot)
        await typed(pilot, "F10")
        await second_signs(pilot)
        assert "Mon 11-23   signed" in text(pilot)
        await typed(pilot, "F8")
        assert "Tue 11-24   the day so far" in text(pilot)
        assert "last day Mon 11-23 signed" in text(pilot)
        await typed(pilot, "F8")
        assert note(pilot) == "There is no later day."
        await typed(pilot, "F7 F7")
        assert note(pilot) == "There is no earlier day."
        await typed(pilot, "F12")
        assert "Tue 11-24" in text(pilot)


async def test_the_item_of_an_unsigned_day_leads_there(manager: Terminal, clock: ManualClock) -> None:
    await manager.do(OpenDay())
    await tomorrow(manager, clock)
    async with running(manager, DayEnd) as pilot:
        assert "Tue 11-24   day not opened" in text(pilot)
        await typed(pilot, "F10")
        assert note(pilot) == "Tue 11-24 was never opened; there is nothing to sign."
        await typed(pilot, "1⏎")
        assert "Mon 11-23   not signed" in text(pilot)


async def test_services_and_staff_turn_over(evening: Pilot[Any], host: Host) -> None:
    await LocalBranch(host).do(api.Issue(service="cash"))
    await told(evening)
    await typed(evening, "F6")
    assert " Cash               1" in text(evening)
    await typed(evening, "F12")
    assert "Must be done" in text(evening)
    await evening.resize_terminal(120, 40)
    await settled(evening)
    await typed(evening, "F6")
    assert note(evening).startswith("That key does nothing here")


async def test_an_auditor_sees_the_day_and_signs_nothing(host: Host) -> None:
    await signed_on(host, MANAGER).do(OpenDay())
    app = LocalApp(signed_on(host, MANAGER, Role.AUDITOR), DayEnd)
    app.roles = frozenset({Role.AUDITOR})
    async with app.run_test(size=(80, 24)) as pilot:
        await told(pilot)
        assert "Nothing stands in the way." in text(pilot)
        await typed(pilot, "F10")
        assert note(pilot) == "A manager or a reviewer signs the day."
        assert isinstance(app.screen, DayEnd)


async def test_who_may_not_see_it_is_told(host: Host) -> None:
    for role, screen, method in (
        (Role.TELLER, DayEnd, "closing.live"),
        (Role.TELLER, OpenDayScreen, "closing.opening"),
    ):
        async with running(signed_on(host, MANAGER, role), screen) as pilot:
            assert note(pilot) == f"Your role may not do this: {method}."
            await typed(pilot, "F10")
            assert note(pilot) == "Nothing is shown yet; F5 reads it again."


async def test_without_an_answer_the_sheet_stays(evening: Pilot[Any], monkeypatch: Any) -> None:
    async def away(*_: Any) -> None:
        raise UNREACHABLE_HOST(detail="lost")

    before = text(evening).splitlines()[:-4]
    with monkeypatch.context() as broken:
        broken.setattr(evening.app.local, "do", away)
        await typed(evening, "F5")
    assert note(evening).startswith("The branch host cannot be reached")
    assert text(evening).splitlines()[:-4] == before
    await typed(evening, "F5")
    assert note(evening) == ""


async def test_figures_to_compare_with_may_be_missing(
    manager: Terminal, clock: ManualClock, monkeypatch: Any
) -> None:
    await manager.do(OpenDay())
    await tomorrow(manager, clock)
    carry_out = manager.do

    async def partly(command: Any, *more: Any) -> Any:
        if isinstance(command, ShowDay):
            raise UNREACHABLE_HOST(detail="lost")
        return await carry_out(command, *more)

    monkeypatch.setattr(manager, "do", partly)
    async with running(manager, DayEnd) as pilot:
        assert note(pilot) == "Could not be computed: Mon 11-23. Everything else is right."
        assert "Must be done" in text(pilot)


async def test_a_scan_is_no_answer(evening: Pilot[Any], host: Host) -> None:
    await LocalBranch(host).do(api.Issue(service="cash"))
    await told(evening)
    bells = evening.app.bells
    frame(evening).on_burst(type("Scan", (), {"stop": lambda self: None})())  # type: ignore[attr-defined]
    assert evening.app.bells == bells + 1
    assert isinstance(evening.app.screen, DayEnd)


# 901.


async def test_the_day_is_opened(morning: Pilot[Any]) -> None:
    assert "Mon 11-23   not opened" in text(morning)
    assert await typed(morning, "F9 F10") == 2
    opening = await morning.app.local.do(ShowOpening())
    assert all(check.person == MANAGER for check in opening.checks)
    assert opening.day.state == "open"
    assert note(morning) == f"The day is open until {opening.day.close}."
    assert "opened 09:00" in text(morning)
    assert text(morning).count("✓ 周強 09:00") == len(opening.checks)


async def test_it_is_open_already(morning: Pilot[Any], clock: ManualClock) -> None:
    await typed(morning, "F10")
    clock.advance(2)
    await typed(morning, "F10")
    assert note(morning) == "Mon 11-23 is open already, since 09:00."


async def test_missing_checks_stop_nothing_and_stay(morning: Pilot[Any], host: Host) -> None:
    await typed(morning, "1 2 F10")
    assert note(morning).endswith("Still to be looked at: 6.")
    assert "Checks  2/8" in text(morning)
    assert (await LocalBranch(host).do(api.Issue(service="cash"))).number == "A001"


async def test_a_digit_ticks_and_takes_back(morning: Pilot[Any]) -> None:
    await typed(morning, "3")
    assert "✓ 周強 09:00" in text(morning)
    await typed(morning, "3")
    assert "Checks  0/8" in text(morning)
    await typed(morning, "9")
    assert note(morning) == "No check has that digit."
    await typed(morning, "F9 F9")
    assert note(morning) == "Everything is ticked already."


async def test_what_another_ticks_repaints(morning: Pilot[Any], host: Host) -> None:
    await signed_on(host, REVIEWER, Role.LOBBY).do(Check(checks=("kiosk",)))
    await signed_on(host, REVIEWER).do(OpenDay())
    await signed_on(host, REVIEWER).do(api.CounterOpen(counter="2"))
    await told(morning)
    assert "1 Kiosk, paper, voice    ✓ 何欣 09:00" in text(morning)
    assert "opened 09:00" in text(morning)
    assert "2 何欣  " in text(morning)


async def test_a_day_without_hours_is_opened_after_a_question(manager: Terminal) -> None:
    await manager.do(SetHours(when="2026-11-23"))
    async with running(manager, OpenDayScreen) as pilot:
        assert "no hours in the table" in text(pilot)
        await typed(pilot, "F10")
        assert isinstance(pilot.app.screen, Choose)
        await typed(pilot, "⏎")
        assert (await manager.do(ShowBranch())).today.state == "unopened"
        await typed(pilot, "F10 1")
        assert (await manager.do(ShowBranch())).today.state == "open"


async def test_a_closed_day_is_not_opened_again(manager: Terminal) -> None:
    await manager.do(OpenDay())
    await manager.do(CloseDay())
    async with running(manager, OpenDayScreen) as pilot:
        await typed(pilot, "F10")
        assert note(pilot) == "Mon 11-23 has been opened already."


async def test_the_lobby_ticks_but_does_not_open(host: Host) -> None:
    async with running(signed_on(host, REVIEWER, Role.LOBBY), OpenDayScreen) as pilot:
        await typed(pilot, "F9")
        assert "Checks  8/8" in text(pilot)
        await typed(pilot, "F10")
        assert note(pilot) == "A manager or a reviewer opens the day."
        assert "Checks  8/8" in text(pilot)


async def test_what_the_day_before_left_over_is_shown(
    manager: Terminal, host: Host, clock: ManualClock
) -> None:
    await manager.do(OpenDay())
    for _ in range(2):
        await LocalBranch(host).do(api.Issue(service="cash"))
    await tomorrow(manager, clock)
    async with running(manager, OpenDayScreen) as pilot:
        assert "last day Mon 11-23 not signed" in text(pilot)
        await typed(pilot, "F10")
        assert "not signed Mon 11-23   numbers not served 2   A001 A002" in text(pilot)
