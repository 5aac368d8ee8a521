"""Signing on: from a stretched passphrase to a session with its ring, or to a growing delay."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import col, select

from tellertui.branch.grants import Grant, Grants
from tellertui.branch.records import Person
from tellertui.core.enc import enc
from tellertui.core.event import Code
from tellertui.core.refusal import SAME_PERSON
from tellertui.core.role import Listener
from tellertui.host.events import AccessFailed, AccessLocked, SessionEnded, SessionStarted
from tellertui.host.guard import UNKNOWN, Bucket, Refusals, SignOnGuard
from tellertui.host.peer import Peer
from tellertui.host.running import carry, post
from tellertui.host.sessions import Second, Session, Sessions
from tellertui.host.signon import Attempt, Salt, Verdict
from tellertui.store.actor import Actor
from tellertui.store.rows import Query, Reads
from tellertui.store.store import Store
from tellertui.store.tables import Holding, Slot
from tellertui.store.work import Work
from tellertui.vault.classes import Holding as Held
from tellertui.vault.host import HostSecret
from tellertui.vault.person import PersonKeys, slot_key
from tellertui.vault.primitives import IntegrityError, mac16
from tellertui.vault.ring import Ring
from tellertui.vault.stretch import Cost, dummy_salt
from tellertui.vault.wiping import wipe

_PERSON = Query(Person, select(Person).where(col(Person.code) == bindparam("code")))
_HOLDINGS = Query(Holding, select(Holding).where(col(Holding.person) == bindparam("person")))


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
        refusals: Refusals,
    ) -> None:
        self.guard = SignOnGuard(store.clock)
        self._store = store
        self._secret = secret
        self.grants = grants
        self._sessions = sessions
        self._peer_of = peer_of
        self._cost = cost
        self._refusals = refusals
        self._unknown: dict[str, Bucket] = {}

    async def salt_of(self, staff: str) -> Salt:
        """Return a person's salt, or a stable dummy for a code that nobody has."""
        kept = await asyncio.wrap_future(self._store.read(lambda reads: _kept(reads, staff)))
        if kept is None:
            return Salt(dummy_salt(self._secret, staff), *self._cost)
        slot = kept.slot
        return Salt(slot.salt, slot.memory_kib, slot.passes, slot.lanes)

    async def judge(self, attempt: Attempt) -> Verdict:
        """Give the verdict on an attempt.

        ``ok`` means that its connection is signed on, or that a second person may sign the announced command.
        """
        kept = await asyncio.wrap_future(self._store.read(lambda reads: _kept(reads, attempt.staff)))
        peer = self._peer_of(attempt.nonce, attempt.uid)
        if peer is None:
            return ("greet-first", 0)
        name = attempt.staff if kept is not None else self._alias(attempt.staff)
        if wait := self.guard.wait_s(name):
            return ("wait", wait)
        second = None if attempt.nonce == peer.nonce else peer.second
        peer.spend(attempt.nonce)
        ring = self._opened(kept, attempt, classes=second is None)
        if ring is None or kept is None:
            await self._failed(name, peer)
            return ("wrong-passphrase", self.guard.wait_s(name))
        if locked := self.guard.locked_s(name):
            ring.wipe()
            return ("locked", locked)
        if second is None:
            await self._start(kept, ring, peer)
            return ("ok", 0)
        return self._second(second, kept, ring, peer)

    def _second(self, second: Second, kept: _Kept, ring: Ring, peer: Peer) -> Verdict:
        """Keep the signing keys of a second person for the announced command."""
        self.guard.succeeded(kept.person.code)
        if peer.session is None or peer.session.person == kept.person.id:
            ring.wipe()
            return (SAME_PERSON.code, 0)
        second.wipe()
        second.ring = ring
        return ("ok", 0)

    def _alias(self, staff: str) -> Code:
        """Return what stands for a code that nobody has: people type passphrases into the wrong field."""
        digest = mac16(self._store.identity.mac_key, enc("tt/unknown", staff))
        return f"{UNKNOWN}{digest[:8].hex()}"

    def _opened(self, kept: _Kept | None, attempt: Attempt, *, classes: bool) -> Ring | None:
        """Open the slot; for an unknown code the same work is done on a slot that never opens.

        Args:
            kept: what the store keeps of the person.
            attempt: the stretched passphrase.
            classes: whether the ring holds the person's class secrets, or only what signs.
        """
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
        held = [Held(row.class_name, row.version, row.sealed) for row in kept.holdings if classes]
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

    async def _failed(self, staff: Code, peer: Peer) -> None:
        terminal = peer.terminal or f"uid{peer.uid}"
        total, here, locked_until = self.guard.failed(staff, terminal)
        if staff.startswith(UNKNOWN) and not self._may_record(terminal):
            self._refusals.add(_nobody(peer), "sign-on", "wrong-passphrase")
            return

        def body(work: Work) -> None:
            work.record(AccessFailed(staff, terminal, total, here))
            if locked_until:
                work.record(AccessLocked(staff, locked_until))

        await carry(self._store, body, _nobody(peer))

    def _may_record(self, terminal: str) -> bool:
        """Say whether an unknown code at a terminal leaves its own entry, or is one of a minute's many."""
        bucket = self._unknown.setdefault(terminal, Bucket(self._store.clock, 1 / 60, saved=10))
        return bucket.take()

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
        try:
            await carry(
                self._store,
                lambda work: work.record(SessionStarted(session.staff, 0), session.person),
                session.actor,
            )
        except BaseException:
            self._sessions.end(session, "failed")
            raise

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
