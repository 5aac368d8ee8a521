"""Deposits: interest, maturity, early and late withdrawal (R-DP-01 to R-DP-05).

Amounts are whole minor units, rates percent per year. A term counts as whole months whatever their days
are; odd days count as they are, over the bank's year of 360. The day of opening bears interest, the day
of closing does not.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

import msgspec

from tellertui.core.dates import add_months
from tellertui.core.money import parse_money
from tellertui.core.refusal import N_, NO, USAGE, refusal
from tellertui.core.tables import Table, table
from tellertui.core.verdict import Facts, Verdict, ground
from tellertui.workflows.products.rules.interest import MONTHS, accrue, fine_pct, ratio

MAX_PRINCIPAL = 10**15
MAX_DAYS = 36_600

DEPOSIT_TERMS = refusal(
    "deposit-terms",
    N_("A deposit needs an amount above zero, a rate of 0 to 100 % and a closing day after its opening."),
    USAGE,
)
NO_DEMAND_RATE = refusal(
    "no-demand-rate",
    N_("Withdrawn before or after maturity: the demand rate of that day is needed."),
    USAGE,
)
BEYOND_DATES = refusal("beyond-dates", N_("The maturity lies beyond the dates this program knows."), NO)

IS_LARGE = N_("Amount and term make a large certificate of deposit.")
TOO_SMALL = N_("A large certificate of deposit begins at {minimum}.")
NO_SUCH_TERM = N_("No large certificate of deposit has a term of {months} months.")

RateOn = Callable[[date], Decimal]
Kind = Literal["term", "demand", "early", "overdue"]


class DayCount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The days of a year for odd days, and when demand interest is settled (R-DP-03)."""

    year_days: int
    settle_day: int
    settle_months: list[int]


class Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-DP-01: the months of the terms offered."""

    terms: dict[str, int]


class Tax(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-DP-04: percent of the interest accrued."""

    tax_pct: Decimal


class LargeCertificate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-DP-05: the least amount, and the terms in months."""

    minimum: str
    terms: list[int]


class Part(msgspec.Struct, frozen=True):
    """Interest of one amount over one period at one rate, rounded half up to the cent."""

    kind: Kind
    principal: int
    annual_pct: Decimal
    months: int
    days: int
    interest: int
    start: date | None = None
    end: date | None = None


class Deposit(msgspec.Struct, frozen=True):
    """What a deposit earns; ``maturity`` is None where there is none."""

    interest: int
    maturity: date | None
    parts: list[Part]


class Account(msgspec.Struct, frozen=True):
    """A deposit as it was opened: amount, rate, months of the term (0 for demand), day, and day count."""

    principal: int
    annual_pct: Decimal
    months: int
    opened: date
    count: DayCount

    @property
    def maturity(self) -> date:
        """Return the day on which the first term ends; a day that does not exist becomes its month's last."""
        return self.matures(1)

    def matures(self, terms: int) -> date:
        """Return the day on which so many terms end, counted from the opening day.

        Raises:
            Refusal: the day lies beyond the dates this program knows.
        """
        try:
            return add_months(self.opened, self.months * terms)
        except ValueError:
            raise BEYOND_DATES() from None


def day_count(on: date, rules: Table | None = None) -> DayCount:
    """Return how days count on a day (R-DP-03)."""
    return ground(rules or table("deposits"), "R-DP-03", on, DayCount).values


def term_months(term: str, on: date, rules: Table | None = None) -> int | None:
    """Return the months of a listed term such as ``3m`` or ``1y``, or None (R-DP-01)."""
    return ground(rules or table("deposits"), "R-DP-01", on, Listed).values.terms.get(term)


def by_days(
    principal: int, annual_pct: Decimal, days: int, count: DayCount, kind: Kind = "demand"
) -> Deposit:
    """Return what an amount earns over a number of days.

    Raises:
        Refusal: amount, rate or days are out of bounds.
    """
    _check(principal, annual_pct, days)
    return _deposit([_part(kind, principal, annual_pct, 0, days, count)])


def between(account: Account, closed: date) -> Deposit:
    """Return what an amount earns at one rate between two days: whole months as such, odd days as they are.

    Raises:
        Refusal: amount, rate or dates are out of bounds.
    """
    opened = account.opened
    _check(account.principal, account.annual_pct, (closed - opened).days)
    months = (closed.year - opened.year) * MONTHS + closed.month - opened.month
    if add_months(opened, months) > closed:
        months -= 1
    days = (closed - add_months(opened, months)).days
    return _deposit(
        [_part("term", account.principal, account.annual_pct, months, days, account.count, opened, closed)]
    )


def term(account: Account, closed: date | None = None, demand_pct: Decimal | None = None) -> Deposit:
    """Return what a term deposit earns that is closed on a day, or kept to its maturity (R-DP-02).

    Before maturity the days count at the demand rate of the closing day; after it the term keeps its
    rate and the overdue days count at the demand rate, on the amount deposited.

    Raises:
        Refusal: values are out of bounds, or the demand rate is needed and absent.
    """
    end = account.maturity
    closed = closed or end
    _check(account.principal, account.annual_pct, (closed - account.opened).days)
    if closed < end:
        return _deposit([_at_demand("early", account, account.opened, closed, demand_pct)], end)
    parts = [_whole_term(account, account.principal, account.annual_pct, account.opened, end)]
    if closed > end:
        parts.append(_at_demand("overdue", account, end, closed, demand_pct))
    return _deposit(parts, end)


def renewed(account: Account, closed: date, rate_on: RateOn, demand_pct: Decimal) -> Deposit:
    """Return what a deposit earns that renews itself with its interest at each maturity (R-DP-01, R-DP-02).

    Args:
        account: the deposit as it was opened.
        closed: the day of withdrawal; the last unfinished term counts at the demand rate.
        rate_on: the listed rate of the term on a day of renewal.
        demand_pct: the demand rate on the closing day.

    Raises:
        Refusal: values are out of bounds.
    """
    _check(account.principal, account.annual_pct, (closed - account.opened).days)
    parts: list[Part] = []
    start, rate, principal = account.opened, account.annual_pct, account.principal
    # Each maturity counts from the opening day, so that a month's end does not creep backwards.
    while (end := account.matures(len(parts) + 1)) <= closed:
        parts.append(_whole_term(account, principal, rate, start, end))
        principal += parts[-1].interest
        start, rate = end, rate_on(end)
    if start < closed:
        grown = msgspec.structs.replace(account, principal=principal)
        parts.append(_at_demand("early", grown, start, closed, demand_pct))
    return _deposit(parts, end)


def partly_early(account: Account, withdrawn: int, on: date, demand_pct: Decimal) -> Deposit:
    """Return both parts of a deposit of which a part is withdrawn before maturity; the rest keeps its rate.

    Raises:
        Refusal: values are out of bounds, or the day is not before maturity.
    """
    if not (0 < withdrawn < account.principal and on < account.maturity):
        raise DEPOSIT_TERMS()
    taken = term(msgspec.structs.replace(account, principal=withdrawn), on, demand_pct)
    kept = term(msgspec.structs.replace(account, principal=account.principal - withdrawn))
    return _deposit(taken.parts + kept.parts, account.maturity)


def demand(principal: int, rate_on: RateOn, opened: date, closed: date, count: DayCount) -> Deposit:
    """Return what a demand deposit earns (R-DP-02, R-DP-03).

    Interest is settled at the end of the settlement day and joins the amount on the next; the rate of
    that day holds for the whole period. The last period counts at the rate of the closing day.

    Args:
        principal: the amount, unchanged but for interest, minor units.
        rate_on: the listed demand rate of a day.
        opened: the first day that bears interest.
        closed: the closing day.
        count: how days count.

    Raises:
        Refusal: amount, rate or dates are out of bounds.
    """
    _check(principal, rate_on(closed), (closed - opened).days)
    parts: list[Part] = []
    start = opened
    for settled in _settlements(opened, closed, count):
        posted = settled + timedelta(days=1)
        days = (posted - start).days
        parts.append(_part("demand", principal, rate_on(settled), 0, days, count, start, posted))
        principal += parts[-1].interest
        start = posted
    if start < closed:
        days = (closed - start).days
        parts.append(_part("demand", principal, rate_on(closed), 0, days, count, start, closed))
    return _deposit(parts)


def interest_tax(interest: int, opened: date, closed: date, rules: Table | None = None) -> int:
    """Return the tax on savings interest, by the days of accrual that fall under each rate (R-DP-04).

    Raises:
        Refusal: the closing day is not after the opening.
        OutOfTable: a day lies before the table.
    """
    if closed <= opened:
        raise DEPOSIT_TERMS()
    rules = rules or table("deposits")
    day, weighted = opened, Decimal(0)
    while day < closed:
        found = ground(rules, "R-DP-04", day, Tax)
        last = found.rule.effective_to
        end = min(closed, last + timedelta(days=1)) if last else closed
        weighted += (end - day).days * found.values.tax_pct
        day = end
    up, down = weighted.as_integer_ratio()
    return ratio(interest * up, down * 100 * (closed - opened).days)


def large_certificate(principal: int, months: int, on: date, rules: Table | None = None) -> Verdict:
    """Say whether amount and term make a large certificate of deposit for an individual (R-DP-05)."""
    found = ground(rules or table("deposits"), "R-DP-05", on, LargeCertificate)
    judge = found.judge("large-certificate")
    facts: Facts = {"minimum": found.values.minimum, "months": months}
    if principal < parse_money(found.values.minimum):
        return judge.invalid(TOO_SMALL, facts)
    if months not in found.values.terms:
        return judge.invalid(NO_SUCH_TERM, facts)
    return judge.valid(IS_LARGE, facts)


def _settlements(opened: date, closed: date, count: DayCount) -> Iterator[date]:
    for year in range(opened.year, closed.year + 1):
        for month in count.settle_months:
            day = date(year, month, count.settle_day)
            if opened <= day < closed:
                yield day


def _whole_term(account: Account, principal: int, annual_pct: Decimal, start: date, end: date) -> Part:
    return _part("term", principal, annual_pct, account.months, 0, account.count, start, end)


def _at_demand(kind: Kind, account: Account, start: date, end: date, demand_pct: Decimal | None) -> Part:
    if demand_pct is None or not fine_pct(demand_pct):
        raise NO_DEMAND_RATE()
    return _part(kind, account.principal, demand_pct, 0, (end - start).days, account.count, start, end)


def _part(
    kind: Kind,
    principal: int,
    annual_pct: Decimal,
    months: int,
    days: int,
    count: DayCount,
    start: date | None = None,
    end: date | None = None,
) -> Part:
    # Months and odd days over their common year: the sum is rounded once, not each.
    parts = months * count.year_days + days * MONTHS
    interest = accrue(principal, annual_pct, parts, MONTHS * count.year_days)
    return Part(kind, principal, annual_pct, months, days, interest, start, end)


def _deposit(parts: list[Part], end: date | None = None) -> Deposit:
    return Deposit(sum(part.interest for part in parts), end, parts)


def _check(principal: int, annual_pct: Decimal, days: int) -> None:
    if not (0 < principal <= MAX_PRINCIPAL and fine_pct(annual_pct) and 0 < days <= MAX_DAYS):
        raise DEPOSIT_TERMS()
