"""The sign-on child: ``python -I -m tellertui.vault.child FD`` stretches one passphrase and exits.

The passphrase comes from the terminal's socket, which the host hands over unread as descriptor FD, and
never reaches the host. Over its own pipes the child speaks with the host, in frames of ``core.frames``:

1. socket: ``enc(nonce, staff code, passphrase)``, at most 4 KiB, within 10 s
2. standard output: ``enc(nonce, staff code)``
3. standard input: ``enc(salt, memory in KiB, passes, lanes)``, within 10 s
4. standard output: the 32 stretched bytes, without a header

Exit code 0, or 1 for any failure, with nothing printed. The socket is closed here, not shut down: the
host keeps its own descriptor of it and answers the terminal. That descriptor shares its flags, so it is
left non-blocking.
"""

import os
import signal
import socket
import sys
from typing import Annotated, NoReturn

import msgspec

from tellertui.core.enc import enc
from tellertui.core.frames import NONCE_SIZE, frame, receive_frame
from tellertui.core.hardening import harden
from tellertui.vault.stretch import Cost, stretch
from tellertui.vault.wiping import wipe

SECONDS = 10.0
NICE = 10
"""Stretching takes a whole processor for a while; commands of those who are signed on go first."""

_Nonce = Annotated[bytes, msgspec.Meta(min_length=NONCE_SIZE, max_length=NONCE_SIZE)]
_Code = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_passphrase_frame = msgspec.msgpack.Decoder(tuple[_Nonce, _Code, memoryview])
_cost_frame = msgspec.msgpack.Decoder(tuple[bytes, int, int, int])


def main(arguments: list[str]) -> int:
    """Serve one sign-on and return the exit code."""
    try:
        harden()
        os.nice(NICE)
        _serve(int(arguments[0]))
    except BaseException:  # noqa: BLE001 - a traceback of this process could show a passphrase
        return 1
    return 0


def _serve(descriptor: int) -> None:
    signal.signal(signal.SIGALRM, _too_late)
    with socket.socket(fileno=descriptor) as terminal:
        terminal.settimeout(SECONDS)
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        said = receive_frame(terminal.recv_into)
    # The passphrase is a view into the frame: there is one copy, and it is overwritten.
    nonce, code, passphrase = _passphrase_frame.decode(said)
    stretched = bytearray()
    try:
        _write(frame(enc(nonce, code)))
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        salt, *cost = _cost_frame.decode(receive_frame(lambda view: os.readv(0, [view])))
        signal.setitimer(signal.ITIMER_REAL, 0)
        stretched = stretch(passphrase, salt, Cost(*cost))
        _write(stretched)
    finally:
        wipe(said)
        wipe(stretched)


def _write(data: bytes | bytearray) -> None:
    if os.write(1, data) != len(data):
        msg = "the host went away"
        raise OSError(msg)


def _too_late(_signal: int, _frame: object) -> NoReturn:
    raise TimeoutError


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
