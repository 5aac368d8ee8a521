"""The courier: prints what waits and carries to head office, for the host it is connected to."""

import asyncio
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

from tellertui.client import Client
from tellertui.core.refusal import Refusal
from tellertui.core.role import Listener
from tellertui.courier.headoffice import HeadOfficeLine
from tellertui.devices.printer import PrinterAway, SlipPrinter, printer_of
from tellertui.settings import Settings
from tellertui.workflows.reception.printing import SLIPS, Failed, Jobs, Printed, ReportPrinter, Take

RETRY_S = 1.0
PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds before a printer that did not print is tried again; the last for ever."""


class Courier:
    """Holds the connection on ``courier.sock`` over which work comes and results go back."""

    def __init__(self, settings: Settings, directory: Path) -> None:
        self._settings = settings
        self._directory = directory
        self._printer = printer_of(settings)
        self._woken = asyncio.Event()
        self._reported = False
        self._out: set[UUID] = set()
        """Slips that came out while the host could not be told; they are told of before any is taken."""

    async def run(self, stopping: asyncio.Event) -> None:
        """Stay connected until told to stop."""
        client = await self._connected(stopping)
        if client is not None:
            client.follow()
            slips = asyncio.create_task(self._work(client))
            line = asyncio.create_task(HeadOfficeLine(client).run())
            stop = asyncio.create_task(stopping.wait())
            try:
                ended, _ = await asyncio.wait({slips, line, stop}, return_when=asyncio.FIRST_COMPLETED)
                for work in ended - {stop}:
                    work.result()
            finally:
                for each in (slips, line, stop):
                    each.cancel()
                await asyncio.gather(slips, line, stop, return_exceptions=True)
                await client.close()

    async def _connected(self, stopping: asyncio.Event) -> Client | None:
        while not stopping.is_set():
            client = Client(self._settings, self._directory, Listener.COURIER)
            try:
                return await client.__aenter__()
            except Refusal:
                try:
                    await asyncio.wait_for(stopping.wait(), RETRY_S)
                except TimeoutError:
                    continue
        return None

    async def _work(self, client: Client) -> None:
        """Print at every notice, after each reconnection, and again while the printer is away."""
        self._woken.set()
        pauses = iter(PAUSES)
        while True:
            await self._woken.wait()
            self._woken.clear()
            if await self._print_all(client):
                pauses = iter(PAUSES)
            else:
                await asyncio.sleep(next(pauses, PAUSES[-1]))
                self._woken.set()

    async def _print_all(self, client: Client) -> bool:
        """Print what waits one by one; False when the printer or the host did not let it."""
        try:
            if not self._reported:
                await client.watch(SLIPS, lambda _: self._woken.set())
                await client.do(ReportPrinter(present=self._printer is not None))
                self._reported = True
            await self._tell(client)
            if self._printer is not None:
                for job in await client.do(Jobs()):
                    if not await self._printed(client, self._printer, job):
                        return False
        except Refusal:
            return False
        return True

    async def _printed(self, client: Client, printer: SlipPrinter, job: UUID) -> bool:
        try:
            await self._print(client, printer, job)
        except PrinterAway as away:
            await client.do(Failed(id=job, why=away.why))
            return False
        return True

    async def _print(self, client: Client, printer: SlipPrinter, identifier: UUID) -> None:
        """Reach the printer before a job is taken, so that one that is off leaves no doubt about paper."""
        with ExitStack() as held:
            await asyncio.to_thread(held.enter_context, printer.reached())
            job = await client.do(Take(id=identifier))
            if job is not None:
                await asyncio.to_thread(printer.put, job.id, job.slip, copy=job.copy)
        if job is not None:
            self._out.add(identifier)
            await self._tell(client)

    async def _tell(self, client: Client) -> None:
        """Tell the host what has come out."""
        for identifier in [*self._out]:
            await client.do(Printed(id=identifier))
            self._out.discard(identifier)
