"""``python -m tellertui`` and the ``tellertui`` command."""

import gc
import sys
from collections.abc import Sequence

from tellertui.core.hardening import harden, isolate

TERMINALS = frozenset({"desk", "demo", "kiosk", "board"})
"""Commands that draw on a terminal; without a word the desk is meant."""


def main() -> None:
    """Run the command line and exit with its code."""
    arguments = sys.argv[1:]
    harden()
    if draws(arguments):
        isolate(arguments)
        # What a start makes, it keeps: collecting amid the imports only delays the first paint.
        gc.disable()
    from tellertui.cli.main import run

    sys.exit(run(arguments))


def draws(arguments: Sequence[str]) -> bool:
    """Say whether these arguments start a terminal, which runs without foreign code and variables."""
    words = [
        argument
        for before, argument in zip(["", *arguments], arguments, strict=False)
        if not argument.startswith("-") and before not in ("--store", "--lang")
    ]
    return not words or words[0] in TERMINALS


if __name__ == "__main__":
    main()
