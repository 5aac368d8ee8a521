"""``serve``: kiosk and board in a browser of this machine."""

import asyncio
from enum import StrEnum
from typing import Annotated

import typer

from tellertui.cli.context import current


class Kind(StrEnum):
    """What can be shown in a browser: terminals without sign-on only."""

    KIOSK = "kiosk"
    BOARD = "board"


def register(app: typer.Typer) -> None:
    """Attach the command."""
    app.command("serve")(serve)


def serve(
    kind: Annotated[Kind, typer.Argument(help="What the page shows.")],
    port: Annotated[int, typer.Option(min=1024, max=65535, help="Port on the loop-back address.")] = 8017,
) -> None:
    """Show a kiosk or the board in a browser of this machine; prints an address that opens one session."""
    from tellertui.public import serving

    argv = serving.command(kind, current.directory(), current.lang)
    asyncio.run(serving.serve(serving.Serving(argv, port)))
