"""Replay: the journal alone rebuilds the tables."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from audit_store import (
    FACT,
    Note,
    TrialStore,
    Wrap,
    add_note,
    change_note,
    drop_note,
    fill,
    make_file,
    note_id,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tellertui.store import sqlite
from tellertui.store.replay import rebuild, stored_parts
from tellertui.store.rows import shape
from tellertui.store.store import FILE
from tellertui.store.tables import Dek, Device, Holding, Slot
from tellertui.store.verify_rows import business_tables
from tellertui.store.work import Work

Tables = dict[str, list[tuple[Any, ...]]]


def tables(connection: Any) -> Tables:
    return {
        name: sorted(connection.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
        for name in business_tables(connection)
    }


def replayed(trial: TrialStore, folder: Path) -> tuple[Tables, Tables]:
    """Return the live tables and the ones that its journal gives."""
    folder.mkdir()
    make_file(folder)
    with (
        closing(sqlite.connect(trial.file, query_only=True)) as source,
        closing(sqlite.connect(folder / FILE)) as target,
    ):
        count = rebuild(stored_parts(source), target)
        assert count == trial.value("SELECT count(*) FROM journal")
        return tables(source), tables(target)


def without(found: Tables, sensitivities: set[str]) -> Tables:
    """Blank the columns of some sensitivities, and those that do not ship, with the keys of such columns."""
    result = dict(found)
    for model in (Note, Wrap, Dek, Device, Slot, Holding):
        form = shape(model)
        blank = [form.sensitivity[name] in sensitivities or not form.ships[name] for name in form.columns]
        result[form.table] = [
            tuple(None if empty else value for empty, value in zip(blank, row, strict=True))
            for row in found[form.table]
        ]
    wrap = shape(Dek).columns.index("wrap")
    result["dek"] = [(*row[:wrap], None, *row[wrap + 1 :]) if "kept" in row else row for row in result["dek"]]
    return result


def test_with_sealed_parts_every_byte_that_ships_comes_back(trial: TrialStore, tmp_path: Path) -> None:
    live, again = replayed(trial, tmp_path / "again")
    assert live["trial_note"]
    assert live["person"]
    assert live["dek"]
    assert without(again, set()) == without(live, set())
    assert {row[-1] for row in again["trial_note"]} == {None}


def test_without_sealed_parts_the_plain_columns_come_back(empty: TrialStore, tmp_path: Path) -> None:
    with empty.running(keeps_sealed=False) as desk:
        fill(desk)
    live, again = replayed(empty, tmp_path / "again")
    secret = {"customer", "key"}
    assert without(again, secret) == without(live, secret)
    assert again["trial_wrap"] == [("v1", 2, b"")]
    assert all(row[5] is None for row in again["trial_note"])


def test_changes_of_one_row_within_one_entry(empty: TrialStore, tmp_path: Path) -> None:
    def body(work: Work) -> None:
        work.insert(Wrap, code="a", version=1, sealed=b"first")
        work.delete(Wrap, "a")
        work.insert(Wrap, code="a", version=2, sealed=b"second")
        work.update(Wrap, "a", sealed=b"third")
        work.insert(Wrap, code="b", version=1, sealed=b"gone")
        work.delete(Wrap, "b")
        work.record(FACT)

    with empty.running() as desk:
        desk.run(body)
    live, again = replayed(empty, tmp_path / "again")
    assert again["trial_wrap"] == live["trial_wrap"] == [("a", 2, b"third")]


def test_unique_value_handed_over_within_one_entry(empty: TrialStore, tmp_path: Path) -> None:
    def body(work: Work) -> None:
        token = work.get(Note, note_id(0)).token
        work.update(Note, note_id(0), token=None)
        work.update(Note, note_id(1), token=token)
        work.update(Note, note_id(0), state="done")
        work.record(FACT)

    with empty.running() as desk:
        desk.run(add_note(0))
        desk.run(add_note(1))
        desk.run(body)
    live, again = replayed(empty, tmp_path / "again")
    assert without(again, set()) == without(live, set())


def test_failed_replay_leaves_an_empty_store(trial: TrialStore, tmp_path: Path) -> None:
    make_file(tmp_path)
    with (
        closing(sqlite.connect(trial.file, query_only=True)) as source,
        closing(sqlite.connect(tmp_path / FILE)) as target,
    ):
        parts = list(stored_parts(source))
        with pytest.raises(sqlite.dbapi.IntegrityError):
            rebuild([*parts, parts[0]], target)
        assert not any(tables(target).values())


OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 4)),
        st.tuples(st.just("drop"), st.integers(0, 4)),
        st.tuples(st.just("state"), st.integers(0, 4), st.sampled_from(["new", "open", "done"])),
        st.tuples(st.just("phone"), st.integers(0, 4), st.text(max_size=5)),
    ),
    max_size=12,
)


def bodies(operations: list[Any]) -> list[Callable[[Work], None]]:
    """Turn operations into commands that fit the rows that exist at that point."""
    live: set[int] = set()
    result: list[Callable[[Work], None]] = []
    for name, number, *more in operations:
        if name == "add" and number not in live:
            live.add(number)
            result.append(add_note(number))
        elif number in live and name == "drop":
            live.remove(number)
            result.append(drop_note(number))
        elif number in live and name == "state":
            result.append(change_note(number, state=more[0]))
        elif number in live and name == "phone":
            result.append(resealed(number, more[0]))
    return result


def resealed(number: int, phone: str) -> Callable[[Work], None]:
    def body(work: Work) -> None:
        row = note_id(number)
        work.update(Note, row, points=number, **work.seal(Note, row, row, phone=phone))
        work.record(FACT)

    return body


@given(OPERATIONS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_history_verifies_and_replays(
    empty_template: TrialStore, tmp_path_factory: pytest.TempPathFactory, operations: list[Any]
) -> None:
    folder = tmp_path_factory.mktemp("history")
    trial = empty_template.copied(folder / "store")
    with trial.running() as desk:
        for body in bodies(operations):
            desk.run(body)
    assert trial.verify().findings == []
    live, again = replayed(trial, folder / "again")
    assert without(again, set()) == without(live, set())


def test_the_key_of_what_does_not_ship_stands_in_no_entry(trial: TrialStore) -> None:
    entered = {}
    for kind in ("wrapped", "kept"):
        wrap = trial.value("SELECT wrap FROM dek WHERE kind = ? LIMIT 1", kind)
        entered[kind] = trial.value("SELECT count(*) FROM journal_sealed WHERE instr(sealed, ?)", wrap)
        assert not trial.value("SELECT count(*) FROM journal WHERE instr(plain, ?)", wrap)
    assert entered["wrapped"]
    assert not entered["kept"]
