"""The host is killed under a terminal: said in words, the form kept, one passphrase, everything sent once."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from app_sample import NAME, Report, come_true, keys, sign_on, terminal, until
from snap import press, screen_rows, settled
from textual.pilot import Pilot

from branches import MANAGER, MONDAY, PASSPHRASES, REVIEWER, Founded
from tellertui.core.clock import rfc3339
from tellertui.core.role import Listener
from tellertui.settings import socket_path
from tellertui.store import sqlite
from tellertui.store.journal import entries
from tellertui.store.store import FILE
from tellertui.ui.veil import Lock


class HostProcess:
    """``tellertui host`` on a store, in a process that can be killed."""

    def __init__(self, founded: Founded) -> None:
        self._founded = founded
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        command = ["-I", "-m", "tellertui", "host", "--store", str(self._founded.directory)]
        self._process = subprocess.Popen(  # noqa: ASYNC220 - it does not block
            [sys.executable, *command, "--clock", rfc3339(MONDAY + 60_000)], stderr=subprocess.DEVNULL
        )
        path = socket_path(self._founded.settings, self._founded.directory, Listener.SIGNON)
        path.unlink(missing_ok=True)
        await come_true(path.exists)

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()


def issued(directory: Path) -> int:
    """Return how many numbers were given, by the journal."""
    with closing(sqlite.connect(directory / FILE, query_only=True)) as connection:
        return sum(entry.event == "ticket.issued" for entry in entries(connection.cursor()))


@pytest.fixture
async def process(founded: Founded) -> AsyncIterator[HostProcess]:
    process = HostProcess(founded)
    await process.start()
    yield process
    process.kill()


@pytest.fixture
async def pilot(founded: Founded, process: HostProcess) -> AsyncIterator[Pilot[Any]]:
    app = terminal(founded)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await sign_on(pilot, MANAGER)
        await press(pilot, *"304", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Report))
        yield pilot


def text(pilot: Pilot[Any]) -> str:
    return "\n".join(screen_rows(pilot.app))


async def seen(pilot: Pilot[Any], words: str) -> None:
    """Wait for words while keys may be held."""
    await come_true(lambda: words in text(pilot))


async def test_a_killed_host_leaves_the_form_and_what_was_pending_is_sent_once(
    founded: Founded, process: HostProcess, pilot: Pilot[Any]
) -> None:
    form = pilot.app.screen
    form.form["name"].value, form.form["remark"].value = NAME, "pending"
    process.signal(signal.SIGSTOP)
    form.action_press("f10")
    await asyncio.sleep(0.1)
    process.kill()
    await seen(pilot, "Reconnecting; all that was confirmed is kept.")
    assert form.form["name"].value == NAME
    await process.start()
    await seen(pilot, "Locked")
    assert NAME not in text(pilot)
    await press(pilot, *keys(PASSPHRASES[MANAGER].decode()), "enter")
    # The answer may be there before the cover has gone.
    await until(pilot, lambda: form.done and pilot.app.screen is form)
    assert len(form.done) == 1
    assert issued(founded.directory) == 1


async def test_a_half_filled_form_comes_back_after_one_passphrase(
    process: HostProcess, pilot: Pilot[Any]
) -> None:
    form = pilot.app.screen
    form.form["name"].value = NAME
    process.kill()
    await seen(pilot, "Reconnecting")
    await process.start()
    await seen(pilot, "Locked")
    await press(pilot, *keys(PASSPHRASES[MANAGER].decode()), "enter")
    await until(pilot, lambda: pilot.app.screen is form)
    assert form.form["name"].value == NAME
    assert "The branch host is back." in text(pilot)
    form.form["remark"].value = "on"
    await press(pilot, "f10")
    assert len(form.done) == 1


async def test_a_wrong_passphrase_keeps_the_cover(process: HostProcess, pilot: Pilot[Any]) -> None:
    process.kill()
    await seen(pilot, "Reconnecting")
    await process.start()
    await seen(pilot, "Locked")
    await press(pilot, *"wrong", "enter")
    await seen(pilot, "do not match")
    assert isinstance(pilot.app.screen, Lock)


async def test_another_person_at_that_terminal_sends_nothing_of_the_first(
    founded: Founded, process: HostProcess, pilot: Pilot[Any]
) -> None:
    form = pilot.app.screen
    form.form["name"].value, form.form["remark"].value = NAME, "pending"
    process.signal(signal.SIGSTOP)
    form.action_press("f10")
    await asyncio.sleep(0.1)
    process.kill()
    await process.start()
    await seen(pilot, "Locked")
    await press(pilot, "f3")
    await until(pilot, lambda: pilot.app.current_mode == "000")
    await sign_on(pilot, REVIEWER)
    assert form.done == []
    assert NAME not in text(pilot)
    assert issued(founded.directory) == 0


async def test_a_host_that_stays_away_is_started_again(founded: Founded, process: HostProcess) -> None:
    asked: list[int] = []
    app = terminal(founded, revive=lambda: asked.append(1))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        process.kill()
        await come_true(lambda: asked)
        await process.start()
        await seen(pilot, "The branch host is back.")
