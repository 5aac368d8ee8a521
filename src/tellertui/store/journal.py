"""The journal: a gapless chain of entries that is audit trail, outbox and change feed at once.

    plain  = enc(v, record id, event, version, at, day, actor, session, terminal, uid,
                 subjects, facts, signatures, changes[(table, row, op, columns, digest)], H(sealed))
    hash_n = H("ttj1" ‖ hash_(n-1) ‖ plain)        mac_n = HMAC(store MAC key, hash_n)[:16]

``plain`` does not name its own position, so a tail can be chained again under a new incarnation.
The stored bytes are what is hashed and sent.
"""

import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from tellertui.core.enc import enc

FORMAT = 1
LINK = b"ttj1"
ROOT = b"ttj0"

APPEND = "INSERT INTO journal (incarnation, seq, plain, hash, mac, day, event) VALUES (?, ?, ?, ?, ?, ?, ?)"
APPEND_SEALED = "INSERT INTO journal_sealed (incarnation, seq, sealed) VALUES (?, ?, ?)"
NEWEST = "SELECT incarnation, seq, hash FROM journal ORDER BY incarnation DESC, seq DESC LIMIT 1"
SINCE = (
    "SELECT incarnation, seq, plain, hash, mac, day, event FROM journal"
    " WHERE (incarnation, seq) > (?, ?) ORDER BY incarnation, seq"
)


class Change(msgspec.Struct, frozen=True, array_like=True):
    """One row that an entry changed: its new plain values and the digest of what is stored."""

    table: str
    row: Any
    """The primary key as stored: bytes or a code."""
    op: str
    columns: list[Any]
    digest: bytes


class Plain(msgspec.Struct, frozen=True, array_like=True):
    """The plain part of an entry; ``facts`` stay raw until the event's struct reads them."""

    v: int
    record: bytes
    event: str
    version: int
    at: int
    day: str
    actor: str
    session: bytes
    terminal: str
    uid: int
    subjects: list[bytes]
    facts: msgspec.Raw
    signatures: list[tuple[str, bytes, bytes]]
    changes: list[Change]
    sealed: bytes


decode_plain = msgspec.msgpack.Decoder(Plain).decode


@dataclass(frozen=True)
class Entry:
    """One stored entry with its position."""

    incarnation: int
    seq: int
    plain: bytes
    hash: bytes
    mac: bytes
    day: str
    event: str

    def read(self) -> Plain:
        """Decode the plain part."""
        return decode_plain(self.plain)


@dataclass(frozen=True)
class Head:
    """The newest position of the chain."""

    incarnation: int
    seq: int
    hash: bytes


def root(branch: str, incarnation: int, parent: int, k: int, hash_k: bytes, founders: list[bytes]) -> bytes:
    """Return the value before the first entry of an incarnation."""
    return sha256(ROOT + enc(branch, incarnation, parent, k, hash_k, founders)).digest()


def link(previous: bytes, plain: bytes) -> bytes:
    """Return the hash of an entry after its predecessor's."""
    return sha256(LINK + previous + plain).digest()


class Journal:
    """The writing end of the chain; the writer alone holds it."""

    def __init__(self, head: Head, mac_key: bytes | bytearray, *, keeps_sealed: bool) -> None:
        self.head = head
        self.keeps_sealed = keeps_sealed
        self.granted: Callable[[int, bytes], None] = lambda seq, plain: None
        """Called after the commit of an entry that grants or revokes rights."""
        self._mac = hmac.new(mac_key, digestmod=sha256)

    def mac(self, value: bytes) -> bytes:
        """Return the 16-byte MAC of a hash under the host secret."""
        state = self._mac.copy()
        state.update(value)
        return state.digest()[:16]

    def append(self, cursor: Any, plain: bytes, sealed: bytes, day: str, event: str) -> int:
        """Write one entry after the head and return its seq."""
        head = self.head
        value, seq = link(head.hash, plain), head.seq + 1
        cursor.execute(APPEND, (head.incarnation, seq, plain, value, self.mac(value), day, event))
        if sealed:
            cursor.execute(APPEND_SEALED, (head.incarnation, seq, sealed))
        self.head = Head(head.incarnation, seq, value)
        return seq


def newest(cursor: Any) -> Head | None:
    """Return the head as stored, or None in an empty journal."""
    found = cursor.execute(NEWEST).fetchone()
    return None if found is None else Head(*found)


def entries(cursor: Any, since: tuple[int, int] = (0, 0)) -> Iterator[Entry]:
    """Yield entries after a position, in order."""
    found = cursor.execute(SINCE, since)
    while batch := found.fetchmany(500):
        for row in batch:
            yield Entry(*row)


def entries_of(cursor: Any, events: tuple[str, ...]) -> Iterator[Entry]:
    """Yield the entries of some events, in order.

    The names are constants of the program; they stand in the text so that a partial index can serve them.
    """
    sql = (
        "SELECT incarnation, seq, plain, hash, mac, day, event FROM journal"  # noqa: S608
        f" WHERE event IN {events} ORDER BY incarnation, seq"
    )
    for row in cursor.execute(sql):
        yield Entry(*row)


def key_text(value: Any) -> str:
    """Return a row's key as a person can read it: a UUID, hexadecimal bytes or the code itself."""
    if isinstance(value, bytes):
        return str(UUID(bytes=value)) if len(value) == 16 else value.hex()
    return str(value)
