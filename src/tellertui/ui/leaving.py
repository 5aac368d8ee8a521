"""Leaving: a terminal that is told to stop, or has lost its line, saves drafts and is gone in two seconds.

Python and Textual would die at once on SIGTERM and SIGHUP and leave the terminal in its other screen, and
would spin on a terminal that has gone. Here both end the app in order; a thread makes sure that it ends.
"""

import asyncio
import os
import signal
import sys
import termios
import threading
from collections.abc import Awaitable, Callable

PATIENCE_S = 1.0
"""How long saving drafts may take."""
LIMIT_S = 1.8
"""After this the process ends whatever it is doing."""
WATCH_S = 0.5
EXIT_TOLD = 0
EXIT_LOST = 1


class Leaving:
    """Listens for signals and looks after the terminal."""

    def __init__(
        self,
        save: Callable[[], Awaitable[None]],
        leave: Callable[[], None],
        end: Callable[[int], object] = os._exit,
    ) -> None:
        self._save = save
        self._leave = leave
        self._end = end
        self._begun = False
        self._tasks: set[asyncio.Task[None]] = set()

    def listen(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take SIGTERM and SIGHUP into the loop."""
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.begin, number == signal.SIGHUP)

    def look(self) -> None:
        """Leave if the terminal has gone; called every ``WATCH_S``."""
        if not terminal_is_there():
            self.begin(lost=True)

    def begin(self, lost: bool) -> None:
        """Save drafts and leave, once."""
        if self._begun:
            return
        self._begun = True
        lost = lost and not terminal_is_there()
        timer = threading.Timer(LIMIT_S, self._end, (EXIT_LOST,))
        timer.daemon = True
        timer.start()
        task = asyncio.get_running_loop().create_task(self._go(lost))
        self._tasks.add(task)

    async def _go(self, lost: bool) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._save()
        except Exception:  # noqa: BLE001, S110 - what cannot be saved now must not keep the process
            pass
        if lost:
            # Nothing may be written to a terminal that has gone: the writer would block for ever.
            self._end(EXIT_LOST)
        else:
            self._leave()


def terminal_is_there() -> bool:
    """Say whether the terminal of this process still answers."""
    if sys.__stdin__ is None:
        return False
    try:
        termios.tcgetattr(sys.__stdin__.fileno())
    except (termios.error, OSError, ValueError):
        return False
    return True
