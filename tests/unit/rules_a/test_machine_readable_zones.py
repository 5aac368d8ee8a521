"""R-ID-08: machine-readable zones, with the specimens of ICAO 9303."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.core.checkdigits import machine_readable
from tellertui.core.tables import table
from tellertui.customers.rules import form, mrz
from tellertui.customers.rules.mrz import check_mrz

RULES = table("identity")
ON = date(2026, 11, 23)
FIRST = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
SECOND = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
SMALL = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
WIDE = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"
ANNA = {
    "state": "UTO",
    "surname": "ERIKSSON",
    "given_names": "ANNA MARIA",
    "nationality": "UTO",
    "birth": "1974-08-12",
    "sex": "female",
    "expires": "2012-04-15",
}


def passport(number: str, birth: str, expires: str, state: str = "CHN", optional: str = "<" * 14) -> str:
    parts = [number.ljust(9, "<"), birth, expires, optional]
    one, two, three, four = (part + machine_readable(part) for part in parts)
    whole = machine_readable(one + two + three + four)
    return f"P<{state}ZHANG<<WEI".ljust(44, "<") + f"{one}{state}{two}M{three}{four}{whole}"


@pytest.mark.parametrize(
    ("zone", "number"), [(f"{FIRST}\n{SECOND}", "L898902C3"), (SMALL, "D23145890"), (WIDE, "D23145890")]
)
def test_specimens(zone: str, number: str) -> None:
    verdict = check_mrz(zone, date(2010, 1, 1), RULES)
    assert (verdict.verdict, verdict.severity) == ("valid", "info")
    assert verdict.facts == {"number": number, **ANNA}
    assert verdict.value_masked == f"{number[0]}*******{number[-1]}"


def test_the_second_line_alone() -> None:
    verdict = check_mrz(SECOND, ON, RULES)
    assert verdict.facts["birth"] == "1974-08-12"
    assert "surname" not in verdict.facts


def test_an_expired_document_is_well_formed_and_warns() -> None:
    verdict = check_mrz(FIRST + SECOND, ON, RULES)
    assert (verdict.verdict, verdict.severity, verdict.reason) == ("valid", "warn", mrz.EXPIRED)
    assert check_mrz(FIRST + SECOND, date(2012, 4, 15), RULES).severity == "info"


@pytest.mark.parametrize(
    ("line", "reason", "position"),
    [
        (SECOND[:9] + "7" + SECOND[10:], mrz.NUMBER_CHECK, 10),
        (SECOND[:15] + "9" + SECOND[16:], mrz.BIRTH_CHECK, 20),
        (SECOND[:22] + "9" + SECOND[23:], mrz.EXPIRY_CHECK, 28),
        (SECOND[:28] + "A" + SECOND[29:], mrz.OPTIONAL_CHECK, 43),
        (SECOND[:43] + "1", mrz.WHOLE_CHECK, 44),
        (SECOND[:5] + "?" + SECOND[6:], mrz.NOT_ALLOWED, 6),
    ],
)
def test_reasons_name_line_and_character(line: str, reason: str, position: int) -> None:
    verdict = check_mrz(f"{FIRST}\n{line}", ON, RULES)
    assert (verdict.verdict, verdict.severity, verdict.reason) == ("invalid", "block", reason)
    assert (verdict.facts["line"], verdict.facts["position"]) == (2, position)
    assert "{" not in verdict.text()


@pytest.mark.parametrize("field", ["L898902C36", "7408122", "1204159", "ZE184226B<<<<<1"])
def test_single_fields(field: str) -> None:
    assert check_mrz(field, ON, RULES).reason == mrz.FIELD_GOOD
    wrong = field[:-1] + str((int(field[-1]) + 1) % 10)
    assert check_mrz(wrong, ON, RULES).reason == mrz.FIELD_CHECK


@pytest.mark.parametrize(("value", "reason"), [("", form.EMPTY), ("1", mrz.LENGTH), ("1" * 31, mrz.LENGTH)])
def test_other_lengths(value: str, reason: str) -> None:
    assert check_mrz(value, ON, RULES).reason == reason


@pytest.mark.parametrize(
    ("birth", "expires", "reason"),
    [
        ("741301", "300101", mrz.BIRTH_DATE),
        ("740101", "300230", mrz.EXPIRY_DATE),
        ("74<<<<", "300101", mrz.GOOD),
    ],
)
def test_dates(birth: str, expires: str, reason: str) -> None:
    verdict = check_mrz(passport("E12345678", birth, expires), ON, RULES)
    assert verdict.reason == reason
    assert "{" not in verdict.text()


def test_the_century_of_two_digits() -> None:
    facts = check_mrz(passport("E12345678", "261123", "350101"), ON, RULES).facts
    assert (facts["birth"], facts["expires"]) == ("2026-11-23", "2035-01-01")
    facts = check_mrz(passport("E12345678", "261124", "990101"), ON, RULES).facts
    assert (facts["birth"], facts["expires"]) == ("1926-11-24", "1999-01-01")


def test_an_empty_optional_field_may_have_a_filler_as_check() -> None:
    line = passport("E12345678", "740101", "350101")[44:]
    filled = line[:42] + "<" + line[43:]
    assert check_mrz(filled, ON, RULES).verdict == "valid"


@pytest.mark.parametrize(
    ("number", "state", "reason"),
    [
        ("E12345678", "CHN", mrz.GOOD),
        ("EA1234567", "CHN", mrz.GOOD),
        ("Q12345678", "CHN", mrz.UNUSUAL),
        ("Q12345678", "UTO", mrz.GOOD),
    ],
)
def test_numbers_of_chinese_passports_only_warn(number: str, state: str, reason: str) -> None:
    verdict = check_mrz(passport(number, "740101", "350101", state), ON, RULES)
    assert (verdict.verdict, verdict.reason) == ("valid", reason)


@given(place=st.integers(0, 41), digit=st.sampled_from("0123456789"))
def test_a_mistyped_digit_is_found(place: int, digit: str) -> None:
    line = passport("E12345678", "740101", "350101", optional="0" * 14)[44:]
    if line[place].isdigit() and line[place] != digit:
        wrong = line[:place] + digit + line[place + 1 :]
        assert check_mrz(wrong, ON, RULES).verdict == "invalid"
