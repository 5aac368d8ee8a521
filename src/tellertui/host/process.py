"""What every process of the branch does first: no core dump, no debugger, a clean environment."""

import ctypes
import logging
import os
import resource
import sys
from collections.abc import Mapping

_PR_SET_DUMPABLE = 4
_PR_GET_DUMPABLE = 3
_DROPPED = ("PYTHON", "LD_", "TEXTUAL", "KEYRING", "SSLKEYLOGFILE")
_KEPT = ("TELLERTUI_",)
_NOISY = ("websockets", "websockets.server", "websockets.client", "asyncio")


def harden() -> None:
    """Protect this process from its own account: umask, core limit, debuggers; quiet the transport's logs."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


def dumpable() -> bool:
    """Say whether another process of this account may look into this one."""
    return bool(sys.platform != "linux" or ctypes.CDLL(None).prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0) == 1)


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without the variables that load foreign code or record a screen."""
    return {
        name: value
        for name, value in environment.items()
        if name.startswith(_KEPT) or not name.startswith(_DROPPED)
    }


def isolate(arguments: list[str]) -> None:
    """Start again in isolated mode with a clean environment, unless this process already is."""
    cleaned = clean_environment(os.environ)
    if sys.flags.isolated and cleaned == dict(os.environ):
        return
    os.execve(sys.executable, [sys.executable, "-I", "-m", "tellertui", *arguments], cleaned)  # noqa: S606
