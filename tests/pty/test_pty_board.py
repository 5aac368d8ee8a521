"""``tellertui board`` in a real terminal: its host dies and comes back, its voice hangs, it has to end."""

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from branches import MANAGER, Founded
from busy import monday_offset
from realhost import value_of
from tellertui.client import Client
from tellertui.core.role import Listener
from tellertui.settings import socket_path, write_settings
from tellertui.workflows.reception.api import Board, CallNext, CounterOpen, Issue
from tellertui.workflows.reception.screens import glyphs
from terminals import PATIENCE_S, Terminal, f

REALHOST = Path(__file__).parent.parent / "realhost.py"
WATCH = "请留意叫号"
AWAY = "起暂停，请听大堂人员叫号"


class Branch:
    """A host in a process that can be killed, and the lines of a kiosk and of counter 1 to it."""

    def __init__(self, founded: Founded) -> None:
        self.founded = founded
        self._offset = monday_offset()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Serve the store; the clock goes on where it was."""
        path = socket_path(self.founded.settings, self.founded.directory, Listener.ADMIN)
        path.unlink(missing_ok=True)
        command = [sys.executable, str(REALHOST), str(self.founded.directory), str(self._offset)]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        until = time.monotonic() + PATIENCE_S
        while not path.exists():
            assert time.monotonic() < until
            time.sleep(0.05)

    def kill(self) -> None:
        """Kill the host, as a power cut does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def voice(self, **settings: Any) -> None:
        """Give the branch a voice."""
        more = msgspec.structs.replace(self.founded.settings, **settings)
        write_settings(self.founded.directory, more)

    def call(self, language: str = "zh_Hans") -> str:
        """Give a number at the kiosk and call it to counter 1."""

        async def carry_out(kiosk: Client, staff: Client) -> str:
            await staff.do(CounterOpen(counter="1"))
            await kiosk.do(Issue(service="cash", language=language))  # type: ignore[arg-type]
            called = await staff.do(CallNext(counter="1"))
            assert called is not None
            return called.number

        return self._do(carry_out)

    def called(self) -> list[str]:
        """Return what everybody may see to be called."""

        async def ask(kiosk: Client, _: Client) -> list[str]:
            return [call.number for call in (await kiosk.do(Board())).calls]

        return self._do(ask)

    def _do(self, body: Callable[[Client, Client], Awaitable[Any]]) -> Any:
        settings, directory = self.founded.settings, self.founded.directory

        async def run() -> Any:
            kiosk = Client(settings, directory, Listener.LOBBY)
            staff = Client(settings, directory, Listener.STAFF, machine=value_of(MANAGER))
            async with kiosk, staff:
                return await body(kiosk, staff)

        return asyncio.run(run())


@pytest.fixture
def branch(founded: Founded) -> Iterator[Branch]:
    founded.directory.chmod(0o700)
    branch = Branch(founded)
    yield branch
    branch.kill()


def board(branch: Branch, size: tuple[int, int] = (80, 24)) -> Terminal:
    store = str(branch.founded.directory)
    return Terminal("-m", "tellertui", "board", "--store", store, "--lang", "en", size=size)


def drawn(number: str, **more: Any) -> Callable[[str], bool]:
    """Return what finds a number on the screen."""
    return lambda text: all(row in text for row in glyphs.drawn(number, **more))


def test_a_killed_host_leaves_the_last_calls_and_comes_back_by_itself(branch: Branch) -> None:
    branch.start()
    with board(branch) as terminal:
        terminal.wait_for(WATCH)
        first = branch.call()
        terminal.wait_for(drawn(first))
        branch.kill()
        terminal.wait_for(AWAY)
        assert drawn(first)(terminal.text)
        assert "! 叫号屏 09:0" in terminal.text
        assert not (branch.founded.directory / "host.log").exists(), "a board starts no host"
        branch.start()
        terminal.wait_for(lambda text: AWAY not in text)
        assert branch.called() == [first]
        assert drawn(first)(terminal.text)
        terminal.signal(signal.SIGTERM)
        assert terminal.wait_end() == 0
        assert b"\x1b[?1049l" in terminal.raw


def test_without_a_host_it_says_since_when_and_finds_it_later(branch: Branch) -> None:
    with board(branch, (120, 40)) as terminal:
        terminal.wait_for("Screen paused since")
        branch.start()
        terminal.wait_for(WATCH)
        number = branch.call()
        terminal.wait_for(drawn(number, gap=3, scale=2))


def test_every_call_is_said_once_also_over_a_restart(branch: Branch, tmp_path: Path) -> None:
    said = tmp_path / "said"
    branch.voice(voice="file", voice_file=str(said))
    branch.start()
    with board(branch) as terminal:
        terminal.wait_for(WATCH)
        number = branch.call("en")
        terminal.wait_for(drawn(number))
        branch.kill()
        terminal.wait_for(AWAY)
        branch.start()
        terminal.wait_for(lambda text: AWAY not in text)
        terminal.read(1.5)
    lines = [json.loads(row) for row in said.read_text().splitlines()]
    assert lines == [
        {"language": "en", "text": "Number A 0 0 1, counter 1, please"},
        {"language": "zh_Hans", "text": "请 A 0 0 1 号到 1 号窗口"},
    ]


def test_a_loudspeaker_that_hangs_holds_up_neither_board_nor_end(branch: Branch, tmp_path: Path) -> None:
    script, pid = tmp_path / "hang.sh", tmp_path / "pid"
    script.write_text(f'echo $$ >"{pid}"; exec sleep 600\n')
    branch.voice(voice="command", voice_command=("sh", str(script)))
    branch.start()
    with board(branch) as terminal:
        terminal.wait_for(WATCH)
        number = branch.call()
        terminal.wait_for(drawn(number))
        until = time.monotonic() + PATIENCE_S
        while not (pid.exists() and pid.read_text().strip()):
            assert time.monotonic() < until
            terminal.read(0.05)
        terminal.signal(signal.SIGTERM)
        assert terminal.wait_end() == 0
    assert not Path(f"/proc/{pid.read_text().strip()}").exists()


def test_no_key_does_anything(branch: Branch) -> None:
    branch.start()
    with board(branch) as terminal:
        terminal.wait_for(WATCH)
        before = terminal.text
        for key in (
            "\x03",
            "\x04",
            "\x11",
            "\x1a",
            "\x1c",
            "\x10",
            "q",
            "1",
            "\r",
            "\x1b",
            *map(f, range(1, 13)),
        ):
            terminal.send(key, apart=0.03)
        terminal.send("\x1b[<0;20;8M\x1b[<0;20;8m", "\x1b[200~x\x1b[201~")
        number = branch.call()
        terminal.wait_for(drawn(number))
        assert terminal.process.poll() is None
        assert before.splitlines()[1] == terminal.text.splitlines()[1]
