"""Commands: one class per thing a person can ask of the branch.

A command crosses the socket as the parameters of one JSON-RPC request, is handled in one transaction
and is answered with a view. Its class carries everything dispatch needs to know::

    @command("reception.call_next", roles=COUNTER, events=("ticket.called",), topics=("queue",))
    class CallNext(Command[Called | None]):
        counter: str | None = None
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, dataclass_transform, get_args, get_origin

import msgspec

from tellertui.core.role import Listener, Role

A = TypeVar("A")
C = TypeVar("C", bound="type[Command[Any]]")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class View(msgspec.Struct, frozen=True, kw_only=True):
    """What the branch shows: plain values that cross the socket downwards."""


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Command(msgspec.Struct, Generic[A], frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person asks; ``A`` is the type of the answer."""


@dataclass(frozen=True)
class Spec:
    """What dispatch knows about a command."""

    method: str
    command: type[Command[Any]]
    answer: Any
    roles: frozenset[Role]
    listeners: frozenset[Listener]
    events: tuple[str, ...]
    topics: tuple[str, ...]
    reads: bool
    shared: bool


METHODS: dict[str, Spec] = {}
SPECS: dict[type[Command[Any]], Spec] = {}


def command(
    method: str,
    *,
    roles: frozenset[Role],
    listeners: frozenset[Listener] = frozenset({Listener.STAFF}),
    events: tuple[str, ...] = (),
    topics: tuple[str, ...] = (),
    reads: bool = False,
    shared: bool = False,
) -> Callable[[C], C]:
    """Register a command under its method name.

    Args:
        method: the JSON-RPC name, ``workflow.verb``.
        roles: who may send it on the staff listener.
        listeners: where it is answered at all; other listeners decide by themselves, without roles.
        events: the journal events it can leave.
        topics: the topics whose watchers it notifies.
        reads: it changes nothing and runs on a query-only connection.
        shared: its view is the same for everybody of a role, so it is encoded once.
    """

    def register(cls: C) -> C:
        if method in METHODS:
            msg = f"method {method} is declared twice"
            raise ValueError(msg)
        spec = Spec(method, cls, _answer_of(cls), roles, listeners, events, topics, reads, shared)
        METHODS[method] = SPECS[cls] = spec
        return cls

    return register


def _answer_of(cls: type[Command[Any]]) -> Any:
    for base in getattr(cls, "__orig_bases__", ()):
        if get_origin(base) is Command:
            return get_args(base)[0]
    msg = f"{cls.__name__} does not say what it answers"
    raise TypeError(msg)
