"""The branch host: the one process that opens the store and ever holds a data key."""

import asyncio
import gc
import logging
import signal
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from tellertui.branch.grants import Grants
from tellertui.branch.opening import open_branch
from tellertui.core.clock import Clock
from tellertui.core.ids import Ids
from tellertui.core.role import Listener
from tellertui.core.tables import lay
from tellertui.host.access import Access
from tellertui.host.auditing import Auditing
from tellertui.host.dispatch import Dispatcher, actor_of
from tellertui.host.jobs import Jobs
from tellertui.host.listeners import allow_connections, listen, runtime
from tellertui.host.methods import HostMethods
from tellertui.host.panels import Panels
from tellertui.host.peer import Peer
from tellertui.host.push import Board
from tellertui.host.recovery import recover
from tellertui.host.server import PER_UID, SHARED, Connections
from tellertui.host.services import load_services
from tellertui.host.sessions import Session, Sessions
from tellertui.host.signon import PLACES, SignOnDesk
from tellertui.host.syncing import Syncing
from tellertui.settings import Settings, socket_path
from tellertui.store.journal import Plain, decode_plain
from tellertui.store.schema import SchemaObject
from tellertui.store.store import Store, settle_here
from tellertui.store.writer import Outcome, Task
from tellertui.vault.host import HostSecret
from tellertui.vault.stretch import Cost

log = logging.getLogger(__name__)

NOISY = ("websockets", "websockets.server", "websockets.client", "asyncio")
"""Loggers that would print frames at DEBUG; a passphrase or a name must never stand in a log."""

SOCKETS = (Listener.STAFF, Listener.LOBBY, Listener.COURIER, Listener.ADMIN)
ALONE_S = 60
SIGN_ONS = 4
"""Sign-ons of one account at a time under profile ``branch``; under ``desk`` everybody shares one."""


class Host:
    """An open branch: store, sessions, dispatch and push; with or without sockets."""

    def __init__(
        self,
        directory: Path,
        settings: Settings,
        secret: HostSecret,
        clock: Clock,
        ids: Ids,
        *,
        extra: frozenset[SchemaObject] = frozenset(),
    ) -> None:
        """Open the store as ``open_branch`` does; the caller holds its lock.

        Raises:
            Refusal: the store, its file or its host secret is not right.
        """
        load_services()
        quiet()
        self.directory = directory
        self.settings = settings
        opened = open_branch(directory, settings, secret, clock, ids, extra=extra)
        self.store: Store = opened.store
        self.board = Board()
        self.sessions = Sessions(clock, settings, self._session_ended)
        self.dispatcher = Dispatcher(self.store, self.sessions, settings.lobby_rate)
        self.stopping = asyncio.Event()
        self.methods = HostMethods(
            self.store,
            settings,
            self.sessions,
            self.board,
            self.stopping.set,
            lambda: len(self.connections.peers),
        )
        self.auditing = Auditing(self.store, self.stopping)
        self.syncing = Syncing(self.store, self.board, lambda peer: actor_of(peer, peer.session), self._peers)
        self.dispatcher.methods = self.methods.table() | self.auditing.table() | self.syncing.table()
        per_uid = PER_UID if settings.profile == "branch" else SHARED
        self.connections = Connections(
            self.dispatcher, self.methods, self.sessions, self.board, per_uid=per_uid
        )
        self.access = self._access(secret, opened.grants)
        self.panels = Panels(self.store, self.board, self._peers)
        self.jobs = Jobs(self.store, self.sessions, self.dispatcher, self.board, self.panels)
        self._loop = asyncio.get_running_loop()
        self.store.settle = self._hop
        self.store.journal.granted = self._granted
        self.store.start()

    def _access(self, secret: HostSecret, grants: Grants) -> Access:
        cost = Cost(self.settings.argon_memory_kib, self.settings.argon_passes, 1)
        by_nonce, refusals = self.connections.by_nonce, self.dispatcher.refusals
        return Access(self.store, secret, grants, self.sessions, by_nonce, cost, refusals)

    def _peers(self) -> list[Peer]:
        return [*self.connections.peers.values()]

    async def recover(self) -> None:
        """Take up what the last run left: copies, delays of sign-on, sessions that a crash cut off."""
        await asyncio.to_thread(self.auditing.clear)
        await asyncio.to_thread(recover, self.store, self.access.guard)
        await self.syncing.line.begin()
        # Loaded by the first telephone number otherwise, while every command waits for it.
        await asyncio.to_thread(import_module, "phonenumbers")

    async def close(self) -> None:
        """End every session, write what is still to be written and close the store."""
        self.jobs.flush_refusals()
        self.sessions.end_all("stop")
        await asyncio.to_thread(self.store.close)
        lay({})

    async def serve(self, *, alone_stops: bool = False) -> None:
        """Serve the sockets until stopped by a signal, an operator or, if asked, sixty seconds alone.

        Raises:
            ExceptionGroup: a part of the host failed; the rest stopped in order, to be started anew.
        """
        # What is loaded now stays: a full collection that walks over it stops every command for that long.
        gc.freeze()
        allow_connections()
        for number in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(number, self.stopping.set)
        places = SIGN_ONS if self.settings.profile == "branch" else PLACES
        desk = SignOnDesk(self.access.salt_of, self.access.judge, per_uid=places)
        async with AsyncExitStack() as stack:
            stack.enter_context(runtime(self.settings, self.directory))
            bound = {
                listener: stack.enter_context(listen(self.settings, self.directory, listener))
                for listener in (*SOCKETS, Listener.SIGNON)
            }
            for listener in SOCKETS:
                await stack.enter_async_context(await self.connections.open(listener, bound[listener]))
            for listener in bound:
                path = socket_path(self.settings, self.directory, listener)
                stack.callback(path.unlink, missing_ok=True)
            work = [desk.serve(bound[Listener.SIGNON]), self.jobs.run()]
            if alone_stops:
                work.append(self._stop_when_alone())
            await self._work_until_stopped(work)

    async def _work_until_stopped(self, work: list[Coroutine[Any, Any, None]]) -> None:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(each) for each in work]
            await self.stopping.wait()
            for task in tasks:
                task.cancel()

    def _hop(self, results: list[tuple[Task, Outcome]]) -> None:
        """Settle a group in the loop: one hop for all of it."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._settle, results)

    def _settle(self, results: list[tuple[Task, Outcome]]) -> None:
        newest: dict[str, int] = {}
        settle_here(results)
        for _, outcome in results:
            newest.update(dict.fromkeys(outcome.notices, outcome.seq))
        self.board.publish(newest)

    def _granted(self, seq: int, plain: bytes) -> None:
        """Follow a committed grant: rights change at once, sessions of that person end."""
        self._loop.call_soon_threadsafe(self._follow, seq, decode_plain(plain))

    def _follow(self, seq: int, plain: Plain) -> None:
        self.access.grants.apply(seq, plain)
        for session in self.sessions:
            grant = self.access.grants.people.get(session.person)
            if grant is None or grant.roles != session.roles:
                self.sessions.end(session, "revoked")

    def _session_ended(self, session: Session) -> None:
        self.connections.quiet(session)
        self.panels.ended(session)
        self.access.ended(session)

    async def _stop_when_alone(self) -> None:
        lonely = 0
        while lonely < ALONE_S:
            await asyncio.sleep(1)
            lonely = 0 if self.connections.peers or any(s.machine for s in self.sessions) else lonely + 1
        self.stopping.set()


def quiet() -> None:
    """Keep loggers that print frames above DEBUG, whatever the root logger is set to."""
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
