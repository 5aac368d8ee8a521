"""Attacks 5 and 6: entries edited, hidden, cut off or replaced, with and without the host secret."""

import hmac
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest
from audit_store import FACT, STORE, TrialStore, change_note, rehash
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tellertui.core.enc import enc
from tellertui.store.anchor import write_anchor
from tellertui.store.events import StoreFounded
from tellertui.store.findings import Finding, Report
from tellertui.store.journal import Head, decode_plain, link, root
from tellertui.store.verify_chain import proofs
from tellertui.vault.host import DeviceKey

COPY = "UPDATE journal SET {} WHERE seq = ?"


def only(trial: TrialStore) -> Finding:
    report = trial.verify()
    assert not report.verified
    assert len(report.findings) == 1, report.findings
    return report.findings[0]


def other_actor(plain: bytes) -> bytes:
    """Return the plain part with another actor: a fact that no row can contradict."""
    return plain.replace(b"system", b"kassem")


def edit(connection: Any, seq: int) -> None:
    (plain,) = connection.execute("SELECT plain FROM journal WHERE seq = ?", (seq,)).fetchone()
    connection.execute(COPY.format("plain = ?"), (other_actor(plain), seq))


def checkpoints(trial: TrialStore) -> list[int]:
    text = trial.value("SELECT group_concat(seq) FROM journal WHERE event = 'journal.checkpoint'")
    return [int(seq) for seq in text.split(",")]


def last(trial: TrialStore) -> int:
    seq: int = trial.value("SELECT max(seq) FROM journal")
    return seq


@pytest.mark.parametrize("seq", [1, 2, 8, 20])
def test_edited_entry(trial: TrialStore, seq: int) -> None:
    with trial.tampered() as connection:
        edit(connection, seq)
    finding = only(trial)
    assert (finding.kind, finding.where, finding.seq) == ("entry_changed", f"journal 1/{seq}", seq)


def test_two_edited_entries_are_both_named(trial: TrialStore) -> None:
    with trial.tampered() as connection:
        edit(connection, 8)
        edit(connection, 9)
    assert [(finding.kind, finding.seq) for finding in trial.verify().findings] == [
        ("entry_changed", 8),
        ("entry_changed", 9),
    ]


@pytest.mark.parametrize("seq", [1, 8, 20])
def test_hashes_recomputed_without_the_host_secret(trial: TrialStore, seq: int) -> None:
    with trial.tampered() as connection:
        edit(connection, seq)
        rehash(connection, trial, seq, mac=False)
    finding = only(trial)
    assert (finding.kind, finding.where, finding.seq) == ("mac", f"journal 1/{seq}", seq)


def test_hash_recomputed_for_one_entry_only(trial: TrialStore) -> None:
    with trial.tampered() as connection:
        edit(connection, 8)
        (before,) = connection.execute("SELECT hash FROM journal WHERE seq = 7").fetchone()
        (plain,) = connection.execute("SELECT plain FROM journal WHERE seq = 8").fetchone()
        connection.execute(COPY.format("hash = ?"), (link(before, plain), 8))
    assert (only(trial).kind, only(trial).seq) == ("mac", 8)


@pytest.mark.parametrize(
    ("change", "kind"),
    [("hash = randomblob(32)", "entry_changed"), ("mac = randomblob(16)", "mac"), ("mac = x''", "mac")],
)
def test_hash_or_mac_changed(trial: TrialStore, change: str, kind: str) -> None:
    with trial.tampered() as connection:
        connection.execute(COPY.format(change), (8,))
    assert (only(trial).kind, only(trial).seq) == (kind, 8)


def test_everything_recomputed_fails_at_the_next_checkpoint(trial: TrialStore) -> None:
    _, first, second, _ = checkpoints(trial)
    with trial.tampered() as connection:
        edit(connection, first + 3)
        rehash(connection, trial, first + 3, mac=True)
    finding, anchor = trial.verify().findings
    assert (finding.kind, finding.where) == ("checkpoint", f"journal 1/{second}")
    assert finding.seq == second - 1
    assert f"from {first} to {second - 1}" in finding.detail
    assert (anchor.kind, anchor.seq) == ("anchor", last(trial))


@pytest.mark.parametrize("own_key", [False, True])
def test_last_checkpoint_forged(trial: TrialStore, *, own_key: bool) -> None:
    """A signature that is not the device's, or of a device that the journal does not know."""
    newest, forger = checkpoints(trial)[-1], DeviceKey.generate()
    with trial.tampered() as connection:
        (plain,) = connection.execute("SELECT plain FROM journal WHERE seq = ?", (newest,)).fetchone()
        parts = msgspec.msgpack.decode(plain)
        purpose, key, _ = parts[12][0]
        message = enc(STORE, *parts[11][:3])
        signature = forger.sign("tellertui.checkpoint/1", message)
        parts[12] = [(purpose, forger.public if own_key else key, signature)]
        connection.execute(COPY.format("plain = ?"), (msgspec.msgpack.encode(parts), newest))
        rehash(connection, trial, newest, mac=True)
    finding, anchor = trial.verify().findings
    assert (finding.kind, finding.seq) == ("checkpoint", newest - 1)
    assert anchor.kind == "anchor"


def test_everything_after_the_last_checkpoint_recomputed(trial: TrialStore) -> None:
    """Nothing was signed since, but the anchor once saw the head."""
    with trial.running() as desk:
        for _ in range(3):
            desk.run(change_note(2, state="open"))
        head = desk.store.journal.head
        desk.store.anchor()
        keep = trial.anchor.read_bytes()
    with trial.tampered() as connection:
        connection.execute("DELETE FROM journal WHERE seq > ?", (head.seq,))
        edit(connection, head.seq)
        rehash(connection, trial, head.seq, mac=True)
    trial.anchor.write_bytes(keep)
    assert (only(trial).kind, only(trial).seq) == ("anchor", head.seq)


def test_checkpoints_disguised_as_other_events(trial: TrialStore) -> None:
    """Who hides every checkpoint leaves a stretch that no device has signed."""
    with trial.running() as desk:

        def many(work: Any) -> None:
            for _ in range(2_100):
                work.record(FACT)

        desk.run(many)
    hidden = checkpoints(trial)
    with trial.tampered() as connection:
        for seq in hidden:
            (plain,) = connection.execute("SELECT plain FROM journal WHERE seq = ?", (seq,)).fetchone()
            other = plain.replace(b"journal.checkpoint", b"journal.checkpaint")
            connection.execute(COPY.format("plain = ?, event = 'journal.checkpaint'"), (other, seq))
        rehash(connection, trial, hidden[0], mac=True)
    assert any(
        finding.kind == "checkpoint" and "no checkpoint" in finding.detail
        for finding in trial.verify().findings
    )


def test_entry_removed_from_the_middle(trial: TrialStore) -> None:
    with trial.tampered() as connection:
        connection.execute("DELETE FROM journal WHERE seq = 8")
    finding = trial.verify().findings[0]
    assert (finding.kind, finding.where, finding.seq) == ("chain", "journal 1/8", 8)


def test_entry_removed_and_the_rest_moved_up(trial: TrialStore) -> None:
    with trial.tampered() as connection:
        connection.execute("DELETE FROM journal WHERE seq = 8")
        connection.execute("DELETE FROM journal_sealed WHERE seq = 8")
        for table in ("journal", "journal_sealed"):
            connection.execute(f"UPDATE {table} SET seq = -seq WHERE seq > 8")
            connection.execute(f"UPDATE {table} SET seq = -seq - 1 WHERE seq < 0")
        rehash(connection, trial, 8, mac=False)
    kinds = {(finding.kind, finding.seq) for finding in trial.verify().findings}
    assert ("mac", 8) in kinds


def test_tail_cut_off_with_its_rows(trial: TrialStore, tmp_path: Path) -> None:
    """A journal that is shorter than it once was, in a file that is otherwise in order."""
    before = trial.copied(tmp_path / "before")
    with trial.running() as desk:
        for _ in range(20):
            desk.run(change_note(2, state="open"))
    shutil.copy(before.file, trial.file)
    for suffix in ("-wal", "-shm"):
        Path(f"{trial.file}{suffix}").unlink(missing_ok=True)
    finding = only(trial)
    assert finding.kind == "anchor"
    assert finding.seq == last(before) + 21
    assert f"shorter than proven: it ends at {last(before)}" in finding.detail


def test_tail_removed_and_relinked(trial: TrialStore) -> None:
    with trial.running() as desk:
        for number in range(20):
            desk.run(change_note(number % 4, points=number))
    cut = last(trial) - 20
    with trial.tampered() as connection:
        connection.execute("DELETE FROM journal WHERE seq > ?", (cut,))
        connection.execute("DELETE FROM journal_sealed WHERE seq > ?", (cut,))
    findings = trial.verify().findings
    assert (findings[0].kind, findings[0].seq) == ("anchor", cut + 20)
    assert {finding.kind for finding in findings[1:]} == {"row_changed"}
    assert all(f"entry {cut + 20}, changed or missing" in finding.detail for finding in findings[1:])


def test_anchor_removed_or_forged(trial: TrialStore) -> None:
    trial.anchor.unlink()
    assert only(trial).kind == "anchor"
    write_anchor(trial.anchor, Head(1, 3, bytes(32)), b"", bytes(32))
    assert (only(trial).kind, only(trial).detail) == ("anchor", "its MAC is not of this branch")
    trial.anchor.write_bytes(b"\xc1")
    assert only(trial).kind == "anchor"


def test_index_columns_are_checked(trial: TrialStore) -> None:
    with trial.tampered() as connection:
        connection.execute(COPY.format("day = '2026-03-03'"), (8,))
        connection.execute(COPY.format("event = 'staff.granted'"), (9,))
        connection.execute(COPY.format("event = CAST(x'ff' AS TEXT)"), (10,))
    found = [(finding.kind, finding.seq) for finding in trial.verify().findings]
    assert found == [("entry_changed", 8), ("entry_changed", 9), ("entry_changed", 10)]


def test_sealed_part_missing(trial: TrialStore) -> None:
    seq = trial.value("SELECT max(seq) FROM journal_sealed")
    with trial.tampered() as connection:
        connection.execute("DELETE FROM journal_sealed WHERE seq = ?", (seq,))
    finding = only(trial)
    assert (finding.kind, finding.where, finding.seq) == ("sealed_missing", f"journal_sealed 1/{seq}", seq)


def test_sealed_parts_may_go_up_to_safe(trial: TrialStore) -> None:
    with trial.tampered() as connection:
        connection.execute("INSERT INTO safe_mark VALUES (1, 9, 9)")
        connection.execute("DELETE FROM journal_sealed WHERE seq <= 9")
    assert trial.verify().verified


def test_sealed_part_changed_or_added(trial: TrialStore) -> None:
    seq = trial.value("SELECT min(seq) FROM journal_sealed")
    bare = trial.value("SELECT min(seq) FROM journal WHERE seq NOT IN (SELECT seq FROM journal_sealed)")
    with trial.tampered() as connection:
        connection.execute("UPDATE journal_sealed SET sealed = x'92' WHERE seq = ?", (seq,))
        connection.execute("INSERT INTO journal_sealed VALUES (1, ?, x'92')", (bare,))
        connection.execute("INSERT INTO journal_sealed VALUES (2, 1, x'92')")
    assert {(finding.kind, finding.where) for finding in trial.verify().findings} == {
        ("entry_changed", f"journal_sealed 1/{seq}"),
        ("entry_changed", f"journal_sealed 1/{bare}"),
        ("entry_changed", "journal_sealed 2/1"),
    }


def test_another_host_secret(trial: TrialStore) -> None:
    with trial.tampered() as connection:
        connection.execute(COPY.format("mac = randomblob(16)"), (1,))
        connection.execute("UPDATE journal SET mac = randomblob(16)")
    assert (only(trial).kind, only(trial).seq) == ("mac", 1)


def test_founders_exchanged_in_the_first_entry(trial: TrialStore) -> None:
    """The chain hangs from the founders: other ones give another first hash."""
    with trial.tampered() as connection:
        (plain,) = connection.execute("SELECT plain FROM journal WHERE seq = 1").fetchone()
        connection.execute(COPY.format("plain = ?"), (plain.replace(trial.keys.founders[0], bytes(32)), 1))
    assert (only(trial).kind, only(trial).seq) == ("entry_changed", 1)


def test_journal_emptied(empty: TrialStore) -> None:
    with empty.tampered() as connection:
        connection.execute("DELETE FROM journal")
        connection.execute("DELETE FROM journal_sealed")
    report = empty.verify()
    assert (report.entries, report.head) == (0, None)
    assert {finding.kind for finding in report.findings} >= {"anchor", "row_extra"}


def open_incarnation(trial: TrialStore, connection: Any, k: int, hash_k: bytes) -> None:
    """Write the first entry of incarnation 2, by hand as the journal writes it."""
    founders = trial.keys.founders
    (plain,) = connection.execute("SELECT plain FROM journal WHERE seq = 1").fetchone()
    head = msgspec.msgpack.decode(plain)[:11]
    opening = StoreFounded(STORE, "X001", "test", "desk", 2, 1, k, hash_k, tuple(founders), b"")
    plain = msgspec.msgpack.Encoder(uuid_format="bytes").encode([*head, opening, [], [], b""])
    value = link(root("X001", 2, 1, k, hash_k, founders), plain)
    mac = hmac.digest(trial.keys.mac, value, "sha256")[:16]
    row = (plain, value, mac, head[5], "store.founded")
    connection.execute("INSERT INTO journal VALUES (2, 1, ?, ?, ?, ?, ?)", row)
    write_anchor(trial.anchor, Head(2, 1, value), b"", trial.keys.mac)


def test_new_incarnation_hangs_from_its_parent(trial: TrialStore) -> None:
    with trial.tampered() as connection:
        open_incarnation(
            trial, connection, *connection.execute("SELECT max(seq), hash FROM journal").fetchone()
        )
    report = trial.verify()
    assert report.findings == []
    assert report.head is not None
    assert (report.head.incarnation, report.head.seq) == (2, 1)


def test_new_incarnation_with_an_invented_parent(trial: TrialStore) -> None:
    with trial.tampered() as connection:
        open_incarnation(trial, connection, 5, bytes(32))
    finding = only(trial)
    assert (finding.kind, finding.where) == ("chain", "journal 2/1")


PLACES = st.tuples(st.sampled_from(["plain", "hash", "mac"]), st.integers(0, 10**6), st.integers(1, 255))


@given(st.integers(1, 30), PLACES)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_changed_byte_of_any_entry_is_named(trial: TrialStore, seq: int, place: Any) -> None:
    column, position, mask = place
    with trial.tampered() as connection:
        (plain,) = connection.execute("SELECT plain FROM journal WHERE seq = ?", (seq,)).fetchone()
        (before,) = connection.execute(f"SELECT {column} FROM journal WHERE seq = ?", (seq,)).fetchone()
        after = bytearray(before)
        after[position % len(after)] ^= mask
        connection.execute(COPY.format(f"{column} = ?"), (bytes(after), seq))
    report = trial.verify()
    with trial.tampered() as connection:
        connection.execute(COPY.format(f"{column} = ?"), (before, seq))
    touched = len(decode_plain(plain).changes)
    assert_names(report, seq, "mac" if column == "mac" else "entry_changed", touched)


def assert_names(report: Report, seq: int, kind: str, touched: int) -> None:
    """The entry is named once; beside it stand at most the rows that it alone could prove."""
    first, *others = report.findings
    assert (first.kind, first.seq) == (kind, seq)
    assert len(others) <= 2 * touched
    assert all(finding.kind.startswith("row_") and f"ntry {seq}" in finding.detail for finding in others)


@given(st.binary(min_size=1, max_size=64), st.binary(max_size=100))
def test_proof_is_the_journals_mac(key: bytes, value: bytes) -> None:
    assert proofs(key)(value) == hmac.digest(key, value, "sha256")[:16]
