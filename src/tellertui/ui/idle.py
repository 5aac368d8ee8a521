"""Idle time: the veil falls after three minutes without a key, ten while serving; five later the lock."""

from tellertui.core.clock import Clock

VEIL_S = 180
VEIL_SERVING_S = 600
LOCK_S = 300


class Idle:
    """How long nobody has touched a key, by a clock that also runs while the machine sleeps."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._touched = clock.boot()
        self._veiled: float | None = None
        self.serving = False
        """A customer is being served: the veil waits longer."""

    def touch(self) -> None:
        """Remember that a key was pressed."""
        self._touched = self._clock.boot()

    def veil(self) -> None:
        """Remember when the veil fell."""
        self._veiled = self._clock.boot()

    def lift(self) -> None:
        """Remember that the veil is gone."""
        self._veiled = None
        self.touch()

    @property
    def veil_due(self) -> bool:
        """Say whether the screen must be covered now."""
        limit = VEIL_SERVING_S if self.serving else VEIL_S
        return self._veiled is None and self._clock.boot() - self._touched >= limit

    @property
    def lock_due(self) -> bool:
        """Say whether the veil has hung so long that only the passphrase helps."""
        return self._veiled is not None and self._clock.boot() - self._veiled >= LOCK_S
