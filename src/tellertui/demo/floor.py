"""What people do at the demo branch on one day: each person is a small process that waits and acts.

A process yields ``Wait`` for time to pass and ``Do`` for a command; it is sent what the handler returned or
thrown its refusal. The floor runs all processes of a day in the order of their times and hands their
commands on as the steps of a replay, so everything the branch shows comes from its own handlers.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any, NamedTuple
from uuid import UUID

from tellertui.branch.api import OpenDay
from tellertui.branch.defaults import shipped
from tellertui.core.clock import MINUTE, SECOND
from tellertui.core.command import Command
from tellertui.core.refusal import Refusal
from tellertui.demo.cast import Desk
from tellertui.simulate.csv import Arrival
from tellertui.simulate.day import KIOSK, Step, Steps
from tellertui.simulate.sample import Chance
from tellertui.store.actor import Actor
from tellertui.workflows.reception import api

PAPERS = {service.code: service.papers for service in shipped().services}


class Wait(NamedTuple):
    """Let time pass, in milliseconds."""

    span: float


class Do(NamedTuple):
    """Let somebody send a command now."""

    actor: Actor
    command: Command[Any]


Process = Generator[Wait | Do, Any, None]


@dataclass(frozen=True)
class Ending:
    """How a day that stops in the middle is left: who does not call any more, and when."""

    stops: Mapping[str, int] = field(default_factory=dict)
    """Counters that call nobody from a minute on, and finish with whom they serve five minutes later."""
    calls_in_vain: str = ""
    """The counter whose last call is not answered."""


@dataclass(frozen=True)
class Day:
    """A day on the floor."""

    opens: int
    """Minutes of the day."""
    closes: int
    until: int
    """Nothing happens from this minute on."""
    desks: Mapping[str, Desk]
    """What is served by whom, by staff code."""
    ending: Ending = Ending()


class Floor:
    """All the people of one day."""

    def __init__(self, day: Day, staff: Mapping[str, Actor], lobby: str, opener: str, seed: int) -> None:
        self._day = day
        self._staff = staff
        self._lobby = staff[lobby]
        self._opener = staff[opener]
        self._chance = Chance(seed)
        self._customers: dict[UUID, Arrival] = {}
        self._queue: set[UUID] = set()
        self._heap: list[tuple[float, int, Process]] = []
        self._begun = 0
        self.now: float = 0
        """Milliseconds since midnight."""

    def begin(self, process: Process) -> None:
        """Let a person begin now."""
        self._push(process, self.now)

    def populate(self, arrivals: Sequence[Arrival]) -> None:
        """Bring staff and customers of an ordinary day."""
        self.begin(self.opening())
        for staff in self._day.desks:
            self.begin(self.counter(staff))
        for arrival in arrivals:
            self.begin(self.customer(arrival))
        self.begin(self.lobby())

    def steps(self) -> Steps:
        """Yield the commands of the day in order."""
        end = self._day.until * MINUTE
        while self._heap and self._heap[0][0] < end:
            self.now, _, process = heappop(self._heap)
            asked = _next(process.send, None)
            while isinstance(asked, Do):
                try:
                    result = yield Step(round(self.now), asked.actor, asked.command)
                except Refusal as refused:
                    asked = _next(process.throw, refused)
                else:
                    asked = _next(process.send, result)
            if asked is not None:
                self._push(process, self.now + asked.span)

    def _push(self, process: Process, at: float) -> None:
        self._begun += 1
        heappush(self._heap, (at, self._begun, process))

    # The people.

    def opening(self) -> Process:
        """Open the day a little before the doors do."""
        yield self._at(self._day.opens - 18)
        yield Do(self._opener, OpenDay())

    def customer(self, arrival: Arrival, missing: str = "") -> Process:
        """Take a number, perhaps be asked for papers, perhaps give up after a long wait."""
        yield Wait(arrival.at - self.now)
        issue = api.Issue(service=arrival.service, care=arrival.care, language=self._language())
        try:
            (ticket,) = yield Do(KIOSK, issue)
        except Refusal:
            return
        self._customers[ticket] = arrival
        self._queue.add(ticket)
        if papers := PAPERS[arrival.service]:
            self.begin(self._precheck(ticket, papers, missing))
        yield Wait(self._between(26, 40) * MINUTE)
        if ticket in self._queue and self._happens(0.4):
            yield Do(self._lobby, api.Leave(ticket=str(ticket)))
            self._queue.discard(ticket)

    def counter(self, staff: str) -> Process:
        """Call, serve and finish one customer after the other until nobody is left."""
        me, desk, day = self._staff[staff], self._day.desks[staff], self._day
        stops = day.ending.stops.get(desk.code, day.until + 60)
        yield self._at(day.opens - 6 + self._between(0, 5))
        yield Do(me, api.CounterOpen(counter=desk.code))
        yield self._at(day.opens)
        while self.now < stops * MINUTE:
            if any(self._customers[ticket].service in desk.services for ticket in self._queue):
                yield from self._serve(me, desk)
                yield Wait(self._between(6, 25) * SECOND)
            elif self.now > day.closes * MINUTE:
                yield Do(me, api.CounterClose())
                return
            else:
                yield Wait(self._between(4, 12) * SECOND)
        if desk.code == day.ending.calls_in_vain:
            yield from self._call_in_vain(me)

    def lobby(self) -> Process:
        """Send away with an answer who needs no number, and answer calls for help."""
        yield self._at(self._day.opens)
        outcomes = ("self_service", "mobile_bank", "answered", "self_service")
        while self.now < self._day.closes * MINUTE:
            yield Wait(self._between(4, 14) * MINUTE)
            outcome = self._chance.one_of(outcomes, [1] * len(outcomes))
            yield Do(self._lobby, api.Divert(outcome=outcome))
            if self._happens(0.12):
                (call,) = yield Do(KIOSK, api.Help(place="kiosk"))
                yield Wait(self._between(20, 60) * SECOND)
                yield Do(self._lobby, api.HelpAnswer(id=str(call)))

    def help_at(self, minute: float) -> Process:
        """Ask for help at the kiosk, and wait for it."""
        yield self._at(minute)
        yield Do(KIOSK, api.Help(place="kiosk"))

    def promise(self, minute: float, service: str, at: str) -> Process:
        """Book an appointment."""
        yield self._at(minute)
        yield Do(self._lobby, api.Book(service=service, at=at))

    # What they do.

    def _precheck(self, ticket: UUID, papers: Sequence[str], missing: str) -> Process:
        yield Wait(self._between(60, 240) * SECOND)
        if not missing and self._happens(0.2):
            return
        lacking = missing or (self._chance.one_of(papers, [1] * len(papers)) if self._happens(0.15) else "")
        command = api.Precheck(ticket=str(ticket), papers=[lacking] if lacking else "ok")
        yield from self._try(self._lobby, command)

    def _serve(self, me: Actor, desk: Desk) -> Process:
        (ticket,) = yield Do(me, api.CallNext())
        if ticket is None:
            return
        self._queue.discard(ticket)
        if self._happens(0.05):
            yield from self._missed(me, ticket)
            return
        if self._happens(0.12):
            yield Wait(45 * SECOND)
            yield Do(me, api.Recall())
        yield Wait(self._between(10, 35) * SECOND)
        yield Do(me, api.Arrive())
        yield from self._work(me, self._length(self._customers[ticket], desk))
        result = "missing_papers" if self._happens(0.03) else "done"
        yield Do(me, api.Finish(result=result))
        self.begin(self._afterwards(ticket, result))

    def _work(self, me: Actor, length: float) -> Process:
        if length > 6 * MINUTE and self._happens(0.12):
            yield Wait(length / 2)
            yield Do(me, api.Hold(reason="copy"))
            yield Wait(self._between(40, 90) * SECOND)
            yield Do(me, api.Resume())
            length /= 2
        yield Wait(length)

    def _missed(self, me: Actor, ticket: UUID) -> Process:
        for _ in range(2):
            yield Wait(self._between(42, 55) * SECOND)
            yield Do(me, api.Recall())
        yield Wait(self._between(42, 55) * SECOND)
        yield Do(me, api.NoShow())
        self.begin(self._late(ticket))

    def _late(self, ticket: UUID) -> Process:
        """Come back after the number was missed, or not."""
        yield Wait(self._between(8, 24) * MINUTE)
        if self._happens(0.3):
            yield from self._try(self._lobby, api.Reactivate(ticket=str(ticket)), ticket)

    def _afterwards(self, ticket: UUID, result: str) -> Process:
        """Rate, and come back with papers that were missing."""
        yield Wait(self._between(8, 30) * SECOND)
        if self._happens(0.42):
            score = self._chance.one_of((5, 4, 3, 2, 1), (62, 28, 6, 3, 1))
            yield from self._try(KIOSK, api.Rate(ticket=str(ticket), score=score))
        if result == "missing_papers" and self._happens(0.5):
            yield Wait(self._between(30, 70) * MINUTE)
            yield from self._try(self._lobby, api.Return(ticket=str(ticket)), ticket)

    def _call_in_vain(self, me: Actor) -> Process:
        yield self._at(self._day.until - 1.2)
        (ticket,) = yield Do(me, api.CallNext())
        if ticket is not None:
            self._queue.discard(ticket)
            yield Wait(45 * SECOND)
            yield Do(me, api.Recall())

    def _try(self, actor: Actor, command: Command[Any], waits: UUID | None = None) -> Process:
        """Do what the state of a number may forbid by now; where it does not, the number may wait again."""
        try:
            yield Do(actor, command)
        except Refusal:
            return
        if waits is not None:
            self._queue.add(waits)

    # Chance.

    def _length(self, arrival: Arrival, desk: Desk) -> float:
        stops = self._day.ending.stops.get(desk.code)
        left = arrival.service_ms if stops is None else max(MINUTE, (stops + 5) * MINUTE - self.now)
        return min(arrival.service_ms, left)

    def _language(self) -> api.Language | None:
        return "en" if self._happens(0.03) else None

    def _happens(self, likely: float) -> bool:
        return self._chance.share() < likely

    def _between(self, least: float, most: float) -> float:
        return least + (most - least) * self._chance.share()

    def _at(self, minute: float) -> Wait:
        return Wait(max(0, minute * MINUTE - self.now))


def _next(move: Callable[[Any], Wait | Do], value: Any) -> Wait | Do | None:
    """Return what a process asks for next, None when it is over."""
    try:
        return move(value)
    except StopIteration:
        return None
