"""A running app for the tests of the toolkit."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from app_sample import served
from kiosk_sample import LocalLine, kiosk, rest
from snap import settled
from textual.pilot import Pilot
from toolkit_sample import SampleApp

from branches import MANAGER, Founded
from hosts import LocalBranch, signed_on
from tellertui.core.clock import ManualClock
from tellertui.host.host import Host


@pytest.fixture(autouse=True)
def _calm_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "COLORTERM", "TEXTUAL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def pilot() -> AsyncIterator[Pilot[Any]]:
    """The sample desk at 80×24, in English."""
    app = SampleApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        yield pilot


@pytest.fixture
async def branch_host(founded: Founded, clock: ManualClock) -> AsyncIterator[Host]:
    """A host behind its sockets, for terminals that sign on."""
    async with served(founded, clock) as host:
        yield host


@pytest.fixture
def manager(host: Host) -> LocalBranch:
    """The manager's connection to a host in this process."""
    return signed_on(host, MANAGER)


@pytest.fixture
def line(host: Host) -> LocalLine:
    """A kiosk's line to it."""
    return LocalLine(host)


@pytest.fixture
async def lobby_kiosk(line: LocalLine) -> AsyncIterator[Pilot[Any]]:
    """A kiosk at 80×24 on an open morning; the branch speaks simplified Chinese."""
    async with kiosk(line).run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        yield pilot
