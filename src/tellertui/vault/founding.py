"""Founding a store: every key that ``init`` stores, from two officers who typed their own passphrases."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from tellertui.core.refusal import SAME_PERSON
from tellertui.core.role import CLASSES, Role, classes_of
from tellertui.vault.classes import ClassSecret, Holding
from tellertui.vault.codes import custodian_wrap, make_codes
from tellertui.vault.custodian import CustodianKey, escrow_class, escrow_host_secret
from tellertui.vault.host import DeviceKey, HostSecret, fingerprint
from tellertui.vault.person import PersonKeys, PersonPublic, slot_key
from tellertui.vault.requests import refuse_same
from tellertui.vault.stretch import Cost
from tellertui.vault.wiping import wipe

FIRST = 1
"""Generation of the founders' keys and version of the class secrets."""


@dataclass(frozen=True, repr=False)
class Founder:
    """One of the two officers: who, with which roles, and the passphrase already stretched.

    ``stretched`` is overwritten by ``found``; ``keys`` stay with the caller, who signs the genesis entry
    with them and wipes them.
    """

    person: UUID
    roles: frozenset[Role]
    salt: bytes
    cost: Cost
    stretched: bytearray
    keys: PersonKeys = field(default_factory=PersonKeys.generate)


@dataclass(frozen=True)
class FoundedPerson:
    """What is stored of a founder: grant, slot and holdings."""

    person: UUID
    roles: frozenset[Role]
    classes: tuple[str, ...]
    public: PersonPublic
    generation: int
    salt: bytes
    cost: Cost
    slot: bytes
    holdings: tuple[Holding, ...]


@dataclass(frozen=True)
class FoundedClass:
    """What is stored of a class: public key and escrow; a class that no founder holds has only these."""

    name: str
    version: int
    public: bytes
    escrow: bytes


@dataclass(frozen=True)
class Founding:
    """Everything ``init`` stores, and the two codes it prints once (standalone branches only)."""

    store: UUID
    founders: tuple[FoundedPerson, FoundedPerson]
    classes: tuple[FoundedClass, ...]
    device_public: bytes
    device_wrapped: bytes
    custodian_public: bytes
    custodian_wrapped: bytes | None
    host_secret_escrow: bytes
    codes: tuple[str, str] | None = field(repr=False)

    @property
    def custodian_fingerprint(self) -> str:
        """Return the 16 characters of the custodian key, for the founding sheet."""
        return fingerprint(self.custodian_public)


def found(
    store: UUID,
    founders: tuple[Founder, Founder],
    host_secret: HostSecret,
    custodian_public: bytes | None = None,
) -> Founding:
    """Make all keys of a new store.

    Args:
        store: its id.
        founders: two officers.
        host_secret: already kept by its provider.
        custodian_public: head office's custodian key; without it the branch is standalone and gets its
            own, under two recovery codes.

    Raises:
        Refusal: ``same-person``; one person or key in both seats.
    """
    _refuse_one_in_both_seats(founders)
    codes: tuple[str, str] | None = None
    wrapped: bytes | None = None
    if custodian_public is None:
        codes, custodian_public, wrapped = _own_custodian(store)
    secrets = [ClassSecret.generate(name, FIRST) for name in CLASSES]
    device = DeviceKey.generate()
    try:
        first, second = (enrolled(store, founder, host_secret, secrets) for founder in founders)
        classes = tuple(
            FoundedClass(
                secret.name,
                secret.version,
                secret.public_key(store),
                escrow_class(custodian_public, store, secret),
            )
            for secret in secrets
        )
    finally:
        for secret in secrets:
            secret.wipe()
    return Founding(
        store=store,
        founders=(first, second),
        classes=classes,
        device_public=device.public,
        device_wrapped=device.wrapped(host_secret, store),
        custodian_public=custodian_public,
        custodian_wrapped=wrapped,
        host_secret_escrow=escrow_host_secret(custodian_public, store, host_secret),
        codes=codes,
    )


def _refuse_one_in_both_seats(founders: tuple[Founder, Founder]) -> None:
    first, second = founders
    refuse_same((first.person, first.keys.public.ed25519), (second.person, second.keys.public.ed25519))
    if first.keys.public.x25519 == second.keys.public.x25519:
        raise SAME_PERSON()


def _own_custodian(store: UUID) -> tuple[tuple[str, str], bytes, bytes]:
    codes = make_codes(store)
    key = CustodianKey.generate()
    try:
        return codes, key.public, custodian_wrap(*codes, key)
    finally:
        key.wipe()


def enrolled(
    store: UUID, founder: Founder, host_secret: HostSecret, secrets: Sequence[ClassSecret]
) -> FoundedPerson:
    """Return what is stored of a person: the slot, and a holding of each given secret the roles may hold."""
    classes = classes_of(founder.roles)
    key = slot_key(founder.stretched, host_secret, store, founder.person, FIRST)
    try:
        slot = founder.keys.sealed_under(key)
    finally:
        wipe(key)
        wipe(founder.stretched)
    return FoundedPerson(
        person=founder.person,
        roles=founder.roles,
        classes=classes,
        public=founder.keys.public,
        generation=FIRST,
        salt=founder.salt,
        cost=founder.cost,
        slot=slot,
        holdings=tuple(
            secret.hold(founder.keys.public.x25519, store, founder.person)
            for secret in secrets
            if secret.name in classes
        ),
    )
