"""Passphrases: asked without echo, or one line each from standard input."""

import getpass
import sys


def read_passphrase(who: str) -> bytearray:
    """Ask for a passphrase without echo, or take the next line of standard input."""
    if sys.stdin.isatty():
        return bytearray(getpass.getpass(f"{who}: ").encode())
    line = bytearray(sys.stdin.buffer.readline())
    while line and line[-1] in b"\r\n":
        del line[-1]
    return line
