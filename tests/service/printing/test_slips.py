"""Slips from the ticket to the paper: a printer that is off, a courier that dies, a day that ends."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from branches import MANAGER, cheap_settings
from hosts import LocalBranch, signed_on
from printers import FakePrinter
from tellertui.branch.api import CloseDay, OpenDay, SetCounter
from tellertui.core.refusal import UNREACHABLE_HOST, Refusal
from tellertui.core.role import Listener
from tellertui.courier import courier as couriers
from tellertui.courier.courier import Courier
from tellertui.devices.printer import FilePrinter
from tellertui.host.host import Host
from tellertui.workflows.reception import api
from tellertui.workflows.reception import printing as p


@pytest.fixture
def printer() -> Iterator[FakePrinter]:
    printer = FakePrinter()
    yield printer
    printer.switch_off()


@pytest.fixture
async def desk(host: Host) -> LocalBranch:
    desk = signed_on(host, MANAGER)
    await desk.do(OpenDay())
    await desk.do(SetCounter(counter="1", services=("account", "cash")))
    await desk.do(api.CounterOpen(counter="1"))
    return desk


@pytest.fixture
async def courier(host: Host, desk: LocalBranch) -> LocalBranch:
    """The courier's side of the host, with a printer set up."""
    courier = LocalBranch(host, Listener.COURIER)
    await courier.do(p.ReportPrinter(present=True))
    return courier


async def shown(desk: LocalBranch) -> p.PrinterView:
    view: p.PrinterView = await desk.do(p.ShowPrinter())
    return view


async def test_without_a_printer_nothing_waits(desk: LocalBranch) -> None:
    await desk.do(api.Issue(service="account", slip=True))
    assert (await shown(desk)).waiting == 0
    with pytest.raises(Refusal):
        await desk.do(p.PrintSlip(ticket="E001"))


async def test_a_slip_is_printed_and_never_again(desk: LocalBranch, courier: LocalBranch) -> None:
    await desk.do(api.Issue(service="account", language="zh_Hant", slip=True))
    (job,) = await courier.do(p.Jobs())
    taken = await courier.do(p.Take(id=job))
    assert taken is not None
    texts = [line.text for line in taken.slip.lines]
    assert (taken.copy, taken.slip.language) == (False, "zh_Hant")
    assert "E001" in texts
    assert "□ 本人身份證原件" in texts or any("身份證" in text for text in texts)
    await courier.do(p.Printed(id=job))
    await courier.do(p.Printed(id=job))
    assert await courier.do(p.Jobs()) == []
    assert await courier.do(p.Take(id=job)) is None


async def test_what_may_be_on_paper_already_is_a_copy(desk: LocalBranch, courier: LocalBranch) -> None:
    await desk.do(api.Issue(service="account", slip=True))
    (job,) = await courier.do(p.Jobs())
    first = await courier.do(p.Take(id=job))
    second = await courier.do(p.Take(id=job))
    assert first is not None
    assert second is not None
    assert (first.copy, second.copy) == (False, True)


async def test_a_printer_not_reached_leaves_no_doubt(desk: LocalBranch, courier: LocalBranch) -> None:
    await desk.do(api.Issue(service="account", slip=True))
    (job,) = await courier.do(p.Jobs())
    await courier.do(p.Failed(id=job, why="away"))
    view = await shown(desk)
    assert (view.state, view.why, view.waiting) == ("off", "away", 1)
    taken = await courier.do(p.Take(id=job))
    assert taken is not None
    assert not taken.copy


async def test_a_copy_stays_one_when_the_printer_is_off_next_time(
    desk: LocalBranch, courier: LocalBranch
) -> None:
    await desk.do(api.Issue(service="account", slip=True))
    (job,) = await courier.do(p.Jobs())
    await courier.do(p.Take(id=job))
    await courier.do(p.Failed(id=job, why="broken"))
    await courier.do(p.Failed(id=job, why="away"))
    taken = await courier.do(p.Take(id=job))
    assert taken is not None
    assert taken.copy


class Deaf(LocalBranch):
    """A host that is too busy to hear that a slip came out, so many times."""

    deaf = 1

    async def do(self, command: Any, identifier: UUID | None = None) -> Any:
        if isinstance(command, p.Printed) and self.deaf:
            self.deaf -= 1
            raise UNREACHABLE_HOST(detail="busy")
        return await super().do(command, identifier)


async def test_what_came_out_is_not_printed_again_because_the_host_was_busy(
    host: Host, desk: LocalBranch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(couriers, "PAUSES", (0.01,))
    printed: list[bool] = []
    put = FilePrinter.put

    def counted(self: FilePrinter, job: UUID, slip: p.Slip, *, copy: bool) -> None:
        printed.append(copy)
        put(self, job, slip, copy=copy)

    monkeypatch.setattr(FilePrinter, "put", counted)
    running = Courier(cheap_settings(printer=f"file:{tmp_path}"), tmp_path)
    work = asyncio.create_task(running._work(Deaf(host, Listener.COURIER)))  # type: ignore[arg-type]
    await until(work, desk, lambda view: view.state == "ready")
    await desk.do(api.Issue(service="account", slip=True))
    await until(work, desk, lambda view: not view.waiting)
    assert printed == [False]
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


async def test_a_slip_that_fails_midway_is_left_alone_after_three_times(
    desk: LocalBranch, courier: LocalBranch
) -> None:
    await desk.do(api.Issue(service="account", slip=True))
    (job,) = await courier.do(p.Jobs())
    for _ in range(3):
        await courier.do(p.Take(id=job))
        await courier.do(p.Failed(id=job, why="broken"))
    assert await courier.do(p.Jobs()) == []


async def test_papers_missing_print_what_to_bring(desk: LocalBranch, courier: LocalBranch) -> None:
    await desk.do(api.Issue(service="account", language="en"))
    await desk.do(api.CallNext())
    await desk.do(api.Arrive())
    await desk.do(api.Finish(result="missing_papers", missing=("address-proof",)))
    (job,) = await courier.do(p.Jobs())
    taken = await courier.do(p.Take(id=job))
    assert taken is not None
    words = " ".join(line.text for line in taken.slip.lines)
    assert "Still needed: " in words
    assert "you go first" in words


async def test_a_slip_asked_for_again_is_a_copy(desk: LocalBranch, courier: LocalBranch) -> None:
    await desk.do(api.Issue(service="account"))
    await desk.do(p.PrintSlip(ticket="E001"))
    (job,) = await courier.do(p.Jobs())
    taken = await courier.do(p.Take(id=job))
    assert taken is not None
    assert taken.copy


async def test_the_end_of_the_day_drops_what_was_not_printed(desk: LocalBranch, courier: LocalBranch) -> None:
    await desk.do(api.Issue(service="account", slip=True))
    await desk.do(CloseDay())
    assert await courier.do(p.Jobs()) == []


async def test_the_slip_comes_when_the_printer_is_back_and_once(
    host: Host, desk: LocalBranch, printer: FakePrinter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(couriers, "PAUSES", (0.01,))
    running = Courier(cheap_settings(printer=f"tcp://127.0.0.1:{printer.port}"), tmp_path)
    work = asyncio.create_task(running._work(LocalBranch(host, Listener.COURIER)))  # type: ignore[arg-type]
    await until(work, desk, lambda view: view.state == "ready")
    issued = await desk.do(api.Issue(service="account", language="zh_Hans", slip=True))
    assert issued.number == "E001"
    await until(work, desk, lambda view: view.state == "off")
    printer.switch_on()
    await until(work, desk, lambda view: not view.waiting)
    (paper,) = printer.received
    assert "开户变更".encode("gb18030") in paper
    assert b"E001" in paper
    assert "副本".encode("gb18030") not in paper
    assert (await shown(desk)).state == "ready"
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


async def until(work: asyncio.Task[None], desk: LocalBranch, true: Callable[[p.PrinterView], bool]) -> None:
    """Wait until the printer is seen in a state; a courier that fell over is raised."""
    async with asyncio.timeout(20):
        while not true(await shown(desk)):
            if work.done():
                work.result()
            await asyncio.sleep(0.01)
