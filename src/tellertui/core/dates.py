"""Date arithmetic that rules share: calendar months with the month-end clamp, and ages."""

from calendar import monthrange
from datetime import date

_SHORTEST_MONTH = 28


def add_months(day: date, months: int) -> date:
    """Return the same day some months on (or back), clamped to the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = day.day if day.day <= _SHORTEST_MONTH else min(day.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, last)


def add_years(day: date, years: int) -> date:
    """Return the same day some years on; 29 February becomes 28 February in common years."""
    return add_months(day, 12 * years)


def age_on(birth: date, day: date) -> int:
    """Return the completed years of life; negative before birth.

    Somebody born on 29 February completes a year on 1 March of a common year.
    """
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
