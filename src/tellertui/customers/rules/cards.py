"""Bank cards, IBANs and the bank's own numbers (R-CD-01 to R-CD-03)."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

import msgspec

from tellertui.core.checkdigits import luhn, mod37_36, mod97
from tellertui.core.refusal import N_, Fact
from tellertui.core.tables import Table
from tellertui.core.verdict import Plain, Verdict, ground, hide
from tellertui.customers.rules.form import (
    CHECKED,
    wrong_alphanumerics,
    wrong_digits,
    wrong_length,
    wrong_letters,
)
from tellertui.customers.rules.normalise import compact

CARD = "bank-card"
IBAN = "iban"
OWN = "own-number"

LUHN = N_("The last digit does not fit the digits before it.")
ISSUER_UNKNOWN = N_("The check digit fits; the issuer is not in the bank's list.")
IBAN_CHECK = N_("Characters 3 to 4, the check digits, do not fit the rest.")
NO_IBAN = N_("Accounts in {country} have no IBAN; use the domestic account number.")
COUNTRY_UNKNOWN = N_("The check digits fit; the form of the IBAN of {country} is not in the table.")
OWN_CHECK = N_("The last character does not fit the ones before it; listen to the number once more.")

_IBAN_LONGEST = 34
_IBAN_SHORTEST = 5


class Network(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A card network by the first digits."""

    prefix: str
    name: str


class Issuer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An issuer and its kind of card by the first six to eight digits."""

    prefix: str
    name: str
    card: str


P = TypeVar("P", Network, Issuer)


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-CD-01."""

    shortest: int
    longest: int
    networks: list[Network]
    issuers: list[Issuer]


class Iban(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-CD-02: the length by country, and the countries without."""

    lengths: dict[str, int]
    without: list[str]


def check_bank_card(value: str, on: date, rules: Table) -> Verdict:
    """Check a bank card number (R-CD-01); an unknown issuer is only to know.

    Raises:
        OutOfTable: no rule covers the day.
    """
    number = compact(value)
    found = ground(rules, "R-CD-01", on, Card)
    card = found.values
    judge = found.judge(CARD, hide(number, 6, 4))
    wrong = wrong_length(judge, number, range(card.shortest, card.longest + 1)) or wrong_digits(judge, number)
    if wrong:
        return wrong
    if not luhn(number):
        return judge.invalid(LUHN, {"position": len(number)})
    network, issuer = _longest(card.networks, number), _longest(card.issuers, number)
    facts: dict[str, Fact] = {"network": network.name if network else None}
    if issuer is None:
        return judge.valid(ISSUER_UNKNOWN, facts)
    return judge.valid(CHECKED, {**facts, "issuer": issuer.name, "card": issuer.card})


def _longest(entries: Sequence[P], number: str) -> P | None:
    fitting = [entry for entry in entries if number.startswith(entry.prefix)]
    return max(fitting, key=lambda entry: len(entry.prefix), default=None)


def check_iban(value: str, on: date, rules: Table) -> Verdict:
    """Check an IBAN: check digits first, then the length its country has (R-CD-02).

    Raises:
        OutOfTable: no rule covers the day.
    """
    number = compact(value)
    found = ground(rules, "R-CD-02", on, Iban)
    judge = found.judge(IBAN, hide(number, 4, 4))
    wrong = (
        wrong_length(judge, number, range(_IBAN_SHORTEST, _IBAN_LONGEST + 1))
        or wrong_letters(judge, number[:2])
        or wrong_digits(judge, number[2:4], 3)
        or wrong_alphanumerics(judge, number[4:], 5)
    )
    if wrong:
        return wrong
    country = number[:2]
    if country in found.values.without:
        return judge.invalid(NO_IBAN, {"country": country})
    length = found.values.lengths.get(country)
    if length is not None and (wrong := wrong_length(judge, number, [length])):
        return wrong
    if mod97(number[4:] + number[:4]) != 1:
        return judge.invalid(IBAN_CHECK, {"position": 3})
    if length is None:
        return judge.unknown(COUNTRY_UNKNOWN, {"country": country})
    return judge.valid(CHECKED, {"country": country})


def check_own_number(value: str, on: date, rules: Table) -> Verdict:
    """Check a number that this program gave out with one check character at its end (R-CD-03).

    Raises:
        OutOfTable: no rule covers the day.
    """
    number = compact(value)
    judge = ground(rules, "R-CD-03", on, Plain).judge(OWN, hide(number, 1, 1))
    wrong = wrong_length(judge, number, range(2, 33)) or wrong_alphanumerics(judge, number)
    if wrong:
        return wrong
    if number[-1] != mod37_36(number[:-1]):
        return judge.invalid(OWN_CHECK, {"position": len(number)})
    return judge.valid(CHECKED)
