"""The host with 32 terminals, against a plain cursor with the same statements in the same run."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import UUID

import pytest
from hostload import (
    COUNTERS,
    SLOW_FSYNC,
    TERMINALS,
    WAITING,
    call,
    flood,
    percentile,
    raw,
    require_strace,
    resident_mb,
    served,
    terminals,
)

from branches import PASSPHRASES, REVIEWER, Founded
from busy import busy_branch
from tellertui.client import Client
from tellertui.store import sqlite
from tellertui.store.journal import decode_plain
from tellertui.store.store import FILE

pytestmark = pytest.mark.bench

ROUNDS = 7
SECONDS = 12
VISITS = 100_000
SIGN_ONS = 8


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Founded:
    """A branch whose passphrases cost what they cost in production; never opened, only copied."""
    directory = tmp_path_factory.mktemp("bench") / "branch"
    cost = {"argon_memory_kib": 65_536, "argon_passes": 3}
    return busy_branch(directory, counters=COUNTERS, waiting=WAITING, **cost)


@pytest.fixture
def busy(template: Founded, tmp_path: Path) -> Iterator[Founded]:
    directory = tmp_path / "branch"
    shutil.copytree(template.directory, directory)
    yield Founded(directory, template.settings, template.sheet)
    shutil.rmtree(directory)


async def test_flat_out(template: Founded, busy: Founded, tmp_path: Path) -> None:
    floods, plain = [], []
    with served(busy) as pid:
        async with terminals(busy) as clients:
            for client in clients:
                await client.watch("queue", lambda seq: None)
            for _ in range(ROUNDS):
                plain.append(await asyncio.to_thread(raw, template, tmp_path, COUNTERS))
                floods.append(await flood(clients))
            memory = resident_mb(pid)
    ratio = median(each.rate for each in floods) / median(plain)
    fairness = median(each.fairness for each in floods)
    print(
        f"\n{TERMINALS} terminals flat out: {median(each.rate for each in floods):,.0f} calls/s, plain cursor"
        f" {median(plain):,.0f}/s, ratio {ratio:.2f}; slowest/fastest {fairness:.2f}; host {memory:.0f} MB"
    )
    assert ratio >= 1.0
    assert fairness >= 0.5
    assert memory <= 150


async def test_flat_out_on_a_slow_disk(template: Founded, busy: Founded, tmp_path: Path) -> None:
    require_strace()
    with served(busy, SLOW_FSYNC):
        async with terminals(busy) as clients:
            plain = await asyncio.to_thread(raw, template, tmp_path, 200, SLOW_FSYNC)
            floods = [await flood(clients) for _ in range(3)]
    rate = median(each.rate for each in floods)
    print(f"\nflush 5 ms slower: {rate:,.0f} calls/s, plain cursor {plain:,.0f}/s, ratio {rate / plain:.1f}")
    assert rate >= 5 * plain


async def test_one_call_a_second_each(busy: Founded) -> None:
    with served(busy):
        async with terminals(busy) as clients:
            arrivals = [await _watch(client) for client in clients]
            calls = await _paced(clients)
    times = [took for _, took, _ in calls]
    notices = _notice_times(busy, calls, arrivals)
    slow, told = percentile(times, 0.99) * 1000, percentile(notices, 0.99) * 1000
    print(
        f"\n{TERMINALS} × 1/s: call p50 {median(times) * 1000:.1f}, p99 {slow:.1f} ms;"
        f" notice p50 {median(notices) * 1000:.1f}, p99 {told:.1f} ms"
    )
    assert slow <= 15
    assert told <= 15


async def test_one_call_a_second_each_beside_sign_ons_and_a_job(busy: Founded) -> None:
    _add_visits(busy.directory / FILE)
    signed_on: list[str] = []
    with served(busy):
        async with terminals(busy) as clients, terminals(busy, SIGN_ONS, None) as officers:
            await clients[0].call("bench.slices", b"{}")
            signing = [asyncio.create_task(_sign_on_for_ever(officer, signed_on)) for officer in officers]
            calls = await _paced(clients)
            for task in signing:
                task.cancel()
            await asyncio.gather(*signing, return_exceptions=True)
    slow = percentile([took for _, took, _ in calls], 0.99) * 1000
    slices = _count(busy.directory / FILE, "schema.redigested")
    print(
        f"\nbeside {SIGN_ONS} sign-ons at a time ({len(signed_on)} done) and a job over {VISITS:,} rows"
        f" ({slices} slices): call p99 {slow:.1f} ms"
    )
    assert signed_on
    assert slices
    assert slow <= 25


Call = tuple[float, float, UUID]
"""When it was sent, how long the answer took, and the ticket."""
Arrival = tuple[float, int]
"""When a notice came, and its seq."""


async def _paced(clients: list[Client]) -> list[Call]:
    """Let every terminal call once a second, evenly spread."""
    begun = perf_counter() + 0.2

    async def run(place: int) -> list[Call]:
        calls = []
        for turn in range(SECONDS):
            due = begun + turn + place / len(clients)
            await asyncio.sleep(due - perf_counter())
            sent = perf_counter()
            answer = await call(clients[place], 1 + place + turn * len(clients))
            calls.append((sent, perf_counter() - sent, UUID(answer["id"])))
        return calls

    return [each for calls in await asyncio.gather(*map(run, range(len(clients)))) for each in calls]


async def _watch(client: Client) -> list[Arrival]:
    arrivals: list[Arrival] = []
    await client.watch("queue", lambda seq: arrivals.append((perf_counter(), seq)))
    return arrivals


def _notice_times(founded: Founded, calls: list[Call], arrivals: list[list[Arrival]]) -> list[float]:
    """Return for each call and each terminal how long after sending the notice of it came."""
    seqs = _called_at(founded.directory / FILE)
    return [
        next(at for at, seq in came if seq >= seqs[ticket]) - sent
        for sent, _, ticket in calls
        for came in arrivals
    ]


def _called_at(path: Path) -> dict[UUID, int]:
    """Return the entry of each ticket's newest call."""
    with closing(sqlite.connect(path, query_only=True)) as connection:
        found = connection.execute(
            "SELECT seq, plain FROM journal WHERE event = 'ticket.called' ORDER BY seq"
        )
        return {UUID(bytes=decode_plain(plain).subjects[0]): seq for seq, plain in found}


def _count(path: Path, event: str) -> int:
    with closing(sqlite.connect(path, query_only=True)) as connection:
        found = connection.execute("SELECT count(*) FROM journal WHERE event = ?", (event,))
        return int(found.fetchone()[0])


async def _sign_on_for_ever(client: Client, done: list[str]) -> None:
    while True:
        view = await client.sign_on(REVIEWER, bytearray(PASSPHRASES[REVIEWER]))
        done.append(view.staff)


def _add_visits(path: Path) -> None:
    """Write old visits past the journal: a job has to read and record them, nothing else."""
    with closing(sqlite.connect(path)) as connection:
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO visit_service (id, ticket, day, service, counter, person, started_at, held_ms)"
            " VALUES (?, ?, '2026-11-20', 'cash', '1', 'T1', 1, 0)",
            ((number.to_bytes(16, "big"), b"t" * 16) for number in range(VISITS)),
        )
        connection.execute("COMMIT")
