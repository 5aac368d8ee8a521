"""Attack 24: garbage, giants, slow readers and crowds at the sockets of a host."""

import asyncio
import json
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, suppress

import pytest
from attack_hosts import BranchProcess, facts, journal, until
from attack_wire import (
    GARBAGE,
    MIB,
    UPGRADE,
    alive,
    answer_to,
    closing_code,
    code_of,
    frame,
    raw,
    request,
)
from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.exceptions import ConnectionClosed

from hosts import LocalBranch
from tellertui.client import Client
from tellertui.core.clock import ManualClock
from tellertui.core.refusal import Refusal
from tellertui.core.role import Listener
from tellertui.core.wire import PRE_SESSION_LIMIT, PROTOCOL, SESSION_LIMIT
from tellertui.host import push
from tellertui.host.host import Host
from tellertui.host.peer import Peer
from tellertui.host.server import OPENING, SHARED
from tellertui.settings import socket_path


async def test_24_garbage_is_closed_and_the_next_caller_served(shared: BranchProcess) -> None:
    async with shared.client() as before:
        for listener in (Listener.LOBBY, Listener.STAFF, Listener.ADMIN):
            for garbage in GARBAGE:
                assert b"101 Switching" not in await answer_to(shared, listener, garbage)
        assert json.loads(await before.call("reception.board", b"{}"))
    alive(shared)


async def test_24_garbage_at_the_sign_on_socket_is_answered_and_no_failure(
    shared: BranchProcess,
) -> None:
    for garbage in GARBAGE:
        assert b"bad-frame" in await answer_to(shared, Listener.SIGNON, garbage)
    assert shared.facts("access.failed") == []
    await (await shared.signed_on("M01")).close()
    alive(shared)


async def test_24_frames_that_are_no_request_are_refused_and_giants_closed(shared: BranchProcess) -> None:
    connection = await raw(shared)
    nested = "[" * 30_000 + "]" * 30_000
    for broken in (
        nested,
        request("reception.issue", nested),
        '{"a":' * 9_000,
        "",
        "null",
        b"\x00\xff",
        "\x00",
    ):
        assert await code_of(connection, broken) == "bad-frame"
    deep = '{"service":' + "[" * 100 + "]" * 100 + "}"
    assert await code_of(connection, request("reception.issue", deep)) == "bad-params"
    assert await code_of(connection, request("reception." + "x" * 60_000)) == "unknown-method"
    await connection.send(request("reception.board"))
    assert "result" in json.loads(await connection.recv())
    await connection.send("x" * (PRE_SESSION_LIMIT + 1))
    assert await closing_code(connection) == 1009
    giant = await raw(shared)
    await giant.send("x" * (10 * MIB))
    assert await closing_code(giant) == 1009
    alive(shared)


async def test_24_a_session_may_send_a_megabyte_and_no_more(shared: BranchProcess) -> None:
    desk = await shared.signed_on("M01")
    assert desk._wire is not None
    with pytest.raises(Refusal) as refused:
        await desk.call("reception.suspend", b'{"service":"%s"}' % (b"x" * (SESSION_LIMIT - 4096)))
    assert refused.value.code == "bad-params"
    with pytest.raises(Refusal) as refused:
        await desk.call("reception.suspend", b'{"service":"%s"}' % (b"x" * (10 * MIB)))
    assert (refused.value.code, refused.value.kind.exit_code) == ("too-large", 2)
    connection = desk._wire._connection
    await connection.send("x" * (SESSION_LIMIT + 1))
    await desk._wire.lost.wait()
    assert connection.close_code == 1009
    await desk.close()


async def test_24_compression_is_neither_offered_nor_taken(shared: BranchProcess) -> None:
    path = str(shared.path(Listener.LOBBY))
    async with unix_connect(path, compression="deflate") as connection:
        assert connection.protocol.extensions == []
        # A final text frame with the bit of a compressed one set, masked with zeros.
        connection.transport.write(b"\xc1\x85\0\0\0\0hello")
        assert await closing_code(connection) == 1002
    alive(shared)


async def test_24_nothing_is_answered_before_the_greeting(shared: BranchProcess) -> None:
    async with unix_connect(str(shared.path(Listener.LOBBY)), compression=None) as connection:
        assert await code_of(connection, request("reception.board")) == "greet-first"
        assert await code_of(connection, request("hello", f'{{"protocol":{PROTOCOL + 1}}}')) == "newer-client"
        assert await code_of(connection, request("reception.board")) == "greet-first"


async def test_24_five_hundred_connections_are_sent_away_and_nobody_notices(
    shared: BranchProcess,
) -> None:
    async with shared.client(Listener.ADMIN) as colleague:
        quiet = await slowest(colleague, 20)
        before = shared.resident_kib()
        crowd: list[ClientConnection] = []
        loud = 0.0
        for _ in range(10):
            path = str(shared.path(Listener.LOBBY))
            more = await asyncio.gather(*(unix_connect(path, compression=None) for _ in range(50)))
            crowd += more
            loud = max(loud, await slowest(colleague, 5))
        codes = Counter([await code_or_open(connection) for connection in crowd])
        assert codes == {"open": SHARED, "1013": 500 - SHARED}
        assert shared.resident_kib() - before < 40 * 1024
        assert loud < max(0.25, 20 * quiet)
        await asyncio.gather(*(connection.close() for connection in crowd))
        await colleague.call("host.show", b"{}")
    async with shared.client() as lobby:
        await lobby.call("reception.board", b"{}")


async def slowest(client: Client, times: int) -> float:
    """Return the slowest of some calls, seconds."""
    found = 0.0
    for _ in range(times):
        begun = time.perf_counter()
        await client.call("host.show", b"{}")
        found = max(found, time.perf_counter() - begun)
    return found


async def code_or_open(connection: ClientConnection) -> str:
    try:
        async with asyncio.timeout(0.001):
            await connection.recv()
    except TimeoutError:
        return "open"
    except ConnectionClosed:
        return str(connection.close_code)
    return "answered"


def test_24_connections_that_say_nothing_are_cut_before_the_host_runs_out_of_them(
    shared: BranchProcess,
) -> None:
    most = SHARED + OPENING
    with ExitStack() as stack:
        crowd = []
        for _ in range(most + 20):
            end = stack.enter_context(socket.socket(socket.AF_UNIX))
            end.connect(str(shared.path(Listener.LOBBY)))
            crowd.append(end)
        for end in crowd[most:]:
            end.settimeout(5)
            assert end.recv(1) == b""
        assert shared.cli("audit", "show", "--json").returncode == 0
    alive(shared)


@pytest.fixture
async def listening(host: Host, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Host]:
    """A host in this process with its sockets, which gives a slow reader less time."""
    monkeypatch.setattr(push, "SEND_S", 0.2)
    serving = asyncio.create_task(host.serve())
    path = socket_path(host.settings, host.directory, Listener.ADMIN)
    await asyncio.to_thread(until, path.exists)
    yield host
    host.stopping.set()
    await serving


async def test_24_a_reader_that_does_not_read_is_not_served_ahead_and_then_closed(listening: Host) -> None:
    handled = 0
    handle: Callable[[Peer, bytes], Awaitable[bytes]] = listening.dispatcher.handle

    async def counted(peer: Peer, frame: bytes) -> bytes:
        nonlocal handled
        handled += 1
        return await handle(peer, frame)

    listening.dispatcher.handle = counted  # type: ignore[method-assign]
    path = socket_path(listening.settings, listening.directory, Listener.LOBBY)
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_UNIX) as reader:
        reader.setblocking(False)
        await loop.sock_connect(reader, str(path))
        await loop.sock_sendall(reader, UPGRADE)
        while b"\r\n\r\n" not in await loop.sock_recv(reader, 4096):
            pass
        frames = (
            frame(request("hello", f'{{"protocol":{PROTOCOL}}}'))
            + frame(request("reception.services")) * 5_000
        )
        with suppress(ConnectionResetError, BrokenPipeError):
            await loop.sock_sendall(reader, frames)
        await asyncio.to_thread(until, lambda: not listening.connections.peers)
    assert push.OUTBOX < handled < 500
    async with Client(
        listening.settings, listening.directory, Listener.LOBBY, clock=listening.store.clock
    ) as lobby:
        await lobby.call("reception.board", b"{}")


async def test_24_nine_hundred_refusals_are_one_entry_a_minute(host: Host, clock: ManualClock) -> None:
    lobby = LocalBranch(host)
    before = host.store.journal.head.seq
    for minute in (1, 2):
        clock.advance(60)
        for _ in range(900):
            with pytest.raises(Refusal) as refused:
                await lobby.call("reception.call_next")
            assert refused.value.code == "not-permitted"
        left = await journal(host)
        assert host.store.journal.head.seq == before + minute
    assert [(fact.method, fact.code, fact.times) for fact in facts(left, "access.refused")] == [
        ("reception.call_next", "not-permitted", 900)
    ] * 2


async def test_24_made_up_methods_and_broken_frames_fill_neither_journal_nor_memory(host: Host) -> None:
    lobby = LocalBranch(host)
    for number in range(500):
        with pytest.raises(Refusal):
            await lobby.call(f"reception.{number}")
        await host.dispatcher.handle(lobby.peer, b"{" * number)
    left = facts(await journal(host), "access.refused")
    assert {(fact.method, fact.code, fact.times) for fact in left} == {
        ("unknown", "unknown-method", 500),
        ("frame", "bad-frame", 500),
    }


async def test_24_the_lobby_has_a_rate(host: Host) -> None:
    lobby, codes = LocalBranch(host), Counter[str]()
    for _ in range(host.settings.lobby_rate * 10 + 50):
        try:
            await lobby.call("reception.help", {"place": "door"})
        except Refusal as refused:
            codes[refused.code] += 1
    assert codes["busy"] == 50


async def test_24_one_connection_watches_a_bounded_number_of_topics(listening: Host) -> None:
    path = listening.settings, listening.directory, Listener.LOBBY
    async with Client(*path, clock=listening.store.clock) as lobby:
        for number in range(64):
            await lobby.call("watch", b'{"topic":"board:%d"}' % number)
        with pytest.raises(Refusal) as refused:
            await lobby.call("watch", b'{"topic":"board:64"}')
        assert refused.value.code == "unknown-topic"
        await lobby.call("watch", b'{"topic":"board:63"}')
