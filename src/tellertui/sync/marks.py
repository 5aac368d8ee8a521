"""The rows behind the line: where a branch stands, and what a believed receipt changes in one transaction."""

from collections.abc import Callable
from typing import TypeAlias

import msgspec
from sqlalchemy import bindparam, delete
from sqlmodel import col

from tellertui.store.journal import newest
from tellertui.store.rows import Reads, Statement
from tellertui.store.tables import Device, SafeMark
from tellertui.store.work import Work
from tellertui.sync import codes, sending
from tellertui.sync.events import SyncAsked, SyncEnrolled
from tellertui.sync.feeds import note_heads
from tellertui.sync.outbox import Outbox
from tellertui.sync.records import HeadOffice, SyncBatch, SyncMark, SyncRejection
from tellertui.sync.sending import SyncState
from tellertui.sync.trust import Disbelieved, believed_pack
from tellertui.sync.wire import Pack, Receipt, decoded, signed

OFFICE = "head-office"
MARK = "line"
KEPT_BATCHES = 200

_DROP_MARK = Statement(delete(SyncMark))
_DROP_SAFE = Statement(delete(SafeMark).where(col(SafeMark.incarnation) == bindparam("incarnation")))
_DROP_REJECTIONS = Statement(delete(SyncRejection))
_DROP_FROM = Statement(delete(SyncBatch).where(col(SyncBatch.last) >= bindparam("seq")))
_DROP_OLD = Statement(delete(SyncBatch).where(col(SyncBatch.first) < bindparam("seq")))
_OLDEST = "SELECT first FROM sync_batch ORDER BY first DESC LIMIT 1 OFFSET ?"


class Marks(msgspec.Struct, frozen=True):
    """Everything about the line that changes without an entry."""

    state: SyncState
    pack: bytes | None = None
    renew: bool = False
    code: bytes | None = None
    receipt: bytes | None = None


class Heard(msgspec.Struct, frozen=True):
    """A believed receipt, as it came, and the batch that it answers; ``last`` is 0 where it answers none."""

    receipt: Receipt
    body: bytes
    first: int = 0
    last: int = 0
    size: int = 0


Move: TypeAlias = Callable[[SyncState, Receipt, Outbox, int], SyncState]
"""What a receipt changes: state, receipt, journal and instant to state."""


def head_office(reads: Reads) -> HeadOffice | None:
    """Return head office as this branch knows it; None before anybody asked to enrol."""
    return reads.get(HeadOffice, OFFICE)


def marks_of(reads: Reads) -> Marks:
    """Return where the branch stands; a new incarnation begins anew."""
    head = newest(reads.connection)
    incarnation = head.incarnation if head else 1
    found = reads.get(SyncMark, MARK)
    if found is None:
        return Marks(SyncState(incarnation=incarnation))
    state = msgspec.msgpack.decode(found.state, type=SyncState)
    if state.incarnation != incarnation:
        state = SyncState(incarnation=incarnation)
    return Marks(state, found.pack, found.renew, found.code, found.receipt)


def bring(work: Work, marks: Marks) -> None:
    """Write where the branch stands now."""
    work.sweep(_DROP_MARK)
    kept = {**msgspec.structs.asdict(marks), "state": msgspec.msgpack.encode(marks.state)}
    work.note(SyncMark, id=MARK, **kept)


def asked(work: Work, url: str, code: str) -> None:
    """Begin an enrolment; one that has not succeeded yet is replaced."""
    before = head_office(work)
    attempt = before.attempt + 1 if before else 1
    values = {"url": url, "state": "asked", "attempt": attempt, "root": None, "enrolled_at": None}
    if before is None:
        work.insert(HeadOffice, id=OFFICE, **values)
    else:
        work.update(HeadOffice, OFFICE, **values)
    work.record(SyncAsked(attempt))
    bring(work, Marks(SyncState(incarnation=marks_of(work).state.incarnation), code=code.encode()))


def enrolled(work: Work, marks: Marks, receipt: Receipt) -> None:
    """Note that head office has registered the branch, and trust its root key from now on.

    Raises:
        Disbelieved: ``not-enrolled``, the answer says something else.
    """
    if receipt.code != "ok" or marks.pack is None:
        raise Disbelieved("not-enrolled")
    pack = pinned(marks, marks.pack, "")
    (device,) = work.every(Device)
    work.update(HeadOffice, OFFICE, state="enrolled", root=pack.root, enrolled_at=work.now)
    work.record(SyncEnrolled(pack.root, pack.version, device.public))
    bring(work, Marks(_begun(marks, work.now), marks.pack))


def pinned(marks: Marks, body: bytes, day: str) -> Pack:
    """Return head office's keys where the enrolment code names their root.

    Raises:
        Disbelieved: ``not-pinned``, or why they are not believed at all.
    """
    found = believed_pack(body, day)
    if marks.code is None or not codes.pins(marks.code.decode(), found.root):
        raise Disbelieved("not-pinned")
    return found


def _begun(marks: Marks, now: int) -> SyncState:
    return SyncState(incarnation=marks.state.incarnation, heard_at=now, pushed=True)


def received(work: Work, marks: Marks, heard: Heard, move: Move) -> Marks:
    """Move what a believed receipt moves: the watermarks, the list of batches, what needs a person."""
    receipt = heard.receipt
    state = move(marks.state, receipt, Outbox(work), work.now)
    if state.state in sending.STOPPED:
        moved = msgspec.structs.replace(marks, state=state)
        bring(work, moved)
        return moved
    renew = marks.renew or (marks.pack is not None and receipt.pack > _version(marks.pack))
    moved = msgspec.structs.replace(marks, state=state, renew=renew, receipt=_furthest(marks, state, heard))
    bring(work, moved)
    if state.acked < marks.state.acked:
        work.sweep(_DROP_FROM, seq=state.acked + 1)
    # What a file or a later answer confirms is listed as well, without a size.
    first, last = (heard.first, heard.last) if heard.last else (marks.state.acked + 1, state.acked)
    if 0 < first <= last <= state.acked:
        work.sweep(_DROP_FROM, seq=first)
        work.note(SyncBatch, first=first, last=last, size=heard.size, at=work.now)
        if old := work.raw(_OLDEST, KEPT_BATCHES):
            work.sweep(_DROP_OLD, seq=old[0][0])
    work.sweep(_DROP_SAFE, incarnation=state.incarnation)
    work.note(SafeMark, incarnation=state.incarnation, seq=state.safe, acked=state.acked)
    if move is sending.answered:
        note_heads(work, receipt.feeds)
    if move is sending.answered or state != marks.state:
        _bring_rejections(work, receipt)
    return moved


def _bring_rejections(work: Work, receipt: Receipt) -> None:
    work.sweep(_DROP_REJECTIONS)
    for place, each in enumerate(receipt.rejections):
        what = {"incarnation": each.incarnation, "seq": each.seq, "event": each.event, "code": each.code}
        work.note(SyncRejection, place=place, **what)


def _furthest(marks: Marks, state: SyncState, heard: Heard) -> bytes | None:
    """Return the receipt that proves most of this incarnation's chain."""
    receipt = heard.receipt
    if receipt.incarnation != state.incarnation or not 0 < receipt.cursor == state.acked:
        return marks.receipt
    if marks.receipt is not None:
        before = decoded(signed(marks.receipt).payload, Receipt)
        if (before.incarnation, before.cursor) > (receipt.incarnation, receipt.cursor):
            return marks.receipt
    return heard.body


def _version(pack: bytes) -> int:
    return decoded(signed(pack).payload, Pack).version
