"""Incidents: what goes wrong in a terminal is written down without a single value, and named by an id.

An entry holds the kinds of the errors and where they arose. Messages and local variables can hold what
somebody typed, so neither is written or shown.
"""

import asyncio
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from tellertui.core.clock import Clock, rfc3339

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 6
DEEPEST = 12
"""So many frames of each error are written."""


class Incident(msgspec.Struct, frozen=True):
    """One line of the log."""

    at: str
    id: str
    errors: list[str]
    where: list[str]


class Incidents:
    """The log of a terminal, one JSON line each; without a file only the id is given."""

    def __init__(self, clock: Clock, entropy: Callable[[int], bytes], file: Path | None = None) -> None:
        self._clock = clock
        self._entropy = entropy
        self._file = file

    def record(self, error: BaseException | None) -> str:
        """Write an error down and return its id; a log that cannot be written changes nothing."""
        identifier = "".join(ALPHABET[byte % len(ALPHABET)] for byte in self._entropy(LENGTH))
        chain = list(_chain(error))
        incident = Incident(
            rfc3339(self._clock.now()),
            identifier,
            [type(each).__qualname__ for each in chain],
            [place for each in chain for place in _places(each.__traceback__)],
        )
        if self._file is not None:
            try:
                with self._file.open("ab") as log:
                    log.write(msgspec.json.encode(incident) + b"\n")
            except OSError:
                pass
        return identifier

    def install(self, tell: Callable[[str], None]) -> None:
        """Catch what no boundary caught: main thread, other threads, finalisers."""

        def caught(error: BaseException | None) -> None:
            if not isinstance(error, KeyboardInterrupt):
                tell(self.record(error))

        sys.excepthook = lambda kind, error, trace: caught(error)
        threading.excepthook = lambda args: caught(args.exc_value)
        sys.unraisablehook = lambda args: caught(args.exc_value)

    def of_loop(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Write down what a task left unhandled; for ``loop.set_exception_handler``."""
        self.record(context.get("exception"))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-DEEPEST:]
    return [f"{Path(frame.filename).name}:{frame.lineno}:{frame.name}" for frame in frames]
