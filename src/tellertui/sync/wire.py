"""What branch and head office say to each other; the same bytes travel over a line and in files.

Everything said is a ``Signed`` message: a context that names its purpose, the encoded struct, the signing
key's id and the signature. Nothing is read before its signature holds.

    batch file = enc(context, header, key id, signature, envelope)
    envelope   = HPKE(ingest key, zstd(enc(plain parts, sealed parts)))      header holds SHA-256 of it
"""

from hashlib import sha256
from typing import TypeVar, dataclass_transform

import msgspec

from tellertui.core.enc import enc

BATCH = "tellertui.batch/1"
HELLO = "tellertui.hello/1"
ENROL = "tellertui.enrol/1"
RECEIPT = "tellertui.receipt/1"
FEED = "tellertui.feed/1"
PACK = "tellertui.pack/1"

RECORDS = 500
"""Entries in a batch at most, where head office asks for no fewer."""
RAW_BYTES = 1024 * 1024
"""Size of the parts in a batch before compression, unless one entry alone is larger."""
BODY_LIMIT = 8 * 1024 * 1024
"""No body may be larger than this when unpacked, whatever its header says."""

KEY_ID = 8
NOT_TEXT = "text that is not UTF-8"

S = TypeVar("S", bound="Message")


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Message(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Something said; encoded as an array, so that equal values have equal bytes."""


class Header(Message):
    """What a batch holds; its order and its place in the chain can be judged without opening it."""

    branch: str
    store: bytes
    incarnation: int
    parent: int
    """The incarnation it grew out of; 0 for none."""
    fork: int
    """The last entry it shares with the parent."""
    first: int
    last: int
    previous: bytes
    """The chain's value before ``first``."""
    hash: bytes
    """The chain's value at ``last``."""
    sealed: bytes
    """SHA-256 of the encoded sealed parts."""
    ingest: bytes
    """Id of the key it is sealed to."""
    pack: int
    """Version of head office's keys that the branch knows."""
    build: str
    length: int
    """Bytes of the body when unpacked."""
    envelope: bytes
    """SHA-256 of the envelope."""


class Hello(Message):
    """Where a branch stands; asked before anything is sent and when there is nothing to send."""

    branch: str
    store: bytes
    incarnation: int
    seq: int
    hash: bytes
    acked: int
    nonce: bytes
    at: int
    pack: int
    build: str
    feeds: tuple[tuple[str, int], ...] = ()
    """Feeds the branch has, with their versions."""


class Enrol(Message):
    """A branch asks to be registered with a code that head office gave out."""

    code: str
    branch: str
    name: str
    store: bytes
    device: bytes
    founders: tuple[bytes, ...]
    root: bytes
    """The chain's value before the first entry."""
    nonce: bytes
    at: int
    pack: int


class Limits(Message):
    """What head office takes in one batch."""

    records: int = RECORDS
    raw_bytes: int = RAW_BYTES


class Rejection(Message):
    """An entry that head office holds but could not apply; its aggregate waits for a person."""

    incarnation: int
    seq: int
    event: str
    code: str
    subject: bytes = b""
    number: str = ""
    state: str = "open"


class Receipt(Message):
    """Head office's answer: what it holds for good, signed. ``code`` says what became of the request.

    Codes: ``ok``; ``duplicate``; ``gap`` (resend from the cursor); ``fork`` (``marks`` say where chains
    may still agree); ``closed``, ``contested`` (nothing is sent until people decide); ``too-large``.
    """

    branch: str
    incarnation: int
    cursor: int
    hash: bytes
    safe: int
    nonce: bytes
    """Of the request: a hello's own, the first 16 bytes of SHA-256 of a batch's header."""
    at: int
    code: str
    pack: int
    feeds: tuple[tuple[str, int], ...] = ()
    limits: Limits = Limits()
    marks: tuple[tuple[int, bytes], ...] = ()
    rejections: tuple[Rejection, ...] = ()


class Feed(Message):
    """Reference data from head office; replaces every lower version of that name."""

    name: str
    branch: str
    """For whom; empty for every branch."""
    version: int
    effective: str
    """First business date on which it counts."""
    expires: str
    """First business date on which it is not taken any more; empty for never."""
    widens: bool
    """It gives somebody more than before: a local officer signs as well."""
    body: bytes


class Pack(Message):
    """Head office's public keys, signed by its root key; a higher version replaces a lower one."""

    version: int
    root: bytes
    publish: bytes
    receipts: tuple[bytes, ...]
    ingests: tuple[bytes, ...]
    """Public keys batches may be sealed to; the first for new ones."""
    custodian: bytes
    authority: str
    """Certificate of the authority behind head office's line (PEM); empty where it has no line."""
    expires: str


class Signed(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A message as it travels."""

    context: str
    payload: bytes
    key: bytes
    signature: bytes
    envelope: bytes = b""
    """What the payload vouches for by its digest, in a batch."""

    def to_bytes(self) -> bytes:
        """Return what is sent or written to a file."""
        return _encode(self)


_encode = msgspec.msgpack.Encoder().encode
_decode_signed = msgspec.msgpack.Decoder(Signed).decode


def signed(data: bytes) -> Signed:
    """Return the message in these bytes, not yet verified.

    Raises:
        msgspec.DecodeError: they are none.
    """
    try:
        return _decode_signed(data)
    except UnicodeDecodeError:
        raise msgspec.DecodeError(NOT_TEXT) from None


def encoded(message: Message) -> bytes:
    """Return what is signed."""
    return _encode(message)


def decoded(payload: bytes, kind: type[S]) -> S:
    """Return a message whose signature has been verified.

    Raises:
        msgspec.DecodeError: it does not fit the struct.
    """
    try:
        return msgspec.msgpack.decode(payload, type=kind)
    except UnicodeDecodeError:
        raise msgspec.DecodeError(NOT_TEXT) from None


def key_id(public: bytes) -> bytes:
    """Return by which a message names a public key."""
    return sha256(public).digest()[:KEY_ID]


def nonce_of(header: bytes) -> bytes:
    """Return by which a receipt names the batch of that encoded header."""
    return sha256(header).digest()[:16]


def body(plains: list[bytes], sealed: list[bytes]) -> bytes:
    """Return the unpacked body of a batch; an entry without a sealed part has an empty one."""
    return enc(plains, sealed)


def sealed_digest(sealed: list[bytes]) -> bytes:
    """Return the digest over the sealed parts."""
    return sha256(enc(sealed)).digest()


def read_body(data: bytes) -> tuple[list[bytes], list[bytes]]:
    """Return plain and sealed parts.

    Raises:
        msgspec.DecodeError: it is no body.
    """
    plains, sealed = msgspec.msgpack.decode(data, type=tuple[list[bytes], list[bytes]])
    return plains, sealed
