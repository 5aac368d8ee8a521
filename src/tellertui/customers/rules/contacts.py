"""Telephone numbers and postal codes (R-PH-01, R-AD-01).

National numbering plans come from ``phonenumbers``, which is imported at the first question and not before.
"""

import re
from datetime import date
from importlib import import_module
from typing import Any

import msgspec

from tellertui.core.refusal import N_, Fact
from tellertui.core.tables import Table
from tellertui.core.verdict import Judge, Verdict, ground, hide
from tellertui.customers.rules.form import EMPTY, wrong_digits, wrong_length
from tellertui.customers.rules.normalise import compact, without_brackets

PHONE = "phone"
POSTAL_CODE = "postal-code"

PHONE_GOOD = N_("The number exists in the numbering plan.")
NOT_A_PHONE = N_("Character {position} does not belong in a telephone number.")
TOO_LONG = N_("{length} characters were entered; a telephone number has at most 15 digits.")
SERVICE_NUMBER = N_("This is a service number, not the number of a person.")
NOT_IN_PLAN = N_("The number does not exist in the numbering plan of its country.")
COUNTRY_CODE = N_("There is no such country code.")
POSTAL_GOOD = N_("The form of the postal code is right.")
POSTAL_NONE = N_("There are no postal codes here; a conventional one may stand in the address.")
POSTAL_FREE = N_("Postal codes of this country are not checked.")

_not_a_phone = re.compile(r"[^0-9]").search
_LONGEST_PHONE = 20
_TYPES = {0: "fixed-line", 1: "mobile", 2: "fixed-line-or-mobile", 3: "toll-free", 6: "voip"}


class Phone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-PH-01."""

    home: str
    longest_service_number: int


class Postal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-AD-01."""

    lengths: dict[str, int]
    without: list[str]


def check_phone(value: str, on: date, rules: Table) -> Verdict:
    """Check a telephone number; without a country code it is one of the home country (R-PH-01).

    The fact ``e164`` is the form in which a number is stored.

    Raises:
        OutOfTable: no rule covers the day.
    """
    number = without_brackets(compact(value))
    found = ground(rules, "R-PH-01", on, Phone)
    judge = found.judge(PHONE, hide(number, 4 if number.startswith("+") else 3, 4))
    if not number:
        return judge.invalid(EMPTY)
    if len(number) > _LONGEST_PHONE:
        return judge.invalid(TOO_LONG, {"length": len(number)})
    if bad := _not_a_phone(number.removeprefix("+")):
        return judge.invalid(NOT_A_PHONE, {"position": bad.start() + 1 + number.startswith("+")})
    if number[0] != "+" and len(number) <= found.values.longest_service_number:
        return judge.invalid(SERVICE_NUMBER)
    return _in_plan(judge, number, found.values.home)


def _in_plan(judge: Judge, number: str, home: str) -> Verdict:
    library: Any = import_module("phonenumbers")
    try:
        parsed = library.parse(number, home)
    except library.NumberParseException as error:
        wrong_country = error.error_type == library.NumberParseException.INVALID_COUNTRY_CODE
        return judge.invalid(COUNTRY_CODE if wrong_country else NOT_IN_PLAN)
    if not library.is_valid_number(parsed):
        return judge.invalid(NOT_IN_PLAN)
    facts: dict[str, Fact] = {
        "e164": library.format_number(parsed, library.PhoneNumberFormat.E164),
        "region": library.region_code_for_number(parsed),
        "type": _TYPES.get(library.number_type(parsed), "other"),
    }
    return judge.valid(PHONE_GOOD, facts)


def check_postal_code(value: str, country: str, on: date, rules: Table) -> Verdict:
    """Check the postal code of an address in a country, two letters (R-AD-01).

    Raises:
        OutOfTable: no rule covers the day.
    """
    code = compact(value)
    found = ground(rules, "R-AD-01", on, Postal)
    judge = found.judge(POSTAL_CODE, hide(code, 2, 0))
    if country in found.values.without:
        return judge.valid(POSTAL_NONE, severity="warn" if code else "info")
    length = found.values.lengths.get(country)
    if length is None:
        return judge.valid(POSTAL_FREE)
    return wrong_length(judge, code, [length]) or wrong_digits(judge, code) or judge.valid(POSTAL_GOOD)
