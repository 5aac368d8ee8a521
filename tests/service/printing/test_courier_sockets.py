"""The courier over its socket: what is on paper after a crash, a restart, or a printer with a fault."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest

from branches import MANAGER, Founded, cheap_settings
from hosts import LocalBranch, signed_on
from printers import FakePrinter
from tellertui.branch.api import OpenDay
from tellertui.core.clock import ManualClock
from tellertui.core.ids import TimedIds
from tellertui.core.role import Listener
from tellertui.courier import courier as couriers
from tellertui.courier.courier import Courier
from tellertui.devices.printer import COPY, NetworkPrinter, PrinterAway, printer_of
from tellertui.host.doctor import Inside, Screen, checks
from tellertui.host.host import Host
from tellertui.settings import read_settings, write_settings
from tellertui.vault.providers import provider
from tellertui.workflows.reception import api
from tellertui.workflows.reception import printing as p


@pytest.fixture
def printer(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePrinter]:
    monkeypatch.setattr(couriers, "PAUSES", (0.01,))
    monkeypatch.setattr(couriers, "RETRY_S", 0.01)
    printer = FakePrinter()
    printer.switch_on()
    yield printer
    printer.switch_off()


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="tt-", dir="/tmp"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    yield folder
    shutil.rmtree(folder)


@asynccontextmanager
async def serving(founded: Founded, clock: ManualClock) -> AsyncIterator[tuple[Host, LocalBranch]]:
    """A host with its sockets, and somebody at a desk of it."""
    secret = provider("memory", founded.directory, "test").load(UUID(founded.settings.store_id))
    host = Host(founded.directory, founded.settings, secret, clock, TimedIds(clock))
    await host.recover()
    work = asyncio.create_task(host.serve())
    desk = signed_on(host, MANAGER)
    try:
        yield host, desk
    finally:
        host.stopping.set()
        await work
        await host.close()


@asynccontextmanager
async def running(founded: Founded, printer: FakePrinter) -> AsyncIterator[Courier]:
    """A courier on its socket."""
    stopping = asyncio.Event()
    courier = Courier(cheap_settings(printer=printer.target), founded.directory)
    work = asyncio.create_task(courier.run(stopping))
    try:
        yield courier
    finally:
        stopping.set()
        await work


async def until(desk: LocalBranch, true: Callable[[p.PrinterView], bool]) -> None:
    async with asyncio.timeout(20):
        while not true(await desk.do(p.ShowPrinter())):  # noqa: ASYNC110 - the courier reports to the host
            await asyncio.sleep(0.01)


def idle(view: p.PrinterView) -> bool:
    return view.state == "ready" and not view.waiting


@pytest.mark.parametrize(
    ("language", "encoding", "name", "ahead"),
    [
        ("zh_Hant", "cp950", "開戶變更", "前面還有"),
        ("zh_Hans", "gb18030", "开户变更", "前面还有"),
        ("en", "ascii", "Account", "People ahead: 0"),
    ],
)
async def test_the_paper_is_in_the_language_of_the_ticket(
    founded: Founded,
    clock: ManualClock,
    folder: Path,
    printer: FakePrinter,
    language: str,
    encoding: str,
    name: str,
    ahead: str,
) -> None:
    async with serving(founded, clock) as (_, desk), running(founded, printer):
        await desk.do(OpenDay())
        await until(desk, lambda view: view.state == "ready")
        await desk.do(api.Issue(service="account", language=language, slip=True))
        await until(desk, idle)
    (paper,) = printer.received
    shown = paper.decode(encoding, "ignore").casefold()
    assert name.casefold() in shown
    assert ahead.casefold() in shown
    assert b"E001" in paper


async def test_a_courier_killed_before_it_could_say_so_prints_a_copy(
    founded: Founded, clock: ManualClock, folder: Path, printer: FakePrinter
) -> None:
    async with serving(founded, clock) as (host, desk):
        await desk.do(OpenDay())
        dying = LocalBranch(host, Listener.COURIER)
        await dying.do(p.ReportPrinter(present=True))
        await desk.do(api.Issue(service="account", language="zh_Hant", slip=True))
        (job,) = await dying.do(p.Jobs())
        device = printer_of(cheap_settings(printer=printer.target))
        assert isinstance(device, NetworkPrinter)
        with device.reached():
            taken = await dying.do(p.Take(id=job))
            device.put(job, taken.slip, copy=taken.copy)
        async with running(founded, printer):
            await until(desk, idle)
    first, second = printer.received
    mark = COPY["zh_Hant"].encode("cp950")
    assert mark not in first
    assert mark in second


async def test_what_a_host_restart_finds_waiting_is_printed_once(
    founded: Founded, clock: ManualClock, folder: Path, printer: FakePrinter
) -> None:
    printer.switch_off()
    async with running(founded, printer):
        async with serving(founded, clock) as (_, desk):
            await desk.do(OpenDay())
            await until(desk, lambda view: view.state == "ready")
            assert (await desk.do(api.Issue(service="account", slip=True))).number == "E001"
            await until(desk, lambda view: view.state == "off")
        printer.switch_on()
        async with serving(founded, clock) as (_, desk):
            await until(desk, idle)
            await desk.do(api.Issue(service="account", slip=True))
            await until(desk, idle)
    assert [b"E001" in paper for paper in printer.received] == [True, False]
    assert not any(COPY["zh_Hans"].encode("gb18030") in paper for paper in printer.received)


async def test_a_printer_that_hangs_up_midway_prints_a_copy(
    founded: Founded, clock: ManualClock, folder: Path, printer: FakePrinter
) -> None:
    printer.hangs_up_after_slip = True
    async with serving(founded, clock) as (_, desk), running(founded, printer):
        await desk.do(OpenDay())
        await until(desk, lambda view: view.state == "ready")
        await desk.do(api.Issue(service="account", slip=True))
        await until(desk, idle)
    mark = COPY["zh_Hans"].encode("gb18030")
    assert [mark in paper for paper in printer.received] == [False, True]


@pytest.mark.parametrize(("fault", "why"), [("silent", "silent"), ("paper", "paper"), ("off", "away")])
def test_a_fault_seen_before_printing_puts_nothing_on_paper(
    printer: FakePrinter, founded: Founded, fault: str, why: str
) -> None:
    if fault == "off":
        printer.switch_off()
    elif fault == "silent":
        printer.silent = True
    else:
        printer.paper = b"\x0c"
    settings = cheap_settings(printer=printer.target)
    with pytest.raises(PrinterAway) as away:
        NetworkPrinter(settings, "127.0.0.1", printer.port, 0.2).probe()
    assert away.value.why == why
    if fault != "silent":
        said = checks(founded.directory, settings, Inside(), ManualClock(0), Screen("", "", 0, 0), str)
        (check,) = [check for check in said if check.name == "printer"]
        assert check.state == "warn"
        assert printer.target in check.detail


def test_the_settings_of_a_printer_are_kept(tmp_path: Path) -> None:
    given = cheap_settings(printer="tcp://10.0.0.9:9100", printer_answers=False, printer_columns=42)
    write_settings(tmp_path, given)
    assert read_settings(tmp_path / "settings.toml") == given
