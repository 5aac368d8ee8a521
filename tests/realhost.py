"""A host behind its sockets in a process of its own, with machine sessions whose values tests know.

    python tests/realhost.py DIRECTORY OFFSET

serves the store until it is stopped; the branch's clock runs OFFSET milliseconds off the machine's.
"""

import asyncio
import os
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from tellertui.core.clock import SystemClock
from tellertui.core.ids import TimedIds
from tellertui.host.host import Host
from tellertui.host.sessions import Session
from tellertui.settings import settings_of
from tellertui.store.lock import StoreLock
from tellertui.vault.providers import provider

OFFICERS = ("M01", "R01")


def value_of(staff: str) -> str:
    """Return what ``hello`` presents to join the session of an officer."""
    return sha256(staff.encode()).hexdigest()


def seat(host: Host, staff: str) -> None:
    """Sign a founding officer on, as a passphrase would, but with a known value and without keys."""
    grant = host.access.grants.by_staff(staff)
    assert grant is not None
    now = host.store.clock.boot()
    host.sessions.start(
        Session(
            id=host.store.ids.new(),
            person=grant.person,
            staff=staff,
            roles=grant.roles,
            uid=os.getuid(),
            terminal="",
            ring=None,
            started=now,
            last=now,
            proved=now,
            machine=sha256(bytes.fromhex(value_of(staff))).digest(),
        )
    )


def _as_it_is(host: Host) -> None:
    pass


async def serve(directory: Path, offset: int, prepare: Callable[[Host], None]) -> None:
    """Serve a store until it is stopped."""
    settings = settings_of(directory)
    secret = provider("memory", directory, "test").load(UUID(settings.store_id))
    clock = SystemClock(offset)
    host = Host(directory, settings, secret, clock, TimedIds(clock))
    try:
        await host.recover()
        for staff in OFFICERS:
            seat(host, staff)
        prepare(host)
        await host.serve()
    finally:
        await host.close()


def run(directory: Path, offset: int, prepare: Callable[[Host], None] = _as_it_is) -> None:
    """Hold the store's lock and serve it."""
    with StoreLock(directory):
        asyncio.run(serve(directory, offset, prepare))


if __name__ == "__main__":
    run(Path(sys.argv[1]), int(sys.argv[2]))
