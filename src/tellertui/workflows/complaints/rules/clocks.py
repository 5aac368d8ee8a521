"""Deadlines of complaints and objections, read from dated regimes (R-CP-01, R-CP-05 to R-CP-09, R-AML-09).

The day of receipt is day 0. The legal limit counts natural days, holidays included, unless the regime
says working days; the internal target is the last working day not after it, and both are kept. Where
the calendar does not reach, there is no internal target: nobody guesses one.
"""

from datetime import date, timedelta
from typing import Literal, get_args

import msgspec

from tellertui.branch.calendar import Calendar, calendar
from tellertui.core.refusal import N_, NO, USAGE, Refusal, refusal
from tellertui.core.tables import Rule, Table, TableError, table

Complexity = Literal["simple", "complex", "very-complex"]
COMPLEXITIES: tuple[Complexity, ...] = get_args(Complexity)

NO_REGIME = refusal("no-regime", N_("No rule of the regime {regime} is in force on {day}."), NO)
NO_COMPLEXITY = refusal("no-complexity", N_("A complaint is simple, complex or very-complex."), USAGE)
NO_DATE = refusal("no-date", N_("The calendar of this program ends before that limit."), NO)


class Stage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One stage of a regime: the limit from ``complexity`` on, or a milestone on the way."""

    code: str
    days: int
    unit: Literal["natural", "working"] = "natural"
    complexity: Complexity = "simple"
    approver: Literal["none", "branch-manager", "head-office"] = "none"
    milestone: bool = False


class Regime(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who sets the limits: the stages in order, and the calendar of its working days."""

    regime: str
    stages: list[Stage]
    calendar: str | None = None


class Step(msgspec.Struct, frozen=True):
    """A dated stage; an extension is told to the customer by ``tell_by``, the limit it extends."""

    step: str
    due: date
    due_internal: date | None
    days: int
    unit: str
    approver: str
    tell_by: date | None
    warn: list[date]


class Clock(msgspec.Struct, frozen=True):
    """The dates of one case and the rule they come from."""

    regime: str
    received: date
    due: date
    due_internal: date | None
    steps: list[Step]
    rule: str
    version: str
    source: str
    severity: str


def clock(
    received: date,
    complexity: Complexity = "simple",
    regime: str = "cn",
    rules: Table | None = None,
    legal: Calendar | None = None,
) -> Clock:
    """Return the deadlines of a case received on a day.

    Args:
        received: the branch's calendar day of receipt, day 0.
        complexity: decides how far the ladder of extensions reaches.
        regime: whose limits apply, by the code in the table.
        rules: the table; the shipped one if absent.
        legal: the working days; the calendar that the regime names if absent.

    Raises:
        Refusal: no such regime or complexity, or working days beyond the calendar.
    """
    rules = rules or table("complaints")
    if complexity not in COMPLEXITIES:
        raise NO_COMPLEXITY()
    rule, found = _regime(rules, regime, received)
    if legal is None and found.calendar:
        legal = calendar(found.calendar)
    warn_days: list[int] = rules.on("R-CP-01.internal", received).values["warn_days"]
    reached = COMPLEXITIES[: COMPLEXITIES.index(complexity) + 1]
    steps: list[Step] = []
    limit: Step | None = None
    for stage in found.stages:
        if stage.complexity in reached:
            steps.append(_step(stage, received, legal, limit, warn_days))
            limit = limit if stage.milestone else steps[-1]
    if limit is None:
        raise NO_REGIME(regime=regime, day=received.isoformat())
    basis = (rule.id, rules.version, rule.source, rule.severity)
    return Clock(found.regime, received, limit.due, limit.due_internal, steps, *basis)


def regimes(on: date, rules: Table | None = None) -> list[str]:
    """Return the codes of the regimes in force on a day."""
    found = (rule.values.get("regime") for rule in (rules or table("complaints")).rule if rule.covers(on))
    return [code for code in found if code]


def _regime(rules: Table, code: str, day: date) -> tuple[Rule, Regime]:
    for rule in rules.rule:
        if rule.values.get("regime") == code and rule.covers(day):
            return rule, rule.read(Regime)
    raise NO_REGIME(regime=code, day=day.isoformat())


def _step(
    stage: Stage, received: date, legal: Calendar | None, before: Step | None, warn_days: list[int]
) -> Step:
    due = _due(stage, received, legal)
    internal = _internal(received, due, legal)
    warn = [due - timedelta(days=days) for days in warn_days if days <= stage.days]
    tell_by = before.due if before and stage.approver != "none" else None
    return Step(stage.code, due, internal, stage.days, stage.unit, stage.approver, tell_by, warn)


def _internal(received: date, due: date, legal: Calendar | None) -> date | None:
    try:
        return max(received, legal.on_or_before(due)) if legal else None
    except Refusal:
        return None


def _due(stage: Stage, received: date, legal: Calendar | None) -> date:
    if stage.unit == "working":
        if legal is None:
            msg = f"{stage.code}: working days need a calendar"
            raise TableError(msg)
        return legal.add(received, stage.days)
    try:
        return received + timedelta(days=stage.days)
    except OverflowError:
        raise NO_DATE() from None
