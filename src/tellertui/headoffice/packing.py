"""Plain parts as a batch row holds them: encoded as one array, compressed, read back within a limit."""

import msgspec

from tellertui.core.enc import enc
from tellertui.sync.squeezing import Squeezer
from tellertui.sync.wire import BODY_LIMIT

_SQUEEZER = Squeezer(level=1)
_decode = msgspec.msgpack.Decoder(list[bytes]).decode


def packed(plains: list[bytes]) -> bytes:
    """Return plain parts as they are stored."""
    return _SQUEEZER.squeeze(enc(*plains))


def unpacked(stored: bytes) -> list[bytes]:
    """Return the plain parts in a row.

    Raises:
        BadFrame, msgspec.DecodeError: the row is damaged.
    """
    return _decode(_SQUEEZER.unsqueeze(stored, 2 * BODY_LIMIT))
