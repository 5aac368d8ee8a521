"""Events hold plain facts only, and an event once written can be read for ever.

``tests/golden/events.json`` keeps the fields and one encoded sample of every version. A new event or version
is added with ``python tests/unit/test_event_facts.py``; what is there never changes.
"""

import importlib
import json
import pkgutil
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
import pytest

import tellertui
from tellertui.core.event import EVENTS, NAMES, Code, Day, Event, decode_event

GOLDEN = Path(__file__).parent.parent / "golden" / "events.json"
HOMES = (".api", ".events", ".founding", ".grants")
SAMPLES: dict[Any, Any] = {Code: "a-code", Day: "2026-11-23", int: 7, UUID: UUID(int=7), bytes: b"\x07"}


def load() -> None:
    """Import every module that may declare an event."""
    for module in pkgutil.walk_packages(tellertui.__path__, "tellertui."):
        if module.name.endswith(HOMES):
            importlib.import_module(module.name)


load()
SHIPPED = {key: struct for key, struct in EVENTS.items() if struct.__module__.startswith("tellertui.")}
_encode = msgspec.msgpack.Encoder(uuid_format="bytes").encode
KNOWN: dict[str, list[str]] = json.loads(GOLDEN.read_text(encoding="utf-8")) if GOLDEN.exists() else {}


def leaves(hint: Any) -> Iterator[Any]:
    """Yield the plain types that a field's type is made of."""
    if get_origin(hint) in (Union, types.UnionType):
        for part in get_args(hint):
            if part is not type(None):
                yield from leaves(part)
    elif get_origin(hint) is tuple:
        for part in get_args(hint):
            if part is not Ellipsis:
                yield from leaves(part)
    else:
        yield hint


def sample_of(hint: Any) -> Any:
    """Return one value of a field's type; of an optional one never None."""
    if get_origin(hint) in (Union, types.UnionType):
        return sample_of(next(part for part in get_args(hint) if part is not type(None)))
    if get_origin(hint) is tuple:
        return tuple(sample_of(part) for part in get_args(hint) if part is not Ellipsis)
    return SAMPLES[hint]


def fields(struct: type[Event]) -> dict[str, Any]:
    """Return the types of an event's fields in order."""
    hints = get_type_hints(struct, include_extras=True)
    return {name: hints[name] for name in struct.__struct_fields__}


def sample(struct: type[Event]) -> Event:
    """Return an event with the sample of each type in its field."""
    return struct(*map(sample_of, fields(struct).values()))


def label(key: tuple[str, int]) -> str:
    """Return how the golden file names a version."""
    return f"{key[0]}/{key[1]}"


@pytest.mark.parametrize("key", sorted(SHIPPED), ids=label)
def test_only_plain_types(key: tuple[str, int]) -> None:
    for name, hint in fields(SHIPPED[key]).items():
        for leaf in leaves(hint):
            assert leaf in SAMPLES, f"{name}: use a type of core/event.py, never free text"


@pytest.mark.parametrize("key", sorted(SHIPPED), ids=label)
def test_a_version_never_changes(key: tuple[str, int]) -> None:
    assert label(key) in KNOWN, "run python tests/unit/test_event_facts.py and commit the new line"
    assert written(key) == KNOWN[label(key)], "fields change under a new version only"


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_what_was_written_is_read(name: str) -> None:
    event, version = name.rsplit("/", 1)
    found = decode_event(event, int(version), bytes.fromhex(KNOWN[name][1]))
    assert NAMES[type(found)][0] == event


@pytest.mark.parametrize("text", ["", "two words", "陳靜", "13800138000\n", "a" * 65, "-x", "a@b"])
def test_a_code_is_no_free_text(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(text, Code)


def written(key: tuple[str, int]) -> list[str]:
    """Return the names of an event's fields, and a sample as the journal encodes facts."""
    struct = SHIPPED[key]
    return [" ".join(struct.__struct_fields__), _encode(sample(struct)).hex()]


def test_the_check_would_find_free_text() -> None:
    class Loose(Event):
        """An event as it must not be."""

        note: str
        when: Annotated[str, msgspec.Meta(max_length=3)] | None

    assert [leaf in SAMPLES for hint in fields(Loose).values() for leaf in leaves(hint)] == [False, False]


if __name__ == "__main__":
    KNOWN.update({label(key): written(key) for key in SHIPPED if label(key) not in KNOWN})
    GOLDEN.write_text(json.dumps(KNOWN, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(KNOWN)} event versions\n")
