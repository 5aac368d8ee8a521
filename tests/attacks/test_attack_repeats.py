"""Attacks 22 and 23: command ids used again, and a host that dies with a command on its way."""

import asyncio
import json
import os
import signal
from typing import Any
from uuid import UUID

import pytest
from attack_hosts import BranchProcess, command_id, facts, journal

from hosts import LocalBranch, signed_on
from tellertui.client import Client
from tellertui.core.clock import DAY, SECOND, ManualClock
from tellertui.core.ids import TimedIds
from tellertui.core.refusal import Refusal
from tellertui.host.host import Host

ISSUE = "reception.issue"
PAUSE = ("reception.counter_pause", b'{"reason":"break"}')


async def refused(branch: LocalBranch, service: str, identifier: UUID) -> str:
    with pytest.raises(Refusal) as caught:
        await branch.call(ISSUE, {"service": service}, identifier)
    return caught.value.code


async def test_22_an_id_is_refused_for_something_else_to_somebody_else_and_too_late(
    host: Host, clock: ManualClock
) -> None:
    manager, reviewer = signed_on(host, "M01"), signed_on(host, "R01")
    identifier = TimedIds(clock).new()
    first = await manager.call(ISSUE, {"service": "cash"}, identifier)
    before = host.store.journal.head
    codes = [await refused(manager, "loss", identifier), await refused(reviewer, "cash", identifier)]
    assert host.store.journal.head == before
    assert (await manager.call(ISSUE, {"service": "cash"}, identifier))["id"] == first["id"]
    clock.advance(8 * DAY // SECOND)
    codes.append(await refused(signed_on(host, "M01"), "cash", identifier))
    assert codes == ["id-reused", "id-foreign", "id-expired"]
    left = await journal(host)
    assert {fact.code for fact in facts(left, "access.refused")} == set(codes)
    assert len(facts(left, "ticket.issued")) == 1


async def test_22_an_id_made_after_eight_days_of_silence_is_refused_once_its_row_is_gone(
    host: Host, clock: ManualClock
) -> None:
    lobby, identifier = LocalBranch(host), TimedIds(clock).new()
    await lobby.call(ISSUE, {"service": "cash"}, identifier)
    clock.advance(15 * DAY // SECOND)
    host.jobs.each_minute()
    await journal(host)
    assert await refused(lobby, "cash", identifier) == "id-expired"


async def test_22_an_exact_resend_across_a_host_kill_has_one_effect(process: BranchProcess) -> None:
    identifier = command_id()

    async def issued(given: UUID) -> Any:
        async with process.client() as lobby:
            return json.loads(await lobby.call(ISSUE, b'{"service":"cash"}', given))

    process.start()
    first = await issued(identifier)
    process.kill()
    process.start()
    again, another = await issued(identifier), await issued(command_id())
    assert (again["id"], again["number"]) == (first["id"], first["number"])
    assert another["number"] != first["number"]
    assert len(process.facts("ticket.issued")) == 2


class Terminal:
    """A desk where the manager has sent a command that the host has not answered when it dies."""

    def __init__(self, process: BranchProcess) -> None:
        self.process = process
        self.shown: list[int] = []
        self._locked = asyncio.Event()

    async def cut_off(self) -> tuple[Client, "asyncio.Task[bytes]"]:
        process = self.process.start()
        client = await process.signed_on("M01", state=self._state)
        client.follow()
        await client.watch("queue", self.shown.append)
        await client.call("reception.counter_open", b'{"counter":"1"}')
        os.kill(process.pid, signal.SIGSTOP)
        pending = asyncio.create_task(client.call(*PAUSE))
        await asyncio.sleep(0)
        process.kill()
        process.start()
        await self._locked.wait()
        self.shown.clear()
        return client, pending

    def _state(self, state: str) -> None:
        if state == "locked":
            self._locked.set()


async def test_23_another_person_at_the_terminal_sends_and_sees_nothing_of_the_first(
    process: BranchProcess,
) -> None:
    terminal = Terminal(process)
    client, pending = await terminal.cut_off()
    assert not pending.done()
    session = await client.sign_on("R01", bytearray(b"seven lanterns over the river"))
    assert session.staff == "R01"
    with pytest.raises(Refusal) as caught:
        await pending
    assert caught.value.code == "not-signed-on"
    async with process.client() as lobby:
        await lobby.call(ISSUE, b'{"service":"cash"}')
    await client.call("reception.queue", b"{}")
    await client.close()
    assert terminal.shown == []
    assert process.facts("counter.paused") == []
    elsewhere = await process.signed_on("M01")
    desk = json.loads(await elsewhere.call("reception.counter", b"{}"))
    assert desk["counter"]["state"] == "open"
    await elsewhere.close()


async def test_23_the_same_person_returns_and_the_command_is_sent_once(process: BranchProcess) -> None:
    terminal = Terminal(process)
    client, pending = await terminal.cut_off()
    await client.sign_on("M01", bytearray(b"correct horse battery staple"))
    assert json.loads(await pending)["state"] == "paused"
    assert len(process.facts("counter.paused")) == 1
    assert [fact.staff for fact in process.facts("session.lost")] == ["M01"]
    terminal.shown.clear()
    async with process.client() as lobby:
        await lobby.call(ISSUE, b'{"service":"cash"}')
    await client.call("reception.queue", b"{}")
    await client.close()
    assert terminal.shown
