"""The built-in schema: what a store must look like, and how an older one gets there."""

from functools import cache
from pathlib import Path
from typing import Any

from tellertui.store import sqlite

HOME = Path(__file__).parent / "migrations"
VERSION = 1
"""The newest migration; kept in the file as ``user_version``."""

SchemaObject = tuple[str, str, str]


def statements(revision: str) -> list[str]:
    """Return the statements of one migration's SQL file."""
    text = (HOME / f"{revision}.sql").read_text(encoding="utf-8")
    return [part.strip() for part in text.split("\n\n") if part.strip()]


def run_sql(revision: str) -> None:
    """Run a migration's SQL file inside Alembic."""
    from alembic import op
    from sqlalchemy import text

    for statement in statements(revision):
        op.execute(text(statement.replace(":", "\\:")))


@cache
def built_in() -> frozenset[SchemaObject]:
    """Return the schema text of this release, as SQLite itself would keep it."""
    connection = sqlite.memory()
    try:
        for number in range(1, VERSION + 1):
            for statement in statements(f"{number:04d}"):
                connection.execute(statement)
        return objects(connection)
    finally:
        connection.close()


def objects(connection: Any) -> frozenset[SchemaObject]:
    """Return type, name and text of every table, index, trigger and view of a file."""
    found = connection.execute(
        "SELECT type, name, coalesce(sql, '') FROM sqlite_schema"
        " WHERE NOT (type = 'table' AND name = 'alembic_version')"
        " AND NOT (type IN ('table', 'index') AND name LIKE 'sqlite\\_%' ESCAPE '\\')"
    )
    return frozenset((kind, name, sql) for kind, name, sql in found)


def differences(connection: Any, extra: frozenset[SchemaObject] = frozenset()) -> list[str]:
    """Return the names of objects that are missing, changed or added."""
    wanted, found = built_in() | extra, objects(connection)
    return sorted({f"{kind} {name}" for kind, name, _ in wanted ^ found})


def version(connection: Any) -> int:
    """Return the schema version of a file; 0 means empty."""
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    return int(found)


def migrate(path: Path, connection: Any) -> tuple[int, int]:
    """Bring a file to this release's schema and return the versions before and after.

    An existing file is copied first, to ``before-<version>.db`` beside the store.

    Raises:
        Refusal: ``newer-store`` for a file of a newer release.
    """
    before = version(connection)
    if before > VERSION:
        raise sqlite.NEWER_STORE()
    if before == VERSION:
        return before, before
    if before:
        copy_into(connection, path.with_name(f"before-{before:04d}.db"))
    _upgrade(path)
    connection.execute(f"PRAGMA user_version={VERSION}")
    return before, VERSION


def copy_into(connection: Any, target: Path) -> None:
    """Write one consistent copy of the file; an older copy of that name is replaced."""
    target.unlink(missing_ok=True)
    connection.execute("VACUUM INTO ?", (str(target),))
    target.chmod(0o600)


def _upgrade(path: Path) -> None:
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine
    from sqlalchemy.pool import StaticPool

    import tellertui.store.dialect  # noqa: F401 - registers the URL

    engine = create_engine(
        "sqlite+branch://",
        creator=lambda: sqlite.connect(path),
        poolclass=StaticPool,
        module=sqlite.dbapi,
        hide_parameters=True,
    )
    config = Config()
    config.set_main_option("script_location", str(HOME).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
    engine.dispose()
