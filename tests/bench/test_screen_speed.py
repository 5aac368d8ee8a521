"""From a key to its paint beside a bare field, and from a change at one terminal to the repaint of another.

uv run pytest -m bench -n 0 -s tests/bench/test_screen_speed.py
"""

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from branches import MANAGER, PASSPHRASES, REVIEWER, Founded
from busy import busy_branch, monday_offset
from terminals import ENTER, Terminal, f

pytestmark = pytest.mark.bench

HOST = Path(__file__).parent.parent / "realhost.py"
KEYS = 100
CHANGES = 100
DAY = 10_000
"""Tickets in the day."""
LOBBY = 120
"""Tickets that wait when changes are measured."""
BARE = """
from textual.app import App
from textual.widgets import Input, Static

class Bare(App):
    def compose(self):
        yield Static("usable")
        yield Input()

Bare().run()
"""
ACROSS_MS = 60.0
SCREENS = {"100": "100 Today", "201": "201 Lobby desk", "202": "202 Counter desk"}


@contextmanager
def hosted(store: Founded) -> Iterator[Founded]:
    """Serve a store on a Monday that begins now."""
    store.directory.chmod(0o700)
    command = [sys.executable, str(HOST), str(store.directory), str(monday_offset())]
    host = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        yield store
    finally:
        host.terminate()
        host.wait(20)


def desk(store: Founded, staff: str) -> Terminal:
    """Start a terminal and sign somebody on."""
    terminal = Terminal("-I", "-m", "tellertui", "--store", store.directory, "--lang", "en")
    terminal.wait_for("Passphrase")
    terminal.send(staff, ENTER, apart=0.05)
    terminal.send(PASSPHRASES[staff].decode(), ENTER, ENTER, apart=0.05)
    terminal.wait_for("100 Today")
    terminal.read(0.5)
    return terminal


def until_written(terminal: Terminal, began: float) -> float:
    """Return the milliseconds until the program writes, and take all that it writes then."""
    assert select.select([terminal.master], [], [], 10)[0], "nothing was painted"
    took = (time.perf_counter() - began) * 1000
    terminal.read(0.03)
    return took


def key_to_paint(terminal: Terminal, typed: str = "5", back: str = "\x7f") -> float:
    """Return the 95th percentile of the time from a key to its paint, in milliseconds."""
    times = []
    for place in range(KEYS):
        began = time.perf_counter()
        os.write(terminal.master, (back if place % 2 else typed).encode())
        times.append(until_written(terminal, began))
        terminal.read(0.06)
    return percentile(times, 95)


def percentile(times: list[float], percent: int) -> float:
    """Return what so many of a hundred do not exceed."""
    return sorted(times)[min(len(times) - 1, len(times) * percent // 100)]


def test_every_desk_paints_keys_like_a_bare_field(tmp_path: Path) -> None:
    program = tmp_path / "bare.py"
    program.write_text(BARE)
    with Terminal("-I", program, TEXTUAL_ANIMATIONS="none") as bare:
        bare.wait_for("usable")
        bare.read(0.5)
        least = key_to_paint(bare)
    store = busy_branch(tmp_path / "store", counters=4, waiting=DAY)
    with hosted(store), desk(store, MANAGER) as terminal:
        for code, name in SCREENS.items():
            terminal.send(code, ENTER, apart=0.05)
            terminal.wait_for(name)
            terminal.read(1.5)
            took = key_to_paint(terminal)
            print(f"\n{name}: p95 {took:.1f} ms, bare {least:.1f} ms: {took / least:.2f}")
            assert took <= 2 * least


def test_a_change_is_seen_at_another_terminal(tmp_path: Path) -> None:
    store = busy_branch(tmp_path / "store", counters=4, waiting=LOBBY)
    with hosted(store), ExitStack() as stack:
        one, other = (stack.enter_context(desk(store, staff)) for staff in (MANAGER, REVIEWER))
        for terminal in (one, other):
            terminal.send("201", ENTER, apart=0.05)
            terminal.wait_for(f"waiting {LOBBY}")
        one.send("1", ENTER, apart=0.05)
        other.wait_for(f"waiting {LOBBY + 1}")
        times = []
        for _ in range(CHANGES):
            one.read(0.1)
            other.read(0.02)
            began = time.perf_counter()
            one.send(f(9))
            times.append(until_written(other, began))
        took = percentile(times, 99)
        print(f"\na number given at one desk is on another after {took:.1f} ms (99th percentile)")
        assert took <= ACROSS_MS
