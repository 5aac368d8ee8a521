"""Codes that nobody has fill neither the memory of the guard nor the journal."""

import asyncio
import os
from collections import Counter

from seats import Seat
from tellertui.core.clock import ManualClock
from tellertui.core.event import Event, decode_event
from tellertui.host.events import AccessFailed, AccessRefused
from tellertui.host.guard import UNKNOWN, UNKNOWN_KEPT, SignOnGuard
from tellertui.host.host import Host
from tellertui.host.signon import Attempt
from tellertui.store.journal import entries
from tellertui.store.rows import Reads
from tellertui.store.writer import Task


def access(reads: Reads) -> list[Event]:
    written = entries(reads.connection.cursor())
    found = [entry.read() for entry in written if entry.event.startswith("access.")]
    return [decode_event(plain.event, plain.version, plain.facts) for plain in found]


async def facts(host: Host) -> list[Event]:
    """Return the facts of access so far, those of background work too."""
    written = asyncio.get_running_loop().create_future()
    host.store.writer.submit_job(Task(lambda work: None, written.set_result))
    await written
    return host.store.read(access).result()


async def test_many_unknown_codes_at_a_terminal_leave_a_few_entries(host: Host, clock: ManualClock) -> None:
    seat = Seat(host)
    for number in range(30):
        seat.peer.nonce = os.urandom(32)
        attempt = Attempt(seat.peer.nonce, f"X{number}", seat.peer.uid, bytearray(32))
        assert await host.access.judge(attempt) == ("wrong-passphrase", 1)
    assert Counter(map(type, await facts(host))) == {AccessFailed: 10}
    host.jobs.flush_refusals()
    *_, many = await facts(host)
    assert many == AccessRefused("sign-on", "wrong-passphrase", 20)
    clock.advance(60)
    seat.peer.nonce = os.urandom(32)
    await host.access.judge(Attempt(seat.peer.nonce, "X0", seat.peer.uid, bytearray(32)))
    assert isinstance((await facts(host))[-1], AccessFailed)


def test_failures_of_unknown_codes_are_forgotten_in_time_and_those_of_people_are_not() -> None:
    clock = ManualClock()
    guard = SignOnGuard(clock)
    guard.failed("M01", "desk-1")
    first = f"{UNKNOWN}first"
    guard.failed(first, "desk-1")
    for number in range(UNKNOWN_KEPT):
        guard.failed(f"{UNKNOWN}{number}", "desk-1")
    assert guard.wait_s("M01") == 1
    assert guard.wait_s(first) == 0
    assert guard.wait_s(f"{UNKNOWN}{UNKNOWN_KEPT - 1}") == 1
