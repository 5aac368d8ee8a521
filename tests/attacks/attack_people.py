"""What two officers do to let somebody in and to send somebody away, signed with their own keys."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import col, select

from branches import MANAGER, MONDAY, PASSPHRASES, REVIEWER, Founded, opened_at
from tellertui.branch.records import Person
from tellertui.branch.staff import admit, dismiss
from tellertui.core.clock import ManualClock
from tellertui.core.role import CLASSES, Role
from tellertui.host.services import load_services
from tellertui.store.rows import Query, Reads
from tellertui.store.store import Store
from tellertui.store.tables import Holding, Slot
from tellertui.vault.classes import Holding as Held
from tellertui.vault.founding import Founder, enrolled
from tellertui.vault.host import HostSecret
from tellertui.vault.person import PersonKeys, slot_key
from tellertui.vault.providers import provider
from tellertui.vault.ring import Ring
from tellertui.vault.stretch import Cost, stretch

OFFICERS = (MANAGER, REVIEWER)
CHEAP = Cost(64, 1, 1)
PERSON = Query(Person, select(Person).where(col(Person.code) == bindparam("code")))
HOLDINGS = Query(Holding, select(Holding).where(col(Holding.person) == bindparam("person")))


class PersonnelOffice:
    """An open store and the means to sign for its officers; its calls block, so not in a host's loop."""

    def __init__(self, store: Store, secret: HostSecret) -> None:
        self.store = store
        self._secret = secret
        self._typed = dict(PASSPHRASES)

    def person(self, staff: str) -> Person:
        """Return the row of somebody."""

        def row(reads: Reads) -> Person:
            found = reads.one(PERSON, code=staff)
            assert found is not None
            return found

        return self.store.read(row).result()

    def ring(self, staff: str) -> Ring:
        """Open somebody's keys and class secrets with the passphrase, as a sign-on does."""
        person, store = self.person(staff), self.store.identity.store

        def kept(reads: Reads) -> tuple[Slot | None, list[Held]]:
            holdings = reads.all(HOLDINGS, person=person.id)
            return reads.get(Slot, person.id), [
                Held(each.class_name, each.version, each.sealed) for each in holdings
            ]

        slot, holdings = self.store.read(kept).result()
        assert slot is not None
        stretched = stretch(bytearray(self._typed[staff]), slot.salt, CHEAP)
        key = slot_key(stretched, self._secret, store, person.id, slot.generation)
        return Ring.opened(store, person.id, PersonKeys.opened(key, slot.sealed), holdings)

    def join(self, staff: str, role: Role, passphrase: bytes, signers: Sequence[str] = OFFICERS) -> UUID:
        """Let somebody in; ``signers`` are the officers who sign, and the first one's secrets are shared."""
        rings = [self.ring(each) for each in signers]
        salt, store = os.urandom(16), self.store.identity.store
        stretched = stretch(bytearray(passphrase), salt, CHEAP)
        joiner = Founder(self.store.ids.new(), frozenset({role}), salt, CHEAP, stretched)
        secrets = [rings[0].secret(name) for name in CLASSES if rings[0].holds(name)]
        person = enrolled(store, joiner, self._secret, secrets)
        self.store.run(lambda work: admit(work, store, staff, person, rings))
        self._typed[staff] = passphrase
        return joiner.person

    def dismiss(self, staff: str, signers: Sequence[str] = OFFICERS) -> None:
        """Send somebody away."""
        rings, person = [self.ring(each) for each in signers], self.person(staff)
        self.store.run(lambda work: dismiss(work, self.store.identity.store, person, rings))


def host_secret(founded: Founded) -> HostSecret:
    """Return the host secret of a store under test."""
    return provider("memory", founded.directory, "test").load(UUID(founded.settings.store_id))


@contextmanager
def personnel_office(founded: Founded) -> Iterator[PersonnelOffice]:
    """Open a store whose host does not run."""
    load_services()
    store = opened_at(founded, ManualClock(MONDAY)).store
    store.start()
    try:
        yield PersonnelOffice(store, host_secret(founded))
    finally:
        store.close()
