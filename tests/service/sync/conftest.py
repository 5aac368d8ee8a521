"""A branch that is to enrol, and its head office, on one clock that stands still."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from branches import Founded, cheap_settings, found
from lines import Line
from offices import Office
from tellertui.branch.api import OpenDay
from tellertui.core.clock import ManualClock
from tellertui.vault.custodian import CustodianKey


@pytest.fixture(scope="session")
def belonging_template(tmp_path_factory: pytest.TempPathFactory) -> Founded:
    """One branch per worker whose keys are escrowed at head office; never opened, only copied."""
    settings = cheap_settings(lobby_rate=1_000_000)
    directory = tmp_path_factory.mktemp("belonging") / "branch"
    return found(directory, settings, custodian=CustodianKey.generate().public)


@pytest.fixture
def belonging(belonging_template: Founded, tmp_path: Path) -> Founded:
    """A branch of this test's own that head office can take."""
    directory = tmp_path / "branch"
    shutil.copytree(belonging_template.directory, directory)
    return Founded(directory, belonging_template.settings, belonging_template.sheet)


@pytest.fixture
def office(tmp_path: Path, clock: ManualClock) -> Iterator[Office]:
    """A head office on SQLite."""
    made = Office.made(tmp_path / "office" / "keys", f"sqlite:///{tmp_path / 'office' / 'office.db'}", clock)
    yield made
    made.store.close()


@pytest.fixture
async def unknown(belonging: Founded, office: Office, clock: ManualClock) -> AsyncIterator[Line]:
    """The line of a branch that nobody has asked to enrol yet, on an open day."""
    line = await Line.opened(belonging, office, clock)
    await line.desk.do(OpenDay())
    yield line
    await line.host.close()
    line.office.store.close()


@pytest.fixture
async def line(unknown: Line) -> Line:
    """The line of an enrolled branch; head office has its founding and is told nothing since."""
    await unknown.enrolled()
    await unknown.drained()
    return unknown
