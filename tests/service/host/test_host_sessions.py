"""A session lives by what a person does, ends for everything at once and is entered once."""

import os
from uuid import UUID

import pytest

from branches import MANAGER, MONDAY, Founded
from hosts import LocalBranch, signed_on
from seats import Seat
from tellertui.branch.api import AddTerminal
from tellertui.core.clock import ManualClock, SystemClock
from tellertui.core.event import decode_event
from tellertui.core.ids import TimedIds
from tellertui.core.refusal import Refusal
from tellertui.core.role import Listener
from tellertui.core.wire import PROTOCOL
from tellertui.host import api
from tellertui.host.host import Host
from tellertui.host.push import Sender
from tellertui.host.signon import Attempt
from tellertui.store.journal import entries
from tellertui.store.rows import Reads
from tellertui.vault.providers import provider

HELLO = {"protocol": PROTOCOL}


async def code_of(branch: LocalBranch, method: str, **params: object) -> str:
    with pytest.raises(Refusal) as refused:
        await branch.call(method, params)
    return refused.value.code


async def test_a_terminal_that_only_reads_falls_asleep(host: Host, clock: ManualClock) -> None:
    desk = signed_on(host, MANAGER)
    for _ in range(2):
        clock.advance(host.settings.idle_lock_s / 2)
        await desk.call("session.show")
        await desk.call("branch.show")
    clock.advance(1)
    assert await code_of(desk, "branch.show") == "not-signed-on"


@pytest.mark.parametrize("deed", [api.Touch(), AddTerminal(terminal="desk-1", kind="desk")])
async def test_what_a_person_does_keeps_it_awake(
    host: Host, clock: ManualClock, deed: api.Touch | AddTerminal
) -> None:
    desk = signed_on(host, MANAGER)
    clock.advance(host.settings.idle_lock_s - 1)
    await desk.do(deed)
    clock.advance(host.settings.idle_lock_s - 1)
    assert (await desk.call("session.show"))["staff"] == MANAGER


async def test_notices_end_with_the_session(host: Host) -> None:
    desk, sent = signed_on(host, MANAGER), list[bytes]()

    def write(frame: bytes) -> bool:
        sent.append(frame)
        return True

    async def nothing(*_: object) -> None:
        raise AssertionError

    host.connections.peers[id(desk.peer)] = desk.peer
    host.methods.senders[id(desk.peer)] = Sender(write, nothing, nothing)
    await desk.call("watch", {"topic": "queue"})
    host.board.publish({"queue": 1})
    assert len(sent) == 1
    await desk.call("session.sign_off")
    host.board.publish({"queue": 2})
    assert len(sent) == 1
    assert desk.peer.watching == set()


async def test_a_connection_with_a_session_is_not_greeted_into_another(host: Host) -> None:
    kept = await signed_on(host, "R01").call("session.machine")
    desk = signed_on(host, MANAGER)
    await desk.call("branch.add_terminal", {"terminal": "desk-1", "kind": "desk", "uids": [1000]})
    assert await code_of(desk, "hello", **HELLO, session=kept["session"]) == "not-permitted"
    assert await code_of(desk, "hello", **HELLO, terminal="desk-1") == "not-permitted"
    assert (await desk.call("session.show"))["staff"] == MANAGER
    await desk.call("hello", {**HELLO, "nonce": "00" * 32})
    await desk.call("session.sign_off")
    await desk.call("hello", {**HELLO, "terminal": "desk-1"})
    assert desk.peer.terminal == "desk-1"


async def test_a_nonce_is_good_for_one_frame(host: Host) -> None:
    seat = Seat(host)
    assert await seat.sign_on(MANAGER) == ("ok", 0)
    await seat.call("session.sign_off")
    seat.peer.nonce = nonce = os.urandom(32)
    attempt = Attempt(nonce, MANAGER, seat.peer.uid, bytearray(32))
    assert (await host.access.judge(attempt))[0] == "wrong-passphrase"
    assert await host.access.judge(attempt) == ("greet-first", 0)


async def test_a_session_that_becomes_one_of_scripts_leaves_an_entry(host: Host) -> None:
    def last(reads: Reads) -> object:
        *_, entry = entries(reads.connection.cursor())
        plain = entry.read()
        return decode_event(plain.event, plain.version, plain.facts), plain.session

    desk = signed_on(host, MANAGER)
    assert desk.peer.session is not None
    await desk.call("session.machine")
    fact, session = host.store.read(last).result()  # type: ignore[misc]
    assert (fact.staff, fact.machine) == (MANAGER, 1)
    assert session == desk.peer.session.id.bytes


async def test_a_clock_ends_with_the_century(founded: Founded) -> None:
    secret = provider("memory", founded.directory, "test").load(UUID(founded.settings.store_id))
    clock = SystemClock.starting_at(MONDAY)
    host = Host(founded.directory, founded.settings, secret, clock, TimedIds(clock))
    try:
        operator = LocalBranch(host, Listener.ADMIN)
        year = 366 * 86_400
        for _ in range(72):
            await operator.do(api.AdvanceClock(seconds=year))
        assert await code_of(operator, "clock.advance", seconds=year) == "beyond-calendar"
        assert (await operator.do(api.AdvanceClock(seconds=1))).now < "2100"
    finally:
        await host.close()
