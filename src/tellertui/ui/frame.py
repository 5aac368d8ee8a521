"""The base of every screen: head, body, message line, status line, key bar, and the way of one key press."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize, ScreenResume
from textual.screen import Screen

from tellertui.core.command import Command
from tellertui.core.refusal import N_, Refusal
from tellertui.ui import chrome
from tellertui.ui.actions import SLOTS, Action, Actions
from tellertui.ui.canvas import Canvas
from tellertui.ui.look import Look
from tellertui.ui.notes import INFO, Note
from tellertui.ui.pump import Hold

if TYPE_CHECKING:
    from tellertui.ui.base import AppBase
    from tellertui.ui.modal import Modal

A = TypeVar("A")

UNKNOWN_KEY = Note(INFO, N_("That key does nothing here; Ctrl+K ? shows the keys."))
PRESSED = ("ctrl+l", "ctrl+c", "ctrl+q", *SLOTS)


class Frame(Screen[None], inherit_bindings=False):
    """One screen: subclasses say what stands in the head and the body and what can be done.

    A subclass sets ``CODE`` and ``NAME``, overrides ``actions``, ``head``, ``body`` and ``reload``, and calls
    ``repaint`` when what it holds has changed. Nothing it holds is translated before it is drawn, so
    the language can change at any time.
    """

    CODE: ClassVar[str] = "000"
    NAME: ClassVar[str] = ""
    """Message id."""
    HELP: ClassVar[str] = ""
    """Message id: what this screen is for, in two or three sentences."""
    TOPICS: ClassVar[tuple[str, ...]] = ()
    """Topics whose notices call ``reload``."""
    ALLOW_SELECT = False
    AUTO_FOCUS = ".field"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
        *(Binding(key, f"press({key!r})", show=False) for key in PRESSED),
    ]
    DEFAULT_CSS = """
    Frame { layout: vertical; overflow: hidden; }
    Frame > #head { height: 2; }
    Frame > #note { height: 1; }
    Frame > #foot { height: 3; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.busy = ""
        """The key of the action that waits for its answer."""
        self.said: Note | None = None
        self.stale = False
        """A topic has changed while another workflow had the terminal."""

    # What a subclass says.

    def actions(self) -> Iterable[Action]:
        """Yield what this screen can do beside the keys that every screen has."""
        return ()

    def head(self, look: Look) -> chrome.Head:
        """Return the first row."""
        return chrome.Head(self.CODE, self.NAME)

    def body(self, look: Look) -> list[Content]:
        """Return the rows of the body."""
        return []

    async def reload(self) -> None:
        """Ask the branch again for what is shown."""

    def compose_body(self) -> ComposeResult:
        """Yield the widgets between head and message line."""
        yield Canvas(id="body")

    # What every screen has.

    @property
    def teller(self) -> "AppBase":
        """Return the app as what it is."""
        return cast("AppBase", self.app)

    def all_actions(self) -> Actions:
        """Return the actions of this screen and those of every screen."""
        return Actions((*self.common(), *self.actions()))

    def common(self) -> Iterable[Action]:
        """Yield the keys that mean the same on every screen."""
        yield Action("f1", N_("Help"), N_("Explains the field or screen; twice: last messages."), self.help)
        yield Action("f2", N_("Command"), N_("Opens the command field, then the list."), self.command)
        yield Action("f3", N_("Leave"), N_("Leaves this screen; what is half filled is kept."), self.leave)
        yield Action("f5", N_("Reload"), N_("Reads everything on this screen anew."), self.reload)
        yield Action("f12", N_("Back"), N_("Goes one step back."), self.back)
        yield Action(
            "ctrl+l", N_("Veil"), N_("Covers the screen until the short code is typed."), self.teller.veil
        )

    def compose(self) -> ComposeResult:
        """Lay the frame around the body."""
        yield Canvas(id="head")
        yield from self.compose_body()
        yield Canvas(id="note")
        yield Canvas(id="foot")

    async def on_mount(self) -> None:
        """Draw at once, then ask the branch."""
        self.repaint()
        for topic in self.TOPICS:
            self.teller.follow(topic, self)
        self.errand(self.reload())

    def on_resize(self, event: Resize) -> None:
        """Draw for the new size."""
        self.repaint()

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Draw what changed while another screen was on top."""
        if self.stale:
            self.stale = False
            self.noticed()
        self.repaint()

    @property
    def look(self) -> Look:
        """Return how to draw now."""
        return self.teller.look

    def repaint(self) -> None:
        """Draw everything that is not a field; only rows that changed are sent to the terminal."""
        if not self.is_mounted or not self.is_attached:
            return
        look = self.look
        slots = self.all_actions().slots(look.say, self.busy)
        self._show("head", chrome.head_rows(self.head(look), look))
        self._show("note", [chrome.note_row(self.said, look)])
        self._show("foot", [chrome.status_row(self.teller.status, look), *chrome.key_rows(slots, look)])
        self.repaint_body(look)

    def repaint_body(self, look: Look) -> None:
        """Draw the body; screens with other widgets than a canvas override this."""
        self._show("body", self.body(look))

    def _show(self, name: str, rows: Iterable[Content]) -> None:
        look = self.look
        self.query_one(f"#{name}", Canvas).show([look.shown(row) for row in rows])

    # Messages.

    def say(self, note: Note | None) -> None:
        """Put a message on the message line; None clears it."""
        self.said = note
        if note is not None:
            self.teller.remember(note)
            if note.rejects:
                self.app.bell()
        self.repaint()

    def reject(self, note: Note) -> None:
        """Say why nothing was done, with the bell."""
        if not note.rejects:
            self.app.bell()
        self.say(note)

    # Keys.

    def action_press(self, key: str) -> None:
        """Do what a function key or a verb stands for."""
        action = self.all_actions().get(key)
        if action is None:
            self.reject(UNKNOWN_KEY)
        elif self.busy and key != "f12":
            self.app.bell()
        elif (why := action.blocked()) is not None:
            self.reject(why)
        elif action.guarded and self.teller.guard.refuses(key):
            self.app.bell()
        else:
            self.teller.guard.acted(key)
            self.said = None
            result = action.run()
            if result is not None:
                self.errand(result, key)

    def changed(self) -> None:
        """Say that the state has changed under the person's hands; guarded keys wait a moment."""
        self.teller.guard.changed()

    # The branch.

    def errand(self, work: Awaitable[object], key: str = "") -> None:
        """Do something that waits for the branch; keys typed meanwhile wait behind it."""
        held = self.teller.pump.hold()
        self.busy = key
        self.repaint()
        self.run_worker(self._errand(work, held), group="errand", exit_on_error=False)

    async def _errand(self, work: Awaitable[object], held: Hold) -> None:
        try:
            await work
        except Refusal as refused:
            self.say(Note.refused(refused))
        except Exception as error:  # noqa: BLE001 - the boundary: an incident, and the screen stays
            self.say(self.teller.incident(error))
        finally:
            self.teller.pump.release(held)
            self.busy = ""
            self.repaint()

    async def ask(self, command: Command[A]) -> A:
        """Carry out a command and return its view.

        Raises:
            Refusal: the branch refused it; an errand says so on the message line.
        """
        return await self.teller.branch.do(command)

    async def show(self, modal: "Modal[A]") -> A | None:
        """Show a modal from within an errand and return its answer; None when the person went back."""
        with self.teller.pump.released():
            return await self.app.push_screen_wait(modal)

    def noticed(self) -> None:
        """Reload because a topic has changed: now, or when this screen is on top again."""
        if self not in self.app.screen_stack:
            self.stale = True
            return
        self.run_worker(cast(Any, self._reload_again), group="notice", exclusive=True, exit_on_error=False)

    async def _reload_again(self) -> None:
        try:
            await self.reload()
        except Refusal as refused:
            self.say(Note.refused(refused))
        self.repaint()

    # What the keys of every screen do.

    def help(self) -> None:
        """Explain the field or the screen."""
        from tellertui.ui.helping import Help

        self.app.push_screen(Help.of(self))

    def command(self) -> None:
        """Open the list of commands."""
        self.teller.palette(self)

    def leave(self) -> None:
        """Leave the screen; its app knows where to."""
        self.teller.left(self)

    def back(self) -> None:
        """Go one step back."""
        self.leave()

    def draft(self) -> Mapping[str, Any]:
        """Return what is half filled, to be parked; empty when there is nothing."""
        return {}

    def restore(self, draft: Mapping[str, Any]) -> None:
        """Fill in what was parked."""

    def veiled(self) -> None:
        """Drop revealed values: the screen is being covered."""


Opener = Callable[[], Frame]
"""What makes a screen when somebody goes there."""
