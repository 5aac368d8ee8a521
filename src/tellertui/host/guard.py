"""Counting failures: growing delays and timed locks for sign-on, rates for the lobby, coalesced refusals."""

from collections import Counter
from dataclasses import dataclass, field

from tellertui.core.clock import MINUTE, SECOND, Clock
from tellertui.store.actor import Actor

PERSON_FAILURES = 10
TOTAL_FAILURES = 30
LOCK_MS = 30 * MINUTE
DELAY_MAX_S = 60


@dataclass(slots=True)
class Failures:
    """Failed sign-ons of one staff code."""

    by_terminal: Counter[str] = field(default_factory=Counter)
    total: int = 0
    last: int = 0
    locked_until: int = 0


class SignOnGuard:
    """Back-off 1, 2, 4 … 60 s; a lock of 30 minutes after 10 failures at a terminal or 30 anywhere.

    Unknown codes are counted like known ones, so that nobody learns which codes exist.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: dict[str, Failures] = {}

    def wait_s(self, staff: str) -> int:
        """Return the seconds until the next attempt is looked at; 0 means now."""
        found = self._failures.get(staff)
        if found is None or not found.total:
            return 0
        delay = min(DELAY_MAX_S, 1 << min(found.total - 1, 6)) * SECOND
        left: int = found.last + delay - self._clock.now()
        return max(0, -(-left // SECOND))

    def locked_until(self, staff: str) -> int:
        """Return the end of a lock, milliseconds UTC, or 0."""
        found = self._failures.get(staff)
        return found.locked_until if found and found.locked_until > self._clock.now() else 0

    def failed(self, staff: str, terminal: str, at: int | None = None) -> tuple[int, int, int]:
        """Count a failure; return failures in all, at this terminal, and the end of a new lock or 0."""
        found = self._failures.setdefault(staff, Failures())
        found.total += 1
        found.by_terminal[terminal] += 1
        found.last = self._clock.now() if at is None else at
        here = found.by_terminal[terminal]
        if here % PERSON_FAILURES == 0 or found.total % TOTAL_FAILURES == 0:
            found.locked_until = found.last + LOCK_MS
            return found.total, here, found.locked_until
        return found.total, here, 0

    def lock(self, staff: str, until: int) -> None:
        """Close sign-on of a person until an instant."""
        self._failures.setdefault(staff, Failures()).locked_until = until

    def succeeded(self, staff: str) -> None:
        """Forget the failures of a person who signed on."""
        self._failures.pop(staff, None)


class Bucket:
    """A rate: so many per second, with ten seconds' worth saved up."""

    def __init__(self, clock: Clock, per_second: int) -> None:
        self._clock = clock
        self._rate = per_second
        self._left = float(per_second * 10)
        self._last = clock.boot()

    def take(self) -> bool:
        """Take one and say whether there was one."""
        now = self._clock.boot()
        self._left = min(self._rate * 10.0, self._left + (now - self._last) * self._rate)
        self._last = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Refusals:
    """Refused commands of a minute, counted per caller, terminal, method and code."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[Actor, str, str]] = Counter()

    def add(self, actor: Actor, method: str, code: str) -> None:
        """Count one."""
        self._counts[actor, method, code] += 1

    def drain(self) -> list[tuple[Actor, str, str, int]]:
        """Return what was counted and begin anew."""
        found = [(actor, method, code, times) for (actor, method, code), times in self._counts.items()]
        self._counts.clear()
        return found
