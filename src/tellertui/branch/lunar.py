"""The Chinese lunar calendar: conversions and festivals (R-CAL-03).

The dates come from ``lunar_python``, which is imported at the first question and not before.
"""

from datetime import date
from importlib import import_module
from typing import Any, NamedTuple

from tellertui.core.refusal import N_, NO, refusal

FIRST_YEAR = 1901
LAST_YEAR = 2099

FESTIVALS = {
    "spring": (1, 1),
    "lantern": (1, 15),
    "dragon-boat": (5, 5),
    "qixi": (7, 7),
    "mid-autumn": (8, 15),
    "double-ninth": (9, 9),
    "laba": (12, 8),
}
"""Month and day of each festival in the lunar year."""

LUNAR_ENDS = refusal("lunar-ends", N_("Lunar dates are known for the years {first} to {last}."), NO)


class LunarDate(NamedTuple):
    """A day of the lunar calendar; ``leap`` marks the second month of the same number."""

    year: int
    month: int
    day: int
    leap: bool = False


def to_lunar(day: date) -> LunarDate:
    """Return the lunar date of a day.

    Raises:
        Refusal: the day lies outside 1901 to 2099.
    """
    _reach(day.year)
    lunar = _library().Solar.fromYmd(day.year, day.month, day.day).getLunar()
    month = int(lunar.getMonth())
    return LunarDate(int(lunar.getYear()), abs(month), int(lunar.getDay()), month < 0)


def to_solar(lunar: LunarDate) -> date:
    """Return the day of a lunar date; day 30 of a month with 29 days is its day 29 (R-CAL-04).

    Raises:
        Refusal: the year lies outside 1901 to 2099.
        ValueError: there is no such month or day.
    """
    length = month_length(lunar.year, lunar.month, leap=lunar.leap)
    if not (length and 1 <= lunar.day <= 30):
        msg = "no such lunar date"
        raise ValueError(msg)
    number = -lunar.month if lunar.leap else lunar.month
    solar = _library().Lunar.fromYmd(lunar.year, number, min(lunar.day, length)).getSolar()
    return date(int(solar.getYear()), int(solar.getMonth()), int(solar.getDay()))


def month_length(year: int, month: int, *, leap: bool = False) -> int:
    """Return 29 or 30, or 0 if the year has no such month.

    Raises:
        Refusal: the year lies outside 1901 to 2099.
    """
    _reach(year)
    if not 1 <= month <= 12:
        return 0
    found = _library().LunarMonth.fromYm(year, -month if leap else month)
    return int(found.getDayCount()) if found else 0


def festivals(year: int) -> dict[str, date]:
    """Return the day of each festival of a lunar year; the last one falls into the next January.

    Raises:
        Refusal: the year lies outside 1901 to 2099.
    """
    return {name: to_solar(LunarDate(year, month, day)) for name, (month, day) in FESTIVALS.items()}


def _reach(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise LUNAR_ENDS(first=FIRST_YEAR, last=LAST_YEAR)


def _library() -> Any:
    return import_module("lunar_python")
