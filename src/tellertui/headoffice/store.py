"""The database of head office by URL and its transactions: SQLite (WAL, FULL) or PostgreSQL, in one way."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, OperationalError

from tellertui.core.refusal import N_, UNREACHABLE, USAGE, refusal
from tellertui.headoffice.tables import METADATA
from tellertui.store import sqlite

TRIES = 5
"""A transaction that lost against another one is done again that often."""
_LOST = {"40001", "40P01"}
_PRAGMAS = {
    name: value
    for name, value in sqlite.PRAGMAS.items()
    if name not in ("wal_autocheckpoint", "foreign_keys")
}
_WRITES = "tellertui_writes"

BAD_URL = refusal(
    "bad-database-url",
    N_("A database URL is sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE."),
    USAGE,
)
NO_DATABASE = refusal("no-database", N_("The database cannot be reached ({why})."), UNREACHABLE)

T = TypeVar("T")


class Overtaken(Exception):  # noqa: N818 - names what happened
    """Another transaction changed first what this one had read; it is undone and done again."""


class Store:
    """Head office's database; every transaction begins and ends here."""

    def __init__(self, url: str) -> None:
        """Open it, with its tables.

        Raises:
            Refusal: ``bad-database-url``; ``no-database``.
        """
        self.url = read_url(url)
        self.embedded = self.url.get_backend_name() == "sqlite"
        self.engine = _engine(self.url)
        self._reads = self._glances = self.engine
        if not self.embedded:
            # SQLite shows one state within a transaction as it is.
            self._reads = self.engine.execution_options(isolation_level="REPEATABLE READ")
            self._glances = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        # One writer at a time in this process: SQLite would let some wait for ever.
        self._turn = threading.Lock()
        try:
            with self.writing() as connection:
                METADATA.create_all(connection)
        except DBAPIError as error:
            raise NO_DATABASE(why=type(error.orig).__name__) from None

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection whose statements see one state of the database."""
        with self._reads.connect() as connection:
            yield connection

    @contextmanager
    def glancing(self) -> Iterator[Connection]:
        """Give a connection for one statement, in no transaction."""
        with self._glances.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection in a transaction that is durable when the block ends without an error."""
        if not self.embedded:
            with self.engine.begin() as connection:
                yield connection
            return
        with self._turn, self.engine.connect() as plain:
            connection = plain.execution_options(**{_WRITES: True})
            with connection.begin():
                yield connection

    def write(self, body: Callable[[Connection], T]) -> T:
        """Carry out a body in a transaction, again where another transaction was in its way.

        Raises:
            Overtaken: it was in the way each time.
            DBAPIError: likewise, or the database failed.
        """
        for attempt in range(TRIES):
            try:
                with self.writing() as connection:
                    return body(connection)
            except (DBAPIError, Overtaken) as error:
                if attempt == TRIES - 1 or not _lost(error):
                    raise
                time.sleep(os.urandom(1)[0] / 5_000 * 2**attempt)
        raise AssertionError


def read_url(url: str) -> URL:
    """Return the parts of a database URL.

    Raises:
        Refusal: ``bad-database-url``.
    """
    try:
        read = make_url(url)
    except ArgumentError:
        raise BAD_URL() from None
    embedded = read.drivername == "sqlite" and read.database not in (None, "", ":memory:")
    if not embedded and read.drivername not in ("postgresql", "postgresql+psycopg"):
        raise BAD_URL()
    return read if embedded else read.set(drivername="postgresql+psycopg")


def _engine(url: URL) -> Engine:
    try:
        if url.get_backend_name() != "sqlite":
            return create_engine(url, pool_size=8, max_overflow=0, pool_pre_ping=False, hide_parameters=True)
    except (NoSuchModuleError, ImportError) as error:
        raise NO_DATABASE(why=type(error).__name__) from None
    sqlite.check_version()
    engine = create_engine(url, module=sqlite.dbapi, pool_size=8, max_overflow=0, hide_parameters=True)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _: object) -> None:
    """Set and read back the pragmas of a new connection; the driver begins no transaction by itself.

    Raises:
        Refusal: ``pragma-refused``.
    """
    connection.isolation_level = None
    for name, wanted in _PRAGMAS.items():
        connection.execute(f"PRAGMA {name}={wanted}")
        (found,) = connection.execute(f"PRAGMA {name}").fetchone()
        if found != wanted:
            raise sqlite.PRAGMA_REFUSED(name=name)


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _lost(error: DBAPIError | Overtaken) -> bool:
    if isinstance(error, Overtaken | IntegrityError):
        return True
    state = getattr(error.orig, "sqlstate", None)
    return state in _LOST or (isinstance(error, OperationalError) and "locked" in str(error.orig))
