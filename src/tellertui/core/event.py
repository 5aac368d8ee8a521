"""Events: the plain facts of a journal entry.

An event may hold ids, codes, counts, money, times and durations. No free text type exists here, and
a test holds every event to these types, so that no personal value can reach the plain part.
"""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar, dataclass_transform
from uuid import UUID

import msgspec
from msgspec import Meta

Code = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9][A-Za-z0-9_.:/-]{0,63}\Z")]
"""A word of a closed list: a state, a reason, a service, a ticket number."""
Day = Annotated[str, Meta(pattern=r"\A\d{4}-\d{2}-\d{2}\Z")]
Count = int
Instant = int
"""Milliseconds since 1970-01-01 UTC."""
Seconds = int
Id = UUID
Digest = bytes

E = TypeVar("E", bound="type[Event]")


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Event(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The facts of one entry; stored as an array, so fields are only ever added under a new version."""


EVENTS: dict[tuple[str, int], type[Event]] = {}
NAMES: dict[type[Event], tuple[str, int]] = {}
_UPCASTERS: dict[tuple[str, int], Callable[[Any], Event]] = {}


def event(name: str, version: int = 1) -> Callable[[E], E]:
    """Register an event struct under its name and version."""

    def register(cls: E) -> E:
        if (name, version) in EVENTS:
            msg = f"event {name} version {version} is declared twice"
            raise ValueError(msg)
        EVENTS[name, version] = cls
        NAMES[cls] = (name, version)
        return cls

    return register


def upcaster(name: str, version: int) -> Callable[[Callable[[Any], Event]], Callable[[Any], Event]]:
    """Register how facts of an old version become the next version's struct."""

    def register(function: Callable[[Any], Event]) -> Callable[[Any], Event]:
        _UPCASTERS[name, version] = function
        return function

    return register


_decoders: dict[tuple[str, int], msgspec.msgpack.Decoder[Any]] = {}


def decode_event(name: str, version: int, facts: bytes | msgspec.Raw) -> Event:
    """Return the facts as the newest struct of that event.

    Raises:
        KeyError: this release does not know the event or the version.
        msgspec.ValidationError: the facts do not fit the struct.
    """
    key = (name, version)
    decoder = _decoders.get(key)
    if decoder is None:
        decoder = _decoders[key] = msgspec.msgpack.Decoder(EVENTS[key])
    value: Event = decoder.decode(facts)
    while key in _UPCASTERS:
        value = _UPCASTERS[key](value)
        key = NAMES[type(value)]
    return value
