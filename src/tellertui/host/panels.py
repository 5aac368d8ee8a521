"""The host's part in pages at customer panels: which panels are on, and that no page outlives its reason."""

import asyncio
from collections.abc import Callable

from tellertui.core.role import Listener
from tellertui.host.peer import Peer
from tellertui.host.push import Board
from tellertui.host.sessions import Session
from tellertui.store.rows import Reads
from tellertui.store.store import Store
from tellertui.workflows.reception.service.pages import Pages, standing, topic_of


class Panels:
    """Ends pages with the session that showed them, when their time is over, when their ticket has gone."""

    def __init__(self, store: Store, board: Board, peers: Callable[[], list[Peer]]) -> None:
        self._store = store
        self._board = board
        self._peers = peers
        self._pages = store.memory.of(Pages)
        self._pages.panels = self._watching

    def _watching(self, topic: str) -> set[str]:
        """Return the registered names of the lobby's terminals that watch a topic."""
        lobby = (peer for peer in self._peers() if peer.listener is Listener.LOBBY)
        return {peer.terminal for peer in lobby if topic in peer.watching}

    def ended(self, session: Session) -> None:
        """Wipe the pages of a session that has ended: signed off, locked, lost, signed on elsewhere."""
        for page in self._pages.every():
            if page.session == session.id.bytes:
                self._pages.drop(page)
                self._tell(page.counter)

    async def look(self) -> None:
        """Wipe what does not stand any more."""
        if self._pages:
            for counter in await asyncio.wrap_future(self._store.read(self._gone)):
                self._tell(counter)

    def _gone(self, reads: Reads) -> list[str]:
        return [page.counter for page in self._pages.every() if standing(reads, page) is None]

    def _tell(self, counter: str) -> None:
        self._board.publish({topic_of(counter): self._store.writer.committed.seq})
