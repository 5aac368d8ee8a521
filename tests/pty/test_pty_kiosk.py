"""``tellertui kiosk`` and ``board`` in a real terminal: real keys, signals, a host that dies, mischief."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from random import Random  # noqa: TID251 - the dice of a person at a keyboard, the same each time
from typing import Any

import pytest

from branches import MANAGER, MONDAY, Founded
from realhost import value_of
from tellertui.branch.api import AddTerminal, CloseTerminal
from tellertui.client import Client
from tellertui.core.clock import SystemClock
from tellertui.core.role import Listener
from tellertui.settings import socket_path
from tellertui.store import sqlite
from tellertui.store.journal import entries
from tellertui.store.store import FILE
from terminals import PATIENCE_S, Terminal, f

REALHOST = Path(__file__).parent.parent / "realhost.py"
CHOOSE = "请按数字选择今天要办的业务"
NUMBER = "██"
ASK_STAFF = "请找大堂人员取号"


class HostProcess:
    """A host on a store at a Monday morning, in a process that can be killed."""

    def __init__(self, founded: Founded) -> None:
        self.founded = founded
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        offset = MONDAY + 60_000 - SystemClock().now()
        self._process = subprocess.Popen(
            [sys.executable, REALHOST, self.founded.directory, str(offset)],
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        path = socket_path(self.founded.settings, self.founded.directory, Listener.ADMIN)
        path.unlink(missing_ok=True)
        until = time.monotonic() + PATIENCE_S
        while not path.exists():
            assert time.monotonic() < until
            time.sleep(0.05)

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def manage(self, *commands: Any) -> None:
        """Carry out commands as the manager."""

        async def run() -> None:
            client = Client(
                self.founded.settings, self.founded.directory, Listener.STAFF, machine=value_of(MANAGER)
            )
            async with client:
                for command in commands:
                    await client.do(command)

        asyncio.run(run())

    def issued(self) -> int:
        """Return how many numbers were given, by the journal."""
        with closing(sqlite.connect(self.founded.directory / FILE, query_only=True)) as connection:
            return sum(entry.event == "ticket.issued" for entry in entries(connection.cursor()))


@pytest.fixture
def process(founded: Founded) -> Iterator[HostProcess]:
    founded.directory.chmod(0o700)
    process = HostProcess(founded)
    yield process
    process.kill()


@pytest.fixture
def host(process: HostProcess) -> HostProcess:
    process.start()
    return process


def started(process: HostProcess, *words: str, size: tuple[int, int] = (80, 24)) -> Terminal:
    store = str(process.founded.directory)
    return Terminal("-m", "tellertui", *words, "--store", store, "--lang", "zh_Hans", size=size)


def begin(process: HostProcess, *words: str, **more: Any) -> Terminal:
    terminal = started(process, "kiosk", *words, **more)
    terminal.wait_for(CHOOSE)
    return terminal


def test_one_key_one_number_and_sigterm_ends_it_in_order(host: HostProcess) -> None:
    with begin(host) as kiosk:
        kiosk.send("1")
        kiosk.wait_for(NUMBER)
        kiosk.wait_for("个人" if "个人" in kiosk.text else "存款 取款 汇款")
        assert host.issued() == 1
        kiosk.signal(signal.SIGTERM)
        assert kiosk.wait_end() == 0
        assert b"\x1b[?1049l" in kiosk.raw


def test_it_runs_isolated_and_holds_neither_store_nor_key(host: HostProcess) -> None:
    with begin(host) as kiosk:
        folder = Path(f"/proc/{kiosk.process.pid}")
        assert b"\x00-I\x00" in (folder / "cmdline").read_bytes()
        opened = {os.readlink(each) for each in (folder / "fd").iterdir()}
        assert not [name for name in opened if str(host.founded.directory) in name]


@pytest.mark.parametrize("key", ["\x03", "\x11", "\x1a", "\x1c", "\x04", "\x0b", "\x10", "\x1b", "\x18"])
def test_keys_that_end_other_programs_do_nothing(host: HostProcess, key: str) -> None:
    with begin(host) as kiosk:
        kiosk.send(key, key, "q", f(3), apart=0.05)
        kiosk.send("3")
        kiosk.wait_for("请先看看资料是否带齐")
        assert kiosk.process.poll() is None


PIECES = [
    *"0123456789",
    *[chr(code) for code in range(1, 32)],
    *[f(number) for number in range(1, 13)],
    *["\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[1;5A", "\x1b[3~", "\x1b[Z", "\x1bOM", "\x7f", "\x1b"],
    *["\x1b[200~440301199001011239\x1b[201~", "\x1b[200~[/bold]\x1b]52;c;eA==\x07\x1b[201~"],
    *["\x1b[<0;20;8M\x1b[<0;20;8m", "\x1b[<0;50;14M\x1b[<0;50;14m", "\x1b[<65;5;5M", "\x1b[<35;9;9M"],
    *["\x1b[I", "\x1b[O", "\x1b[97;5u", "\x1b[113;9u", "\x1b]0;x\x07", "\x1bP1$r\x1b\\", "陳", "é", "３"],
    *["\x1b[?1;2c", "\x1b[24;80R", "\x1b[?2026;2$y", "\x1b[999~", "\x1bx", "\x1b[1;1H"],
]


def test_two_thousand_random_keys_neither_leave_it_nor_break_it(host: HostProcess) -> None:
    chance = Random(24)
    with begin(host) as kiosk:
        for number in range(2000):
            kiosk.send(chance.choice(PIECES))
            if number % 20 == 0:
                kiosk.read(0.02)
        # An unfinished sequence ends, all keys are worked off, then F12 leads back from every page.
        kiosk.send("\x1b", apart=0.3)
        quiet(kiosk)
        until = time.monotonic() + PATIENCE_S
        while not any(word in kiosk.text for word in ("按数字", "press a number", "請按數字")):
            assert time.monotonic() < until, kiosk.text
            kiosk.send(f(12), apart=1.1)
        assert kiosk.process.poll() is None
        assert b"\x1b]52;" not in kiosk.raw
        assert b"440301199001011239" not in kiosk.raw
        given = host.issued()
        assert given > 0
        kiosk.send("1")
        kiosk.wait_for(NUMBER)
        assert host.issued() == given + 1
        assert not (host.founded.directory / "host.log").exists()


def quiet(terminal: Terminal) -> None:
    """Read until the program has painted nothing for a while."""
    while terminal.read(1.5):
        assert terminal.process.poll() is None, terminal.text


def test_a_scan_is_nothing(host: HostProcess) -> None:
    with begin(host) as kiosk:
        kiosk.send("6222021234567890123\r")
        kiosk.read(0.5)
        assert CHOOSE in kiosk.text
        assert host.issued() == 0


def test_without_a_host_it_says_so_starts_none_and_comes_by_itself(process: HostProcess) -> None:
    with started(process, "kiosk") as kiosk:
        kiosk.wait_for(ASK_STAFF)
        kiosk.send("1")
        kiosk.read(0.3)
        assert not (process.founded.directory / "host.log").exists()
        process.start()
        kiosk.wait_for(CHOOSE)
        kiosk.send("1")
        kiosk.wait_for(NUMBER)
        assert process.issued() == 1


def test_a_press_outlives_the_host_and_gives_one_number(host: HostProcess) -> None:
    with begin(host) as kiosk:
        host.signal(signal.SIGSTOP)
        kiosk.send("1")
        kiosk.wait_for("请稍候")
        host.kill()
        kiosk.wait_for(ASK_STAFF)
        kiosk.send("1", "2", "1", apart=0.05)
        host.start()
        kiosk.wait_for(NUMBER)
        kiosk.read(0.5)
        assert host.issued() == 1


def test_two_kiosks_at_once(host: HostProcess) -> None:
    with begin(host) as one, begin(host) as two:
        one.send("1")
        two.send("1")
        one.wait_for(NUMBER)
        two.wait_for(NUMBER)
        assert host.issued() == 2


def test_staff_close_it_also_while_it_cannot_be_reached(host: HostProcess) -> None:
    uid = os.getuid()
    host.manage(*(AddTerminal(terminal=f"kiosk-{n}", kind="kiosk", uids=(uid,)) for n in "12"))
    with begin(host, "--terminal", "kiosk-1") as one, begin(host, "--terminal", "kiosk-2") as two:
        host.manage(CloseTerminal(terminal="kiosk-1"))
        assert one.wait_end() == 0
        two.send("1")
        two.wait_for(NUMBER)
        two.signal(signal.SIGSTOP)
        host.manage(CloseTerminal(terminal="kiosk-2"))
        host.kill()
        host.start()
        two.signal(signal.SIGCONT)
        assert two.wait_end() == 0


def test_an_unknown_terminal_is_refused_in_words(host: HostProcess) -> None:
    with started(host, "kiosk", "--terminal", "kiosk-9") as kiosk:
        assert kiosk.wait_end() == 4
        assert "tellertui:" in kiosk.text


def test_a_window_that_changes(host: HostProcess) -> None:
    with begin(host) as kiosk:
        kiosk.resize(40, 12)
        kiosk.wait_for(lambda text: text.splitlines()[0].strip() == "请按数字")
        kiosk.resize(30, 8)
        kiosk.wait_for("40×12")
        kiosk.resize(120, 40)
        kiosk.wait_for(CHOOSE)


def test_large_print_from_the_start(host: HostProcess) -> None:
    with started(host, "kiosk", "--large", size=(40, 12)) as kiosk:
        kiosk.wait_for("请按数字")
        kiosk.send("31", apart=0.0)
        kiosk.wait_for(NUMBER)


@pytest.mark.parametrize(
    ("words", "seen"), [(("board",), "城南支行"), (("kiosk", "--panel", "1"), "1")], ids=["board", "panel"]
)
def test_board_and_panel_run_and_end(host: HostProcess, words: tuple[str, ...], seen: str) -> None:
    with started(host, *words) as terminal:
        terminal.wait_for(seen)
        terminal.send("\x03", "\x11", "\x1a", "q", apart=0.05)
        assert terminal.process.poll() is None
        terminal.signal(signal.SIGTERM)
        assert terminal.wait_end() == 0


def test_large_and_panel_exclude_one_another(process: HostProcess) -> None:
    with started(process, "kiosk", "--large", "--panel", "1") as kiosk:
        assert kiosk.wait_end() == 2


def test_a_lost_terminal_ends_it(host: HostProcess) -> None:
    with begin(host) as kiosk:
        kiosk.hang_up()
        with suppress(subprocess.TimeoutExpired):
            kiosk.process.wait(10)
        assert kiosk.process.poll() is not None
