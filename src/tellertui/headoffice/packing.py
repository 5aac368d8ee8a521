"""Plain parts as a batch row holds them: encoded as one array, compressed, read back within a limit."""

import threading

import msgspec
import zstandard

from tellertui.core.enc import enc
from tellertui.sync.wire import BODY_LIMIT

LEVEL = 1
_local = threading.local()
_decode = msgspec.msgpack.Decoder(list[bytes]).decode


def packed(plains: list[bytes]) -> bytes:
    """Return plain parts as they are stored."""
    compressor = getattr(_local, "compressor", None)
    if compressor is None:
        compressor = _local.compressor = zstandard.ZstdCompressor(level=LEVEL)
    made: bytes = compressor.compress(enc(*plains))
    return made


def unpacked(stored: bytes) -> list[bytes]:
    """Return the plain parts in a row.

    Raises:
        zstandard.ZstdError, msgspec.DecodeError: the row is damaged.
    """
    decompressor = getattr(_local, "decompressor", None)
    if decompressor is None:
        decompressor = _local.decompressor = zstandard.ZstdDecompressor()
    return _decode(decompressor.decompress(stored, max_output_size=2 * BODY_LIMIT))
