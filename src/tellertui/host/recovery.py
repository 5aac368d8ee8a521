"""What a starting host finds in the journal: failures that still delay, sessions that a crash cut off."""

from contextlib import suppress
from datetime import date, timedelta
from uuid import UUID

from tellertui.core.event import Event, decode_event
from tellertui.core.refusal import Refusal
from tellertui.host.events import AccessFailed, AccessLocked, SessionEnded, SessionLost, SessionStarted
from tellertui.host.guard import SignOnGuard
from tellertui.store.journal import Entry, Plain
from tellertui.store.rows import Reads
from tellertui.store.store import Store
from tellertui.store.verify_chain import UNREADABLE
from tellertui.store.work import Work

_SQL = (
    "SELECT incarnation, seq, plain, hash, mac, day, event FROM journal WHERE day >= ? AND event IN"
    " ('session.started', 'session.ended', 'session.lost', 'access.failed', 'access.locked')"
    " ORDER BY incarnation, seq"
)


def recover(store: Store, guard: SignOnGuard) -> int:
    """Restore sign-on delays and close the sessions that were lost; return how many were."""
    open_sessions: dict[bytes, tuple[str, UUID]] = {}
    for plain, fact in store.read(_recent).result():
        if isinstance(fact, SessionStarted):
            open_sessions[plain.session] = (fact.staff, UUID(bytes=plain.subjects[0]))
            guard.succeeded(fact.staff)
        elif isinstance(fact, SessionEnded | SessionLost):
            open_sessions.pop(fact.session.bytes, None)
        elif isinstance(fact, AccessFailed):
            guard.failed(fact.staff, fact.terminal, plain.at)
        elif isinstance(fact, AccessLocked):
            guard.lock(fact.staff, fact.until)
    if open_sessions:
        # A red store or a full disk takes no entry; the next start finds the sessions again.
        with suppress(Refusal):
            store.run(lambda work: _close(work, open_sessions))
    return len(open_sessions)


def _recent(reads: Reads) -> list[tuple[Plain, Event]]:
    yesterday = (date.fromisoformat(reads.day) - timedelta(days=1)).isoformat()
    found = []
    for row in reads.raw(_SQL, yesterday):
        with suppress(*UNREADABLE):  # damage is for the verification to name
            plain = Entry(*row).read()
            found.append((plain, decode_event(plain.event, plain.version, plain.facts)))
    return found


def _close(work: Work, lost: dict[bytes, tuple[str, UUID]]) -> None:
    for session, (staff, person) in lost.items():
        work.record(SessionLost(staff, UUID(bytes=session)), person)
