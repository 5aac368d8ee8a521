"""The only columns a table may have. Each has a sensitivity and says whether it ships to head office.

| sensitivity | meaning |
|---|---|
| ``plain`` | codes, states, times, counts; its new value stands in the journal's plain part |
| ``mask`` ``customer`` ``case`` ``aml`` | a blob sealed under the subject's data key of that class |
| ``own`` | a blob sealed to the keys of the person who wrote it: drafts |
| ``key`` | a wrapped key; stands in the sealed part only |
"""

from typing import Any, Literal

from sqlalchemy import BigInteger, CheckConstraint, Column, LargeBinary, Table, Text, event
from sqlmodel import Field, SQLModel

Sensitivity = Literal["plain", "mask", "customer", "case", "aml", "own", "key"]
SEALED_MIN = 38


class Record(SQLModel):
    """Base of every table: STRICT, one primary key column."""

    __table_args__: Any = {"sqlite_strict": True}


def _field(kind: Any, *, null: bool, key: bool, sensitivity: Sensitivity, ships: bool, **more: Any) -> Any:
    column: Column[Any] = Column(
        kind,
        primary_key=key,
        nullable=null and not key,
        info={"sensitivity": sensitivity, "ships": ships},
        **more,
    )
    return Field(sa_column=column)


def ident(*, key: bool = False, null: bool = False) -> Any:
    """Return an identifier: a UUID kept as 16 bytes."""
    return _field(LargeBinary(16), null=null, key=key, sensitivity="plain", ships=True)


def code(*, key: bool = False, null: bool = False) -> Any:
    """Return a word of a closed list."""
    return _field(Text(), null=null, key=key, sensitivity="plain", ships=True)


def text(*, null: bool = False) -> Any:
    """Return plain text that is public by nature, such as a branch's name or a service's wording."""
    return _field(Text(), null=null, key=False, sensitivity="plain", ships=True)


def utc(*, null: bool = False) -> Any:
    """Return an instant in milliseconds UTC."""
    return _field(BigInteger(), null=null, key=False, sensitivity="plain", ships=True)


def day(*, key: bool = False, null: bool = False) -> Any:
    """Return a date as ``YYYY-MM-DD``."""
    return _field(Text(), null=null, key=key, sensitivity="plain", ships=True)


def money(*, null: bool = False) -> Any:
    """Return an amount in minor units."""
    return _field(BigInteger(), null=null, key=False, sensitivity="plain", ships=True)


def count(*, null: bool = False) -> Any:
    """Return a whole number."""
    return _field(BigInteger(), null=null, key=False, sensitivity="plain", ships=True)


def position() -> Any:
    """Return a whole number that is part of the primary key: an incarnation, a seq."""
    return _field(BigInteger(), null=False, key=True, sensitivity="plain", ships=True, autoincrement=False)


def flag() -> Any:
    """Return a truth value kept as 0 or 1."""
    return _field(BigInteger(), null=False, key=False, sensitivity="plain", ships=True)


def blob(*, key: bool = False, null: bool = False, ships: bool = True) -> Any:
    """Return public bytes: a public key, a salt, a hash, a token, a key's id, what head office signed."""
    return _field(LargeBinary(), null=null, key=key, sensitivity="plain", ships=ships)


def key_bytes() -> Any:
    """Return a wrapped key, which no plain part ever carries."""
    return _field(LargeBinary(), null=False, key=False, sensitivity="key", ships=True)


def sealed(sensitivity: Sensitivity, *, ships: bool = True, fixed: bool = False) -> Any:
    """Return a field sealed under its subject's data key; plaintext cannot be stored in it.

    Args:
        sensitivity: the class whose holders may open it; ``own`` for what only its writer may open.
        ships: whether head office gets it, sealed as it is.
        fixed: a fixed format such as a telephone number, padded to 24 bytes instead of 16.
    """
    field = _field(LargeBinary(), null=True, key=False, sensitivity=sensitivity, ships=ships)
    field.sa_column.info["fixed"] = fixed

    def guard(column: Column[Any], table: Table) -> None:
        rule = f"length({column.name}) >= {SEALED_MIN} AND substr({column.name}, 1, 1) = x'01'"
        table.append_constraint(
            CheckConstraint(f"{column.name} IS NULL OR ({rule})", name=f"sealed_{column.name}")
        )

    event.listen(field.sa_column, "after_parent_attach", guard)
    return field
