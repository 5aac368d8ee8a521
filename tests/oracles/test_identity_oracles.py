"""Independent libraries agree where they are right; known differences are pinned."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from importlib import import_module
from itertools import islice
from pathlib import Path
from random import Random  # noqa: TID251 - a seeded sample of test numbers
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.core import checkdigits
from tellertui.core.tables import table
from tellertui.customers.rules import cards
from tellertui.customers.rules.check import check
from tellertui.customers.rules.regions import shipped

ON = date(2026, 11, 23)
DIGITS = "0123456789"
ALNUM = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def stdnum(name: str) -> Any:
    pytest.importorskip("stdnum", reason="python-stdnum is not installed")
    return import_module(f"stdnum.{name}")


def id_validator() -> Any:
    return pytest.importorskip("id_validator.validator", reason="id-validator is not installed")


def numbers(seed: int, *, from_year: int = 1999) -> Iterator[str]:
    """Yield well-formed numbers of counties in a year in which the list has them."""
    random = Random(seed)
    codes = [code for code in shipped().codes() if code[2:] != "0000" and code[4:] != "00" and code[0] != "8"]
    while True:
        code = random.choice(codes)
        period = random.choice(shipped().periods(code))
        first, last = max(period.first, from_year), min(period.last, 2020)
        if first <= last:
            birth = date(random.randint(first, last), random.randint(1, 12), random.randint(1, 28))
            body = f"{code}{birth:%Y%m%d}{random.randint(1, 999):03d}"
            yield body + checkdigits.mod11_2(body)


def test_resident_ids_agree_with_id_validator() -> None:
    """A small sample: the oracle builds its whole list anew for every number."""
    oracle = id_validator()
    for number in islice(numbers(1), 25):
        assert oracle.is_valid(number)
        assert check("cn-resident-id", number, ON).verdict == "valid", number
    wrong = number[:17] + ("0" if number[17] != "0" else "1")
    assert not oracle.is_valid(wrong)
    assert check("cn-resident-id", wrong, ON).verdict == "invalid"


def test_resident_ids_agree_with_stdnum() -> None:
    """What it accepts is accepted; its list lacks some counties, so not the other way round."""
    oracle = stdnum("cn.ric")
    agreed = 0
    for number in islice(numbers(2), 300):
        with suppress(KeyError):
            agreed += oracle.is_valid(number)
        assert check("cn-resident-id", number, ON).verdict == "valid", number
        assert not oracle.is_valid(number[:17] + ("0" if number[17] != "0" else "1"))
    assert agreed > 200


@given(st.text(DIGITS, min_size=17, max_size=17))
def test_check_digits_agree_with_stdnum(body: str) -> None:
    assert checkdigits.mod11_2(body) == stdnum("cn.ric").calc_check_digit(body + "0")
    assert checkdigits.mod11_10(body) == stdnum("iso7064.mod_11_10").calc_check_digit(body)
    assert checkdigits.mod97_10(body) == stdnum("iso7064.mod_97_10").calc_check_digits(body)
    assert checkdigits.luhn(body) == stdnum("luhn").is_valid(body)


@given(st.text(ALNUM, min_size=1, max_size=30))
def test_letters_agree_with_stdnum(body: str) -> None:
    assert checkdigits.mod37_36(body) == stdnum("iso7064.mod_37_36").calc_check_digit(body)
    assert checkdigits.mod97_10(body) == stdnum("iso7064.mod_97_10").calc_check_digits(body)


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9), st.integers(110000, 659999))
def test_social_credit_codes_agree_with_stdnum(organisation: str, region: int) -> None:
    oracle = stdnum("cn.uscc")
    body = f"91{region}{organisation}"
    number = body + checkdigits.social_credit(body)
    assert oracle.is_valid(number)
    assert check("cn-uscc", number, ON).verdict == "valid"
    wrong = number[:17] + ("0" if number[17] != "0" else "1")
    assert not oracle.is_valid(wrong)
    assert check("cn-uscc", wrong, ON).verdict == "invalid"


def test_iban_lengths_agree_with_stdnum() -> None:
    registry = Path(stdnum("iban").__file__).with_name("iban.dat").read_text(encoding="utf-8")
    found = {
        row[1]: 4 + sum(map(int, re.findall(r"(\d+)!?[nac]", row[2])))
        for row in re.finditer(r'^([A-Z]{2}) country=".*?" bban="(.*?)"', registry, re.MULTILINE)
    }
    [rule] = [rule for rule in table("cards").rule if rule.id == "R-CD-02"]
    assert rule.read(cards.Iban).lengths == found


@pytest.mark.parametrize(
    "value", ["GB82WEST12345698765432", "GB82WEST12345698765431", "DE89370400440532013000"]
)
def test_ibans_agree_with_stdnum(value: str) -> None:
    assert (check("iban", value, ON).verdict == "valid") is stdnum("iban").is_valid(value)


@given(st.text(DIGITS, min_size=8, max_size=8))
def test_taiwan_business_numbers_agree_with_stdnum_under_the_rule_it_knows(number: str) -> None:
    """The released oracle applies the rule before April 2023."""
    before = check("tw-business-number", number, date(2023, 3, 31)).verdict == "valid"
    assert stdnum("tw.ubn").is_valid(number) is before


class TestKnownDifferences:
    """Where an oracle is wrong, and stays so: if one of these fails, the oracle has learned it."""

    @pytest.mark.parametrize("number", ["810000199001010019", "820000199001010029"])
    def test_residence_permits(self, number: str) -> None:
        assert check("cn-resident-id", number, ON).verdict == "valid"
        assert id_validator().is_valid(number)
        with pytest.raises(stdnum("exceptions").InvalidComponent):
            stdnum("cn.ric").validate(number)

    def test_permanent_residents(self) -> None:
        number = "943760199803056672"
        assert check("cn-permanent-resident-id", number, ON).verdict == "valid"
        assert not id_validator().is_valid(number)
        assert not stdnum("cn.ric").is_valid(number)

    def test_births_in_the_future(self) -> None:
        body = "11010120991231001"
        number = body + checkdigits.mod11_2(body)
        assert check("cn-resident-id", number, ON).verdict == "invalid"
        assert not id_validator().is_valid(number)
        assert stdnum("cn.ric").is_valid(number)

    def test_persons_numbered_long_after_their_birth(self) -> None:
        """A county of 1982 gave numbers to its grown people in 1984: stdnum asks for the year of birth."""
        body = "11022119600101001"
        number = body + checkdigits.mod11_2(body)
        assert check("cn-resident-id", number, ON).verdict == "valid"
        assert id_validator().is_valid(number)
        assert not stdnum("cn.ric").is_valid(number)

    @pytest.mark.parametrize("number", ["10000004", "10000026"])
    def test_taiwan_business_numbers_of_2023(self, number: str) -> None:
        assert check("tw-business-number", number, ON).verdict == "valid"
        assert not stdnum("tw.ubn").is_valid(number)

    def test_counties_missing_from_the_list_of_the_oracle(self) -> None:
        body = "42052419800101001"
        number = body + checkdigits.mod11_2(body)
        assert check("cn-resident-id", number, ON).verdict == "valid"
        with pytest.raises(KeyError):
            stdnum("cn.ric").is_valid(number)

    def test_letters_of_the_registering_authority(self) -> None:
        body = "A1110000600037341"
        number = body + checkdigits.social_credit(body)
        assert check("cn-uscc", number, ON).verdict == "valid"
        assert not stdnum("cn.uscc").is_valid(number)
