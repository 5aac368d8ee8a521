"""Branches work a week over a bad line, both ends are killed again and again, and every figure agrees."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from random import Random  # noqa: TID251 - seeded, for a test
from typing import Any

import msgspec
import pytest

from lobby import LI, WANG, Lobby
from offices import FOUNDERS, Office
from tellertui.branch.defaults import CounterDefault, Defaults, shipped
from tellertui.branch.founding import furnish
from tellertui.branch.opening import zoned_day
from tellertui.branch.records import Branch
from tellertui.core.clock import DAY, ManualClock
from tellertui.core.ids import TimedIds
from tellertui.headoffice.refused import Refused
from tellertui.headoffice.reports import figures
from tellertui.store import sqlite
from tellertui.store.events import StoreFounded
from tellertui.store.journal import Head, root
from tellertui.store.store import FILE, Identity, Store
from tellertui.store.tables import Device
from tellertui.store.verify import verify
from tellertui.store.work import Work
from tellertui.sync.line import Line
from tellertui.sync.marks import asked, marks_of
from tellertui.sync.wire import BATCH, ENROL, HELLO
from tellertui.vault.host import DeviceKey, HostSecret
from tellertui.workflows.closing.api import ShowDay
from tellertui.workflows.closing.service import day as _day  # noqa: F401 - registers its handlers

MONDAY = date(2026, 11, 23)
DAYS = 5
BRANCHES = 20
ZONE = "Asia/Shanghai"
PURPOSES = {"enrol": ENROL, "hello": HELLO, "batch": BATCH}
LOSSES = ("lost", "lost-answer", "twice", "cut", "host-killed", "office-killed", None, None, None, None)


class Place:
    """A branch that can be killed: what is not in its file is gone then."""

    def __init__(self, folder: Path, code: str, clock: ManualClock) -> None:
        self.folder, self.code, self.clock = folder, code, clock
        self.secret, self.device = HostSecret.generate(), DeviceKey.generate()
        folder.mkdir()
        self.identity = Identity(
            TimedIds(clock).new(),
            self.secret.mac_key(),
            lambda context, payload: (self.device.public, self.device.sign(context, payload)),
            day_of=zoned_day(ZONE),
        )
        self.open()
        self.store.run(self._found)

    def open(self) -> None:
        """Open the file anew, with a line that remembers nothing."""
        begin = Head(1, 0, root(self.code, 1, 0, 0, b"", list(FOUNDERS)))
        self.store = Store(self.folder, self.clock, TimedIds(self.clock), self.identity, begin)
        self.store.start()
        self.lobby = Lobby(self.store, self.clock)
        self.line = Line(self.store, self._carry)

    def kill(self) -> None:
        """End without a word, and come back."""
        self.store.writer.stop()
        self.open()

    async def _carry(self, body: Any) -> Any:
        return await asyncio.to_thread(self.store.run, body)

    def _found(self, work: Work) -> None:
        row = {"time_zone": ZONE, "language": "en", "environment": "test", "profile": "desk"}
        work.insert(Branch, id=self.identity.store, code=self.code, name=self.code, **row, standalone=False)
        sealed = self.device.wrapped(self.secret, self.identity.store)
        work.insert(Device, id="host", public=self.device.public, sealed=sealed, since=work.day)
        fact = StoreFounded(self.identity.store, self.code, "test", "desk", 1, 0, 0, b"", FOUNDERS, b"")
        work.record(fact, self.identity.store)
        codes = tuple(service.code for service in shipped().services)
        furnish(work, Defaults(shipped(), tuple(CounterDefault(str(n), codes) for n in (1, 2))))

    def work_a_day(self, chance: Random) -> None:
        """Serve some customers, lose some, and go home."""
        lobby = self.lobby
        lobby.open("1", WANG)
        lobby.open("2", LI)
        for _ in range(chance.randint(1, 4)):
            lobby.visit(chance.randint(1, 9), chance.choice(["done", "missing_papers"]))
        if chance.random() < 0.5:
            lobby.issue("account")
            lobby.call(LI)
            lobby.miss(LI)


class World:
    """All branches, head office and what lies between."""

    def __init__(self, office: Office, places: list[Place], clock: ManualClock, chance: Random) -> None:
        self.office, self.places, self.clock, self.chance = office, places, clock, chance

    async def exchange(self, place: Place, *, kind_line: bool = False) -> bool:
        """Carry one request, or let it go wrong; say whether there was one."""
        wanted = await place.line.next()
        if wanted.kind == "idle":
            return False
        trouble = None if kind_line else self.chance.choice(LOSSES)
        if trouble == "host-killed":
            place.kill()
            return True
        if trouble == "lost":
            await place.line.failed(wanted.id, "unreachable", None)
            return True
        answer = self._answer(wanted)
        if trouble == "office-killed":
            # Committed or not, the answer never leaves.
            self.office.store.close()
            self.office = Office.opened(self.office.place.folder, self.clock)
        if trouble in ("lost-answer", "office-killed") or answer is None:
            await place.line.failed(wanted.id, "timeout", None)
            return True
        if trouble == "twice":
            answer = self._answer(wanted) or answer
        await place.line.answered(wanted.id, answer[:-1] if trouble == "cut" else answer)
        return True

    def _answer(self, wanted: Any) -> bytes | None:
        if wanted.kind == "pack":
            return self.office.keys.signed_pack
        with suppress(Refused):
            receiver = self.office.receiver
            return receiver.answer(receiver.heard(wanted.body, PURPOSES[wanted.kind]))
        return None

    async def settle(self) -> None:
        """Leave everybody in peace until nothing waits."""
        for place in self.places:
            for _ in range(60):
                await place.line.push()
                await self.exchange(place, kind_line=True)
                marks = place.store.read(marks_of).result()
                if marks.state.acked == place.store.journal.head.seq:
                    break
                self.clock.advance(1)


@pytest.fixture
def world(office: Office, tmp_path: Path, clock: ManualClock) -> Iterator[World]:
    """Twenty branches that have asked to enrol."""
    places = [Place(tmp_path / f"B{n:03d}", f"B{n:03d}", clock) for n in range(1, BRANCHES + 1)]
    for place in places:
        code = office.code(place.code)
        place.store.run(lambda work, code=code: asked(work, "https://office", code))
    world = World(office, places, clock, Random(20261123))
    yield world
    world.office.store.close()
    for place in places:
        place.store.close()


async def test_a_week_of_flapping_lines_and_kills(world: World) -> None:
    nine = world.clock.now()
    await world.settle()
    for day in range(DAYS):
        for place in world.places:
            place.work_a_day(world.chance)
            for _ in range(world.chance.randint(0, 6)):
                if not await world.exchange(place):
                    world.clock.advance(30)
        world.clock.set(nine + (day + 1) * DAY)
    await world.settle()
    world.office.projector.catch_up()
    for place in world.places:
        _agree(world.office, place)


def _agree(office: Office, place: Place) -> None:
    """Compare every day's figures and the two chains, and verify the branch's journal."""
    for offset in range(DAYS):
        day = MONDAY + timedelta(days=offset)
        with office.store.reading() as connection:
            (line,) = [each for each in figures(connection, day.isoformat()) if each.branch == place.code]
        own = msgspec.to_builtins(place.lobby.ask(ShowDay(date=day)).figures)
        assert own.pop("unsynced") == 0
        assert line.figures == own
        assert own["issued"] >= 1
    head = place.store.journal.head
    marks = place.store.read(marks_of).result()
    assert (marks.state.acked, marks.state.acked_hash) == (head.seq, head.hash)
    place.store.anchor()
    with sqlite.connect(place.folder / FILE, query_only=True) as connection:
        report = verify(connection, place.identity.mac_key, place.folder / "anchor")
    assert [finding for finding in report.findings if finding.kind != "grant"] == []
