"""Starting a terminal beside a bare Textual program with as many widgets, in one run; ratios only.

uv run pytest -m bench -n 0 -s tests/bench/test_terminal_speed.py
"""

import os
import select
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from branches import Founded
from terminals import Terminal, f

pytestmark = pytest.mark.bench

ROUNDS = 6
REST_S = 1.0
"""What one start leaves behind is over before the next."""
BARE = """
from textual.app import App
from textual.widgets import Input, OptionList, Static

class Bare(App):
    def compose(self):
        yield Static("usable")
        yield OptionList(*[str(number) for number in range(20)])
        for number in range(3):
            yield Input(id=f"field{number}")

Bare().run()
"""
PICKER, DESK, USABLE = b"Who are you?", b"Staff number", b"waiting in the lobby"


def seen(terminal: Terminal, wanted: bytes) -> None:
    """Read until the program has written some bytes."""
    read = b""
    while wanted not in read:
        assert select.select([terminal.master], [], [], 20)[0], "it was never written"
        read += os.read(terminal.master, 65536)


def best(
    start: Callable[[], Terminal], wanted: bytes, end: str = "", *, settled: bytes = b""
) -> tuple[float, int]:
    """Return the shortest time until something was written, in seconds, and the size at last, in KiB."""
    times, sizes = [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        with start() as terminal:
            seen(terminal, wanted)
            times.append(time.perf_counter() - began)
            if settled:
                seen(terminal, settled)
            status = Path(f"/proc/{terminal.process.pid}/status").read_text(encoding="ascii")
            sizes.append(int(status.split("VmRSS:")[1].split()[0]))
            terminal.send(end)
            terminal.read(REST_S)
    return min(times), min(sizes)


@pytest.fixture(autouse=True)
def _as_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("PYTHON"):
            monkeypatch.delenv(name)


@pytest.fixture
def bare(tmp_path: Path) -> Callable[[], Terminal]:
    program = tmp_path / "bare.py"
    program.write_text(BARE)
    return lambda: Terminal("-I", program, TEXTUAL_ANIMATIONS="none")


@pytest.fixture
def served(founded: Founded) -> Iterator[Founded]:
    founded.directory.chmod(0o700)
    with Terminal("-I", "-m", "tellertui", "--store", founded.directory) as terminal:
        seen(terminal, b"Passphrase")
        yield founded
    with suppress(OSError, ValueError):
        os.kill(int((founded.directory / "store.lock").read_text()), 15)


def test_a_terminal_starts_like_a_bare_program(bare: Callable[[], Terminal], served: Founded) -> None:
    def desk() -> Terminal:
        return Terminal("-I", "-m", "tellertui", "--store", served.directory, "--lang", "en")

    least, size = best(bare, b"usable")
    time_s, size_desk = best(desk, DESK, settled=b"Passphrase")
    print(f"\ndesk {time_s:.3f} s, bare {least:.3f} s: {time_s / least:.2f}; memory {size_desk / size:.2f}")
    assert time_s <= 1.3 * least
    assert size_desk <= 1.3 * size


def test_the_demo_shows_its_picker_at_once(bare: Callable[[], Terminal], tmp_path: Path) -> None:
    def demo(*more: str) -> Terminal:
        return Terminal("-I", "-m", "tellertui", "demo", "--lang", "en", *more, TMPDIR=str(tmp_path))

    least, _ = best(bare, b"usable")
    time_s, _ = best(demo, PICKER, f(3))
    usable, _ = best(lambda: demo("--role", "teller"), USABLE, f(3) + "1")
    print(f"\npicker {time_s:.3f} s, bare {least:.3f} s: {time_s / least:.2f}; usable {usable:.2f} s")
    assert time_s <= 1.5 * least
    assert usable <= 3
