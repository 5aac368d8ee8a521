"""Up to which entry a verified backup exists: the mark that lets branches prune and erase."""

import os
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select, update

from tellertui.core.refusal import N_, UNREACHABLE, USAGE, refusal
from tellertui.headoffice.packing import unpacked
from tellertui.headoffice.store import Store
from tellertui.headoffice.tables import BATCH, INCARNATION
from tellertui.store import sqlite
from tellertui.store.journal import link
from tellertui.sync.squeezing import BadFrame

BACKUP_EXISTS = refusal("backup-exists", N_("{name} exists already; a backup is never written over."), USAGE)
BACKUP_NOT_WRITTEN = refusal(
    "backup-not-written", N_("The backup could not be written to {file} ({why}); nothing was marked."), USAGE
)
BACKUP_BAD = refusal(
    "backup-bad", N_("The backup did not pass its checks ({where}); it is no proof of safety."), UNREACHABLE
)
DUMP_INSTEAD = refusal(
    "dump-instead",
    N_(
        "PostgreSQL is backed up by its own tools: make a dump, restore it somewhere to prove it, and then"
        " say: tellertui headoffice safe --before TIME"
    ),
    USAGE,
)

Cursors = dict[tuple[str, int], int]
"""Branch and incarnation with the newest entry."""


def back_up(store: Store, file: Path) -> Cursors:
    """Write a copy of the database, prove it, and move the safe marks up to what it holds.

    Raises:
        Refusal: ``dump-instead``; ``backup-exists``; ``backup-not-written`` or ``backup-bad``, nothing was
            marked.
    """
    if not store.embedded:
        raise DUMP_INSTEAD()
    if file.exists():
        raise BACKUP_EXISTS(name=file.name)
    _copy(store, file)
    copy = Store(f"sqlite:///{file.absolute()}")
    try:
        with copy.reading() as connection:
            if connection.exec_driver_sql("PRAGMA integrity_check").scalar() != "ok":
                raise BACKUP_BAD(where="integrity_check")
            held = verified(connection)
    finally:
        copy.close()
    _sync(file)
    store.write(lambda connection: mark(connection, held))
    return held


def _copy(store: Store, file: Path) -> None:
    try:
        with store.engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            raw.execute("VACUUM INTO ?", (str(file),))
        file.chmod(0o600)
    except (sqlite.dbapi.Error, OSError) as error:
        raise BACKUP_NOT_WRITTEN(file=str(file), why=str(error)) from None


def verified(connection: Connection) -> Cursors:
    """Link every chain again and return how far each goes.

    Raises:
        Refusal: ``backup-bad``.
    """
    held: Cursors = {}
    for life in connection.execute(select(INCARNATION)).all():
        value, cursor = bytes(life.root), 0
        batches = (
            select(BATCH)
            .where((BATCH.c.branch == life.branch) & (BATCH.c.incarnation == life.incarnation))
            .order_by(BATCH.c.first)
        )
        for batch in connection.execute(batches):
            where = f"{life.branch} {life.incarnation}/{batch.first}"
            value = _linked(batch, cursor, value, where)
            cursor = batch.last
        if (cursor, value) != (life.cursor, bytes(life.hash)):
            raise BACKUP_BAD(where=f"{life.branch} {life.incarnation}/{cursor}")
        held[life.branch, life.incarnation] = cursor
    return held


def landed_before(connection: Connection, instant: int) -> Cursors:
    """Return how far each chain was held before an instant."""
    found = (
        select(BATCH.c.branch, BATCH.c.incarnation, func.max(BATCH.c.last))
        .where(BATCH.c.landed_at < instant)
        .group_by(BATCH.c.branch, BATCH.c.incarnation)
    )
    return {(branch, incarnation): last for branch, incarnation, last in connection.execute(found)}


def mark(connection: Connection, held: Cursors) -> None:
    """Move the safe marks forward; none ever goes back."""
    for (branch, incarnation), seq in held.items():
        here = (INCARNATION.c.branch == branch) & (INCARNATION.c.incarnation == incarnation)
        connection.execute(update(INCARNATION).where(here & (INCARNATION.c.safe < seq)).values(safe=seq))


def _linked(batch: Any, cursor: int, value: bytes, where: str) -> bytes:
    try:
        plains = unpacked(batch.plains)
    except (BadFrame, msgspec.DecodeError):
        raise BACKUP_BAD(where=where) from None
    begins = (batch.first, bytes(batch.previous)) == (cursor + 1, value)
    if not begins or len(plains) != batch.last - cursor:
        raise BACKUP_BAD(where=where)
    for plain in plains:
        value = link(value, plain)
    if value != bytes(batch.hash):
        raise BACKUP_BAD(where=where)
    return value


def _sync(file: Path) -> None:
    for path, flags in ((file, os.O_RDONLY), (file.parent, os.O_RDONLY | os.O_DIRECTORY)):
        descriptor = os.open(path, flags | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
