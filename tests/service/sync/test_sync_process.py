"""Branch, courier and head office as processes, killed in the middle of it: figures agree all the same."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest

from tellertui.core.role import Listener
from tellertui.settings import settings_of, socket_path

PATIENCE_S = 40
OFFICERS = b"correct horse battery staple\nseven lanterns over the river\n"


class Place:
    """One machine with everything on it."""

    def __init__(self, folder: Path, runtime: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "XDG_RUNTIME_DIR": str(runtime),
            "TELLERTUI_STORE": str(folder / "branch"),
            "TELLERTUI_HEADOFFICE": str(folder / "keys"),
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def run(self, *arguments: str, stdin: bytes = b"", codes: tuple[int, ...] = (0,)) -> Any:
        """Run a command and return the JSON it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "tellertui", *arguments],
            input=stdin,
            capture_output=True,
            env=self.environment,
            timeout=PATIENCE_S,
            check=False,
        )
        assert done.returncode in codes, (arguments, done.stdout, done.stderr)
        assert b"Traceback" not in done.stderr
        return json.loads(done.stdout) if done.stdout[:1] in b"{[" else None

    def start(self, name: str, *arguments: str) -> None:
        """Start a process in the background."""
        command = [sys.executable, "-m", "tellertui", *(arguments or (name,))]
        self.running[name] = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def office(self) -> None:
        """Start head office and wait until it listens."""
        self.start("office", "headoffice", "serve", "--port", str(self.port))
        until(lambda: connects(socket.AF_INET, ("127.0.0.1", self.port)))

    def branch(self) -> None:
        """Start the host, wait until it listens, and start the courier."""
        self.start("host", "host", "--clock", "2026-11-23T09:00:00+08:00")
        directory = self.folder / "branch"
        path = str(socket_path(settings_of(directory), directory, Listener.ADMIN))
        until(lambda: connects(socket.AF_UNIX, path))
        self.start("courier")

    def kill(self, name: str) -> None:
        """End a process as a power cut would."""
        process = self.running.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE_S)

    def customers(self, number: int) -> None:
        """Let customers take numbers."""
        for _ in range(number):
            self.run("call", "reception.issue", "--params", '{"service":"account"}')


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def connects(family: socket.AddressFamily, address: Any) -> bool:
    with socket.socket(family) as found:
        return found.connect_ex(address) == 0


def until(true: Any) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end
        os.sched_yield()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    runtime = Path(tempfile.mkdtemp(prefix="tt-", dir="/tmp"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    made = Place(tmp_path, runtime)
    yield made
    for process in made.running.values():
        process.kill()
        process.wait(PATIENCE_S)
    rmtree(runtime)


def test_kills_on_every_side_lose_and_double_nothing(place: Place) -> None:
    folder, url = place.folder, f"https://127.0.0.1:{place.port}"
    place.run("headoffice", "init", "--url", f"sqlite:///{folder / 'office.db'}", "--json")
    officers = ("--officer", "M01:manager", "--officer", "R01:reviewer")
    keys = ("--head-office-key", str(folder / "keys" / "custodian.pub"), "--host-secret", "memory")
    named = ("--branch-code", "B001", "--name", "城南支行", "--environment", "test")
    place.run("init", *named, *officers, *keys, "--json", stdin=OFFICERS)
    place.office()
    place.branch()
    code = place.run("headoffice", "enrol-code", "--branch-code", "B001", "--json")["code"]
    assert place.run("sync", "enrol", "--url", url, "--code", code, "--json")["last_error"] is None
    place.customers(1)
    place.kill("office")
    place.customers(1)
    place.kill("courier")
    place.kill("host")
    place.branch()
    place.customers(1)
    place.office()
    place.kill("courier")
    place.start("courier")
    status = place.run("sync", "now", "--json", codes=(0, 1))
    if status["last_error"] is not None:
        # Head office was away when the courier last asked.
        status = place.run("sync", "now", "--json")
    assert (status["last_error"], status["rejections"]) == (None, 0)
    sheet = place.run("eod", "--json", codes=(0, 1))
    (line,) = place.run("headoffice", "figures", "--date", sheet["date"], "--json")
    counted = {name: value for name, value in sheet["figures"].items() if name != "unsynced"}
    assert (sheet["date"], counted["issued"], line["rejections"]) == (line["date"], 3, 0)
    assert counted == line["figures"]
