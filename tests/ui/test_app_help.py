"""A call for help that nobody answers stands on every staff terminal's message line until somebody goes."""

from typing import Any

from app_sample import served, sign_on, terminal, until
from textual.pilot import Pilot

from branches import MANAGER, Founded
from hosts import LocalBranch
from tellertui.core.clock import ManualClock
from tellertui.ui.frame import Frame
from tellertui.workflows.reception import api


def said(pilot: Pilot[Any]) -> str:
    screen = pilot.app.screen
    return screen.said.said(screen.look.say) if isinstance(screen, Frame) and screen.said else ""


async def test_said_once_without_the_focus_until_answered(founded: Founded, clock: ManualClock) -> None:
    async with served(founded, clock) as host:
        app = terminal(founded)
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: app.client.connected)
            await sign_on(pilot, MANAGER)
            focused = app.focused
            call = await LocalBranch(host).do(api.Help(place="entrance"))
            clock.advance(20)
            await host.jobs.escalation.look()
            await until(pilot, lambda: "entrance" in said(pilot))
            assert app.focused is focused
            told = [past.note for past in app.history.all() if "Help is asked for" in past.note.text]
            await host.jobs.escalation.look()
            await app.calls.look("en")
            assert len(told) == 1
            assert [past.note for past in app.history.all() if past.note in told] == told
            row = await app.client.do(api.HelpAnswer(id=str(call.id)))
            assert row.id == call.id
            await until(pilot, lambda: not said(pilot))
