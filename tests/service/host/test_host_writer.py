"""Whoever waits for the writer is answered, and keys live exactly as long as it works with them."""

import asyncio
import threading
from contextlib import closing
from typing import Any

import pytest

from branches import MANAGER, Founded
from hosts import signed_on
from seats import Seat
from tellertui.branch.api import AddTerminal
from tellertui.core.event import decode_event
from tellertui.core.refusal import Refusal
from tellertui.host.host import Host
from tellertui.host.running import carry
from tellertui.store import sqlite
from tellertui.store.events import Checkpoint
from tellertui.store.journal import entries
from tellertui.store.store import FILE
from tellertui.store.work import Work
from tellertui.store.writer import Outcome, Task


class Held:
    """A writer that waits in a command of its own, so that what comes next is one group."""

    def __init__(self, host: Host) -> None:
        self._go = threading.Event()
        host.store.submit(Task(lambda work: self._go.wait(10), lambda outcome: None))

    def release(self) -> None:
        """Let the writer go on."""
        self._go.set()


def exhausted(work: Work) -> Any:
    return next(iter(()))


async def test_a_handler_that_raises_stop_iteration_fails_alone(host: Host) -> None:
    held = Held(host)
    bad = asyncio.create_task(carry(host.store, exhausted))
    good = asyncio.create_task(carry(host.store, lambda work: "done"))
    await asyncio.sleep(0)
    held.release()
    async with asyncio.timeout(5):
        assert await good == "done"
        with pytest.raises(RuntimeError):
            await bad


async def test_an_answer_that_nobody_takes_keeps_no_other_from_its_way(host: Host) -> None:
    def refuse(outcome: Outcome) -> None:
        raise ValueError

    held = Held(host)
    host.store.submit(Task(lambda work: None, refuse))
    good = asyncio.create_task(carry(host.store, lambda work: "done"))
    await asyncio.sleep(0)
    held.release()
    async with asyncio.timeout(5):
        assert await good == "done"


async def test_when_the_writer_itself_fails_everybody_hears_it(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(batch: list[Task]) -> None:
        raise ValueError

    monkeypatch.setattr(host.store.writer, "_transaction", broken)
    async with asyncio.timeout(5):
        for _ in range(2):
            with pytest.raises(Refusal) as refused:
                await carry(host.store, lambda work: None)
            assert (refused.value.code, refused.value.facts) == ("red", {"finding": "writer"})


async def test_a_stop_vouches_for_the_sessions_it_ends(
    host: Host, founded: Founded, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_on(host, MANAGER)
    held, stop = Held(host), host.store.writer.stop

    def stop_with_all_of_it_waiting() -> None:
        held.release()
        stop()

    monkeypatch.setattr(host.store.writer, "stop", stop_with_all_of_it_waiting)
    await host.close()
    with closing(sqlite.connect(founded.directory / FILE, query_only=True)) as connection:
        *_, ended, last = [entry.read() for entry in entries(connection.cursor())]
        seq = connection.execute("SELECT max(seq) FROM journal").fetchone()[0]
    fact = decode_event(last.event, last.version, last.facts)
    assert ended.event == "session.ended"
    assert isinstance(fact, Checkpoint)
    assert (fact.seq, fact.cause) == (seq - 1, "stop")


async def test_a_handler_that_is_cancelled_leaves_the_keys_to_the_writer(host: Host) -> None:
    seat = Seat(host)
    assert await seat.sign_on(MANAGER) == ("ok", 0)
    session = seat.peer.session
    assert session is not None
    held = Held(host)
    asking = asyncio.create_task(seat.do(AddTerminal(terminal="desk-1", kind="desk")))
    await asyncio.sleep(0)
    assert session.in_flight == 1
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    host.sessions.end(session, "closed")
    assert session.ring is not None
    held.release()
    await carry(host.store, lambda work: None)
    assert session.ring is None
