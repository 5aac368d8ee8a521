"""What a command of the command line says: one JSON document, or lines and tables for a person.

Rich is imported at the first line for a person and not before; it obeys ``NO_COLOR``. Values are shown as
they are: nothing in them is read as markup or as an emoji.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec
import typer

from tellertui.cli.context import current
from tellertui.core.refusal import NO, USAGE, Refusal
from tellertui.core.tables import OutOfTable
from tellertui.i18n import translator

if TYPE_CHECKING:
    from rich.console import Console

WORDS = frozenset({"step", "reason", "expect", "got"})
"""Columns that hold words; all others are short and never broken."""


@contextmanager
def answering() -> Iterator[None]:
    """Turn what a rule refuses into words on standard error and an exit code: 2 wrong usage, else 1."""
    try:
        yield
    except Refusal as refused:
        typer.echo(refused.text(translator(current.lang)), err=True)
        raise typer.Exit(USAGE if refused.kind.exit_code == USAGE else NO) from None
    except OutOfTable as nothing:
        typer.echo(str(nothing), err=True)
        raise typer.Exit(NO) from None


def document(answer: Any, *, as_json: bool, basis: Sequence[str] = ()) -> None:
    """Say an answer.

    Args:
        answer: a mapping or a struct.
        as_json: as one JSON document and nothing else; otherwise its plain values as lines, its lists of
            records as tables.
        basis: rule, version and source, for a person only.
    """
    if as_json:
        sys.stdout.write(msgspec.json.encode(answer).decode() + "\n")
        return
    for name, value in msgspec.to_builtins(answer).items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            rows(value)
        else:
            line(f"{name}: {_shown(value)}")
    if basis:
        line(" · ".join(part for part in basis if part))


def rows(records: Sequence[dict[str, Any]]) -> None:
    """Say records of one shape as a table; lists within a record are left to JSON."""
    from rich.table import Table
    from rich.text import Text

    names = [name for name, value in records[0].items() if not isinstance(value, list)]
    table = Table(box=None, pad_edge=False)
    for name in names:
        wide = name in WORDS
        table.add_column(Text(name), justify="left" if wide else "right", no_wrap=not wide, overflow="fold")
    for record in records:
        table.add_row(*(Text(_shown(record[name])) for name in names))
    _console().print(table)


def line(text: str) -> None:
    """Say one line."""
    _console().print(text, soft_wrap=True)


@cache
def _console() -> "Console":
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False)


def _shown(value: object) -> str:
    if value is None or value == []:
        return "-"
    if isinstance(value, list):
        return " ".join(_shown(item) for item in value)
    return str(value)
