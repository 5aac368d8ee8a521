"""One pass over the journal: order, links, MACs, sealed parts and the device's signatures.

An entry is reported once. The pass then goes on from the hash as stored, so that one edit is one finding:

=====================  ==========================  =============================================
link to predecessor    MAC of the stored hash      meaning
=====================  ==========================  =============================================
fits                   fits                        as written
differs                fits                        the plain part was edited: ``entry_changed``
differs                differs                     hash or MAC was edited too: ``entry_changed``
fits                   differs                     hashes recomputed from here on without the
                                                   host secret: ``mac``, at the first of them
=====================  ==========================  =============================================

Who recomputes hashes and MACs fails at the next checkpoint, which the device signed.
"""

from collections import defaultdict
from collections.abc import Callable
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from tellertui.core.enc import enc
from tellertui.core.event import NAMES, decode_event
from tellertui.store import sqlite
from tellertui.store.events import Checkpoint, StoreFounded
from tellertui.store.findings import Findings, Kind, entry_place
from tellertui.store.journal import LINK, SINCE, Head, link, root
from tellertui.store.tables import Device
from tellertui.vault.primitives import verify

BATCH = 250
"""Entries fetched at once: few enough to stay in the processor's cache."""
CHECKPOINT_CONTEXT = "tellertui.checkpoint/1"
CHECKPOINT_WITHIN = 2_000
"""Entries that may follow a checkpoint: one is due after 1,000, and a single command can overshoot."""

UNREADABLE = (msgspec.MsgspecError, ValueError, KeyError, TypeError)
"""What reading an edited entry can raise."""

Evidence = dict[str, dict[Any, tuple[int, bytes]]]
"""By table and key: seq and row digest of the newest entry; the digest of a deleted row is empty."""

_CHECKPOINT = NAMES[Checkpoint][0]
_DEVICE = str(Device.__tablename__)
_HASH_AT = "SELECT hash, mac FROM journal WHERE incarnation = ? AND seq = ?"
_PARTS = (
    "SELECT incarnation, seq, sealed FROM journal_sealed"
    " WHERE (incarnation, seq) > (?, ?) ORDER BY incarnation, seq"
)
_SAFE = "SELECT incarnation, seq FROM safe_mark"


class Claim(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What an entry claims, as far as verification reads it; the fields stand as in ``journal.Plain``."""

    v: int
    record: msgspec.Raw
    event: str
    version: int
    at: int
    day: str
    actor: msgspec.Raw
    session: msgspec.Raw
    terminal: msgspec.Raw
    uid: int
    subjects: msgspec.Raw
    facts: msgspec.Raw
    signatures: msgspec.Raw
    changes: list[tuple[str, Any, str, msgspec.Raw, bytes]]
    sealed: bytes


_decode_claim = msgspec.msgpack.Decoder(Claim).decode
_decode_signatures = msgspec.msgpack.Decoder(list[tuple[str, bytes, bytes]]).decode
_decode_columns = msgspec.msgpack.Decoder(list[Any]).decode


def proofs(mac_key: bytes | bytearray) -> Callable[[bytes], bytes]:
    """Return the function that computes the 16-byte MAC of a hash: HMAC-SHA256 with both pads hashed once."""
    block = mac_key.ljust(64, b"\0")
    inner = sha256(bytes(octet ^ 0x36 for octet in block)).copy
    outer = sha256(bytes(octet ^ 0x5C for octet in block)).copy

    def proof(value: bytes) -> bytes:
        first, second = inner(), outer()
        first.update(value)
        second.update(first.digest())
        return second.digest()[:16]

    return proof


def stored_hash(connection: Any, incarnation: int, seq: int) -> tuple[bytes, bytes] | None:
    """Return hash and MAC of an entry as stored, or None where there is no such entry."""
    found: tuple[bytes, bytes] | None = connection.execute(_HASH_AT, (incarnation, seq)).fetchone()
    return found


def founding(plain: bytes) -> StoreFounded | None:
    """Return the facts of a founding entry, or None where the plain part is not one."""
    try:
        claim = _decode_claim(plain)
        fact = decode_event(claim.event, claim.version, claim.facts)
    except UNREADABLE:
        return None
    return fact if isinstance(fact, StoreFounded) else None


class Chain:
    """The state of the pass: where it stands, and the newest evidence about every row."""

    def __init__(self, connection: Any, mac_key: bytes | bytearray, findings: Findings) -> None:
        self.entries = 0
        self.newest: Evidence = defaultdict(dict)
        self.doubtful: list[int] = []
        """Seqs of entries that are missing or no longer as written."""
        self._connection = connection
        self._findings = findings
        self._proof = proofs(mac_key)
        self._store: UUID | None = None
        self._devices: set[bytes] = set()
        self._sources = {1}
        self._incarnation, self._seq, self._previous = 0, 0, b""
        self._doubt = False
        self._reported = (0, 0)
        self._vouched = 0
        self._disproved = False

    @property
    def head(self) -> Head | None:
        """Return the newest entry read, or None before the first."""
        return Head(self._incarnation, self._seq, self._previous) if self._incarnation else None

    def start_after(self, head: Head, store: UUID, devices: set[bytes]) -> None:
        """Begin after an entry instead of at the founding; a checkpoint has to be the first one read."""
        self._incarnation, self._seq, self._previous = head.incarnation, head.seq, head.hash
        self._store, self._devices, self._vouched = store, devices, head.seq

    def run(self, progress: Callable[[int], None]) -> None:
        """Read every entry after the start; ``progress`` is told their number after each batch."""
        since = (self._incarnation, self._seq)
        # Text is compared as bytes: what is not UTF-8 must not end the pass.
        self._connection.text_factory = bytes
        try:
            self._parts = SealedParts(self._connection, self._findings, since)
            cursor = self._connection.execute(SINCE, since)
            while batch := cursor.fetchmany(BATCH):
                self._batch(batch)
                progress(self.entries)
            self._parts.finish()
        except (sqlite.dbapi.DatabaseError, TypeError):
            self._add("chain", self._seq + 1, "the journal cannot be read from here on")
        finally:
            self._connection.text_factory = str
        if self._seq - self._vouched > CHECKPOINT_WITHIN:
            self._no_checkpoint()

    def _batch(self, batch: list[tuple[Any, ...]]) -> None:
        """Read entries that are as written all at once, and others one by one to tell what is wrong."""
        claims = self._claims(batch)
        if claims is None:
            for row in batch:
                self._entry(*row)
            return
        for row, claim in zip(batch, claims, strict=True):
            self._seq = row[1]
            self._take(claim)
            self._previous = row[3]
        self.entries += len(batch)

    def _claims(self, batch: list[tuple[Any, ...]]) -> list[Claim] | None:
        """Return what the entries of a batch claim, or None where any of them is not as written."""
        incarnations, seqs, plains, hashes, macs, days, events = zip(*batch, strict=True)
        first, before = self._seq + 1, (self._previous, *hashes[:-1])
        links = zip(before, plains, strict=True)
        try:
            claims = [_decode_claim(plain) for plain in plains]
            as_written = (
                not self._doubt
                and set(incarnations) == {self._incarnation}
                and seqs == tuple(range(first, first + len(seqs)))
                and [sha256(LINK + previous + plain).digest() for previous, plain in links] == [*hashes]
                and [*map(self._proof, hashes)] == [*macs]
                and [claim.day for claim in claims] == [*map(bytes.decode, days)]
                and [claim.event for claim in claims] == [*map(bytes.decode, events)]
            )
        except UNREADABLE:
            return None
        return claims if as_written else None

    def _entry(
        self, incarnation: int, seq: int, plain: bytes, stored: bytes, mac: bytes, day: bytes, event: bytes
    ) -> None:
        if seq != self._seq + 1 or incarnation != self._incarnation:
            self._jump(incarnation, seq, plain, stored)
        doubted = self._doubt
        linked = sha256(LINK + self._previous + plain).digest() == stored
        genuine = self._proof(stored) == mac
        self._seq = seq
        if doubted or not (linked and genuine):
            self._judge(linked=linked, genuine=genuine)
        try:
            claim = _decode_claim(plain)
        except UNREADABLE:
            self._unreadable()
        else:
            if claim.day.encode() != day or claim.event.encode() != event:
                self._report("entry_changed", "its index columns are not those of its content")
            self._take(claim, doubted=doubted)
        if self._reported == (incarnation, seq):
            self._parts.pass_over((incarnation, seq))
        self._previous = stored
        self.entries += 1

    def _jump(self, incarnation: int, seq: int, plain: bytes, stored: bytes) -> None:
        opens = incarnation != self._incarnation
        expected = 1 if opens else self._seq + 1
        self._incarnation = incarnation
        if opens:
            self._previous, self._vouched, self._doubt = b"", 0, True
        if seq != expected:
            self.doubtful.append(seq - 1)
            self._add("chain", expected, f"entries {expected} to {seq - 1} are missing")
            self._doubt = True
        elif opens:
            self._open(incarnation, plain, stored)

    def _open(self, incarnation: int, plain: bytes, stored: bytes) -> None:
        fact = founding(plain)
        if fact is None or fact.incarnation != incarnation:
            self._seq = 1
            self._report("entry_changed", "the incarnation does not begin with its founding")
            return
        self._store, self._doubt = fact.store, False
        self._previous = root(fact.branch, incarnation, fact.parent, fact.k, fact.hash_k, list(fact.founders))
        if fact.parent and link(self._previous, plain) == stored:
            parent = stored_hash(self._connection, fact.parent, fact.k)
            if parent is None or parent[0] != fact.hash_k:
                self._add("chain", 1, f"it does not follow from {fact.parent}/{fact.k}")

    def _judge(self, *, linked: bool, genuine: bool) -> None:
        # After a doubtful predecessor neither a broken link before a genuine hash nor a further hash of the
        # same forged run is news.
        if not linked and (not genuine or not self._doubt):
            self._report("entry_changed", "its hash does not follow from its content and its predecessor")
        elif linked and not genuine and not self._doubt:
            self._report("mac", "from here on hashes do not carry the MAC of this branch")
        self._doubt = not genuine

    def _take(self, claim: Claim, *, doubted: bool = False) -> None:
        """Take in what an entry says of sealed parts, checkpoints and rows."""
        seq = self._seq
        try:
            if claim.sealed and self._reported != (self._incarnation, seq):
                self._parts.meet((self._incarnation, seq), claim.sealed)
            if claim.event == _CHECKPOINT:
                self._checkpoint(claim, doubted=doubted)
            for table, key, _, columns, digest in claim.changes:
                self.newest[table][key] = seq, digest
                if table == _DEVICE:
                    self._learn_device(columns)
        except UNREADABLE:
            self._unreadable()

    def _learn_device(self, columns: msgspec.Raw) -> None:
        found = _decode_columns(columns)
        values = dict(zip(found[::2], found[1::2], strict=True))
        if "public" in values:
            self._sources.add(self._seq)
            self._devices.add(values["public"])

    def _checkpoint(self, claim: Claim, *, doubted: bool) -> None:
        """Check that the device signed the entry before this one."""
        seq, before, vouched = self._seq, self._seq - 1, self._vouched
        if seq - vouched > CHECKPOINT_WITHIN:
            self._no_checkpoint()
        self._vouched = seq
        if doubted or self._disproved or self._reported == (self._incarnation, seq):
            return
        if self.doubtful and (not self._devices or not self._sources.isdisjoint(self.doubtful)):
            # The entry that names the store or its device is a finding already; nothing can be proven by it.
            return
        if not self._signed(claim, before):
            self._disproved = True
            detail = f"the device signed another history: something from {vouched} to {before} was changed"
            self._findings.add("checkpoint", entry_place(self._incarnation, seq), before, detail)
            self.doubtful.append(before)

    def _signed(self, claim: Claim, before: int) -> bool:
        fact = decode_event(claim.event, claim.version, claim.facts)
        if not isinstance(fact, Checkpoint):
            return False
        if (fact.incarnation, fact.seq, fact.hash) != (self._incarnation, before, self._previous):
            return False
        message = enc(self._store, fact.incarnation, fact.seq, fact.hash)
        return any(
            purpose == "device" and key in self._devices and verify(key, CHECKPOINT_CONTEXT, message, value)
            for purpose, key, value in _decode_signatures(claim.signatures)
        )

    def _no_checkpoint(self) -> None:
        self._add("checkpoint", self._vouched + 1, f"no checkpoint from here to {self._seq}")

    def _unreadable(self) -> None:
        self._report("entry_changed", "it cannot be read")

    def _report(self, kind: Kind, detail: str) -> None:
        """Add a finding about the entry being read, unless it has one."""
        here = self._incarnation, self._seq
        if self._reported != here:
            self._reported = here
            self.doubtful.append(self._seq)
            self._add(kind, self._seq, detail)

    def _add(self, kind: Kind, seq: int, detail: str) -> None:
        self._findings.add(kind, entry_place(self._incarnation, seq), seq, detail)


class SealedParts:
    """The sealed parts, read beside the entries that name them."""

    def __init__(self, connection: Any, findings: Findings, since: tuple[int, int]) -> None:
        self._findings = findings
        self._safe: dict[int, int] = dict(connection.execute(_SAFE).fetchall())
        self._rows = connection.execute(_PARTS, since)
        self._next = self._rows.fetchone()

    def meet(self, position: tuple[int, int], digest: bytes) -> None:
        """Check the part of one entry; it may only be gone where head office has it."""
        self._skip(position)
        if self._next is None or self._next[:2] != position:
            if position[1] > self._safe.get(position[0], 0):
                self._findings.add("sealed_missing", _part(position), position[1], "its entry names it")
            return
        if sha256(self._next[2]).digest() != digest:
            self._findings.add("entry_changed", _part(position), position[1], "its sealed part is another")
        self._next = self._rows.fetchone()

    def pass_over(self, position: tuple[int, int]) -> None:
        """Leave the part of an entry unjudged that is a finding itself."""
        self._skip(position)
        if self._next is not None and self._next[:2] == position:
            self._next = self._rows.fetchone()

    def finish(self) -> None:
        """Report parts after the last entry that names one."""
        self._skip(None)

    def _skip(self, position: tuple[int, int] | None) -> None:
        while self._next is not None and (position is None or self._next[:2] < position):
            here = self._next[:2]
            self._findings.add("entry_changed", _part(here), here[1], "a sealed part that no entry names")
            self._next = self._rows.fetchone()


def _part(position: tuple[int, int]) -> str:
    return f"journal_sealed {position[0]}/{position[1]}"
