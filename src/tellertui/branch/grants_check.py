"""The tables of people and keys against the grants: power comes from journal entries, never from rows."""

from collections.abc import Iterator
from typing import Any

from tellertui.branch.grants import Grant, Grants, StaffGranted, StaffRevoked
from tellertui.branch.records import Person
from tellertui.core.enc import enc
from tellertui.core.event import decode_event
from tellertui.store.events import FOUNDING, StoreFounded
from tellertui.store.findings import Finding, entry_place, place
from tellertui.store.journal import Plain, entries_of
from tellertui.store.rows import shape
from tellertui.store.tables import GRANT_EVENTS, Holding, Slot
from tellertui.store.verify_chain import UNREADABLE
from tellertui.vault.primitives import verify

NAME = f"{__name__}:check_grants"
"""The name by which a verifying process finds this check."""

Values = dict[str, Any]


def check_grants(connection: Any) -> Iterator[Finding]:
    """Yield a finding for each grant that is not signed and each row that differs from the grants."""
    granted = _Granted()
    yield from granted.read(connection)
    yield from granted.compare(connection, Person, "id", _person_differs)
    yield from granted.compare(connection, Slot, "person", _slot_differs)
    yield from granted.compare(connection, Holding, "person", _holding_differs)
    rows = {row["id"] for row in _rows(connection, Person)}
    for person in granted.people.keys() - rows:
        yield granted.finding(place("person", person), person, "the row of a granted person is missing")


class _Granted:
    """The grants as the journal gives them, by the bytes of a person's id."""

    def __init__(self) -> None:
        self.people: dict[bytes, Grant] = {}
        self._newest: dict[bytes, int] = {}

    def read(self, connection: Any) -> Iterator[Finding]:
        """Replay the grants, and yield those that do not hold."""
        grants = Grants()
        for entry in entries_of(connection, GRANT_EVENTS):
            refused = len(grants.refused)
            try:
                plain = entry.read()
                grants.apply(entry.seq, plain)
                holds = self._holds(plain, entry.seq) and len(grants.refused) == refused
                wrong = "" if holds else "it is not signed by two officers"
            except UNREADABLE:
                wrong = "it cannot be read"
            if wrong:
                yield Finding("grant", entry_place(entry.incarnation, entry.seq), entry.seq, wrong)
        self.people = {person.bytes: grant for person, grant in grants.people.items()}

    def compare(self, connection: Any, model: Any, person: str, differs: Any) -> Iterator[Finding]:
        """Yield the rows of a table that differ from the grant of their person."""
        form = shape(model)
        for row in _rows(connection, model):
            wrong = differs(row, self.people.get(row[person]))
            if wrong:
                yield self.finding(place(form.table, row[form.key]), row[person], wrong)

    def finding(self, where: str, person: bytes, detail: str) -> Finding:
        """Return a finding that the newest entry about a person proves."""
        return Finding("grant", where, self._newest.get(person), detail)

    def _holds(self, plain: Plain, seq: int) -> bool:
        """Say whether a founding is signed by its founders, and remember whom a grant is about."""
        fact = decode_event(plain.event, plain.version, plain.facts)
        if isinstance(fact, StoreFounded):
            message = enc(fact)
            signed = {key for _, key, value in plain.signatures if verify(key, FOUNDING, message, value)}
            return len(signed) >= 2 and signed == set(fact.founders)
        if isinstance(fact, StaffGranted | StaffRevoked):
            self._newest[fact.person.bytes] = seq
        return True


def _person_differs(row: Values, grant: Grant | None) -> str:
    if row["state"] != "active":
        return "the grant still holds" if grant else ""
    if grant is None:
        return "there is no grant"
    wanted: Values = {
        "code": grant.staff,
        "roles": grant.roles,
        "generation": grant.generation,
        "x25519": grant.x25519,
        "ed25519": grant.ed25519,
    }
    found = row | {"roles": frozenset(row["roles"].split())}
    return ", ".join(name for name, value in wanted.items() if found[name] != value)


def _slot_differs(row: Values, grant: Grant | None) -> str:
    if grant is None:
        return "there is no grant"
    return "" if row["generation"] == grant.generation else "generation"


def _holding_differs(row: Values, grant: Grant | None) -> str:
    if grant is None:
        return "there is no grant"
    return "" if row["class_name"] in grant.classes else "class_name"


def _rows(connection: Any, model: Any) -> Iterator[Values]:
    form = shape(model)
    for raw in connection.execute(form.select_sql):
        yield dict(zip(form.columns, raw, strict=True))
