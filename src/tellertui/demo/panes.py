"""Several terminals of one demo side by side, each a real one in a pane of tmux."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence

from tellertui.core.refusal import N_, UNREACHABLE, refusal
from tellertui.core.role import Role

PANE = (80, 24)
ROW = (Role.LOBBY, Role.TELLER)
"""Who sits beside whom."""
BELOW = Role.MANAGER

NO_SPLIT = refusal(
    "no-split",
    N_(
        "Side by side needs tmux and {columns} columns by {rows} rows; without them start tellertui demo "
        "here and tellertui demo --join in other windows."
    ),
    UNREACHABLE,
)


def roles(size: os.terminal_size) -> tuple[Role, ...]:
    """Return who is shown in a terminal of a size.

    Raises:
        Refusal: ``no-split``; tmux is not there, or two panes have no room.
    """
    columns, rows = PANE[0] * len(ROW) + 1, PANE[1]
    if shutil.which("tmux") is None or size.columns < columns or size.lines < rows:
        raise NO_SPLIT(columns=columns, rows=rows)
    return (*ROW, BELOW) if size.lines > 2 * rows else ROW


def show(shown: Sequence[Role], language: str) -> int:
    """Show a terminal for each role until all have ended, and return the exit code of tmux."""
    tmux = ["tmux", "-L", f"tellertui-{os.getpid()}", "-f", os.devnull]
    return subprocess.run([*tmux, *commands(shown, language)], check=False).returncode


def commands(shown: Sequence[Role], language: str) -> Iterator[str]:
    """Yield what tmux is told: a session of the first role, then a pane for each other one."""
    first, *others = (_terminal(role, language) for role in shown)
    yield from ("new-session", first)
    for name, value in (
        ("status", "off"),
        ("mouse", "on"),
        ("escape-time", "10"),
        ("destroy-unattached", "on"),
    ):
        yield from (";", "set-option", "-g", name, value)
    if len(others) > 1:
        yield from (";", "split-window", "-v", "-f", others.pop(), ";", "select-pane", "-t", "0")
    for terminal in others:
        yield from (";", "split-window", "-h", terminal)
    yield from (";", "select-pane", "-t", "0")


def _terminal(role: Role, language: str) -> str:
    words = [sys.executable, "-I", "-m", "tellertui", "--lang", language]
    return shlex.join([*words, "demo", "--join", "--at-desk", "--role", role])
