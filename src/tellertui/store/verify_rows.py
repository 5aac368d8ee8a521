"""The second direction: each live row is what its newest entry left, and each row an entry left is there."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from tellertui.store import sqlite
from tellertui.store.findings import Findings, place, printable
from tellertui.store.journal import entries
from tellertui.store.rows import digest16
from tellertui.store.tables import OPERATIONAL, OUTSIDE
from tellertui.store.verify_chain import BATCH, UNREADABLE, Evidence

lenient: Callable[[bytes], str] = partial(str, encoding="utf-8", errors="surrogateescape")
"""Text as stored, also where somebody wrote what is not UTF-8."""

_TABLES = (
    "SELECT name FROM sqlite_schema WHERE type = 'table'"
    " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
)
Row = tuple[str, Any]
"""Table and key."""


def business_tables(connection: Any) -> list[str]:
    """Return the tables of the file whose rows have entries."""
    found = [name for (name,) in connection.execute(_TABLES)]
    return [name for name in found if name not in OPERATIONAL and name not in OUTSIDE]


def key_of(connection: Any, table: str) -> tuple[list[str], int]:
    """Return the columns of a table in order and the place of the primary key."""
    found = connection.execute("SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", (table,)).fetchall()
    return [name for name, _ in found], next(index for index, (_, pk) in enumerate(found) if pk)


class Rows:
    """Compares tables with the evidence of the journal."""

    def __init__(self, connection: Any, newest: Evidence, doubtful: list[int], findings: Findings) -> None:
        self._connection = connection
        self._newest = newest
        self._doubtful = max(doubtful, default=0)
        self._findings = findings
        self._differing: dict[Row, tuple[int, tuple[Any, ...]]] = {}

    def run(self, tables: list[str]) -> None:
        """Compare each table, and find out in what the differing rows differ."""
        for table in tables:
            evidence = self._newest.pop(table, {})
            try:
                self._table(table, evidence)
            except sqlite.dbapi.DatabaseError:
                self._findings.add("row_changed", table, None, "the table cannot be read")
        for table, evidence in self._newest.items():
            last = max((seq for seq, digest in evidence.values() if digest), default=0)
            if last:
                detail = f"the whole table is gone{self._unless(last)}"
                self._findings.add("row_missing", printable(table), last, detail)
        self._explain()

    def _table(self, table: str, evidence: dict[Any, tuple[int, bytes]]) -> None:
        _, at = key_of(self._connection, table)
        for raw in _rows(self._connection, table):
            key = raw[at]
            seq, digest = evidence.pop(key, (0, b""))
            if not digest:
                detail = f"entry {seq} deleted it" if seq else "no entry names it"
                detail += self._unless(seq)
                self._findings.add("row_extra", place(table, key), seq or None, detail)
            elif _digest(table, key, raw) != digest:
                self._differing[table, key] = seq, raw
        for key, (seq, digest) in evidence.items():
            if digest:
                detail = f"entry {seq} left it{self._unless(seq)}"
                self._findings.add("row_missing", place(table, key), seq, detail)

    def _explain(self) -> None:
        histories = {row: History(*row, raw) for row, (_, raw) in self._differing.items()}
        if histories:
            _tell(self._connection, histories)
        for (table, key), (seq, raw) in self._differing.items():
            columns, _ = key_of(self._connection, table)
            detail = histories[table, key].differs(dict(zip(columns, raw, strict=True)), seq)
            self._findings.add("row_changed", place(table, key), seq, detail + self._unless(seq))

    def _unless(self, seq: int) -> str:
        """Say that an entry which is missing or no longer as written could have proven otherwise."""
        return (
            f" (entry {self._doubtful}, changed or missing, may say otherwise)"
            if seq <= self._doubtful
            else ""
        )


class History:
    """What the journal tells of one row."""

    def __init__(self, table: str, key: Any, raw: tuple[Any, ...]) -> None:
        self._live = _digest(table, key, raw)
        self._plain: dict[str, Any] = {}
        self._same_as = 0

    def step(self, seq: int, columns: list[Any], digest: bytes) -> None:
        """Take one entry's change into account."""
        self._plain.update(zip(columns[::2], columns[1::2], strict=True))
        if digest == self._live:
            self._same_as = seq

    def differs(self, live: dict[str, Any], seq: int) -> str:
        """Return in what the live row differs from what an entry left, in names of columns only."""
        if self._same_as:
            return f"it is as entry {self._same_as} left it, not as entry {seq} did"
        names = [name for name, value in self._plain.items() if live.get(name) != value]
        if not names:
            return f"a sealed column is not as entry {seq} left it"
        return f"not as entry {seq} left it: {', '.join(names)}"


def _tell(connection: Any, histories: dict[Row, History]) -> None:
    """Read the journal once more for the rows that differ."""
    for entry in entries(connection):
        try:
            changes = entry.read().changes
            for change in changes:
                history = histories.get((change.table, change.row))
                if history is not None:
                    history.step(entry.seq, change.columns, change.digest)
        except UNREADABLE:
            continue


def _rows(connection: Any, table: str) -> Iterator[tuple[Any, ...]]:
    cursor = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a name out of sqlite_schema
    while batch := cursor.fetchmany(BATCH):
        yield from batch


def _digest(table: str, key: Any, raw: tuple[Any, ...]) -> bytes:
    try:
        return digest16(table, key, raw)
    except ValueError:
        return b""
