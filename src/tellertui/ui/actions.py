"""Actions: what a screen can do, declared once; bindings, key bar, verbs, help, list and key card read it.

A key is a function key (``f1`` … ``f10``, ``f12``), a control key (``ctrl+l``) or the digits that a person
types into the command field of a desk (``1``, ``00``): then the action is a verb.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator

import msgspec

from tellertui.ui.notes import Note

SLOTS = ("f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11", "f12")
"""The slots of the key bar, six to a row; F11 stays empty: terminals take it for themselves."""
CHORD = {**{str(n): f"f{n}" for n in range(1, 10)}, "0": "f10", "=": "f12", "?": "f1"}
"""After Ctrl+K: a second way to every function key."""

Run = Callable[[], Awaitable[object] | None]


def free() -> Note | None:
    """Say that nothing stands in the way."""
    return None


class Action(msgspec.Struct, frozen=True):
    """One thing a screen can do."""

    key: str
    label: str
    """Message id; at most eight cells in every language, nine on F1 to F9."""
    help: str
    """Message id of one sentence."""
    run: Run
    blocked: Callable[[], Note | None] = free
    """Why it cannot be used now; None when it can."""
    name: str = ""
    """Message id for palette and help; the label where there is none."""
    guarded: bool = False
    """The same key shortly after a change of state is ignored, with a bell."""

    @property
    def is_verb(self) -> bool:
        """Say whether it is typed into the command field rather than pressed."""
        return self.key.isdigit()


class Slot(msgspec.Struct, frozen=True):
    """An action as it is drawn."""

    key: str
    label: str
    dim: bool = False


class Actions:
    """The actions of one screen by key; a later one replaces an earlier one of the same key."""

    def __init__(self, actions: Iterable[Action] = ()) -> None:
        self._by_key = {action.key: action for action in actions}

    def __iter__(self) -> Iterator[Action]:
        return iter(self._by_key.values())

    def get(self, key: str) -> Action | None:
        """Return the action of a key."""
        return self._by_key.get(key)

    def verbs(self) -> list[Action]:
        """Return the actions that are typed."""
        return [action for action in self if action.is_verb]

    def slots(self, say: Callable[[str], str], busy: str = "") -> dict[str, Slot]:
        """Return how each action is drawn now, by key; a blocked or busy one is dim."""
        return {
            action.key: Slot(action.key, say(action.label), busy == action.key or bool(action.blocked()))
            for action in self
        }


def key_name(key: str) -> str:
    """Return a key as it is printed on keyboards: ``F10``, ``Ctrl+L``."""
    return "+".join(part.capitalize() for part in key.split("+"))
