"""What a replayed day amounted to: the document for scripts, and its words for people.

Times of the day go on past 24:00 where customers are served after midnight, so that they can be compared.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

import msgspec

from tellertui.core.clock import MINUTE, SECOND
from tellertui.core.command import View
from tellertui.core.refusal import N_
from tellertui.simulate.csv import Arrival
from tellertui.simulate.day import Call, Course, Plan
from tellertui.simulate.throwaway import replay
from tellertui.workflows.closing.figures import mean
from tellertui.workflows.closing.words import FIGURES

BAR = 40
"""Widest bar of the histogram, in characters."""

Say = Callable[[str], str]


class Served(View):
    """One ticket of the day; times as ``HH:MM:SS``, the wait in whole seconds."""

    arrival: str
    care: str = msgspec.field(name="class")
    called: str
    wait_s: int
    counter: int


class Proof(View):
    """The journal that the day left, and whether the whole file verified."""

    entries: int
    verified: bool


class Replayed(View):
    """A replayed day; tickets in the order of arrival, times in seconds, None where there is none."""

    tickets: list[Served]
    issued: int
    served: int
    refused: int
    """Customers who came after closing and got no number."""
    wait_mean_s: int | None
    wait_p90_s: int | None
    wait_max_s: int | None
    utilisation: float
    """Share of the counters' time spent serving; that time ends with closing or the last finish, if later."""
    journal: Proof


def simulate(plan: Plan, arrivals: Sequence[Arrival], progress: Callable[[int], None]) -> Replayed:
    """Replay a day through the real services.

    Args:
        plan: the day and its counters.
        arrivals: who comes, earliest first.
        progress: told now and then for how many arrivals the day is decided.
    """
    course = Course(plan, arrivals)
    totals, report = replay(course, plan, lambda: progress(len(course.calls) + course.refused))
    return Replayed(
        tickets=[_served(call) for call in sorted(course.calls)],
        issued=totals.issued,
        served=totals.served,
        refused=course.refused,
        wait_mean_s=totals.wait_mean_s,
        wait_p90_s=totals.wait_p90_s,
        wait_max_s=totals.wait_max_s,
        utilisation=utilisation(plan, course.calls),
        journal=Proof(entries=report.entries, verified=report.verified),
    )


def utilisation(plan: Plan, calls: Sequence[Call]) -> float:
    """Return the share of the counters' time that was spent serving."""
    last = max([plan.closing * MINUTE, *(call.at + call.length for call in calls)])
    return sum(call.length for call in calls) / (plan.counters * (last - plan.opening * MINUTE))


def _served(call: Call) -> Served:
    return Served(
        arrival=clock(call.arrival.at // SECOND),
        care=call.arrival.care,
        called=clock(call.at // SECOND),
        wait_s=(call.at - call.arrival.at) // SECOND,
        counter=call.counter,
    )


def clock(seconds: int) -> str:
    """Return seconds since midnight as ``HH:MM:SS``."""
    return f"{seconds // 3_600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def figures(day: Replayed, say: Say) -> Iterator[tuple[str, object]]:
    """Yield the names of a day's figures in the language of ``say``, with their values."""
    for name in ("issued", "served", "wait_mean_s", "wait_p90_s", "wait_max_s"):
        yield say(FIGURES[name]), getattr(day, name)
    yield say(N_("Refused after closing")), day.refused
    yield say(N_("Counters busy")), f"{day.utilisation:.1%}"
    yield say(N_("Journal entries")), day.journal.entries
    yield say(N_("Journal verified")), say(N_("yes")) if day.journal.verified else say(N_("NO"))


def half_hours(tickets: Sequence[Served]) -> Iterator[tuple[str, int, int | None, str]]:
    """Yield for each half hour when it begins, how many came, their mean wait, and a bar for how many."""
    waits: defaultdict[int, list[int]] = defaultdict(list)
    for ticket in tickets:
        hours, minutes, _ = ticket.arrival.split(":")
        waits[int(hours) * 2 + int(minutes) // 30].append(ticket.wait_s)
    most = max(map(len, waits.values()), default=0)
    for half in range(min(waits, default=0), max(waits, default=-1) + 1):
        here = waits[half]
        bar = len(here) if most <= BAR else -(-len(here) * BAR // most)
        yield f"{half // 2:02d}:{half % 2 * 30:02d}", len(here), mean(here), "#" * bar
