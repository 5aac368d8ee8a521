"""Attack 24 from a kiosk's account: all at once on the lobby's socket, while a teller goes on calling."""

import asyncio
import socket
import time
from collections import Counter
from contextlib import suppress

import pytest
from attack_hosts import BranchProcess
from attack_wire import GARBAGE, MIB, UPGRADE, alive, answer_to, closing_code, code_of, frame, raw, request
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tellertui.client import Client
from tellertui.core.refusal import Refusal
from tellertui.core.role import Listener
from tellertui.core.wire import PRE_SESSION_LIMIT, PROTOCOL
from tellertui.workflows.reception import api
from tellertui.workflows.reception.paging import AnswerPage, ReadPage

FORBIDDEN = ["reception.call_next", "reception.show_papers", "page.show", "audit.verify", "host.stop", "x.y"]
"""What a kiosk has no business with: staff's, the host's own, the operator's, nobody's."""


async def garbage(branch: BranchProcess, codes: Counter[str]) -> None:
    for each in GARBAGE * 4:
        assert b"101 Switching" not in await answer_to(branch, Listener.LOBBY, each)
        codes["garbage"] += 1


async def let_in(branch: BranchProcess) -> ClientConnection:
    """Connect, again and again while the crowd at the door leaves no room."""
    async with asyncio.timeout(60):
        while True:
            try:
                return await raw(branch)
            except (ConnectionClosed, OSError, EOFError, AssertionError):
                await asyncio.sleep(0.02)


async def giants(branch: BranchProcess, codes: Counter[str]) -> None:
    nested = "[" * 30_000 + "]" * 30_000
    for size in (PRE_SESSION_LIMIT + 1, 10 * MIB):
        connection = await let_in(branch)
        codes[await code_of(connection, nested)] += 1
        codes[
            await code_of(connection, request("reception.issue", '{"service":' + "[" * 99 + "]" * 99 + "}"))
        ] += 1
        await connection.send("x" * size)
        codes[str(await closing_code(connection))] += 1


async def compressed(branch: BranchProcess, codes: Counter[str]) -> None:
    connection = await let_in(branch)
    # A final text frame with the bit of a compressed one set, masked with zeros.
    connection.transport.write(b"\xc1\x85\0\0\0\0hello")
    codes[str(await closing_code(connection))] += 1


async def refused_in_a_loop(branch: BranchProcess, codes: Counter[str]) -> None:
    connection = await let_in(branch)
    for number in range(600):
        codes[await code_of(connection, request(FORBIDDEN[number % len(FORBIDDEN)]))] += 1
    await connection.close()


async def crowd(branch: BranchProcess, codes: Counter[str]) -> None:
    async def one() -> None:
        try:
            connection = await raw(branch)
        except ConnectionClosed:
            codes["1013"] += 1
        except (OSError, EOFError, AssertionError):
            codes["cut"] += 1
        else:
            codes["open"] += 1
            await connection.close()

    for _ in range(5):
        await asyncio.gather(*(one() for _ in range(100)))


async def unread(branch: BranchProcess, codes: Counter[str]) -> None:
    """Ask much and read nothing; the host stops reading, and the sender stands."""
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_UNIX) as reader:
        reader.setblocking(False)
        await loop.sock_connect(reader, str(branch.path(Listener.LOBBY)))
        await loop.sock_sendall(reader, UPGRADE)
        while b"\r\n\r\n" not in await loop.sock_recv(reader, 4096):
            pass
        hello = frame(request("hello", f'{{"protocol":{PROTOCOL}}}'))
        with suppress(TimeoutError, ConnectionResetError, BrokenPipeError):
            async with asyncio.timeout(2):
                await loop.sock_sendall(reader, hello + frame(request("reception.services")) * 20_000)
            codes["read"] += 1
    codes["slow"] += 1


async def calling(desk: Client, over: asyncio.Event) -> list[float]:
    """Serve one customer after the other until the attack is over; return the seconds of each call."""
    took = []
    while not over.is_set() or len(took) < 20:
        begun = time.perf_counter()
        called = await desk.do(api.CallNext())
        took.append(time.perf_counter() - begun)
        assert called is not None
        await desk.do(api.Arrive())
        await desk.do(api.Finish())
        await asyncio.sleep(0.02)
    return took


async def test_24_a_kiosk_gone_mad_stops_nobody_at_the_counters(served: BranchProcess) -> None:
    desk = await served.signed_on("M01")
    await desk.do(api.CounterOpen(counter="1"))
    service = (await desk.do(api.Desk())).counter.services[0]
    for _ in range(500):
        await desk.do(api.Issue(service=service))
    before, resident, over = (
        Counter(e.event for e in served.entries()),
        served.resident_kib(),
        asyncio.Event(),
    )
    codes: Counter[str] = Counter()
    teller = asyncio.create_task(calling(desk, over))
    attacks = (garbage, giants, compressed, refused_in_a_loop, crowd, unread)
    await asyncio.gather(*(attack(served, codes) for attack in attacks))
    over.set()
    took = sorted(await teller)

    assert (codes["1009"], codes["1002"], codes["garbage"], codes["slow"]) == (2, 1, 20, 1)
    assert codes["read"] == 0
    assert codes["not-permitted"] + codes["unknown-method"] + codes["busy"] >= 600
    assert codes["not-permitted"] > 0
    assert codes["1013"] + codes["cut"] > 0
    assert took[-1] < 5
    assert took[len(took) // 2] < 1
    assert served.resident_kib() - resident < 60 * 1024
    alive(served)

    # While it goes on nothing of it is written but the sums of a minute, one for each method and code.
    written = Counter(e.event for e in served.entries()) - before
    assert written["access.refused"] <= 2 * 20
    assert set(written) <= {
        "access.refused",
        "journal.checkpoint",
        "queue.overtaken",
        "ticket.called",
        "ticket.arrived",
        "ticket.finished",
    }
    async with served.client() as kiosk:
        assert (await kiosk.do(api.Board())).lanes
        with pytest.raises(Refusal) as refused:
            await kiosk.do(AnswerPage(page=kiosk.new_id(), answer="confirmed"))
        assert refused.value.code == "page-gone"
        assert await kiosk.do(ReadPage(counter="1")) is None
    await desk.close()
    assert served.stop() == 0
    sums = Counter((fact.method, fact.code) for fact in served.facts("access.refused"))
    assert ("reception.call_next", "not-permitted") in sums
    assert ("unknown", "unknown-method") in sums
    assert sum(sums.values()) <= 2 * 20
