"""``tellertui desk`` in a real terminal on its own store: the host starts by itself, the process is clean."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from branches import MANAGER, PASSPHRASES, Founded
from tellertui.__main__ import draws
from terminals import ENTER, Terminal, f


@pytest.fixture
def store(founded: Founded) -> Iterator[Path]:
    """A store whose folder lets a terminal start a host."""
    founded.directory.chmod(0o700)
    yield founded.directory
    with suppress(OSError, ValueError):
        os.kill(int((founded.directory / "store.lock").read_text()), signal.SIGTERM)


def desk(store: Path, *words: str, **environment: str) -> Terminal:
    """Start a desk."""
    return Terminal("-m", "tellertui", *words, "--store", str(store), "--lang", "en", **environment)


def sign_on(terminal: Terminal, staff: str) -> None:
    terminal.wait_for("Passphrase")
    terminal.send(staff, ENTER)
    terminal.send(PASSPHRASES[staff].decode(), ENTER, ENTER, apart=0.05)
    terminal.wait_for("100 Today")


def test_a_bare_tellertui_is_the_desk_and_starts_its_host(store: Path) -> None:
    with desk(store) as terminal:
        sign_on(terminal, MANAGER)
        terminal.wait_for("城南支行")
        terminal.send(f(3))
        terminal.wait_for("Stay here")
        terminal.send("1")
        terminal.wait_for("Passphrase")
        terminal.send(f(3))
        assert terminal.wait_end() == 0


def test_the_terminal_runs_isolated_and_with_a_clean_environment(store: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("raise SystemExit('foreign code')")
    foreign = {"TEXTUAL_LOG": str(tmp_path / "keys.log"), "KEYRING_BACKEND": "x", "PYTHONWARNINGS": "error"}
    with desk(store, "desk", **foreign) as terminal:
        terminal.wait_for("Passphrase")
        process = Path(f"/proc/{terminal.process.pid}")
        assert b"\x00-I\x00" in (process / "cmdline").read_bytes()
        environment = (process / "environ").read_bytes()
        assert not [name for name in (b"PYTHON", b"TEXTUAL_LOG", b"KEYRING") if name in environment]
        terminal.send(PASSPHRASES[MANAGER].decode())
        terminal.wait_worked_off()
    assert not (tmp_path / "keys.log").exists()


def test_no_store_is_said_before_anything_is_drawn(tmp_path: Path) -> None:
    with desk(tmp_path / "none") as terminal:
        assert terminal.wait_end() == 3
        assert "There is no store" in terminal.text


def test_a_wrong_passphrase_rings_the_bell(store: Path) -> None:
    with desk(store) as terminal:
        terminal.wait_for("Passphrase")
        terminal.send(MANAGER, ENTER)
        since = len(terminal.raw)
        terminal.send("nothing of the kind", ENTER, ENTER, apart=0.05)
        terminal.wait_for("do not match")
        terminal.wait_bell(since)
        assert b"nothing of the kind" not in terminal.raw


@pytest.mark.parametrize(
    ("arguments", "is_terminal"),
    [
        ([], True),
        (["desk"], True),
        (["demo", "--role", "teller"], True),
        (["--store", "eod"], True),
        (["--lang", "en", "desk"], True),
        (["eod", "--json"], False),
        (["--store", "x", "call", "-"], False),
    ],
)
def test_which_arguments_start_a_terminal(arguments: list[str], is_terminal: bool) -> None:
    assert draws(arguments) is is_terminal
