"""When the branch is open, in minutes of the day by the clock on its wall."""

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from tellertui.branch.api import WEEKDAYS
from tellertui.branch.records import Branch, BusinessDay, Hours
from tellertui.core.clock import local
from tellertui.store.rows import Reads

MIDNIGHT = 24 * 60
REACH = 14
"""Days ahead in which a next opening is looked for."""

Span = tuple[int, int]


def hours_on(reads: Reads, day: str) -> Span | None:
    """Return the opening and closing minute of a business date, or None where the branch stays closed.

    The hours with which a day was opened win over a single date in the table, and that over the weekday.
    """
    opened = reads.get(BusinessDay, day)
    if opened is not None:
        return opened.open_minute, opened.close_minute
    return table_hours(reads, day)


def table_hours(reads: Reads, day: str) -> Span | None:
    """Return the hours that the table gives for a date: its own row, else that of its weekday."""
    row = reads.get(Hours, day) or reads.get(Hours, weekday(day))
    if row is None or row.open_minute is None or row.close_minute is None:
        return None
    return row.open_minute, row.close_minute


def next_opening(reads: Reads, day: str) -> tuple[str, int] | None:
    """Return the next date after a day on which the branch opens, and its opening minute."""
    for later in _days_after(day, REACH):
        hours = hours_on(reads, later)
        if hours is not None:
            return later, hours[0]
    return None


def branch_of(reads: Reads) -> Branch:
    """Return the one branch of this store."""
    (branch,) = reads.every(Branch)
    return branch


def minute_now(reads: Reads) -> int:
    """Return the minute of the day at which this unit of work runs."""
    moment = local(reads.now, ZoneInfo(branch_of(reads).time_zone))
    return moment.hour * 60 + moment.minute


def opening_span(table: Span | None, now: int, start: int | None, end: int | None) -> Span:
    """Return the hours with which a day is opened.

    Args:
        table: the hours of the table, None on a closed day.
        now: the present minute.
        start: the opening minute that was asked for.
        end: the closing minute that was asked for.

    Where the table has no hours left, the day runs from now to midnight unless it is told otherwise.
    """
    usual = table if table is not None and now < table[1] else (now, MIDNIGHT)
    return usual[0] if start is None else start, usual[1] if end is None else end


def is_special(table: Span | None, span: Span) -> bool:
    """Say whether hours go beyond those of the table."""
    return table is None or span[0] < table[0] or span[1] > table[1]


def weekday(day: str) -> str:
    """Return ``mon`` to ``sun`` for a date.

    Raises:
        ValueError: there is no such date.
    """
    return WEEKDAYS[date.fromisoformat(day).weekday()]


def clock_text(minute: int) -> str:
    """Return a minute of the day as ``HH:MM``."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def minute_of(text: str) -> int:
    """Return ``HH:MM`` as a minute of the day."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _days_after(day: str, count: int) -> Iterator[str]:
    first = date.fromisoformat(day)
    return ((first + timedelta(days=step)).isoformat() for step in range(1, count + 1))
