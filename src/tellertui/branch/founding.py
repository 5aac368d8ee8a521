"""Founding a branch: two officers, every key, the first entries of the journal and a furnished branch."""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from tellertui.branch.defaults import Defaults
from tellertui.branch.opening import zoned_day
from tellertui.branch.records import Branch
from tellertui.branch.staff import admit
from tellertui.core.clock import Clock
from tellertui.core.enc import enc
from tellertui.core.event import Count, Event, event
from tellertui.core.ids import Ids
from tellertui.core.refusal import N_, USAGE, refusal
from tellertui.core.role import OFFICERS, Role
from tellertui.settings import Settings, write_settings
from tellertui.store.events import FOUNDING, StoreFounded
from tellertui.store.journal import Head, root
from tellertui.store.lock import StoreLock
from tellertui.store.store import FILE, Identity, Store
from tellertui.store.tables import ClassKey, Device, Escrow
from tellertui.store.work import Work
from tellertui.vault.apart import stretch_apart
from tellertui.vault.founding import Founder, Founding, found
from tellertui.vault.host import HostSecret
from tellertui.vault.person import PersonKeys
from tellertui.vault.providers import HostSecretProvider
from tellertui.vault.stretch import Cost

PASSPHRASE_MIN = 15
SALT = 16

STORE_EXISTS = refusal(
    "store-exists", N_("{directory} already holds a store; choose an empty folder."), USAGE
)
NOT_OFFICERS = refusal(
    "not-officers", N_("A branch is founded by two different officers (manager or reviewer)."), USAGE
)
PASSPHRASE_SHORT = refusal("passphrase-short", N_("A passphrase has at least {least} characters."), USAGE)
PASSPHRASE_SAME = refusal("passphrase-same", N_("The two officers must choose different passphrases."), USAGE)


@event("branch.furnished")
class BranchFurnished(Event):
    """Services, papers, hours and counters of a new branch."""

    services: Count
    papers: Count
    counters: Count


class Officer(NamedTuple):
    """One founder: staff code, role and passphrase (overwritten by the founding)."""

    staff: str
    role: Role
    passphrase: bytearray


@dataclass(frozen=True)
class Plan:
    """What is founded."""

    code: str
    name: str
    language: str
    settings: Settings
    defaults: Defaults
    custodian: bytes | None = None
    """Head office's custodian key; without it the branch is standalone."""


@dataclass(frozen=True)
class FoundingSheet:
    """What is printed once and kept on paper."""

    store: UUID
    branch: str
    founders: tuple[tuple[str, str], ...]
    """Staff code and fingerprint of each founder."""
    custodian: str
    codes: tuple[str, str] | None = field(repr=False, default=None)


def check_officers(officers: Sequence[Officer]) -> None:
    """Refuse one person in both seats, other roles and short or equal passphrases.

    Raises:
        Refusal: says which.
    """
    if (
        len(officers) != 2
        or officers[0].staff == officers[1].staff
        or not {o.role for o in officers} <= OFFICERS
    ):
        raise NOT_OFFICERS()
    if any(len(officer.passphrase.decode("utf-8", "replace")) < PASSPHRASE_MIN for officer in officers):
        raise PASSPHRASE_SHORT(least=PASSPHRASE_MIN)
    if officers[0].passphrase == officers[1].passphrase:
        raise PASSPHRASE_SAME()


def found_branch(
    directory: Path,
    plan: Plan,
    officers: Sequence[Officer],
    provider: HostSecretProvider,
    clock: Clock,
    ids: Ids,
) -> FoundingSheet:
    """Make a new store in a folder.

    Raises:
        Refusal: the folder holds a store, the officers are not two, or the host secret cannot be kept.
    """
    check_officers(officers)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    directory.chmod(0o700)
    with StoreLock(directory):
        if (directory / FILE).exists():
            raise STORE_EXISTS(directory=str(directory))
        return _found(directory, plan, officers, provider, clock, ids)


def _found(
    directory: Path,
    plan: Plan,
    officers: Sequence[Officer],
    provider: HostSecretProvider,
    clock: Clock,
    ids: Ids,
) -> FoundingSheet:
    store_id = UUID(plan.settings.store_id)
    secret = HostSecret.generate()
    cost = Cost(plan.settings.argon_memory_kib, plan.settings.argon_passes, 1)
    founders = tuple(_founder(ids.new(), officer, cost) for officer in officers)
    founding = found(store_id, (founders[0], founders[1]), secret, plan.custodian)
    keys = tuple(founder.keys for founder in founders)
    provider.store(store_id, secret)
    try:
        write_settings(directory, plan.settings)
        _write(directory, _Genesis(plan, officers, keys, founding), secret, clock, ids)
    except BaseException:
        _undo(directory, provider, store_id)
        raise
    finally:
        for key in keys:
            key.wipe()
    people = zip(officers, founding.founders, strict=True)
    return FoundingSheet(
        store_id,
        plan.code,
        tuple((officer.staff, person.public.fingerprint) for officer, person in people),
        founding.custodian_fingerprint,
        founding.codes,
    )


def _founder(person: UUID, officer: Officer, cost: Cost) -> Founder:
    salt = os.urandom(SALT)
    try:
        stretched = stretch_apart(officer.passphrase, salt, cost)
    finally:
        officer.passphrase[:] = bytes(len(officer.passphrase))
    return Founder(person, frozenset({officer.role}), salt, cost, stretched)


def _undo(directory: Path, provider: HostSecretProvider, store_id: UUID) -> None:
    for name in (FILE, f"{FILE}-wal", f"{FILE}-shm", "anchor", "settings.toml"):
        (directory / name).unlink(missing_ok=True)
    with suppress(Exception):
        provider.delete(store_id)


@dataclass(frozen=True)
class _Genesis:
    """Everything the first transaction writes."""

    plan: Plan
    officers: Sequence[Officer]
    keys: tuple[PersonKeys, ...]
    founding: Founding

    @property
    def publics(self) -> tuple[bytes, ...]:
        return tuple(key.public.ed25519 for key in self.keys)

    def fact(self) -> StoreFounded:
        """Return what both founders sign."""
        settings, founding = self.plan.settings, self.founding
        return StoreFounded(
            founding.store,
            self.plan.code,
            settings.environment,
            settings.profile,
            1,
            0,
            0,
            b"",
            self.publics,
            founding.custodian_public,
        )

    def write(self, work: Work) -> None:
        """Write keys, people and the furnished branch, each with its entry."""
        fact, founding = self.fact(), self.founding
        _store_rows(work, self.plan, founding)
        signatures = [("founding", key.public.ed25519, key.sign(FOUNDING, enc(fact))) for key in self.keys]
        work.record(fact, founding.store, signatures=signatures)
        for officer, person in zip(self.officers, founding.founders, strict=True):
            admit(work, founding.store, officer.staff, person, self.keys)
        furnish(work, self.plan.defaults)


def _write(directory: Path, genesis: _Genesis, secret: HostSecret, clock: Clock, ids: Ids) -> None:
    plan, founding = genesis.plan, genesis.founding
    # No checkpoint is due before the device key is stored, so nothing is signed with this identity.
    identity = Identity(
        founding.store,
        secret.mac_key(),
        lambda context, message: (founding.device_public, b""),
        plan.custodian is not None,
        zoned_day(plan.settings.time_zone),
    )
    head = Head(1, 0, root(plan.code, 1, 0, 0, b"", list(genesis.publics)))
    store = Store(directory, clock, ids, identity, head)
    store.start()
    try:
        store.run(genesis.write)
    finally:
        store.writer.stop()
    store.anchor()


def _store_rows(work: Work, plan: Plan, founding: Founding) -> None:
    settings = plan.settings
    work.insert(
        Branch,
        id=founding.store,
        code=plan.code,
        name=plan.name,
        time_zone=settings.time_zone,
        language=plan.language,
        environment=settings.environment,
        profile=settings.profile,
        standalone=plan.custodian is None,
    )
    work.insert(
        Device, id="host", public=founding.device_public, sealed=founding.device_wrapped, since=work.day
    )
    for item in founding.classes:
        name = f"{item.name}:{item.version}"
        work.insert(
            ClassKey, id=name, class_name=item.name, version=item.version, public=item.public, state="current"
        )
        work.insert(Escrow, id=f"class:{name}", sealed=item.escrow)
    work.insert(Escrow, id="host-secret", sealed=founding.host_secret_escrow)
    if founding.custodian_wrapped is not None:
        work.insert(Escrow, id="custodian", sealed=founding.custodian_wrapped)


def furnish(work: Work, defaults: Defaults) -> None:
    """Write the services, papers, hours and counters of a branch, with their entry."""
    for model, values in defaults.rows():
        work.insert(model, **values)
    branch = defaults.branch
    work.record(BranchFurnished(len(branch.services), len(branch.papers), len(defaults.counters)))
