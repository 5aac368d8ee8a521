"""The base of every terminal app: keys through the pump, screens by code, veil and lock, an end in order."""

import asyncio
import sys
import unicodedata
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, ClassVar, cast
from weakref import WeakSet
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from rich.text import Text
from textual.events import Event, Key, Resize
from textual.screen import Screen

from tellertui.core.clock import Clock
from tellertui.core.refusal import N_
from tellertui.core.role import Role
from tellertui.ui.actions import CHORD, key_name
from tellertui.ui.branch import Branch
from tellertui.ui.chrome import Status
from tellertui.ui.frame import Frame
from tellertui.ui.guard import Guard
from tellertui.ui.idle import Idle
from tellertui.ui.incidents import Incidents
from tellertui.ui.leaving import WATCH_S, Leaving
from tellertui.ui.look import Look
from tellertui.ui.modal import Modal
from tellertui.ui.notes import FORBIDDEN, History, Note
from tellertui.ui.picker import Item, Picker
from tellertui.ui.places import Places
from tellertui.ui.pump import KeyPump
from tellertui.ui.quiet import QuietApp
from tellertui.ui.small import TooSmall
from tellertui.ui.theme import CONTRAST, DARK, THEMES
from tellertui.ui.veil import ShortCode, Veil

TICK_S = 1.0
GROUND = "ground"
"""The mode that no code leads to."""
FAILED = N_("Something went wrong at this terminal; incident {incident}. What was confirmed is kept.")
NO_SCREEN = N_("There is no screen {code} for you.")
NO_CODE = Note(FORBIDDEN, N_("The veil needs a short code; set one first."))
FIRST = Note(FORBIDDEN, N_("This is the first screen; there is none to go back to."))


class Ground(Screen[None], inherit_bindings=False):
    """The empty screen under all others: before sign-on and while the terminal is locked."""


class AppBase(QuietApp, inherit_bindings=False):
    """A terminal: the branch, a clock, a language, and the screens that a person can go to."""

    AUTO_FOCUS = ".field"
    DEFAULT_MODE = GROUND
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {GROUND: Ground}

    def __init__(
        self,
        branch: Branch,
        clock: Clock,
        *,
        incidents: Incidents,
        language: str = "en",
        theme: str = DARK.name,
        zone: ZoneInfo = ZoneInfo("UTC"),  # noqa: B008 - immutable
    ) -> None:
        super().__init__()
        for known in THEMES:
            self.register_theme(known)
        self.theme = theme
        self.branch = branch
        self.clock = clock
        self.incidents = incidents
        self.language = language
        self.zone = zone
        self.pump = KeyPump(self, self._give, self._handle_exception)
        self.guard = Guard(clock)
        self.idle = Idle(clock)
        self.history = History()
        self.status = Status()
        self.people: dict[str, str] = {}
        """Names of the staff by code, as far as this session may read them."""
        self.roles: frozenset[Role] = frozenset()
        """Of whoever sits here; what may be done is decided by the branch."""
        self.places = Places()
        self.short_code: ShortCode | None = None
        self.leaving = Leaving(self.save_drafts, partial(self.exit, 0))
        self._chord = False
        self._watched: dict[str, WeakSet[Frame | Modal[Any]]] = {}
        self._been: list[str] = []

    # Language, theme, size.

    @property
    def look(self) -> Look:
        """Return how to draw now."""
        size = self.size
        return Look(self.language, size.width, size.height, self.theme == CONTRAST.name, self.zone)

    def speak(self, language: str) -> None:
        """Say everything in another language from now on, also on screens that are not on top."""
        self.language = language
        self.repaint_all()

    def dress(self, theme: str) -> None:
        """Change the theme."""
        self.theme = theme
        self.repaint_all()

    def repaint_all(self) -> None:
        """Draw every screen that is open again."""
        for screen in self.open_screens():
            if repaint := getattr(screen, "repaint", None):
                repaint()
            for field in screen.query(".field"):
                cast(Any, field).relayout()

    def open_screens(self) -> list[Screen[Any]]:
        """Return every screen of every mode."""
        return [screen for stack in self._screen_stacks.values() for screen in stack]

    def set_status(self, status: Status) -> None:
        """Show who sits where and how the line is."""
        self.status = status
        if isinstance(self.screen, Frame):
            self.screen.repaint()

    def sits_at(self, counter: str, day: str = "") -> None:
        """Show at which counter this person sits, and which business date it is."""
        status = replace(self.status, counter=counter, day=day or self.status.day)
        if status != self.status:
            self.set_status(status)

    def on_resize(self, event: Resize) -> None:
        """Cover everything while the terminal is too small; everything under it is kept."""
        small = self.look.sized(event.size.width, event.size.height).small
        if small and not isinstance(self.screen, TooSmall):
            self.push_screen(TooSmall())
        elif not small and isinstance(self.screen, TooSmall):
            self.pop_screen()
        # A terminal that grew and shrank again at once has lost rows although its size is the same.
        self.screen.refresh()

    # Keys.

    async def on_event(self, event: Event) -> None:
        """Send keys, pastes and clicks through the pump, everything else on its way."""
        if KeyPump.wants(event):
            self.pump.put(event)
        else:
            await super().on_event(event)

    async def _give(self, event: Event) -> None:
        self.idle.touch()
        meant = self._meant(event) if isinstance(event, Key) else event
        if meant is not None:
            await super().on_event(meant)

    def _meant(self, event: Key) -> Key | None:
        """Return the key that is meant: the second way to it is Ctrl+K and another key."""
        second, self._chord = self._chord, event.key == "ctrl+k" and not self._chord
        if self._chord:
            return None
        if not second:
            return event
        key = CHORD.get(unicodedata.normalize("NFKC", event.character or ""))
        if key is None:
            self.bell()
            return None
        return Key(key, None)

    # Messages.

    def remember(self, note: Note) -> None:
        """Keep a message in the history."""
        self.history.add(self.clock.now(), note)

    def say(self, note: Note) -> None:
        """Put a message on the message line of the screen on top."""
        say = getattr(self.screen, "say", None)
        if say is not None:
            say(note)
        else:
            self.remember(note)

    # Topics.

    def follow(self, topic: str, frame: Frame | Modal[Any]) -> None:
        """Reload a screen, or a box over it, at every notice of a topic, for as long as it is open."""
        frames = self._watched.get(topic)
        if frames is None:
            frames = self._watched[topic] = WeakSet()
            self.run_worker(self.branch.watch(topic, partial(self._noticed, topic)), exit_on_error=False)
        frames.add(frame)

    def _noticed(self, topic: str, seq: int) -> None:
        for frame in list(self._watched.get(topic, ())):
            if frame.is_attached:
                frame.noticed()

    # Places.

    def go(self, code: str, frame: Frame) -> None:
        """Go to a screen by its code; the one that is left stays as it is."""
        if self.places.get(code) is None:
            frame.reject(Note(FORBIDDEN, NO_SCREEN, {"code": code}))
        else:
            self.walk(self.visit(code))

    async def visit(self, code: str) -> None:
        """Show the screen of a code in its mode."""
        place = self.places.get(code)
        if place is None or self.current_mode == code:
            return
        if code not in self._screen_stacks:
            self.add_mode(code, place.open)
        self._been = [mode for mode in self._been if mode != code] + [self.current_mode]
        await self.switch_mode(code)

    def left(self, frame: Frame) -> None:
        """Leave a screen: close it, or keep its mode while something in it is half filled."""
        self.walk(self._popped() if len(self.screen_stack) > 1 else self._back(frame))

    def walk(self, way: Coroutine[Any, Any, None]) -> None:
        """Go somewhere else while keys wait; a screen may be closed by its own errand."""
        hold = self.pump.hold()

        async def walked() -> None:
            try:
                await way
            finally:
                self.pump.release(hold)

        self.run_worker(walked(), group="walk")

    async def _popped(self) -> None:
        await self.pop_screen()

    async def _back(self, frame: Frame) -> None:
        mode = self.current_mode
        been = [each for each in self._been if each not in (mode, GROUND) and each in self._screen_stacks]
        target = been[-1] if been else None
        if target is None:
            frame.reject(FIRST)
            return
        self._been = [each for each in self._been if each != target]
        await self.switch_mode(target)
        if not frame.draft() and mode in self._modes:
            await self.remove_mode(mode)

    def palette(self, frame: Frame) -> None:
        """List everything that can be done from here, with the places one can go to."""
        actions = [action for action in frame.all_actions() if action.key != "f2"]
        items: list[Item[tuple[str, str]]] = [
            Item(("key", action.key), action.name or action.label, key_name(action.key)) for action in actions
        ]
        items += [Item(("go", place.code), place.name, place.code) for place in self.places.all()]
        self.push_screen(Picker(N_("Commands"), items), partial(self._taken, frame))

    def _taken(self, frame: Frame, taken: tuple[str, str] | None) -> None:
        if taken is None:
            return
        what, key = taken
        if what == "key":
            frame.action_press(key)
        else:
            self.go(key, frame)

    # Veil and lock.

    def standing(self, look: Look) -> str:
        """Return who sits here, for the veil."""
        status = self.status
        counter = look.say(N_("counter {counter}")).format(counter=status.counter) if status.counter else ""
        return "   ".join(part for part in (counter, status.person) if part)

    def veil(self) -> None:
        """Cover the screen; the short code lifts the cover."""
        if isinstance(self.screen, Veil):
            return
        if self.short_code is None:
            self.say(NO_CODE)
            return
        for screen in self.open_screens():
            if isinstance(screen, Frame):
                screen.veiled()
        self.idle.veil()
        self.push_screen(Veil(self.short_code, self.standing), self._lifted)

    def _lifted(self, lifted: bool | None) -> None:
        self.idle.lift()
        if not lifted:
            self.call_later(self.lock)

    def tick(self) -> None:
        """Look at the idle time; called every second."""
        if self.idle.lock_due:
            if isinstance(self.screen, Veil):
                self.screen.dismiss(False)
        elif self.idle.veil_due and self.short_code is not None:
            self.veil()

    async def lock(self) -> None:
        """Save drafts, drop what was on the screen, in messages and in memory; then ``locked``."""
        await self.save_drafts()
        self.pump.clear()
        self.history.clear()
        self.people.clear()
        self.short_code = None
        await self.drop_screens()
        await self.locked()

    async def drop_screens(self) -> None:
        """Close every screen of every mode."""
        await self.switch_mode(GROUND)
        self._been.clear()
        for mode in [mode for mode in self._screen_stacks if mode != GROUND]:
            await self.remove_mode(mode)
        while len(self.screen_stack) > 1:
            await self.pop_screen()

    async def locked(self) -> None:
        """Ask for the passphrase; the app says how."""

    async def save_drafts(self) -> None:
        """Seal what is half filled; the app says where."""

    # Start, end, incidents.

    def on_mount(self) -> None:
        """Listen for signals, look after the terminal and the idle time."""
        self.set_interval(TICK_S, self.tick)
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(self.incidents.of_loop)
        if not self.is_headless:
            self.leaving.listen(loop)
            self.set_interval(WATCH_S, self.leaving.look)

    def on_unmount(self) -> None:
        """End the pump."""
        self.pump.stop()

    def incident(self, error: BaseException) -> Note:
        """Write an error down and return what the person is told."""
        return Note(FORBIDDEN, FAILED, {"incident": self.incidents.record(error)})

    def _fatal_error(self) -> None:
        """End with an incident id in place of a traceback with local variables."""
        self._crash()

    def panic(self, *renderables: Any) -> None:
        """End with an incident id in place of what would be printed."""
        self._crash()

    def _crash(self) -> None:
        note = self.incident(sys.exc_info()[1] or self._exception or RuntimeError())
        self.bell()
        self._exit_renderables.append(cast(Any, Text(note.said(self.look.say))))
        self._close_messages_no_wait()
