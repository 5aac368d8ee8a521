"""Every command of the command line; each imports what it needs when it runs."""

import sys
from typing import Annotated

import typer

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="A bank branch's customer service at the counter. "
    "--store DIR (or TELLERTUI_STORE) and --lang zh_Hant|zh_Hans|en may stand anywhere.",
)


def carry_out(arguments: list[str]) -> int:
    """Run one command and return its exit code.

    Raises:
        Refusal: the command says no.
        KeyboardInterrupt: somebody gave up a question.
    """
    _register(arguments)
    try:
        code = app(arguments, standalone_mode=False)
    except typer.Abort:
        raise KeyboardInterrupt from None
    return code if isinstance(code, int) else 0


def _show_version(wanted: bool) -> None:
    if wanted:
        from tellertui import __version__

        sys.stdout.write(f"tellertui {__version__}\n")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=_show_version),
    ] = False,
) -> None:
    pass


def _register(arguments: list[str]) -> None:
    """Attach the sub-commands; only those of the word typed are imported, all of them for the help."""
    word = next((argument for argument in arguments if not argument.startswith("-")), "")
    for words, module in _GROUPS.items():
        if not word or word not in _KNOWN or word in words:
            _attach(module)


_GROUPS = {
    ("init", "host", "courier"): "processes",
    ("sign-on", "sign-off", "call"): "calling",
    ("branch", "staff", "terminals", "eod"): "branch",
    ("audit", "doctor"): "trust",
    ("simulate",): "simulating",
    ("rules",): "rules",
    ("desk", "demo", "demo-host"): "desk",
    ("kiosk", "board"): "public",
    ("serve",): "serving",
    ("headoffice",): "headoffice",
    ("sync",): "sync",
}
_KNOWN = {word for words in _GROUPS for word in words}
_attached: set[str] = set()


def _attach(module: str) -> None:
    import importlib

    if module not in _attached:
        _attached.add(module)
        importlib.import_module(f"tellertui.cli.{module}").register(app)
