"""The terminal of a member of staff, and a throwaway branch to try it on.

Nothing of the command line's library is loaded here: a terminal is to be seen at once.
"""

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tellertui.cli.context import current
from tellertui.core.refusal import N_, UNREACHABLE, USAGE, Refusal, refusal

if TYPE_CHECKING:
    from tellertui.demo.place import Place
    from tellertui.ui.incidents import Incidents

NO_TERMINAL = refusal(
    "no-terminal", N_("This needs a terminal: standard input or output is not one."), UNREACHABLE
)
UNKNOWN_ROLE = refusal("unknown-role", N_("The demo has no such role; it has {roles}."), USAGE)
LOG = "terminal.log"
START_S = 20.0
POLL_S = 0.05


def desk(terminal: str = "") -> int:
    """Sign on at a counter or desk."""
    need_terminal()
    from tellertui.client import Client
    from tellertui.core.role import Listener
    from tellertui.settings import settings_of

    directory = current.directory()
    settings = settings_of(directory)
    incidents = incidents_of(log_folder() / LOG)
    from tellertui.app import TellerApp

    # What reaches a host is loaded behind the first paint.
    def revive() -> object:
        from tellertui.cli.hosting import start_host

        return start_host(directory) if settings.profile == "desk" else None

    async def reach() -> object:
        from tellertui.cli.hosting import connect

        return await connect(client, settings, directory)

    client = Client(settings, directory, Listener.STAFF, terminal=terminal)
    return _run(TellerApp(client, reach, incidents=incidents, language=current.lang, revive=revive))


def demo(
    role: str = "",
    seed: int | None = None,
    keep: Path | None = None,
    *,
    join: bool = False,
    at_desk: bool = False,
) -> int:
    """Try a made-up branch at 10:42 of a busy Monday; nothing of it is kept."""
    from tellertui.core.role import Role
    from tellertui.demo.cast import cast
    from tellertui.demo.place import Notes, Place

    people = {member.role: member for member in cast().people}
    if role and role not in people:
        raise UNKNOWN_ROLE(roles=", ".join(people))
    need_terminal()
    place = Place.running() if join else Place.new(_notes(Notes, seed, keep), keep)
    place.enter()
    try:
        return _play(place, people[Role(role)].code if role else "", hosted=join, at_desk=at_desk)
    finally:
        place.leave()


def split(seed: int | None = None, keep: Path | None = None) -> int:
    """Show the lobby desk and a counter side by side, board and manager below where there is room.

    Raises:
        Refusal: ``no-split``; tmux or the room for it is missing.
    """
    from tellertui.demo import panes
    from tellertui.demo.place import Notes, Place

    need_terminal()
    shown = panes.rows(os.get_terminal_size())
    place = Place.new(_notes(Notes, seed, keep), keep)
    place.enter()
    try:
        place.start_host()
        until = time.monotonic() + START_S
        while not place.made and time.monotonic() < until:
            time.sleep(POLL_S)
        return panes.show(shown, place.directory, current.lang)
    finally:
        place.leave()


def _notes(kind: Any, seed: int | None, keep: Path | None) -> Any:
    import uuid

    return kind(store=str(uuid.uuid4()), seed=seed, language=current.lang, keep=keep is not None)


def _play(place: "Place", staff: str, *, hosted: bool, at_desk: bool) -> int:
    from tellertui.client import Client
    from tellertui.core.role import Listener

    incidents = incidents_of(place.directory / LOG)
    from tellertui.desk.demo import DemoApp

    client = Client(place.settings(), place.directory, Listener.STAFF)

    async def reach() -> None:
        """Start the host of a new demo, and wait until the branch is made and the host answers."""
        nonlocal hosted
        if not hosted:
            hosted = True
            place.start_host()
        loop = asyncio.get_running_loop()
        until = loop.time() + START_S
        while True:
            try:
                await client.__aenter__()
                return
            except Refusal:
                if loop.time() > until:
                    raise
            await asyncio.sleep(POLL_S)

    more = {"incidents": incidents, "language": current.lang}
    return _run(DemoApp(client, reach, place, staff, at_desk=at_desk, **more))


def _run(app: Any) -> int:
    app.run()
    return app.return_code or 0


def need_terminal() -> None:
    """Clean the environment for Textual, which reads it when it is imported.

    Raises:
        Refusal: ``no-terminal``.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise NO_TERMINAL()
    from tellertui.ui.environ import clean

    clean(os.environ)


def incidents_of(log: Path) -> "Incidents":
    """Return the log of what goes wrong, which from now on takes in also what nobody has caught."""
    from tellertui.core.clock import SystemClock
    from tellertui.i18n import translator
    from tellertui.ui.incidents import Incidents

    incidents = Incidents(SystemClock(), os.urandom, log)
    say = translator(current.lang)
    told = N_("tellertui: something went wrong at this terminal; incident {incident}")
    incidents.install(lambda incident: print(say(told).format(incident=incident), file=sys.stderr))  # noqa: T201
    return incidents


def log_folder() -> Path:
    """Return the folder of this account's logs; it is there."""
    from platformdirs import user_log_path

    return user_log_path("tellertui", appauthor=False, ensure_exists=True)
