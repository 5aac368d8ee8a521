"""Calls for help that nobody answers in time: all staff terminals are told, not the lobby desk alone."""

import asyncio
from uuid import UUID

from tellertui.host.push import Board
from tellertui.store.handlers import answer_of
from tellertui.store.store import Store
from tellertui.workflows.reception.api import HELP, HelpCalls


class Escalation:
    """Remembers which calls staff have been told of; what they see they read themselves."""

    def __init__(self, store: Store, board: Board) -> None:
        self._store = store
        self._board = board
        self._told: set[UUID] = set()

    async def look(self) -> None:
        """Tell of every call that has become too old since the last look."""
        answer = answer_of(HelpCalls)
        calls = await asyncio.wrap_future(self._store.read(lambda reads: answer(reads, HelpCalls())))
        late = {call.id for call in calls}
        if late - self._told:
            self._board.publish({HELP: self._store.writer.committed.seq})
        self._told = late
