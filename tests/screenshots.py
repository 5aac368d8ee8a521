"""The pictures of ``screenshots/``: the demo branch of a fixed seed at a clock that stands still.

    python tests/screenshots.py           writes one SVG per screen and language
    python tests/screenshots.py --check   writes nothing, and names the pictures that are not current

A host behind its sockets and the terminals of its staff run in this process; what they show is what
``tellertui demo`` shows. The same source makes the same bytes.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch
from uuid import UUID

from textual.pilot import Pilot

from svg import svg
from tellertui.app import TellerApp
from tellertui.client import Client
from tellertui.core.clock import MINUTE, SECOND, ManualClock
from tellertui.core.ids import TimedIds
from tellertui.core.role import Listener
from tellertui.demo.cast import cast
from tellertui.demo.making import make
from tellertui.demo.place import Place
from tellertui.desk.demo import DemoApp
from tellertui.desk.places import ROOMS, TODAY, Room
from tellertui.devices.voice import voice_of
from tellertui.host.host import Host
from tellertui.public.base import PublicApp
from tellertui.public.board import BoardApp
from tellertui.public.kiosk import KioskApp
from tellertui.public.panel import PanelApp
from tellertui.settings import settings_of, socket_path
from tellertui.sync.api import BatchView, SyncView
from tellertui.sync.screens import sync_rows
from tellertui.ui.incidents import Incidents
from tellertui.ui.second import SecondPerson
from tellertui.ui.veil import Lock
from tellertui.vault.providers import provider
from tellertui.workflows.closing.screens import day_rows
from tellertui.workflows.reception.service import appointments
from ui.snap import press, settled

FOLDER = Path(__file__).parents[1] / "screenshots"
COMMAND = "uv run python tests/screenshots.py"
LANGUAGES = ("zh_Hant", "en")
SIZE = (80, 24)
LARGE = (40, 12)
PANEL = "3"
"""The counter before whose customer a panel stands."""
PATIENCE_S = 60
LOBBY, TELLER, MANAGER = "0406", "0412", "0401"
VISITORS = {TODAY: TELLER, "201": LOBBY, "205": LOBBY, "202": TELLER, "206": LOBBY}
"""Who looks at a screen; the manager where nobody is named."""
COLOURS = ("NO_COLOR", "COLORTERM")
CODES = ("0417", "8820", "1306", "5521", "0092", "7734")
HEAD = "4c1f-a07e"
"""Shown for the newest entry's hash, which follows from keys that are new in each branch."""


class Studio:
    """One demo branch, and the terminals that look at it."""

    def __init__(self, directory: Path, clock: ManualClock, language: str) -> None:
        self._directory = directory
        self._clock = clock
        self._language = language
        self._settings = settings_of(directory)
        self.pictures: dict[str, str] = {}
        """SVG by file name."""

    async def shoot(self) -> None:
        """Take every picture."""
        place = Place(self._directory)
        async with self._terminal(TellerApp) as pilot:
            await self._keep(pilot, "000-sign-on")
        async with self._terminal(DemoApp, place) as pilot:
            await self._keep(pilot, "000-roles")
        for staff in (LOBBY, MANAGER, TELLER):
            async with self._terminal(DemoApp, place, staff) as pilot:
                await until(pilot, lambda app=pilot.app: app.current_mode == TODAY)
                for room in ROOMS:
                    if VISITORS.get(room.code, MANAGER) == staff:
                        await self._visit(pilot, room)
                await self._over(pilot)
        await self._lobby()

    async def _lobby(self) -> None:
        """Take what customers see; the lobby's terminals have no sign-on."""
        for name, size, large in (("kiosk", SIZE, False), ("kiosk-large", LARGE, True)):
            async with self._public(KioskApp, size, large=large) as pilot:
                await until(pilot, lambda app=pilot.app: app.offers)
                await self._keep(pilot, name)
                if not large:
                    await press(pilot, "3")
                    await self._keep(pilot, "kiosk-papers")
        async with self._public(BoardApp, SIZE, voice=voice_of(self._settings, print)) as pilot:
            await until(pilot, lambda app=pilot.app: app.view)
            await self._keep(pilot, "board")
        async with self._public(PanelApp, LARGE, counter=PANEL) as pilot:
            await until(pilot, lambda app=pilot.app: app.view)
            await self._keep(pilot, "panel")

    async def _visit(self, pilot: Pilot[Any], room: Room) -> None:
        """Take a screen in the state in which its person finds it."""
        app: Any = pilot.app
        await self._go(pilot, room.code)
        if room.code == sync_rows.CODE:
            app.screen.view = waiting(self._clock.now())
            app.screen.repaint()
        await self._keep(pilot, f"{room.code}-{'-'.join(room.name.lower().split())}")

    async def _go(self, pilot: Pilot[Any], code: str) -> None:
        app: Any = pilot.app
        if app.current_mode != code:
            app.go(code, app.screen)
            await until(pilot, lambda: app.current_mode == code)

    async def _over(self, pilot: Pilot[Any]) -> None:
        """Take what lies over the screen that was visited last."""
        app: Any = pilot.app
        if app.staff == MANAGER:
            await self._go(pilot, day_rows.CODE)
        code = app.current_mode
        if app.staff == MANAGER:
            app.screen.errand(app.screen.sign())
            await until(pilot, lambda: isinstance(app.screen, SecondPerson))
            await press(pilot, *cast().officers()[1].code)
            await self._keep(pilot, f"{code}-second-person")
        if app.staff == TELLER:
            for name, key in (("help", "f1"), ("palette", "f2")):
                await press(pilot, key)
                await self._keep(pilot, f"{code}-{name}")
                await press(pilot, "f12")
            await press(pilot, "ctrl+l")
            await self._keep(pilot, f"{code}-veil")
            await press(pilot, "f3")
            await until(pilot, lambda: isinstance(app.screen, Lock))
            await self._keep(pilot, f"{code}-lock")

    async def _keep(self, pilot: Pilot[Any], name: str) -> None:
        await settled(pilot)
        self.pictures[f"{name}-{self._language}.svg"] = svg(pilot.app, f"tellertui {name}")

    @asynccontextmanager
    async def _public(
        self, kind: type[PublicApp], size: tuple[int, int], **more: Any
    ) -> AsyncIterator[Pilot[Any]]:
        client = Client(self._settings, self._directory, Listener.LOBBY, clock=self._clock)
        incidents = Incidents(client, os.urandom)
        app = kind(client, client.__aenter__, incidents=incidents, language=self._language, **more)
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: client.connected and not (app._reloading or app.workers._workers))
            yield pilot

    @asynccontextmanager
    async def _terminal(self, kind: type[TellerApp], *more: Any) -> AsyncIterator[Pilot[Any]]:
        client = Client(self._settings, self._directory, Listener.STAFF, clock=self._clock)
        incidents = Incidents(client, os.urandom)
        app = kind(client, client.__aenter__, *more, incidents=incidents, language=self._language)
        async with app.run_test(size=SIZE) as pilot:
            await until(pilot, lambda: app.status.branch)
            yield pilot


def waiting(now: int) -> SyncView:
    """Return where a branch stands whose line is down; the demo branch has no head office."""
    ago = [now - minutes * MINUTE for minutes in (9, 11, 14, 30)]
    return SyncView(
        state="ready",
        incarnation=1,
        head=18246,
        acked=18204,
        safe=18020,
        waiting=42,
        oldest_waiting_s=(now - ago[0]) // SECOND,
        last_ok=ago[1],
        last_error="unreachable",
        error_at=now - MINUTE,
        failures=3,
        next_at=now + 3 * MINUTE,
        url="https://head-office.example",
        device="K3QF-7VRA-2MZT-XW5N",
        head_office="H6DL-PB4S-EJ2C-Y7UO",
        courier=True,
        rejections=[],
        batches=[
            BatchView(first=18205, last=18246, size=0, state="waiting", at=ago[0]),
            BatchView(first=18021, last=18204, size=38_000, state="accepted", at=ago[1]),
            BatchView(first=17521, last=18020, size=96_000, state="safe", at=ago[2]),
            BatchView(first=17021, last=17520, size=95_000, state="safe", at=ago[3]),
        ],
    )


async def come_true(true: Callable[[], Any]) -> None:
    """Wait for something."""
    async with asyncio.timeout(PATIENCE_S):
        while not true():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)


async def until(pilot: Pilot[Any], true: Callable[[], Any]) -> None:
    """Wait for something, and until nothing is being done any more."""
    await come_true(true)
    await settled(pilot)


async def taken(language: str) -> dict[str, str]:
    """Make the demo branch of a language, serve it, and return all pictures of it."""
    with TemporaryDirectory(prefix="tellertui-") as folder:
        directory = Path(folder) / "branch"
        clock = ManualClock(make(directory, cast(), language))
        settings = settings_of(directory)
        secret = provider("memory", directory, "demo").load(UUID(settings.store_id))
        host = Host(directory, settings, secret, clock, TimedIds(clock))
        await host.recover()
        serving = asyncio.create_task(host.serve())
        path = socket_path(settings, directory, Listener.SIGNON)
        await come_true(lambda: path.exists() or serving.done())
        studio = Studio(directory, clock, language)
        try:
            await studio.shoot()
        finally:
            host.stopping.set()
            await serving
            await host.close()
    return studio.pictures


def main() -> int:
    """Write the pictures, or check them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only compare")
    check = parser.parse_args().check
    for name in COLOURS:
        os.environ.pop(name, None)
    pictures: dict[str, str] = {}
    # Codes of appointments follow from random ids.
    codes = cycle(CODES)
    with (
        patch.object(day_rows, "head_code", return_value=HEAD),
        patch.object(appointments, "_free_code", side_effect=lambda work, day, identity: next(codes)),
    ):
        for language in LANGUAGES:
            pictures |= asyncio.run(taken(language))
    kept = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.svg")}
    others = sorted(name for name in kept.keys() | pictures.keys() if kept.get(name) != pictures.get(name))
    if check and others:
        print(f"not current: {', '.join(others)}\n{COMMAND} writes them", file=sys.stderr)
        return 1
    for name in others if not check else ():
        if name in pictures:
            (FOLDER / name).write_text(pictures[name], encoding="utf-8")
        else:
            (FOLDER / name).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
