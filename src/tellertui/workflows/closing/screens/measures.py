"""The figures of a day as its manager reads them, each with its share and its target (R-Q-04)."""

from collections.abc import Iterator
from dataclasses import dataclass

from tellertui.core.refusal import N_
from tellertui.ui.look import Look
from tellertui.workflows.closing.api import Totals
from tellertui.workflows.closing.targets import Targets

MINUTE_S = 60
NOTHING = "-"
"""Where there was nothing to measure."""


@dataclass(frozen=True)
class Measure:
    """One figure, ready to be set into columns."""

    label: str
    """Message id, at most ten cells."""
    value: str
    share: str = ""
    """A percentage; empty for counts and times."""
    unit: str = ""
    target: str = ""
    missed: bool = False
    """What is shown lies on the wrong side of the target."""


def measures(totals: Totals, targets: Targets, look: Look) -> list[Measure]:
    """Return the figures of a day in the order of the sheet."""
    called = totals.no_show + totals.served
    return [
        Measure(N_("Tickets"), str(totals.issued)),
        Measure(N_("Served"), str(totals.served)),
        _at_most(N_("No-show"), totals.no_show, called, targets.no_show_percent),
        _at_most(N_("Left"), totals.abandoned, totals.issued, targets.abandoned_percent),
        Measure(N_("No ticket"), str(totals.diverted)),
        *_waits(totals, targets, look),
        *_ratings(totals, targets),
    ]


def more_measures(totals: Totals) -> list[Measure]:
    """Return the figures that a taller terminal has room for."""
    return [
        _at_most(N_("Incomplete"), totals.papers_missing, totals.served, None),
        Measure(N_("Came back"), str(totals.returned)),
    ]


def minutes(seconds: int | None) -> str:
    """Return a duration in minutes with one decimal."""
    return NOTHING if seconds is None else f"{seconds / MINUTE_S:.1f}"


def whole_minutes(seconds: int | None) -> str:
    """Return a duration in whole minutes, half a minute rounded up."""
    return NOTHING if seconds is None else str((seconds + MINUTE_S // 2) // MINUTE_S)


def percent(part: int, whole: int) -> str:
    """Return a share in five cells; nothing where there are no cases."""
    if not whole:
        return ""
    text = f"{100 * part / whole:.1f}%"
    return "100%" if text == "100.0%" else text


def _at_most(label: str, part: int, whole: int, target: int | None) -> Measure:
    share = percent(part, whole)
    missed = bool(share) and target is not None and float(share.rstrip("%")) > target
    return Measure(label, str(part), share, target="" if target is None else f"{target}%", missed=missed)


def _waits(totals: Totals, targets: Targets, look: Look) -> Iterator[Measure]:
    unit = look.say(N_("min"))
    rows = (
        (N_("Mean wait"), minutes(totals.wait_mean_s), targets.wait_mean_min),
        (N_("90% within"), whole_minutes(totals.wait_p90_s), targets.wait_p90_min),
        (N_("Longest"), whole_minutes(totals.wait_max_s), targets.wait_max_min),
        (N_("Handling"), minutes(totals.service_mean_s), None),
    )
    for label, value, target in rows:
        missed = value != NOTHING and target is not None and float(value) > target
        text = "" if target is None else str(target)
        yield Measure(label, value, unit="" if value == NOTHING else unit, target=text, missed=missed)


def _ratings(totals: Totals, targets: Targets) -> Iterator[Measure]:
    satisfied = round((totals.csat or 0) * totals.csat_n)
    rows = (
        (N_("Ratings"), totals.csat_n, totals.served, targets.response_percent),
        (N_("Satisfied"), satisfied, totals.csat_n, targets.satisfied_percent),
    )
    for label, part, whole, target in rows:
        share = f"{round(100 * part / whole)}%" if whole else ""
        missed = bool(share) and int(share.rstrip("%")) < target
        yield Measure(label, str(part), share, target=f"{target}%", missed=missed)
