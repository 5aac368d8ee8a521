"""``desk`` and ``demo`` on the command line."""

from pathlib import Path
from typing import Annotated

import typer

from tellertui.cli import terminal as terminals


def register(app: typer.Typer) -> None:
    """Attach the commands."""
    app.command("desk")(desk)
    app.command("demo")(demo)
    app.command("demo-host", hidden=True)(demo_host)


def desk(
    terminal: Annotated[str, typer.Option(help="Registered name of this terminal.")] = "",
) -> int:
    """Sign on at a counter or desk."""
    return terminals.desk(terminal)


def demo(
    role: Annotated[str, typer.Option(help="Begin as this role, without the picker.")] = "",
    seed: Annotated[int | None, typer.Option(help="Another morning.")] = None,
    keep: Annotated[Path | None, typer.Option(help="Keep the branch in this folder.")] = None,
    join: Annotated[bool, typer.Option("--join", help="A second terminal on the demo that runs.")] = False,
    split: Annotated[bool, typer.Option("--split", help="Several terminals side by side, by tmux.")] = False,
    at_desk: Annotated[bool, typer.Option("--at-desk", hidden=True)] = False,
) -> int:
    """Try a made-up branch at 10:42 of a busy Monday; nothing of it is kept."""
    if split:
        return terminals.split(seed, keep)
    return terminals.demo(role, seed, keep, join=join, at_desk=at_desk)


def demo_host(directory: Path) -> None:
    """Make and serve the branch of a demo."""
    from tellertui.demo.host import run

    run(directory)
