"""What a start verifies: the entries since the last checkpoint, schema, anchor, grants."""

from contextlib import closing
from typing import Any

import pytest
from audit_store import TrialStore, change_note, extra_objects, rehash

from tellertui.branch.grants_check import check_grants
from tellertui.store import sqlite
from tellertui.store.findings import Report
from tellertui.store.verify import verify_tail


def tail(trial: TrialStore, device: bytes = b"") -> Report:
    device = device or trial.keys.device.public
    with closing(sqlite.connect(trial.file, query_only=True)) as connection:
        return verify_tail(
            connection, trial.keys.mac, trial.anchor, device, [check_grants], extra=extra_objects()
        )


@pytest.fixture
def killed(trial: TrialStore) -> TrialStore:
    """A store whose host ended without a last checkpoint, three entries after the one before."""
    with trial.running() as desk:
        for number in range(3):
            desk.run(change_note(number, points=5))
        head = desk.store.journal.head
        desk.store.anchor()
        anchor = trial.anchor.read_bytes()
    with trial.tampered() as connection:
        connection.execute("DELETE FROM journal WHERE seq > ?", (head.seq,))
    trial.anchor.write_bytes(anchor)
    return trial


def last_checkpoint(trial: TrialStore) -> int:
    seq: int = trial.value("SELECT max(seq) FROM journal WHERE event = 'journal.checkpoint'")
    return seq


def edit(connection: Any, seq: int) -> None:
    (plain,) = connection.execute("SELECT plain FROM journal WHERE seq = ?", (seq,)).fetchone()
    other = plain.replace(b"system", b"kassem")
    connection.execute("UPDATE journal SET plain = ? WHERE seq = ?", (other, seq))


def test_tail_is_read_and_nothing_before_it(killed: TrialStore) -> None:
    report = tail(killed)
    assert report.findings == []
    assert report.entries == 4
    with killed.tampered() as connection:
        edit(connection, last_checkpoint(killed) - 2)
    assert tail(killed).verified
    assert not killed.verify().verified


@pytest.mark.parametrize(("offset", "kind"), [(0, "entry_changed"), (2, "entry_changed")])
def test_edited_entry_of_the_tail(killed: TrialStore, offset: int, kind: str) -> None:
    seq = last_checkpoint(killed) + offset
    with killed.tampered() as connection:
        edit(connection, seq)
    assert [(finding.kind, finding.seq) for finding in tail(killed).findings] == [(kind, seq)]


def test_history_before_the_checkpoint_exchanged(killed: TrialStore) -> None:
    seq = last_checkpoint(killed)
    with killed.tampered() as connection:
        edit(connection, seq - 1)
        rehash(connection, killed, seq - 1, mac=True)
    findings = tail(killed).findings
    assert (findings[0].kind, findings[0].seq) == ("checkpoint", seq - 1)


def test_checkpoint_of_another_host(killed: TrialStore) -> None:
    findings = tail(killed, bytes(32)).findings
    assert [finding.kind for finding in findings] == ["checkpoint"]


def test_store_without_a_checkpoint_is_read_from_its_founding(empty: TrialStore) -> None:
    with empty.tampered() as connection:
        connection.execute("DELETE FROM journal WHERE event = 'journal.checkpoint'")
    report = tail(empty)
    assert report.entries == empty.value("SELECT count(*) FROM journal")
    assert [finding.kind for finding in report.findings] == ["anchor"]


def test_shorter_than_proven(killed: TrialStore) -> None:
    head = killed.value("SELECT max(seq) FROM journal")
    with killed.tampered() as connection:
        connection.execute("DELETE FROM journal WHERE seq > ?", (head - 2,))
    (finding,) = tail(killed).findings
    assert (finding.kind, finding.seq) == ("anchor", head)


def test_dropped_guard_and_false_grant(killed: TrialStore) -> None:
    with closing(sqlite.dbapi.connect(killed.file, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER journal_no_delete")
        connection.execute("UPDATE person SET roles = 'auditor' WHERE code = 'E1'")
    assert [(finding.kind, finding.detail) for finding in tail(killed).findings] == [
        ("schema", "it was removed"),
        ("grant", "roles"),
    ]


def test_unreadable_founding_is_a_finding(killed: TrialStore) -> None:
    with killed.tampered() as connection:
        connection.execute("UPDATE journal SET plain = x'c1' WHERE seq = 1")
    kinds = [(finding.kind, finding.seq) for finding in tail(killed).findings]
    assert ("entry_changed", 1) in kinds
