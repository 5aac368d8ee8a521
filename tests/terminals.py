"""A program in a real pseudo-terminal: keys in, an emulator's screen out."""

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

import pyte
from pyte.screens import Char
from rich.cells import cell_len

PATIENCE_S = 60.0
"""A deadline for what must come, long enough for a machine that does much else."""
DROPPED = ("NO_COLOR", "COLORTERM", "TEXTUAL", "LC_ALL", "COVERAGE", "PYTEST", "COLUMNS", "LINES")
"""What would change the program; a size in the environment stands even when the window gets another."""
FUNCTION = {1: "\x1bOP", 2: "\x1bOQ", 3: "\x1bOR", 4: "\x1bOS", 5: "\x1b[15~", 6: "\x1b[17~"} | {
    7: "\x1b[18~",
    8: "\x1b[19~",
    9: "\x1b[20~",
    10: "\x1b[21~",
    11: "\x1b[23~",
    12: "\x1b[24~",
}
ENTER = "\r"
REFUSED = "\x0bx"
"""Ctrl+K and a key that is no second way: the bell rings on every screen, behind all that was typed."""
UNKNOWN = re.compile(rb"\x1b\[[<>=][0-9]*u")
"""Sequences that the emulator would print."""


def f(number: int) -> str:
    """Return what a terminal sends for a function key."""
    return FUNCTION[number]


def _row(cells: Mapping[int, Char], columns: int) -> str:
    """Return one row; half of a wide character that was written over is a blank, as in a terminal."""
    text, x = "", 0
    while x < columns:
        data = cells[x].data or " "
        wide = cell_len(data) == 2
        whole = wide and x + 1 < columns and not cells[x + 1].data
        text += data if whole or not wide else " "
        x += 2 if whole else 1
    return text


class Terminal:
    """One program on one pseudo-terminal."""

    def __init__(
        self, *argv: str | Path, size: tuple[int, int] = (80, 24), own: bool = True, **env: str
    ) -> None:
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.master, slave = os.openpty()
        self._size(*size)
        kept = {key: value for key, value in os.environ.items() if not key.startswith(DROPPED)}
        given = {"TERM": "xterm-256color", "LANG": "en_GB.UTF-8"}

        def become_its_terminal() -> None:
            os.setsid()
            if own:
                fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            [sys.executable, *map(str, argv)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**kept, **given, **env},
            preexec_fn=become_its_terminal,
            close_fds=True,
        )
        os.close(slave)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.hang_up()

    def hang_up(self) -> None:
        """Close the terminal's other end, as a broken line does."""
        if self.master >= 0:
            os.close(self.master)
            self.master = -1

    def send(self, *texts: str, apart: float = 0.0) -> None:
        """Type; each text is one write, so many seconds apart."""
        for text in texts:
            os.write(self.master, text.encode())
            if apart:
                self.read(apart)

    def read(self, seconds: float) -> bytes:
        """Take what the program writes within some seconds."""
        taken = b""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if not select.select([self.master], [], [], left)[0]:
                break
            try:
                data = os.read(self.master, 65536)
            except OSError:
                break
            if not data:
                break
            taken += data
            self._stream.feed(UNKNOWN.sub(b"", data))
        self.raw += taken
        return taken

    @property
    def rows(self) -> list[str]:
        """Return what stands on the screen."""
        return [_row(self.screen.buffer[y], self.screen.columns) for y in range(self.screen.lines)]

    @property
    def text(self) -> str:
        """Return what stands on the screen as one text."""
        return "\n".join(self.rows)

    def wait_bell(self, since: int, seconds: float = PATIENCE_S) -> None:
        """Read until the bell has rung after so many bytes."""
        until = time.monotonic() + seconds
        while b"\x07" not in self.raw[since:]:
            assert time.monotonic() < until, f"the bell never rang\n{self.text}"
            self.read(0.05)

    def wait_for(self, wanted: str | Callable[[str], object], seconds: float = PATIENCE_S) -> None:
        """Read until a text stands on the screen."""
        test = wanted if callable(wanted) else lambda text: wanted in text
        until = time.monotonic() + seconds
        while not test(self.text):
            assert time.monotonic() < until, f"never saw {wanted}\n{self.text}\n{self.raw[-2000:]!r}"
            self.read(0.05)

    def wait_worked_off(self) -> None:
        """Read until every key that was typed so far has done what it does."""
        since = len(self.raw)
        self.send(REFUSED)
        self.wait_bell(since)

    def wait_painted(self, wanted: str, seconds: float = PATIENCE_S) -> None:
        """Read until a text has been painted, also one that stood for a moment only."""
        until = time.monotonic() + seconds
        while wanted.encode() not in self.raw:
            assert time.monotonic() < until, f"never painted {wanted}\n{self.text}"
            self.read(0.05)

    def wait_end(self, seconds: float = PATIENCE_S) -> int:
        """Read until the program has ended and return its exit code."""
        until = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < until, f"it never ended\n{self.text}"
            if self.master >= 0:
                self.read(0.05)
            else:
                time.sleep(0.02)
        if self.master >= 0:
            self.read(0.1)
        return self.process.returncode

    def signal(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        self.process.send_signal(number)

    def resize(self, columns: int, rows: int) -> None:
        """Give the window another size."""
        self.screen.resize(rows, columns)
        self._size(columns, rows)
        self.process.send_signal(signal.SIGWINCH)

    def _size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
