"""Does a counter feel it when the branch sends what waited for days?

    pytest tests/bench/test_sync_drain_bench.py -m bench -n 0 -s          60,000 entries
    TELLERTUI_BENCH_WAITING=450000 pytest …                               thirty days offline

Head office stands aside: its answers are signed without a database, after the time that landing a batch takes
at least, so that what is measured is the host.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from time import perf_counter

import pytest

from branches import MANAGER, Founded, cheap_settings, found
from hosts import LocalBranch, signed_on
from lines import URL, Line
from offices import Office
from tellertui.branch.records import Service
from tellertui.core.clock import ManualClock
from tellertui.core.role import Listener
from tellertui.host.running import carry
from tellertui.store.work import Work
from tellertui.sync import api
from tellertui.sync.wire import RECEIPT, Header, Hello, Receipt, Signed, decoded, encoded, key_id, nonce_of
from tellertui.sync.wire import signed as read_signed
from tellertui.vault.custodian import CustodianKey
from tellertui.workflows.reception.api import Arrive, CallNext, CounterOpen, Finish, Issue
from tellertui.workflows.reception.events import VisitorDiverted
from tellertui.workflows.reception.service.tickets import give

pytestmark = pytest.mark.bench

WAITING = int(os.environ.get("TELLERTUI_BENCH_WAITING", "60000"))
CALLS = 200
ROUNDS = 5
AT_ONCE = 500
LANDING_S = 0.005
KIOSKS, EVERY_S = 8, 0.02
"""The branch is in use: calls are one kind of command among others, and share commits with them."""
MOST = 1.5


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Line]:
    """An enrolled branch with customers and a long journal that head office has nothing of."""
    clock = ManualClock(1_795_395_600_000)
    settings = cheap_settings(lobby_rate=1_000_000)
    founded: Founded = found(tmp_path / "branch", settings, custodian=CustodianKey.generate().public)
    (tmp_path / "office").mkdir()
    url = f"sqlite:///{tmp_path / 'office' / 'office.db'}"
    office = Office.made(tmp_path / "office" / "keys", url, clock)
    line = await Line.opened(founded, office, clock)
    await line.desk.do(api.AskEnrolment(url=URL, code=office.code("B001")))
    await line.step()
    await line.step()
    for _ in range(0, WAITING, AT_ONCE):
        await carry(line.host.store, _visitors)
    for _ in range(0, 2 * ROUNDS * CALLS, AT_ONCE):
        await carry(line.host.store, _tickets)
    yield line
    await line.host.close()
    office.store.close()
    shutil.rmtree(tmp_path)


def _visitors(work: Work) -> None:
    for _ in range(AT_ONCE):
        work.record(VisitorDiverted("leaflet"))


def _tickets(work: Work) -> None:
    (service,) = (each for each in work.every(Service) if each.code == "account")
    for _ in range(AT_ONCE):
        give(work, service, "normal", "kiosk")


async def calls(desk: LocalBranch) -> list[float]:
    """Call, serve and finish one after another; return how long each call took, seconds."""
    found = []
    for _ in range(CALLS):
        begun = perf_counter()
        await desk.do(CallNext())
        found.append(perf_counter() - begun)
        await desk.do(Arrive())
        await desk.do(Finish(result="done"))
    return found


async def crowd(line: Line) -> None:
    """Take numbers at a kiosk, as customers do while others are called."""
    lobby = LocalBranch(line.host)
    while True:
        await lobby.do(Issue(service="account"))
        await asyncio.sleep(EVERY_S)


async def drain(line: Line) -> None:
    """Carry one exchange after another, as a courier on a fast line does."""
    courier = LocalBranch(line.host, Listener.COURIER)
    while True:
        exchange = await courier.do(api.NextExchange())
        if exchange.kind == "idle":
            await asyncio.sleep(0.01)
            continue
        await asyncio.sleep(LANDING_S)
        await courier.do(api.Answered(id=exchange.id, body=answer(line, exchange)))


def answer(line: Line, exchange: api.Exchange) -> bytes:
    """Return head office's receipt, without landing anything."""
    message = read_signed(exchange.body)
    if exchange.kind == "batch":
        header = decoded(message.payload, Header)
        cursor, value, nonce = header.last, header.hash, nonce_of(message.payload)
    else:
        hello = decoded(message.payload, Hello)
        cursor, value, nonce = 0, b"", hello.nonce
    said = Receipt("B001", 1, cursor, value, 0, nonce, line.clock.now(), "ok", 1)
    key, payload = line.office.keys.receipt, encoded(said)
    return Signed(RECEIPT, payload, key_id(key.public), key.sign(RECEIPT, payload)).to_bytes()


def p99(found: list[float]) -> float:
    return sorted(found)[len(found) * 99 // 100]


async def test_calls_while_the_backlog_drains(line: Line) -> None:
    desk = signed_on(line.host, MANAGER)
    await desk.do(CounterOpen(counter="2"))
    rounds, sent = [], 0
    crowds = [asyncio.create_task(crowd(line)) for _ in range(KIOSKS)]
    for _ in range(ROUNDS):
        alone = p99(await calls(desk))
        before = (await line.view()).acked
        draining = asyncio.create_task(drain(line))
        beside = p99(await calls(desk))
        draining.cancel()
        sent += (await line.view()).acked - before
        rounds.append((beside / alone, alone * 1e3, beside * 1e3))
    for each in crowds:
        each.cancel()
    rounds.sort()
    ratio, alone, beside = rounds[ROUNDS // 2]
    print(
        f"call-next p99 {alone:.2f} ms alone, {beside:.2f} ms beside {sent} entries: {ratio:.2f}x"
        f" (at most {MOST}; rounds {', '.join(f'{each:.2f}' for each, _, _ in rounds)})"
    )
    assert sent > WAITING / 5
    assert ratio <= MOST
