"""Head office's decision on what a branch says: what it holds, what it takes, and what it must refuse.

The receiver's cursor is the truth, overlap is legal, and the chain decides: equal positions with different
values are a fork, however plausible the numbers look.
"""

from collections.abc import Callable
from typing import Protocol, TypeAlias

import msgspec

from tellertui.core.enc import enc
from tellertui.core.event import decode_event
from tellertui.store.events import FOUNDING, StoreFounded
from tellertui.store.journal import Plain, decode_plain, link, root
from tellertui.sync.batches import BadBatch
from tellertui.sync.wire import Header, Hello, Message
from tellertui.vault.primitives import verify

OPEN, CONTESTED, CLOSED = "open", "contested", "closed"
FORK = "fork"
OFFICERS = 2
"""How many people found a branch, and open a new incarnation of it."""

Check: TypeAlias = Callable[[bytes, str, bytes, bytes], bool]
"""Verifies a person's signature: key, context, payload, signature."""


class Known(Message):
    """One incarnation of a branch as head office holds it."""

    incarnation: int
    state: str
    cursor: int
    hash: bytes
    parent: int = 0
    fork: int = 0
    safe: int = 0


class Landed(Message):
    """The part of a batch that is new."""

    first: int
    previous: bytes
    plains: list[bytes]
    sealed: list[bytes]


class Opening(Message):
    """A new incarnation that a batch begins."""

    incarnation: int
    parent: int
    fork: int
    root: bytes
    state: str


class Verdict(Message):
    """What is answered, and what is written before it is."""

    code: str
    known: Known | None
    landing: Landed | None = None
    opening: Opening | None = None
    marks: tuple[tuple[int, bytes], ...] = ()


class Ledger(Protocol):
    """Head office's chains within one transaction."""

    def current(self, branch: str) -> Known | None:
        """Return the incarnation that a branch lives in."""

    def known(self, branch: str, incarnation: int) -> Known | None:
        """Return an incarnation of a branch."""

    def hash_at(self, branch: str, incarnation: int, seq: int) -> bytes | None:
        """Return the chain's value at an entry, at 0 its root; None where it is not held."""

    def marks(self, branch: str, incarnation: int) -> tuple[tuple[int, bytes], ...]:
        """Return chain values at ends of batches, newest first."""


def judge_hello(ledger: Ledger, hello: Hello) -> Verdict:
    """Decide where a branch and head office stand to each other; an unknown incarnation begins at 0.

    A branch that is behind head office is told that what it has is on the same chain.
    """
    known = ledger.known(hello.branch, hello.incarnation)
    if known is None:
        return Verdict("ok", _unheard(hello.incarnation))
    if known.state != OPEN:
        return _marked(ledger, hello.branch, known, known.state)
    if hello.seq > known.cursor:
        return Verdict("ok", known)
    if hello.hash != _held(ledger, hello.branch, known, hello.seq):
        return _marked(ledger, hello.branch, known, FORK)
    return Verdict("ok", known, marks=((hello.seq, hello.hash),) if hello.seq < known.cursor else ())


def judge_batch(
    ledger: Ledger, header: Header, plains: list[bytes], sealed: list[bytes], check: Check = verify
) -> Verdict:
    """Decide on a batch that has been opened.

    Raises:
        BadBatch: ``bad-chain``, its entries do not give the value it was signed with; ``bad-opening``, it
            begins an incarnation and its first entry says something else.
    """
    known = ledger.known(header.branch, header.incarnation)
    if known is None:
        return _begin(ledger, header, plains, sealed, check)
    if known.state != OPEN:
        return _marked(ledger, header.branch, known, known.state)
    if header.first > known.cursor + 1:
        return Verdict("gap", known)
    if _held(ledger, header.branch, known, header.first - 1) != header.previous:
        return _marked(ledger, header.branch, known, FORK)
    at_cursor = _chained(header, plains, known.cursor)
    if header.last <= known.cursor:
        same = _held(ledger, header.branch, known, header.last) == header.hash
        return Verdict("duplicate", known) if same else _marked(ledger, header.branch, known, FORK)
    if at_cursor != known.hash:
        return _marked(ledger, header.branch, known, FORK)
    new = known.cursor + 1 - header.first
    return Verdict("ok", known, Landed(known.cursor + 1, known.hash, plains[new:], sealed[new:]))


def _held(ledger: Ledger, branch: str, known: Known, seq: int) -> bytes | None:
    return known.hash if seq == known.cursor else ledger.hash_at(branch, known.incarnation, seq)


def _unheard(incarnation: int) -> Known:
    return Known(incarnation, OPEN, 0, b"")


def _marked(ledger: Ledger, branch: str, known: Known, code: str) -> Verdict:
    """Refuse, and say where the chains may still agree.

    The first entry is always among it: who does not share even that one has a sibling's incarnation.
    """
    marks = ledger.marks(branch, known.incarnation)
    first = ledger.hash_at(branch, known.incarnation, 1) if known.cursor > 1 else None
    return Verdict(code, known, marks=marks if first is None else (*marks, (1, first)))


def _chained(header: Header, plains: list[bytes], cursor: int) -> bytes | None:
    """Return the batch's own value at a seq; None outside it.

    Raises:
        BadBatch: ``bad-chain``.
    """
    value, found = header.previous, None
    if cursor == header.first - 1:
        found = value
    for seq, plain in enumerate(plains, header.first):
        value = link(value, plain)
        if seq == cursor:
            found = value
    if value != header.hash:
        raise BadBatch("bad-chain")
    return found


def _begin(ledger: Ledger, header: Header, plains: list[bytes], sealed: list[bytes], check: Check) -> Verdict:
    """Decide on the first batch of an incarnation that grew out of another one."""
    unheard = _unheard(header.incarnation)
    if header.first != 1:
        return Verdict("gap", unheard)
    fact, signers = _founded(plains[0], check)
    value = root(fact.branch, fact.incarnation, fact.parent, fact.k, fact.hash_k, list(fact.founders))
    said = (fact.store.bytes, fact.branch, fact.incarnation, fact.parent, fact.k, value)
    place = (header.store, header.branch, header.incarnation, header.parent, header.fork, header.previous)
    current = ledger.current(header.branch)
    if said != place or current is None or not 0 < fact.parent < fact.incarnation:
        raise BadBatch("bad-opening")
    _chained(header, plains, 0)
    parent = ledger.known(header.branch, fact.parent)
    if parent is None or fact.k > parent.cursor:
        # What the new incarnation stands on must be held first.
        return Verdict("gap", parent or _unheard(fact.parent))
    if ledger.hash_at(header.branch, fact.parent, fact.k) != fact.hash_k:
        return _marked(ledger, header.branch, parent, FORK)
    if not _same_founders(ledger, header.branch, parent, fact):
        raise BadBatch("bad-opening")
    opening = Opening(header.incarnation, fact.parent, fact.k, value, OPEN)
    if len(signers) < OFFICERS or current.incarnation != fact.parent:
        # Unsigned, or two hosts grew out of one: people at head office decide before anything lands.
        opening = msgspec.structs.replace(opening, state=CONTESTED)
        return Verdict(CONTESTED, unheard, opening=opening)
    return Verdict("ok", unheard, Landed(1, value, plains, sealed), opening)


def _founded(plain: bytes, check: Check) -> tuple[StoreFounded, set[bytes]]:
    """Return what a first entry says, and which of its founders signed it.

    Raises:
        BadBatch: ``bad-opening``.
    """
    try:
        entry: Plain = decode_plain(plain)
        fact = decode_event(entry.event, entry.version, entry.facts)
    except (msgspec.DecodeError, KeyError, ValueError):
        raise BadBatch("bad-opening") from None
    if not isinstance(fact, StoreFounded):
        raise BadBatch("bad-opening")
    said = enc(fact)
    signed = {key for _, key, value in entry.signatures if check(key, FOUNDING, said, value)}
    return fact, signed & {*fact.founders}


def _same_founders(ledger: Ledger, branch: str, parent: Known, fact: StoreFounded) -> bool:
    """Say whether an incarnation names the people that its parent was founded by."""
    before = ledger.hash_at(branch, parent.parent, parent.fork) if parent.parent else b""
    place = (branch, parent.incarnation, parent.parent, parent.fork, before or b"")
    return root(*place, list(fact.founders)) == ledger.hash_at(branch, parent.incarnation, 0)
