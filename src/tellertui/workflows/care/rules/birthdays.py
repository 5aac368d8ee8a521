"""Birthdays, solar or lunar, for greetings (R-CAL-04)."""

from datetime import date
from typing import Literal

from tellertui.branch.lunar import LunarDate, month_length, to_lunar, to_solar

FEBRUARY_29 = (2, 29)

LeapDay = Literal["feb-28", "mar-1"]
LeapMonth = Literal["recurring", "ordinary"]


def next_birthday(born: date, on: date, leap_day: LeapDay = "feb-28") -> date:
    """Return the first birthday on or after a day; 29 February moves as chosen in a common year."""
    this_year = _birthday_in(on.year, born, leap_day)
    return this_year if this_year >= on else _birthday_in(on.year + 1, born, leap_day)


def next_lunar_birthday(born: date, on: date, leap_month: LeapMonth = "recurring") -> date:
    """Return the first lunar birthday on or after a day.

    Args:
        born: the solar date of birth.
        on: the day from which to look.
        leap_month: a birth in a leap month is celebrated in the ordinary month of that number, unless the
            year has the same leap month and the rule is ``recurring``. Day 30 becomes day 29 where the
            month has no more.

    Raises:
        Refusal: a date lies outside the years for which lunar dates are known.
    """
    lunar = to_lunar(born)
    year = to_lunar(on).year
    this_year = _lunar_birthday_in(year, lunar, leap_month)
    return this_year if this_year >= on else _lunar_birthday_in(year + 1, lunar, leap_month)


def _birthday_in(year: int, born: date, leap_day: LeapDay) -> date:
    if (born.month, born.day) == FEBRUARY_29:
        try:
            return born.replace(year=year)
        except ValueError:
            return date(year, 2, 28) if leap_day == "feb-28" else date(year, 3, 1)
    return born.replace(year=year)


def _lunar_birthday_in(year: int, born: LunarDate, leap_month: LeapMonth) -> date:
    recurs = born.leap and leap_month == "recurring" and month_length(year, born.month, leap=True) > 0
    return to_solar(LunarDate(year, born.month, born.day, recurs))
