"""A call for help that nobody answers is told to all staff terminals after twenty seconds, once."""

from typing import Any

from hosts import LocalBranch
from tellertui.core.clock import ManualClock
from tellertui.host.host import Host
from tellertui.workflows.reception import api


async def test_all_staff_are_told_once_after_twenty_seconds(host: Host, clock: ManualClock) -> None:
    kiosk, told = LocalBranch(host), list[Any]()
    await kiosk.watch(api.HELP, told.append)
    escalation = host.jobs.escalation
    await kiosk.do(api.Help(place="entrance"))
    clock.advance(19.999)
    await escalation.look()
    assert told == []
    clock.advance(0.001)
    await escalation.look()
    await escalation.look()
    assert told == [host.store.writer.committed.seq]
    await kiosk.do(api.Help(place="seats"))
    clock.advance(20)
    await escalation.look()
    assert len(told) == 2


async def test_one_that_was_answered_is_nobodys_any_more(host: Host, clock: ManualClock) -> None:
    kiosk, told = LocalBranch(host), list[Any]()
    await kiosk.watch(api.HELP, told.append)
    await kiosk.do(api.Help(place="entrance"))
    clock.advance(20)
    await host.jobs.escalation.look()
    await kiosk.do(api.Help(place="entrance"))
    await host.jobs.escalation.look()
    assert len(told) == 1
