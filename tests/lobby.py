"""A lobby for tests: people at the counters of a branch, and one way to send a command."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID, uuid5

import pytest

import tellertui.branch.service
import tellertui.workflows.reception.service  # noqa: F401 - both register their handlers
from tellertui.branch.api import CounterCode, SetCounter
from tellertui.branch.records import Counter
from tellertui.core.clock import ManualClock
from tellertui.core.command import SPECS, Command
from tellertui.core.event import Event, decode_event
from tellertui.core.ids import NIL
from tellertui.core.refusal import Refusal
from tellertui.core.role import Listener, Role
from tellertui.store.actor import Actor
from tellertui.store.handlers import answer_of, handler_of, view_of
from tellertui.store.journal import Plain, entries
from tellertui.store.rows import Reads
from tellertui.store.store import Store
from tellertui.store.work import Work
from tellertui.workflows.reception import api
from tellertui.workflows.reception.records import Ticket
from tellertui.workflows.reception.views import Called, Issued

A = TypeVar("A")
T = TypeVar("T")

KIOSK = Actor("kiosk", None, frozenset(), Listener.LOBBY, b"", "kiosk-1", 1001)


def person(staff: str, role: Role = Role.TELLER, terminal: str = "") -> Actor:
    """Return somebody signed on."""
    return Actor(staff, uuid5(NIL, staff), frozenset({role}), Listener.STAFF, b"s", terminal, 1000)


WANG, LI, CHEN = person("T1"), person("T2"), person("T3")
LIN = person("L1", Role.LOBBY)
ZHOU = person("M01", Role.MANAGER)


class Lobby:
    """The branch under test, as its people use it."""

    def __init__(self, store: Store, clock: ManualClock) -> None:
        self.store = store
        self.clock = clock
        self.notices: frozenset[str] = frozenset()

    def do(self, command: Command[A], actor: Actor = WANG) -> A:
        """Carry a command out and return its view."""

        def body(work: Work) -> tuple[Any, frozenset[str]]:
            result = handler_of(type(command))(work, command)
            return view_of(type(command))(work, result), frozenset(work.notices)

        view, self.notices = self.store.run(body, actor)
        return view  # type: ignore[no-any-return]

    def ask(self, command: Command[A], actor: Actor = LIN) -> A:
        """Return the view of a command that only reads."""
        assert SPECS[type(command)].reads
        return self.read(lambda reads: answer_of(type(command))(reads, command), actor)  # type: ignore[no-any-return]

    def read(self, body: Callable[[Reads], T], actor: Actor = LIN) -> T:
        """Read on a query-only connection."""
        return self.store.read(body, actor).result()

    def issue(self, service: str = "cash", care: str = "normal", actor: Actor = KIOSK) -> Issued:
        """Give a number."""
        return self.do(api.Issue(service=service, care=care), actor)

    def open(self, counter: str, actor: Actor, *services: str) -> None:
        """Let somebody take a counter, with what it serves."""
        if services:
            self.serve(counter, *services)
        self.do(api.CounterOpen(counter=counter), actor)

    def serve(self, counter: CounterCode, *services: str) -> None:
        """Change what a counter serves."""
        self.do(SetCounter(counter=counter, services=list(services)), ZHOU)

    def call(self, actor: Actor = WANG) -> Called | None:
        """Call the next ticket."""
        return self.do(api.CallNext(), actor)

    def serving(self, service: str = "cash", actor: Actor = WANG) -> str:
        """Issue a number, call it and begin to serve it."""
        number = self.issue(service).number
        called = self.call(actor)
        assert called is not None
        assert called.number == number
        self.do(api.Arrive(), actor)
        return number

    def visit(self, minutes: float, result: str = "done", actor: Actor = WANG) -> str:
        """Serve somebody from the door to the end."""
        number = self.serving(actor=actor)
        self.clock.advance(minutes * 60)
        self.do(api.Finish(result=result), actor)
        return number

    def miss(self, actor: Actor = WANG) -> None:
        """Call the ticket in hand until it counts as missed."""
        for _ in range(2):
            self.clock.advance(40)
            self.do(api.Recall(), actor)
        self.do(api.NoShow(), actor)

    def ticket(self, number: str) -> Ticket:
        """Return a ticket of today as it is stored."""
        (found,) = [row for row in self.read(lambda reads: list(reads.every(Ticket))) if row.number == number]
        return found

    def counter(self, code: str) -> Counter:
        """Return a counter as it is stored."""
        found = self.read(lambda reads: reads.get(Counter, code))
        assert found is not None
        return found

    def entries(self) -> list[tuple[Event, Plain]]:
        """Return facts and plain part of every entry so far."""
        plains = self.read(lambda reads: [entry.read() for entry in entries(reads._cursor)])
        return [(decode_event(plain.event, plain.version, plain.facts), plain) for plain in plains]

    def newest(self, kind: type[T]) -> tuple[T, list[UUID]]:
        """Return the newest entry of a kind with its subjects."""
        event, plain = [pair for pair in self.entries() if isinstance(pair[0], kind)][-1]
        return event, [UUID(bytes=subject) for subject in plain.subjects]  # type: ignore[return-value]

    def head(self) -> int:
        """Return the seq of the newest entry."""
        return self.store.journal.head.seq

    def refused(self, command: Command[Any], actor: Actor = WANG) -> Refusal:
        """Expect a refusal that leaves the journal as it was and says all its facts."""
        before = self.head()
        with pytest.raises(Refusal) as caught:
            self.do(command, actor)
        assert self.head() == before
        assert "?" not in caught.value.text()
        return caught.value
