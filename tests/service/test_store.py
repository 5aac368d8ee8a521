"""The writer: one commit for a group, one savepoint per command, a chain without gaps."""

from concurrent.futures import Future
from typing import Any

import pytest

from tellertui.branch.records import Paper
from tellertui.core.event import Code, Event, event
from tellertui.store.actor import SYSTEM
from tellertui.store.journal import entries
from tellertui.store.store import Store
from tellertui.store.work import UnrecordedChange, Work
from tellertui.store.writer import Outcome, Task


@event("tests.paper")
class PaperAdded(Event):
    """A paper was added by a test."""

    code: Code


def add(code: str) -> Any:
    """Return a body that adds a paper with its entry."""

    def body(work: Work) -> str:
        work.insert(Paper, code=code, name_zh_hant="x", name_zh_hans="x", name_en="x")
        work.record(PaperAdded(code))
        return code

    return body


def test_one_command(store: Store) -> None:
    before = store.journal.head.seq
    assert store.run(add("p1")) == "p1"
    assert store.journal.head.seq == before + 1
    assert store.read(lambda reads: reads.get(Paper, "p1").code).result() == "p1"


def test_failing_command_leaves_no_trace_and_no_gap(store: Store) -> None:
    def body(work: Work) -> None:
        add("bad")(work)
        raise ValueError

    results: list[Future[Outcome]] = []
    for number in range(50):
        future: Future[Outcome] = Future()
        store.submit(Task(body if number % 7 == 3 else add(f"n{number}"), future.set_result, SYSTEM))
        results.append(future)
    outcomes = [future.result(10) for future in results]
    assert [isinstance(outcome.error, ValueError) for outcome in outcomes] == [n % 7 == 3 for n in range(50)]
    seqs = store.read(lambda reads: reads.raw("SELECT seq FROM journal ORDER BY seq")).result()
    assert [seq for (seq,) in seqs] == list(range(1, store.journal.head.seq + 1))
    assert store.read(lambda reads: reads.get(Paper, "bad")).result() is None


def test_change_without_entry_is_undone(store: Store) -> None:
    def body(work: Work) -> None:
        work.insert(Paper, code="silent", name_zh_hant="x", name_zh_hans="x", name_en="x")

    with pytest.raises(UnrecordedChange):
        store.run(body)
    assert store.read(lambda reads: reads.get(Paper, "silent")).result() is None


def test_checkpoint_every_thousand_entries(store: Store) -> None:
    def many(work: Work) -> None:
        for number in range(1_001):
            add(f"c{number}")(work)

    store.run(many)
    newest = store.read(lambda reads: list(entries(reads._cursor))[-1]).result()
    assert newest.event == "journal.checkpoint"
    assert newest.seq == store.journal.head.seq
