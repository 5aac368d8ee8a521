"""What the command line prints: one JSON document, or words for people; errors say what to do."""

import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from tellertui.core.refusal import Refusal


def print_json(value: Any) -> None:
    """Print one JSON document on standard output and nothing else."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def print_raw(value: bytes) -> None:
    """Print a JSON result as it came over the socket."""
    sys.stdout.write(value.decode() + "\n")


def print_line(text: str = "") -> None:
    """Print a line for people."""
    sys.stdout.write(text + "\n")


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> None:
    """Print a table for people."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*headings, title=title or None, title_justify="left", box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text("" if value is None else str(value)) for value in row))
    Console(highlight=False, no_color="NO_COLOR" in os.environ or None).print(table)


def print_refusal(refused: Refusal, lang: str, *, as_json: bool) -> int:
    """Say why something was refused and return the exit code."""
    from tellertui.i18n import translator

    words = refused.text(translator(lang))
    if as_json:
        error = {"error": {"code": refused.code, "facts": refused.facts, "message": words}}
        sys.stdout.write(json.dumps(error, ensure_ascii=False) + "\n")
    sys.stderr.write(f"tellertui: {words}\n")
    return refused.kind.exit_code
