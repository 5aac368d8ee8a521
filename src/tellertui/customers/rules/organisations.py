"""Codes of organisations: the unified social credit code and its predecessors, Taiwan business numbers.

Rules R-OR-01 to R-OR-04. A social credit code holds two independent check characters: its own, and the one
of the organisation code inside it. The second is a warning only, because codes without it are in use.
"""

from datetime import date

import msgspec

from tellertui.core.checkdigits import mod11_10, organisation, social_credit, taiwan_business
from tellertui.core.refusal import N_, Fact
from tellertui.core.tables import Table
from tellertui.core.verdict import Judge, Plain, Verdict, ground, hide
from tellertui.customers.rules.form import CHECKED, wrong_alphanumerics, wrong_digits, wrong_length
from tellertui.customers.rules.normalise import compact
from tellertui.customers.rules.regions import Regions, shipped

USCC = "cn-uscc"
ORG_CODE = "cn-org-code"
REGISTRATION = "cn-registration-number"
TW_BUSINESS = "tw-business-number"

LETTER_UNUSED = N_("Character {position}: the letters I, O, S, V and Z are not used.")
AUTHORITY = N_("Character 1 is the registering authority; there is none with this sign.")
REGION_DIGITS = N_("Character {position}: characters 3 to 8 are the region and must be digits.")
CHECK_18 = N_("Character 18, the check character, does not fit the 17 before it.")
CHECK_9 = N_("Character 9, the check character, does not fit the eight before it.")
CHECK_15 = N_("Character 15, the check digit, does not fit the 14 before it.")
CHECK_8 = N_("The eight digits do not pass the check.")
ORG_DOUBTFUL = N_(
    "The check character fits, but character 17 does not fit the organisation code; compare with the licence."
)
TYPE_DOUBTFUL = N_("The check character fits, but character 2 is no type that this authority registers.")
REGION_DOUBTFUL = N_("The check character fits, but the region, characters 3 to 8, is not in the list.")

_UNUSED = frozenset("IOSVZ")
_NATIONAL = "100000"


class Authority(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who registers, and the signs of the types it registers."""

    name: str
    types: str


class Credit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-OR-01."""

    authorities: dict[str, Authority]


class Business(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-OR-04."""

    modulus: int


def check_social_credit_code(value: str, on: date, rules: Table, regions: Regions | None = None) -> Verdict:
    """Check a unified social credit code (R-OR-01) and the organisation code inside it (R-OR-02).

    Raises:
        OutOfTable: no rule covers the day.
    """
    code = compact(value)
    found = ground(rules, "R-OR-01", on, Credit)
    judge = found.judge(USCC, hide(code, 2, 4))
    wrong = wrong_length(judge, code, [18]) or wrong_alphanumerics(judge, code) or _unused_letter(judge, code)
    if wrong:
        return wrong
    authority = found.values.authorities.get(code[0])
    if authority is None:
        return judge.invalid(AUTHORITY, {"position": 1})
    if not_digits := wrong_digits(judge, code[2:8], 3):
        return judge.invalid(REGION_DIGITS, not_digits.facts)
    if code[17] != social_credit(code[:17]):
        return judge.invalid(CHECK_18, {"position": 18})
    return _accepted(judge, code, authority, on, regions or shipped())


def _accepted(judge: Judge, code: str, authority: Authority, on: date, regions: Regions) -> Verdict:
    region = code[2:8]
    facts: dict[str, Fact] = {
        "authority": authority.name,
        "type": code[1],
        "region_code": region,
        "organisation_code": f"{code[8:16]}-{code[16]}",
    }
    if code[1] not in authority.types:
        return judge.valid(TYPE_DOUBTFUL, facts, "warn")
    if region != _NATIONAL and region not in regions:
        return judge.valid(REGION_DOUBTFUL, facts, "warn")
    facts["region"] = regions.name(region, on.year)
    if code[16] != organisation(code[8:16]):
        return judge.valid(ORG_DOUBTFUL, facts, "warn")
    return judge.valid(CHECKED, facts)


def _unused_letter(judge: Judge, code: str) -> Verdict | None:
    for position, character in enumerate(code, start=1):
        if character in _UNUSED:
            return judge.invalid(LETTER_UNUSED, {"position": position})
    return None


def check_organisation_code(value: str, on: date, rules: Table) -> Verdict:
    """Check an organisation code of nine characters, with or without the hyphen (R-OR-02).

    Raises:
        OutOfTable: no rule covers the day.
    """
    code = compact(value)
    judge = ground(rules, "R-OR-02", on, Plain).judge(ORG_CODE, hide(code, 1, 3))
    if wrong := wrong_length(judge, code, [9]) or wrong_alphanumerics(judge, code):
        return wrong
    if code[8] != organisation(code[:8]):
        return judge.invalid(CHECK_9, {"position": 9})
    return judge.valid(CHECKED)


def check_registration_number(value: str, on: date, rules: Table) -> Verdict:
    """Check an old business registration number of 15 digits (R-OR-03).

    Raises:
        OutOfTable: no rule covers the day.
    """
    number = compact(value)
    judge = ground(rules, "R-OR-03", on, Plain).judge(REGISTRATION, hide(number, 2, 4))
    if wrong := wrong_length(judge, number, [15]) or wrong_digits(judge, number):
        return wrong
    if number[14] != mod11_10(number[:14]):
        return judge.invalid(CHECK_15, {"position": 15})
    return judge.valid(CHECKED, {"region_code": number[:6]})


def check_tw_business_number(value: str, on: date, rules: Table) -> Verdict:
    """Check a Taiwan business number by the rule of the day (R-OR-04).

    Raises:
        OutOfTable: no rule covers the day.
    """
    number = compact(value)
    found = ground(rules, "R-OR-04", on, Business)
    judge = found.judge(TW_BUSINESS, hide(number, 1, 2))
    if wrong := wrong_length(judge, number, [8]) or wrong_digits(judge, number):
        return wrong
    if not taiwan_business(number, found.values.modulus):
        return judge.invalid(CHECK_8, {"modulus": found.values.modulus})
    return judge.valid(CHECKED)
