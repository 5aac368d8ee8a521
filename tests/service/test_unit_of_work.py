"""What a command sees of its own writes, and what others see before they are on disk."""

import pytest
from sqlalchemy import bindparam, exc
from sqlmodel import col, select

from tellertui.branch.records import Counter, Paper
from tellertui.store.anchor import read_anchor
from tellertui.store.rows import Query
from tellertui.store.store import ANCHOR, Store
from tellertui.store.work import Work
from tellertui.store.writer import Task

NAMES = {"name_zh_hant": "x", "name_zh_hans": "x", "name_en": "x"}
_PAPERS = Query(Paper, select(Paper).where(col(Paper.name_en) == bindparam("name")))


class Undone(Exception):  # noqa: N818 - no fault: it ends the command
    """Undo what a body did."""


def test_a_command_reads_what_it_wrote(store: Store) -> None:
    def body(work: Work) -> None:
        assert work.get(Paper, "p") is None
        assert work.insert(Paper, code="p", **NAMES) == work.get(Paper, "p")
        changed = work.update(Paper, "p", name_en="y")
        assert changed.name_en == "y"
        assert work.get(Paper, "p") == changed
        assert work.all(_PAPERS, name="y") == [changed]
        work.delete(Paper, "p")
        assert work.get(Paper, "p") is None
        assert work.all(_PAPERS, name="y") == []
        with pytest.raises(LookupError):
            work.update(Paper, "p", name_en="z")
        raise Undone

    with pytest.raises(Undone):
        store.run(body)


def test_what_one_command_knew_of_a_row_is_not_what_the_next_one_gets(store: Store) -> None:
    def undone(work: Work) -> None:
        work.update(Counter, "1", state="paused")
        raise Undone

    before = store.run(lambda work: work.get(Counter, "1"))
    with pytest.raises(Undone):
        store.run(undone)
    assert store.run(lambda work: work.get(Counter, "1")) == before


def test_the_anchor_never_names_an_entry_that_is_not_on_disk(store: Store) -> None:
    before = store.writer.committed

    def body(work: Work) -> None:
        store.checkpoint(work, "test")
        assert store.journal.head.seq == before.seq + 1
        assert store.writer.committed == before
        store.anchor()
        raise Undone

    with pytest.raises(Undone):
        store.run(body)
    found = read_anchor(store.path.with_name(ANCHOR), store.identity.mac_key)
    assert found is not None
    assert found[0] == before


def test_a_writer_that_is_never_idle_still_empties_its_log(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved: list[int] = []
    monkeypatch.setattr("tellertui.store.writer.CHECKPOINT_TASKS", 20)
    checkpoint = store.writer._checkpoint

    def counted() -> None:
        moved.append(store.writer._unmoved)
        checkpoint()

    monkeypatch.setattr(store.writer, "_checkpoint", counted)
    with store.writer._ready:
        for _ in range(100):
            store.submit(Task(lambda work: None, lambda outcome: None))
    store.run(lambda work: None)
    assert moved
    assert min(moved) >= 20


def test_a_limit_is_a_number_in_the_text_and_rows_are_never_skipped() -> None:
    assert Query(Paper, select(Paper).limit(3)).sql.endswith("LIMIT 3")
    assert Query(Paper, select(Paper).limit(bindparam("rows"))).sql.endswith("LIMIT ?")
    with pytest.raises(exc.CompileError):
        Query(Paper, select(Paper).limit(1).offset(1))
