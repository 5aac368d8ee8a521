"""Scheduled work of a host: acts as ``system``, holds no class secret, in chunks behind the commands."""

import asyncio
from collections.abc import Callable
from typing import Any

from sqlalchemy import bindparam, delete
from sqlmodel import col

from tellertui.host.dispatch import Dispatcher
from tellertui.host.escalation import Escalation
from tellertui.host.events import AccessRefused
from tellertui.host.panels import Panels
from tellertui.host.push import Board
from tellertui.host.running import post
from tellertui.host.sessions import Sessions
from tellertui.store.repeats import KEPT
from tellertui.store.rows import Statement
from tellertui.store.store import Store
from tellertui.store.tables import Command
from tellertui.store.work import Work
from tellertui.workflows.reception.phones import DropPhones
from tellertui.workflows.today.api import DropExpired

EVERY_S = 60
LOOK_S = 1
SWEEP_S = 5
PURGE = Statement(delete(Command).where(col(Command.at) < bindparam("before")))


class Jobs:
    """What runs by itself: idle sessions, refused attempts, old command ids and drafts, the anchor."""

    def __init__(
        self,
        store: Store,
        sessions: Sessions,
        dispatcher: Dispatcher,
        board: Board,
        panels: Panels,
    ) -> None:
        self._store = store
        self._sessions = sessions
        self._dispatcher = dispatcher
        self.escalation = Escalation(store, board)
        self._panels = panels

    async def run(self) -> None:
        """Run until cancelled."""
        elapsed = 0
        while True:
            await asyncio.sleep(LOOK_S)
            await self.escalation.look()
            await self._panels.look()
            elapsed += LOOK_S
            if elapsed % SWEEP_S == 0:
                self._sessions.sweep()
            if elapsed >= EVERY_S:
                elapsed = 0
                self.each_minute()
                await asyncio.to_thread(self._store.anchor)

    def each_minute(self) -> None:
        """Do what is due once a minute."""
        self.flush_refusals()
        post(self._store, self._purge)

    def flush_refusals(self) -> None:
        """Leave one entry per caller, method and code refused since the last time."""
        for actor, method, code, times in self._dispatcher.refusals.drain():
            post(self._store, _refused(method, code, times), actor)

    def _purge(self, work: Work) -> None:
        work.sweep(PURGE, before=work.now - KEPT)
        work.do(DropExpired())
        work.do(DropPhones())


def _refused(method: str, code: str, times: int) -> Callable[[Work], Any]:
    return lambda work: work.record(AccessRefused(method, code, times))
