"""A host in this process with its sockets, in a short folder of its own."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tellertui.core.role import Listener
from tellertui.host.host import Host
from tellertui.settings import socket_path


@pytest.fixture
def runtime_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A short folder for sockets."""
    folder = Path(tempfile.mkdtemp(prefix="tt-", dir="/tmp"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
async def listening(host: Host, runtime_folder: Path) -> AsyncIterator[Host]:
    """A host that serves its sockets."""
    serving = asyncio.create_task(host.serve())
    await asyncio.sleep(0)
    assert socket_path(host.settings, host.directory, Listener.SIGNON).exists()
    yield host
    host.stopping.set()
    await serving
