"""R-CAL-04: birthdays."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.branch.lunar import to_lunar
from tellertui.workflows.care.rules.birthdays import LeapDay, LeapMonth, next_birthday, next_lunar_birthday


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("born", "on", "leap", "expected"),
    [
        ("2000-02-29", "2026-11-23", "feb-28", "2027-02-28"),
        ("2000-02-29", "2027-03-01", "feb-28", "2028-02-29"),
        ("2000-02-29", "2026-11-23", "mar-1", "2027-03-01"),
        ("1990-11-23", "2026-11-23", "feb-28", "2026-11-23"),
        ("1990-11-22", "2026-11-23", "feb-28", "2027-11-22"),
    ],
)
def test_solar(born: str, on: str, leap: LeapDay, expected: str) -> None:
    assert next_birthday(day(born), day(on), leap) == day(expected)


@pytest.mark.parametrize(
    ("born", "on", "leap", "expected"),
    [
        # Leap 6th month day 9: 2025 has a leap 6th month, 2026 has none.
        ("1960-08-01", "2025-01-01", "recurring", "2025-08-02"),
        ("1960-08-01", "2025-01-01", "ordinary", "2025-07-03"),
        ("1960-08-01", "2026-01-01", "recurring", "2026-07-22"),
        ("1984-11-23", "2026-01-01", "recurring", "2026-11-09"),
    ],
)
def test_lunar(born: str, on: str, leap: LeapMonth, expected: str) -> None:
    assert next_lunar_birthday(day(born), day(on), leap) == day(expected)


def test_day_thirty_in_a_month_of_29_days() -> None:
    born = next(
        each
        for each in (date(1990, 1, 1) + timedelta(n) for n in range(800))
        if to_lunar(each)[1:3] == (12, 30)
    )
    found = to_lunar(next_lunar_birthday(born, day("2027-01-20")))
    assert (found.month, found.day) == (12, 29)


@given(st.dates(date(1930, 1, 1), date(2026, 1, 1)), st.dates(date(2026, 1, 1), date(2095, 1, 1)))
def test_within_thirteen_months_and_on_its_lunar_day(born: date, on: date) -> None:
    found = next_lunar_birthday(born, on)
    assert on <= found <= on + timedelta(days=385)
    was, is_ = to_lunar(born), to_lunar(found)
    assert is_.month == was.month
    assert is_.day == was.day or (was.day == 30 and is_.day == 29)


@given(st.dates(date(1930, 1, 1), date(2026, 1, 1)), st.dates(date(2026, 1, 1), date(2095, 1, 1)))
def test_every_year_has_one(born: date, on: date) -> None:
    found = next_birthday(born, on)
    assert on <= found <= on + timedelta(days=366)
    assert (found.month, found.day) == (born.month, born.day) or (born.month, born.day) == (2, 29)
