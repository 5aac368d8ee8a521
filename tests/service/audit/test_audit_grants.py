"""Attack 4: power that the tables claim and no two officers signed."""

from typing import Any
from uuid import UUID

import msgspec
import pytest
from audit_store import FACT, TrialStore, grant, rehash

from tellertui.branch.grants import CONTEXT, StaffRevoked, payload
from tellertui.branch.grants_check import check_grants
from tellertui.branch.records import Person
from tellertui.core.role import Role
from tellertui.store.findings import Finding
from tellertui.store.tables import Holding, Slot
from tellertui.store.work import Work
from tellertui.vault.person import PersonKeys

TELLER = UUID(int=3)


def grants(trial: TrialStore) -> list[Finding]:
    return [finding for finding in trial.verify(check_grants).findings if finding.kind == "grant"]


@pytest.fixture
def staffed(empty: TrialStore) -> TrialStore:
    """A store with a third person, a teller."""
    with empty.running() as desk:
        desk.run(lambda work: grant(work, empty.keys, 3, PersonKeys.generate(), Role.TELLER))
    return empty


def test_granted_people_agree(staffed: TrialStore) -> None:
    assert staffed.verify(check_grants).findings == []


@pytest.mark.parametrize(
    ("statement", "where", "detail"),
    [
        ("UPDATE person SET roles = 'manager teller' WHERE id = ?", f"person {TELLER}", "roles"),
        ("UPDATE person SET ed25519 = zeroblob(32) WHERE id = ?", f"person {TELLER}", "ed25519"),
        ("UPDATE person SET state = 'revoked' WHERE id = ?", f"person {TELLER}", "the grant still holds"),
        ("DELETE FROM person WHERE id = ?", f"person {TELLER}", "the row of a granted person is missing"),
        ("UPDATE slot SET generation = 2 WHERE person = ?", f"slot {TELLER}", "generation"),
    ],
)
def test_row_that_differs_from_the_grant(
    staffed: TrialStore, statement: str, where: str, detail: str
) -> None:
    with staffed.tampered() as connection:
        connection.execute(statement, (TELLER.bytes,))
    seq = staffed.value("SELECT max(seq) FROM journal WHERE event = 'staff.granted'")
    assert grants(staffed) == [Finding("grant", where, seq, detail)]


def test_holding_of_a_class_that_was_not_granted(staffed: TrialStore) -> None:
    with staffed.tampered() as connection:
        connection.execute(
            "UPDATE holding SET class_name = 'aml' WHERE person = ? AND class_name = 'mask'", (TELLER.bytes,)
        )
    (finding,) = grants(staffed)
    assert finding.where.startswith("holding ")
    assert finding.detail == "class_name"


def revoke(work: Work, trial: TrialStore) -> None:
    fact = StaffRevoked(TELLER, "E3", 1)
    message = payload(UUID(int=7), fact)
    work.update(Person, TELLER, state="revoked")
    work.delete(Slot, TELLER)
    for holding in work.every(Holding):
        if holding.person == TELLER:
            work.delete(Holding, holding.id)
    signatures = [
        ("grant", officer.public.ed25519, officer.sign(CONTEXT, message)) for officer in trial.keys.officers
    ]
    work.record(fact, TELLER, signatures=signatures)


def test_revoked_person_brought_back(staffed: TrialStore) -> None:
    with staffed.tampered() as connection:
        old = {
            table: connection.execute(f"SELECT * FROM {table} WHERE {key} = ?", (TELLER.bytes,)).fetchall()
            for table, key in (("person", "id"), ("slot", "person"), ("holding", "person"))
        }
    with staffed.running() as desk:
        desk.run(lambda work: revoke(work, staffed))
    assert staffed.verify(check_grants).verified
    with staffed.tampered() as connection:
        connection.execute("DELETE FROM person WHERE id = ?", (TELLER.bytes,))
        for table, rows in old.items():
            for row in rows:
                connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
    report = staffed.verify(check_grants)
    named = {(finding.kind, finding.where.split()[0]) for finding in report.findings}
    assert named == {
        ("grant", "person"),
        ("grant", "slot"),
        ("grant", "holding"),
        ("row_changed", "person"),
        ("row_extra", "slot"),
        ("row_extra", "holding"),
    }
    assert {finding.detail for finding in report.findings if finding.kind == "grant"} == {"there is no grant"}


def test_grant_signed_by_one_officer_changes_nothing(staffed: TrialStore) -> None:
    """Even who writes it into the journal with every key of the host gives nobody a role."""
    with staffed.tampered() as connection:
        seq, plain = connection.execute(
            "SELECT seq, plain FROM journal WHERE event = 'staff.granted' ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        parts: list[Any] = msgspec.msgpack.decode(plain)
        parts[12] = parts[12][:1]
        connection.execute("UPDATE journal SET plain = ? WHERE seq = ?", (msgspec.msgpack.encode(parts), seq))
        rehash(connection, staffed, seq, mac=True)
    details = [(finding.where, finding.detail) for finding in grants(staffed)]
    assert details[0] == (f"journal 1/{seq}", "it is not signed by two officers")
    assert (f"person {TELLER}", "there is no grant") in details


def test_founding_signed_by_one_founder(empty: TrialStore) -> None:
    with empty.tampered() as connection:
        (plain,) = connection.execute("SELECT plain FROM journal WHERE seq = 1").fetchone()
        parts: list[Any] = msgspec.msgpack.decode(plain)
        parts[12] = [parts[12][0], [*parts[12][0][:2], bytes(64)]]
        connection.execute("UPDATE journal SET plain = ? WHERE seq = 1", (msgspec.msgpack.encode(parts),))
        rehash(connection, empty, 1, mac=True)
    assert grants(empty)[0] == Finding("grant", "journal 1/1", 1, "it is not signed by two officers")


def test_unreadable_grant_is_a_finding(staffed: TrialStore) -> None:
    with staffed.tampered() as connection:
        connection.execute("UPDATE journal SET plain = x'c1' WHERE seq = 2")
    assert grants(staffed)[0].detail == "it cannot be read"


def test_grants_do_not_depend_on_other_entries(empty: TrialStore) -> None:
    with empty.running() as desk:
        desk.run(lambda work: work.record(FACT))
    assert empty.verify(check_grants).verified
