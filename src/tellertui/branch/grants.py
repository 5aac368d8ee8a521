"""Grants: who may do what, as journal entries signed by two officers say, back to the two founders.

The tables ``person``, ``slot`` and ``holding`` are caches; a row that says something else is a finding.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import msgspec

from tellertui.core.enc import enc
from tellertui.core.event import Code, Count, Digest, Event, Id, decode_event, event
from tellertui.core.role import OFFICERS, Role
from tellertui.store.events import StoreFounded
from tellertui.store.journal import Entry, Plain
from tellertui.store.tables import GRANT_EVENTS
from tellertui.store.work import Signature
from tellertui.vault.primitives import verify

CONTEXT = "tellertui.grant/1"
UNREADABLE = (msgspec.DecodeError, KeyError, ValueError)
"""What a damaged entry gives when it is read; it grants nothing."""


@event("staff.granted")
class StaffGranted(Event):
    """A person joined, changed roles or got new keys; signed by two officers."""

    person: Id
    staff: Code
    generation: Count
    x25519: Digest
    ed25519: Digest
    roles: tuple[Code, ...]
    classes: tuple[Code, ...]


@event("staff.revoked")
class StaffRevoked(Event):
    """A person left; signed by two officers."""

    person: Id
    staff: Code
    generation: Count


@event("staff.named")
class StaffNamed(Event):
    """A person's name was written, sealed; it gives no right."""

    person: Id
    staff: Code


@dataclass(frozen=True)
class Grant:
    """What one person holds now."""

    person: UUID
    staff: str
    generation: int
    x25519: bytes
    ed25519: bytes
    roles: frozenset[Role]
    classes: frozenset[str]


def payload(store: UUID, fact: StaffGranted | StaffRevoked) -> bytes:
    """Return what both officers sign."""
    return enc(store, type(fact).__name__, fact)


class Grants:
    """The grants of a store, replayed from its journal."""

    def __init__(self) -> None:
        self.people: dict[UUID, Grant] = {}
        self.refused: list[int] = []
        """Seqs of grant entries whose signatures do not hold."""
        self._store: UUID | None = None
        self._founders: frozenset[bytes] = frozenset()
        self._founding = True
        """Until both founders are granted, and never again, the founding keys themselves may sign."""

    def read(self, entries: Iterable[Entry]) -> "Grants":
        """Apply entries in order."""
        for entry in entries:
            if entry.event in GRANT_EVENTS:
                try:
                    self.apply(entry.seq, entry.read())
                except UNREADABLE:
                    self.refused.append(entry.seq)
        return self

    def apply(self, seq: int, plain: Plain) -> None:
        """Apply one entry; one that is not signed by two officers changes nothing and is remembered."""
        fact = decode_event(plain.event, plain.version, plain.facts)
        if isinstance(fact, StoreFounded):
            if self._store is None:
                self._store, self._founders = fact.store, frozenset(fact.founders)
        elif isinstance(fact, StaffGranted | StaffRevoked):
            if self._signed(fact, plain.signatures):
                self._take(fact)
            else:
                self.refused.append(seq)

    def by_staff(self, staff: str) -> Grant | None:
        """Return the grant of a staff code."""
        return next((grant for grant in self.people.values() if grant.staff == staff), None)

    def _take(self, fact: StaffGranted | StaffRevoked) -> None:
        if isinstance(fact, StaffRevoked):
            self.people.pop(fact.person, None)
            return
        roles = frozenset(Role(name) for name in fact.roles)
        self.people[fact.person] = Grant(
            fact.person,
            fact.staff,
            fact.generation,
            fact.x25519,
            fact.ed25519,
            roles,
            frozenset(fact.classes),
        )
        if self._founders <= {grant.ed25519 for grant in self.people.values()}:
            self._founding = False

    def _signed(self, fact: StaffGranted | StaffRevoked, signatures: Iterable[Signature]) -> bool:
        if self._store is None:
            return False
        message = payload(self._store, fact)
        keys = {
            key
            for purpose, key, value in signatures
            if purpose == "grant" and verify(key, CONTEXT, message, value)
        }
        return len(keys & self._officers()) >= 2

    def _officers(self) -> frozenset[bytes]:
        officers = frozenset(grant.ed25519 for grant in self.people.values() if grant.roles & OFFICERS)
        return officers | self._founders if self._founding else officers
