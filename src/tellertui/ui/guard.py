"""The guard of F10: the same key shortly after a change of state is a slip of the finger, not a wish."""

from tellertui.core.clock import Clock

WINDOW_S = 0.7


class Guard:
    """Remembers the last guarded key and when the state last changed."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._key = ""
        self._changed: float | None = None

    def acted(self, key: str) -> None:
        """Remember the key that somebody acted with."""
        self._key = key

    def changed(self) -> None:
        """Remember that the state has just changed."""
        self._changed = self._clock.boot()

    def refuses(self, key: str) -> bool:
        """Say whether a key must be ignored now."""
        if self._changed is None or key != self._key:
            return False
        return self._clock.boot() - self._changed < WINDOW_S
