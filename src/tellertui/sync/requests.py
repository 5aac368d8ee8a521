"""What a branch says next to head office, made within one read: on its keys, on where it stands, batches."""

import os
from functools import lru_cache, partial
from hashlib import sha256
from uuid import UUID

import msgspec

import tellertui
from tellertui.branch.records import Branch
from tellertui.core.clock import SECOND
from tellertui.core.enc import enc
from tellertui.store.rows import Reads
from tellertui.store.store import Identity
from tellertui.store.tables import Device
from tellertui.sync import api, feeds, sending
from tellertui.sync.batches import BadBatch, Origin, pack
from tellertui.sync.marks import Marks, head_office, marks_of
from tellertui.sync.outbox import Outbox
from tellertui.sync.records import HeadOffice
from tellertui.sync.trust import believed_pack
from tellertui.sync.wire import ENROL, HELLO, Enrol, Hello, Message, Pack, Signed, encoded, key_id, nonce_of
from tellertui.sync.wire import signed as read_signed
from tellertui.vault.parties import seal_to

LINE = "https://"
POLL_S = 10.0
"""The courier asks again after this long at most: what is written meanwhile makes no notice of its own."""
SOON_S = 0.1
LARGEST = 720 * 1024
"""Octets of a request at most, so that it fits a frame to the courier."""


class Flying(msgspec.Struct, frozen=True):
    """A request, and what its answer must name."""

    exchange: api.Exchange
    nonce: bytes = b""
    first: int = 0
    last: int = 0
    """The last entry of the present incarnation in it; 0 for none."""


class Requests:
    """Makes requests in the name of one store."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    def next(self, reads: Reads) -> Flying | float:
        """Return the next request, or the seconds for which there is none.

        Raises:
            BadBatch: ``too-large``, the next entry fits no request.
        """
        office = head_office(reads)
        if office is None or not office.url.startswith(LINE):
            return POLL_S
        marks = marks_of(reads)
        if office.state == "asked":
            return self._enrolling(reads, office, marks)
        step = sending.wanted(marks.state, Outbox(reads).head().seq, reads.now)
        known = pack_of(office, marks)
        if isinstance(step, sending.Wait):
            feed = None if known is None else self._feed(reads, office, marks, known)
            return feed or max(SOON_S, (step.until - reads.now) / SECOND)
        if known is None or marks.renew or _expired(known, reads.day):
            return _flying(office, "pack", b"")
        if isinstance(step, sending.Send):
            return self._sending(reads, office, marks, known, step)
        body, nonce = self._hello(reads, marks, known, step.seq)
        return _flying(office, "hello", body, known, nonce)

    def file(self, reads: Reads, first: int) -> api.FileView | None:
        """Return the enrolment, or the next batch from an entry on; None when there is no more.

        Raises:
            Refusal: ``not-enrolled``.
        """
        office, marks = head_office(reads), marks_of(reads)
        known = None if office is None else pack_of(office, marks)
        if office is None or known is None:
            raise api.NOT_ENROLLED()
        (branch,) = reads.every(Branch)
        if office.state == "asked":
            body, _ = self._enrolment(reads, marks, known)
            return None if first else api.FileView(name=f"{branch.code}-enrol.tte", body=body, last=0)
        outbox = Outbox(reads)
        start = max(first, marks.state.acked + 1)
        if start > outbox.head().seq:
            return None
        body, _, last = self._batch(reads, outbox, marks, known, start)
        name = f"{branch.code}-{outbox.head().incarnation}-{start}-{last}.ttb"
        return api.FileView(name=name, body=body, last=last)

    def _enrolling(self, reads: Reads, office: HeadOffice, marks: Marks) -> Flying | float:
        if reads.now < marks.state.next_at:
            return max(SOON_S, (marks.state.next_at - reads.now) / SECOND)
        known = pack_of(office, marks)
        if known is None:
            return _flying(office, "pack", b"")
        body, nonce = self._enrolment(reads, marks, known)
        return _flying(office, "enrol", body, known, nonce)

    def _feed(self, reads: Reads, office: HeadOffice, marks: Marks, known: Pack) -> Flying | None:
        """Return the request for a feed, while nothing else is to be said and the line works."""
        name = feeds.wanted(reads)
        if name is None or marks.state.failures or reads.now < marks.state.not_before:
            return None
        body, nonce = self._hello(reads, marks, known, Outbox(reads).head().seq)
        flying = _flying(office, "feed", body, known, nonce)
        return msgspec.structs.replace(flying, exchange=msgspec.structs.replace(flying.exchange, name=name))

    def _sending(
        self, reads: Reads, office: HeadOffice, marks: Marks, known: Pack, step: sending.Send
    ) -> Flying:
        held = Outbox(reads).of(step.incarnation)
        body, nonce, last = self._batch(reads, held, marks, known, step.first)
        mine = step.incarnation == marks.state.incarnation
        flying = _flying(office, "batch", body, known, nonce)
        return msgspec.structs.replace(flying, first=step.first, last=last if mine else 0)

    def _enrolment(self, reads: Reads, marks: Marks, known: Pack) -> tuple[bytes, bytes]:
        (branch,), (device,) = reads.every(Branch), reads.every(Device)
        outbox = Outbox(reads)
        nonce = enrol_nonce(marks, device.public)
        asked = Enrol(
            code=(marks.code or b"").decode(),
            branch=branch.code,
            name=branch.name,
            store=self._identity.store.bytes,
            device=device.public,
            founders=outbox.founded().founders,
            root=outbox.hash_at(0) or b"",
            nonce=nonce,
            at=reads.now,
            pack=known.version,
        )
        return self._signed(ENROL, asked), nonce

    def _hello(self, reads: Reads, marks: Marks, known: Pack, seq: int) -> tuple[bytes, bytes]:
        (branch,) = reads.every(Branch)
        outbox, nonce = Outbox(reads), os.urandom(16)
        hello = Hello(
            branch=branch.code,
            store=self._identity.store.bytes,
            incarnation=outbox.head().incarnation,
            seq=seq,
            hash=outbox.hash_at(seq) or b"",
            acked=marks.state.acked,
            nonce=nonce,
            at=reads.now,
            pack=known.version,
            build=tellertui.__version__,
            feeds=tuple(feeds.held(reads).items()),
        )
        return self._signed(HELLO, hello), nonce

    def _batch(
        self, reads: Reads, outbox: Outbox, marks: Marks, known: Pack, first: int
    ) -> tuple[bytes, bytes, int]:
        (branch,), fact = reads.every(Branch), outbox.founded()
        run = outbox.take(first, marks.state.records, marks.state.raw_bytes)
        origin = Origin(
            branch=branch.code,
            store=self._identity.store.bytes,
            incarnation=fact.incarnation,
            parent=fact.parent,
            fork=fact.k,
            ingest=known.ingests[0],
            pack=known.version,
            build=tellertui.__version__,
        )
        made = pack(origin, run, partial(seal_to, known.ingests[0]), self._identity.sign)
        if len(made) > LARGEST:
            raise BadBatch("too-large")
        return made, nonce_of(read_signed(made).payload), run.first + len(run.plains) - 1

    def _signed(self, context: str, message: Message) -> bytes:
        payload = encoded(message)
        public, signature = self._identity.sign(context, payload)
        return Signed(context, payload, key_id(public), signature).to_bytes()


def pack_of(office: HeadOffice, marks: Marks) -> Pack | None:
    """Return head office's keys as they are known; None while they are not.

    Raises:
        Disbelieved: the row was changed.
    """
    return None if marks.pack is None else _known(marks.pack, office.root)


@lru_cache(maxsize=4)
def _known(pack: bytes, root: bytes | None) -> Pack:
    """Verify the same bytes once, for every request and answer needs them."""
    return believed_pack(pack, "", root=root)


def enrol_nonce(marks: Marks, device: bytes) -> bytes:
    """Return by which a receipt names the enrolment, also after a restart and by file."""
    return sha256(enc("tt/enrol", marks.code or b"", device)).digest()[:16]


def _expired(known: Pack, day: str) -> bool:
    return bool(known.expires) and known.expires <= day


def _flying(
    office: HeadOffice, kind: api.Kind, body: bytes, known: Pack | None = None, nonce: bytes = b""
) -> Flying:
    authority = "" if known is None else known.authority
    identifier = str(UUID(bytes=os.urandom(16)))
    exchange = api.Exchange(kind=kind, id=identifier, url=office.url, authority=authority, body=body)
    return Flying(exchange, nonce)
