"""Batches: entries packed, sealed and signed at a branch, and opened at head office within limits."""

from collections.abc import Callable
from hashlib import sha256
from typing import TypeAlias

import msgspec

from tellertui.core.enc import enc
from tellertui.sync.squeezing import BadFrame, Squeezer
from tellertui.sync.wire import (
    BATCH,
    BODY_LIMIT,
    Header,
    Message,
    Signed,
    body,
    encoded,
    key_id,
    read_body,
    sealed_digest,
)
from tellertui.vault.primitives import IntegrityError

_SQUEEZER = Squeezer(level=3)

Seal: TypeAlias = Callable[[bytes, bytes], bytes]
"""Seals a body for a place: place and body to envelope."""
Open: TypeAlias = Callable[[bytes, bytes], bytes | bytearray]
"""Opens an envelope for a place; raises ``IntegrityError``."""
Sign: TypeAlias = Callable[[str, bytes], tuple[bytes, bytes]]
"""Signs as the device: context and payload to public key and signature."""


class BadBatch(Exception):  # noqa: N818 - names what it is
    """A batch that contradicts itself; ``code`` says where, and nothing of it is kept.

    Codes: ``bad-digest`` ``not-sealed-to-us`` ``bad-length`` ``too-large`` ``bad-body`` ``bad-count``
    ``bad-sealed`` ``bad-chain`` ``bad-opening``.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Origin(Message):
    """What is the same in every batch of one incarnation."""

    branch: str
    store: bytes
    incarnation: int
    parent: int
    fork: int
    ingest: bytes
    """Public key of head office that bodies are sealed to."""
    pack: int
    build: str


class Run(Message):
    """Neighbouring entries, with the chain's value at both ends; a missing sealed part is empty."""

    first: int
    previous: bytes
    hash: bytes
    plains: list[bytes]
    sealed: list[bytes]


def place(branch: str, store: bytes, incarnation: int, first: int, last: int) -> bytes:
    """Return what an envelope is bound to, so that it opens under no other header."""
    return enc("tt/batch/1", branch, store, incarnation, first, last)


def pack(origin: Origin, run: Run, seal: Seal, sign: Sign) -> bytes:
    """Return a batch as it is sent or written to a file.

    Raises:
        BadBatch: ``too-large``, no receiver would unpack it.
    """
    last = run.first + len(run.plains) - 1
    raw = body(run.plains, run.sealed)
    if len(raw) > BODY_LIMIT:
        raise BadBatch("too-large")
    squeezed = _SQUEEZER.squeeze(raw)
    where = place(origin.branch, origin.store, origin.incarnation, run.first, last)
    envelope = seal(where, squeezed)
    header = Header(
        branch=origin.branch,
        store=origin.store,
        incarnation=origin.incarnation,
        parent=origin.parent,
        fork=origin.fork,
        first=run.first,
        last=last,
        previous=run.previous,
        hash=run.hash,
        sealed=sealed_digest(run.sealed),
        ingest=key_id(origin.ingest),
        pack=origin.pack,
        build=origin.build,
        length=len(raw),
        envelope=sha256(envelope).digest(),
    )
    payload = encoded(header)
    public, signature = sign(BATCH, payload)
    return Signed(BATCH, payload, key_id(public), signature, envelope).to_bytes()


def opened(message: Signed, header: Header, unseal: Open) -> tuple[list[bytes], list[bytes]]:
    """Return plain and sealed parts of a batch whose signature holds.

    Memory is bounded by the length that the header admits to, and that by ``BODY_LIMIT``.

    Raises:
        BadBatch: header and envelope contradict each other.
    """
    if sha256(message.envelope).digest() != header.envelope:
        raise BadBatch("bad-digest")
    if not 0 < header.length <= BODY_LIMIT:
        raise BadBatch("too-large")
    where = place(header.branch, header.store, header.incarnation, header.first, header.last)
    try:
        squeezed = bytes(unseal(where, message.envelope))
    except IntegrityError:
        raise BadBatch("not-sealed-to-us") from None
    plains, sealed = _parts(_unpacked(squeezed, header.length))
    if header.first < 1 or not len(plains) == len(sealed) == header.last - header.first + 1 > 0:
        raise BadBatch("bad-count")
    if sealed_digest(sealed) != header.sealed:
        raise BadBatch("bad-sealed")
    return plains, sealed


def _unpacked(squeezed: bytes, length: int) -> bytes:
    try:
        raw = _SQUEEZER.unsqueeze(squeezed, length)
    except BadFrame:
        raise BadBatch("bad-length") from None
    if len(raw) != length:
        raise BadBatch("bad-length")
    return raw


def _parts(raw: bytes) -> tuple[list[bytes], list[bytes]]:
    try:
        return read_body(raw)
    except msgspec.DecodeError:
        raise BadBatch("bad-body") from None
