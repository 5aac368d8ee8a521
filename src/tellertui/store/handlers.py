"""Which function carries out which command, and which computes its view.

A handler returns plain ids and codes; the view is computed from them, now and at every repeat, so that no
answer is ever stored::

    @handles(CallNext)
    def call_next(work: Work, command: CallNext) -> tuple[UUID | None]: ...

    @views(CallNext)
    def called(reads: Reads, result: tuple[UUID | None]) -> Called | None: ...
"""

from collections.abc import Callable
from typing import Any, TypeVar

from tellertui.core.command import Command

F = TypeVar("F", bound=Callable[..., Any])

_HANDLERS: dict[type[Command[Any]], Callable[..., Any]] = {}
_VIEWS: dict[type[Command[Any]], Callable[..., Any]] = {}
_ANSWERS: dict[type[Command[Any]], Callable[..., Any]] = {}


def _into(
    registry: dict[type[Command[Any]], Callable[..., Any]], command: type[Command[Any]]
) -> Callable[[F], F]:
    def register(function: F) -> F:
        if command in registry:
            msg = f"{command.__name__} is handled twice"
            raise ValueError(msg)
        registry[command] = function
        return function

    return register


def handles(command: type[Command[Any]]) -> Callable[[F], F]:
    """Register ``function(work, command) -> ids``."""
    return _into(_HANDLERS, command)


def views(command: type[Command[Any]]) -> Callable[[F], F]:
    """Register ``function(reads, ids) -> view`` for a command that writes."""
    return _into(_VIEWS, command)


def answers(command: type[Command[Any]]) -> Callable[[F], F]:
    """Register ``function(reads, command) -> view`` for a command that only reads."""
    return _into(_ANSWERS, command)


def handler_of(command: type[Command[Any]]) -> Callable[..., Any]:
    """Return the handler of a command that writes."""
    return _HANDLERS[command]


def view_of(command: type[Command[Any]]) -> Callable[..., Any]:
    """Return the view of a command that writes."""
    return _VIEWS[command]


def answer_of(command: type[Command[Any]]) -> Callable[..., Any]:
    """Return the reader of a command that only reads."""
    return _ANSWERS[command]
