"""Measures of service quality (domain C7): every share carries its number of cases.

A share is a fraction from 0 to 1; without cases it has no value. Durations are whole seconds, percentiles
the nearest rank.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from math import sqrt
from typing import NamedTuple

import msgspec

from tellertui.core.tables import Table
from tellertui.core.verdict import ground

FORMULAS: dict[str, tuple[str, str]] = {
    "no_show": ("no_show", "called"),
    "abandonment": ("left", "issued"),
    "papers_missing": ("papers_missing", "served"),
    "complaints_on_time": ("complaints_closed_on_time", "complaints_received"),
    "errors": ("applications_returned", "applications_submitted"),
    "response": ("rated", "served"),
}
"""Rates as one count over another, by the names of the counts."""


class Share(NamedTuple):
    """A share and the number of cases behind it."""

    value: float | None
    n: int


class Interval(NamedTuple):
    """The bounds within which a share lies with the confidence of the table."""

    low: float
    high: float


class Case(NamedTuple):
    """A closed case and the next contact about the same matter, if there was one."""

    closed: date
    next_contact: date | None


class Resolution(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of C7.resolution."""

    window_days: int


class Satisfaction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of C7.satisfaction."""

    satisfied_from: int
    lowest: int
    highest: int


class Recommendation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of C7.recommendation."""

    promoters_from: int
    detractors_to: int
    lowest: int
    highest: int


class Questionnaire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of C7.servqual; items count from 1."""

    lowest: int
    highest: int
    reversed: list[int]
    items: dict[str, list[int]]


class People(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of C7.people."""

    least_answers: int
    normal_quantile: float


class Improvement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of C7.improvement."""

    effect_after_days: int


def share(part: int, whole: int) -> Share:
    """Return a part of a whole.

    Raises:
        ValueError: the part is negative or larger than the whole.
    """
    if not 0 <= part <= whole:
        msg = "a part lies between nothing and the whole"
        raise ValueError(msg)
    return Share(part / whole if whole else None, whole)


def rate(name: str, counts: Mapping[str, int]) -> Share:
    """Return a rate of ``FORMULAS`` from the counts of a day or a period.

    Raises:
        KeyError: no such rate, or a count is missing.
        ValueError: the counts contradict each other.
    """
    part, whole = FORMULAS[name]
    return share(counts[part], counts[whole])


def mean_seconds(durations: Sequence[int]) -> int | None:
    """Return the mean in whole seconds, halves up; none without durations."""
    if not durations:
        return None
    return (2 * sum(durations) + len(durations)) // (2 * len(durations))


def percentile(durations: Iterable[int], percent: int) -> int | None:
    """Return a percentile by the nearest rank; none without durations.

    Raises:
        ValueError: the percentage is not from 1 to 100.
    """
    if not 1 <= percent <= 100:
        msg = "a percentile lies between 1 and 100"
        raise ValueError(msg)
    ordered = sorted(durations)
    return ordered[(len(ordered) * percent + 99) // 100 - 1] if ordered else None


def service_level(waits: Sequence[int], target: int) -> Share:
    """Return the share of waits up to a target, in seconds."""
    return share(sum(wait <= target for wait in waits), len(waits))


def first_contact_resolution(cases: Sequence[Case], on: date, rules: Table) -> Share:
    """Return the share of cases closed without a second contact in the window.

    A case whose window is still open on the day is not counted yet.
    """
    window = timedelta(days=ground(rules, "C7.resolution", on, Resolution).values.window_days)
    over = [case for case in cases if case.closed + window < on]
    resolved = sum(case.next_contact is None or case.next_contact > case.closed + window for case in over)
    return share(resolved, len(over))


def satisfaction(scores: Sequence[int], on: date, rules: Table) -> Share:
    """Return the share of answers that are satisfied: 4 and 5 of 5.

    Raises:
        ValueError: a score outside the scale.
    """
    values = ground(rules, "C7.satisfaction", on, Satisfaction).values
    _on_scale(scores, values.lowest, values.highest)
    return share(sum(score >= values.satisfied_from for score in scores), len(scores))


def net_promoter(scores: Sequence[int], on: date, rules: Table) -> float | None:
    """Return promoters less detractors in percent, from -100 to 100; none without answers.

    Raises:
        ValueError: a score outside the scale.
    """
    values = ground(rules, "C7.recommendation", on, Recommendation).values
    _on_scale(scores, values.lowest, values.highest)
    if not scores:
        return None
    promoters = sum(score >= values.promoters_from for score in scores)
    detractors = sum(score <= values.detractors_to for score in scores)
    return 100 * (promoters - detractors) / len(scores)


def servqual_gaps(
    answers: Sequence[tuple[Sequence[int], Sequence[int]]], on: date, rules: Table
) -> dict[str, float | None]:
    """Return the mean of perception less expectation per dimension.

    Args:
        answers: for each respondent the expectations and the perceptions, item by item.
        on: the day.
        rules: the table ``quality``.

    Raises:
        ValueError: a respondent left items out, or a score is outside the scale.
    """
    values = ground(rules, "C7.servqual", on, Questionnaire).values
    count = sum(map(len, values.items.values()))
    gaps = [_gaps(expected, perceived, values, count) for expected, perceived in answers]
    return {dimension: _mean_of(items, gaps) for dimension, items in values.items.items()}


def _mean_of(items: Sequence[int], gaps: Sequence[Sequence[int]]) -> float | None:
    if not gaps:
        return None
    return sum(gap[item - 1] for gap in gaps for item in items) / (len(gaps) * len(items))


def _gaps(expected: Sequence[int], perceived: Sequence[int], values: Questionnaire, count: int) -> list[int]:
    if len(expected) != count or len(perceived) != count:
        msg = f"a questionnaire has {count} items"
        raise ValueError(msg)
    _on_scale([*expected, *perceived], values.lowest, values.highest)
    signs = [-1 if item in values.reversed else 1 for item in range(1, count + 1)]
    return [sign * (seen - wished) for sign, seen, wished in zip(signs, perceived, expected, strict=True)]


def confidence(of: Share, on: date, rules: Table) -> Interval | None:
    """Return the Wilson score interval of a share; none without cases."""
    if of.value is None:
        return None
    z = ground(rules, "C7.people", on, People).values.normal_quantile
    n, p = of.n, of.value
    centre = p + z * z / (2 * n)
    spread = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return Interval(max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale))


def may_rank(answers: int, on: date, rules: Table) -> bool:
    """Say whether there are enough answers to compare one person with others."""
    return answers >= ground(rules, "C7.people", on, People).values.least_answers


def effect_due(done: date, rules: Table) -> date:
    """Return the day on which the effect of an improvement is measured again."""
    return done + timedelta(days=ground(rules, "C7.improvement", done, Improvement).values.effect_after_days)


def _on_scale(scores: Iterable[int], lowest: int, highest: int) -> None:
    if any(not lowest <= score <= highest for score in scores):
        msg = f"a score lies between {lowest} and {highest}"
        raise ValueError(msg)
