"""Whether a product suits a client, with the reasons in words (R-SU-01 to R-SU-08)."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

import msgspec

from tellertui.core.dates import add_months
from tellertui.core.refusal import N_, USAGE, refusal
from tellertui.core.tables import Table, table
from tellertui.core.verdict import Facts, Verdict, ground
from tellertui.customers.rules.documents import Ages, Capacity, capacity_at

HIGHEST_AGE = 150
LEVELS = refusal("levels", N_("Product and client levels go from 1 to {levels}, ages from 0 to 150."), USAGE)

EFFECTIVE = N_("The higher of issuer level {issuer} and seller level {seller} holds: {effective}.")
SUITS = N_("A client of level {client} may buy up to level {highest}.")
TOO_HIGH = N_("Level {effective} is above what a client of level {client} may buy ({highest}).")
NO_CAPACITY = N_("A client without capacity buys nothing alone; a guardian acts.")
LIMITED = N_("A client of limited capacity may buy up to level {highest} only.")
ASSESSED = N_("The assessment of {assessed} is valid to {last_day}.")
LAPSED = N_("The assessment of {assessed} was valid to {last_day}; assess again.")
CHANGED = N_("The client's situation has changed since {assessed}; assess again.")
NOT_YET = N_("The assessment is dated {assessed}, after today.")
MAY_ASSESS = N_("Assessed {today} times today and {lately} times in {months} months.")
TOO_OFTEN = N_("Assessed {today} times today and {lately} times in {months} months; no more for now.")
OTHER_DUTY = N_("From {from_age} on: {duty}.")
DUTIES: dict[str, str] = {
    "dedicated-procedure": N_("From {from_age} on: follow the dedicated procedure."),
    "extra-information": N_("From {from_age} on: give the extra information."),
    "stronger-warning": N_("From {from_age} on: read out the stronger warning."),
    "time-to-think": N_("From {from_age} on: offer time to think; nothing needs deciding today."),
    "call-back": N_("From {from_age} on: plan the call-back."),
}


class Scale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-SU-01: how many levels there are."""

    levels: int


class Matrix(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-SU-02: the highest product level of client level 1, 2 and so on."""

    highest_product: list[int]


class Validity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-SU-03: the months of an assessment."""

    months: int


class Care(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-SU-05: what is owed to older clients."""

    from_age: int
    duties: list[str]


class Frequency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-SU-06: how often a client is assessed at most."""

    per_day: int
    per_months: int
    months: int


class Floor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-SU-07: the highest product level with limited capacity."""

    highest_product: int


class Recording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-SU-08: which sales are recorded, and how long the reference is kept at least."""

    recorded: list[str]
    optional: list[str]
    keep_months: int


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules ask about a client; what is None is not known and not checked.

    Without ``capacity`` the age decides; a person from 16 on who lives on own income is ``full``.
    """

    level: int
    age: int | None = None
    capacity: Capacity | None = None
    assessed: date | None = None
    changed: bool = False


class Suitability(msgspec.Struct, frozen=True):
    """The level that holds, the verdict, and the steps to it: each names its rule and says why."""

    effective_level: int
    verdict: Literal["ok", "block"]
    steps: list[Verdict]


def suitability(
    issuer: int, seller: int | None, client: Client, on: date, rules: Table | None = None
) -> Suitability:
    """Match a product with a client on a day.

    Args:
        issuer: the level the issuer gave the product.
        seller: the level the bank gave it; absent means the issuer's. The higher one holds.
        client: level and circumstances.
        on: the business date.
        rules: the table; the shipped one if absent.

    Raises:
        Refusal: a level or age does not exist.
        OutOfTable: the day lies before the rules.
    """
    rules = rules or table("suitability")
    seller = issuer if seller is None else seller
    levels = ground(rules, "R-SU-01", on, Scale).values.levels
    known = all(1 <= level <= levels for level in (issuer, seller, client.level))
    if not known or not 0 <= (client.age or 0) <= HIGHEST_AGE:
        raise LEVELS(levels=levels)
    effective = max(issuer, seller)
    steps = list(_steps(issuer, seller, effective, client, on, rules))
    blocked = any(not step.passed and step.severity == "block" for step in steps)
    return Suitability(effective, "block" if blocked else "ok", steps)


def last_valid_day(assessed: date, on: date, rules: Table | None = None) -> date:
    """Return the last day of an assessment: valid while today is before assessment plus a year (R-SU-03)."""
    months = ground(rules or table("suitability"), "R-SU-03", on, Validity).values.months
    return add_months(assessed, months) - timedelta(days=1)


def may_assess(earlier: list[date], on: date, rules: Table | None = None) -> Verdict:
    """Say whether a client may be assessed once more, given the days of all assessments (R-SU-06)."""
    found = ground(rules or table("suitability"), "R-SU-06", on, Frequency)
    cap = found.values
    since = add_months(on, -cap.months)
    today = earlier.count(on)
    lately = sum(since < day <= on for day in earlier)
    facts: Facts = {"today": today, "lately": lately, "months": cap.months}
    judge = found.judge("assessment-frequency")
    if today >= cap.per_day or lately >= cap.per_months:
        return judge.invalid(TOO_OFTEN, facts)
    return judge.valid(MAY_ASSESS, facts)


def recording(
    product_kind: str, on: date, rules: Table | None = None
) -> Literal["required", "optional", "none"]:
    """Say whether a sale to an individual in a branch is recorded in sound and picture (R-SU-08)."""
    values = ground(rules or table("suitability"), "R-SU-08", on, Recording).values
    if product_kind in values.recorded:
        return "required"
    return "optional" if product_kind in values.optional else "none"


def recording_kept_until(
    product_end: date, policy_months: int, *, open_complaint: bool, rules: Table | None = None
) -> date | None:
    """Return the last day on which a recording must be kept; None while a complaint is open (R-SU-08)."""
    if open_complaint:
        return None
    floor = ground(rules or table("suitability"), "R-SU-08", product_end, Recording).values.keep_months
    return add_months(product_end, max(floor, policy_months))


def _steps(
    issuer: int, seller: int, effective: int, client: Client, on: date, rules: Table
) -> Iterator[Verdict]:
    scale = ground(rules, "R-SU-01", on, Scale)
    facts: Facts = {"issuer": issuer, "seller": seller, "effective": effective}
    yield scale.judge("effective-level").valid(EFFECTIVE, facts)
    yield _matched(client.level, effective, on, rules)
    yield from _capacity(client, effective, on, rules)
    if client.assessed is not None:
        yield _assessed(client.assessed, on, rules, changed=client.changed)
    care = ground(rules, "R-SU-05", on, Care)
    if client.age is not None and client.age >= care.values.from_age:
        for duty in care.values.duties:
            owed: Facts = {"from_age": care.values.from_age, "duty": duty}
            yield care.judge(duty).unknown(DUTIES.get(duty, OTHER_DUTY), owed, care.rule.severity)


def _matched(level: int, effective: int, on: date, rules: Table) -> Verdict:
    found = ground(rules, "R-SU-02", on, Matrix)
    highest = found.values.highest_product[level - 1]
    facts: Facts = {"client": level, "highest": highest, "effective": effective}
    judge = found.judge("match")
    return judge.invalid(TOO_HIGH, facts) if effective > highest else judge.valid(SUITS, facts)


def _capacity(client: Client, effective: int, on: date, rules: Table) -> Iterator[Verdict]:
    capacity = client.capacity
    if capacity is None and client.age is not None:
        capacity = capacity_at(client.age, ground(table("identity"), "R-ID-12", on, Ages).values)
    found = ground(rules, "R-SU-07", on, Floor)
    judge = found.judge("capacity")
    facts: Facts = {"highest": found.values.highest_product}
    if capacity is Capacity.NONE:
        yield judge.invalid(NO_CAPACITY, severity="block")
    elif capacity is Capacity.LIMITED:
        fits = effective <= found.values.highest_product
        yield judge.valid(LIMITED, facts) if fits else judge.invalid(LIMITED, facts)


def _assessed(assessed: date, on: date, rules: Table, *, changed: bool) -> Verdict:
    last_day = last_valid_day(assessed, on, rules)
    facts: Facts = {"assessed": assessed.isoformat(), "last_day": last_day.isoformat()}
    judge = ground(rules, "R-SU-03", on, Validity).judge("assessment")
    if assessed > on:
        return judge.invalid(NOT_YET, facts)
    if on > last_day:
        return judge.invalid(LAPSED, facts)
    return judge.invalid(CHANGED, facts) if changed else judge.valid(ASSESSED, facts)
