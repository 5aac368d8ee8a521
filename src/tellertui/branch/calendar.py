"""Working days from a dated table (R-CAL-01, R-CAL-02) and, apart from them, the days a branch is open.

A legal working day decides deadlines; an opening day decides whether the doors are open. Many branches
open on weekends, so the second never follows from the first. Outside the table every question is
refused: make-up days are published once a year and cannot be computed.
"""

from bisect import bisect_left, bisect_right
from datetime import date, timedelta
from functools import lru_cache

import msgspec

from tellertui.core.refusal import N_, NO, refusal
from tellertui.core.tables import Table, TableError, table

CHINA = "R-CAL-01"
ENGLAND = "R-CAL-01.gb"
SATURDAY = 5

CALENDAR_ENDS = refusal(
    "calendar-ends",
    N_("calendar ends {last}: no working day is counted beyond it; ask head office for the next table"),
    NO,
)
CALENDAR_BEGINS = refusal(
    "calendar-begins", N_("calendar begins {first}: no working day is counted before it"), NO
)


class Year(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a period departs from the plain week: free ranges, both ends included; worked weekend days."""

    off: list[tuple[date, date]]
    work: list[date] = []


class Calendar:
    """The legal working days of one country over the years its table covers.

    Raises:
        TableError: the table has no such calendar, or a day lies outside its period or is named for nothing.
    """

    def __init__(self, rules: Table, rule_id: str = CHINA) -> None:
        periods = sorted(
            (rule for rule in rules.rule if rule.id == rule_id), key=lambda rule: rule.effective_from
        )
        if not periods or any(rule.effective_to is None for rule in periods):
            msg = f"{rule_id}: a calendar needs periods with an end"
            raise TableError(msg)
        self.version = rules.version
        self.first = periods[0].effective_from
        self.last = periods[-1].effective_to or date.max
        self._off: set[date] = set()
        worked: set[date] = set()
        named: set[date] = set()
        for rule in periods:
            year = rule.read(Year)
            off = {day for start, end in year.off for day in _days(start, end)}
            # A period that a newer table cut short names days that are no longer its own.
            self._off.update(filter(rule.covers, off))
            worked.update(filter(rule.covers, year.work))
            named.update(off, year.work)
        _check(rule_id, [day for day in named if not self.covers(day)], self._off, worked)
        self._working = [
            day
            for day in _days(self.first, self.last)
            if day in worked or (day.weekday() < SATURDAY and day not in self._off)
        ]

    def covers(self, day: date) -> bool:
        """Say whether the table knows the day."""
        return self.first <= day <= self.last

    def is_workday(self, day: date) -> bool:
        """Say whether the day is a legal working day.

        Raises:
            Refusal: the table does not reach the day.
        """
        self._reach(day)
        at = bisect_left(self._working, day)
        return at < len(self._working) and self._working[at] == day

    def is_holiday(self, day: date) -> bool:
        """Say whether the day is free by the holiday notice, not only as a plain weekend.

        Raises:
            Refusal: the table does not reach the day.
        """
        self._reach(day)
        return day in self._off

    def add(self, start: date, working_days: int) -> date:
        """Return the n-th working day after a day, which itself is not counted; before it if n is negative.

        Raises:
            Refusal: the table does not reach the start or the answer.
        """
        self._reach(start)
        if working_days == 0:
            return start
        if working_days > 0:
            at = bisect_right(self._working, start) + working_days - 1
        else:
            at = bisect_left(self._working, start) + working_days
        if at < 0:
            raise CALENDAR_BEGINS(first=self.first.isoformat())
        if at >= len(self._working):
            raise CALENDAR_ENDS(last=self.last.isoformat())
        return self._working[at]

    def on_or_before(self, day: date) -> date:
        """Return the day itself if it is worked, else the last working day before it.

        Raises:
            Refusal: the table does not reach the day or the answer.
        """
        return day if self.is_workday(day) else self.add(day, -1)

    def count(self, start: date, end: date) -> int:
        """Return the number of working days after ``start`` up to and including ``end``.

        The number is negative if ``end`` lies before ``start``.

        Raises:
            Refusal: the table does not reach one of them.
        """
        self._reach(start)
        self._reach(end)
        return bisect_right(self._working, end) - bisect_right(self._working, start)

    def _reach(self, day: date) -> None:
        if day > self.last:
            raise CALENDAR_ENDS(last=self.last.isoformat())
        if day < self.first:
            raise CALENDAR_BEGINS(first=self.first.isoformat())


class OpeningDays(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a branch opens its doors: weekdays (1 is Monday), legal holidays or not, and single exceptions."""

    weekdays: frozenset[int]
    on_holidays: bool
    closed: frozenset[date] = frozenset()
    open: frozenset[date] = frozenset()

    def is_open(self, day: date, legal: Calendar) -> bool:
        """Say whether the branch is open on a day; a single exception wins over the week.

        Raises:
            Refusal: the branch closes on legal holidays and the table does not reach the day.
        """
        if day in self.open or day in self.closed:
            return day in self.open
        if day.isoweekday() not in self.weekdays:
            return False
        return self.on_holidays or not legal.is_holiday(day)


def calendar(rule_id: str = CHINA) -> Calendar:
    """Return a calendar of working days as it is in force."""
    return _calendar(table("calendar"), rule_id)


@lru_cache(maxsize=8)
def _calendar(rules: Table, rule_id: str) -> Calendar:
    return Calendar(rules, rule_id)


def opening_days(on: date) -> OpeningDays:
    """Return the opening days that hold where a branch has set none of its own."""
    return table("calendar").on("R-CAL-01.opening", on).read(OpeningDays)


def ends_soon(legal: Calendar, on: date) -> bool:
    """Say whether it is time to ask head office for the next table (R-CAL-02)."""
    warn_days = table("calendar").on("R-CAL-02", on).values["warn_days"]
    return (legal.last - on).days < int(warn_days)


def _days(start: date, end: date) -> list[date]:
    return [start + timedelta(days=step) for step in range((end - start).days + 1)]


def _check(rule_id: str, outside: list[date], off: set[date], worked: set[date]) -> None:
    pointless = [day for day in worked if day.weekday() < SATURDAY or day in off]
    if outside or pointless:
        msg = f"{rule_id}: {min(outside or pointless)} does not belong there"
        raise TableError(msg)
