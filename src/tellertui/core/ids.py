"""Client-made identifiers: UUID version 7 (RFC 9562), so that ids sort by time and name no person."""

import os
from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from tellertui.core.clock import Clock

NIL = UUID(int=0)


class Ids(Protocol):
    """Where new identifiers come from."""

    def new(self) -> UUID:
        """Return an identifier that was never used before."""


class TimedIds:
    """UUIDv7 from a clock and a source of random bytes."""

    def __init__(self, clock: Clock, entropy: Callable[[int], bytes] = os.urandom) -> None:
        self._clock = clock
        self._entropy = entropy

    def new(self) -> UUID:
        """Return a fresh UUIDv7."""
        return uuid7(self._clock.now(), self._entropy(10))


def uuid7(instant: int, entropy: bytes) -> UUID:
    """Build a UUIDv7 from milliseconds UTC and ten random bytes."""
    value = (instant & 0xFFFF_FFFF_FFFF) << 80 | int.from_bytes(entropy[:10], "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def made_at(identifier: UUID) -> int | None:
    """Return the milliseconds UTC inside a UUIDv7, or None for any other version."""
    return identifier.int >> 80 if identifier.version == 7 else None
