"""Eighteen-character identity numbers of the mainland: residents, residence permits, permanent residents.

Rules R-ID-01 to R-ID-03. The three share layout and check digit: six characters of region (for foreigners
9, province and nationality), eight of birth, three of sequence, one check character. Parts are examined
before the check digit, because a named part tells a clerk more than a sum that does not fit.
"""

import re
from datetime import date
from functools import lru_cache

import msgspec

from tellertui.core.checkdigits import mod11_2
from tellertui.core.dates import age_on
from tellertui.core.refusal import N_, Fact
from tellertui.core.tables import OutOfTable, Severity, Table
from tellertui.core.verdict import Judge, Verdict, ground, hide
from tellertui.customers.rules.documents import Ages, Validity, capacity_at, expiry_at, expiry_text
from tellertui.customers.rules.form import wrong_digits, wrong_length, wrong_letters
from tellertui.customers.rules.normalise import compact
from tellertui.customers.rules.regions import Regions, shipped

RESIDENT = "cn-resident-id"
PERMANENT = "cn-permanent-resident-id"

GOOD = N_("The number is well formed, its parts exist and its check digit fits.")
OLD_EDITION = N_("The form of the older edition is right; it has no check digit that can be verified.")
FIRST_GENERATION = N_("15 digits are the number of a first-generation card; it has 18 characters today.")
NOT_A_CHECK = N_("Character {position}, the check digit, must be a digit or X.")
NOT_NINE = N_("Character 1 must be 9 on the card edition of 2023.")
MONTH = N_("Characters 11 to 12 are the month of birth; there is no such month.")
DAY = N_("Characters 13 to 14 are the day of birth; that month has no such day.")
FUTURE = N_("Characters 7 to 14 are the date of birth; it lies in the future.")
TOO_OLD = N_("Characters 7 to 10 are the year of birth; the person would be older than {years} years.")
REGION_UNKNOWN = N_("Characters 1 to 6 are the region; this code was never given out.")
REGION_BEYOND = N_(
    "Characters 1 to 6 are the region; the table is complete only up to {reach} and has no such code."
)
REGION_ENDED = N_("Characters 1 to 6 are the region; this code ended in {ended}, before the birth.")
REGION_LATER = N_(
    "Characters 1 to 6 are the region; this code began only in {began}, too late for the birth."
)
PROVINCE_UNKNOWN = N_("Characters 2 to 3 are the province; there is no such province.")
CHECK = N_("Character 18, the check digit, does not fit the 17 before it.")

_NUMBER = re.compile(r"[0-9]{17}[0-9X]").fullmatch
_FIRST_GENERATION = re.compile(r"[0-9]{15}").fullmatch
_PERMITS = frozenset({"81", "82", "83"})
_OLD_LENGTH = 15


class Resident(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-ID-01."""

    oldest_years: int
    numbered_at_birth_from: int
    change_years: int
    regions_complete_to: int
    period_severity: Severity


class Permit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-ID-02."""

    oldest_years: int
    regions: list[str]


class Permanent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-ID-03."""

    oldest_years: int
    lengths: list[int]


def check_resident_id(value: str, on: date, rules: Table, regions: Regions | None = None) -> Verdict:
    """Check a resident identity number or a residence permit number (R-ID-01, R-ID-02).

    Args:
        value: as entered; spaces, hyphens, case and full-width forms do not matter.
        on: the day for which the answer holds.
        rules: the table ``identity``.
        regions: the list of regions; the shipped one if not given.

    Raises:
        OutOfTable: no rule covers the day.
    """
    number = compact(value)
    regions = regions or shipped()
    if number[:2] in _PERMITS:
        return _check_permit(number, on, rules, regions)
    resident = ground(rules, "R-ID-01", on, Resident)
    judge = resident.judge(RESIDENT, hide(number, 1, 1))
    birth = _wrong_form(judge, number) or _birth(judge, number, on, resident.values.oldest_years)
    if isinstance(birth, Verdict):
        return birth
    return (
        _wrong_region(judge, number[:6], birth[0].year, resident.values, regions)
        or _wrong_check(judge, number)
        or _unlisted_region(judge, number[:6], resident.values, regions)
        or judge.valid(GOOD, _facts(number, *birth, on, rules, regions))
    )


def _check_permit(number: str, on: date, rules: Table, regions: Regions) -> Verdict:
    permit = ground(rules, "R-ID-02", on, Permit)
    judge = permit.judge(RESIDENT, hide(number, 1, 1))
    birth = _wrong_form(judge, number) or _birth(judge, number, on, permit.values.oldest_years)
    if isinstance(birth, Verdict):
        return birth
    if number[:6] not in permit.values.regions:
        return judge.invalid(REGION_UNKNOWN)
    return _wrong_check(judge, number) or judge.valid(GOOD, _facts(number, *birth, on, rules, regions))


def check_permanent_resident_id(
    value: str, on: date, rules: Table, regions: Regions | None = None
) -> Verdict:
    """Check the number of a foreigner's permanent resident card, either edition (R-ID-03).

    Raises:
        OutOfTable: no rule covers the day.
    """
    number = compact(value)
    permanent = ground(rules, "R-ID-03", on, Permanent)
    judge = permanent.judge(PERMANENT, hide(number, 1, 1))
    if wrong := wrong_length(judge, number, permanent.values.lengths):
        return wrong
    if len(number) == _OLD_LENGTH:
        return _old_permanent(judge, number)
    if number[0] != "9":
        return judge.invalid(NOT_NINE, {"position": 1})
    birth = _wrong_form(judge, number) or _birth(judge, number, on, permanent.values.oldest_years)
    if isinstance(birth, Verdict):
        return birth
    born, age = birth
    province = f"{number[1:3]}0000"
    regions = regions or shipped()
    if province not in regions:
        return judge.invalid(PROVINCE_UNKNOWN)
    facts: dict[str, Fact] = {
        "edition": 2023,
        "birth": born.isoformat(),
        "sex": _sex(number),
        "age": age,
        "province": regions.name(province, born.year),
        "nationality": number[3:6],
    }
    return _wrong_check(judge, number) or judge.valid(GOOD, facts)


def _old_permanent(judge: Judge, number: str) -> Verdict:
    return (
        wrong_letters(judge, number[:3])
        or wrong_digits(judge, number[3:], 4)
        or judge.valid(OLD_EDITION, {"edition": 2004, "nationality": number[:3]})
    )


def _wrong_form(judge: Judge, number: str) -> Verdict | None:
    if _NUMBER(number):
        return None
    if _FIRST_GENERATION(number):
        return judge.invalid(FIRST_GENERATION)
    return (
        wrong_length(judge, number, [18])
        or wrong_digits(judge, number[:-1])
        or judge.invalid(NOT_A_CHECK, {"position": 18})
    )


def _birth(judge: Judge, number: str, on: date, oldest_years: int) -> Verdict | tuple[date, int]:
    try:
        day = date.fromisoformat(number[6:14])
    except ValueError:
        if "01" <= number[10:12] <= "12":
            return judge.invalid(DAY if number[6:10] != "0000" else TOO_OLD, {"years": oldest_years})
        return judge.invalid(MONTH)
    age = age_on(day, on)
    if age < 0:
        return judge.invalid(FUTURE)
    if age > oldest_years:
        return judge.invalid(TOO_OLD, {"years": oldest_years})
    return day, age


def _wrong_region(judge: Judge, code: str, year: int, values: Resident, regions: Regions) -> Verdict | None:
    """Find a region that cannot have given out this number.

    A number is given once: at the registration of birth, or, before that became the rule, when a first
    card was issued. So the code must have existed between the birth and the later of the two.
    """
    periods = regions.periods(code)
    if not periods:
        return judge.invalid(REGION_UNKNOWN) if year <= values.regions_complete_to else None
    earliest = year - values.change_years
    latest = max(year, values.numbered_at_birth_from) + values.change_years
    for _, first, last in periods:
        if first <= latest and earliest <= last:
            return None
    ended = max(period.last for period in periods)
    if ended < earliest:
        return judge.invalid(REGION_ENDED, {"ended": ended}, values.period_severity)
    began = min(period.first for period in periods if period.last >= earliest)
    return judge.invalid(REGION_LATER, {"began": began}, values.period_severity)


def _unlisted_region(judge: Judge, code: str, values: Resident, regions: Regions) -> Verdict | None:
    return None if code in regions else judge.unknown(REGION_BEYOND, {"reach": values.regions_complete_to})


def _wrong_check(judge: Judge, number: str) -> Verdict | None:
    return None if number[17] == mod11_2(number[:17]) else judge.invalid(CHECK, {"position": 18})


def _facts(number: str, birth: date, age: int, on: date, rules: Table, regions: Regions) -> dict[str, Fact]:
    return {
        "birth": birth.isoformat(),
        "sex": _sex(number),
        "age": age,
        "region_code": number[:6],
        "region": regions.name(number[:6], birth.year),
        **_facts_of_age(age, on, rules),
    }


@lru_cache(maxsize=1024)
def _facts_of_age(age: int, on: date, rules: Table) -> dict[str, Fact]:
    try:
        ages = ground(rules, "R-ID-12", on, Ages).values
        validity = ground(rules, "R-ID-09", on, Validity).values
    except OutOfTable:
        return {}
    return {
        "capacity": capacity_at(age, ages),
        "consent_by_guardian": age < ages.own_data_consent_from_age,
        "expiry_if_issued_today": expiry_text(expiry_at(age, on, validity)),
    }


def _sex(number: str) -> str:
    return "male" if number[16] in "13579" else "female"
