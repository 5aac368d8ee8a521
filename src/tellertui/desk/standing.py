"""The line to head office on the status line of those who may know how it is."""

from collections.abc import Callable
from contextlib import suppress

from tellertui.client import Client
from tellertui.core.refusal import Refusal
from tellertui.sync.api import SYNC, ShowSync, SyncView
from tellertui.sync.screens.sync_rows import line_of
from tellertui.ui.chrome import Line
from tellertui.ui.look import Look


class Standing:
    """Asks how the line is whenever that may have changed; what has grown old is no line that is up."""

    def __init__(self, client: Client, show: Callable[[Line | None], object]) -> None:
        self._client = client
        self._show = show
        self._view: SyncView | None = None
        self._shown: Line | None = None
        self._watched = False

    async def follow(self, changed: Callable[[int], object]) -> None:
        """Be told from now on, and once at once."""
        if not self._watched:
            self._watched = True
            with suppress(Refusal):
                await self._client.watch(SYNC, changed)
        changed(0)

    def forget(self) -> None:
        """Nobody sits here any more."""
        self._view = self._shown = None
        self._watched = False

    async def look(self, look: Look) -> None:
        """Ask how the line is; an answer that comes when nobody sits here any more is dropped."""
        with suppress(Refusal):
            view = await self._client.do(ShowSync())
            self._view = view if self._watched else None
        self.tick(look)

    def tick(self, look: Look) -> None:
        """Show the line where it is another than before."""
        line = line_of(self._view, self._client.now(), look) if self._view is not None else None
        if line != self._shown:
            self._shown = line
            self._show(line)
