"""What a branch does next towards head office, and what an answer changes; time and jitter are given.

Nothing here remembers anything by itself: the state is a row of the store, so a schedule outlives a restart.
"""

from typing import Protocol, TypeAlias

import msgspec

from tellertui.core.clock import MINUTE, SECOND
from tellertui.store.journal import Head
from tellertui.sync.batches import Run
from tellertui.sync.wire import RAW_BYTES, RECORDS, Receipt

HELLO_EVERY = 5 * MINUTE
"""With nothing to send, head office is asked this often."""
OLDEST = 30 * SECOND
"""A batch that is not full leaves this long after the last exchange."""
BACK_OFF_S = (1, 300)
"""Least and longest wait after failures, seconds."""
ASKED_MOST_S = 24 * 60 * 60
"""Head office can ask to be left alone for so long, seconds."""

NEW, READY = "new", "ready"
BEHIND, FORKED, CONTESTED, CLOSED = "behind", "forked", "contested", "closed"
STOPPED = frozenset({BEHIND, FORKED, CONTESTED, CLOSED})
"""Nothing is sent until people have decided; head office is still asked."""


class Rest(msgspec.Struct, frozen=True, array_like=True):
    """An earlier incarnation that head office must hold more of before it takes the present one."""

    incarnation: int
    cursor: int


class SyncState(msgspec.Struct, frozen=True, kw_only=True):
    """Where a branch stands towards head office; instants in milliseconds UTC."""

    incarnation: int
    state: str = NEW
    acked: int = 0
    acked_hash: bytes = b""
    safe: int = 0
    failures: int = 0
    next_at: int = 0
    """Not before, unless a person asks for it."""
    not_before: int = 0
    """Head office asked to wait; nobody overrides it."""
    heard_at: int = 0
    """When head office answered last; 0 for never."""
    error: str = ""
    """Code of what went wrong last; empty after a success."""
    error_at: int = 0
    records: int = RECORDS
    raw_bytes: int = RAW_BYTES
    pushed: bool = False
    """Somebody asked to send now."""
    rest: Rest | None = None
    told: tuple[tuple[int, bytes], ...] = ()
    """Where head office's chain stands, newest first, when it does not fit the branch's."""
    told_of: int = 0
    """The incarnation that is about."""


class Tail(Protocol):
    """The branch's journal in one incarnation: the present one, or an earlier one up to its fork."""

    def head(self) -> Head:
        """Return the newest position."""

    def hash_at(self, seq: int) -> bytes | None:
        """Return the chain's value at an entry, at 0 its root; None where there is none."""

    def take(self, first: int, records: int, raw_bytes: int) -> Run:
        """Return entries from ``first`` on: within both limits, but always one."""

    def parent(self) -> "Tail | None":
        """Return the incarnation this one grew out of, which ends at the fork; None for the first."""


class Wait(msgspec.Struct, frozen=True):
    """Nothing until an instant, unless more is written."""

    until: int


class Say(msgspec.Struct, frozen=True):
    """Ask head office where it stands."""

    seq: int
    """The branch's own position to name: its head, unless head office cannot judge that one."""


class Send(msgspec.Struct, frozen=True):
    """Send a batch that begins here."""

    incarnation: int
    first: int


Step: TypeAlias = Wait | Say | Send


def wanted(state: SyncState, head: int, now: int) -> Step:
    """Return what to do at an instant, with the journal's newest seq.

    An instant further ahead than any wait can be is of a clock that was wrong; it holds nothing up.
    """
    barred = _not_absurd(state.not_before, now, _asked_ms(ASKED_MOST_S, 1))
    earliest = (
        barred if state.pushed else max(barred, _not_absurd(state.next_at, now, BACK_OFF_S[1] * SECOND))
    )
    if now < earliest:
        return Wait(earliest)
    told = state.told[0][0] if state.told and state.told_of == state.incarnation else head
    say = Say(min(head, told))
    if state.state == NEW:
        return say
    if state.rest is not None:
        return Send(state.rest.incarnation, state.rest.cursor + 1)
    heard_at = min(state.heard_at, now)
    waiting = head - state.acked
    if state.state in STOPPED or waiting <= 0:
        due = heard_at + HELLO_EVERY
        return say if state.pushed or now >= due else Wait(due)
    due = heard_at + OLDEST
    if state.pushed or waiting >= state.records or now >= due:
        return Send(state.incarnation, state.acked + 1)
    return Wait(due)


def _not_absurd(instant: int, now: int, most: int) -> int:
    return instant if instant <= now + most else 0


def pushed(state: SyncState) -> SyncState:
    """Return the state after somebody asked to send at once."""
    return msgspec.structs.replace(state, pushed=True)


def begun(incarnation: int) -> SyncState:
    """Return the state of a branch that has opened an incarnation: head office is asked before anything."""
    return SyncState(incarnation=incarnation)


def answered(state: SyncState, receipt: Receipt, tail: Tail, now: int) -> SyncState:
    """Return the state after a receipt whose signature, branch and request have been checked.

    The cursor may be lower than before: head office went back and gets the rest again. ``safe`` never falls.

    Args:
        state: before it, of the tail's incarnation.
        receipt: what head office holds.
        tail: the present incarnation.
        now: the instant.
    """
    state = msgspec.structs.replace(
        state,
        failures=0,
        next_at=0,
        heard_at=now,
        error="",
        records=_regrown(state.records, receipt.limits.records),
        raw_bytes=_regrown(state.raw_bytes, receipt.limits.raw_bytes),
        rest=None,
    )
    if receipt.code in (CONTESTED, CLOSED):
        return _stopped(state, receipt.code, receipt, now)
    if receipt.incarnation != state.incarnation:
        return _resting(state, receipt, tail, now)
    if receipt.code == "fork" or not _fits(tail, receipt):
        return _stopped(state, FORKED, receipt, now)
    if receipt.cursor > tail.head().seq:
        return _stopped(state, BEHIND, receipt, now)
    return _advanced(state, receipt, tail, now)


def imported(state: SyncState, receipt: Receipt, tail: Tail, now: int) -> SyncState:
    """Return the state after a genuine receipt from a file, which answers no request in flight.

    It may be of any age, so it only ever moves forward what it proves; that head office holds something else
    is proven at any age.
    """
    if receipt.incarnation != state.incarnation:
        return state
    if receipt.code in (CONTESTED, CLOSED):
        return _stopped(state, receipt.code, receipt, now)
    if receipt.code == "fork" or not _fits(tail, receipt):
        return _stopped(state, FORKED, receipt, now)
    if receipt.cursor > tail.head().seq:
        return _stopped(state, BEHIND, receipt, now)
    if receipt.cursor > state.acked:
        return _advanced(
            msgspec.structs.replace(state, error="", rest=None, heard_at=now), receipt, tail, now
        )
    safe = max(state.safe, min(receipt.safe, receipt.cursor))
    return state if safe == state.safe else msgspec.structs.replace(state, safe=safe, heard_at=now)


def _fits(tail: Tail, receipt: Receipt) -> bool:
    """Say whether head office's position is on this chain, as far as the chain goes."""
    if receipt.cursor > tail.head().seq or (receipt.cursor == 0 and not receipt.hash):
        return True
    return tail.hash_at(receipt.cursor) == receipt.hash


def _resting(state: SyncState, receipt: Receipt, tail: Tail, now: int) -> SyncState:
    """Send what head office still lacks of an earlier incarnation, up to the fork, before the present one."""
    earlier = tail.parent()
    while earlier is not None and earlier.head().incarnation != receipt.incarnation:
        earlier = earlier.parent()
    if earlier is None or receipt.code == "fork" or not _fits(earlier, receipt):
        return _stopped(state, FORKED, receipt, now)
    lacking = receipt.cursor < earlier.head().seq
    return msgspec.structs.replace(
        state,
        state=READY,
        acked=0,
        acked_hash=b"",
        rest=Rest(receipt.incarnation, receipt.cursor) if lacking else None,
        told=(),
        pushed=True,
    )


def _advanced(state: SyncState, receipt: Receipt, tail: Tail, now: int) -> SyncState:
    fell = receipt.safe < state.safe
    return msgspec.structs.replace(
        state,
        state=READY,
        acked=receipt.cursor,
        acked_hash=tail.hash_at(receipt.cursor) or b"",
        safe=max(state.safe, min(receipt.safe, receipt.cursor)),
        pushed=state.pushed and receipt.cursor < tail.head().seq,
        error="safe-fell" if fell else "",
        error_at=now if fell else state.error_at,
        told=(),
    )


def _stopped(state: SyncState, why: str, receipt: Receipt, now: int) -> SyncState:
    marks = sorted({(receipt.cursor, receipt.hash), *receipt.marks}, reverse=True)
    return msgspec.structs.replace(
        state,
        state=why,
        pushed=False,
        error=why,
        error_at=now,
        told=tuple(marks),
        told_of=receipt.incarnation,
    )


def _regrown(limit: int, most: int) -> int:
    """Return a limit that a refusal had halved, a little nearer to what head office says it takes."""
    return max(1, min(most, limit + max(1, limit // 8)))


def failed(state: SyncState, code: str, retry_after_s: int | None, now: int, jitter: float) -> SyncState:
    """Return the state after an exchange without a receipt.

    Args:
        state: before it.
        code: what went wrong.
        retry_after_s: how long head office asked to wait; longer than any back-off of our own.
        now: the instant.
        jitter: from 0 to 1, so that branches do not come back together.
    """
    failures = state.failures + 1
    least, longest = BACK_OFF_S
    if retry_after_s is None:
        wait = round((least + jitter * (min(longest, 2.0 ** min(failures, 16)) - least)) * SECOND)
    else:
        wait = _asked_ms(retry_after_s, jitter)
    halved = 2 if code == "too-large" else 1
    return msgspec.structs.replace(
        state,
        failures=failures,
        next_at=now + wait,
        not_before=state.not_before if retry_after_s is None else now + wait,
        error=code,
        error_at=now,
        pushed=False,
        records=max(1, state.records // halved),
        raw_bytes=max(1, state.raw_bytes // halved),
    )


def _asked_ms(retry_after_s: int, jitter: float) -> int:
    return round(max(0, min(retry_after_s, ASKED_MOST_S)) * (1 + jitter / 10) * SECOND)
