"""Fixtures: a branch founded once per worker, copied for each test, driven by a clock that stands still."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from branches import MONDAY, Founded, cheap_settings, found, opened_at
from tellertui.branch.opening import Opened
from tellertui.core.clock import ManualClock
from tellertui.core.ids import TimedIds
from tellertui.host.host import Host
from tellertui.store.store import Store
from tellertui.vault.providers import provider


@pytest.fixture(scope="session")
def founded_template(tmp_path_factory: pytest.TempPathFactory) -> Founded:
    """One founded branch per worker; never opened, only copied."""
    return found(tmp_path_factory.mktemp("founded") / "branch", cheap_settings())


@pytest.fixture
def founded(founded_template: Founded, tmp_path: Path) -> Founded:
    """A founded branch of this test's own."""
    directory = tmp_path / "branch"
    shutil.copytree(founded_template.directory, directory)
    return Founded(directory, founded_template.settings, founded_template.sheet)


@pytest.fixture
def clock() -> ManualClock:
    """Monday 2026-11-23, 09:00 in Shanghai."""
    return ManualClock(MONDAY)


@pytest.fixture
def branch(founded: Founded, clock: ManualClock) -> Iterator[Opened]:
    """An open branch without a host: store, grants, device."""
    opened = opened_at(founded, clock)
    opened.store.start()
    yield opened
    opened.store.close()


@pytest.fixture
def store(branch: Opened) -> Store:
    """The open store of a branch."""
    return branch.store


@pytest.fixture
async def host(founded: Founded, clock: ManualClock) -> AsyncIterator[Host]:
    """An open branch with a host in this process and no sockets."""
    secret = provider("memory", founded.directory, "test").load(UUID(founded.settings.store_id))
    host = Host(founded.directory, founded.settings, secret, clock, TimedIds(clock))
    await host.recover()
    yield host
    await host.close()
