"""``python -m tellertui`` and the ``tellertui`` command."""

import sys

from tellertui.core.hardening import harden


def main() -> None:
    """Run the command line and exit with its code."""
    harden()
    from tellertui.cli.main import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
