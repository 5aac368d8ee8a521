"""The line between a host and a head office of the same process, with every fault a network has."""

import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from branches import MANAGER, Founded
from hosts import LocalBranch, signed_on
from offices import Office
from tellertui.branch.records import Service
from tellertui.core.clock import ManualClock
from tellertui.core.ids import TimedIds
from tellertui.core.role import Listener
from tellertui.headoffice import reports
from tellertui.headoffice.ledger import SqlLedger
from tellertui.headoffice.packing import unpacked
from tellertui.headoffice.refused import Refused
from tellertui.headoffice.tables import BATCH as LANDED
from tellertui.host.host import Host
from tellertui.host.running import carry
from tellertui.store.work import Work
from tellertui.sync import api
from tellertui.sync.wire import BATCH, ENROL, HELLO
from tellertui.vault.providers import provider
from tellertui.workflows.closing.service.day import figures_of
from tellertui.workflows.reception.api import Issue
from tellertui.workflows.reception.phones import LeavePhone
from tellertui.workflows.reception.service.tickets import give

URL = "https://office.example:7443"
PURPOSES = {"enrol": ENROL, "hello": HELLO, "batch": BATCH}
PHONES = ("13987654321", "13712348765")
"""Values of customers that may stand in no file and in no traffic."""

Fault = Callable[[bytes], bytes | None]
"""What a network does to bytes; None where it loses them."""


def whole(data: bytes) -> bytes | None:
    """Carry bytes as they are."""
    return data


def lost(data: bytes) -> bytes | None:
    """Lose them."""
    return None


def cut(data: bytes) -> bytes | None:
    """Carry the first half."""
    return data[: len(data) // 2]


def flipped(place: int) -> Fault:
    """Flip one bit of an octet, counted from the end where the place is negative."""

    def fault(data: bytes) -> bytes | None:
        changed = bytearray(data)
        changed[place % len(data)] ^= 0x10
        return bytes(changed)

    return fault


@dataclass
class Line:
    """A host, a head office, and what carries between them."""

    founded: Founded
    office: Office
    clock: ManualClock
    host: Host
    traffic: list[bytes] = field(default_factory=list)

    @classmethod
    async def opened(cls, founded: Founded, office: Office, clock: ManualClock) -> "Line":
        """Open the branch."""
        return cls(founded, office, clock, await host_of(founded, clock))

    def __post_init__(self) -> None:
        self._seat()

    def _seat(self) -> None:
        self.courier = LocalBranch(self.host, Listener.COURIER)
        self.operator = LocalBranch(self.host, Listener.ADMIN)

    async def restarted(self, between: Callable[[], None] = lambda: None) -> None:
        """Close the host and open it again."""
        await self.host.close()
        between()
        self.host = await host_of(self.founded, self.clock)
        self._seat()

    @property
    def desk(self) -> LocalBranch:
        """Return a connection of the manager, who has signed on this moment."""
        return signed_on(self.host, MANAGER)

    # The courier.

    async def next(self) -> api.Exchange:
        """Return what is to be carried."""
        return await self.courier.do(api.NextExchange())  # type: ignore[no-any-return]

    async def step(self, out: Fault = whole, back: Fault = whole) -> str:
        """Carry one exchange through faults and return its kind, or ``idle``."""
        exchange = await self.next()
        if exchange.kind != "idle":
            await self.carry(exchange, out, back)
        return exchange.kind

    async def carry(self, exchange: api.Exchange, out: Fault = whole, back: Fault = whole) -> None:
        """Carry a request there and its answer back."""
        self.traffic.append(msgspec.json.encode(exchange))
        request = out(exchange.body)
        try:
            answer = None if request is None else self.asked(exchange.kind, request)
        except Refused as refused:
            await self.fail(exchange, refused.code)
            return
        answer = None if answer is None else back(answer)
        if answer is None:
            await self.fail(exchange, "timeout")
        else:
            self.traffic.append(answer)
            await self.courier.do(api.Answered(id=exchange.id, body=answer))

    async def fail(self, exchange: api.Exchange, code: str, retry_after_s: int | None = None) -> None:
        """Report that there was no answer."""
        await self.courier.do(api.ExchangeFailed(id=exchange.id, code=code, retry_after_s=retry_after_s))

    def asked(self, kind: str, request: bytes) -> bytes:
        """Return what head office answers.

        Raises:
            Refused: it does not.
        """
        if kind == "pack":
            return self.office.keys.signed_pack
        return self.office.receiver.answer(self.office.receiver.heard(request, PURPOSES[kind]))

    async def drained(self, most_s: float = 3_600, step: Callable[[], Awaitable[str]] | None = None) -> None:
        """Carry until nothing waits, letting time pass in between."""
        passed = 0.0
        while passed < most_s:
            exchange = await self.next()
            if exchange.kind == "idle":
                view = await self.view()
                if not view.waiting and view.state == "ready":
                    return
                passed += exchange.wait_s
                self.clock.advance(exchange.wait_s)
            else:
                await (step or self.step)()
        raise AssertionError(await self.view())

    async def wait_over(self) -> None:
        """Let time pass until there is something to carry."""
        while (exchange := await self.next()).kind == "idle":
            self.clock.advance(exchange.wait_s)

    # People.

    async def enrolled(self, url: str = URL) -> "Line":
        """Enrol, up to head office's receipt."""
        await self.desk.do(api.AskEnrolment(url=url, code=self.office.code("B001")))
        assert [await self.step(), await self.step()] == ["pack", "enrol"]
        assert (await self.view()).state == "new"
        return self

    async def view(self) -> api.SyncView:
        """Return where the branch stands."""
        return await self.operator.do(api.ShowSync())  # type: ignore[no-any-return]

    async def customers(self, number: int) -> None:
        """Let customers take numbers; the first ones leave a telephone number."""
        lobby = LocalBranch(self.host)
        for phone in PHONES[:number]:
            issued = await lobby.do(Issue(service="account"))
            await lobby.do(LeavePhone(ticket=str(issued.id), phone=phone))
        await carry(self.host.store, lambda work: _give(work, max(0, number - len(PHONES))))

    # What must hold.

    async def sound(self) -> None:
        """Check what must hold wherever a fault struck: what head office has is the branch's, gapless."""
        view, plains = await self.view(), self.plains()
        held: list[bytes] = []
        with self.office.store.reading() as connection:
            ledger = SqlLedger(connection)
            known = ledger.known("B001", 1)
            here = (LANDED.c.branch == "B001") & (LANDED.c.incarnation == 1)
            for row in connection.execute(select(LANDED).where(here).order_by(LANDED.c.first)):
                assert row.first == len(held) + 1
                held += unpacked(row.plains)
                assert row.last == len(held)
        assert known is not None
        assert known.cursor == len(held) >= view.acked
        assert held == plains[: len(held)]
        assert known.hash == self.hash_at(known.cursor)
        assert view.safe <= view.acked <= view.head == len(plains)
        self.nothing_personal()

    async def agreed(self) -> None:
        """Check that head office has everything, once, and counts what the branch counts."""
        await self.drained()
        await self.sound()
        assert self.figures() == self.office_figures()

    def nothing_personal(self) -> None:
        """Look through every file and everything that crossed the line."""
        for place in (self.founded.directory, self.office.place.folder.parent):
            for path in place.rglob("*"):
                if path.is_file():
                    assert not any(value.encode() in path.read_bytes() for value in PHONES), path
        assert not any(value.encode() in data for value in PHONES for data in self.traffic)

    def figures(self) -> dict[str, Any]:
        """Return what the branch counts today."""
        totals = self.host.store.read(lambda reads: figures_of(reads, reads.day)).result().totals
        found = msgspec.structs.asdict(totals)
        del found["unsynced"]
        return found

    def office_figures(self) -> dict[str, Any]:
        """Return what head office counts of the branch."""
        self.office.projector.catch_up()
        with self.office.store.reading() as connection:
            (line,) = reports.figures(connection, None)
        return line.figures

    def plains(self) -> list[bytes]:
        """Return the journal's plain parts."""
        return [bytes(plain) for (plain,) in self._rows("plain")]

    def hash_at(self, seq: int) -> bytes:
        """Return the chain's value at an entry."""
        return bytes(self._rows("hash")[seq - 1][0])

    def _rows(self, column: str) -> list[Any]:
        statement = f"SELECT {column} FROM journal WHERE incarnation = 1 ORDER BY seq"
        return self.host.store.read(lambda reads: list(reads.raw(statement))).result()


async def host_of(founded: Founded, clock: ManualClock) -> Host:
    """Open a branch with a host in this process."""
    secret = provider("memory", founded.directory, "test").load(UUID(founded.settings.store_id))
    host = Host(founded.directory, founded.settings, secret, clock, TimedIds(clock))
    await host.recover()
    return host


def copied(founded: Founded, name: str) -> Founded:
    """Return a copy of a closed branch, as a backup or a clone of the machine."""
    directory = founded.directory.with_name(name)
    shutil.rmtree(directory, ignore_errors=True)
    shutil.copytree(founded.directory, directory)
    return Founded(directory, founded.settings, founded.sheet)


def kept(office: Office, folder: Path) -> None:
    """Copy head office's database, as a backup does."""
    file = Path(str(office.store.url.database))
    office.store.close()
    folder.mkdir()
    for path in file.parent.glob(f"{file.name}*"):
        shutil.copy2(path, folder)


def restored(office: Office, folder: Path, clock: ManualClock) -> Office:
    """Put a copy of head office's database back and open it."""
    file = Path(str(office.store.url.database))
    office.store.close()
    for path in file.parent.glob(f"{file.name}*"):
        path.unlink()
    for path in folder.iterdir():
        shutil.copy2(path, file.parent)
    return Office.opened(office.place.folder, clock)


def _give(work: Work, number: int) -> None:
    (service,) = (each for each in work.every(Service) if each.code == "account")
    for _ in range(number):
        give(work, service, "normal", "kiosk")
