"""A terminal that stands in the lobby by itself: one canvas, no sign-on, no way out by its keys.

It reaches the host by itself and again after every loss, but never starts one. What goes wrong is written
down as an incident, and the terminal is at its first page again.
"""

import asyncio
import gc
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any, ClassVar, TypeVar, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.events import Event, Key, MouseUp, Ready, Resize, Unmount
from textual.screen import Screen

from tellertui.branch.api import BRANCH
from tellertui.client import Client
from tellertui.core.command import Command
from tellertui.core.refusal import N_, UNREACHABLE_HOST, Refusal
from tellertui.host.api import TERMINAL_REFUSED
from tellertui.ui.canvas import Canvas
from tellertui.ui.incidents import Incidents
from tellertui.ui.leaving import WATCH_S, Leaving
from tellertui.ui.look import LEAST, UTC, Look
from tellertui.ui.pump import KeyPump
from tellertui.ui.quiet import QuietApp
from tellertui.ui.text import line, wrap
from tellertui.ui.theme import CONTRAST, DARK, THEMES

A = TypeVar("A")

TICK_S = 1.0
RELOAD_S = 60.0
"""Without a notice the branch is asked again after this long: waits change by themselves."""
RETRY_S = 1.0
"""Pause between two attempts to reach a host for the first time."""
FAILED = N_("Something went wrong at this terminal; incident {incident}.")
ASK_STAFF = N_("Please ask our staff.")


class Stage(Screen[None], inherit_bindings=False):
    """The one screen; each key decides at once, so a scan must be told from it."""

    ALLOW_SELECT = False
    one_key = True

    def compose(self) -> ComposeResult:
        """Lay one canvas."""
        yield Canvas(id="stage")


class PublicApp(QuietApp, inherit_bindings=False):
    """A terminal of the lobby; what it shows is what ``draw`` returns."""

    TITLE = "tellertui"
    TOPICS: ClassVar[tuple[str, ...]] = ()
    """What is watched; a notice of any of them, or of the branch, reloads."""
    SMALLEST: ClassVar[tuple[int, int]] = LEAST
    """The smallest window that ``draw`` is asked for."""

    def __init__(
        self,
        client: Client,
        connect: Callable[[], Awaitable[object]],
        *,
        incidents: Incidents,
        language: str = "en",
    ) -> None:
        """Make a terminal of the lobby.

        Args:
            client: on the lobby's listener, not connected yet.
            connect: finds the host and greets it; tried again until it succeeds.
            incidents: where errors are written down.
            language: spoken until the branch has said which is its own.
        """
        super().__init__()
        for known in THEMES:
            self.register_theme(known)
        self.theme = CONTRAST.name if self.no_color else DARK.name
        self.client = client
        self.incidents = incidents
        self.language = language
        self.zone: ZoneInfo = UTC
        self.away: int | None = client.now()
        """Since when the host does not answer; None while it does."""
        self.refused: Refusal | None = None
        """Why it ended before it had begun: nobody has registered it."""
        self.crashed = False
        """It ended by an error and is to be started again."""
        self.pump = KeyPump(self, self._give, self._stumbled)
        self.leaving = Leaving(self._nothing_to_save, partial(self.exit, 0))
        self._connect = connect
        self._reloaded = client.boot()
        self._reloading = False
        self._stale = False

    # What a terminal of the lobby is made of.

    async def reload(self) -> None:
        """Ask the branch again; after connecting, at notices and every minute.

        Raises:
            Refusal: the branch refused, or is away; what is shown stays.
        """

    def draw(self, look: Look) -> list[Content]:
        """Return every row of the window."""
        raise NotImplementedError

    async def press(self, key: str, character: str) -> None:
        """Act on one key; ``character`` is what it types, folded to ASCII where it can be."""

    async def click(self, x: int, y: int) -> None:
        """Act on a click or a touch at a cell of the window."""

    def start_again(self) -> None:
        """Forget what was going on and show the first page."""

    def tick(self) -> None:
        """Look at the time; called every second."""
        if self.client.refused:
            self.exit(0)
        elif self.client.boot() - self._reloaded >= RELOAD_S:
            self.refresh_view()

    # For those that stand on it.

    @property
    def look(self) -> Look:
        """Return how to draw now."""
        size = self.size
        return Look(self.language, size.width, size.height, self.theme == CONTRAST.name, self.zone)

    async def ask(self, command: Command[A], identifier: UUID | None = None) -> A:
        """Carry out a command and return its view; what was asked outlives a host that is away.

        Raises:
            Refusal: the branch refused it, or has not been reached yet.
        """
        if self.client.welcome is None:
            raise UNREACHABLE_HOST(detail="away")
        return await self.client.do(command, identifier)

    def repaint(self) -> None:
        """Draw what is to be seen now."""
        screen = self.screen if self.screen_stack else None
        canvases = screen.query(Canvas) if isinstance(screen, Stage) else None
        if not canvases:
            return
        look = self.look
        canvases.first().show([look.shown(row) for row in self._rows(look)])

    def refresh_view(self) -> None:
        """Reload in the background; a notice during a reload brings one more."""
        self._stale = True
        if not self._reloading:
            self._reloading = True
            self.work_on(self._reload())

    def work_on(self, errand: Coroutine[Any, Any, None]) -> None:
        """Run an errand beside the keys; refusals pass, errors become an incident."""
        self.run_worker(self._errand(errand), exit_on_error=False)

    # Keys, clicks, size.

    async def on_event(self, event: Event) -> None:
        """Send keys, pastes and clicks through the pump and nowhere else."""
        if KeyPump.wants(event):
            self.pump.put(event)
        else:
            await super().on_event(event)

    async def _give(self, event: Event) -> None:
        """Act on keys and clicks; a scan, a paste and the press of a button are nothing."""
        if isinstance(event, Key):
            await self.press(event.key, folded(event.character))
        elif isinstance(event, MouseUp):
            await self.click(event.x, event.y)

    def on_resize(self, event: Resize) -> None:
        """Draw for the new size."""
        self.call_after_refresh(self.repaint)

    # Start, line, end.

    def get_default_screen(self) -> Screen[None]:
        """Return the one screen."""
        return Stage(id="_default")

    def on_mount(self) -> None:
        """Listen for signals, look after the terminal and the time, reach the host."""
        self.set_interval(TICK_S, self.tick)
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(self.incidents.of_loop)
        if not self.is_headless:
            self.leaving.listen(loop)
            self.set_interval(WATCH_S, self.leaving.look)
        self.call_after_refresh(self.repaint)
        self.work_on(self._reach())

    @on(Ready)
    def settle(self) -> None:
        """Collect garbage again, but not over and over what the start has made."""
        gc.freeze()
        gc.enable()

    @on(Unmount)
    async def leave(self) -> None:
        """Leave the host and end the pump."""
        self.pump.stop()
        await self.client.close()

    async def _reach(self) -> None:
        while not self.client.connected:
            try:
                await self._connect()
            except Refusal as refused:
                if refused.kind is TERMINAL_REFUSED:
                    self.refused = refused
                    self.exit(0)
                    return
                await asyncio.sleep(RETRY_S)
        self.client.follow(self._line)
        self._told("back")
        for topic in {*self.TOPICS, BRANCH}:
            await self.client.watch(topic, partial(self._noticed, topic))

    def _line(self, state: str) -> None:
        self.call_later(self._told, state)

    def _told(self, state: str) -> None:
        """Take in what has become of the line to the host."""
        if state == "away":
            self.away = self.client.now()
        else:
            self.away = None
            self.zone = ZoneInfo(self.client.welcome.time_zone) if self.client.welcome else self.zone
            self.refresh_view()
        self.repaint()

    def _noticed(self, topic: str, _: int) -> None:
        if topic == BRANCH:
            self.work_on(self._still_known())
        self.refresh_view()

    async def _still_known(self) -> None:
        """End when staff have closed this terminal."""
        try:
            await self.client.greet()
        except Refusal as refused:
            if refused.kind is TERMINAL_REFUSED:
                self.exit(0)

    async def _reload(self) -> None:
        try:
            while self._stale:
                self._stale = False
                self._reloaded = self.client.boot()
                await self.reload()
        finally:
            self._reloading = False
        self.repaint()

    async def _errand(self, errand: Coroutine[Any, Any, None]) -> None:
        try:
            await errand
        except Refusal:
            self.repaint()
        except Exception as error:  # noqa: BLE001 - the boundary: an incident, and the first page again
            self._stumbled(error)

    async def _nothing_to_save(self) -> None:
        pass

    # Incidents.

    def _rows(self, look: Look) -> list[Content]:
        if look.width < self.SMALLEST[0] or look.height < self.SMALLEST[1]:
            return small_rows(look, self.SMALLEST)
        try:
            return self.draw(look)
        except Exception as error:  # noqa: BLE001 - the boundary: an incident, and the first page again
            self.incidents.record(error)
            self.start_again()
        try:
            return self.draw(look)
        except Exception as error:  # noqa: BLE001 - not even the first page
            return [Content(""), line("   ", look.say(ASK_STAFF), f"   {self.incidents.record(error)}")]

    def _stumbled(self, error: Exception) -> None:
        self.incidents.record(error)
        self.start_again()
        self.repaint()

    def _fatal_error(self) -> None:
        """End with an incident id in place of a traceback with local variables, to be started again."""
        self._crash()

    def panic(self, *renderables: Any) -> None:
        """End with an incident id in place of what would be printed, to be started again."""
        self._crash()

    def _crash(self) -> None:
        self.crashed = True
        told = self.look.say(FAILED).format(incident=self.incidents.record(self._exception))
        self._exit_renderables.append(cast(Any, Text(told)))
        self._close_messages_no_wait()


def folded(character: str | None) -> str:
    """Return what a key types with full-width digits as digits; nothing for keys that type nothing."""
    if character is None or len(character) != 1:
        return ""
    return chr(ord(character) - 0xFEE0) if "\uff10" <= character <= "\uff19" else character


def small_rows(look: Look, least: tuple[int, int]) -> list[Content]:
    """Return what stands in a window that is too small."""
    text = look.say(N_("This window is {width}×{height}; it needs {least_width}×{least_height}.")).format(
        width=look.width, height=look.height, least_width=least[0], least_height=least[1]
    )
    return [line(row) for row in wrap(text, max(1, look.width))]
