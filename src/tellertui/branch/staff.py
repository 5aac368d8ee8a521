"""People come and go: the rows of a person and the grant or revocation that two officers sign."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import col, select

from tellertui.branch.grants import CONTEXT, StaffGranted, StaffNamed, StaffRevoked, payload
from tellertui.branch.people import Names
from tellertui.branch.records import Person
from tellertui.store.handlers import handles, views
from tellertui.store.rows import Query
from tellertui.store.tables import Holding, Slot
from tellertui.store.work import Signature, Work
from tellertui.vault.founding import FoundedPerson
from tellertui.vault.person import PersonPublic

_HOLDINGS = Query(Holding, select(Holding).where(col(Holding.person) == bindparam("person")))


class Signer(Protocol):
    """An officer's keys or ring: whoever can sign as one person."""

    @property
    def public(self) -> PersonPublic:
        """Return the public keys."""

    def sign(self, context: str, payload: bytes) -> bytes:
        """Sign for one purpose."""


def admit(work: Work, store: UUID, staff: str, person: FoundedPerson, officers: Sequence[Signer]) -> None:
    """Write a new person with slot and holdings, under a grant that the officers sign."""
    work.insert(
        Person,
        id=person.person,
        code=staff,
        roles=" ".join(sorted(person.roles)),
        state="active",
        generation=person.generation,
        x25519=person.public.x25519,
        ed25519=person.public.ed25519,
    )
    work.insert(
        Slot,
        person=person.person,
        generation=person.generation,
        salt=person.salt,
        memory_kib=person.cost.memory_kib,
        passes=person.cost.passes,
        lanes=person.cost.lanes,
        sealed=person.slot,
    )
    for holding in person.holdings:
        work.insert(
            Holding,
            id=work.ids.new(),
            person=person.person,
            class_name=holding.name,
            version=holding.version,
            sealed=holding.sealed,
        )
    grant = StaffGranted(
        person.person,
        staff,
        person.generation,
        person.public.x25519,
        person.public.ed25519,
        tuple(sorted(person.roles)),
        person.classes,
    )
    work.record(grant, person.person, signatures=_signed(store, grant, officers))


def name(work: Work, person: Person, words: str) -> None:
    """Write a person's name; the session behind this unit of work holds the class of masked fields.

    Raises:
        Refusal: ``no-key`` when it does not.
    """
    work.update(Person, person.id, **work.seal(Person, person.id, person.id, name=words))
    work.record(StaffNamed(person.id, person.code), person.id)


@handles(Names)
def names(_: Work, __: Names) -> tuple[()]:
    """Change nothing; names are opened for the view, with the keys of who asks."""
    return ()


@views(Names)
def named(work: Work, _: tuple[()]) -> dict[str, str]:
    """Return the names of who is on the staff now."""
    found = {}
    for person in work.every(Person):
        words = work.open(Person, person, person.id, "name") if person.state == "active" else None
        if words is not None:
            found[person.code] = words
    return found


def dismiss(work: Work, store: UUID, person: Person, officers: Sequence[Signer]) -> None:
    """Revoke a person: slot and holdings are deleted, and sessions end when this is committed."""
    work.delete(Slot, person.id)
    for holding in work.all(_HOLDINGS, person=person.id):
        work.delete(Holding, holding.id)
    work.update(Person, person.id, state="revoked")
    revoked = StaffRevoked(person.id, person.code, person.generation)
    work.record(revoked, person.id, signatures=_signed(store, revoked, officers))


def _signed(store: UUID, fact: StaffGranted | StaffRevoked, officers: Sequence[Signer]) -> list[Signature]:
    message = payload(store, fact)
    return [("grant", officer.public.ed25519, officer.sign(CONTEXT, message)) for officer in officers]
