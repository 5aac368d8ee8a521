"""The line to head office on the status line: for officers and auditors, as the branch host says it is."""

from typing import Any

import pytest
from app_sample import come_true, served, sign_on, terminal, until
from local_app import told
from monday import look_of
from snap import screen_rows
from sync_sample import FakeBranch, unenrolled, up, view
from textual.pilot import Pilot

from branches import MANAGER, Founded
from tellertui import app
from tellertui.core.clock import MINUTE, ManualClock
from tellertui.desk.standing import Standing
from tellertui.host import syncing
from tellertui.sync import api
from tellertui.ui.chrome import Line


class Away(FakeBranch):
    """A branch with the clock of a client."""

    def now(self) -> int:
        return self.clock.now()


async def test_it_is_shown_once_when_it_changes_and_grows_old() -> None:
    branch, shown = Away(up()), list[Line | None]()
    standing = Standing(branch, shown.append)  # type: ignore[arg-type]
    look = look_of("en")
    await standing.follow(lambda seq: None)
    await standing.look(look)
    await standing.look(look)
    assert shown == [Line(True, "10:43", 0)]
    branch.clock.advance(10 * MINUTE / 1000)
    standing.tick(look)
    assert shown[1:] == [Line(False, "10:43", 0)]
    branch.refuses = lambda command: api.NOT_ENROLLED()
    await standing.look(look)
    assert len(shown) == 2
    standing.forget()
    standing.tick(look)
    assert len(shown) == 2
    # An answer that comes when nobody sits here any more.
    branch.refuses = lambda command: None
    await standing.look(look)
    assert len(shown) == 2
    await standing.follow(lambda seq: None)
    await standing.look(look)
    branch.state = unenrolled()
    await standing.look(look)
    assert shown[2:] == [Line(False, "10:43", 0), None]


def row(pilot: Pilot[Any]) -> str:
    """Return the status line."""
    return screen_rows(pilot.app)[-3]


async def test_a_manager_sees_the_line(
    founded: Founded, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "sync_view", lambda reads: view())
    async with served(founded, clock) as host, terminal(founded).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: pilot.app.status.branch)
        await sign_on(pilot, MANAGER)
        await until(pilot, lambda: pilot.app.status.line is not None)
        assert "line down 10:31, 42 wait" in row(pilot)
        monkeypatch.setattr(syncing, "sync_view", lambda reads: view(waiting=43))
        host.board.publish({api.SYNC: 99})
        await come_true(lambda: pilot.app.status.line.waiting == 43)
        await told(pilot)
        assert "line down 10:31, 43 wait" in row(pilot)
        await pilot.app.sign_off()
        assert pilot.app.status.line is None


async def test_nobody_else_asks(
    founded: Founded, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(syncing, "sync_view", asked.append)
    monkeypatch.setattr(app, "READERS", frozenset())
    async with served(founded, clock), terminal(founded).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: pilot.app.status.branch)
        await sign_on(pilot, MANAGER)
        await told(pilot)
        assert not asked
        assert "line" not in row(pilot)
