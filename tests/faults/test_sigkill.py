"""The host is killed again and again under load: nothing acknowledged is lost, and nothing is done twice."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import SQLModel

from branches import MANAGER, Founded
from busy import busy_branch, monday_offset
from realhost import value_of
from tellertui import client as terminal
from tellertui.branch.grants_check import check_grants
from tellertui.client import Client
from tellertui.core.refusal import Refusal
from tellertui.core.role import Listener
from tellertui.store import schema, sqlite
from tellertui.store.journal import decode_plain
from tellertui.store.replay import rebuild, stored_parts
from tellertui.store.store import ANCHOR, FILE
from tellertui.store.verify import verify
from tellertui.store.verify_rows import business_tables
from tellertui.vault.providers import provider

pytestmark = pytest.mark.slow

KILLS, PARTS = 400, 4
KIOSKS, COUNTERS = 8, 24
CLIENTS = KIOSKS + COUNTERS
WAITING = 100
PATIENCE_S = 20
DONE = {
    "reception.issue": "ticket.issued",
    "reception.call_next": "ticket.called",
    "reception.arrive": "ticket.arrived",
    "reception.finish": "ticket.finished",
}
"""The entry that each command leaves, once."""


class Hosts:
    """Starts one host after the other on a store."""

    def __init__(self, founded: Founded) -> None:
        here = Path(__file__).parent
        paths = os.pathsep.join([str(here.parent), *sys.path])
        self._process = subprocess.Popen(
            [sys.executable, str(here / "forkhost.py"), str(founded.directory), str(monday_offset())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": paths},
        )
        self._pid = 0

    async def start(self) -> None:
        """Start a host; the one before must have ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()
        self._pid = int(await asyncio.to_thread(self._process.stdout.readline))

    def end(self, number: signal.Signals) -> None:
        """Send the running host a signal that ends it."""
        os.kill(self._pid, number)

    def close(self) -> None:
        """End the server once its last host has ended."""
        self._process.communicate(timeout=PATIENCE_S)


class Load:
    """Kiosks that give numbers and counters that serve; remembers what was acknowledged."""

    def __init__(self) -> None:
        self.acknowledged: dict[UUID, tuple[str, Any]] = {}
        self.over = False
        self.under_way = asyncio.Event()
        self._everybody = False
        self._back = 0

    def begin(self, *, everybody: bool) -> None:
        """Wait for the first answer of a new host, or until everybody has come back to it."""
        self.under_way.clear()
        self._everybody, self._back = everybody, 0

    def state(self, state: str) -> None:
        """Take notice of one client that lost the host or came back."""
        self._back += state == "back"
        if self._back == CLIENTS:
            self.under_way.set()

    async def kiosk(self, client: Client) -> None:
        """Give numbers."""
        while not self.over:
            await self._ask(client, "reception.issue", service="cash")

    async def counter(self, client: Client, counter: str) -> None:
        """Call, serve and finish, one after the other."""
        while not self.over:
            if await self._ask(client, "reception.call_next", counter=counter) is not None:
                await self._ask(client, "reception.arrive", counter=counter)
                await self._ask(client, "reception.finish", counter=counter)

    async def _ask(self, client: Client, method: str, **params: str) -> Any:
        identifier = client.new_id()
        answer = json.loads(await client.call(method, json.dumps(params).encode(), identifier))
        assert identifier not in self.acknowledged
        self.acknowledged[identifier] = method, answer
        if not self._everybody:
            self.under_way.set()
        return answer


@asynccontextmanager
async def clients(
    founded: Founded, listener: Listener, number: int, state: Callable[[str], None]
) -> AsyncIterator[list[Client]]:
    """Connect clients that come back by themselves and send again what was not answered."""
    machine = value_of(MANAGER) if listener is Listener.STAFF else None
    async with AsyncExitStack() as stack:
        made = [
            Client(founded.settings, founded.directory, listener, machine=machine, state=state)
            for _ in range(number)
        ]
        for client in made:
            await stack.enter_async_context(client)
            client.follow()
        yield made


async def listening(founded: Founded) -> None:
    """Wait until the first host answers."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                async with Client(founded.settings, founded.directory, Listener.LOBBY):
                    return
            except Refusal:
                await asyncio.sleep(0.02)


def moment(part: int, kill: int) -> float:
    """Return how many seconds of load a host gets before it is killed: 20 to 80 ms, the same in each run."""
    return 0.02 + 0.06 * sha256(f"{part}/{kill}".encode()).digest()[0] / 255


@pytest.mark.parametrize("part", range(PARTS))
async def test_killed_hosts_lose_and_repeat_nothing(
    part: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "RETRY_S", (0.01,))
    founded = busy_branch(tmp_path / "branch", counters=COUNTERS, waiting=WAITING)
    before = entries_after(founded, 0)
    hosts = Hosts(founded)
    try:
        await hosts.start()
        load = await besieged(founded, hosts, part)
    finally:
        hosts.close()
    check_commands(founded, load)
    check_entries(entries_after(founded, sum(before.values())), load)
    check_store(founded, tmp_path)


async def besieged(founded: Founded, hosts: Hosts, part: int) -> Load:
    """Kill host after host under load, then let everybody come to an end; return what was acknowledged.

    Every other one is killed while terminals are still coming back to it.
    """
    load = Load()
    try:
        await listening(founded)
        async with (
            clients(founded, Listener.LOBBY, KIOSKS, load.state) as kiosks,
            clients(founded, Listener.STAFF, COUNTERS, load.state) as desks,
            asyncio.TaskGroup() as people,
        ):
            for client in kiosks:
                people.create_task(load.kiosk(client))
            for place, client in enumerate(desks, 1):
                people.create_task(load.counter(client, str(place)))
            for kill in range(KILLS // PARTS):
                async with asyncio.timeout(PATIENCE_S):
                    await load.under_way.wait()
                await asyncio.sleep(moment(part, kill))
                load.begin(everybody=kill % 2 == 0)
                hosts.end(signal.SIGKILL)
                await hosts.start()
            load.over = True
    finally:
        hosts.end(signal.SIGTERM)
    return load


def entries_after(founded: Founded, seq: int) -> Counter[tuple[str, str]]:
    """Count entries after a seq by event and first subject."""
    with closing(sqlite.connect(founded.directory / FILE, query_only=True)) as connection:
        found = connection.execute("SELECT event, plain FROM journal WHERE seq > ?", (seq,))
        subjects = ((event, decode_plain(plain).subjects) for event, plain in found)
        return Counter((event, str(UUID(bytes=first[0])) if first else "") for event, first in subjects)


def check_commands(founded: Founded, load: Load) -> None:
    """Each command that was acknowledged was carried out, and no other."""
    with closing(sqlite.connect(founded.directory / FILE, query_only=True)) as connection:
        carried_out = {
            UUID(bytes=identifier): method
            for identifier, method in connection.execute("SELECT id, method FROM command")
        }
    assert carried_out == {identifier: method for identifier, (method, _) in load.acknowledged.items()}
    assert len(carried_out) > KILLS // PARTS


def check_entries(found: Counter[tuple[str, str]], load: Load) -> None:
    """Each acknowledged command left its entry exactly once."""
    done = Counter(
        (DONE[method], answer["id"]) for method, answer in load.acknowledged.values() if answer is not None
    )
    assert set(done.values()) == {1}
    assert {key: times for key, times in found.items() if key[0] in DONE.values()} == done


def check_store(founded: Founded, folder: Path) -> None:
    """The chain verifies, every row is what its entry left, and the journal alone gives the same tables."""
    secret = provider("memory", founded.directory, "test").load(UUID(founded.settings.store_id))
    again = folder / "again.db"
    with (
        closing(sqlite.connect(founded.directory / FILE, query_only=True)) as source,
        closing(sqlite.connect(again)) as target,
    ):
        report = verify(source, secret.mac_key(), founded.directory / ANCHOR, [check_grants])
        assert report.findings == []
        schema.migrate(again, target)
        assert rebuild(stored_parts(source), target) == report.entries
        assert plain_columns(target) == plain_columns(source)


def plain_columns(connection: Any) -> dict[str, list[tuple[Any, ...]]]:
    """Return every business table without what a standalone journal does not keep: sealed columns, keys."""
    tables = {}
    for name in business_tables(connection):
        columns = SQLModel.metadata.tables[name].columns
        names = ", ".join(f'"{each.name}"' for each in columns if each.info["sensitivity"] == "plain")
        tables[name] = sorted(connection.execute(f'SELECT {names} FROM "{name}"').fetchall(), key=repr)
    return tables
