"""``tellertui headoffice serve`` that kills itself at a point of its first landing.

python dying.py before-commit|after-commit KEYS
"""

import os
import signal
import sys
from typing import Any

from tellertui.cli.main import run
from tellertui.headoffice import receiver


def die(*_: Any) -> None:
    """End as a power cut ends it."""
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    point, keys = sys.argv[1:]
    if point == "before-commit":
        # What a receipt says is read when everything is written and nothing is committed.
        decided = receiver.receipt
        receiver.receipt = lambda ledger, branch, verdict, *rest: (
            die() if verdict.landing else decided(ledger, branch, verdict, *rest)
        )
    elif point == "after-commit":
        receiver.Receiver.__setattr__ = lambda self, name, value: object.__setattr__(
            self, name, die if name == "landed" else value
        )
    sys.exit(run(["headoffice", "serve", "--port", "0", "--keys", keys]))
