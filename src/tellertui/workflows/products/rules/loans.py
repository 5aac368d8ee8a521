"""Repayment plans (R-LN-01), loan rates (R-LN-03) and credit records (R-LN-04).

Amounts are whole minor units, rates are percent per year. Every period is rounded half up to the cent
and the last instalment clears the balance; the exact total of the formula stands beside the total of
the plan, since the two differ by cents.
"""

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Literal, get_args

import msgspec

from tellertui.core.dates import add_months
from tellertui.core.refusal import N_, NO, USAGE, refusal
from tellertui.core.tables import OutOfTable, Table, table
from tellertui.workflows.products.rules.interest import MONTHS, accrue, fine_pct, ratio

Method = Literal["equal-instalment", "equal-principal", "interest-first", "bullet"]
METHODS: tuple[Method, ...] = get_args(Method)
DIGITS = 60
MAX_PRINCIPAL = 10**15
MAX_ANNUAL_PCT = 100
MAX_MONTHS = 600

LOAN_TERMS = refusal(
    "loan-terms",
    N_("A loan needs an amount above zero, 0 to {max_pct} % a year, 1 to {max_months} months and a method."),
    USAGE,
)
NO_LPR = refusal("no-lpr", N_("No loan prime rate is known for {day}; head office sends it."), NO)


class Instalment(msgspec.Struct, frozen=True):
    """One payment: what it consists of and the balance it leaves, minor units."""

    n: int
    payment: int
    principal: int
    interest: int
    balance: int


class Plan(msgspec.Struct, frozen=True):
    """A repayment plan with the totals of the formula and of the cents actually paid."""

    method: Method
    total_interest_formula: int
    total_interest_plan: int
    instalments: list[Instalment]

    @property
    def first(self) -> int:
        """Return the first payment."""
        return self.instalments[0].payment

    @property
    def last(self) -> int:
        """Return the last payment."""
        return self.instalments[-1].payment


def plan(principal: int, annual_pct: Decimal, months: int, method: Method) -> Plan:
    """Return the repayment plan of a loan.

    Args:
        principal: the amount lent, minor units.
        annual_pct: the nominal rate of a year in percent.
        months: the number of months; a bullet loan has one instalment, at their end.
        method: how it is paid back.

    Raises:
        Refusal: amount, rate, months or method lie outside the bounds.
    """
    _check(principal, annual_pct, months, method)
    if method == "bullet":
        interest = accrue(principal, annual_pct, months, MONTHS)
        instalments = [Instalment(months, principal + interest, principal, interest, 0)]
    else:
        instalments = list(_instalments(principal, annual_pct, months, method))
    formula = _formula_interest(principal, annual_pct, months, method)
    return Plan(method, formula, sum(row.interest for row in instalments), instalments)


def by_days(principal: int, annual_pct: Decimal, days: int, year_days: Literal[360, 365] = 360) -> int:
    """Return the interest of a period by its actual days, over the year of the contract (minor units).

    Raises:
        Refusal: amount or rate lie outside the bounds.
    """
    _check(principal, annual_pct, 1, "bullet")
    return accrue(principal, annual_pct, days, year_days)


def flat_to_nominal(monthly_pct: Decimal, months: int) -> Decimal:
    """Return the nominal annual percent, to two decimals, behind a flat monthly fee on the first amount.

    Half a percent a month over a year sounds like 6 % and is 10.90 %.

    Raises:
        Refusal: rate or months lie outside the bounds.
    """
    _check(1, monthly_pct * MONTHS, months, "equal-instalment")
    with localcontext(prec=DIGITS):
        payment = 1 / Decimal(months) + monthly_pct / 100
        low, high = Decimal(0), monthly_pct / 50 + Decimal("0.000001")
        for _ in range(DIGITS):
            middle = (low + high) / 2
            low, high = (middle, high) if _annuity(middle, months) < payment else (low, middle)
        return (high * MONTHS * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)


def rate_on(day: date, months: int, basis_points: int, rules: Table) -> Decimal:
    """Return the annual percent of a loan priced over the loan prime rate of a day (R-LN-03).

    Terms up to five years follow ``lpr_1y_pct``, longer ones ``lpr_5y_pct``.

    Raises:
        Refusal: the table holds no prime rate for the day.
    """
    try:
        values = rules.on("R-LN-03", day).values
    except OutOfTable:
        raise NO_LPR(day=day.isoformat()) from None
    prime = values["lpr_1y_pct"] if months <= 5 * MONTHS else values["lpr_5y_pct"]
    return Decimal(str(prime)) + Decimal(basis_points) / 100


def adverse_record_until(ended: date, rules: Table | None = None) -> date:
    """Return the last day on which a credit bureau keeps a bad record that ended on a day (R-LN-04)."""
    years = int((rules or table("loans")).on("R-LN-04", ended).values["adverse_years"])
    return add_months(ended, years * MONTHS)


def _check(principal: int, annual_pct: Decimal, months: int, method: str) -> None:
    fits = (
        0 < principal <= MAX_PRINCIPAL
        and fine_pct(annual_pct, MAX_ANNUAL_PCT)
        and 1 <= months <= MAX_MONTHS
        and method in METHODS
    )
    if not fits:
        raise LOAN_TERMS(max_pct=MAX_ANNUAL_PCT, max_months=MAX_MONTHS)


def _instalments(principal: int, annual_pct: Decimal, months: int, method: Method) -> Iterator[Instalment]:
    fixed = _exact_payment(principal, annual_pct, months)
    payment = int(fixed.quantize(Decimal(1), ROUND_HALF_UP))
    slice_ = ratio(principal, months)
    balance = principal
    for n in range(1, months + 1):
        interest = accrue(balance, annual_pct, 1, MONTHS)
        part = {"equal-instalment": payment - interest, "equal-principal": slice_}.get(method, 0)
        # Cents rounded up may clear the loan before its time; the plan then pays nothing more.
        repaid = balance if n == months else min(part, balance)
        balance -= repaid
        yield Instalment(n, repaid + interest, repaid, interest, balance)


def _formula_interest(principal: int, annual_pct: Decimal, months: int, method: Method) -> int:
    if method == "equal-instalment":
        with localcontext(prec=DIGITS):
            total = _exact_payment(principal, annual_pct, months) * months - principal
            return int(total.quantize(Decimal(1), ROUND_HALF_UP))
    if method == "equal-principal":
        return accrue(principal, annual_pct, months + 1, 2 * MONTHS)
    return accrue(principal, annual_pct, months, MONTHS)


def _exact_payment(principal: int, annual_pct: Decimal, months: int) -> Decimal:
    with localcontext(prec=DIGITS):
        return principal * _annuity(annual_pct / (100 * MONTHS), months)


def _annuity(rate: Decimal, months: int) -> Decimal:
    """Return the payment per unit of principal."""
    if not rate:
        return 1 / Decimal(months)
    factor = (1 + rate) ** months
    return rate * factor / (factor - 1)
