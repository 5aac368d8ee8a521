"""The host's part in sync: which command does what on the line, and who hears of it."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec

from tellertui.branch.records import Branch
from tellertui.core.command import Command
from tellertui.core.role import Listener
from tellertui.host.methods import Method
from tellertui.host.peer import Peer
from tellertui.host.push import Board
from tellertui.host.running import carry
from tellertui.store.actor import Actor
from tellertui.store.store import Store
from tellertui.store.work import Work
from tellertui.sync import api, codes
from tellertui.sync.line import Line
from tellertui.sync.marks import asked, head_office
from tellertui.sync.show import sync_view, with_sent

T = TypeVar("T")


class Syncing:
    """Answers the courier and those who look after the line."""

    def __init__(
        self,
        store: Store,
        board: Board,
        actor_of: Callable[[Peer], Actor],
        peers: Callable[[], Iterable[Peer]],
    ) -> None:
        self._store = store
        self._board = board
        self._actor_of = actor_of
        self._peers = peers
        self._courier: Peer | None = None
        self.line = Line(store, self._carry)
        self.line.moved = self._tell

    def table(self) -> dict[type[Command[Any]], Method]:
        """Return what answers which command."""
        return {
            api.NextExchange: self.next,
            api.Answered: self.answered,
            api.ExchangeFailed: self.failed,
            api.ShowSync: self.show,
            api.SendNow: self.push,
            api.AskEnrolment: self.enrol,
            api.Export: self.export,
            api.TakeIn: self.take_in,
        }

    async def next(self, peer: Peer, command: api.NextExchange) -> api.Exchange:
        """Hand the courier what is to be carried.

        Raises:
            Refusal: ``other-courier``, one carries already.
        """
        attends = self._courier
        if attends is not None and attends is not peer and any(each is attends for each in self._peers()):
            raise api.OTHER_COURIER(pid=attends.pid)
        self._courier = peer
        return await self.line.next()

    async def answered(self, peer: Peer, command: api.Answered) -> api.Done:
        """Take what head office answered."""
        await self.line.answered(command.id, command.body)
        self._tell()
        return api.Done()

    async def failed(self, peer: Peer, command: api.ExchangeFailed) -> api.Done:
        """Note that nothing was answered."""
        await self.line.failed(command.id, command.code, command.retry_after_s)
        self._tell()
        return api.Done()

    async def show(self, peer: Peer, command: api.ShowSync) -> api.SyncView:
        """Show where the branch stands."""
        return await self._view()

    async def push(self, peer: Peer, command: api.SendNow) -> api.Done:
        """Send at once."""
        await self.line.push()
        return api.Done()

    async def enrol(self, peer: Peer, command: api.AskEnrolment) -> api.SyncView:
        """Begin an enrolment; the courier does the rest.

        Raises:
            Refusal: ``bad-url``, ``bad-enrol-code``, ``standalone``, ``enrolled``.
        """
        if not command.url.startswith(("https://", "file:")):
            raise api.BAD_URL()
        codes.digest(command.code)

        def body(work: Work) -> None:
            (branch,) = work.every(Branch)
            if branch.standalone:
                raise api.STANDALONE()
            office = head_office(work)
            if office is not None and office.state == "enrolled":
                raise api.ENROLLED()
            asked(work, command.url.rstrip("/"), command.code)

        await carry(self._store, body, self._actor_of(peer))
        self.line.forget()
        self._tell()
        return await self._view()

    async def export(self, peer: Peer, command: api.Export) -> api.FileView | None:
        """Hand out the next message as a file."""
        return await self.line.export(command.first)

    async def take_in(self, peer: Peer, command: api.TakeIn) -> api.Done:
        """Take a file in."""
        await self.line.take_in(command.body)
        return api.Done()

    async def _view(self) -> api.SyncView:
        view = await asyncio.wrap_future(self._store.read(sync_view))
        attended = any(peer.listener is Listener.COURIER for peer in self._peers())
        batches = with_sent(view.batches, self.line.flying)
        return msgspec.structs.replace(view, courier=attended, batches=batches)

    async def _carry(self, body: Callable[[Work], T]) -> T:
        return await carry(self._store, body)

    def _tell(self) -> None:
        self._board.publish({api.SYNC: self._store.writer.committed.seq})
