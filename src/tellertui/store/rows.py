"""Rows as read: frozen tuples with the attributes of their SQLModel class, and statements compiled once.

Tables and statements are SQLModel and SQLAlchemy Core; running them through the driver's cursor keeps the
speed of plain SQLite (a group of commands is faster than one commit each).
"""

from collections import namedtuple
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache, partial
from hashlib import sha256
from typing import Any, Generic, NamedTuple, TypeVar, cast
from uuid import UUID

from sqlalchemy import Select, Table
from sqlalchemy.sql.elements import ClauseElement

from tellertui.core.command import Command
from tellertui.core.enc import enc
from tellertui.store.actor import Actor
from tellertui.store.columns import Record
from tellertui.store.dialect import DIALECT
from tellertui.store.handlers import answer_of
from tellertui.store.memory import Memory

A = TypeVar("A")
M = TypeVar("M", bound=Record)
Raw = tuple[Any, ...]
"""A row as it is stored, in the order of the table's columns."""


def stored(value: Any) -> Any:
    """Return a value as SQLite keeps it."""
    kind = type(value)
    if kind is UUID:
        return value.bytes
    return int(value) if kind is bool else value


def digest16(table: str, key: Any, raw: Sequence[Any]) -> bytes:
    """Return the digest of a row over every column as stored, ciphertext included."""
    return sha256(enc(table, key, raw)).digest()[:16]


class Plan(NamedTuple):
    """How attributes are changed, and the columns that an entry names with their places in the row."""

    update: str
    """The statement that sets them in one row."""
    places: tuple[int, ...]
    plain: tuple[tuple[str, int], ...]
    field: tuple[tuple[str, int], ...]
    key: tuple[tuple[str, int], ...]


class Shape(Generic[M]):
    """How one table's rows are read and written."""

    def __init__(self, model: type[M]) -> None:
        table = cast(Table, model.__table__)  # type: ignore[attr-defined]
        self.table = str(table.name)
        self.columns = tuple(str(column.name) for column in table.columns)
        self.attributes = tuple(model.model_fields)
        self.sensitivity = {str(column.name): column.info["sensitivity"] for column in table.columns}
        self.ships = {str(column.name): column.info["ships"] for column in table.columns}
        self.fixed = frozenset(str(column.name) for column in table.columns if column.info.get("fixed"))
        self.column_of = dict(zip(self.attributes, self.columns, strict=True))
        (key,) = table.primary_key.columns
        self.key = str(key.name)
        self.key_index = self.columns.index(self.key)
        self.key_attribute = self.attributes[self.key_index]
        self._make: Any = _maker(f"{model.__name__}Row", self.attributes)
        self._uuids = tuple(
            index
            for index, name in enumerate(self.attributes)
            if "UUID" in str(model.model_fields[name].annotation)
        )
        names = ", ".join(f'"{name}"' for name in self.columns)
        marks = ", ".join("?" * len(self.columns))
        self.insert_sql = f'INSERT INTO "{self.table}" ({names}) VALUES ({marks})'  # noqa: S608
        self.select_sql = f'SELECT {names} FROM "{self.table}"'  # noqa: S608
        self.get_sql = f'{self.select_sql} WHERE "{self.key}" = ?'
        self.delete_sql = f'DELETE FROM "{self.table}" WHERE "{self.key}" = ?'  # noqa: S608
        self._plans: dict[tuple[str, ...], Plan] = {}

    def row(self, raw: Sequence[Any]) -> M:
        """Return a raw tuple as a row with the model's attributes."""
        values = list(raw)
        for index in self._uuids:
            if values[index] is not None:
                values[index] = _uuid(values[index])
        return cast(M, self._make(values))

    def raw(self, values: dict[str, Any]) -> tuple[Any, ...]:
        """Return attribute values as a full raw row; what is not given is NULL.

        Raises:
            TypeError: an attribute does not exist.
        """
        if not values.keys() <= self.column_of.keys():
            msg = f"{self.table} has no {', '.join(sorted(values.keys() - self.column_of.keys()))}"
            raise TypeError(msg)
        return tuple([stored(values.get(name)) for name in self.attributes])

    def plan(self, attributes: tuple[str, ...]) -> "Plan":
        """Return how these attributes are changed and entered."""
        plan = self._plans.get(attributes)
        if plan is None:
            plan = self._plans[attributes] = self._planned(attributes)
        return plan

    def _planned(self, attributes: tuple[str, ...]) -> "Plan":
        parts: dict[str, list[tuple[str, int]]] = {"plain": [], "field": [], "key": []}
        for attribute in attributes:
            column = self.column_of[attribute]
            sensitivity = self.sensitivity[column]
            part = sensitivity if sensitivity in ("plain", "key") else "field"
            if self.ships[column]:
                parts[part].append((column, self.columns.index(column)))
        columns = [self.column_of[name] for name in attributes]
        sets = ", ".join(f'"{name}" = ?' for name in columns)
        return Plan(
            f'UPDATE "{self.table}" SET {sets} WHERE "{self.key}" = ?',  # noqa: S608
            tuple(map(self.columns.index, columns)),
            *(tuple(parts[name]) for name in ("plain", "field", "key")),
        )


@lru_cache(maxsize=4_096)
def _uuid(octets: bytes) -> UUID:
    """Return an identifier; the same few are read again and again."""
    return UUID(bytes=octets)


def _maker(name: str, attributes: tuple[str, ...]) -> Any:
    """Return what turns a list of values into a frozen row."""
    row: Any = namedtuple(name, attributes)  # type: ignore[misc]
    return partial(tuple.__new__, row)


@cache
def shape(model: type[M]) -> Shape[M]:
    """Return the shape of a table, made once."""
    return Shape(model)


class Statement:
    """A Core statement compiled once to SQL text and the order of its parameters."""

    def __init__(self, statement: ClauseElement) -> None:
        compiled = statement.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
        self.sql = str(compiled)
        self._order = tuple(compiled.positiontup or ())  # type: ignore[attr-defined]
        self._fixed = {name: stored(value) for name, value in compiled.params.items()}

    def bind(self, params: dict[str, Any]) -> list[Any]:
        """Return the parameters in order, given ones over fixed ones."""
        return [stored(params[name]) if name in params else self._fixed[name] for name in self._order]


class Query(Statement, Generic[M]):
    """A select of whole rows of one table."""

    def __init__(self, model: type[M], statement: Select[Any]) -> None:
        super().__init__(statement)
        self.shape = shape(model)


class Reads:
    """Reading on one connection; views are computed through this."""

    def __init__(self, cursor: Any, now: int, day: str, actor: Actor, memory: Memory) -> None:
        self._cursor = cursor
        self.connection = cursor.connection
        """The connection itself, for reading the journal."""
        self.actor = actor
        """Who asks."""
        self.now = now
        """The instant of this unit of work, milliseconds UTC."""
        self.day = day
        """The business date."""
        self.memory = memory
        """What is known and not stored; a change of it belongs behind the commit."""

    def get(self, model: type[M], key: UUID | str | int | bytes | None) -> M | None:
        """Return the row with this primary key."""
        if key is None:
            return None
        form = shape(model)
        raw = self._raw(form, stored(key))
        return None if raw is None else form.row(raw)

    def one(self, query: Query[M], **params: Any) -> M | None:
        """Return the first row of a query."""
        raw = self._cursor.execute(query.sql, query.bind(params)).fetchone()
        return None if raw is None else self._row(query.shape, raw)

    def all(self, query: Query[M], **params: Any) -> list[M]:
        """Return every row of a query."""
        found = self._cursor.execute(query.sql, query.bind(params)).fetchall()
        return [self._row(query.shape, raw) for raw in found]

    def values(self, statement: Statement, **params: Any) -> list[tuple[Any, ...]]:
        """Return raw tuples, for counts and sums."""
        found: list[tuple[Any, ...]] = self._cursor.execute(statement.sql, statement.bind(params)).fetchall()
        return found

    def ask(self, command: Command[A]) -> A:
        """Return the view of another workflow's reading command, from this same snapshot."""
        answer: A = answer_of(type(command))(self, command)
        return answer

    def raw(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        """Return raw tuples of a statement on tables that have no model row, such as the journal."""
        found: list[tuple[Any, ...]] = self._cursor.execute(sql, params).fetchall()
        return found

    def every(self, model: type[M]) -> Iterable[M]:
        """Return all rows of a small table, in key order."""
        form = shape(model)
        sql = f'{form.select_sql} ORDER BY "{form.key}"'
        return [self._row(form, raw) for raw in self._cursor.execute(sql).fetchall()]

    def _raw(self, form: Shape[Any], key: Any) -> Raw | None:
        """Return the row with this stored key as it is stored."""
        found: Raw | None = self._cursor.execute(form.get_sql, (key,)).fetchone()
        return found

    def _row(self, form: Shape[M], raw: Raw) -> M:
        """Return a stored row as handlers see it."""
        return form.row(raw)
