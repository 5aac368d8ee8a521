"""``kiosk`` and ``board``: the terminals of the lobby, without sign-on."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tellertui.cli.context import current
from tellertui.cli.terminal import LOG, incidents_of, log_folder, need_terminal
from tellertui.core.refusal import N_, UNREACHABLE, USAGE, refusal

if TYPE_CHECKING:
    from tellertui.client import Client
    from tellertui.public.base import PublicApp
    from tellertui.settings import Settings

ONE_KIND = refusal("one-kind", N_("A panel has one size of print; give --large or --panel."), USAGE)
RESTARTS, PAUSE_S = 5, 1.0
"""So often a terminal that fell over stands up again by itself; then whoever started it must look."""


def register(app: typer.Typer) -> None:
    """Attach the commands."""
    app.command("kiosk")(kiosk)
    app.command("board")(board)


def kiosk(
    large: Annotated[bool, typer.Option("--large", help="Always begin in large print.")] = False,
    panel: Annotated[str, typer.Option(metavar="COUNTER", help="The customer's panel of a counter.")] = "",
    terminal: Annotated[str, typer.Option(help="Registered name of this terminal.")] = "",
) -> int:
    """Let customers take numbers, or with --panel rate at a counter; nobody signs on here."""
    if large and panel:
        raise ONE_KIND()

    def made(client: "Client", settings: "Settings", **more: Any) -> "PublicApp":
        if panel:
            from tellertui.public.panel import PanelApp

            return PanelApp(client, client.__aenter__, counter=panel, **more)
        from tellertui.public.kiosk import KioskApp

        return KioskApp(client, client.__aenter__, large=large, **more)

    return _run(made, terminal)


def board(terminal: Annotated[str, typer.Option(help="Registered name of this terminal.")] = "") -> int:
    """Show and say which number goes where; nobody signs on here and no key does anything."""

    def made(client: "Client", settings: "Settings", **more: Any) -> "PublicApp":
        from tellertui.devices.voice import voice_of
        from tellertui.public.board import BoardApp

        voice = voice_of(settings, more["incidents"].record)
        return BoardApp(client, client.__aenter__, voice=voice, **more)

    return _run(made, terminal)


def _run(made: Callable[..., "PublicApp"], terminal: str) -> int:
    """Run a terminal of the lobby; it finds a host and never starts one.

    Raises:
        Refusal: ``no-store``, ``no-terminal``, ``terminal-refused``.
    """
    need_terminal()
    from tellertui.client import Client
    from tellertui.core.role import Listener
    from tellertui.settings import settings_of

    directory = current.directory()
    settings = settings_of(directory)
    incidents = incidents_of(log_folder() / LOG)
    for _ in range(RESTARTS):
        client = Client(settings, directory, Listener.LOBBY, terminal=terminal)
        app = made(client, settings, incidents=incidents, language=current.lang)
        app.run()
        if app.refused is not None:
            raise app.refused
        if not app.crashed:
            return app.return_code or 0
        time.sleep(PAUSE_S)
    return UNREACHABLE
