"""Several terminals of one demo side by side, each a real one in a pane of tmux."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tellertui.core.refusal import N_, UNREACHABLE, refusal
from tellertui.core.role import Role

PANE = (80, 24)
BOARD = "board"
"""The now-serving board, which nobody signs on to."""
ROWS = ((Role.LOBBY, Role.TELLER), (BOARD, Role.MANAGER))
"""Who stands beside whom; the second row only where there is room."""

NO_SPLIT = refusal(
    "no-split",
    N_(
        "Side by side needs tmux and {columns} columns by {rows} rows; without them start tellertui demo "
        "here and tellertui demo --join in other windows."
    ),
    UNREACHABLE,
)


def rows(size: os.terminal_size) -> Sequence[Sequence[str]]:
    """Return what is shown in a terminal of a size, row by row.

    Raises:
        Refusal: ``no-split``; tmux is not there, or two panes have no room.
    """
    columns, lines = PANE[0] * len(ROWS[0]) + 1, PANE[1]
    if shutil.which("tmux") is None or size.columns < columns or size.lines < lines:
        raise NO_SPLIT(columns=columns, rows=lines)
    return ROWS if size.lines > 2 * lines else ROWS[:1]


def show(shown: Sequence[Sequence[str]], directory: Path, language: str) -> int:
    """Show the terminals until all have ended, and return the exit code of tmux."""
    tmux = ["tmux", "-L", f"tellertui-{os.getpid()}", "-f", os.devnull]
    told = commands([[_terminal(each, directory, language) for each in row] for row in shown])
    process = subprocess.Popen([*tmux, *told])
    # Whoever started the demo waits for tmux, so that the demo is left in order.
    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, lambda *_: process.terminate())
    return process.wait()


def commands(terminals: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield what tmux is told: a row of panes for each row of terminals."""
    yield from ("new-session", terminals[0][0])
    options = {"status": "off", "mouse": "on", "escape-time": "10", "destroy-unattached": "on"}
    for name, value in options.items():
        yield from (";", "set-option", "-g", name, value)
    for row in terminals[1:]:
        yield from (";", "split-window", "-v", "-f", row[0])
    first = 0
    for row in terminals:
        yield from (";", "select-pane", "-t", str(first))
        for terminal in row[1:]:
            yield from (";", "split-window", "-h", terminal)
        first += len(row)
    yield from (";", "select-pane", "-t", "0")


def _terminal(name: str, directory: Path, language: str) -> str:
    words = [sys.executable, "-I", "-m", "tellertui", "--lang", language]
    if name == BOARD:
        return shlex.join([*words, "--store", str(directory), BOARD])
    return shlex.join([*words, "demo", "--join", "--at-desk", "--role", name])
