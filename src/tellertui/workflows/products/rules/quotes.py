"""A deposit as somebody asks for it, with only some of its facts known (R-DP-01 to R-DP-03)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

import msgspec

from tellertui.core.refusal import N_, USAGE, refusal
from tellertui.workflows.products.rules.deposits import (
    BEYOND_DATES,
    Account,
    DayCount,
    Deposit,
    between,
    by_days,
    day_count,
    demand,
    term,
    term_months,
)

DEPOSIT_QUESTION = refusal(
    "deposit-question",
    N_("Say a term, or a number of days, or the days of opening and closing; a demand deposit has no term."),
    USAGE,
)
NO_TERM = refusal("no-term", N_("There is no term of that name."), USAGE)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a deposit; amounts in minor units, rates in percent per year.

    Without ``opened``, a term begins on the day of the question. A term deposit with days or dates but no
    term is one that is withdrawn before its maturity if the demand rate is given.
    """

    principal: int
    annual_pct: Decimal
    term: str | None = None
    days: int | None = None
    opened: date | None = None
    closed: date | None = None
    kind: Literal["demand", "term"] | None = None
    demand_pct: Decimal | None = None


def quote(asked: Asked, on: date) -> Deposit:
    """Return what the deposit earns.

    Raises:
        Refusal: too little or too much is said, or values are out of bounds.
    """
    count = day_count(on)
    kind = asked.kind or ("term" if asked.term or asked.demand_pct is not None else "demand")
    if asked.term is not None:
        if kind == "demand":
            raise DEPOSIT_QUESTION()
        return _term(asked, asked.term, on, count)
    if asked.days is not None and asked.opened is None and asked.closed is None:
        if kind == "term" and asked.demand_pct is not None:
            return by_days(asked.principal, asked.demand_pct, asked.days, count, "early")
        return by_days(asked.principal, asked.annual_pct, asked.days, count, kind)
    if asked.days is None and asked.opened is not None and asked.closed is not None:
        return _dated(asked, kind, asked.opened, asked.closed, count)
    raise DEPOSIT_QUESTION()


def _term(asked: Asked, name: str, on: date, count: DayCount) -> Deposit:
    months = term_months(name, on)
    if months is None:
        raise NO_TERM()
    opened = asked.opened or on
    closed = asked.closed
    if asked.days is not None:
        if closed is not None:
            raise DEPOSIT_QUESTION()
        closed = _later(opened, asked.days)
    account = Account(asked.principal, asked.annual_pct, months, opened, count)
    return term(account, closed, asked.demand_pct)


def _dated(asked: Asked, kind: str, opened: date, closed: date, count: DayCount) -> Deposit:
    if kind == "demand":
        return demand(asked.principal, lambda _: asked.annual_pct, opened, closed, count)
    if asked.demand_pct is not None:
        return by_days(asked.principal, asked.demand_pct, (closed - opened).days, count, "early")
    return between(Account(asked.principal, asked.annual_pct, 0, opened, count), closed)


def _later(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise BEYOND_DATES() from None
