"""Entries of one branch taken into the figures of its days, in order; what cannot be applied is set aside."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from tellertui.core.event import EVENTS, decode_event
from tellertui.headoffice.tables import BEHIND
from tellertui.store.journal import Plain, decode_plain
from tellertui.workflows.closing.figures import Fold

UNREADABLE = "unreadable"
UNKNOWN_EVENT = "unknown-event"
UNKNOWN_VERSION = "unknown-version"
BAD_FACTS = "bad-facts"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,63}")
_MOST = 2**31 - 1


@dataclass(frozen=True)
class Aside:
    """An entry that was not applied, with why."""

    seq: int
    code: str
    day: str = ""
    event: str = ""
    version: int = 0
    subject: bytes = b""


@dataclass
class Day:
    """A business date so far."""

    incarnation: int
    first: int
    """Start of the batch in which the date was first seen."""
    entries: int = 0
    fold: Fold = field(default_factory=Fold)


@dataclass
class Days:
    """The business dates of one branch that are in memory."""

    by_day: dict[str, Day] = field(default_factory=dict)
    waiting: set[bytes] = field(default_factory=set)
    """Aggregates of which an entry was set aside."""
    elsewhere: dict[bytes, int] = field(default_factory=dict)
    """Records that an earlier incarnation brought as well, and which; each counts once."""

    def take(self, day: Day, plain: Plain, incarnation: int, seq: int) -> Aside | None:
        """Take one entry into its date; return it where it must wait."""
        subject = plain.subjects[0] if plain.subjects else b""
        code = BEHIND if subject in self.waiting else self.count(day, plain, incarnation)
        if not code:
            return None
        if subject:
            self.waiting.add(subject)
        # A foreign event may be named and numbered in any way; a database takes neither.
        event = plain.event if _NAME.fullmatch(plain.event) else "?"
        return Aside(seq, code, plain.day, event, min(max(plain.version, 0), _MOST), subject)

    def count(self, day: Day, plain: Plain, incarnation: int) -> str:
        """Count an entry, once; return why it could not be counted."""
        if self.elsewhere.get(plain.record, incarnation) < incarnation:
            return ""
        code = _apply(day.fold, plain)
        day.entries += not code
        return code


def read(plains: Iterable[bytes], first: int) -> Iterable[tuple[int, Plain | None]]:
    """Yield entries with their positions; None for one that is no journal entry."""
    for seq, plain in enumerate(plains, first):
        try:
            yield seq, decode_plain(plain)
        except (msgspec.DecodeError, RecursionError):
            yield seq, None


def _apply(fold: Fold, plain: Plain) -> str:
    """Take an entry and return nothing, or why it could not be taken."""
    if (plain.event, plain.version) not in EVENTS:
        known = any(name == plain.event for name, _ in EVENTS)
        return UNKNOWN_VERSION if known else UNKNOWN_EVENT
    try:
        fold.add(decode_event(plain.event, plain.version, plain.facts), plain.at, plain.actor)
    except (msgspec.DecodeError, RecursionError, ValueError, OverflowError):
        return BAD_FACTS
    return ""
