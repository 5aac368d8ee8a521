"""Counting failures: growing delays and timed locks for sign-on, rates for the lobby, coalesced refusals."""

from collections import Counter, deque
from dataclasses import dataclass, field

from tellertui.core.clock import MINUTE, SECOND, Clock
from tellertui.store.actor import Actor

PERSON_FAILURES = 10
TOTAL_FAILURES = 30
LOCK_MS = 30 * MINUTE
DELAY_MAX_S = 60
UNKNOWN = "unknown:"
"""Before what stands for a staff code that nobody has."""
UNKNOWN_KEPT = 1_024
"""Unknown codes whose failures are counted; the oldest goes, long after its delay has passed."""


@dataclass(slots=True)
class Failures:
    """Failed sign-ons of one staff code."""

    by_terminal: Counter[str] = field(default_factory=Counter)
    total: int = 0
    last: int = 0
    locked_until: int = 0


class SignOnGuard:
    """Back-off 1, 2, 4 … 60 s; a lock of 30 minutes after 10 failures at a terminal or 30 anywhere.

    Unknown codes are counted like known ones, so that nobody learns which codes exist. Time is what passed
    since the later of the start and the newest failure on record, so that no wall clock shortens or draws out
    a delay.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._at_boot = clock.now() - self._elapsed()
        self._failures: dict[str, Failures] = {}
        self._unknown: deque[str] = deque()

    def wait_s(self, staff: str) -> int:
        """Return the seconds until the next attempt is looked at; 0 means now."""
        found = self._failures.get(staff)
        if found is None or not found.total:
            return 0
        delay = min(DELAY_MAX_S, 1 << min(found.total - 1, 6)) * SECOND
        return self._seconds_to(found.last + delay)

    def locked_s(self, staff: str) -> int:
        """Return the seconds until a lock ends; 0 without one."""
        found = self._failures.get(staff)
        return self._seconds_to(found.locked_until) if found else 0

    def failed(self, staff: str, terminal: str, at: int = 0) -> tuple[int, int, int]:
        """Count a failure, now or ``at`` an instant on record.

        Returns:
            Failures in all, those at this terminal, and the end of a new lock or 0.
        """
        self._at_boot = max(self._at_boot, at - self._elapsed())
        if staff.startswith(UNKNOWN) and staff not in self._failures:
            self._bound_unknown(staff)
        found = self._failures.setdefault(staff, Failures())
        found.total += 1
        found.by_terminal[terminal] += 1
        found.last = min(at or self._now(), self._now())
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

    def _bound_unknown(self, staff: str) -> None:
        self._unknown.append(staff)
        if len(self._unknown) > UNKNOWN_KEPT:
            del self._failures[self._unknown.popleft()]

    def _elapsed(self) -> int:
        return round(self._clock.boot() * SECOND)

    def _now(self) -> int:
        return self._at_boot + self._elapsed()

    def _seconds_to(self, instant: int) -> int:
        return max(0, -((self._now() - instant) // SECOND))


class Bucket:
    """A rate: so many per second, with ten seconds' worth saved up or as many as is said."""

    def __init__(self, clock: Clock, per_second: float, saved: float | None = None) -> None:
        self._clock = clock
        self._rate = per_second
        self._most = per_second * 10 if saved is None else saved
        self._left = self._most
        self._last = clock.boot()

    def take(self) -> bool:
        """Take one and say whether there was one."""
        now = self._clock.boot()
        self._left = min(self._most, self._left + (now - self._last) * self._rate)
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
