"""Documents of Hong Kong, Macao and Taiwan: travel permits and identity card numbers (R-ID-04 to R-ID-07)."""

import re
from datetime import date

import msgspec

from tellertui.core.checkdigits import hong_kong, taiwan
from tellertui.core.refusal import N_, Fact
from tellertui.core.tables import Table
from tellertui.core.verdict import Plain, Verdict, ground, hide
from tellertui.customers.rules.form import (
    CHECKED,
    EMPTY,
    FORM_ONLY,
    wrong_digits,
    wrong_length,
    wrong_letters,
)
from tellertui.customers.rules.normalise import compact, without_brackets

CN_TRAVEL = "cn-travel-permit"
TW_TRAVEL = "tw-travel-permit"
TW_ID = "tw-id"
HK_ID = "hk-id"

NOT_H_OR_M = N_("Character 1 must be H (Hong Kong) or M (Macao).")
OUTBOUND_PASS = N_(
    "This is the pass of a mainland resident to Hong Kong or Macao; ask for the resident identity card."
)
SECOND_CHARACTER = N_("Character 2 tells the kind of person and must be one of {expected}.")
TAIWAN_CHECK = N_("Character 10, the check digit, does not fit the nine before it.")
HKID_FORM = N_("One or two letters, six digits and the check character in brackets are expected.")
HKID_CHECK = N_("The check character in brackets does not fit; ask a supervisor to look at the card.")

_OUTBOUND = re.compile(r"C[0-9A-HJ-NP-Z][0-9]{7}").fullmatch
_HKID = re.compile(r"[A-Z]{1,2}[0-9]{6}[0-9A]").fullmatch
_PLACES = {"H": "Hong Kong", "M": "Macao"}
_TAIWAN_KINDS = {
    "1": ("citizen", "male"),
    "2": ("citizen", "female"),
    "8": ("resident", "male"),
    "9": ("resident", "female"),
    "A": ("resident-certificate", "male"),
    "B": ("resident-certificate", "female"),
    "C": ("resident-certificate", "male"),
    "D": ("resident-certificate", "female"),
    "Y": ("homeless", "male"),
    "X": ("homeless", "female"),
}


class Lengths(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-ID-04 and R-ID-05."""

    lengths: list[int]


class Taiwan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-ID-06: the characters that may stand in second place."""

    second: str


def check_cn_travel_permit(value: str, on: date, rules: Table) -> Verdict:
    """Check the number of the mainland travel permit of a Hong Kong or Macao resident (R-ID-04).

    The first nine characters name the person across renewals; two more count the renewals of old cards.

    Raises:
        OutOfTable: no rule covers the day.
    """
    number = compact(value)
    found = ground(rules, "R-ID-04", on, Lengths)
    judge = found.judge(CN_TRAVEL, hide(number, 1, 1))
    if _OUTBOUND(number):
        return judge.invalid(OUTBOUND_PASS)
    if wrong := wrong_length(judge, number, found.values.lengths):
        return wrong
    if number[0] not in _PLACES:
        return judge.invalid(NOT_H_OR_M, {"position": 1})
    if wrong := wrong_digits(judge, number[1:], 2):
        return wrong
    facts: dict[str, Fact] = {"place": _PLACES[number[0]], "person": number[:9]}
    if renewals := number[9:]:
        facts["renewals"] = int(renewals)
    return judge.valid(FORM_ONLY, facts)


def check_tw_travel_permit(value: str, on: date, rules: Table) -> Verdict:
    """Check the number of the mainland travel permit of a Taiwan resident (R-ID-05).

    Raises:
        OutOfTable: no rule covers the day.
    """
    number = compact(value)
    found = ground(rules, "R-ID-05", on, Lengths)
    judge = found.judge(TW_TRAVEL, hide(number, 1, 1))
    if wrong := wrong_length(judge, number, found.values.lengths) or wrong_digits(judge, number):
        return wrong
    return judge.valid(FORM_ONLY, {"person": number[:8]})


def check_tw_id(value: str, on: date, rules: Table) -> Verdict:
    """Check a Taiwan national identity or residence number (R-ID-06).

    Raises:
        OutOfTable: no rule covers the day.
    """
    number = compact(value)
    found = ground(rules, "R-ID-06", on, Taiwan)
    judge = found.judge(TW_ID, hide(number, 1, 1))
    if wrong := wrong_length(judge, number, [10]) or wrong_letters(judge, number[0]):
        return wrong
    if number[1] not in found.values.second:
        return judge.invalid(SECOND_CHARACTER, {"position": 2, "expected": " ".join(found.values.second)})
    if wrong := wrong_digits(judge, number[2:], 3):
        return wrong
    if not taiwan(number):
        return judge.invalid(TAIWAN_CHECK, {"position": 10})
    category, sex = _TAIWAN_KINDS[number[1]]
    return judge.valid(CHECKED, {"category": category, "sex": sex})


def check_hk_id(value: str, on: date, rules: Table) -> Verdict:
    """Check a Hong Kong identity card number, with or without the brackets (R-ID-07).

    Raises:
        OutOfTable: no rule covers the day.
    """
    number = without_brackets(compact(value))
    judge = ground(rules, "R-ID-07", on, Plain).judge(HK_ID, hide(number, 1, 1))
    if not number:
        return judge.invalid(EMPTY)
    if not _HKID(number):
        return judge.invalid(HKID_FORM)
    if number[-1] != hong_kong(number[:-1]):
        return judge.invalid(HKID_CHECK, {"position": len(number)})
    return judge.valid(CHECKED)
