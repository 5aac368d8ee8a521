"""Where the branch stands towards head office, as people see it."""

from typing import cast

import msgspec

from tellertui.branch.records import Branch
from tellertui.core.clock import SECOND
from tellertui.store.rows import Reads
from tellertui.store.tables import Device
from tellertui.sync import api
from tellertui.sync.feeds import feeds_view
from tellertui.sync.marks import head_office, marks_of
from tellertui.sync.outbox import Outbox
from tellertui.sync.records import HeadOffice, SyncBatch, SyncRejection
from tellertui.sync.sending import SyncState
from tellertui.vault.host import fingerprint

SHOWN = 20
"""Batches in one view."""


def sync_view(reads: Reads) -> api.SyncView:
    """Return state, watermarks, batches and rejections."""
    office, marks = head_office(reads), marks_of(reads)
    outbox, state = Outbox(reads), marks.state
    head = outbox.head()
    (branch,) = reads.every(Branch)
    waiting = head.seq - state.acked
    oldest = outbox.written_at(state.acked + 1) if waiting else None
    return api.SyncView(
        state=_state(office, state),
        incarnation=head.incarnation,
        head=head.seq,
        acked=state.acked,
        safe=state.safe,
        waiting=waiting,
        oldest_waiting_s=None if oldest is None else max(0, reads.now - oldest) // SECOND,
        last_ok=state.heard_at or None,
        last_error=state.error or None,
        error_at=state.error_at or None,
        failures=state.failures,
        next_at=max(state.next_at, state.not_before) or None,
        url=office.url if office else "",
        device=fingerprint(next(iter(reads.every(Device))).public),
        head_office=fingerprint(office.root) if office is not None and office.root is not None else "",
        standalone=bool(branch.standalone),
        rejections=[
            api.RejectionView(seq=each.seq, event=each.event, code=each.code, incarnation=each.incarnation)
            for each in reads.every(SyncRejection)
        ],
        batches=_batches(reads, state, head.seq),
        feeds=feeds_view(reads),
    )


def _state(office: HeadOffice | None, state: SyncState) -> api.State:
    if office is None:
        return "none"
    return "asked" if office.state == "asked" else cast(api.State, state.state)


def _batches(reads: Reads, state: SyncState, head: int) -> list[api.BatchView]:
    """Return what waits as one line, then the batches taken, newest first."""
    found: list[api.BatchView] = []
    if head > state.acked:
        at = Outbox(reads).written_at(state.acked + 1) or 0
        found.append(api.BatchView(first=state.acked + 1, last=head, size=0, state="waiting", at=at))
    for each in sorted(reads.every(SyncBatch), key=lambda batch: -batch.first)[:SHOWN]:
        reached: api.Reached = "safe" if each.last <= state.safe else "accepted"
        found.append(
            api.BatchView(first=each.first, last=each.last, size=each.size, state=reached, at=each.at)
        )
    return found


def with_sent(batches: list[api.BatchView], flying: tuple[int, int, int] | None) -> list[api.BatchView]:
    """Return the batches with the one in flight told from what waits behind it."""
    if flying is None or not batches or batches[0].state != "waiting":
        return batches
    waiting, rest = batches[0], batches[1:]
    first, last, size = flying
    sent = api.BatchView(first=first, last=last, size=size, state="sent", at=waiting.at)
    behind = [msgspec.structs.replace(waiting, first=last + 1)] if last < waiting.last else []
    return [*behind, sent, *rest]
