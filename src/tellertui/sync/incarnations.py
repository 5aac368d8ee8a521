"""Opening a new incarnation after a restore or a fork: what it stands on, and what is chained again.

Both tails are kept. Head office's own stays there under the old incarnation; the branch's entries after the
last one that both share are chained again, with the same record ids, so that each counts once.
"""

from collections.abc import Iterator
from typing import NamedTuple

from tellertui.sync.sending import SyncState, Tail

TAKEN = 200
"""Entries read at once."""


class Ground(NamedTuple):
    """The last entry that branch and head office share."""

    incarnation: int
    k: int
    hash_k: bytes


def following(state: SyncState, tail: Tail) -> int:
    """Return the number of the next incarnation: above every one that either side is known to have."""
    return max(tail.head().incarnation, state.told_of) + 1


def ground(state: SyncState, tail: Tail) -> Ground:
    """Return what a new incarnation can stand on after head office has said where its chain stands.

    An incarnation of which not even the first entry is shared is a sibling's under the same number; the new
    one then stands on what this one grew out of.
    """
    held = _incarnation(tail, state.told_of)
    told = state.told
    if held is None:
        held, told = tail, ()
    most = held.head().seq
    for seq, value in told:
        if 1 <= seq <= most and held.hash_at(seq) == value:
            return Ground(held.head().incarnation, seq, value)
    parent = held.parent()
    if parent is None:
        return Ground(held.head().incarnation, 0, held.hash_at(0) or b"")
    head = parent.head()
    return Ground(head.incarnation, head.seq, head.hash)


def after(tail: Tail, stands_on: Ground) -> Iterator[tuple[bytes, bytes]]:
    """Yield plain and sealed parts after the ground, in order, without the founding of any incarnation."""
    line = [tail]
    while line[0].head().incarnation != stands_on.incarnation:
        parent = line[0].parent()
        if parent is None:
            msg = "the ground is not of this line"
            raise ValueError(msg)
        line.insert(0, parent)
    for held in line:
        first = stands_on.k + 1 if held is line[0] else 2
        yield from _parts(held, max(first, 2))


def _parts(held: Tail, first: int) -> Iterator[tuple[bytes, bytes]]:
    last = held.head().seq
    while first <= last:
        run = held.take(first, min(TAKEN, last - first + 1), 1 << 20)
        yield from zip(run.plains, run.sealed, strict=True)
        first += len(run.plains)


def _incarnation(tail: Tail, incarnation: int) -> Tail | None:
    held: Tail | None = tail
    while held is not None and held.head().incarnation != incarnation:
        held = held.parent()
    return held
