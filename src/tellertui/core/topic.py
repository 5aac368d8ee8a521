"""Topics: the name of one view that terminals watch. A notice carries the topic and a number, never data."""

from dataclasses import dataclass

from tellertui.core.role import Listener, Role


@dataclass(frozen=True)
class TopicSpec:
    """Who may watch a topic; ``counter:3`` belongs to the topic ``counter``."""

    name: str
    roles: frozenset[Role]
    listeners: frozenset[Listener]


TOPICS: dict[str, TopicSpec] = {}


def topic(
    name: str, roles: frozenset[Role], listeners: frozenset[Listener] = frozenset({Listener.STAFF})
) -> str:
    """Declare a topic and return its name."""
    if name in TOPICS:
        msg = f"topic {name} is declared twice"
        raise ValueError(msg)
    TOPICS[name] = TopicSpec(name, roles, listeners)
    return name


def spec_of(name: str) -> TopicSpec | None:
    """Return the declaration behind ``queue`` or ``counter:3``."""
    return TOPICS.get(name.partition(":")[0])
