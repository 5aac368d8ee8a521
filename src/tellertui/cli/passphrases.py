"""Passphrases: asked without echo, or one line each from standard input."""

import getpass
import sys

from tellertui.core.refusal import N_, USAGE, refusal

NO_PASSPHRASE = refusal(
    "no-passphrase", N_("A passphrase is read from standard input; there is none."), USAGE
)


def read_passphrase(who: str) -> bytearray:
    """Ask for a passphrase without echo, or take the next line of standard input.

    Raises:
        Refusal: ``no-passphrase``; standard input is closed or at its end.
    """
    if sys.stdin is None:
        raise NO_PASSPHRASE()
    if sys.stdin.isatty():
        return bytearray(getpass.getpass(f"{who}: ").encode())
    line = bytearray(sys.stdin.buffer.readline())
    if not line:
        raise NO_PASSPHRASE()
    while line and line[-1] in b"\r\n":
        del line[-1]
    return line
