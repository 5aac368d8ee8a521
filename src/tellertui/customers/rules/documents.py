"""Documents of a person: how long they hold, which are accepted, and what the person may do alone.

Rules R-ID-09 to R-ID-12. "Long-term" is its own value here and never a date far in the future.
"""

from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from tellertui.core.dates import add_years, age_on
from tellertui.core.refusal import N_
from tellertui.core.tables import Table
from tellertui.core.verdict import Facts, Judge, Verdict, ground

EXPIRY_RIGHT = N_("The expiry is the one that the age at issue asks for.")
EXPIRY_WRONG = N_("By the age at issue, {age}, the card would expire on {expected}; it says {printed}.")
BEFORE_BIRTH = N_("The card would have been issued before the birth.")
CURRENT = N_("The document is current.")
EXPIRES_SOON = N_("The document expires in {days} days; ask for the new one.")
EXPIRED = N_("The document expired {days} days ago; service ends {suspended} without a new one.")
SUSPENDED = N_("The document expired {days} days ago and was not renewed within {allowed} days.")
ACCEPTED = N_("The documents are accepted for this person.")
TEMPORARY = N_(
    "A temporary document is accepted; remind the customer to bring the final one before it lapses."
)
NOT_ACCEPTED = N_("None of these documents is accepted for this person; accepted are: {accepted}.")
ALSO_NEEDED = N_("This is needed as well: {missing}.")
FULL_CAPACITY = N_("The person has full capacity.")
FULL_BY_INCOME = N_("The person lives on own income and counts as having full capacity.")
LIMITED_CAPACITY = N_("The person has limited capacity: a guardian agrees or acts.")
NO_CAPACITY = N_("The person has no capacity: a guardian acts.")


class Term(StrEnum):
    """A validity without an end."""

    LONG = "long-term"


Expiry = date | Term


class Person(StrEnum):
    """Who stands at the counter, as far as the accepted documents differ."""

    RESIDENT = "resident"
    HONG_KONG_MACAO = "hong-kong-macao"
    TAIWAN = "taiwan"
    OVERSEAS_CHINESE = "overseas-chinese"
    FOREIGNER = "foreigner"
    BORDER_RESIDENT = "border-resident"
    SOLDIER = "soldier"


class Capacity(StrEnum):
    """How far a person acts alone (R-ID-12)."""

    FULL = "full"
    LIMITED = "limited"
    NONE = "none"


class Band(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The validity from an age on; no years means long-term."""

    from_age: int
    years: int | None = None


class Validity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-ID-09; the bands go up in age."""

    bands: list[Band]


class Renewal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-ID-10."""

    suspend_after_days: int
    remind_days: list[int]


class Needed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The documents of one kind of person: one of ``any_of``, and all of ``also``.

    ``with_document`` names documents that are good only together with one of some others.
    """

    any_of: list[str]
    also: list[str] = []
    temporary: list[str] = []
    with_document: dict[str, list[str]] = {}


class Accepted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-ID-11."""

    adult_from_age: int
    persons: dict[str, Needed]


class Ages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-ID-12, in completed years."""

    full_from_age: int
    full_by_own_income_from_age: int
    limited_from_age: int
    own_data_consent_from_age: int


def expected_expiry(birth: date, issued: date, rules: Table) -> Expiry:
    """Return the expiry of a resident identity card by the age at issue (R-ID-09).

    Raises:
        ValueError: it would be issued before the birth.
        OutOfTable: no rule covers the day of issue.
    """
    return expiry_at(age_on(birth, issued), issued, ground(rules, "R-ID-09", issued, Validity).values)


def expiry_at(age: int, issued: date, validity: Validity) -> Expiry:
    """Return the expiry of a card issued to a person of an age (R-ID-09).

    Raises:
        ValueError: the age is negative.
    """
    for band in reversed(validity.bands):
        if band.from_age <= age:
            return Term.LONG if band.years is None else add_years(issued, band.years)
    msg = "issued before the birth"
    raise ValueError(msg)


def check_printed_expiry(birth: date, issued: date, printed: Expiry, rules: Table) -> Verdict:
    """Compare the expiry printed on a resident identity card with the expected one (R-ID-09).

    Raises:
        OutOfTable: no rule covers the day of issue.
    """
    found = ground(rules, "R-ID-09", issued, Validity)
    judge = found.judge("cn-resident-id-expiry")
    age = age_on(birth, issued)
    if age < 0:
        return judge.invalid(BEFORE_BIRTH, severity="block")
    expected = expiry_at(age, issued, found.values)
    facts: Facts = {"age": age, "expected": expiry_text(expected), "printed": expiry_text(printed)}
    return judge.valid(EXPIRY_RIGHT, facts) if printed == expected else judge.invalid(EXPIRY_WRONG, facts)


def check_current(expiry: Expiry, on: date, rules: Table) -> Verdict:
    """Say whether a document is current, due for a reminder, expired, or so long expired that service stops.

    On the day of expiry the document still holds (R-ID-10).
    """
    found = ground(rules, "R-ID-10", on, Renewal)
    judge = found.judge("document-validity")
    if isinstance(expiry, Term):
        return judge.valid(CURRENT, {"remind": False})
    left = (expiry - on).days
    if left >= 0:
        facts: Facts = {"days": left, "remind": left in found.values.remind_days}
        soon = left <= max(found.values.remind_days)
        return judge.valid(EXPIRES_SOON, facts, "warn") if soon else judge.valid(CURRENT, facts)
    return _expired(judge, expiry, -left, found.values.suspend_after_days)


def _expired(judge: Judge, expiry: date, days: int, allowed: int) -> Verdict:
    if days > allowed:
        return judge.invalid(SUSPENDED, {"days": days, "allowed": allowed})
    suspended = expiry + timedelta(days=allowed + 1)
    return judge.invalid(EXPIRED, {"days": days, "suspended": suspended.isoformat()}, "warn")


def check_documents(person: Person, age: int, shown: AbstractSet[str], on: date, rules: Table) -> Verdict:
    """Say whether the documents shown are accepted for a person of an age (R-ID-11)."""
    found = ground(rules, "R-ID-11", on, Accepted)
    judge = found.judge("documents")
    minor = person is Person.RESIDENT and age < found.values.adult_from_age
    needed = found.values.persons["resident-minor" if minor else person]
    good = [name for name in needed.any_of if name in shown]
    if not good:
        return judge.invalid(NOT_ACCEPTED, {"accepted": ", ".join(needed.any_of)})
    complete = [name for name in good if _companions(needed, name, shown)]
    missing = [name for name in needed.also if name not in shown]
    if not complete:
        missing.append(" / ".join(needed.with_document[good[0]]))
    if missing:
        return judge.invalid(ALSO_NEEDED, {"missing": ", ".join(missing)})
    if set(complete) <= set(needed.temporary):
        return judge.valid(TEMPORARY, {"document": complete[0]}, "warn")
    return judge.valid(ACCEPTED, {"document": complete[0]})


def _companions(needed: Needed, name: str, shown: AbstractSet[str]) -> bool:
    others = needed.with_document.get(name)
    return others is None or any(other in shown for other in others)


def check_capacity(birth: date, on: date, rules: Table, *, own_income: bool = False) -> Verdict:
    """Say how far a person acts alone on a day (R-ID-12).

    The verdict is "valid" only with full capacity. ``consent_by_guardian`` tells whether personal data
    of the person need the consent of a guardian.
    """
    found = ground(rules, "R-ID-12", on, Ages)
    judge = found.judge("capacity")
    age = age_on(birth, on)
    if age < 0:
        return judge.invalid(BEFORE_BIRTH, severity="block")
    capacity = capacity_at(age, found.values, own_income=own_income)
    facts: Facts = {
        "age": age,
        "capacity": capacity,
        "consent_by_guardian": age < found.values.own_data_consent_from_age,
    }
    if capacity is Capacity.FULL:
        by_income = age < found.values.full_from_age
        return judge.valid(FULL_BY_INCOME if by_income else FULL_CAPACITY, facts)
    if capacity is Capacity.LIMITED:
        return judge.invalid(LIMITED_CAPACITY, facts, "warn")
    return judge.invalid(NO_CAPACITY, facts)


def capacity_at(age: int, ages: Ages, *, own_income: bool = False) -> Capacity:
    """Return the capacity at an age (R-ID-12)."""
    full = ages.full_by_own_income_from_age if own_income else ages.full_from_age
    if age >= full:
        return Capacity.FULL
    return Capacity.LIMITED if age >= ages.limited_from_age else Capacity.NONE


def expiry_text(expiry: Expiry) -> str:
    """Return an expiry as it is written: a date, or the word for no end."""
    return expiry.value if isinstance(expiry, Term) else expiry.isoformat()
