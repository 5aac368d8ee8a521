"""A disk whose flush fails: nobody is told "done" for what may not be there, and the next start is sound."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from pathlib import Path
from uuid import UUID

import pytest

from branches import Founded
from busy import busy_branch, monday_offset
from tellertui.branch.grants_check import check_grants
from tellertui.client import Client
from tellertui.core.refusal import Refusal
from tellertui.core.role import Listener
from tellertui.store import sqlite
from tellertui.store.store import ANCHOR, FILE
from tellertui.store.verify import verify
from tellertui.vault.providers import provider

GOOD_FLUSHES = 12
"""Flushes to disk that succeed before all of them fail."""
KIOSKS = 4
PATIENCE_S = 20
BROKEN = (
    *("strace", "-f", "--seccomp-bpf", "-o", os.devnull, "-e", "trace=fsync,fdatasync"),
    *("-e", f"inject=fsync,fdatasync:error=EIO:when={GOOD_FLUSHES + 1}+"),
)
"""Launcher under which a process's disk goes bad."""
HOST = Path(__file__).parent.parent / "realhost.py"


@contextmanager
def served(founded: Founded, launcher: tuple[str, ...] = ()) -> Iterator[None]:
    """Serve a branch in a process of its own, and kill it in the end."""
    paths = os.pathsep.join([str(HOST.parent), *sys.path])
    with subprocess.Popen(
        [*launcher, sys.executable, str(HOST), str(founded.directory), str(monday_offset())],
        env={**os.environ, "PYTHONPATH": paths},
        start_new_session=True,
    ) as process:
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)


@asynccontextmanager
async def kiosk(founded: Founded) -> AsyncIterator[Client]:
    """Connect to the lobby once the host listens."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            client = Client(founded.settings, founded.directory, Listener.LOBBY)
            try:
                await client.__aenter__()
                break
            except Refusal:
                await asyncio.sleep(0.05)
    try:
        yield client
    finally:
        await client.close()


async def issue_until_refused(client: Client) -> tuple[set[str], UUID, str]:
    """Take numbers until one is refused: the tickets given, the refused command's id, and why."""
    given: set[str] = set()
    while True:
        identifier = client.new_id()
        try:
            given.add(await issue(client, identifier))
        except Refusal as refused:
            return given, identifier, refused.code


async def issue(client: Client, identifier: UUID) -> str:
    """Take a number and return the ticket's id."""
    answer = await client.call("reception.issue", b'{"service":"cash"}', identifier)
    return str(json.loads(answer)["id"])


def issued(founded: Founded) -> list[str]:
    """Return every ticket that a command made, as the file has it."""
    with closing(sqlite.connect(founded.directory / FILE, query_only=True)) as connection:
        return [str(UUID(bytes=row)) for (row,) in connection.execute("SELECT id FROM ticket")]


@pytest.fixture
def founded(tmp_path: Path) -> Founded:
    """A branch without customers, where processes can be traced."""
    if shutil.which("strace") is None or subprocess.run([*BROKEN, "true"], check=False).returncode:
        pytest.skip("strace is not there or may not trace")
    return busy_branch(tmp_path / "branch", counters=1, waiting=0)


async def test_what_no_flush_confirmed_is_refused_and_a_repeat_decides_after_the_next_start(
    founded: Founded,
) -> None:
    with served(founded, BROKEN):
        async with AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(kiosk(founded)) for _ in range(KIOSKS)]
            results = await asyncio.gather(*map(issue_until_refused, clients))
            for client in clients:
                with pytest.raises(Refusal, match="red"):
                    await issue(client, client.new_id())
                board = json.loads(await client.call("reception.board", b"{}"))
                assert board
    given = set.union(*(tickets for tickets, _, _ in results))
    assert {code for _, _, code in results} == {"red"}
    assert given
    with served(founded):
        async with kiosk(founded) as client:
            after = {await issue(client, identifier) for _, identifier, _ in results}
            again = {await issue(client, identifier) for _, identifier, _ in results}
    assert after == again
    assert len(after) == len(results)
    assert after.isdisjoint(given)
    found = issued(founded)
    assert sorted(found) == sorted(given | after)
    secret = provider("memory", founded.directory, "test").load(UUID(founded.settings.store_id))
    with closing(sqlite.connect(founded.directory / FILE, query_only=True)) as connection:
        assert verify(connection, secret.mac_key(), founded.directory / ANCHOR, [check_grants]).findings == []
