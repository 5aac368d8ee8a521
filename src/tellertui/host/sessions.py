"""Sessions: one signed-on person with one key ring, reachable from one connection or one machine value."""

import hmac
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from tellertui.core.clock import Clock
from tellertui.core.refusal import NOT_SIGNED_ON
from tellertui.core.role import Listener, Role
from tellertui.settings import Settings
from tellertui.store.actor import Actor
from tellertui.vault.ring import Ring

PRESENT_S = 300
SECOND_S = 60
"""How long a second person's passphrase waits for the command it is for."""


@dataclass(slots=True)
class Second:
    """A second person at the terminal of a session: announced, then proved, for one command only."""

    nonce: bytes = field(repr=False)
    command: UUID
    until: float
    """In seconds since boot."""
    ring: Ring | None = field(default=None, repr=False)
    """Signing keys and no class secret; None until the passphrase was right."""

    def wipe(self) -> None:
        """Overwrite the keys."""
        if self.ring is not None:
            self.ring.wipe()
            self.ring = None


@dataclass(slots=True)
class Session:
    """A signed-on person; ends once and then opens nothing any more."""

    id: UUID
    person: UUID
    staff: str
    roles: frozenset[Role]
    uid: int
    terminal: str
    ring: Ring | None = field(repr=False)
    started: float
    last: float
    proved: float
    """When the passphrase was typed last, in seconds since boot."""
    machine: bytes = field(default=b"", repr=False)
    """SHA-256 of the value that ``tellertui call`` presents; empty for a terminal's session."""
    ended: str = ""
    """Why it ended; empty while it is good."""
    in_flight: int = 0
    """Commands now with the writer; the ring is not overwritten under them."""
    second: Second | None = None

    @property
    def actor(self) -> Actor:
        """Return who acts, as journal entries name it."""
        return Actor(
            self.staff, self.person, self.roles, Listener.STAFF, self.id.bytes, self.terminal, self.uid
        )


class Sessions:
    """All sessions of a host; nothing outside a session reaches its ring."""

    def __init__(self, clock: Clock, settings: Settings, ended: Callable[[Session], None]) -> None:
        self._clock = clock
        self._settings = settings
        self._ended = ended
        self._by_person: dict[UUID, Session] = {}

    def __iter__(self) -> Iterator[Session]:
        """Iterate over the sessions that are good."""
        return iter(list(self._by_person.values()))

    def start(self, session: Session) -> None:
        """Begin a session; an older one of the same person ends."""
        if (older := self._by_person.get(session.person)) is not None:
            self.end(older, "newer")
        self._by_person[session.person] = session

    def end(self, session: Session, cause: str) -> None:
        """End a session: the ring is overwritten, the value refused from now on."""
        if session.ended:
            return
        session.ended = cause
        self._drop(session)
        self.dismiss(session)
        if self._by_person.get(session.person) is session:
            del self._by_person[session.person]
        self._ended(session)

    @contextmanager
    def using(self, session: Session) -> Iterator[Ring | None]:
        """Lend the ring to one command; a session that ends meanwhile loses it right afterwards."""
        session.in_flight += 1
        try:
            yield session.ring
        finally:
            session.in_flight -= 1
            if session.ended:
                self._drop(session)

    def expect(self, session: Session, nonce: bytes, command: UUID) -> None:
        """Wait for the passphrase of a second person who is to sign one command of this session."""
        self.dismiss(session)
        session.second = Second(nonce, command, self._clock.boot() + SECOND_S)

    @contextmanager
    def seconding(self, session: Session, command: UUID) -> Iterator[Ring | None]:
        """Lend the second person's keys to the command they are for; afterwards they are gone."""
        second = session.second
        if second is None or second.command != command or second.until < self._clock.boot():
            yield None
            return
        session.second = None
        try:
            yield second.ring
        finally:
            second.wipe()

    @staticmethod
    def dismiss(session: Session) -> None:
        """Forget the second person of a session."""
        if session.second is not None:
            session.second.wipe()
            session.second = None

    @staticmethod
    def _drop(session: Session) -> None:
        if session.in_flight == 0 and session.ring is not None:
            session.ring.wipe()
            session.ring = None

    def machine_value(self, session: Session) -> str:
        """Turn a session into one of ``tellertui call`` and return its 256-bit value once."""
        value = os.urandom(32)
        session.machine = sha256(value).digest()
        return value.hex()

    def by_value(self, value: str, uid: int) -> Session:
        """Return the session behind a machine value.

        A right value from another account ends the session: it has leaked.

        Raises:
            Refusal: ``not-signed-on``.
        """
        try:
            digest = sha256(bytes.fromhex(value)).digest()
        except ValueError:
            raise NOT_SIGNED_ON() from None
        for session in self:
            if session.machine and hmac.compare_digest(session.machine, digest):
                if session.uid != uid:
                    self.end(session, "stolen")
                    break
                return self.fresh(session)
        raise NOT_SIGNED_ON()

    def fresh(self, session: Session | None) -> Session:
        """Return a session that is still good; for ``tellertui call`` this counts as activity.

        Raises:
            Refusal: ``not-signed-on`` without a session, after its end, or past a limit.
        """
        if session is None or session.ended:
            raise NOT_SIGNED_ON()
        self._limit(session)
        if session.ended:
            raise NOT_SIGNED_ON()
        if session.machine:
            self.touch(session)
        return session

    def touch(self, session: Session) -> None:
        """Count this moment as activity: somebody is at the terminal."""
        session.last = self._clock.boot()

    def sweep(self) -> None:
        """End sessions whose idle or absolute limit has passed."""
        for session in self:
            self._limit(session)
            if session.second is not None and session.second.until < self._clock.boot():
                self.dismiss(session)

    def _limit(self, session: Session) -> None:
        now, settings = self._clock.boot(), self._settings
        idle = settings.machine_idle_s if session.machine else settings.idle_lock_s
        absolute = settings.machine_absolute_s if session.machine else settings.absolute_s
        if now - session.started > absolute:
            self.end(session, "expired")
        elif now - session.last > idle:
            self.end(session, "idle")

    def end_all(self, cause: str) -> None:
        """End every session: the host stops."""
        for session in self:
            self.end(session, cause)
