"""100 Today gathers what waits for one person, by role."""

import pytest

from branches import MANAGER, REVIEWER
from hosts import LocalBranch, signed_on
from tellertui.branch.api import CloseDay, OpenDay
from tellertui.core.clock import ManualClock
from tellertui.core.role import Role
from tellertui.host.host import Host
from tellertui.workflows.reception.api import Arrive, CallNext, CounterOpen, Help, Hold, Issue
from tellertui.workflows.today.api import ShowToday, ShowYesterday, TodayView


@pytest.fixture
def manager(host: Host) -> LocalBranch:
    return signed_on(host, MANAGER)


def kinds(view: TodayView) -> list[tuple[str, str, str]]:
    return [(task.kind, task.screen, task.what) for task in (*view.now, *view.due)]


async def test_an_unopened_day_waits_for_an_officer_only(host: Host, manager: LocalBranch) -> None:
    assert kinds(await manager.do(ShowToday())) == [("open_day", "901", "2026-11-23")]
    teller = signed_on(host, REVIEWER, Role.TELLER)
    assert kinds(await teller.do(ShowToday())) == []


async def test_ones_own_counter_and_held_numbers_come_first(host: Host, manager: LocalBranch) -> None:
    await manager.do(OpenDay())
    teller = signed_on(host, REVIEWER)
    await teller.do(CounterOpen(counter="1"))
    first = await teller.do(Issue(service="cash"))
    second = await teller.do(Issue(service="cash"))
    await teller.do(CallNext())
    assert kinds(await teller.do(ShowToday())) == [("called", "202", first.number)]
    await teller.do(Arrive())
    await teller.do(Hold(reason="copy"))
    await teller.do(CallNext())
    view = await teller.do(ShowToday())
    assert view.counter == "1"
    assert kinds(view) == [("called", "202", second.number), ("on_hold", "202", first.number)]
    assert kinds(await manager.do(ShowToday())) == []


async def test_a_call_for_help_waits_for_the_lobby(host: Host, manager: LocalBranch) -> None:
    await manager.do(OpenDay())
    kiosk = LocalBranch(host)
    await kiosk.do(Help(place="kiosk"))
    lobby = signed_on(host, REVIEWER, Role.LOBBY)
    assert kinds(await lobby.do(ShowToday())) == [("help", "201", "kiosk")]
    teller = signed_on(host, REVIEWER, Role.TELLER)
    assert kinds(await teller.do(ShowToday())) == []


async def test_an_unsigned_day_waits_and_yesterday_is_told(
    host: Host, manager: LocalBranch, clock: ManualClock
) -> None:
    assert await manager.do(ShowYesterday()) is None
    await manager.do(OpenDay())
    await manager.do(Issue(service="cash"))
    await manager.do(CounterOpen(counter="1"))
    await manager.do(CallNext())
    clock.advance(60)
    await manager.do(Arrive())
    await manager.call("reception.finish")
    await manager.call("reception.counter_close")
    await manager.do(CloseDay())
    assert kinds(await manager.do(ShowToday())) == [("sign_day", "904", "2026-11-23")]
    clock.advance(24 * 3_600)
    manager = signed_on(host, MANAGER)
    assert kinds(await manager.do(ShowToday())) == [
        ("sign_day", "904", "2026-11-23"),
        ("open_day", "901", "2026-11-24"),
    ]
    yesterday = await manager.do(ShowYesterday())
    assert (yesterday.day, yesterday.state, yesterday.wait_mean_s) == ("2026-11-23", "closed", 0)
