"""Data keys of the rows a unit of work touches: found, made, wrapped and used, never kept."""

from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import col, select

from tellertui.core.refusal import INTEGRITY, NO_KEY
from tellertui.store.columns import Record
from tellertui.store.rows import Query, Shape
from tellertui.store.tables import ClassKey, Dek
from tellertui.vault.drafts import open_draft, seal_draft
from tellertui.vault.fields import DataKey, Field, dek_id_of, open_field, seal
from tellertui.vault.primitives import IntegrityError
from tellertui.vault.ring import Ring

M = TypeVar("M", bound=Record)

WRAP = frozenset({"wrap"})


class KeyRows(Protocol):
    """What sealing needs of a unit of work: the rows of data keys and class keys."""

    def get(self, model: type[M], key: Any) -> M | None:
        """Return the row with this primary key."""

    def one(self, query: Query[M], **params: Any) -> M | None:
        """Return the first row of a query."""

    def all(self, query: Query[M], **params: Any) -> list[M]:
        """Return every row of a query."""

    def insert(self, model: type[M], kept_here: frozenset[str] = frozenset(), /, **values: Any) -> M:
        """Write a new row; what is kept here stands in no entry."""

    def delete(self, model: type[M], key: Any) -> None:
        """Remove a row."""


_OF_SUBJECT = Query(
    Dek,
    select(Dek)
    .where(col(Dek.subject) == bindparam("subject"), col(Dek.class_name) == bindparam("class_name"))
    .order_by(col(Dek.n)),
)
_WRITABLE = Query(
    ClassKey,
    select(ClassKey).where(
        col(ClassKey.class_name) == bindparam("class_name"), col(ClassKey.state) == "current"
    ),
)


class KeyDesk:
    """What sealing needs of a store."""

    def __init__(self, store: UUID) -> None:
        self.store = store

    def at(self, work: KeyRows, ring: Ring | None) -> "Keys":
        """Return the keys as one unit of work may use them."""
        return Keys(self.store, work, ring)


class Keys:
    """Sealing and opening for one unit of work; its data keys are forgotten with it."""

    def __init__(self, store: UUID, work: KeyRows, ring: Ring | None) -> None:
        self._store = store
        self._work = work
        self._ring = ring
        self._made: dict[tuple[UUID, str, bool], DataKey] = {}
        """By subject, class and whether what it seals ships."""

    def seal(
        self, form: Shape[Any], row: UUID, subject: UUID, values: dict[str, str | None]
    ) -> dict[str, bytes | None]:
        """Return each value sealed under the subject's data key of its column's class."""
        result: dict[str, bytes | None] = dict.fromkeys(values)
        keys: dict[tuple[str, bool], DataKey] = {}
        for attribute, value in values.items():
            if value is None:
                continue
            column = form.column_of[attribute]
            class_name, ships = form.sensitivity[column], form.ships[column]
            key = keys.get((class_name, ships))
            if key is None:
                key = keys[class_name, ships] = self._key(subject, class_name, ships)
            field = Field(self._store, form.table, column, row, subject, class_name)
            result[attribute] = seal(key, field, value.encode(), fixed=column in form.fixed)
        return result

    def open(self, form: Shape[Any], row: Any, subject: UUID, attribute: str) -> str | None:
        """Return the plaintext of one column of a row."""
        blob = getattr(row, attribute)
        if blob is None:
            return None
        column = form.column_of[attribute]
        class_name = form.sensitivity[column]
        try:
            dek = self._work.get(Dek, dek_id_of(blob))
        except IntegrityError as error:
            raise INTEGRITY() from error
        if dek is None or dek.subject != subject or dek.class_name != class_name:
            raise INTEGRITY()
        field = Field(self._store, form.table, column, getattr(row, form.key_attribute), subject, class_name)
        key = self._opened(dek)
        try:
            return open_field(key, field, blob).decode()
        except IntegrityError as error:
            raise INTEGRITY() from error
        finally:
            key.wipe()

    def seal_own(self, row: UUID, content: bytes) -> bytes:
        """Return content sealed to the person of this session."""
        if self._ring is None:
            raise NO_KEY(class_name="own")
        return seal_draft(self._ring, self._store, row, content)

    def open_own(self, row: UUID, sealed: bytes) -> bytearray:
        """Return what was sealed to the person of this session."""
        if self._ring is None:
            raise NO_KEY(class_name="own")
        try:
            return open_draft(self._ring, self._store, row, sealed)
        except IntegrityError as error:
            raise INTEGRITY() from error

    def destroy(self, subject: UUID, class_name: str) -> None:
        """Delete every data key of a subject in a class: nothing sealed under one opens again."""
        for dek in self._work.all(_OF_SUBJECT, subject=subject, class_name=class_name):
            self._work.delete(Dek, dek.id)

    def forget(self) -> None:
        """Overwrite the data keys of this unit of work."""
        for key in self._made.values():
            key.wipe()
        self._made.clear()

    def _key(self, subject: UUID, class_name: str, ships: bool) -> DataKey:
        """Return the key of a subject in a class as this unit of work uses it."""
        key = self._made.get((subject, class_name, ships))
        if key is None:
            key = self._made[subject, class_name, ships] = self._key_for(subject, class_name, ships)
        return key

    def _key_for(self, subject: UUID, class_name: str, ships: bool) -> DataKey:
        known = self._work.all(_OF_SUBJECT, subject=subject, class_name=class_name)
        n = known[-1].n + 1 if known else 1
        if self._ring is None or not self._ring.holds(class_name):
            return self._write_only(subject, class_name, n, ships)
        kind = "wrapped" if ships else "kept"
        if wrapped := [dek for dek in known if dek.kind == kind]:
            return self._opened(wrapped[-1])
        key, secret = DataKey.new(), self._ring.secret(class_name)
        wrap = key.wrapped(secret, self._store, subject, n)
        facts = {"subject": subject, "class_name": class_name, "n": n, "version": secret.version}
        self._keep(ships, id=key.id, kind=kind, wrap=wrap, **facts)
        return key

    def _write_only(self, subject: UUID, class_name: str, n: int, ships: bool) -> DataKey:
        public = self._work.one(_WRITABLE, class_name=class_name)
        if public is None:
            raise NO_KEY(class_name=class_name)
        key = DataKey.new()
        wrap = key.sealed_to_class(public.public, self._store, class_name, public.version, subject, n)
        facts = {"subject": subject, "class_name": class_name, "n": n, "version": public.version}
        self._keep(ships, id=key.id, kind="sealed", wrap=wrap, **facts)
        return key

    def _keep(self, ships: bool, **values: Any) -> None:
        """Write a data key; of what does not ship no entry holds it, so that deleting its row is its end."""
        self._work.insert(Dek, frozenset() if ships else WRAP, **values)

    def _opened(self, dek: Dek) -> DataKey:
        if self._ring is None or not self._ring.holds(dek.class_name):
            raise NO_KEY(class_name=dek.class_name)
        secret = self._ring.secret(dek.class_name, dek.version)
        opened = DataKey.opened_by_class if dek.kind == "sealed" else DataKey.unwrapped
        try:
            return opened(dek.id, secret, self._store, dek.subject, dek.n, dek.wrap)
        except IntegrityError as error:
            raise INTEGRITY() from error
