"""The entry of the command line: global options, sub-commands, exit codes."""

import sys
from typing import Annotated

import typer

from tellertui.cli import context
from tellertui.cli.output import print_refusal
from tellertui.core.refusal import UNREACHABLE, USAGE, Refusal

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="A bank branch's customer service at the counter. "
    "--store DIR (or TELLERTUI_STORE) and --lang zh_Hant|zh_Hans|en may stand anywhere.",
)


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; no traceback and no personal value leaves here."""
    as_json = "--json" in arguments
    try:
        rest = context.take_globals(arguments) or ["desk"]
        _register(rest)
        code = app(rest, standalone_mode=False)
    except Refusal as refused:
        return print_refusal(refused, context.current.lang, as_json=as_json)
    except (typer.Abort, KeyboardInterrupt, BrokenPipeError):
        return 130
    except Exception as error:  # noqa: BLE001 - the last boundary of the program
        return _failed(error)
    return code if isinstance(code, int) else 0


def _failed(error: Exception) -> int:
    if hasattr(error, "format_message") and hasattr(error, "exit_code"):
        sys.stderr.write(f"tellertui: {error.format_message()}\n")
        return USAGE
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = "?" if place is None else f"{place.tb_frame.f_globals.get('__name__')}:{place.tb_lineno}"
    sys.stderr.write(f"tellertui: internal error {type(error).__name__} at {where}; please report it\n")
    return UNREACHABLE


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
}
_KNOWN = {word for words in _GROUPS for word in words}
_attached: set[str] = set()


def _attach(module: str) -> None:
    import importlib

    if module not in _attached:
        _attached.add(module)
        importlib.import_module(f"tellertui.cli.{module}").register(app)
