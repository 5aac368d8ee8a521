"""Check-digit algorithms: published vectors, and the errors each of them promises to catch."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.core import checkdigits

DIGITS = "0123456789"
ALNUM = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def numbers(alphabet: str, length: int) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=length, max_size=length)


def luhn_of(body: str) -> str:
    return next(digit for digit in DIGITS if checkdigits.luhn(body + digit))


@pytest.mark.parametrize(
    ("algorithm", "body", "expected"),
    [
        (checkdigits.mod11_2, "36042619910101007", "1"),
        (checkdigits.mod11_2, "11010519491231002", "X"),
        (checkdigits.mod11_2, "11010119000229001", "1"),
        (checkdigits.mod11_10, "11010800000001", "6"),
        (checkdigits.mod97_10, "99991234567890121414", "90"),
        (checkdigits.mod37_36, "A12425GABC1234002", "M"),
        (checkdigits.social_credit, "91350100M000100Y4", "3"),
        (checkdigits.social_credit, "91440300708461136", "T"),
        (checkdigits.social_credit, "91310115MA1K3BTP2", "B"),
        (checkdigits.social_credit, "91110000600037341", "L"),
        (checkdigits.organisation, "D2143569", "X"),
        (checkdigits.organisation, "60003734", "1"),
        (checkdigits.machine_readable, "L898902C3", "6"),
        (checkdigits.machine_readable, "740812", "2"),
        (checkdigits.machine_readable, "120415", "9"),
        (checkdigits.machine_readable, "ZE184226B<<<<<", "1"),
        (checkdigits.hong_kong, "A123456", "3"),
        (checkdigits.hong_kong, "AB123456", "9"),
        (checkdigits.hong_kong, "Z683365", "A"),
        (checkdigits.hong_kong, "G123456", "A"),
    ],
)
def test_published_bodies_get_their_check_character(
    algorithm: Callable[[str], str], body: str, expected: str
) -> None:
    assert algorithm(body) == expected


@pytest.mark.parametrize(
    ("number", "passes"),
    [
        ("4111111111111111", True),
        ("5555555555554444", True),
        ("6200000000000005", True),
        ("49927398716", True),
        ("4992739871", False),
        ("", False),
    ],
)
def test_luhn(number: str, passes: bool) -> None:
    assert checkdigits.luhn(number) is passes


def test_iban_leaves_one() -> None:
    assert checkdigits.mod97("WEST12345698765432GB82") == 1
    assert checkdigits.mod97("WEST12345698765431GB82") != 1


@pytest.mark.parametrize("number", ["A123456789", "A800000014", "B142612815"])
def test_taiwan_numbers(number: str) -> None:
    assert checkdigits.taiwan(number)
    wrong = [number[:9] + digit for digit in DIGITS if digit != number[9]]
    assert not any(map(checkdigits.taiwan, wrong))


@pytest.mark.parametrize(
    ("number", "by_five", "by_ten"),
    [
        ("00501503", True, True),
        ("10000004", True, False),
        ("10000026", True, False),
        ("10000005", False, False),
    ],
)
def test_taiwan_business_numbers(number: str, by_five: bool, by_ten: bool) -> None:
    assert checkdigits.taiwan_business(number, 5) is by_five
    assert checkdigits.taiwan_business(number, 10) is by_ten


ALL_SINGLE_ERRORS = [
    (checkdigits.mod11_2, DIGITS, 17),
    (checkdigits.mod11_10, DIGITS, 14),
    (checkdigits.mod97_10, DIGITS, 10),
    (checkdigits.mod37_36, ALNUM, 12),
    (checkdigits.social_credit, USCC, 17),
    (checkdigits.organisation, DIGITS, 8),
    (checkdigits.machine_readable, DIGITS, 9),
    (checkdigits.hong_kong, DIGITS, 8),
    (luhn_of, DIGITS, 15),
]
ALL_ADJACENT_SWAPS = [
    (checkdigits.mod11_2, DIGITS, 17),
    (checkdigits.mod97_10, DIGITS, 10),
    (checkdigits.social_credit, USCC, 17),
    (checkdigits.organisation, DIGITS, 8),
    (checkdigits.hong_kong, DIGITS, 8),
]


@pytest.mark.parametrize(("algorithm", "alphabet", "length"), ALL_SINGLE_ERRORS)
@given(data=st.data())
def test_every_single_error_changes_the_check(
    algorithm: Callable[[str], str], alphabet: str, length: int, data: st.DataObject
) -> None:
    body = data.draw(numbers(alphabet, length))
    check = algorithm(body)
    place = data.draw(st.integers(0, length - 1))
    for other in alphabet:
        if other != body[place]:
            assert algorithm(body[:place] + other + body[place + 1 :]) != check


@pytest.mark.parametrize(("algorithm", "alphabet", "length"), ALL_ADJACENT_SWAPS)
@given(data=st.data())
def test_every_adjacent_swap_changes_the_check(
    algorithm: Callable[[str], str], alphabet: str, length: int, data: st.DataObject
) -> None:
    body = data.draw(numbers(alphabet, length))
    check = algorithm(body)
    for place in range(length - 1):
        one, two = body[place], body[place + 1]
        if one != two:
            assert algorithm(body[:place] + two + one + body[place + 2 :]) != check


@given(numbers(DIGITS, 15))
def test_luhn_catches_every_swap_but_of_nought_and_nine(body: str) -> None:
    number = body + luhn_of(body)
    for place in range(15):
        one, two = number[place], number[place + 1]
        if one != two:
            swapped = number[:place] + two + one + number[place + 2 :]
            assert checkdigits.luhn(swapped) is ({one, two} == {"0", "9"})
