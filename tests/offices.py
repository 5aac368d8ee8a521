"""Head offices for tests, and branches that speak to them without a host: keys, a chain, batches."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from tellertui.core.clock import ManualClock
from tellertui.core.enc import enc
from tellertui.core.event import NAMES, Event
from tellertui.core.ids import NIL
from tellertui.headoffice import keys as office_keys
from tellertui.headoffice.enrolment import give_code
from tellertui.headoffice.projector import Projector
from tellertui.headoffice.receiver import Receiver
from tellertui.headoffice.store import Store
from tellertui.store.events import StoreFounded
from tellertui.store.journal import link, root
from tellertui.sync.batches import Origin, Run, pack
from tellertui.sync.landing import FOUNDING
from tellertui.sync.wire import (
    ENROL,
    HELLO,
    RECEIPT,
    Enrol,
    Hello,
    Pack,
    Receipt,
    Signed,
    decoded,
    encoded,
    key_id,
    signed,
)
from tellertui.vault.host import DeviceKey
from tellertui.vault.parties import SigningKey, seal_to, verify

DAY = "2026-11-23"
OFFICERS = (SigningKey.generate(), SigningKey.generate())
FOUNDERS = tuple(officer.public for officer in OFFICERS)


@dataclass
class Office:
    """A head office in a folder, without a line."""

    place: office_keys.Place
    store: Store
    keys: office_keys.Keys
    clock: ManualClock
    receiver: Receiver
    projector: Projector

    @classmethod
    def made(cls, folder: Path, url: str, clock: ManualClock) -> "Office":
        """Found one."""
        office_keys.found(folder, url, clock.now())
        return cls.opened(folder, clock)

    @classmethod
    def opened(cls, folder: Path, clock: ManualClock) -> "Office":
        """Open one."""
        place = office_keys.place_of(folder)
        store, keys = Store(place.url), office_keys.Keys(place)
        return cls(place, store, keys, clock, Receiver(store, keys, clock), Projector(store, clock.now))

    def code(self, branch: str) -> str:
        """Give out an enrolment code."""
        return self.store.write(
            lambda connection: give_code(connection, branch, self.keys.pack.root, self.clock.now())
        )

    def answer(self, data: bytes, purpose: str) -> Receipt:
        """Carry out a request."""
        return read_receipt(self.receiver.answer(self.receiver.heard(data, purpose)), self.keys.pack)

    def enrolled(self, code: str = "B001") -> "Branch":
        """Return a branch that is registered."""
        branch = Branch(code, self.keys.pack)
        assert self.answer(branch.enrol(self.code(code)), ENROL).code == "ok"
        return branch


def read_receipt(data: bytes, keys: Pack) -> Receipt:
    """Return a receipt that is signed as the pack says."""
    message = signed(data)
    assert message.context == RECEIPT
    assert verify(keys.receipts[0], RECEIPT, message.payload, message.signature)
    return decoded(message.payload, Receipt)


def plain_of(
    fact: Event | tuple[str, int, Any],
    number: int,
    subjects: tuple[UUID, ...] = (),
    day: str = DAY,
    at: int = 1_800_000_000_000,
    actor: str = "T001",
) -> bytes:
    """Return the plain part of an entry; a fact that no release knows is given by name, version and facts."""
    name, version = NAMES[type(fact)] if isinstance(fact, Event) else fact[:2]
    facts = fact if isinstance(fact, Event) else fact[2]
    record = uuid5(NIL, f"{name}{number}{day}").bytes
    ids = [subject.bytes for subject in subjects]
    head = (1, record, name, version, at, day, actor, b"s" * 16, "t1", 1000)
    return enc(*head, ids, facts, [], [], b"")


@dataclass
class Branch:
    """A branch's journal and device key."""

    code: str
    keys: Pack
    device: DeviceKey = field(default_factory=DeviceKey.generate)
    store: bytes = field(default_factory=lambda: os.urandom(16))
    incarnation: int = 1
    parent: int = 0
    fork: int = 0
    plains: list[bytes] = field(default_factory=list)
    sealed: list[bytes] = field(default_factory=list)
    hashes: list[bytes] = field(default_factory=list)
    """The chain's values from the root on."""

    def __post_init__(self) -> None:
        if not self.hashes:
            self.hashes = [root(self.code, 1, 0, 0, b"", list(FOUNDERS))]

    def write(self, *plains: bytes, sealed: bytes = b"") -> "Branch":
        """Append entries."""
        for plain in plains:
            self.plains.append(plain)
            self.sealed.append(sealed)
            self.hashes.append(link(self.hashes[-1], plain))
        return self

    def enrol(self, code: str, **more: Any) -> bytes:
        """Return a request to be registered."""
        given = {
            "code": code,
            "branch": self.code,
            "name": "城南支行",
            "store": self.store,
            "device": self.device.public,
            "founders": FOUNDERS,
            "root": self.hashes[0],
            "nonce": b"n" * 16,
            "at": 0,
            "pack": self.keys.version,
        }
        return self.said(ENROL, encoded(Enrol(**{**given, **more})))

    def hello(self, seq: int | None = None, value: bytes | None = None, **more: Any) -> bytes:
        """Return where this branch stands."""
        seq = len(self.plains) if seq is None else seq
        given = {
            "branch": self.code,
            "store": self.store,
            "incarnation": self.incarnation,
            "seq": seq,
            "hash": self.hashes[seq] if value is None else value,
            "acked": 0,
            "nonce": b"h" * 16,
            "at": 0,
            "pack": self.keys.version,
            "build": "test",
        }
        return self.said(HELLO, encoded(Hello(**{**given, **more})))

    def batch(
        self,
        first: int,
        last: int,
        device: DeviceKey | None = None,
        change: Callable[[Run], Run] = lambda run: run,
        seal: Callable[[bytes, bytes], bytes] | None = None,
    ) -> bytes:
        """Return a batch of entries."""
        key = device or self.device
        origin = Origin(
            self.code,
            self.store,
            self.incarnation,
            self.parent,
            self.fork,
            self.keys.ingests[0],
            self.keys.version,
            "test",
        )
        run = Run(
            first,
            self.hashes[first - 1],
            self.hashes[last],
            self.plains[first - 1 : last],
            self.sealed[first - 1 : last],
        )
        sealing = seal or (lambda info, body: seal_to(self.keys.ingests[0], info, body))
        return pack(
            origin, change(run), sealing, lambda context, payload: (key.public, key.sign(context, payload))
        )

    def said(self, purpose: str, payload: bytes, device: DeviceKey | None = None) -> bytes:
        """Return a signed message."""
        key = device or self.device
        return Signed(purpose, payload, key_id(key.public), key.sign(purpose, payload)).to_bytes()


def grown(
    branch: Branch, fork: int, incarnation: int = 2, signers: tuple[SigningKey, ...] = OFFICERS
) -> Branch:
    """Return the branch after a restore to an entry: a new incarnation with its own first entry."""
    chain = (branch.code, incarnation, 1, fork, branch.hashes[fork], list(FOUNDERS))
    place = (incarnation, 1, fork, branch.hashes[fork])
    fact = StoreFounded(UUID(bytes=branch.store), branch.code, "test", "desk", *place, FOUNDERS, b"")
    fresh = Branch(
        branch.code, branch.keys, branch.device, branch.store, incarnation, 1, fork, hashes=[root(*chain)]
    )
    signatures = [("founding", key.public, key.sign(FOUNDING, enc(fact))) for key in signers]
    head = (1, b"r" * 16, "store.founded", 1, 0, DAY, "system", b"", "", 0)
    return fresh.write(enc(*head, [], fact, signatures, [], b""))
