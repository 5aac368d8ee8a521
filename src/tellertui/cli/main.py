"""The entry of the command line: global options, exit codes; a terminal by itself is shown at once."""

import sys

from tellertui.cli import context
from tellertui.cli.output import print_refusal
from tellertui.core.refusal import UNREACHABLE, USAGE, Refusal


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; no traceback and no personal value leaves here."""
    as_json = "--json" in arguments
    try:
        code = _carry_out(context.take_globals(arguments) or ["desk"])
    except Refusal as refused:
        return print_refusal(refused, context.current.lang, as_json=as_json)
    except (KeyboardInterrupt, BrokenPipeError):
        return 130
    except Exception as error:  # noqa: BLE001 - the last boundary of the program
        return _failed(error)
    return code


def _carry_out(rest: list[str]) -> int:
    """Carry out one command; a terminal without options needs no library to read its command line."""
    if rest in (["desk"], ["demo"]):
        from tellertui.cli import terminal

        return terminal.desk() if rest == ["desk"] else terminal.demo()
    from tellertui.cli import commands

    return commands.carry_out(rest)


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
