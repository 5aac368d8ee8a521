"""A busy stretch with real keys: a lobby desk, two counters and a manager on one branch, forty customers."""

import json
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tellertui.core.event import decode_event
from tellertui.store.journal import decode_plain
from tellertui.store.sqlite import connect
from tellertui.store.store import FILE
from tellertui.workflows.reception.events import TicketCalled
from terminals import ENTER, Terminal, f

CUSTOMERS = 40
GUARD_S = 0.75
"""A little more than the moment in which the same key is a slip of the finger."""
MANAGER, LOBBY, COUNTER_1, COUNTER_2, AUDITOR = "1", "3", "4", "5", "0450"
DESKS = {
    MANAGER: ("904", "Sign"),
    LOBBY: ("201", "Checked"),
    COUNTER_1: ("202", "Start|Finish"),
    COUNTER_2: ("202", "Start|Finish"),
}
"""The desk of each terminal, and what its F10 says once all of it is painted."""
PASSPHRASE = "lantern river 0450"


class Counting:
    """One counter: what its person types, and how many keys that were."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.keys = 0
        self.finished = 0
        self.last = 0.0

    def step(self, wanted: str) -> None:
        """Press F10 once the moment has passed and see what it led to."""
        while time.monotonic() - self.last < GUARD_S:
            self.terminal.read(0.02)
        self.terminal.send(f(10))
        self.keys += 1
        self.terminal.wait_for(wanted)
        self.last = time.monotonic()


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[dict[str, Terminal]]:
    """Four terminals on one demo, each at its desk."""
    options = {"TMPDIR": str(tmp_path)}
    command = ("-I", "-m", "tellertui", "demo", "--lang", "en")
    with ExitStack() as stack:
        terminals = {MANAGER: stack.enter_context(Terminal(*command, **options))}
        terminals[MANAGER].wait_for("The branch is open.")
        for digit in (LOBBY, COUNTER_1, COUNTER_2):
            terminals[digit] = stack.enter_context(Terminal(*command, "--join", **options))
        for digit, (screen, step) in DESKS.items():
            terminals[digit].wait_for("Who are you?")
            terminals[digit].send(digit)
            terminals[digit].wait_for("waiting in the lobby")
            terminals[digit].send(screen, ENTER)
            terminals[digit].wait_for(partial(_has_row, rf"\A {screen} (?s:.*)F10 ({step})"))
        yield terminals


def _has_row(pattern: str, text: str) -> bool:
    """Say whether a row of figures stands there."""
    return re.search(pattern, text) is not None


def waiting(terminal: Terminal) -> int:
    """Return how many wait for a counter, as its head says."""
    found = re.search(r"waiting (\d+)", terminal.rows[0])
    assert found, terminal.text
    return int(found[1])


def serve(counters: list[Counting], customers: int) -> None:
    """Call, start and finish at every counter in turn, until so many are finished."""
    for counter in counters:
        if "F10 Start" in counter.terminal.text:
            counter.step("F10 Finish")
        if "F10 Finish" in counter.terminal.text:
            counter.step("F10 Call")
        counter.keys = 0
    steps = ("F10 Start", "F10 Finish", "F10 Call")
    while sum(counter.finished for counter in counters) < customers:
        for step in steps:
            for counter in counters:
                counter.step(step)
        for counter in counters:
            counter.finished += 1


def issue(lobby: Terminal, numbers: int) -> None:
    """Give numbers for cash and other personal services, some with a class."""
    kinds = ("1", "2", "1", "11", "1", "2", "22", "1")
    for place in range(numbers):
        before = waiting(lobby)
        lobby.send(kinds[place % len(kinds)], ENTER, apart=0.03)
        lobby.wait_for(lambda _, before=before: waiting(lobby) == before + 1)


class Script:
    """The command line beside the terminals, signed on as the auditor."""

    def __init__(self, store: Path, tmp_path: Path) -> None:
        self.store = store
        self.environment = {"TMPDIR": str(tmp_path), "LANG": "en"}
        session = self.run("sign-on", AUDITOR, "--json", typed=PASSPHRASE)["session"]
        self.environment["TELLERTUI_SESSION"] = session

    def run(self, *words: str, typed: str = "") -> Any:
        """Run one command and return its JSON; an open day makes ``eod`` exit with 1."""
        done = subprocess.run(
            [sys.executable, "-I", "-m", "tellertui", *words, "--store", str(self.store)],
            input=typed,
            capture_output=True,
            text=True,
            env=self.environment,
            check=False,
        )
        return json.loads(done.stdout)


def calls(store: Path, day: str) -> Counter[UUID]:
    """Return how often each ticket of the day was called, as the journal has it."""
    with closing(connect(store / FILE, query_only=True)) as connection:
        rows = connection.execute(
            "SELECT plain FROM journal WHERE event = 'ticket.called' AND day = ?", (day,)
        ).fetchall()
    entries = [decode_plain(plain) for (plain,) in rows]
    facts = [decode_event(each.event, each.version, each.facts) for each in entries]
    return Counter(fact.ticket for fact in facts if isinstance(fact, TicketCalled))


def test_forty_customers(floor: dict[str, Terminal], tmp_path: Path) -> None:
    lobby, manager = floor[LOBBY], floor[MANAGER]
    counters = [Counting(floor[COUNTER_1]), Counting(floor[COUNTER_2])]
    issue(lobby, CUSTOMERS - waiting(counters[0].terminal))
    serve(counters, CUSTOMERS)

    assert [counter.keys for counter in counters] == [3 * counter.finished for counter in counters]
    (store,) = (found.parent for found in tmp_path.glob(f"tellertui-demo-*/*/{FILE}"))
    script = Script(store, tmp_path)
    sheet, queue = script.run("eod", "--json"), script.run("call", "reception.queue")
    assert max(calls(store, sheet["date"]).values()) == 1

    served = {each["staff"]: each["served"] for each in sheet["staff"]}
    for counter, staff in zip(counters, ("0412", "0415"), strict=True):
        counter.terminal.wait_for(f"finished {served[staff]} ")
    figures = sheet["figures"]
    for row, figure in (("Tickets", "issued"), ("Served", "served"), ("No-show", "no_show")):
        manager.wait_for(partial(_has_row, rf"{row} +{figures[figure]}\b"))
    lobby.wait_for(partial(_has_row, rf"waiting {queue['waiting']}\b"))
    in_hand = sum(counter["number"] is not None for counter in queue["counters"])
    in_the_way = {each["item"]: each["count"] for each in sheet["blocking"]}
    assert in_the_way["open_tickets"] == queue["waiting"] + len(queue["on_hold"]) + in_hand
