"""Folding beside landing: one thread, which lets a branch that is catching up send first."""

import logging
import threading
from collections.abc import Callable
from functools import partial

from tellertui.core.clock import Clock
from tellertui.headoffice.projector import Projector

QUIET_S = 0.25
"""Folding waits for so long a pause between batches."""
LATEST_S = 5
"""Figures stay behind what has landed for no longer than this, however many batches come."""

log = logging.getLogger(__name__)


class Folding:
    """Folds what an earlier run left, then whatever lands, until it is stopped."""

    def __init__(self, projector: Projector, clock: Clock) -> None:
        self._projector = projector
        self._clock = clock
        self._changed = threading.Condition()
        self._waiting: set[str] = set()
        self._since = 0.0
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="fold")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Fold what waits and end."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join()

    def notice(self, branch: str) -> None:
        """Be told that a branch has landed something."""
        with self._changed:
            if not self._waiting:
                self._since = self._clock.boot()
            self._waiting.add(branch)
            self._changed.notify()

    def _run(self) -> None:
        self._guarded(self._projector.catch_up)
        while branches := self._next():
            for branch in branches:
                self._guarded(partial(self._projector.project, branch))

    def _next(self) -> set[str]:
        """Return branches to fold once their batches pause; none at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._stopping)
            while not self._stopping and self._clock.boot() - self._since < LATEST_S:
                if not self._changed.wait(QUIET_S):
                    break
            found, self._waiting = self._waiting, set()
            return found

    def _guarded(self, job: Callable[[], None]) -> None:
        try:
            job()
        except Exception as error:  # noqa: BLE001 - what is not folded now is folded with the next batch
            log.error("folding failed: %s", type(error).__name__)
