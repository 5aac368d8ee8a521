"""Bad input at the command line: a clear refusal with its exit code, and nothing lost."""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from attack_hosts import BranchProcess, code_of, facts, journal
from attack_people import host_secret

from branches import MONDAY, PASSPHRASES, Founded
from hosts import LocalBranch
from tellertui import client
from tellertui.core.clock import DAY, ManualClock
from tellertui.core.ids import TimedIds
from tellertui.core.refusal import Refusal
from tellertui.core.wire import PROTOCOL
from tellertui.host.host import Host
from tellertui.store import sqlite
from tellertui.store.store import FILE

MIB = 1024 * 1024
OLD = """
import sys
from tellertui.store import sqlite
class Old:
    sqlite_version_info, sqlite_version = (3, 45, 1), "3.45.1"
    def __getattr__(self, name): raise AssertionError(f"the old library was used: {name}")
sqlite.dbapi = Old()
from tellertui.cli.main import run
sys.exit(run(sys.argv[1:]))
"""


def spoken(
    branch: BranchProcess, requests: list[tuple[str, str]], session: str = ""
) -> list[tuple[object, object]]:
    """Send requests with ``call -`` and return the result, or exit code and refusal code, of each."""
    lines = [
        f'{{"id":{n},"method":"{method}","params":{params}}}' for n, (method, params) in enumerate(requests)
    ]
    done = branch.cli("call", "-", typed="\n".join(lines).encode() + b"\n", TELLERTUI_SESSION=session)
    assert (done.returncode, done.stderr) == (0, "")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == list(range(len(requests)))
    return [
        (0, answer["result"])
        if "result" in answer
        else (answer["error"]["data"]["exit_code"], answer["error"]["data"]["code"])
        for answer in answers
    ]


def session_of(branch: BranchProcess, staff: str) -> str:
    return branch.cli("sign-on", staff, typed=PASSPHRASES[staff] + b"\n").stdout.strip()


def test_requests_that_ask_for_what_is_not_there(shared: BranchProcess) -> None:
    before = len(shared.facts("ticket.issued"))
    answers = spoken(
        shared,
        [
            ("reception.issue", '{"service":"no-such-service"}'),
            ("reception.issue", '{"service":"cash","colour":"red"}'),
            ("reception.issue", '{"service":7}'),
            ("reception.issue", "{}"),
            ("reception.teleport", "{}"),
            ("reception.call_next", "{}"),
            ("reception.issue", '{"service":"%s"}' % ("x" * 10 * MIB)),
            ("reception.issue", '{"service":"cash"}'),
        ],
    )
    assert answers[:7] == [
        (4, "unknown-service"),
        *[(2, "bad-params")] * 3,
        (2, "unknown-method"),
        (4, "not-permitted"),
        (2, "too-large"),
    ]
    assert answers[7][0] == 0
    assert len(shared.facts("ticket.issued")) == before + 1
    for arguments, found in (
        (("reception.issue", "--params", '{"service":"nothing"}'), (4, "unknown-service")),
        (("reception.issue", "--params", "[]"), (2, "bad-params")),
        (("reception.teleport",), (2, "unknown-method")),
    ):
        assert code_of(shared.cli("call", *arguments, "--json")) == found


def test_lines_that_are_no_request(shared: BranchProcess) -> None:
    lines = b'{"method":\n\xff\xfe\n[1,2]\n"x"\n\n{"id":"z","method":"reception.board"}\n'
    done = subprocess.run(
        [sys.executable, "-I", "-m", "tellertui", "call", "-", "--store", str(shared.directory)],
        input=lines,
        capture_output=True,
        timeout=20,
        check=True,
    )
    *broken, last = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["error"]["data"]["code"] for answer in broken] == ["bad-frame"] * 4
    assert last["id"] == "z"
    assert "result" in last


def test_one_ticket_at_two_counters_and_finished_twice(served: BranchProcess) -> None:
    ((_, ticket),) = spoken(served, [("reception.issue", '{"service":"cash"}')])
    number = ticket["number"]
    manager, reviewer = session_of(served, "M01"), session_of(served, "R01")
    opened = [("reception.counter_open", '{"counter":"1"}'), ("reception.call_next", "{}")]
    assert [code for code, _ in spoken(served, opened, manager)] == [0, 0]
    taken = [
        ("reception.counter_open", '{"counter":"2"}'),
        ("reception.call_ticket", f'{{"ticket":"{number}","reason":"care"}}'),
        ("reception.finish", f'{{"ticket":"{number}"}}'),
        ("reception.call_next", "{}"),
    ]
    assert spoken(served, taken, reviewer)[1:] == [(4, "wrong-state"), (4, "wrong-state"), (0, None)]
    ends = [("reception.arrive", "{}"), ("reception.finish", "{}"), ("reception.finish", "{}")]
    assert [code for code, _ in spoken(served, ends, manager)] == [0, 0, 4]
    assert len(served.facts("ticket.called")) == len(served.facts("ticket.finished")) == 1


async def test_a_closed_branch_gives_no_numbers(host: Host, clock: ManualClock) -> None:
    clock.advance(10 * 3_600)
    with pytest.raises(Refusal) as refused:
        await LocalBranch(host).call("reception.issue", {"service": "cash"})
    assert (refused.value.code, refused.value.kind.exit_code) == ("branch-closed", 4)
    assert facts(await journal(host), "ticket.issued") == []


async def test_a_terminal_of_a_future_version(shared: BranchProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "PROTOCOL", PROTOCOL + 1)
    with pytest.raises(Refusal) as refused:
        await shared.client().__aenter__()
    assert (refused.value.code, refused.value.kind.exit_code) == ("newer-client", 2)


def test_a_second_host_names_the_first_and_leaves_it_alone(shared: BranchProcess) -> None:
    second = shared.cli("host")
    assert second.returncode == 3
    assert second.stderr == f"tellertui: Another process ({shared.pid}) holds this store.\n"
    assert shared.cli("call", "reception.issue", "--params", '{"service":"cash"}').returncode == 0


def sqlite_file(file: Path) -> None:
    with closing(sqlite.dbapi.connect(file)) as connection:
        connection.executescript("PRAGMA application_id = 7; CREATE TABLE t (x); INSERT INTO t VALUES (1);")


@pytest.mark.parametrize(
    ("foreign", "command"),
    [
        (sqlite_file, ("host",)),
        (lambda file: file.write_bytes(b"not a database at all\n" * 500), ("host",)),
        (Path.touch, ("host",)),
        (Path.touch, ("audit", "verify")),
    ],
    ids=["sqlite", "text", "empty", "verify"],
)
def test_a_foreign_file_is_refused_and_left_as_it_is(
    process: BranchProcess, foreign: Callable[[Path], None], command: tuple[str, ...]
) -> None:
    file = process.directory / FILE
    for each in process.directory.glob(f"{FILE}*"):
        each.unlink()
    foreign(file)
    before = file.read_bytes()
    done = process.cli(*command)
    assert (done.returncode, done.stderr) == (3, "tellertui: branch.db is not a tellertui store.\n")
    assert file.read_bytes() == before


def test_a_missing_file_or_store_is_said(process: BranchProcess, tmp_path: Path) -> None:
    (process.directory / FILE).unlink()
    done = process.cli("host")
    assert (done.returncode, "is missing from" in done.stderr) == (3, True)
    assert not (process.directory / FILE).exists()
    nowhere = BranchProcess(tmp_path / "nowhere").cli("call", "reception.board", "--json")
    assert code_of(nowhere) == (3, "no-store")
    assert not (tmp_path / "nowhere").exists()


def test_an_older_sqlite_is_refused_before_the_file_is_touched(process: BranchProcess) -> None:
    before = (process.directory / FILE).read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", OLD, "host", "--store", str(process.directory)],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 3
    assert "SQLite 3.45.1 is too old: install the pysqlite3 wheel or SQLite 3.51.3 or newer." in done.stderr
    assert (process.directory / FILE).read_bytes() == before


def test_wrong_passphrases_at_the_command_line(shared: BranchProcess) -> None:
    wrong = shared.cli("sign-on", "R01", "--json", typed=b"a passphrase that nobody has\n")
    assert code_of(wrong) == (4, "wrong-passphrase")
    again = shared.cli("sign-on", "R01", "--json", typed=PASSPHRASES["R01"] + b"\n")
    assert code_of(again) == (4, "wait")
    assert "wait 1 s" in again.stderr
    assert code_of(shared.cli("sign-on", "", "--json", typed=b"\n")) == (2, "bad-frame")


async def issued(lobby: LocalBranch) -> str:
    """Issue a ticket under an id made by the time that the host names, as a terminal does."""
    now = (await lobby.call("hello", {"protocol": PROTOCOL}))["now"]
    made = TimedIds(ManualClock(now)).new()
    return str((await lobby.call("reception.issue", {"service": "cash"}, made))["number"])


async def test_a_clock_that_goes_back_loses_nothing(host: Host, clock: ManualClock) -> None:
    lobby, numbers = LocalBranch(host), []
    for step in (0, -10 * DAY, -1, 3 * DAY):
        clock.set(clock.now() + step)
        numbers.append(await issued(lobby))
    assert len(set(numbers)) == 4
    left = await journal(host)
    assert [entry.at for entry in left] == sorted(entry.at for entry in left)
    assert {entry.day for entry in left} == {"2026-11-23"}
    steps = [fact.milliseconds for fact in facts(left, "clock.stepped")]
    assert steps == [-10 * DAY]


async def test_a_host_that_starts_in_the_past_goes_on_from_its_newest_entry(founded: Founded) -> None:
    numbers = []
    for start in (MONDAY, MONDAY - 10 * DAY):
        clock = ManualClock(start)
        host = Host(founded.directory, founded.settings, host_secret(founded), clock, TimedIds(clock))
        numbers.append(await issued(LocalBranch(host)))
        left = await journal(host)
        await host.close()
    assert numbers == ["A001", "A002"]
    assert [entry.at for entry in left] == sorted(entry.at for entry in left)
    assert [fact.milliseconds for fact in facts(left, "clock.stepped")] == [-10 * DAY]


def test_the_delay_of_a_sign_on_does_not_follow_the_wall_clock(host: Host, clock: ManualClock) -> None:
    guard = host.access.guard
    guard.failed("M01", "desk-1")
    clock.set(clock.now() - DAY)
    assert guard.wait_s("M01") == 1
    clock.advance(1)
    assert guard.wait_s("M01") == 0
