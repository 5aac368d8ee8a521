"""Hosts in processes of their own, reached as terminals and scripts reach them."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from branches import MONDAY, PASSPHRASES
from tellertui.client import Client
from tellertui.core.clock import ManualClock, SystemClock, rfc3339
from tellertui.core.event import decode_event
from tellertui.core.ids import TimedIds
from tellertui.core.role import Listener
from tellertui.host.host import Host
from tellertui.host.services import load_services
from tellertui.settings import Settings, settings_of, socket_path
from tellertui.store import sqlite
from tellertui.store.journal import Plain, entries
from tellertui.store.store import FILE
from tellertui.store.writer import Task

TESTS = Path(__file__).parent.parent
PATIENCE_S = 20

Done = subprocess.CompletedProcess[str]


class BranchProcess:
    """A store and the process that serves it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.log = directory / "host.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def settings(self) -> Settings:
        return settings_of(self.directory)

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self, *command: str) -> "BranchProcess":
        """Start ``tellertui host`` on a Monday at nine, or another command, and wait until it listens."""
        given = command or (
            "-I",
            "-m",
            "tellertui",
            "host",
            "--store",
            str(self.directory),
            "--clock",
            rfc3339(MONDAY),
        )
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([sys.executable, *given], stderr=log, stdout=log)
        until(lambda: self._listens() or self.process.poll() is not None)
        assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
        return self

    def start_sample(self, *options: str) -> "BranchProcess":
        """Start the host with the tests' own workflow."""
        offset = MONDAY - SystemClock().now()
        return self.start(str(TESTS / "sample.py"), str(self.directory), str(offset), *options)

    def kill(self) -> None:
        """End it with SIGKILL."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def stop(self) -> int:
        """End it with SIGTERM and return its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        return self.process.wait(PATIENCE_S)

    def client(self, listener: Listener = Listener.LOBBY, **more: Any) -> Client:
        """Return a client that is not connected yet."""
        return Client(self.settings, self.directory, listener, **more)

    async def signed_on(self, staff: str, passphrase: bytes = b"", **more: Any) -> Client:
        """Return a connected terminal with somebody signed on."""
        client = await self.client(Listener.STAFF, **more).__aenter__()
        await client.sign_on(staff, bytearray(passphrase or PASSPHRASES[staff]))
        return client

    def path(self, listener: Listener) -> Path:
        return socket_path(self.settings, self.directory, listener)

    def cli(
        self, *arguments: str, typed: bytes = b"", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run one command of the program on this store."""
        return tellertui(self.directory, *arguments, typed=typed, **environment)

    def entries(self) -> list[Plain]:
        """Return every entry of the journal, read beside the running host."""
        with closing(sqlite.connect(self.directory / FILE, query_only=True)) as connection:
            return [entry.read() for entry in entries(connection.cursor())]

    def facts(self, event: str) -> list[Any]:
        """Return the facts of every entry of one event."""
        return facts(self.entries(), event)

    def memory(self) -> bytes:
        """Return the resident memory that the process can write to, as root reads it."""
        found = bytearray()
        maps = Path(f"/proc/{self.pid}/maps").read_text().splitlines()
        with open(f"/proc/{self.pid}/mem", "rb", 0) as memory:
            for span, mode in (line.split()[:2] for line in maps):
                if mode.startswith("rw"):
                    low, high = (int(part, 16) for part in span.split("-"))
                    with suppress(OSError):
                        memory.seek(low)
                        found += memory.read(high - low)
        return bytes(found)

    def resident_kib(self) -> int:
        """Return the resident size of the process."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])

    def _listens(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe, suppress(OSError):
            probe.connect(str(self.path(Listener.SIGNON)))
            return True
        return False


def tellertui(store: Path, *arguments: str, typed: bytes = b"", **environment: str) -> Done:
    """Run the program on a store with ``typed`` as its standard input."""
    return subprocess.run(
        [sys.executable, "-I", "-m", "tellertui", *arguments, "--store", str(store)],
        input=typed.decode(),
        env={**os.environ, "TELLERTUI_SESSION": "", **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def code_of(done: Done) -> tuple[int, str]:
    """Return exit code and refusal code of a command run with ``--json``; it shows no traceback."""
    assert "Traceback" not in done.stderr
    return done.returncode, msgspec.json.decode(done.stdout)["error"]["code"]


def facts(plains: list[Plain], event: str) -> list[Any]:
    """Return the facts of every entry of one event."""
    load_services()
    return [decode_event(each.event, each.version, each.facts) for each in plains if each.event == event]


async def journal(host: Host) -> list[Plain]:
    """Return every entry of a host in this process, once the background work so far is written."""
    written = asyncio.get_running_loop().create_future()
    host.jobs.flush_refusals()
    host.store.writer.submit_job(Task(lambda work: None, written.set_result))
    await written
    return await asyncio.wrap_future(
        host.store.read(lambda reads: [entry.read() for entry in entries(reads.connection.cursor())])
    )


def command_id() -> UUID:
    """Return a command id of the morning on which hosts start."""
    return TimedIds(ManualClock(MONDAY)).new()


def until(true: Callable[[], bool]) -> None:
    """Wait for another process."""
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)
