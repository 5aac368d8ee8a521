"""Personal accounts of class I, II and III: how many, what may move, what stands unused (R-AC-01 to R-AC-04).

Amounts are fen. Counters are kept per account: by day and by calendar year, in branch time.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal, NamedTuple

import msgspec

from tellertui.core.dates import add_months
from tellertui.core.money import money_text
from tellertui.core.refusal import N_, Fact
from tellertui.core.tables import Table
from tellertui.core.verdict import Gap, Judge, Verdict, ground

MAY_OPEN = N_("An account of this class may be opened.")
HOLDINGS_UNKNOWN = N_("The core system has not said which accounts the customer holds ({gap}).")
CLASS_I_EXISTS = N_("The customer already has a class I account at this bank; offer class {offer}.")
TOO_MANY = N_("The customer already has {held} accounts of this class; {allowed} are allowed.")

WITHIN_LIMITS = N_("The amount is within the limits.")
OUTSIDE_LIMITS = N_("This movement is not counted against the limits.")
NO_CASH = N_("No cash goes through an account of this class.")
CASH_NEEDS_FACE = N_("Cash needs an identification face to face.")
BOUND_NOT_CHECKED = N_("Money comes in only after the bound account was checked.")
DAY_LIMIT = N_("{used} of {limit} was used today; {left} is left.")
YEAR_LIMIT = N_("{used} of {limit} was used this year; {left} is left.")
BALANCE_LIMIT = N_("The balance may reach {limit}; {left} is left.")

TURNOVER_BELOW = N_("The class III accounts of the person are below the turnover that asks for a document.")
TURNOVER_REACHED = N_(
    "The class III accounts of the person reached {turnover}; an identity document is due by {due}."
)
IN_USE = N_("The account is not suspended for standing unused.")
SUSPENDED = N_(
    "No transaction since the opening: business other than at the counter is suspended since {since}."
)


class AccountClass(StrEnum):
    """The three classes of personal settlement accounts."""

    I = "I"  # noqa: E741 - the name of the class
    II = "II"
    III = "III"


class Movement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Money that is about to move. ``counterpart`` says what it goes to or comes from."""

    direction: Literal["in", "out"]
    amount: int
    cash: bool = False
    counterpart: Literal["unbound", "bound", "own-product", "own-loan"] = "unbound"


class Usage(NamedTuple):
    """What of an account's limits is used, and its balance, in fen."""

    day_in: int = 0
    day_out: int = 0
    year_in: int = 0
    year_out: int = 0
    balance: int = 0


class Booked(NamedTuple):
    """A counted movement on its business day; a reversal is the negative amount on the original day."""

    day: date
    direction: Literal["in", "out"]
    amount: int


class Count(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-AC-01 and R-AC-02."""

    allowed: int
    offer: list[str] = []


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The limits of a class in fen; none where the class has none."""

    cash: Literal["yes", "identified", "no"]
    day_out: int | None = None
    year_out: int | None = None
    day_in: int | None = None
    year_in: int | None = None
    balance: int | None = None
    free: list[str] = []
    in_needs_bound_check: bool = False


class Classes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-AC-03."""

    classes: dict[str, Limits]


class Turnover(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-AC-03.turnover."""

    turnover: int
    document_within_days: int


class Unused(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-AC-04."""

    months: int


def check_opening(
    wanted: AccountClass, held: Mapping[AccountClass, int] | Gap, on: date, rules: Table
) -> Verdict:
    """Say whether one more account of a class may be opened (R-AC-01, R-AC-02).

    Args:
        wanted: the class asked for.
        held: how many of each class the person holds at the whole bank, or why that is not known.
        on: the day of the opening.
        rules: the table ``accounts``.
    """
    found = ground(rules, "R-AC-01" if wanted is AccountClass.I else "R-AC-02", on, Count)
    judge = found.judge("account-opening")
    if isinstance(held, Gap):
        return judge.unknown(HOLDINGS_UNKNOWN, {"gap": held})
    count, allowed = held.get(wanted, 0), found.values.allowed
    if count < allowed:
        return judge.valid(MAY_OPEN, {"held": count, "allowed": allowed})
    if wanted is AccountClass.I:
        return judge.invalid(CLASS_I_EXISTS, {"held": count, "offer": ", ".join(found.values.offer)})
    return judge.invalid(TOO_MANY, {"held": count, "allowed": allowed})


def check_movement(
    account: AccountClass,
    movement: Movement,
    used: Usage,
    on: date,
    rules: Table,
    *,
    identified: bool = False,
    bound_checked: bool = True,
) -> Verdict:
    """Say whether a movement fits the limits of its account (R-AC-03).

    Args:
        account: the class of the account.
        movement: what is about to move.
        used: what was used before.
        on: the business day.
        rules: the table ``accounts``.
        identified: the customer was identified face to face for this account.
        bound_checked: the account bound to this one was checked.

    Raises:
        ValueError: the amount is not positive.
    """
    if movement.amount <= 0:
        msg = "an amount is positive"
        raise ValueError(msg)
    found = ground(rules, "R-AC-03", on, Classes)
    limits = found.values.classes[account]
    judge = found.judge("account-movement")
    if movement.cash and limits.cash != "yes" and not (limits.cash == "identified" and identified):
        return judge.invalid(NO_CASH if limits.cash == "no" else CASH_NEEDS_FACE)
    if movement.direction == "in":
        return _check_in(judge, movement, used, limits, bound_checked=bound_checked)
    return _check_out(judge, movement, used, limits)


def _check_out(judge: Judge, movement: Movement, used: Usage, limits: Limits) -> Verdict:
    if movement.counterpart in limits.free:
        return judge.valid(OUTSIDE_LIMITS)
    return (
        _over(judge, DAY_LIMIT, used.day_out, movement.amount, limits.day_out)
        or _over(judge, YEAR_LIMIT, used.year_out, movement.amount, limits.year_out)
        or judge.valid(WITHIN_LIMITS)
    )


def _check_in(
    judge: Judge, movement: Movement, used: Usage, limits: Limits, *, bound_checked: bool
) -> Verdict:
    amount = movement.amount
    if over := _over(judge, BALANCE_LIMIT, used.balance, amount, limits.balance):
        return over
    if movement.counterpart in limits.free:
        return judge.valid(OUTSIDE_LIMITS)
    if limits.in_needs_bound_check and not bound_checked:
        return judge.invalid(BOUND_NOT_CHECKED)
    return (
        _over(judge, DAY_LIMIT, used.day_in, amount, limits.day_in)
        or _over(judge, YEAR_LIMIT, used.year_in, amount, limits.year_in)
        or judge.valid(WITHIN_LIMITS)
    )


def _over(judge: Judge, reason: str, used: int, amount: int, limit: int | None) -> Verdict | None:
    if limit is None or used + amount <= limit:
        return None
    facts: dict[str, Fact] = {
        "used": money_text(used),
        "limit": money_text(limit),
        "left": money_text(max(0, limit - used)),
    }
    return judge.invalid(reason, facts)


def usage(movements: Iterable[Booked], on: date, balance: int) -> Usage:
    """Return what is used on a day from the counted movements of an account (R-AC-03).

    A reversal restores the counter of the original day, so yesterday's reversal does not widen today.
    """
    totals = {("day", "in"): 0, ("day", "out"): 0, ("year", "in"): 0, ("year", "out"): 0}
    for booked in movements:
        if booked.day.year == on.year:
            totals["year", booked.direction] += booked.amount
        if booked.day == on:
            totals["day", booked.direction] += booked.amount
    return Usage(
        day_in=totals["day", "in"],
        day_out=totals["day", "out"],
        year_in=totals["year", "in"],
        year_out=totals["year", "out"],
        balance=balance,
    )


def check_class_three_turnover(turnover: int | Gap, reached: date, on: date, rules: Table) -> Verdict:
    """Say whether a person's class III accounts at the bank ask for an identity document (R-AC-03).

    Args:
        turnover: money in and out of all of them together, in fen, or why it is not known.
        reached: the day on which it was reached.
        on: the day asked about.
        rules: the table ``accounts``.
    """
    found = ground(rules, "R-AC-03.turnover", on, Turnover)
    judge = found.judge("class-three-turnover")
    if isinstance(turnover, Gap):
        return judge.unknown(HOLDINGS_UNKNOWN, {"gap": turnover})
    if turnover < found.values.turnover:
        return judge.valid(TURNOVER_BELOW)
    due = reached + timedelta(days=found.values.document_within_days)
    facts: dict[str, Fact] = {"turnover": money_text(found.values.turnover), "due": due.isoformat()}
    return judge.invalid(TURNOVER_REACHED, facts, "block" if on > due else None)


def unused_until(opened: date, rules: Table) -> date:
    """Return the last day on which a new account may stand without a transaction (R-AC-04)."""
    return add_months(opened, ground(rules, "R-AC-04", opened, Unused).values.months)


def check_unused(
    opened: date, first_used: date | None, on: date, rules: Table, *, identified_again: date | None = None
) -> Verdict:
    """Say whether business other than at the counter is suspended for an account that stood unused (R-AC-04).

    Only the months after the opening count, not later idle periods. A suspension ends with a new
    identification of the customer.
    """
    judge = ground(rules, "R-AC-04", opened, Unused).judge("account-unused")
    last = unused_until(opened, rules)
    facts: dict[str, Fact] = {"until": last.isoformat()}
    used_in_time = first_used is not None and first_used <= last
    if on <= last or used_in_time or (identified_again is not None and last < identified_again <= on):
        return judge.valid(IN_USE, facts)
    return judge.invalid(SUSPENDED, {**facts, "since": (last + timedelta(days=1)).isoformat()})
