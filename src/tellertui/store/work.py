"""The unit of work: everything one command reads, writes, seals and records inside its transaction."""

from collections.abc import Callable, Iterable
from functools import partial
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from tellertui.core.command import Command
from tellertui.core.enc import enc
from tellertui.core.event import NAMES, Event
from tellertui.core.ids import Ids
from tellertui.store.actor import SYSTEM, Actor
from tellertui.store.columns import Record
from tellertui.store.handlers import handler_of
from tellertui.store.journal import FORMAT, Journal
from tellertui.store.keydesk import KeyDesk
from tellertui.store.memory import Memory
from tellertui.store.rows import Raw, Reads, Shape, Statement, digest16, shape, stored
from tellertui.store.tables import GRANT_EVENTS
from tellertui.vault.ring import Ring

M = TypeVar("M", bound=Record)
Result = tuple[Any, ...]
Signature = tuple[str, bytes, bytes]
"""Purpose, signer's public key, signature."""

_encoder = msgspec.msgpack.Encoder(uuid_format="bytes")


class UnrecordedChange(RuntimeError):  # noqa: N818 - names the mistake
    """A handler changed rows and left no entry for them; the command is undone."""


class Work(Reads):
    """One transaction of one command."""

    def __init__(
        self,
        cursor: Any,
        journal: Journal,
        keys: KeyDesk,
        ids: Ids,
        *,
        now: int,
        day: str,
        actor: Actor,
        memory: Memory,
        ring: Ring | None = None,
        second: Ring | None = None,
    ) -> None:
        super().__init__(cursor, now, day, actor, memory)
        self.ids = ids
        self.store = keys.store
        self.ring = ring
        self.second = second
        """Signing keys, and no class, of a second person who typed a passphrase for this command."""
        self.vouch = ""
        """Why the device is to vouch for the chain after this command; empty when nothing asks for it."""
        self.notices: set[str] = set()
        self.effects: list[Callable[[], None]] = []
        self._journal = journal
        self._keys = keys.at(self, ring)
        self._known: dict[tuple[str, Any], Raw] = {}
        """Rows as this unit of work last read or wrote them; nobody else changes them meanwhile."""
        self._changes: list[tuple[Any, ...]] = []
        self._sealed: list[tuple[Any, ...]] = []
        self._key_records: list[tuple[Any, ...]] = []

    def insert(self, model: type[M], kept_here: frozenset[str] = frozenset(), /, **values: Any) -> M:
        """Write a new row and return it.

        Args:
            model: the table.
            kept_here: attributes that stand in no entry, as those of columns that do not ship.
            values: the attributes; NULL where none is given.
        """
        form: Shape[M] = shape(model)
        raw = form.raw(values)
        self._cursor.execute(form.insert_sql, raw)
        entered = form.attributes
        if kept_here:
            entered = tuple(name for name in entered if name not in kept_here)
        return self._changed(form, "i", raw, entered)

    def update(self, model: type[M], key: UUID | str | bytes, **values: Any) -> M:
        """Change columns of one row and return the whole row.

        Raises:
            LookupError: there is no such row.
        """
        form: Shape[M] = shape(model)
        attributes, place = tuple(values), stored(key)
        before = self._raw(form, place)
        if before is None:
            msg = f"{form.table} has no such row"
            raise LookupError(msg)
        plan, raw = form.plan(attributes), list(before)
        given = [*map(stored, values.values())]
        for index, value in zip(plan.places, given, strict=True):
            raw[index] = value
        self._cursor.execute(plan.update, (*given, place))
        return self._changed(form, "u", tuple(raw), attributes)

    def delete(self, model: type[M], key: UUID | str | bytes) -> None:
        """Remove a row."""
        form: Shape[Any] = shape(model)
        self._cursor.execute(form.delete_sql, (stored(key),))
        self._known.pop((form.table, stored(key)), None)
        self._changes.append((form.table, stored(key), "d", (), b""))

    def note(self, model: type[Record], **values: Any) -> None:
        """Write a row of an operational table, which no entry covers."""
        form: Shape[Any] = shape(model)
        self._cursor.execute(form.insert_sql, form.raw(values))

    def sweep(self, statement: Statement, **params: Any) -> None:
        """Remove rows of an operational table, which no entry covers."""
        self._cursor.execute(statement.sql, statement.bind(params))

    def record(self, event: Event, *subjects: UUID, signatures: Iterable[Signature] = ()) -> int:
        """Leave a journal entry for the rows changed since the last one and return its seq."""
        name, version = NAMES[type(event)]
        sealed = (
            enc(self._sealed, self._key_records) if self._journal.keeps_sealed and self._has_sealed else b""
        )
        actor = self.actor
        plain = _encoder.encode(
            (
                FORMAT,
                self.ids.new(),
                name,
                version,
                self.now,
                self.day,
                actor.name,
                actor.session,
                actor.terminal,
                actor.uid,
                subjects,
                event,
                tuple(signatures),
                self._changes,
                sha256(sealed).digest() if sealed else b"",
            )
        )
        self._changes, self._sealed, self._key_records = [], [], []
        seq = self._journal.append(self._cursor, plain, sealed, self.day, name)
        if name in GRANT_EVENTS:
            self.after_commit(partial(self._journal.granted, seq, plain))
        return seq

    def do(self, command: Command[Any]) -> Result:
        """Carry out another workflow's command in this transaction, with its own entry."""
        result: Result = handler_of(type(command))(self, command)
        return result

    def seal(self, model: type[M], row: UUID, subject: UUID, **values: str | None) -> dict[str, bytes | None]:
        """Return sealed values for columns of a row, ready for ``insert`` or ``update``.

        Raises:
            Refusal: ``no-key`` when the session neither holds the class nor may write to it.
        """
        return self._keys.seal(shape(model), row, subject, values)

    def open(self, model: type[M], row: M, subject: UUID, attribute: str) -> str | None:
        """Return the plaintext of one sealed column.

        Raises:
            Refusal: ``no-key`` without the class secret, ``integrity`` when the field was tampered with.
        """
        return self._keys.open(shape(model), row, subject, attribute)

    def destroy_keys(self, subject: UUID, class_name: str) -> None:
        """Delete the data keys of a subject in a class, which erases its fields of that class."""
        self._keys.destroy(subject, class_name)

    def seal_own(self, row: UUID, content: bytes) -> bytes:
        """Return content that only the person of this session can open again, for a row of theirs.

        Raises:
            Refusal: ``no-key`` without a session.
        """
        return self._keys.seal_own(row, content)

    def open_own(self, row: UUID, sealed: bytes) -> bytearray:
        """Return what ``seal_own`` sealed; the caller overwrites it after use.

        Raises:
            Refusal: ``no-key`` without a session, ``integrity`` when it is not this person's.
        """
        return self._keys.open_own(row, sealed)

    def after_commit(self, effect: Callable[[], None]) -> None:
        """Run an effect outside the store once the commit has returned."""
        self.effects.append(effect)

    def forget(self) -> None:
        """Overwrite the data keys this unit of work used."""
        self._keys.forget()

    def notify(self, *topics: str) -> None:
        """Tell watchers of these topics after the commit."""
        self.notices.update(topics)

    def as_system(self) -> "Work":
        """Return this unit of work acting for the branch itself: checkpoints, expiry."""
        self.actor = SYSTEM
        return self

    def finish(self) -> None:
        """Check that every change has an entry.

        Raises:
            UnrecordedChange: a change has none.
        """
        if self._changes:
            msg = ", ".join(sorted({change[0] for change in self._changes}))
            raise UnrecordedChange(msg)

    @property
    def _has_sealed(self) -> bool:
        return bool(self._sealed or self._key_records)

    def _raw(self, form: Shape[Any], key: Any) -> Raw | None:
        found = self._known.get((form.table, key))
        if found is None and (found := super()._raw(form, key)) is not None:
            self._known[form.table, key] = found
        return found

    def _row(self, form: Shape[M], raw: Raw) -> M:
        self._known[form.table, raw[form.key_index]] = raw
        return form.row(raw)

    def _changed(self, form: Shape[M], op: str, raw: Raw, attributes: tuple[str, ...]) -> M:
        key = raw[form.key_index]
        plan = form.plan(attributes)
        plain = _picked(plan.plain, raw)
        self._changes.append((form.table, key, op, plain, digest16(form.table, key, raw)))
        if plan.field:
            self._sealed.append((form.table, key, _picked(plan.field, raw)))
        if plan.key:
            self._key_records.append((form.table, key, _picked(plan.key, raw)))
        return self._row(form, raw)


def _picked(places: tuple[tuple[str, int], ...], raw: Raw) -> list[Any]:
    """Return name and value, name and value … of some columns of a raw row."""
    found: list[Any] = []
    for name, place in places:
        found += (name, raw[place])
    return found
