"""After a migration has altered a table its rows get entries again, in chunks."""

from contextlib import closing
from pathlib import Path

from audit_store import Note, TrialStore, Wrap, add_note, make_file

from tellertui.store import sqlite
from tellertui.store.redigest import CHUNK, Key, redigest
from tellertui.store.replay import rebuild, stored_parts
from tellertui.store.store import FILE

ROWS = CHUNK + 20


def test_altered_rows_are_proven_again(empty: TrialStore, tmp_path: Path) -> None:
    with empty.running() as desk:

        def fill(work: object) -> None:
            for number in range(ROWS):
                add_note(number)(work)

        desk.run(fill)
    with empty.tampered() as connection:
        connection.execute("UPDATE trial_note SET points = 7")
    assert {finding.kind for finding in empty.verify().findings} == {"row_changed"}
    with empty.running() as desk:
        after: Key | None = ""
        chunks = 0
        while after is not None:
            after = desk.run(lambda work, after=after: redigest(work, Note, ("points",), after))
            chunks += after is not None
    assert chunks == 2
    assert empty.verify().findings == []
    again = tmp_path / "again"
    again.mkdir()
    make_file(again)
    with closing(sqlite.connect(empty.file)) as source, closing(sqlite.connect(again / FILE)) as target:
        rebuild(stored_parts(source), target)
        points = target.execute("SELECT DISTINCT points FROM trial_note").fetchall()
    assert points == [(7,)]


def test_rows_without_a_new_column(trial: TrialStore) -> None:
    """Only the digest is recorded; keys may be text."""
    with trial.tampered() as connection:
        connection.execute("UPDATE trial_wrap SET sealed = x'00'")
    with trial.running() as desk:
        assert desk.run(lambda work: redigest(work, Wrap)) == "v1"
        assert desk.run(lambda work: redigest(work, Wrap, (), "v1")) is None
    assert trial.verify().findings == []
