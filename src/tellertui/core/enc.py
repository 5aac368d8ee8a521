"""The one encoding of everything that is hashed, signed, sealed or stored as a journal part.

``enc`` is a msgpack array of integers, bytes and text: no maps and no floats, so that equal values
have equal bytes in every release.
"""

from typing import Any

import msgspec

_encoder = msgspec.msgpack.Encoder(uuid_format="bytes")
_decoder = msgspec.msgpack.Decoder()


def enc(*parts: object) -> bytes:
    """Encode the parts as one array."""
    return _encoder.encode(parts)


def dec(data: bytes) -> list[Any]:
    """Decode what ``enc`` wrote.

    Raises:
        msgspec.DecodeError: the bytes are not one msgpack value.
    """
    value = _decoder.decode(data)
    if not isinstance(value, list):
        msg = "an array was expected"
        raise msgspec.DecodeError(msg)
    return value
