"""Attacks 2 and 3: values put back, rows deleted, inserted or edited, ciphertext moved."""

from typing import Any

import pytest
from audit_store import NOTES, Note, TrialStore, change_note, note_id

from tellertui.store.findings import LIMIT, Finding

A, B = note_id(4), note_id(5)
SET = "UPDATE trial_note SET"


def only(trial: TrialStore) -> Finding:
    report = trial.verify()
    assert not report.verified
    assert len(report.findings) == 1, report.findings
    return report.findings[0]


def newest_seq(trial: TrialStore, key: bytes) -> int:
    """Find the newest entry about a note without the code under test: its key stands in the plain part."""
    seq: int = trial.value("SELECT max(seq) FROM journal WHERE instr(plain, ?)", key)
    return seq


def test_untouched_store_verifies(trial: TrialStore) -> None:
    report = trial.verify()
    assert report.findings == []
    assert report.verified
    assert report.entries == trial.value("SELECT count(*) FROM journal")
    assert report.head is not None
    assert (report.head.incarnation, report.head.seq) == (1, report.entries)
    assert report.head.hash == trial.value(
        "SELECT lower(hex(hash)) FROM journal WHERE seq = ?", report.entries
    )


@pytest.mark.parametrize(
    ("statement", "column"),
    [
        (f"{SET} state = 'done ' WHERE id = ?", "state"),
        (f"{SET} points = points + 1 WHERE id = ?", "points"),
        (f"{SET} owner = 'E9' WHERE id = ?", "owner"),
        (f"{SET} token = x'00' WHERE id = ?", "token"),
        (f"{SET} state = CAST(x'ff' AS TEXT) WHERE id = ?", "state"),
    ],
)
def test_edited_value_names_row_column_and_seq(trial: TrialStore, statement: str, column: str) -> None:
    with trial.tampered() as connection:
        connection.execute(statement, (A.bytes,))
    finding = only(trial)
    assert (finding.kind, finding.where) == ("row_changed", f"trial_note {A}")
    assert finding.seq == newest_seq(trial, A.bytes)
    assert finding.detail.endswith(f": {column}")


@pytest.mark.parametrize(
    "statement",
    [
        f"{SET} phone = NULL WHERE id = ?",
        f"{SET} phone = remark WHERE id = ?",
        f"{SET} slip = NULL WHERE id = ?",
        f"{SET} phone = CAST(phone || x'00' AS BLOB) WHERE id = ?",
    ],
)
def test_edited_ciphertext(trial: TrialStore, statement: str) -> None:
    with trial.tampered() as connection:
        connection.execute(statement, (A.bytes,))
    finding = only(trial)
    assert (finding.kind, finding.where) == ("row_changed", f"trial_note {A}")
    assert "sealed column" in finding.detail


def test_swapped_ciphertext_names_both_rows(trial: TrialStore) -> None:
    with trial.tampered() as connection:
        other = dict(connection.execute("SELECT id, phone FROM trial_note").fetchall())
        for mine, theirs in ((A, B), (B, A)):
            connection.execute(f"{SET} phone = ? WHERE id = ?", (other[theirs.bytes], mine.bytes))
    findings = trial.verify().findings
    assert [(finding.kind, finding.where) for finding in findings] == [
        ("row_changed", f"trial_note {A}"),
        ("row_changed", f"trial_note {B}"),
    ]


def test_row_put_back_to_an_older_state(trial: TrialStore) -> None:
    before = trial.value("SELECT max(seq) FROM journal")
    with trial.tampered() as connection:
        old = connection.execute("SELECT * FROM trial_note WHERE id = ?", (A.bytes,)).fetchone()
    with trial.running() as desk:
        desk.run(change_note(4, state="reopened", points=99))
    with trial.tampered() as connection:
        connection.execute("DELETE FROM trial_note WHERE id = ?", (A.bytes,))
        connection.execute(f"INSERT INTO trial_note VALUES ({', '.join('?' * len(old))})", old)
    finding = only(trial)
    assert (finding.kind, finding.seq) == ("row_changed", before + 1)
    assert f"as entry {newest_seq_before(trial, before)} left it" in finding.detail


def newest_seq_before(trial: TrialStore, last: int) -> int:
    seq: int = trial.value("SELECT max(seq) FROM journal WHERE instr(plain, ?) AND seq <= ?", A.bytes, last)
    return seq


def test_deleted_row(trial: TrialStore) -> None:
    with trial.tampered() as connection:
        connection.execute("DELETE FROM trial_note WHERE id = ?", (A.bytes,))
    finding = only(trial)
    assert (finding.kind, finding.where) == ("row_missing", f"trial_note {A}")
    assert finding.seq == newest_seq(trial, A.bytes)


def test_inserted_row(trial: TrialStore) -> None:
    with trial.tampered() as connection:
        connection.execute("INSERT INTO trial_wrap VALUES ('v\x1b9', 9, x'00')")
    finding = only(trial)
    assert (finding.kind, finding.seq) == ("row_extra", None)
    assert finding.where == "trial_wrap v\\x1b9"


def test_deleted_row_brought_back(trial: TrialStore) -> None:
    gone = note_id(NOTES - 1)
    with trial.tampered() as connection:
        connection.execute("INSERT INTO trial_note (id, state, points) VALUES (?, 'new', 0)", (gone.bytes,))
    finding = only(trial)
    assert (finding.kind, finding.where) == ("row_extra", f"trial_note {gone}")
    assert finding.seq == newest_seq(trial, gone.bytes)


def test_row_under_another_key_is_one_missing_and_one_extra(trial: TrialStore) -> None:
    with trial.tampered() as connection:
        connection.execute("UPDATE trial_wrap SET code = 'v2'")
    assert {(finding.kind, finding.where) for finding in trial.verify().findings} == {
        ("row_missing", "trial_wrap v1"),
        ("row_extra", "trial_wrap v2"),
    }


def test_plaintext_does_not_go_into_a_sealed_column(trial: TrialStore) -> None:
    with trial.tampered() as connection, pytest.raises(Exception, match="CHECK"):
        connection.execute(f"{SET} phone = CAST('0912345678 0912345678 0912345678 0912345678' AS BLOB)")


def test_flood_is_counted_and_not_listed(empty: TrialStore) -> None:
    def insert(connection: Any, number: int) -> None:
        connection.execute("INSERT INTO trial_wrap VALUES (?, 1, x'00')", (f"w{number}",))

    with empty.tampered() as connection:
        for number in range(LIMIT + 5):
            insert(connection, number)
    findings = empty.verify().findings
    assert len(findings) == LIMIT + 1
    assert findings[-1].detail == "5 more"


def test_operational_rows_are_free(trial: TrialStore) -> None:
    with trial.tampered() as connection:
        connection.execute("INSERT INTO safe_mark VALUES (1, 0, 0)")
    assert trial.verify().verified


def test_finding_carries_no_value(trial: TrialStore) -> None:
    with trial.tampered() as connection:
        connection.execute(f"{SET} owner = 'Wang Xiaoming' WHERE id = ?", (A.bytes,))
    assert "Wang" not in str(trial.verify().findings)
    assert Note.__tablename__ in only(trial).where
