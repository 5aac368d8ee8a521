"""Branches for tests: how one is founded and opened, and who acts in it."""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid5

from tellertui.branch.defaults import load_defaults
from tellertui.branch.founding import FoundingSheet, Officer, Plan, found_branch
from tellertui.branch.opening import Opened, open_branch
from tellertui.core.clock import ManualClock, millis
from tellertui.core.ids import NIL, TimedIds
from tellertui.core.role import Listener, Role
from tellertui.settings import Settings
from tellertui.store.actor import Actor
from tellertui.vault.providers import provider

MONDAY = millis(datetime.fromisoformat("2026-11-23T09:00:00+08:00"))
STORE = uuid5(NIL, "tests")
MANAGER, REVIEWER = "M01", "R01"
PASSPHRASES = {MANAGER: b"correct horse battery staple", REVIEWER: b"seven lanterns over the river"}
COUNTERS = 4


@dataclass(frozen=True)
class Founded:
    """A closed store on disk."""

    directory: Path
    settings: Settings
    sheet: FoundingSheet


def cheap_settings(**more: object) -> Settings:
    """Return settings with a cheap password hash."""
    given = {"store_id": str(STORE), "environment": "test", "host_secret": "memory", "argon_memory_kib": 64}
    return Settings(**{**given, "argon_passes": 1, "host_uid": os.getuid(), **more})  # type: ignore[arg-type]


def found(
    directory: Path,
    settings: Settings,
    *,
    counters: int = COUNTERS,
    start: int = MONDAY,
    custodian: bytes | None = None,
) -> Founded:
    """Found a branch in a folder, standalone without a custodian key."""
    clock = ManualClock(start)
    plan = Plan("B001", "城南支行", "zh_Hans", settings, load_defaults(counters), custodian)
    roles = {MANAGER: Role.MANAGER, REVIEWER: Role.REVIEWER}
    officers = [Officer(staff, roles[staff], bytearray(PASSPHRASES[staff])) for staff in roles]
    keeper = provider(settings.host_secret, directory, settings.environment)
    return Founded(
        directory, settings, found_branch(directory, plan, officers, keeper, clock, TimedIds(clock))
    )


def opened_at(founded: Founded, clock: ManualClock) -> Opened:
    """Open a founded branch with its host secret."""
    secret = provider("memory", founded.directory, "test").load(UUID(founded.settings.store_id))
    return open_branch(founded.directory, founded.settings, secret, clock, TimedIds(clock))


def actor(staff: str = MANAGER, *roles: Role, terminal: str = "") -> Actor:
    """Return a signed-on member of staff, as handlers see one."""
    return Actor(
        staff,
        uuid5(NIL, staff),
        frozenset(roles or {Role.MANAGER}),
        Listener.STAFF,
        b"s" * 16,
        terminal,
        1000,
    )
