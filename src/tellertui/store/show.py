"""The operator's view of the journal: who did what and when, from plain parts alone."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec

from tellertui.core.clock import rfc3339
from tellertui.core.event import decode_event
from tellertui.store.findings import place
from tellertui.store.journal import Change, Entry, Plain

_SHOWN = (
    "SELECT incarnation, seq, plain, hash, mac, day, event FROM journal"
    " WHERE seq >= ? AND event GLOB ? ORDER BY incarnation, seq"
)
BATCH = 500


class ShownChange(msgspec.Struct, frozen=True):
    """A row that an entry changed, and the columns whose new values stand in the plain part."""

    row: str
    op: str
    columns: list[str]


class ShownEntry(msgspec.Struct, frozen=True):
    """One entry in words: instants as RFC 3339, ids as UUIDs, other bytes in hexadecimal."""

    incarnation: int
    seq: int
    at: str
    day: str
    event: str
    version: int
    actor: str
    session: str
    terminal: str
    uid: int
    subjects: list[str]
    facts: dict[str, Any]
    changes: list[ShownChange]
    signatures: list[str]
    """Purpose and public key of each signer."""


def show(connection: Any, since: int = 1, pattern: str = "*") -> Iterator[ShownEntry]:
    """Yield entries in order.

    Args:
        connection: a query-only connection.
        since: the first seq shown, in every incarnation.
        pattern: which events, with ``*`` and ``?``, such as ``ticket.*``.
    """
    cursor = connection.execute(_SHOWN, (since, pattern))
    while batch := cursor.fetchmany(BATCH):
        for row in batch:
            yield _shown(Entry(*row))


def _shown(entry: Entry) -> ShownEntry:
    plain = entry.read()
    return ShownEntry(
        incarnation=entry.incarnation,
        seq=entry.seq,
        at=rfc3339(plain.at),
        day=plain.day,
        event=plain.event,
        version=plain.version,
        actor=plain.actor,
        session=plain.session.hex(),
        terminal=plain.terminal,
        uid=plain.uid,
        subjects=[str(UUID(bytes=subject)) for subject in plain.subjects],
        facts=_facts(plain),
        changes=[
            ShownChange(place(change.table, change.row), change.op, change.columns[::2])
            for change in plain.changes
        ],
        signatures=[f"{purpose} {key.hex()}" for purpose, key, _ in plain.signatures],
    )


def _change(change: Change) -> ShownChange:
    return ShownChange(place(change.table, change.row), change.op, change.columns[::2])


def _facts(plain: Plain) -> dict[str, Any]:
    """Return facts by field name; those of an event that this release does not know stay a list."""
    try:
        fact = decode_event(plain.event, plain.version, plain.facts)
    except (KeyError, msgspec.ValidationError):
        return {"unknown": _words(msgspec.msgpack.decode(plain.facts))}
    return {name: _words(value) for name, value in msgspec.structs.asdict(fact).items()}


def _words(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, list | tuple):
        return [_words(part) for part in value]
    return value
