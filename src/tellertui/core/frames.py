"""Length-prefixed frames for the two conversations that are not JSON-RPC: sign-on and its child process.

A frame is four bytes of length, big endian, and that many bytes. A terminal sends its passphrase with
what is here and needs no cryptography for it.
"""

import socket
import struct
from collections.abc import Callable

import msgspec

HEADER = struct.Struct(">I")
FRAME_LIMIT = 4096
"""The longest frame of a sign-on conversation, bytes without the header."""
NONCE_SIZE = 32

_encoder = msgspec.msgpack.Encoder()


class FrameError(ValueError):
    """A frame is too long, or the other side went away in the middle of one."""


def frame(payload: bytes) -> bytes:
    """Return the payload behind its length."""
    return HEADER.pack(len(payload)) + payload


def receive_frame(receive_into: Callable[[memoryview], int], limit: int = FRAME_LIMIT) -> bytearray:
    """Read one frame and nothing behind it.

    Args:
        receive_into: fills a buffer from the front and returns how many bytes came, 0 at the end;
            ``socket.recv_into`` for one.
        limit: the longest payload accepted, bytes.

    Raises:
        FrameError: the frame is longer, or ended early.
    """
    header = bytearray(HEADER.size)
    _fill(header, receive_into)
    (size,) = HEADER.unpack(header)
    if size > limit:
        msg = "the frame is too long"
        raise FrameError(msg)
    payload = bytearray(size)
    _fill(payload, receive_into)
    return payload


def _fill(buffer: bytearray, receive_into: Callable[[memoryview], int]) -> None:
    view = memoryview(buffer)
    while view:
        count = receive_into(view)
        if not count:
            msg = "the frame ended early"
            raise FrameError(msg)
        view = view[count:]


def send_passphrase_frame(sock: socket.socket, nonce: bytes, code: str, passphrase: bytearray) -> None:
    """Send ``enc(nonce, staff code, passphrase)`` as one frame; the caller overwrites the passphrase.

    The frame is built in one buffer of its final size, which is overwritten, so that no other copy of
    the passphrase comes into being.

    Raises:
        FrameError: code and passphrase together do not fit a frame.
    """
    buffer = bytearray(HEADER.size + FRAME_LIMIT)
    if NONCE_SIZE + len(code.encode()) + len(passphrase) > FRAME_LIMIT - 16:
        msg = "the frame is too long"
        raise FrameError(msg)
    try:
        _encoder.encode_into((nonce, code, passphrase), buffer, HEADER.size)
        HEADER.pack_into(buffer, 0, len(buffer) - HEADER.size)
        sock.sendall(buffer)
    finally:
        buffer[:] = bytes(len(buffer))
