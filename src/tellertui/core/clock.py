"""Time as a parameter: nothing else in the program asks the operating system for it.

Instants are whole milliseconds since 1970-01-01 UTC; a business date is its own value, written
``YYYY-MM-DD`` in the time zone of the branch.
"""

import time
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SECOND = 1_000
MINUTE = 60 * SECOND
DAY = 24 * 60 * MINUTE


class Clock(Protocol):
    """Where instants and elapsed time come from."""

    def now(self) -> int:
        """Return the wall clock, milliseconds UTC."""

    def boot(self) -> float:
        """Return seconds since boot, sleep included; never goes back within one run."""


class SystemClock:
    """The clock of this machine, shifted by a fixed offset in milliseconds."""

    def __init__(self, offset: int = 0) -> None:
        self._offset = offset
        self.by_hand = offset != 0
        """It was started at a time of somebody's choice: a demo, a test."""

    @classmethod
    def starting_at(cls, start: int) -> "SystemClock":
        """Return a clock that shows ``start`` now and then runs at the ordinary rate."""
        return cls(start - cls().now())

    def now(self) -> int:
        """Return the wall clock, milliseconds UTC."""
        return time.time_ns() // 1_000_000 + self._offset

    def boot(self) -> float:
        """Return seconds since boot, sleep included."""
        return (
            time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)) + self._offset / SECOND
        )

    def advance(self, seconds: float) -> None:
        """Move the clock forward (stores that are not in production only)."""
        self._offset += round(seconds * SECOND)


class ManualClock:
    """A clock that stands still until it is moved: tests and replays."""

    def __init__(self, start: int = 0) -> None:
        self._now = start
        self._boot = 0

    def now(self) -> int:
        """Return the instant that was set."""
        return self._now

    def boot(self) -> float:
        """Return the seconds by which the clock was advanced."""
        return self._boot / SECOND

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        step = round(seconds * SECOND)
        self._now += step
        self._boot += step

    def set(self, instant: int) -> None:
        """Step the wall clock, also backwards; elapsed time does not go back."""
        self._boot += max(0, instant - self._now)
        self._now = instant


def millis(moment: datetime) -> int:
    """Return an aware datetime as milliseconds UTC."""
    return round(moment.timestamp() * SECOND)


def local(instant: int, zone: ZoneInfo) -> datetime:
    """Return the instant as the branch's clock on the wall shows it."""
    return datetime.fromtimestamp(instant / SECOND, UTC).astimezone(zone)


def at(day: str, minute: int, zone: ZoneInfo) -> int:
    """Return the instant of a minute of the day (0 to 1440) on a business date."""
    midnight = datetime.combine(date.fromisoformat(day), datetime.min.time(), zone)
    return millis(midnight + timedelta(minutes=minute))


def day_of(instant: int, zone: ZoneInfo) -> str:
    """Return the calendar day of an instant in the branch's time zone."""
    return local(instant, zone).date().isoformat()


def rfc3339(instant: int) -> str:
    """Return the instant as RFC 3339 text in UTC."""
    return (
        datetime.fromtimestamp(instant / SECOND, UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z")
    )
