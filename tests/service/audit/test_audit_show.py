"""The operator's view of entries."""

from contextlib import closing

import msgspec
from audit_store import STORE, TrialStore, note_id

from tellertui.store import sqlite
from tellertui.store.show import ShownEntry, show


def shown(trial: TrialStore, since: int = 1, pattern: str = "*") -> list[ShownEntry]:
    with closing(sqlite.connect(trial.file, query_only=True)) as connection:
        return list(show(connection, since, pattern))


def test_facts_by_name_and_times_in_words(trial: TrialStore) -> None:
    first, *_ = shown(trial)
    assert (first.incarnation, first.seq, first.event, first.actor) == (1, 1, "store.founded", "system")
    assert first.at == "2026-03-01T21:20:00.000Z"
    assert first.day == "2026-03-02"
    assert first.facts["store"] == str(STORE)
    assert first.facts["founders"] == [key.hex() for key in trial.keys.founders]
    assert [change.row for change in first.changes] == ["device host"]
    assert first.changes[0].columns == ["id", "public", "since"]
    assert [signature.split()[0] for signature in first.signatures] == ["founding", "founding"]


def test_since_and_pattern(trial: TrialStore) -> None:
    entries = shown(trial, 4, "journal.*")
    assert {entry.event for entry in entries} == {"journal.checkpoint"}
    assert entries[0].seq >= 4
    assert [entry.seq for entry in shown(trial, 30)] == list(
        range(30, trial.value("SELECT max(seq) FROM journal") + 1)
    )


def test_subjects_and_rows(trial: TrialStore) -> None:
    notes = [entry for entry in shown(trial, 1, "clock.*") if entry.subjects == [str(note_id(4))]]
    assert notes[0].changes[-1].row == f"trial_note {note_id(4)}"
    assert "phone" not in notes[0].changes[-1].columns
    msgspec.json.encode(notes)


def test_unknown_event_keeps_its_facts(trial: TrialStore) -> None:
    with trial.tampered() as connection:
        seq, plain = connection.execute(
            "SELECT seq, plain FROM journal WHERE event = 'clock.stepped'"
        ).fetchone()
        plain = plain.replace(b"clock.stepped", b"clock.slipped")
        connection.execute("UPDATE journal SET plain = ? WHERE seq = ?", (plain, seq))
    (entry,) = shown(trial, seq, "clock.*")[:1]
    assert (entry.event, entry.facts["unknown"][0]) == ("clock.slipped", 1)
