"""A small store with tables of its own, the product's write path to it, and a way around that path."""

import hmac
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import registry
from sqlalchemy.schema import CreateIndex, CreateTable

from tellertui.branch.grants import CONTEXT, StaffGranted, payload
from tellertui.branch.records import Person
from tellertui.core.clock import ManualClock
from tellertui.core.enc import enc
from tellertui.core.ids import TimedIds
from tellertui.core.role import Role, classes_of
from tellertui.store import columns as c
from tellertui.store import schema, sqlite
from tellertui.store.dialect import DIALECT
from tellertui.store.events import FOUNDING, ClockStepped, StoreFounded
from tellertui.store.findings import Report
from tellertui.store.journal import Head, link, root
from tellertui.store.store import ANCHOR, FILE, Identity, Store
from tellertui.store.tables import Device, Holding, Slot
from tellertui.store.verify import Check, verify
from tellertui.store.work import Work
from tellertui.vault.classes import ClassSecret
from tellertui.vault.host import DeviceKey, HostSecret
from tellertui.vault.person import PersonKeys
from tellertui.vault.ring import Ring

STORE = UUID(int=7)
START = 1_772_400_000_000
NOTES = 12
FACT = ClockStepped(1, START)


class Trial(c.Record, registry=registry()):
    """Tables of these tests only, apart from those of the product."""


class Note(Trial, table=True):
    __tablename__ = "trial_note"
    __table_args__ = (Index("trial_note_token", "token", unique=True), {"sqlite_strict": True})
    id: UUID = c.ident(key=True)
    state: str = c.code()
    points: int = c.count()
    owner: str | None = c.code(null=True)
    token: bytes | None = c.blob(null=True)
    phone: bytes | None = c.sealed("customer")
    remark: bytes | None = c.sealed("customer")
    slip: bytes | None = c.sealed("customer", ships=False)


class Wrap(Trial, table=True):
    __tablename__ = "trial_wrap"
    code: str = c.code(key=True)
    version: int = c.count()
    sealed: bytes = c.key_bytes()


DDL = [
    str(construct.compile(dialect=DIALECT)).strip()
    for construct in (
        CreateTable(Note.__table__),
        *(CreateIndex(index) for index in Note.__table__.indexes),
        CreateTable(Wrap.__table__),
    )
]


@dataclass(frozen=True)
class Keys:
    """Everything secret about the branch of these tests."""

    host: HostSecret
    device: DeviceKey
    officers: tuple[PersonKeys, PersonKeys]
    secret: ClassSecret

    @property
    def mac(self) -> bytes:
        return bytes(self.host.mac_key())

    @property
    def founders(self) -> list[bytes]:
        return [officer.public.ed25519 for officer in self.officers]


@dataclass(frozen=True)
class TrialStore:
    """A store's folder and the keys to it."""

    folder: Path
    keys: Keys

    @property
    def file(self) -> Path:
        return self.folder / FILE

    @property
    def anchor(self) -> Path:
        return self.folder / ANCHOR

    def root(self) -> bytes:
        return root("X001", 1, 0, 0, b"", self.keys.founders)

    def open(self, *, keeps_sealed: bool = True) -> Store:
        clock = ManualClock(START)
        octets = count(START)
        ids = TimedIds(clock, lambda size: next(octets).to_bytes(size, "big"))
        sign = self.keys.device
        identity = Identity(
            STORE,
            self.keys.mac,
            lambda context, data: (sign.public, sign.sign(context, data)),
            keeps_sealed=keeps_sealed,
            day_of=lambda _: "2026-03-02",
        )
        return Store(self.folder, clock, ids, identity, Head(1, 0, self.root()))

    def ring(self) -> Ring:
        secret = self.keys.secret
        copy = ClassSecret(secret.name, secret.version, bytearray(secret.octets()))
        return Ring(UUID(int=1), PersonKeys.generate(), [copy])

    @contextmanager
    def running(self, *, keeps_sealed: bool = True) -> Iterator["Desk"]:
        store, ring = self.open(keeps_sealed=keeps_sealed), self.ring()
        store.start()
        try:
            yield Desk(store, ring)
        finally:
            store.close()

    def verify(self, *checks: Check) -> Report:
        with closing(sqlite.connect(self.file, query_only=True)) as connection:
            return verify(connection, self.keys.mac, self.anchor, checks, extra=extra_objects())

    @contextmanager
    def tampered(self) -> Iterator[Any]:
        """The file in the hands of somebody with plain sqlite3; the guards are back afterwards."""
        with closing(sqlite.dbapi.connect(self.file, isolation_level=None)) as connection:
            guards = connection.execute(
                "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
            ).fetchall()
            for name, _ in guards:
                connection.execute(f'DROP TRIGGER "{name}"')
            yield connection
            for _, text in guards:
                connection.execute(text)

    def value(self, sql: str, *params: Any) -> Any:
        with closing(sqlite.dbapi.connect(self.file)) as connection:
            return connection.execute(sql, params).fetchone()[0]

    def copied(self, folder: Path) -> "TrialStore":
        shutil.copytree(self.folder, folder)
        return TrialStore(folder, self.keys)


class Desk:
    """The write path of the product with a ring that holds ``customer``."""

    def __init__(self, store: Store, ring: Ring) -> None:
        self.store = store
        self._ring = ring

    def run(self, body: Callable[[Work], Any]) -> Any:
        return self.store.run(body, ring=self._ring)

    def checkpoint(self) -> None:
        self.run(lambda work: self.store.checkpoint(work, "test"))


def note_id(number: int) -> UUID:
    return UUID(int=0x7000 << 64 | number)


def add_note(number: int, **values: Any) -> Callable[[Work], None]:
    def body(work: Work) -> None:
        row = note_id(number)
        sealed = work.seal(Note, row, row, phone=f"+886912345{number:03}", remark="wants a call", slip="A1")
        token = sha256(b"%d" % number).digest()[:16]
        work.insert(Note, id=row, state="new", points=0, token=token, **sealed, **values)
        work.record(FACT, row)

    return body


def change_note(number: int, **values: Any) -> Callable[[Work], None]:
    def body(work: Work) -> None:
        work.update(Note, note_id(number), **values)
        work.record(FACT, note_id(number))

    return body


def drop_note(number: int) -> Callable[[Work], None]:
    def body(work: Work) -> None:
        work.delete(Note, note_id(number))
        work.record(FACT, note_id(number))

    return body


def extra_objects() -> frozenset[tuple[str, str, str]]:
    with closing(sqlite.memory()) as connection:
        for statement in DDL:
            connection.execute(statement)
        return schema.objects(connection)


def make_file(folder: Path) -> None:
    path = folder / FILE
    with closing(sqlite.connect(path)) as connection:
        schema.migrate(path, connection)
        for statement in DDL:
            connection.execute(statement)


def found(work: Work, keys: Keys) -> None:
    device = keys.device
    work.insert(
        Device, id="host", public=device.public, sealed=device.wrapped(keys.host, STORE), since="2026-03-02"
    )
    fact = StoreFounded(STORE, "X001", "test", "desk", 1, 0, 0, b"", tuple(keys.founders), b"c" * 32)
    signed = [
        ("founding", officer.public.ed25519, officer.sign(FOUNDING, enc(fact))) for officer in keys.officers
    ]
    work.record(fact, STORE, signatures=signed)
    for number, officer in enumerate(keys.officers, 1):
        grant(work, keys, number, officer, Role.MANAGER if number == 1 else Role.REVIEWER)


def grant(work: Work, keys: Keys, number: int, person: PersonKeys, role: Role) -> None:
    identity, public = UUID(int=number), person.public
    classes = classes_of(frozenset({role}))
    fact = StaffGranted(identity, f"E{number}", 1, public.x25519, public.ed25519, (role,), classes)
    work.insert(
        Person,
        id=identity,
        code=f"E{number}",
        roles=str(role),
        state="active",
        generation=1,
        x25519=public.x25519,
        ed25519=public.ed25519,
    )
    work.insert(
        Slot, person=identity, generation=1, salt=b"s" * 16, memory_kib=8, passes=1, lanes=1, sealed=b"slot"
    )
    for place, name in enumerate(classes):
        holding = UUID(int=number * 100 + place)
        work.insert(Holding, id=holding, person=identity, class_name=name, version=1, sealed=b"held")
    message = payload(STORE, fact)
    signatures = [
        ("grant", officer.public.ed25519, officer.sign(CONTEXT, message)) for officer in keys.officers
    ]
    work.record(fact, identity, signatures=signatures)


def fill(desk: Desk) -> None:
    """Write notes of every fate, with checkpoints among them."""
    for number in range(NOTES):
        desk.run(add_note(number))
    desk.checkpoint()
    for number in range(0, NOTES, 2):
        desk.run(change_note(number, state="open", points=10))
        desk.run(change_note(number, state="done"))
    desk.run(drop_note(11))
    desk.checkpoint()

    def wrap(work: Work) -> None:
        work.insert(Wrap, code="v1", version=1, sealed=b"wrapped")
        work.update(Wrap, "v1", version=2, sealed=b"wrapped again")
        work.record(FACT)

    desk.run(wrap)
    desk.run(change_note(1, owner="E1"))


def rehash(connection: Any, trial: TrialStore, since: int, *, mac: bool) -> None:
    """Compute hashes again from an entry on, and MACs too for who has the host secret."""
    rows = connection.execute("SELECT seq, plain, hash FROM journal ORDER BY seq").fetchall()
    previous = trial.root()
    for seq, plain, stored in rows:
        if seq >= since:
            stored = link(previous, plain)
            connection.execute("UPDATE journal SET hash = ? WHERE seq = ?", (stored, seq))
            if mac:
                proof = hmac.digest(trial.keys.mac, stored, "sha256")[:16]
                connection.execute("UPDATE journal SET mac = ? WHERE seq = ?", (proof, seq))
        previous = stored
