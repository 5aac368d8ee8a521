"""``tellertui demo`` in real terminals: seen in the first second, joined, cut off, begun anew, cleaned up."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from terminals import ENTER, PATIENCE_S, Terminal, f

CUT = "\x10"
PASSPHRASE = "lantern river "
TELLER, LOBBY, MANAGER = "6", "3", "1"


def demo(tmp_path: Path, *options: str, **more: Any) -> Terminal:
    """Start a terminal of a demo that lies under a test's own folder."""
    return Terminal("-I", "-m", "tellertui", "demo", "--lang", "en", *options, TMPDIR=str(tmp_path), **more)


def become(terminal: Terminal, digit: str) -> None:
    """Choose a role and land on Today."""
    terminal.wait_for("Who are you?")
    terminal.send(digit)
    terminal.wait_for("waiting in the lobby")


def leave(terminal: Terminal) -> None:
    """Go back to the picker and out."""
    terminal.send(f(3))
    terminal.wait_for("Stay here")
    terminal.send("1")
    terminal.wait_for("Who are you?")
    terminal.send(f(3))
    assert terminal.wait_end() == 0


def folders(tmp_path: Path) -> list[Path]:
    """Return the demos that are still there."""
    return [found for found in tmp_path.glob("tellertui-demo-*/*") if found.is_dir()]


def gone(tmp_path: Path) -> bool:
    """Wait until no demo is there any more."""
    until = time.monotonic() + PATIENCE_S
    while folders(tmp_path) and time.monotonic() < until:
        time.sleep(0.05)
    return not folders(tmp_path)


def test_a_role_is_chosen_while_the_branch_is_made_and_nothing_is_left(tmp_path: Path) -> None:
    with demo(tmp_path) as terminal:
        become(terminal, TELLER)
        assert b"The branch is being furnished" in terminal.raw
        for words in ("100 Today   Chen Jing   teller", "day opened 08:12", "counter 3  Mon 11-23  demo"):
            terminal.wait_for(words)
        leave(terminal)
        assert gone(tmp_path)


def test_the_power_is_cut_and_one_passphrase_brings_everything_back(tmp_path: Path) -> None:
    with demo(tmp_path, "--role", "teller") as terminal:
        terminal.wait_for("waiting in the lobby")
        terminal.send("20")
        terminal.wait_for("[20")
        terminal.send(CUT)
        terminal.wait_painted("Reconnecting; all that was confirmed is kept.")
        terminal.wait_for(lambda text: "Locked" in text and "Today" not in text)
        terminal.wait_for(lambda text: "lantern river 0417" in " ".join(text.replace("│", " ").split()))
        terminal.send(PASSPHRASE + "0417", ENTER)
        for words in ("The branch host is back.", "[20", "17 waiting in the lobby"):
            terminal.wait_for(words)
        leave(terminal)


def test_a_second_terminal_joins_and_the_last_one_out_cleans_up(tmp_path: Path) -> None:
    with demo(tmp_path) as first:
        become(first, MANAGER)
        with demo(tmp_path, "--join") as second:
            become(second, LOBBY)
            second.wait_for("Lin Fang")
            leave(first)
            assert folders(tmp_path)
            second.send(f(3))
            second.wait_for("Stay here")
            second.send("1")
            become(second, TELLER)
            leave(second)
        assert gone(tmp_path)


def test_the_role_is_changed_without_leaving(tmp_path: Path) -> None:
    with demo(tmp_path, "--role", "lobby") as terminal:
        terminal.wait_for("Lin Fang   lobby")
        terminal.send(f(3))
        terminal.wait_for("Stay here")
        terminal.send("1")
        become(terminal, MANAGER)
        terminal.wait_for("Zhou Qiang   manager")
        leave(terminal)


def test_the_morning_begins_again(tmp_path: Path) -> None:
    with demo(tmp_path) as terminal:
        terminal.wait_for("The branch is open.")
        terminal.send(f(9))
        terminal.wait_for("All terminals go back to 10:42.")
        terminal.send("1")
        terminal.wait_for("The branch host is back.")
        become(terminal, TELLER)
        terminal.wait_for("17 waiting in the lobby")
        leave(terminal)


def test_sigterm_leaves_no_demo_behind(tmp_path: Path) -> None:
    with demo(tmp_path) as terminal:
        become(terminal, TELLER)
        terminal.signal(signal.SIGTERM)
        assert terminal.wait_end() == 0
        assert gone(tmp_path)


@pytest.mark.parametrize("arguments", [["demo"], ["desk"], []])
def test_without_a_terminal_it_says_so(tmp_path: Path, arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-m", "tellertui", "--store", str(tmp_path), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env={"TMPDIR": str(tmp_path), "LANG": "en"},
    )
    assert done.returncode == 3
    assert "needs a terminal" in done.stderr
    assert folders(tmp_path) == []


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_several_terminals_side_by_side(tmp_path: Path) -> None:
    size = (170, 52)
    with demo(tmp_path, "--split", size=size, TMUX_TMPDIR=str(tmp_path), TMUX="") as terminal:
        for screen in ("F9 One more", "F10 Call", "Must be done", "NOW SERVING"):
            terminal.wait_for(screen)
        terminal.send("31", ENTER)
        terminal.wait_for("E007 Account: ")
        terminal.wait_for("E007 Account      senior")
        terminal.hang_up()
        assert gone(tmp_path)


def test_no_room_for_several_terminals(tmp_path: Path) -> None:
    with demo(tmp_path, "--split") as terminal:
        assert terminal.wait_end() == 3
        assert "needs tmux and 161 columns by 24 rows" in terminal.text
        assert folders(tmp_path) == []


def test_an_unknown_role_is_named(tmp_path: Path) -> None:
    with demo(tmp_path, "--role", "king") as terminal:
        assert terminal.wait_end() == 2
        assert "it has manager, reviewer, lobby" in terminal.text


def test_joining_nothing_is_refused(tmp_path: Path) -> None:
    with demo(tmp_path, "--join") as terminal:
        assert terminal.wait_end() == 3
        assert "No demo is running" in terminal.text
