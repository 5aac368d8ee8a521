"""The writer when a command, a group or the disk fails: who is answered what, and what is there then."""

from typing import Any

import pytest
from papers import Body, Failing, add, failure, group, papers

from branches import Founded, opened_at
from tellertui.core.clock import ManualClock
from tellertui.core.refusal import Refusal
from tellertui.store import sqlite
from tellertui.store.journal import entries
from tellertui.store.store import ANCHOR, Store
from tellertui.store.work import Work
from tellertui.store.writer import Task


def seqs(store: Store) -> list[int]:
    found = store.read(lambda reads: reads.raw("SELECT seq FROM journal ORDER BY seq")).result()
    return [seq for (seq,) in found]


def codes(errors: list[Exception | None]) -> list[str]:
    return [error.code if isinstance(error, Refusal) else type(error).__name__ for error in errors]


def test_a_command_that_breaks_a_rule_of_the_tables_leaves_its_group_alone(store: Store) -> None:
    happened: list[str] = []

    def twice(work: Work) -> None:
        work.after_commit(lambda: happened.append("twice"))
        work.notify("queue")
        add("c")(work)
        add("a")(work)

    first, second, third = group(store, add("a"), twice, add("b"))
    assert (first.value, third.value) == ("a", "b")
    assert isinstance(second.error, sqlite.dbapi.IntegrityError)
    assert (second.value, second.notices, second.effects, happened) == (None, frozenset(), [], [])
    assert papers(store) >= {"a", "b"}
    assert "c" not in papers(store)
    assert seqs(store) == [*range(1, store.writer.committed.seq + 1)]
    assert third.seq == first.seq + 1


def test_when_the_commit_of_a_group_fails_each_command_runs_alone_in_order(store: Store) -> None:
    order: list[str] = []

    def noted(code: str) -> Body:
        def body(work: Work) -> Any:
            order.append(code)
            return add(code)(work)

        return body

    failing = Failing(store, ("COMMIT",), "SQLITE_BUSY", 1)
    outcomes = group(store, noted("a"), noted("b"), noted("c"))
    assert failing.left == 0
    assert [outcome.value for outcome in outcomes] == ["a", "b", "c"]
    assert order == ["a", "b", "c", "a", "b", "c"]
    assert papers(store) >= {"a", "b", "c"}
    assert seqs(store) == [*range(1, store.writer.committed.seq + 1)]


def test_when_the_transaction_is_gone_only_the_command_that_ended_it_fails(store: Store) -> None:
    def rollback(work: Work) -> None:
        add("lost")(work)
        work._cursor.execute("ROLLBACK")
        raise failure("SQLITE_ABORT_ROLLBACK")

    outcomes = group(store, add("a"), rollback, add("b"))
    assert [outcome.value for outcome in outcomes] == ["a", None, "b"]
    assert isinstance(outcomes[1].error, sqlite.dbapi.OperationalError)
    assert papers(store) >= {"a", "b"}
    assert "lost" not in papers(store)
    assert store.run(add("c")) == "c"
    assert seqs(store) == [*range(1, store.writer.committed.seq + 1)]


def test_a_full_disk_refuses_each_command_and_the_next_one_after_it_goes_on(store: Store) -> None:
    before = store.writer.committed
    Failing(store, ("COMMIT",), "SQLITE_FULL", 3)
    outcomes = group(store, add("a"), add("b"))
    assert codes([outcome.error for outcome in outcomes]) == ["disk-full", "disk-full"]
    assert papers(store).isdisjoint({"a", "b"})
    assert (store.writer.committed, store.writer.red) == (before, None)
    assert store.run(add("a")) == "a"
    assert seqs(store) == [*range(1, store.writer.committed.seq + 1)]


@pytest.mark.parametrize("code", ["SQLITE_IOERR_FSYNC", "SQLITE_IOERR_WRITE", "SQLITE_CORRUPT"])
def test_after_an_error_of_the_disk_nothing_more_is_written_and_reading_goes_on(
    store: Store, code: str
) -> None:
    store.anchor()
    anchor = store.path.with_name(ANCHOR)
    before, proven, known = store.writer.committed, anchor.read_bytes(), papers(store)
    failing = Failing(store, ("COMMIT",), code, 1)
    outcomes = group(store, add("a"), add("b"))
    assert codes([outcome.error for outcome in outcomes]) == ["red", "red"]
    assert (failing.left, store.writer.red) == (0, "disk")
    with pytest.raises(Refusal, match="red"):
        store.run(add("c"))
    store.anchor()
    assert (store.writer.committed, anchor.read_bytes(), papers(store)) == (before, proven, known)


def test_an_error_of_the_disk_inside_a_command_stops_the_writer_too(store: Store) -> None:
    def broken(work: Work) -> None:
        raise failure("SQLITE_IOERR_READ")

    outcomes = group(store, add("a"), broken, add("b"))
    assert codes([outcome.error for outcome in outcomes]) == ["red"] * 3
    assert store.writer.red == "disk"
    assert "a" not in papers(store)


def test_when_not_even_undoing_works_the_writer_stops(store: Store) -> None:
    failing = Failing(store, ("COMMIT", "ROLLBACK"), "SQLITE_BUSY", 2)
    outcomes = group(store, add("a"), add("b"))
    assert codes([outcome.error for outcome in outcomes]) == ["red", "red"]
    assert (failing.left, store.writer.red) == (0, "disk")
    assert papers(store).isdisjoint({"a", "b"})


def test_an_effect_that_fails_is_nobodys_failure(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    happened: list[str] = []

    def body(work: Work) -> Any:
        work.after_commit(lambda: [][0])
        work.after_commit(lambda: happened.append("after"))
        return add("a")(work)

    assert store.run(body) == "a"
    assert store.run(add("b")) == "b"
    assert happened == ["after"]
    assert "IndexError" in caplog.text


def test_what_waits_when_a_store_closes_is_written_and_vouched_for(
    founded: Founded, clock: ManualClock
) -> None:
    store = opened_at(founded, clock).store
    store.start()
    with store.writer._ready:
        store.writer.submit_job(Task(add("job"), lambda outcome: None))
        store.submit(Task(add("task"), lambda outcome: None))
    store.close()
    opened = opened_at(founded, clock)
    opened.store.start()
    newest = opened.store.read(lambda reads: list(entries(reads.connection))[-3:]).result()
    opened.store.close()
    assert [entry.event for entry in newest] == ["tests.paper_added"] * 2 + ["journal.checkpoint"]
    assert {entry.read().changes[0].row for entry in newest[:2]} == {"task", "job"}
    assert opened.store.writer.red is None
