"""``tellertui headoffice watch`` in a real terminal, with no private key in the folder."""

import subprocess
import sys
from pathlib import Path

import pytest

from terminals import Terminal, f

TOLD = "No branch is enrolled yet."


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    folder = tmp_path / "keys"
    url = f"sqlite:///{tmp_path / 'office.db'}"
    command = [sys.executable, "-m", "tellertui", "headoffice", "init", "--url", url, "--keys", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    for key in folder.glob("*.key"):
        key.unlink()
    return folder


def watch(*more: str) -> Terminal:
    return Terminal("-m", "tellertui", "headoffice", "watch", *more, "--lang", "en")


def test_it_needs_no_key_and_leaves_with_f3(keys: Path) -> None:
    with watch("--keys", str(keys)) as terminal:
        terminal.wait_for(TOLD)
        (keys.parent / "office.db").rename(keys.parent / "away.db")
        terminal.wait_for("Database away since")
        assert not (keys.parent / "office.db").exists()
        (keys.parent / "away.db").rename(keys.parent / "office.db")
        terminal.wait_for(lambda text: "away" not in text)
        terminal.send(f(3))
        assert terminal.wait_end() == 0
        assert b"\x1b[?1049l" in terminal.raw


def test_it_needs_no_folder_where_the_url_is_given(keys: Path) -> None:
    with watch("--url", f"sqlite:///{keys.parent / 'office.db'}") as terminal:
        terminal.wait_for(TOLD)
        terminal.send("\x03", f(12), "\x1b", "q", apart=0.05)
        terminal.wait_worked_off()
        assert terminal.process.poll() is None
