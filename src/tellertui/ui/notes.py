"""The message line: one message with its mark, its rule and the way out, and the last fifty."""

from collections import deque
from collections.abc import Callable, Mapping

import msgspec

from tellertui.core.refusal import Fact, Refusal

DONE, WARNING, FORBIDDEN, INFO = "✓", "!", "x", "i"
KEPT = 50


class Note(msgspec.Struct, frozen=True):
    """One message; ``text`` and ``way`` are message ids, so that it can be said in another language later."""

    mark: str
    text: str
    facts: Mapping[str, Fact] = msgspec.field(default_factory=dict)
    rule: str = ""
    """The rule behind it, such as ``R-AC-02``."""
    way: str = ""
    """What can be done about it; a message id."""

    @classmethod
    def refused(cls, refused: Refusal, way: str = "") -> "Note":
        """Return what the branch refused."""
        return cls(FORBIDDEN, refused.kind.text, refused.facts, way=way)

    def said(self, say: Callable[[str], str]) -> str:
        """Return the message in words, with rule and way out, without its mark."""
        text = say(self.text).format_map(_Facts(self.facts))
        return "  ".join(part for part in (text, self.rule, say(self.way) if self.way else "") if part)

    @property
    def rejects(self) -> bool:
        """Say whether something was not done: the bell rings."""
        return self.mark == FORBIDDEN


class _Facts(dict[str, Fact]):
    def __missing__(self, key: str) -> str:
        return "?"


class Past(msgspec.Struct, frozen=True):
    """A message of the past and when it was said."""

    at: int
    note: Note


class History:
    """The last fifty messages of a session, newest first; dropped by the lock."""

    def __init__(self) -> None:
        self._kept: deque[Past] = deque(maxlen=KEPT)

    def add(self, at: int, note: Note) -> None:
        """Keep a message."""
        self._kept.appendleft(Past(at, note))

    def all(self) -> list[Past]:
        """Return what is kept, newest first."""
        return list(self._kept)

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
