"""Replay: every business table rebuilt from journal entries, by one rule for all of them.

With the sealed parts the tables come back byte for byte. Where a part is not kept (a standalone branch, or
pruned), sealed fields come back empty: what is lost is the ciphertext, never a figure.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from tellertui.core.enc import dec
from tellertui.store.journal import Change, Plain, decode_plain

ENTRIES = (
    "SELECT plain, coalesce(sealed, x'') FROM journal LEFT JOIN journal_sealed USING (incarnation, seq)"
    " ORDER BY incarnation, seq"
)
BATCH = 500
Row = tuple[str, Any]
Values = dict[str, Any]


def stored_parts(connection: Any) -> Iterator[tuple[Plain, bytes]]:
    """Yield plain and sealed part of every entry of a store, in order; a missing sealed part is empty."""
    cursor = connection.execute(ENTRIES)
    while batch := cursor.fetchmany(BATCH):
        for plain, sealed in batch:
            yield decode_plain(plain), sealed


def rebuild(parts: Iterable[tuple[Plain, bytes]], target: Any) -> int:
    """Apply entries to an empty store in one transaction and return how many there were."""
    replay, count = Replay(target), 0
    target.execute("BEGIN IMMEDIATE")
    try:
        for plain, sealed in parts:
            replay.apply(plain, sealed)
            count += 1
    except BaseException:
        target.execute("ROLLBACK")
        raise
    target.execute("COMMIT")
    return count


class Replay:
    """Applies entries to the business tables of one connection; the caller holds the transaction."""

    def __init__(self, target: Any) -> None:
        self._target = target
        self._forms: dict[str, tuple[str, list[str]]] = {}

    def apply(self, plain: Plain, sealed: bytes) -> None:
        """Make the changes of one entry.

        Sealed values are written as the entry left them in the end; no index covers a sealed column, so
        their order among themselves does not matter, while that of the plain changes does.
        """
        blobs = _blobs(sealed)
        for change in plain.changes:
            self._change(change, blobs.get((change.table, change.row), {}))
        gone = {(change.table, change.row): change.op == "d" for change in plain.changes}
        for (table, key), values in blobs.items():
            if not gone[table, key]:
                self._update(table, key, values)

    def _change(self, change: Change, blobs: Values) -> None:
        values = _pairs(change.columns)
        if change.op == "i":
            self._insert(change.table, values | blobs)
        elif change.op == "u":
            self._update(change.table, change.row, values)
        else:
            key, _ = self._form(change.table)
            self._target.execute(f'DELETE FROM "{change.table}" WHERE "{key}" = ?', (change.row,))  # noqa: S608

    def _insert(self, table: str, values: Values) -> None:
        _, required = self._form(table)
        full = dict.fromkeys(required, b"") | values
        names = ", ".join(f'"{name}"' for name in full)
        marks = ", ".join("?" * len(full))
        self._target.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', [*full.values()])  # noqa: S608

    def _update(self, table: str, key: Any, values: Values) -> None:
        if values:
            name, _ = self._form(table)
            sets = ", ".join(f'"{column}" = ?' for column in values)
            sql = f'UPDATE "{table}" SET {sets} WHERE "{name}" = ?'  # noqa: S608
            self._target.execute(sql, [*values.values(), key])

    def _form(self, table: str) -> tuple[str, list[str]]:
        """Return the key column of a table and its columns of bytes that may not be NULL."""
        form = self._forms.get(table)
        if form is None:
            columns = self._target.execute(
                'SELECT name, type, "notnull", pk FROM pragma_table_info(?)', (table,)
            ).fetchall()
            key = next(name for name, _, _, pk in columns if pk)
            required = [name for name, kind, needed, pk in columns if kind == "BLOB" and needed and not pk]
            form = self._forms[table] = key, required
        return form


def _blobs(sealed: bytes) -> dict[Row, Values]:
    """Return the sealed fields and wrapped keys of an entry by row."""
    found: dict[Row, Values] = {}
    for records in dec(sealed) if sealed else ():
        for table, key, columns in records:
            found.setdefault((table, key), {}).update(_pairs(columns))
    return found


def _pairs(columns: list[Any]) -> Values:
    return dict(zip(columns[::2], columns[1::2], strict=True))
