"""A served branch under the load of many terminals, and the plain cursor beside it."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from branches import MANAGER, MONDAY, Founded
from busy import monday_offset
from realhost import value_of
from tellertui.client import Client
from tellertui.core.refusal import Refusal
from tellertui.core.role import Listener
from tellertui.store.store import FILE

HERE = Path(__file__).parent
TERMINALS = 32
COUNTERS = 31 * TERMINALS
WAITING = 2 * COUNTERS
DAY = "2026-11-23"
SLOW_FSYNC = (
    *("strace", "-f", "--seccomp-bpf", "-o", os.devnull, "-e", "trace=fdatasync,fsync"),
    *("-e", "inject=fdatasync,fsync:delay_enter=5000"),
)
"""Launcher under which every flush to disk takes 5 ms more."""
START_S = 20


def require_strace() -> None:
    """Skip where processes cannot be traced."""
    probe = [*SLOW_FSYNC, sys.executable, "-c", ""]
    if shutil.which("strace") is None or subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip("strace is not there or may not trace")


@contextmanager
def served(founded: Founded, launcher: Sequence[str] = ()) -> Iterator[int]:
    """Serve a branch in a process of its own and yield that process's id."""
    command = [*launcher, sys.executable, str(HERE / "benchhost.py")]
    paths = os.pathsep.join([str(HERE.parent), *sys.path])
    with subprocess.Popen(
        [*command, str(founded.directory), str(monday_offset())],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": paths},
    ) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        try:
            yield pid
        finally:
            os.kill(pid, signal.SIGTERM)


@asynccontextmanager
async def terminals(
    founded: Founded, number: int = TERMINALS, machine: str | None = value_of(MANAGER)
) -> AsyncIterator[list[Client]]:
    """Connect terminals of the signed-on manager, or without ``machine`` of nobody yet."""
    async with AsyncExitStack() as stack:
        await _listening(founded)
        yield [
            await stack.enter_async_context(
                Client(founded.settings, founded.directory, Listener.STAFF, machine=machine)
            )
            for _ in range(number)
        ]


async def _listening(founded: Founded) -> None:
    async with asyncio.timeout(START_S):
        while True:
            with suppress(Refusal):
                async with Client(founded.settings, founded.directory, Listener.STAFF):
                    return
            await asyncio.sleep(0.05)


async def call(client: Client, counter: int) -> dict[str, Any]:
    """Call the next ticket to a counter and return it."""
    answer = await client.call("reception.call_next", b'{"counter":"%d"}' % counter)
    called: dict[str, Any] = json.loads(answer)
    return called


@dataclass(frozen=True)
class Flood:
    """Calls per second of all terminals together, and the slowest one's share of the fastest one's."""

    rate: float
    fairness: float


async def flood(clients: list[Client]) -> Flood:
    """Call a ticket to every counter as fast as the host answers, then let everybody wait again."""

    async def run(place: int) -> float:
        for counter in range(1 + place, COUNTERS + 1, len(clients)):
            await call(clients[place], counter)
        return perf_counter() - started

    started = perf_counter()
    times = await asyncio.gather(*map(run, range(len(clients))))
    await clients[0].call("bench.reset", b"{}")
    return Flood(COUNTERS / max(times), min(times) / max(times))


def raw(founded: Founded, folder: Path, counters: int, launcher: Sequence[str] = ()) -> float:
    """Return the rate of the plain cursor on a copy of a branch that nobody has open."""
    copy = folder / "raw.db"
    shutil.copyfile(founded.directory / FILE, copy)
    command = [*launcher, sys.executable, str(HERE / "raw.py"), str(copy)]
    found = subprocess.run([*command, str(counters), DAY, str(MONDAY)], capture_output=True, check=True)
    for name in (copy, copy.with_name("raw.db-wal"), copy.with_name("raw.db-shm")):
        name.unlink(missing_ok=True)
    return float(found.stdout)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of the values lies."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def resident_mb(pid: int) -> float:
    """Return the memory that a process holds, in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024
