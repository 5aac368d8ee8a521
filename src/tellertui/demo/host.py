"""The host of a demo: makes the branch when there is none, and keeps its clock across power cuts."""

import asyncio
from pathlib import Path
from uuid import UUID

from msgspec.structs import replace

from tellertui.core.clock import SECOND, SystemClock
from tellertui.core.ids import TimedIds
from tellertui.demo.cast import cast
from tellertui.demo.making import SEED, make
from tellertui.demo.place import Place
from tellertui.host.host import Host
from tellertui.settings import settings_of
from tellertui.store.lock import StoreLock
from tellertui.store.store import ANCHOR
from tellertui.vault.providers import provider

GAP_MS = 3_600 * SECOND
"""After a longer pause a kept demo goes on where it stopped."""


def run(directory: Path) -> None:
    """Serve a demo until its last terminal has been gone for a minute.

    Raises:
        Refusal: ``demo-hosted``; another host serves it already.
    """
    place = Place(directory)
    with place.alone():
        if not place.made:
            _make(place)
        with StoreLock(directory):
            asyncio.run(_serve(directory, SystemClock(_offset(place))))
    if place.deserted:
        place.remove()


def _make(place: Place) -> None:
    notes = place.notes
    seed = SEED if notes.seed is None else notes.seed
    shown_at = make(place.directory, cast(), notes.language, seed, notes.store)
    place.write(replace(notes, offset=shown_at - SystemClock().now()))


def _offset(place: Place) -> int:
    """Return how far the branch's clock runs from this machine's; it stands still while nobody is there."""
    notes = place.notes
    offset, slept = notes.offset or 0, SystemClock().now() - _seen(place)
    if slept > GAP_MS:
        offset -= slept
        place.write(replace(notes, offset=offset))
    return offset


def _seen(place: Place) -> int:
    """Return when a host last wrote its anchor, milliseconds UTC of this machine."""
    return int((place.directory / ANCHOR).stat().st_mtime * SECOND)


async def _serve(directory: Path, clock: SystemClock) -> None:
    settings = settings_of(directory)
    secret = provider("memory", directory, "demo").load(UUID(settings.store_id))
    host = Host(directory, settings, secret, clock, TimedIds(clock))
    try:
        await host.recover()
        await host.serve(alone_stops=True)
    finally:
        await host.close()
