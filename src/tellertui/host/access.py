"""Signing on: from a stretched passphrase to a session with its ring, or to a growing delay."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import col, select

from tellertui.branch.grants import Grant, Grants
from tellertui.branch.records import Person
from tellertui.core.event import Code
from tellertui.core.role import Listener
from tellertui.host.events import AccessFailed, AccessLocked, SessionEnded, SessionStarted
from tellertui.host.guard import SignOnGuard
from tellertui.host.peer import Peer
from tellertui.host.running import carry, post
from tellertui.host.sessions import Session, Sessions
from tellertui.host.signon import Attempt, Salt, Verdict
from tellertui.store.actor import Actor
from tellertui.store.rows import Query, Reads
from tellertui.store.store import Store
from tellertui.store.tables import Holding, Slot
from tellertui.store.work import Work
from tellertui.vault.classes import Holding as Held
from tellertui.vault.host import HostSecret
from tellertui.vault.person import PersonKeys, slot_key
from tellertui.vault.primitives import IntegrityError
from tellertui.vault.ring import Ring
from tellertui.vault.stretch import Cost, dummy_salt
from tellertui.vault.wiping import wipe

_PERSON = Query(Person, select(Person).where(col(Person.code) == bindparam("code")))
_HOLDINGS = Query(Holding, select(Holding).where(col(Holding.person) == bindparam("person")))

UNKNOWN_STAFF: Code = "unknown"


@dataclass(frozen=True)
class _Kept:
    """What the store keeps of a person who tries to sign on."""

    person: Person
    slot: Slot
    holdings: list[Holding]


class Access:
    """Judges sign-on attempts; a wrong passphrase and an unknown code look alike and cost the same."""

    def __init__(
        self,
        store: Store,
        secret: HostSecret,
        grants: Grants,
        sessions: Sessions,
        peer_of: Callable[[bytes, int], Peer | None],
        cost: Cost,
    ) -> None:
        self.guard = SignOnGuard(store.clock)
        self._store = store
        self._secret = secret
        self.grants = grants
        self._sessions = sessions
        self._peer_of = peer_of
        self._cost = cost

    async def salt_of(self, staff: str) -> Salt:
        """Return a person's salt, or a stable dummy for a code that nobody has."""
        kept = await asyncio.wrap_future(self._store.read(lambda reads: _kept(reads, staff)))
        if kept is None:
            return Salt(dummy_salt(self._secret, staff), *self._cost)
        slot = kept.slot
        return Salt(slot.salt, slot.memory_kib, slot.passes, slot.lanes)

    async def judge(self, attempt: Attempt) -> Verdict:
        """Give the verdict on an attempt; ``ok`` means its connection is signed on."""
        peer = self._peer_of(attempt.nonce, attempt.uid)
        if peer is None:
            return ("greet-first", 0)
        wait = self.guard.wait_s(attempt.staff)
        if wait:
            return ("wait", wait)
        kept = await asyncio.wrap_future(self._store.read(lambda reads: _kept(reads, attempt.staff)))
        ring = self._opened(kept, attempt)
        if ring is None or kept is None:
            await self._failed(attempt, peer, known=kept is not None)
            return ("wrong-passphrase", self.guard.wait_s(attempt.staff))
        if self.guard.locked_until(attempt.staff):
            ring.wipe()
            return ("locked", -(-(self.guard.locked_until(attempt.staff) - self._store.clock.now()) // 1000))
        await self._start(kept, ring, peer)
        return ("ok", 0)

    def _opened(self, kept: _Kept | None, attempt: Attempt) -> Ring | None:
        """Open the slot; for an unknown code the same work is done on a slot that never opens."""
        store = self._store.identity.store
        if kept is None:
            self._waste(store, attempt)
            return None
        person, slot = kept.person, kept.slot
        key = slot_key(attempt.stretched, self._secret, store, person.id, slot.generation)
        try:
            keys = PersonKeys.opened(key, slot.sealed)
        except IntegrityError:
            return None
        finally:
            wipe(key)
        grant = self.grants.people.get(person.id)
        if grant is None or not _agree(person, slot, keys, grant):
            keys.wipe()
            return None
        held = [Held(row.class_name, row.version, row.sealed) for row in kept.holdings]
        try:
            return Ring.opened(store, person.id, keys, held)
        except IntegrityError:
            return None

    def _waste(self, store: UUID, attempt: Attempt) -> None:
        key = slot_key(attempt.stretched, self._secret, store, UUID(int=0), 1)
        try:
            PersonKeys.opened(key, b"\x01" + bytes(92))
        except IntegrityError:
            return
        finally:
            wipe(key)

    async def _failed(self, attempt: Attempt, peer: Peer, *, known: bool) -> None:
        total, here, locked_until = self.guard.failed(attempt.staff, peer.terminal or f"uid{peer.uid}")
        staff = attempt.staff if known else UNKNOWN_STAFF
        terminal = peer.terminal or f"uid{peer.uid}"

        def body(work: Work) -> None:
            work.record(AccessFailed(staff, terminal, total, here))
            if locked_until and known:
                work.record(AccessLocked(staff, locked_until))

        await carry(self._store, body, _nobody(peer))

    async def _start(self, kept: _Kept, ring: Ring, peer: Peer) -> None:
        self.guard.succeeded(kept.person.code)
        now = self._store.clock.boot()
        if peer.session is not None:
            self._sessions.end(peer.session, "newer")
        grant = self.grants.people[kept.person.id]
        session = Session(
            id=self._store.ids.new(),
            person=kept.person.id,
            staff=kept.person.code,
            roles=grant.roles,
            uid=peer.uid,
            terminal=peer.terminal,
            ring=ring,
            started=now,
            last=now,
            proved=now,
        )
        self._sessions.start(session)
        peer.session = session
        await carry(
            self._store,
            lambda work: work.record(SessionStarted(session.staff, 0), session.person),
            session.actor,
        )

    def ended(self, session: Session) -> None:
        """Leave the entry of a session that ended."""
        event = SessionEnded(session.staff, session.id, session.ended)
        post(self._store, lambda work: work.record(event, session.person), session.actor)


def _kept(reads: Reads, staff: str) -> _Kept | None:
    person = reads.one(_PERSON, code=staff)
    slot = reads.get(Slot, person.id) if person is not None else None
    if person is None or slot is None:
        return None
    return _Kept(person, slot, reads.all(_HOLDINGS, person=person.id))


def _agree(person: Person, slot: Slot, keys: PersonKeys, grant: Grant) -> bool:
    """Say whether the tables say what the signed grant says; the grant decides."""
    public = keys.public
    return (
        person.state == "active"
        and person.code == grant.staff
        and set(person.roles.split()) == set(grant.roles)
        and slot.generation == person.generation == grant.generation
        and public.x25519 == grant.x25519
        and public.ed25519 == grant.ed25519
    )


def _nobody(peer: Peer) -> Actor:
    return Actor("nobody", None, frozenset(), Listener.SIGNON, b"", peer.terminal, peer.uid)
