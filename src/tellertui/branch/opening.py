"""Opening a store with its host secret: device key, identity and grants."""

from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tellertui.branch.grants import Grants
from tellertui.core.clock import Clock, day_of
from tellertui.core.ids import Ids
from tellertui.core.refusal import N_, RED, UNREACHABLE, refusal
from tellertui.settings import Settings
from tellertui.store import sqlite
from tellertui.store.audit import check_named
from tellertui.store.journal import entries_of
from tellertui.store.schema import SchemaObject
from tellertui.store.store import ANCHOR, FILE, Identity, Store
from tellertui.store.tables import GRANT_EVENTS
from tellertui.store.verify import verify_tail
from tellertui.vault.host import DeviceKey, HostSecret
from tellertui.vault.primitives import IntegrityError

WRONG_HOST_SECRET = refusal(
    "wrong-host-secret",
    N_("The host secret does not belong to this store: tellertui keys recover."),
    UNREACHABLE,
)
NO_FILE = refusal("no-file", N_("The store's file is missing from {directory}."), UNREACHABLE)

Sign = Callable[[str, bytes], tuple[bytes, bytes]]

CHECKS = ("tellertui.branch.grants_check:check_grants", "tellertui.sync.receipt_check:check_receipt")
"""What a verification checks beside the store itself."""


@dataclass(frozen=True)
class Opened:
    """A store ready for a host."""

    store: Store
    grants: Grants
    standalone: bool


def zoned_day(time_zone: str) -> Callable[[int], str]:
    """Return the function that gives an instant's business date in a time zone."""
    zone = ZoneInfo(time_zone)
    return lambda instant: day_of(instant, zone)


def open_branch(
    directory: Path,
    settings: Settings,
    secret: HostSecret,
    clock: Clock,
    ids: Ids,
    *,
    extra: frozenset[SchemaObject] = frozenset(),
) -> Opened:
    """Open a store for writing; the caller holds its lock.

    Args:
        directory: the store's folder.
        settings: its settings.
        secret: its host secret.
        clock: where instants come from.
        ids: where identifiers come from.
        extra: objects that the schema may have beside those of this release.

    Raises:
        Refusal: the file is missing or foreign, or the host secret is another store's.
    """
    path, store_id = directory / FILE, UUID(settings.store_id)
    if not path.exists():
        raise NO_FILE(directory=str(directory))
    with closing(sqlite.connect(path, query_only=True)) as connection:
        found = _read_rows(connection)
    device = None if found.device is None else _device(secret, store_id, found.device)
    identity = Identity(
        store_id,
        secret.mac_key(),
        _no_device if device is None else _signing(device),
        not found.standalone,
        zoned_day(settings.time_zone),
    )
    store = Store(directory, clock, ids, identity)
    public = b"" if device is None else device.public
    store.writer.red = _finding(path, identity, public, extra)
    return Opened(store, found.grants, found.standalone)


@dataclass(frozen=True)
class _Rows:
    """What a start reads before anything is verified; what is missing is found by the verification."""

    device: bytes | None
    standalone: bool
    grants: Grants


def _read_rows(connection: Any) -> _Rows:
    device, standalone, grants = None, True, Grants()
    with suppress(sqlite.dbapi.DatabaseError):
        found = connection.execute("SELECT sealed FROM device WHERE id = 'host'").fetchone()
        device = found[0] if found else None
    with suppress(sqlite.dbapi.DatabaseError):
        found = connection.execute("SELECT standalone FROM branch").fetchone()
        standalone = bool(found[0]) if found else True
    with suppress(sqlite.dbapi.DatabaseError):
        grants.read(entries_of(connection.cursor(), GRANT_EVENTS))
    return _Rows(device, standalone, grants)


def _device(secret: HostSecret, store: UUID, sealed: bytes) -> DeviceKey:
    try:
        return DeviceKey.opened(secret, store, sealed)
    except IntegrityError as error:
        raise WRONG_HOST_SECRET() from error


def _signing(device: DeviceKey) -> Sign:
    return lambda context, payload: (device.public, device.sign(context, payload))


def _no_device(context: str, payload: bytes) -> tuple[bytes, bytes]:
    """Sign nothing: without its device key a store is red, and a red store writes nothing."""
    raise RED(finding="row_missing device host")


def _finding(path: Path, identity: Identity, device: bytes, extra: frozenset[SchemaObject]) -> str | None:
    """Verify what a start needs and return the kind and place of the first finding."""
    checks = [check_named(name) for name in CHECKS]
    with closing(sqlite.connect(path, query_only=True)) as connection:
        report = verify_tail(
            connection, identity.mac_key, path.with_name(ANCHOR), device, checks, extra=extra
        )
    if report.verified:
        return None
    first = report.findings[0]
    return f"{first.kind} {first.where}"
