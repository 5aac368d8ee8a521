"""The requests that the host answers itself: greeting, watching, sessions, the clock."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Any

import tellertui
from tellertui.branch.records import Branch, Terminal
from tellertui.core.clock import SECOND, SystemClock, rfc3339
from tellertui.core.command import Command
from tellertui.core.refusal import NOT_PERMITTED
from tellertui.core.role import Listener
from tellertui.core.topic import spec_of
from tellertui.core.wire import PROTOCOL
from tellertui.host import api
from tellertui.host.events import SessionStarted
from tellertui.host.peer import Peer
from tellertui.host.push import Board, Sender
from tellertui.host.running import carry
from tellertui.host.sessions import Session, Sessions
from tellertui.settings import Settings
from tellertui.store.rows import Reads
from tellertui.store.store import Store

Method = Callable[[Peer, Any], Awaitable[Any]]

CLOCK_END = 4_102_444_800_000
"""2100-01-01 UTC, up to which a clock can be moved."""
WATCHED = 64
"""Topics that one connection may watch."""


class HostMethods:
    """Answers of the host, by command."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        sessions: Sessions,
        board: Board,
        stop: Callable[[], None],
        connections: Callable[[], int],
    ) -> None:
        self._store = store
        self._settings = settings
        self._sessions = sessions
        self._board = board
        self._stop = stop
        self._connections = connections
        self.senders: dict[int, Sender] = {}
        """The sender of each peer that can be told of changes, by the peer's identity."""

    def table(self) -> dict[type[Command[Any]], Method]:
        """Return what answers which command."""
        return {
            api.Hello: self.hello,
            api.Watch: self.watch,
            api.Unwatch: self.unwatch,
            api.ShowSession: self.show_session,
            api.KeepForScripts: self.keep_for_scripts,
            api.SignOff: self.sign_off,
            api.Touch: self.touch,
            api.ExpectSecond: self.expect_second,
            api.AdvanceClock: self.advance_clock,
            api.ShowHost: self.show_host,
            api.StopHost: self.stop,
        }

    async def hello(self, peer: Peer, command: api.Hello) -> api.Welcome:
        """Greet a connection: check its terminal, remember its nonce, take up a machine session.

        A terminal greets again for every passphrase; with a session on it only the nonce is taken anew.
        """
        if command.protocol > PROTOCOL:
            raise api.NEWER_CLIENT()
        signed_on = peer.session is not None and not peer.session.ended
        if signed_on and (command.session is not None or command.terminal != peer.terminal):
            raise NOT_PERMITTED(method="hello")
        branch, terminal = await self._read(lambda reads: _branch_and_terminal(reads, command.terminal))
        self._check_terminal(peer, command.terminal, terminal)
        peer.terminal = command.terminal
        peer.nonce = bytes.fromhex(command.nonce) if command.nonce else b""
        peer.greeted = True
        if command.session is not None and peer.listener is Listener.STAFF:
            peer.session = self._sessions.by_value(command.session, peer.uid)
        return api.Welcome(
            protocol=PROTOCOL,
            build=tellertui.__version__,
            store=str(self._store.identity.store),
            branch=branch.code if branch else "",
            name=branch.name if branch else "",
            now=self._store.now(),
            time_zone=self._settings.time_zone,
            profile=self._settings.profile,
            environment=self._settings.environment,
            red=self._store.writer.red,
        )

    async def watch(self, peer: Peer, command: api.Watch) -> api.Done:
        """Tell this connection of a topic from now on."""
        sender, spec = self.senders.get(id(peer)), spec_of(command.topic)
        if sender is None or spec is None or peer.listener not in spec.listeners:
            raise api.UNKNOWN_TOPIC()
        if peer.listener is Listener.STAFF and not self._sessions.fresh(peer.session).roles & spec.roles:
            raise api.UNKNOWN_TOPIC()
        if len(peer.watching | {command.topic}) > WATCHED:
            raise api.UNKNOWN_TOPIC()
        peer.watching.add(command.topic)
        self._board.watch(command.topic, sender)
        return api.Done()

    async def unwatch(self, peer: Peer, command: api.Unwatch) -> api.Done:
        """Tell this connection of a topic no more."""
        if (sender := self.senders.get(id(peer))) is not None:
            self._board.unwatch(command.topic, sender)
            peer.watching.discard(command.topic)
        return api.Done()

    async def show_session(self, peer: Peer, command: api.ShowSession) -> api.SessionView:
        """Say who is signed on."""
        session = self._sessions.fresh(peer.session)
        return api.SessionView(
            staff=session.staff, roles=sorted(session.roles), expires=self._expires(session)
        )

    async def keep_for_scripts(self, peer: Peer, command: api.KeepForScripts) -> api.MachineSession:
        """Hand out the value of this session; from now on it does not end with the connection."""
        session = self._sessions.fresh(peer.session)
        if session.machine:
            raise NOT_PERMITTED(method="session.machine")
        event = SessionStarted(session.staff, 1)
        await carry(self._store, lambda work: work.record(event, session.person), session.actor)
        value = self._sessions.machine_value(session)
        return api.MachineSession(session=value, roles=sorted(session.roles), expires=self._expires(session))

    async def sign_off(self, peer: Peer, command: api.SignOff) -> api.Done:
        """End this session."""
        self._sessions.end(self._sessions.fresh(peer.session), "sign-off")
        peer.session = None
        return api.Done()

    async def touch(self, peer: Peer, command: api.Touch) -> api.Done:
        """Keep this session awake."""
        self._sessions.touch(self._sessions.fresh(peer.session))
        return api.Done()

    async def expect_second(self, peer: Peer, command: api.ExpectSecond) -> api.Done:
        """Wait for a second person's passphrase at this terminal."""
        session = self._sessions.fresh(peer.session)
        self._sessions.expect(session, bytes.fromhex(command.nonce), command.command)
        return api.Done()

    async def advance_clock(self, peer: Peer, command: api.AdvanceClock) -> api.ClockView:
        """Move the clock of a demo or test store; sessions, delays and waits see that time pass."""
        clock = self._store.clock
        if self._settings.environment == "production" or not isinstance(clock, SystemClock):
            raise api.NO_CLOCK()
        if peer.listener is Listener.STAFF:
            self._sessions.fresh(peer.session)
        if clock.now() + command.seconds * SECOND > CLOCK_END:
            raise api.BEYOND_CALENDAR()
        clock.advance(command.seconds)
        return api.ClockView(now=rfc3339(clock.now()))

    async def show_host(self, peer: Peer, command: api.ShowHost) -> api.HostView:
        """Say how the host is."""
        if peer.listener is Listener.STAFF:
            self._sessions.fresh(peer.session)
        head = self._store.writer.committed
        return api.HostView(
            pid=os.getpid(),
            build=tellertui.__version__,
            connections=self._connections(),
            sessions=len(list(self._sessions)),
            waiting=self._store.writer.waiting,
            entries=head.seq,
            head=head.hash.hex(),
            red=self._store.writer.red,
        )

    async def stop(self, peer: Peer, command: api.StopHost) -> api.Done:
        """Stop after what waits is done."""
        self._stop()
        return api.Done()

    def _check_terminal(self, peer: Peer, code: str, terminal: Terminal | None) -> None:
        """Accept a terminal id only from the accounts registered for it."""
        if not code:
            return
        if terminal is None or terminal.state != "active":
            raise api.TERMINAL_REFUSED()
        uids = {int(uid) for uid in terminal.uids.split()} or {self._settings.host_uid}
        if peer.uid not in uids:
            raise api.TERMINAL_REFUSED()

    async def _read(self, body: Callable[[Reads], Any]) -> Any:
        return await asyncio.wrap_future(self._store.read(body))

    def _expires(self, session: Session) -> str:
        settings = self._settings
        longest = settings.machine_absolute_s if session.machine else settings.absolute_s
        left = session.started + longest - self._store.clock.boot()
        return rfc3339(self._store.clock.now() + round(left) * SECOND)


def _branch_and_terminal(reads: Reads, code: str) -> tuple[Branch | None, Terminal | None]:
    branch = next(iter(reads.every(Branch)), None)
    return branch, reads.get(Terminal, code) if code else None
