"""Which SQLite library is used, and what every connection must be set to.

The write-ahead log has a reset race in SQLite before 3.51.3 that can lose committed pages, so an older
library is refused at start unless it is one of the two patched branches.
"""

import importlib
import os
from pathlib import Path
from typing import Any

from tellertui.core.refusal import N_, UNREACHABLE, refusal

APPLICATION_ID = 0x7454_5531
PATCHED = ((3, 51, 3), None), ((3, 50, 7), (3, 51, 0)), ((3, 44, 6), (3, 45, 0))

SQLITE_TOO_OLD = refusal(
    "sqlite-too-old",
    N_("SQLite {version} is too old: install the pysqlite3 wheel or SQLite 3.51.3 or newer."),
    UNREACHABLE,
)
FOREIGN_FILE = refusal("foreign-file", N_("{name} is not a tellertui store."), UNREACHABLE)
NEWER_STORE = refusal(
    "newer-store", N_("The store was written by a newer release; install that release."), UNREACHABLE
)
PRAGMA_REFUSED = refusal(
    "pragma-refused", N_("SQLite did not accept {name}; the store is not opened."), UNREACHABLE
)

PRAGMAS: dict[str, int | str] = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "secure_delete": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "temp_store": 2,
    "mmap_size": 0,
    "busy_timeout": 5000,
    "wal_autocheckpoint": 0,
    "journal_size_limit": 64 * 1024 * 1024,
}


def _library() -> Any:
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return importlib.import_module("sqlite3")


dbapi: Any = _library()
"""The one SQLite library of this process; two copies of it on one file would drop each other's locks."""

# The driver searches an adapter for every value that is neither number nor text, at more than the cost of
# storing it. With these two the search ends at once; each gives its value back.
dbapi.register_adapter(bytes, bytes)
dbapi.register_adapter(type(None), {}.get)


def check_version(version: tuple[int, ...] | None = None) -> None:
    """Refuse a library with the write-ahead-log reset race.

    Raises:
        Refusal: ``sqlite-too-old``.
    """
    found = version or dbapi.sqlite_version_info
    if not any(low <= found and (high is None or found < high) for low, high in PATCHED):
        raise SQLITE_TOO_OLD(version=".".join(map(str, found)))


def connect(path: Path, *, query_only: bool = False) -> Any:
    """Open a connection with every pragma set and read back.

    Raises:
        Refusal: the library is too old, the file is not ours, or a pragma did not hold.
    """
    check_version()
    if not query_only and not path.exists():
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    uri = f"{path.absolute().as_uri()}?mode=rw"
    connection = dbapi.connect(
        uri, uri=True, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    try:
        _check_owner(connection, path, fresh=not query_only)
        _apply(connection, query_only=query_only)
    except dbapi.DatabaseError as error:
        connection.close()
        raise FOREIGN_FILE(name=path.name) from error
    except BaseException:
        connection.close()
        raise
    return connection


def memory() -> Any:
    """Return a private database in memory, for comparing schemas."""
    return dbapi.connect(":memory:", isolation_level=None)


def _check_owner(connection: Any, path: Path, *, fresh: bool) -> None:
    """Refuse a file that is not a store's; an empty one becomes ours where it may be a ``fresh`` one."""
    (found,) = connection.execute("PRAGMA application_id").fetchone()
    (objects,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if found == APPLICATION_ID:
        return
    if found or objects or not fresh:
        raise FOREIGN_FILE(name=path.name)
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")


def _apply(connection: Any, *, query_only: bool) -> None:
    if hasattr(connection, "setconfig"):
        connection.setconfig(dbapi.SQLITE_DBCONFIG_DEFENSIVE, True)
    for name, wanted in PRAGMAS.items():
        connection.execute(f"PRAGMA {name}={wanted}")
        (found,) = connection.execute(f"PRAGMA {name}").fetchone()
        if found != wanted:
            raise PRAGMA_REFUSED(name=name)
    if query_only:
        connection.execute("PRAGMA query_only=1")
