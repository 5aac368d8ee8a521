"""A store with a furnished branch, a clock that stands still and one way to send a command."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

import tellertui.branch.service  # noqa: F401 - registers the handlers
from tellertui.branch import api
from tellertui.branch.defaults import load_defaults
from tellertui.branch.records import Branch, Person
from tellertui.core.clock import ManualClock, at, day_of
from tellertui.core.command import SPECS, Command
from tellertui.core.event import Event, decode_event
from tellertui.core.ids import TimedIds
from tellertui.core.role import Listener, Role
from tellertui.store import handlers
from tellertui.store.actor import Actor
from tellertui.store.events import SchemaMigrated
from tellertui.store.journal import Plain, entries
from tellertui.store.rows import Reads
from tellertui.store.store import Identity, Store
from tellertui.store.work import Work

A = TypeVar("A")

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = "2026-11-23"
MANAGER = Actor("0101", UUID(int=1), frozenset({Role.MANAGER}), Listener.STAFF, b"s", "desk-1", 1000)


class House:
    """The branch under test."""

    def __init__(self, directory: Path) -> None:
        self.clock = ManualClock(at(MONDAY, 8 * 60 + 12, SHANGHAI))
        self.expired: list[str] = []
        self.notices: list[set[str]] = []
        identity = Identity(
            UUID(int=7),
            b"k" * 32,
            lambda context, payload: (b"p" * 32, b"s" * 64),
            day_of=lambda instant: day_of(instant, SHANGHAI),
        )
        ids = TimedIds(self.clock, lambda size: b"\x01" * size)
        self.store = Store(directory, self.clock, ids, identity)
        self.store.start()
        self.store.run(self._found)
        self.seen = self.store.journal.head.seq

    def _found(self, work: Work) -> None:
        work.insert(
            Branch,
            id=UUID(int=9),
            code="B001",
            name="Chengnan",
            time_zone="Asia/Shanghai",
            language="zh_Hant",
            environment="test",
            profile="desk",
            standalone=True,
        )
        for place, (code, role) in enumerate((("0102", "reviewer"), ("0101", "manager")), 1):
            keys = {"x25519": bytes([place]) * 32, "ed25519": bytes([place + 9]) * 32}
            work.insert(
                Person, id=UUID(int=place), code=code, roles=role, state="active", generation=1, **keys
            )
        for model, values in load_defaults(4).rows():
            work.insert(model, **values)
        work.record(SchemaMigrated(0, 1))

    def at(self, day: str, time: str) -> None:
        """Move the clock to a time of a day."""
        hours, minutes = time.split(":")
        self.clock.set(at(day, int(hours) * 60 + int(minutes), SHANGHAI))

    def do(self, command: Command[A]) -> A:
        """Send a command that writes."""

        def body(work: Work) -> A:
            result = handlers.handler_of(type(command))(work, command)
            self.notices.append(set(work.notices))
            view: A = handlers.view_of(type(command))(work, result)
            return view

        return self.store.run(body, MANAGER)

    def ask(self, command: Command[A]) -> A:
        """Send a command that reads, on a query-only connection."""
        assert SPECS[type(command)].reads
        answer: Callable[[Reads, Command[A]], A] = handlers.answer_of(type(command))
        return self.store.read(lambda reads: answer(reads, command)).result()

    def read(self, body: Callable[[Reads], A]) -> A:
        """Read on a query-only connection."""
        return self.store.read(body).result()

    def entries(self) -> list[Plain]:
        """Return the entries since the founding."""

        def body(work: Work) -> list[Plain]:
            return [entry.read() for entry in entries(work._cursor, (1, self.seen))]

        return self.store.run(body)

    def events(self) -> list[Event]:
        """Return the events since the founding."""
        return [decode_event(plain.event, plain.version, plain.facts) for plain in self.entries()]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    found = House(tmp_path)

    def expire(_: Work, command: api.ExpireOpen) -> tuple[int]:
        found.expired.append(command.day)
        return (2,)

    monkeypatch.setitem(handlers._HANDLERS, api.ExpireOpen, expire)
    yield found
    found.store.close()
