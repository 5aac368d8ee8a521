"""After a migration: rows whose columns changed get entries again, a chunk at a time.

A row's digest covers every column, so a table that a release altered no longer agrees with its entries
until each of its rows was recorded as it now stands.
"""

from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import bindparam, select

from tellertui.store.columns import Record
from tellertui.store.events import RowsRedigested
from tellertui.store.rows import Query, shape
from tellertui.store.work import Work

M = TypeVar("M", bound=Record)
Key = UUID | str | bytes
CHUNK = 100


def redigest(work: Work, model: type[M], attributes: tuple[str, ...] = (), after: Key = "") -> Key | None:
    """Record the next rows of a table as they stand, in key order.

    Args:
        work: the transaction of this chunk.
        model: a table that the migration altered.
        attributes: the columns it added, so that replay knows their values too.
        after: what the chunk before returned; empty to begin.

    Returns:
        The last key recorded, or None once there are no more rows.
    """
    key = shape(model).key_attribute
    rows = work.all(_next(model), after=after)
    for row in rows:
        # The key stands for itself where no column is new: the change then holds the digest alone.
        work.update(model, getattr(row, key), **{name: getattr(row, name) for name in attributes or (key,)})
    if not rows:
        return None
    work.record(RowsRedigested(shape(model).table, len(rows)))
    last: Key = getattr(rows[-1], key)
    return last


@cache
def _next(model: type[M]) -> Query[M]:
    form = shape(model)
    key: Any = model.__table__.c[form.key]  # type: ignore[attr-defined]
    # SQLite sorts every blob after every text, so the empty text lies before all keys of either kind.
    return Query(model, select(model).where(key > bindparam("after")).order_by(key).limit(CHUNK))
