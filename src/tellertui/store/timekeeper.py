"""The journal's time: it never goes back, and a step of the wall clock is an entry of its own."""

from collections.abc import Callable

from tellertui.core.clock import MINUTE, SECOND, Clock, SystemClock

STEP = 2 * MINUTE


class Timekeeper:
    """Turns a wall clock that may step into instants that only grow."""

    def __init__(self, clock: Clock, day_of: Callable[[int], str], last: int = 0) -> None:
        self._clock = clock
        self._day_of = day_of
        by_hand = isinstance(clock, SystemClock) and clock.by_hand
        # A clock that was set on purpose starts a new time line; its step is the first entry.
        self._last = 0 if by_hand else last
        self._wall = last or clock.now() if by_hand else max(clock.now(), last)
        self._boot = clock.boot()
        self._day = ("", 0, 0)

    def tick(self) -> tuple[int, int]:
        """Return the instant for a new unit of work and the step of the wall clock since the last one.

        The step is 0 unless the wall clock moved by more than two minutes against the time that passed.
        """
        wall, boot = self._clock.now(), self._clock.boot()
        step = wall - self._wall - round((boot - self._boot) * SECOND)
        self._wall, self._boot = wall, boot
        self._last = max(self._last, wall)
        return self._last, step if abs(step) > STEP else 0

    def now(self) -> int:
        """Return the later of the wall clock and the newest entry."""
        return max(self._last, self._clock.now())

    def day(self, instant: int) -> str:
        """Return the business date of an instant."""
        day, start, end = self._day
        if not start <= instant < end:
            day = self._day_of(instant)
            start = instant - instant % MINUTE
            self._day = (day, start, start + MINUTE)
        return day
