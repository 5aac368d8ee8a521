"""Whether an income carries a housing loan and all debts together (R-LN-02)."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

import msgspec

from tellertui.core.refusal import N_, USAGE, refusal
from tellertui.core.tables import Severity, Table, table
from tellertui.core.verdict import ground

AFFORD_AMOUNTS = refusal(
    "afford-amounts", N_("Income, instalment, fee and debts are amounts of zero or more."), USAGE
)


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The highest shares of income, as fractions."""

    housing_limit: Decimal
    debt_limit: Decimal


class Affordability(msgspec.Struct, frozen=True):
    """The two shares, to four decimals and None without income, and what they lead to."""

    housing_ratio: Decimal | None
    debt_ratio: Decimal | None
    verdict: Literal["ok"] | Severity
    failed: list[str]
    limits: Limits
    rule: str
    version: str
    source: str


def affordability(
    income: int, instalment: int, fee: int, other_debt: int, on: date, rules: Table | None = None
) -> Affordability:
    """Compare monthly payments with monthly income, all in minor units.

    The limits are compared with the exact shares, not with the rounded ones that are shown.

    Raises:
        Refusal: an amount is negative.
    """
    if min(income, instalment, fee, other_debt) < 0:
        raise AFFORD_AMOUNTS()
    rules = rules or table("loans")
    found = ground(rules, "R-LN-02", on, Limits)
    rule, limits = found.rule, found.values
    housing = instalment + fee
    shares = {"housing": (housing, limits.housing_limit), "debt": (housing + other_debt, limits.debt_limit)}
    failed = [name for name, (paid, limit) in shares.items() if paid > limit * income]
    return Affordability(
        _share(housing, income),
        _share(housing + other_debt, income),
        rule.severity if failed else "ok",
        failed,
        limits,
        rule.id,
        rules.version,
        rule.source,
    )


def _share(paid: int, income: int) -> Decimal | None:
    return (Decimal(paid) / income).quantize(Decimal("0.0001"), ROUND_HALF_UP) if income else None
