"""The now-serving board of the lobby: it shows and says calls, and no key does anything."""

from collections.abc import Awaitable, Callable
from typing import ClassVar, Protocol

from textual import on
from textual.content import Content
from textual.events import Unmount

from tellertui.branch.api import BRANCH, Lobby, LobbyView
from tellertui.client import Client
from tellertui.core.clock import MINUTE
from tellertui.public.base import PublicApp
from tellertui.ui.incidents import Incidents
from tellertui.ui.look import Look
from tellertui.workflows.reception.api import Board as AskBoard
from tellertui.workflows.reception.screens.board_rows import Board, board_rows
from tellertui.workflows.reception.views import BoardCall, BoardView

BLINKS = 3
BLINK_S = 0.5
"""Half of a blink: slower than what can harm (three flashes a second)."""

Key = tuple[str, int]
"""A call: the number, and when it was called, which every recall changes."""


class Speaker(Protocol):
    """What says a call; see ``devices.voice.Voice``."""

    def call(self, number: str, counter: str, language: str, branch: str) -> None:
        """Queue a call without waiting."""

    async def close(self) -> None:
        """Be silent at once."""


class BoardApp(PublicApp, inherit_bindings=False):
    """The board; what it has shown stays while the host is away."""

    TOPICS: ClassVar[tuple[str, ...]] = ("board",)

    def __init__(
        self,
        client: Client,
        connect: Callable[[], Awaitable[object]],
        *,
        incidents: Incidents,
        language: str = "en",
        voice: Speaker | None = None,
    ) -> None:
        """Make a board; see ``PublicApp``.

        Args:
            client: on the lobby's listener.
            connect: finds the host and greets it.
            incidents: where errors are written down.
            language: spoken until the branch has said which is its own.
            voice: says every call; None where the lobby hears nothing.
        """
        super().__init__(client, connect, incidents=incidents, language=language)
        self.lobby: LobbyView | None = None
        self.view: BoardView | None = None
        self.voice = voice
        self._known: set[Key] | None = None
        """Calls that have been announced; None until the first view has come."""
        self._blinking: dict[str, int] = {}
        """Half blinks that are left of each number, the odd ones lit."""
        self._lobby_asked = -1
        """The minute in which the branch itself was asked."""
        self._painted = -1
        """The minute that the clock shows."""

    def draw(self, look: Look) -> list[Content]:
        """Return the board as it is now."""
        now = self.client.now()
        self._painted = now // MINUTE
        lit = frozenset(number for number, left in self._blinking.items() if left % 2)
        return board_rows(Board(self.lobby, self.view, now, self.away, lit), look)

    async def reload(self) -> None:
        """Ask for the board; the branch itself is asked again only every minute and after a loss."""
        self.view = await self.ask(AskBoard())
        minute = self.client.now() // MINUTE
        if self.lobby is None or minute != self._lobby_asked:
            self._lobby_asked = minute
            self.lobby = await self.ask(Lobby())
            self.language = self.lobby.language
        self._announce(self.view.calls)

    def tick(self) -> None:
        """Move the clock on, and the lowest rows with it."""
        super().tick()
        if self.client.now() // MINUTE != self._painted:
            self.repaint()

    def start_again(self) -> None:
        """Forget what could not be drawn; the next view is drawn again."""
        self.view = self.lobby = None

    def _noticed(self, topic: str, seq: int) -> None:
        if topic == BRANCH:
            self._lobby_asked = -1
        super()._noticed(topic, seq)

    @on(Unmount)
    async def fall_silent(self) -> None:
        """Leave no program behind."""
        if self.voice is not None:
            await self.voice.close()

    def _announce(self, calls: list[BoardCall]) -> None:
        """Say and show what is new, the newest last; what a board finds when it starts was called before."""
        keys = {(call.number, call.at) for call in calls}
        known, self._known = self._known, keys
        if known is None:
            return
        fresh = [call for call in reversed(calls) if (call.number, call.at) not in known]
        for call in fresh:
            if self.voice is not None and self.lobby is not None:
                self.voice.call(call.number, call.counter, call.language, self.lobby.language)
        if fresh:
            idle = not self._blinking
            self._blinking |= {call.number: 2 * BLINKS - 1 for call in fresh}
            if idle:
                self.set_timer(BLINK_S, self._blink)

    def _blink(self) -> None:
        self._blinking = {number: left - 1 for number, left in self._blinking.items() if left > 1}
        self.repaint()
        if self._blinking:
            self.set_timer(BLINK_S, self._blink)
