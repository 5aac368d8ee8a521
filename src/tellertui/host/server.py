"""WebSocket connections on the listeners: one reader and one sender each, all bounded."""

import asyncio
import socket
from collections import Counter
from contextlib import suppress

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from tellertui.core.credentials import credentials
from tellertui.core.role import Listener
from tellertui.core.wire import PRE_SESSION_LIMIT, SESSION_LIMIT
from tellertui.host.dispatch import Dispatcher
from tellertui.host.methods import HostMethods
from tellertui.host.peer import NOBODY, Peer
from tellertui.host.push import Board, Sender
from tellertui.host.sessions import Session, Sessions

PER_UID = 8
"""Connections of one account under profile ``branch``."""
SHARED = 64
"""Connections of one account under profile ``desk``, where everybody shares one."""
OPENING = 64
"""Connections of one account that may exist beyond those, to be told that they are too many."""
UNATTENDED = frozenset({Listener.COURIER, Listener.ADMIN})
DEPTH = 32
HELLO_S = 10
POLICY, TOO_MANY = 1008, 1013


class Connections:
    """Every open connection of a host."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        methods: HostMethods,
        sessions: Sessions,
        board: Board,
        *,
        per_uid: int = PER_UID,
    ) -> None:
        self.peers: dict[int, Peer] = {}
        self._dispatcher = dispatcher
        self._methods = methods
        self._sessions = sessions
        self._board = board
        self._per_uid = per_uid
        self._count: Counter[tuple[Listener, int]] = Counter()
        self._held: Counter[tuple[Listener, int]] = Counter()

    def by_nonce(self, nonce: bytes, uid: int) -> Peer | None:
        """Return the terminal's connection that announced a nonce, if it is of the same account."""
        if not nonce:
            return None
        staff = (peer for peer in self.peers.values() if peer.listener is Listener.STAFF)
        return next((peer for peer in staff if peer.uid == uid and peer.announced(nonce)), None)

    async def open(self, listener: Listener, bound: socket.socket) -> Server:
        """Serve one listener."""
        return await serve(
            lambda connection: self._attend(listener, connection),
            sock=bound,
            unix=True,
            create_connection=_bounded(self._held, listener, self._per_uid + OPENING),
            compression=None,
            ping_interval=None,
            max_size=PRE_SESSION_LIMIT,
            max_queue=DEPTH,
            open_timeout=HELLO_S,
            close_timeout=1,
        )

    async def _attend(self, listener: Listener, connection: ServerConnection) -> None:
        pid, uid = credentials(connection.transport.get_extra_info("socket"))
        key = (listener, uid)
        if uid == NOBODY or self._count[key] >= self._per_uid:
            await connection.close(TOO_MANY if uid != NOBODY else POLICY)
            return
        peer = Peer(listener, uid, pid)
        self._count[key] += 1
        self.peers[id(peer)] = peer
        sender = Sender(
            lambda frame: _write(connection, frame),
            lambda frame: connection.send(frame, text=True),
            lambda: _abort(connection),
        )
        self._methods.senders[id(peer)] = sender
        sending = asyncio.create_task(_send_all(sender))
        try:
            with suppress(ConnectionClosed, TimeoutError):
                await self._converse(peer, connection, sender)
        finally:
            sending.cancel()
            self._count[key] -= 1
            self._forget(peer, sender)

    async def _converse(self, peer: Peer, connection: ServerConnection, sender: Sender) -> None:
        async with asyncio.timeout(HELLO_S) as patience:
            async for message in connection:
                frame = message.encode() if isinstance(message, str) else b""
                if not await sender.answer(await self._dispatcher.handle(peer, frame)):
                    break
                if peer.greeted:
                    patience.reschedule(None)
                    # Nobody signs on at the courier's and the operator's listeners; files pass through them.
                    known = peer.session or peer.listener in UNATTENDED
                    connection.protocol.max_message_size = SESSION_LIMIT if known else PRE_SESSION_LIMIT
        await connection.close(POLICY)

    def quiet(self, session: Session) -> None:
        """Tell the connections of a session that ended of nothing more."""
        for peer in self.peers.values():
            if peer.session is session and (sender := self._methods.senders.get(id(peer))) is not None:
                self._board.forget(sender)
                peer.watching.clear()

    def _forget(self, peer: Peer, sender: Sender) -> None:
        self._board.forget(sender)
        self._methods.senders.pop(id(peer), None)
        self.peers.pop(id(peer), None)
        if peer.session is not None and not peer.session.machine:
            self._sessions.end(peer.session, "closed")


def _bounded(held: Counter[tuple[Listener, int]], listener: Listener, most: int) -> type[ServerConnection]:
    """Return a kind of connection that is cut at once when its account holds too many, greeted or not."""

    class Bounded(ServerConnection):
        key = (listener, NOBODY)

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(transport)
            self.key = (listener, credentials(transport.get_extra_info("socket"))[1])
            held[self.key] += 1
            if held[self.key] > most:
                self.transport.abort()

        def connection_lost(self, exc: Exception | None) -> None:
            held[self.key] -= 1
            super().connection_lost(exc)

    return Bounded


def _write(connection: ServerConnection, frame: bytes) -> bool:
    if connection.state is not State.OPEN or connection.transport.get_write_buffer_size():
        return False
    connection.protocol.send_text(frame)
    connection.send_data()
    return True


async def _send_all(sender: Sender) -> None:
    with suppress(ConnectionClosed):
        await sender.run()


async def _abort(connection: ServerConnection) -> None:
    connection.transport.abort()
