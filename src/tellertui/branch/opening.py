"""Opening a store with its host secret: device key, identity and grants."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from tellertui.branch.grants import Grants
from tellertui.core.clock import Clock, day_of
from tellertui.core.ids import Ids
from tellertui.core.refusal import N_, UNREACHABLE, refusal
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

CHECKS = ("tellertui.branch.grants_check:check_grants",)
"""What a verification checks beside the store itself."""


@dataclass(frozen=True)
class Opened:
    """A store ready for a host."""

    store: Store
    grants: Grants
    device: DeviceKey
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
    connection = sqlite.connect(path, query_only=True)
    try:
        found = connection.execute("SELECT sealed FROM device WHERE id = 'host'").fetchone()
        (standalone,) = connection.execute("SELECT standalone FROM branch").fetchone()
        grants = Grants().read(entries_of(connection.cursor(), GRANT_EVENTS))
    except sqlite.dbapi.DatabaseError as error:
        raise sqlite.FOREIGN_FILE(name=path.name) from error
    finally:
        connection.close()
    try:
        device = DeviceKey.opened(secret, store_id, found[0])
    except IntegrityError as error:
        raise WRONG_HOST_SECRET() from error
    identity = Identity(
        store_id,
        secret.mac_key(),
        lambda context, payload: (device.public, device.sign(context, payload)),
        not standalone,
        zoned_day(settings.time_zone),
    )
    store = Store(directory, clock, ids, identity)
    store.writer.red = _finding(path, identity, device, extra)
    return Opened(store, grants, device, bool(standalone))


def _finding(path: Path, identity: Identity, device: DeviceKey, extra: frozenset[SchemaObject]) -> str | None:
    """Verify what a start needs and return the kind and place of the first finding."""
    checks = [check_named(name) for name in CHECKS]
    with closing(sqlite.connect(path, query_only=True)) as connection:
        report = verify_tail(
            connection, identity.mac_key, path.with_name(ANCHOR), device.public, checks, extra=extra
        )
    if report.verified:
        return None
    first = report.findings[0]
    return f"{first.kind} {first.where}"
