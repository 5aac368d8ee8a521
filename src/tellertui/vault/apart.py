"""Stretching a passphrase in a process of its own, for those who hold it themselves: init, sealed files."""

import os
import socket
import subprocess
import sys

from tellertui.core.enc import enc
from tellertui.core.frames import NONCE_SIZE, frame, receive_frame, send_passphrase_frame
from tellertui.vault.stretch import STRETCHED_SIZE, Cost
from tellertui.vault.wiping import wipe


class ChildError(RuntimeError):
    """The sign-on child did not answer as it should."""


def child_command(descriptor: int) -> list[str]:
    """Return the command line of a sign-on child that reads the inherited descriptor."""
    return [sys.executable, "-I", "-m", "tellertui.vault.child", str(descriptor)]


def stretch_apart(passphrase: bytearray, salt: bytes, cost: Cost) -> bytearray:
    """Do what ``stretch`` does and leave no copy of the passphrase in this process.

    Raises:
        ChildError: the child failed.
    """
    ours, theirs = socket.socketpair()
    with ours, theirs:
        process = subprocess.Popen(
            child_command(theirs.fileno()),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
            env={},
        )
        with process:
            try:
                send_passphrase_frame(ours, os.urandom(NONCE_SIZE), "-", passphrase)
                stretched = _converse(process, salt, cost)
            except (OSError, ValueError) as error:
                process.kill()
                raise ChildError from error
    if process.returncode:
        wipe(stretched)
        raise ChildError
    return stretched


def _converse(process: "subprocess.Popen[bytes]", salt: bytes, cost: Cost) -> bytearray:
    assert process.stdin is not None
    assert process.stdout is not None
    answers = process.stdout.fileno()
    receive_frame(lambda view: os.readv(answers, [view]))
    process.stdin.write(frame(enc(salt, *cost)))
    process.stdin.flush()
    stretched = bytearray(STRETCHED_SIZE)
    if os.readv(answers, [stretched]) != STRETCHED_SIZE:
        msg = "the child gave no key"
        raise OSError(msg)
    return stretched
