"""The command line as scripts use it: real processes, exit codes, JSON on standard output only."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from branches import MANAGER, PASSPHRASES, Founded
from tellertui.core.role import Listener
from tellertui.settings import socket_path
from tellertui.store import sqlite

CLOCK = "2026-11-23T08:20:00+08:00"
PATIENCE_S = 30


class Shell:
    """Runs ``tellertui`` on one store."""

    def __init__(self, founded: Founded) -> None:
        self.founded = founded
        self.environment = {
            "PATH": os.environ["PATH"],
            "TELLERTUI_STORE": str(founded.directory),
            "LANG": "C.UTF-8",
        }
        self.host: subprocess.Popen[bytes] | None = None

    def run(self, *arguments: str, stdin: bytes = b"", code: int = 0) -> Any:
        """Run a command, check its exit code and return its JSON, or None where it printed none."""
        done = subprocess.run(
            [sys.executable, "-m", "tellertui", *arguments],
            input=stdin,
            capture_output=True,
            env=self.environment,
            timeout=PATIENCE_S,
            check=False,
        )
        assert done.returncode == code, done.stderr.decode()
        assert b"Traceback" not in done.stderr
        return json.loads(done.stdout) if done.stdout else None

    def serve(self, *arguments: str) -> None:
        """Start a host in the background and wait for its sockets."""
        command = [sys.executable, "-m", "tellertui", "host", *arguments]
        self.host = subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL)
        path = socket_path(self.founded.settings, self.founded.directory, Listener.ADMIN)
        until = time.monotonic() + PATIENCE_S
        while not path.exists() and time.monotonic() < until:
            assert self.host.poll() is None
            os.sched_yield()

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End the host and wait for it."""
        if self.host is not None:
            self.host.send_signal(number)
            self.host.wait(PATIENCE_S)
            self.host = None

    def sign_on(self, staff: str = MANAGER) -> None:
        """Sign on for the commands that follow."""
        session = self.run("sign-on", staff, "--json", stdin=PASSPHRASES[staff] + b"\n")
        self.environment["TELLERTUI_SESSION"] = session["session"]


@pytest.fixture
def shell(founded: Founded) -> Iterator[Shell]:
    """A shell with a founded store."""
    shell = Shell(founded)
    yield shell
    shell.stop()


def test_a_ticket_from_issue_to_the_sheet(shell: Shell) -> None:
    shell.serve("--clock", CLOCK)
    ticket = shell.run("call", "reception.issue", "--params", '{"service": "account", "class": "senior"}')
    assert set(ticket) == {
        *("id", "number", "ahead", "wait_lo_min", "wait_hi_min", "overtaken_by_at_most", "papers")
    }
    shell.run("call", "reception.call_next", code=4)
    shell.sign_on()
    shell.run("call", "clock.advance", "--params", '{"seconds": 200}')
    shell.run("call", "reception.counter_open", "--params", '{"counter": "2"}')
    called = shell.run("call", "reception.call_next")
    assert (called["number"], called["class"], called["waited_s"] // 10) == (ticket["number"], "senior", 20)
    shell.run("call", "reception.recall", code=4)
    shell.run("call", "reception.arrive")
    shell.run("call", "reception.finish", "--params", '{"result": "done"}')
    sheet = shell.run("eod", "--json", code=1)
    assert (sheet["date"], sheet["state"]) == ("2026-11-23", "open")
    assert (sheet["figures"]["issued"], sheet["figures"]["served"]) == (1, 1)
    assert shell.run("audit", "verify", "--json")["verified"]


def test_the_killed_host_leaves_a_store_that_verifies(shell: Shell) -> None:
    shell.serve("--clock", CLOCK)
    shell.run("call", "reception.issue", "--params", '{"service": "cash"}')
    shell.stop(signal.SIGKILL)
    assert shell.run("audit", "verify", "--json")["verified"]
    events = [entry["event"] for entry in shell.run("audit", "show", "--json")]
    assert events[:4] == ["store.founded", "staff.granted", "staff.granted", "branch.furnished"]
    assert "ticket.issued" in events


def test_a_call_starts_a_host_by_itself(shell: Shell) -> None:
    state = shell.run("call", "host.show")
    assert state["entries"] >= 4
    shell.run("call", "host.stop")


def test_session_may_be_the_json_of_sign_on(shell: Shell, tmp_path: Path) -> None:
    shell.serve("--clock", CLOCK)
    printed = shell.run("sign-on", MANAGER, "--json", stdin=PASSPHRASES[MANAGER] + b"\n")
    file = tmp_path / "session"
    file.write_text(json.dumps(printed), encoding="utf-8")
    shell.environment["TELLERTUI_SESSION"] = f"@{file}"
    file.chmod(0o644)
    shell.run("call", "reception.queue", code=2)
    file.chmod(0o600)
    assert shell.run("call", "reception.queue")["waiting"] == 0
    shell.run("sign-off", "--json")
    shell.run("call", "reception.queue", code=4)


def test_repeated_line_of_call_has_one_effect(shell: Shell) -> None:
    shell.serve("--clock", CLOCK)
    now = 1000 * 1_795_393_200
    identifier = f"{now >> 16:08x}-{now & 0xFFFF:04x}-7000-8000-000000000001"
    line = {"jsonrpc": "2.0", "id": identifier, "method": "reception.issue", "params": {"service": "cash"}}
    other = {**line, "id": 7, "params": None, "method": "reception.services"}
    lines = "\n".join(json.dumps(each) for each in (line, line, other)).encode() + b"\n"
    done = subprocess.run(
        [sys.executable, "-m", "tellertui", "call", "-"],
        input=lines,
        capture_output=True,
        env=shell.environment,
        timeout=PATIENCE_S,
        check=True,
    )
    first, second, third = (json.loads(answer) for answer in done.stdout.splitlines())
    assert first["result"]["id"] == second["result"]["id"]
    assert first["id"] == identifier
    assert third["id"] == 7
    assert len(third["result"]) == 7


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE journal SET plain = x'00' WHERE event = 'staff.granted'",
        "UPDATE journal SET plain = x'c1' WHERE seq = (SELECT max(seq) FROM journal)",
        "DELETE FROM branch",
        "DELETE FROM device",
        "DROP TABLE device",
    ],
)
def test_a_damaged_store_starts_red_and_says_where(shell: Shell, damage: str) -> None:
    connection = sqlite.dbapi.connect(shell.founded.directory / "branch.db", isolation_level=None)
    for trigger in ("journal_no_update", "journal_no_delete"):
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute(damage)
    connection.close()
    report = shell.run("audit", "verify", "--json", code=1)
    assert {"schema", "entry_changed", "row_missing"} & {finding["kind"] for finding in report["findings"]}
    shell.serve("--clock", CLOCK)
    assert shell.run("call", "host.show")["red"]
    refused = shell.run("call", "reception.issue", "--params", '{"service": "cash"}', "--json", code=4)
    assert refused["error"]["code"] == "red"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["init", "--branch-code", "B2", "--name", "x", "--standalone", "--officer", ".m1:manager"], 2),
        (["init", "--branch-code", "B2", "--name", "x", "--standalone", "--officer", "A:teller"], 2),
        (["eod", "--date", "2026-13-01"], 2),
        (["audit", "show", "--since", "0"], 2),
        (["call"], 2),
        (["nothing"], 2),
    ],
)
def test_wrong_usage(shell: Shell, arguments: list[str], code: int) -> None:
    shell.run(*arguments, code=code)


def test_version(shell: Shell) -> None:
    done = subprocess.run([sys.executable, "-m", "tellertui", "--version"], capture_output=True, check=True)
    assert done.stdout.startswith(b"tellertui ")
