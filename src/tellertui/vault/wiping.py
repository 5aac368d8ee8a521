"""Overwriting secrets: what can be done about copies in memory, and no more than that.

``cryptography`` cannot overwrite the ``bytes`` it returns and Python does not move objects, so a secret
is kept in one ``bytearray`` and overwritten there; the few fresh ``bytes`` are overwritten in place.
"""

import ctypes
import sys

_BYTES_HEADER = bytes.__basicsize__ - 1
"""Bytes before the content of a ``bytes`` object; its size counts the closing zero byte."""


class WipedError(RuntimeError):
    """A secret was asked for after it had been overwritten."""


def wipe(buffer: bytearray | memoryview) -> None:
    """Overwrite a buffer with zeros, in place."""
    buffer[:] = bytes(len(buffer))


def wipe_bytes(data: bytes) -> None:
    """Overwrite a fresh ``bytes`` object in place, as far as the interpreter allows.

    Only for an object that a library has just returned and nobody else holds: a literal, a dictionary
    key, a slice of itself or anything interned would change under its other owners. Objects of fewer
    than two bytes are shared by the interpreter and left alone, as is everything outside CPython.
    """
    if len(data) > 1 and sys.implementation.name == "cpython":
        ctypes.memset(id(data) + _BYTES_HEADER, 0, len(data))


class Secret:
    """Secret bytes that can be overwritten once, after which they are refused, and never show themselves."""

    __slots__ = ("_octets",)

    def __init__(self, octets: bytearray) -> None:
        self._octets = octets

    def octets(self) -> bytearray:
        """Return the bytes themselves, not a copy.

        Raises:
            WipedError: they were overwritten.
        """
        if not self._octets:
            raise WipedError
        return self._octets

    def wipe(self) -> None:
        """Overwrite the bytes; a second time does nothing."""
        wipe(self._octets)
        self._octets = bytearray()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __reduce__(self) -> str:
        msg = "a secret is not copied or stored"
        raise TypeError(msg)
