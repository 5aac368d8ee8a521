"""Figures of a day: one pure fold over its entries, for branch, head office and replayed days alike."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from tellertui.core.clock import MINUTE
from tellertui.core.event import Event, Id
from tellertui.workflows.closing.api import Arrivals, Figures, ServiceFigures, StaffFigures, Totals
from tellertui.workflows.reception import events as e

HALF_HOUR = 30 * MINUTE
SATISFIED = 4
"""Answers from this score on count as satisfied (C7)."""


class Tally:
    """Counts and samples of a day, a service or a member of staff."""

    def __init__(self) -> None:
        self.issued = 0
        self.abandoned = 0
        self.returned = 0
        self.papers_missing = 0
        self.served: set[Id] = set()
        self.missed: set[Id] = set()
        self.asked: set[Id] = set()
        self.waits: list[int] = []
        self.services: list[int] = []
        self.scores: list[int] = []

    def csat(self) -> float | None:
        """Return the share of satisfied answers."""
        satisfied = sum(score >= SATISFIED for score in self.scores)
        return satisfied / len(self.scores) if self.scores else None


class _Groups(dict[str, Tally]):
    def __missing__(self, key: str) -> Tally:
        found = self[key] = Tally()
        return found


class Fold:
    """A day's figures so far; ``add`` takes entries in order, one by one."""

    def __init__(self) -> None:
        self._day = Tally()
        self._services = _Groups()
        self._staff = _Groups()
        self._arrivals: Counter[int] = Counter()
        self._waits: defaultdict[int, list[int]] = defaultdict(list)
        self._diverted = 0
        self._begun: set[Id] = set()

    def add(self, event: Event, at: int, actor: str) -> None:
        """Take one entry; events that mean nothing here are passed over.

        Args:
            event: its facts.
            at: its instant, milliseconds UTC.
            actor: who acted.
        """
        step = _STEPS.get(type(event))
        if step is not None:
            step(self, event, at, actor)

    def figures(self) -> Figures:
        """Return the figures of what was taken so far."""
        return Figures(
            totals=self._totals(),
            services=[_service(code, self._services[code]) for code in sorted(self._services)],
            staff=[_member(code, self._staff[code]) for code in sorted(self._staff)],
            arrivals=[
                Arrivals(at=at, issued=self._arrivals[at], wait_mean_s=mean(self._waits.get(at, [])))
                for at in sorted({*self._arrivals, *self._waits})
            ],
        )

    def _totals(self) -> Totals:
        day = self._day
        return Totals(
            issued=day.issued,
            served=len(day.served),
            no_show=len(day.missed),
            abandoned=day.abandoned,
            wait_mean_s=mean(day.waits),
            wait_p90_s=nearest_rank(day.waits, 90),
            wait_max_s=max(day.waits, default=None),
            service_mean_s=mean(day.services),
            diverted=self._diverted,
            returned=day.returned,
            papers_missing=day.papers_missing,
            rating_asked=len(day.asked),
            csat=day.csat(),
            csat_n=len(day.scores),
        )

    def issued(self, event: e.TicketIssued, at: int, _: str) -> None:
        """Count a number and the half hour in which it was given."""
        for tally in (self._day, self._services[event.service]):
            tally.issued += 1
        self._arrivals[at - at % HALF_HOUR] += 1

    def arrived(self, event: e.TicketArrived, at: int, _actor: str) -> None:
        """Count the wait of a ticket, once in its life."""
        if event.ticket in self._begun:
            return
        self._begun.add(event.ticket)
        for tally in (self._day, self._services[event.service]):
            tally.waits.append(event.waited_s)
        self._waits[at - at % HALF_HOUR].append(event.waited_s)

    def continued(self, event: e.TicketContinued, _: int, actor: str) -> None:
        """Count one service of a visit that goes on."""
        for tally in (self._day, self._services[event.service], self._staff[actor]):
            tally.services.append(event.service_s)

    def finished(self, event: e.TicketFinished, _: int, actor: str) -> None:
        """Count the end of a visit."""
        for tally in (self._day, self._services[event.service], self._staff[actor]):
            tally.served.add(event.ticket)
            tally.services.append(event.service_s)
            tally.papers_missing += event.result == "missing_papers"
        if event.rating_asked:
            self._day.asked.add(event.ticket)

    def missed(self, event: e.TicketMissed, _: int, actor: str) -> None:
        """Count a ticket that was called in vain."""
        for tally in (self._day, self._services[event.service], self._staff[actor]):
            tally.missed.add(event.ticket)

    def left(self, _event: e.TicketLeft, _at: int, _actor: str) -> None:
        """Count a customer who left."""
        self._day.abandoned += 1

    def returned(self, _event: e.TicketReturned, _at: int, _actor: str) -> None:
        """Count a customer who came back with papers."""
        self._day.returned += 1

    def rated(self, event: e.TicketRated, _at: int, _actor: str) -> None:
        """Count an answer, for the day and for who served."""
        for tally in (self._day, self._staff[event.staff]):
            tally.scores.append(event.score)

    def diverted(self, _event: e.VisitorDiverted, _at: int, _actor: str) -> None:
        """Count a visitor served without a ticket."""
        self._diverted += 1


_STEPS: dict[type[Event], Callable[[Fold, Any, int, str], None]] = {
    e.TicketIssued: Fold.issued,
    e.TicketArrived: Fold.arrived,
    e.TicketContinued: Fold.continued,
    e.TicketFinished: Fold.finished,
    e.TicketMissed: Fold.missed,
    e.TicketLeft: Fold.left,
    e.TicketReturned: Fold.returned,
    e.TicketRated: Fold.rated,
    e.VisitorDiverted: Fold.diverted,
}


def fold(entries: Iterable[tuple[Event, int, str]]) -> Figures:
    """Return the figures of a day from its entries in order: facts, instant, actor."""
    day = Fold()
    for event, at, actor in entries:
        day.add(event, at, actor)
    return day.figures()


def mean(values: list[int]) -> int | None:
    """Return the mean in whole units, halves up; None of nothing."""
    return (2 * sum(values) + len(values)) // (2 * len(values)) if values else None


def nearest_rank(values: list[int], percent: int) -> int | None:
    """Return a percentile by nearest rank; None of nothing."""
    return sorted(values)[-(-percent * len(values) // 100) - 1] if values else None


def _service(code: str, tally: Tally) -> ServiceFigures:
    return ServiceFigures(
        service=code,
        issued=tally.issued,
        served=len(tally.served),
        no_show=len(tally.missed),
        wait_mean_s=mean(tally.waits),
        wait_p90_s=nearest_rank(tally.waits, 90),
        service_mean_s=mean(tally.services),
        papers_missing=tally.papers_missing,
    )


def _member(code: str, tally: Tally) -> StaffFigures:
    return StaffFigures(
        staff=code,
        served=len(tally.served),
        no_show=len(tally.missed),
        service_mean_s=mean(tally.services),
        papers_missing=tally.papers_missing,
        csat=tally.csat(),
        csat_n=len(tally.scores),
    )
