"""What every process of the branch does first: no core dump, no debugger, a clean environment."""

import ctypes
import os
import resource
import sys
from collections.abc import Mapping

_PR_GET_DUMPABLE = 3
_PR_SET_DUMPABLE = 4
_DROPPED = ("PYTHON", "LD_", "TEXTUAL", "KEYRING", "SSLKEYLOGFILE")


def harden() -> None:
    """Let nobody dump or attach to this process, whatever its account may otherwise do.

    Raises:
        OSError: the kernel did not accept it.
    """
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux" and ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0):
        msg = "the process stays dumpable"
        raise OSError(msg)


def dumpable() -> bool:
    """Say whether another process of this account may look into this one."""
    return sys.platform != "linux" or bool(ctypes.CDLL(None).prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0) == 1)


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without the variables that load foreign code or record a screen."""
    return {name: value for name, value in environment.items() if not name.startswith(_DROPPED)}


def isolate(arguments: list[str]) -> None:
    """Start again in isolated mode with a clean environment, unless this process already is so."""
    cleaned = clean_environment(os.environ)
    if not sys.flags.isolated or cleaned != dict(os.environ):
        os.execve(sys.executable, [sys.executable, "-I", "-m", "tellertui", *arguments], cleaned)  # noqa: S606
