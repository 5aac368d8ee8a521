"""The course of a day: who comes when, which counter is free, and what each of them asks of the branch.

The course keeps no queue: who is called is what reception answers. At equal times customers are finished with
first, then others come, then the counters call, the lowest free one first.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from heapq import heapify, heappop, heappush
from typing import Any, NamedTuple
from uuid import UUID

from tellertui.branch.api import OpenDay
from tellertui.branch.hours import clock_text
from tellertui.core.clock import MINUTE
from tellertui.core.command import Command
from tellertui.core.refusal import Refusal
from tellertui.core.role import Listener, Role
from tellertui.simulate.csv import Arrival
from tellertui.store.actor import SYSTEM, Actor
from tellertui.store.work import Result
from tellertui.workflows.reception.api import Arrive, CallNext, CounterOpen, Finish, Issue
from tellertui.workflows.reception.rules.policy import CLASSES

Steps = Generator["Step", Result, None]

KIOSK = Actor("kiosk", None, frozenset(), Listener.LOBBY, b"", "kiosk", 0)
_FINISHES, _COMES, _OPENS = range(3)
"""What is due at one instant, in this order."""


class Policy(StrEnum):
    """Who is called first: who came first, or the order with credits of R-Q-01."""

    FIFO = "fifo"
    CREDIT = "credit"


@dataclass(frozen=True)
class Plan:
    """The day that is replayed; opening and closing are minutes of the day."""

    day: str
    counters: int
    opening: int
    closing: int
    policy: Policy = Policy.FIFO
    longest_ms: int | None = None
    """A longer service is cut to this."""

    def issued_as(self, care: str) -> str:
        """Return the class with which a number is issued: one for everybody where only the arrival counts."""
        return care if self.policy is Policy.CREDIT else CLASSES[0]

    def length(self, arrival: Arrival) -> int:
        """Return how long a customer is served, in milliseconds."""
        return arrival.service_ms if self.longest_ms is None else min(arrival.service_ms, self.longest_ms)


class Step(NamedTuple):
    """One command of the day; the instant is in milliseconds since midnight."""

    at: int
    actor: Actor
    command: Command[Any]


class Call(NamedTuple):
    """A customer was called and came at once; times in milliseconds since midnight."""

    place: int
    """Place among the arrivals of the day."""
    arrival: Arrival
    at: int
    length: int
    counter: int


class Course:
    """A day from midnight until the last customer has been served, perhaps after the next midnight."""

    def __init__(self, plan: Plan, arrivals: Sequence[Arrival]) -> None:
        """Prepare the day of these customers, who come in this order."""
        self.calls: list[Call] = []
        self.refused = 0
        """Customers who came too late for a number."""
        self._plan = plan
        self._arrivals = arrivals
        self._tellers = [_teller(counter) for counter in range(plan.counters + 1)]
        self._free: list[int] = []
        self._waiting: dict[UUID, int] = {}
        self._due = [(arrival.at, _COMES, place) for place, arrival in enumerate(arrivals)]
        self._due.append((plan.opening * MINUTE, _OPENS, 0))
        heapify(self._due)

    def steps(self) -> Steps:
        """Yield the commands of the day in order; each is sent its handler's result or thrown its refusal."""
        plan = self._plan
        yield Step(0, SYSTEM, OpenDay(open=clock_text(plan.opening), close=clock_text(plan.closing)))
        while self._due:
            now = self._due[0][0]
            while self._due and self._due[0][0] == now:
                _, what, which = heappop(self._due)
                yield from (self._finish, self._come, self._open)[what](now, which)
            while self._free and self._waiting:
                yield from self._call(now, heappop(self._free))

    def _finish(self, now: int, counter: int) -> Steps:
        yield Step(now, self._tellers[counter], Finish())
        heappush(self._free, counter)

    def _come(self, now: int, place: int) -> Steps:
        arrival = self._arrivals[place]
        issue = Issue(service=arrival.service, care=self._plan.issued_as(arrival.care))
        try:
            (ticket,) = yield Step(now, KIOSK, issue)
        except Refusal:
            self.refused += 1
        else:
            self._waiting[ticket] = place

    def _open(self, now: int, _: int) -> Steps:
        for counter in range(1, self._plan.counters + 1):
            yield Step(now, self._tellers[counter], CounterOpen(counter=str(counter)))
            heappush(self._free, counter)

    def _call(self, now: int, counter: int) -> Steps:
        teller = self._tellers[counter]
        (ticket,) = yield Step(now, teller, CallNext())
        yield Step(now, teller, Arrive())
        place = self._waiting.pop(ticket)
        arrival = self._arrivals[place]
        length = self._plan.length(arrival)
        self.calls.append(Call(place, arrival, now, length, counter))
        heappush(self._due, (now + length, _FINISHES, counter))


def _teller(counter: int) -> Actor:
    return Actor(f"T{counter:03d}", None, frozenset({Role.TELLER}), Listener.STAFF, b"", "", 0)
