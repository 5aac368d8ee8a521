"""Modals: a box over the screen that asks one thing. Choices of one digit, several digits, yes or no."""

from collections.abc import Callable, Sequence
from typing import ClassVar, TypeVar

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key, Resize
from textual.screen import ModalScreen

from tellertui.core.refusal import N_
from tellertui.ui.canvas import Canvas
from tellertui.ui.chrome import note_row
from tellertui.ui.look import DIM, KEY, MUTED, STRONG, Look
from tellertui.ui.notes import Note
from tellertui.ui.pump import Burst
from tellertui.ui.text import fitted, line, plain, wrap
from tellertui.ui.values import narrow

A = TypeVar("A")

BOX = 60
"""Cells of a modal, border included."""
INNER = BOX - 4

Words = str | Callable[[Look], str]
"""A message id, or what says the words of the branch in the language of the moment."""


def told(words: Words, look: Look) -> str:
    """Return words in the language of the moment."""
    return look.say(words) if isinstance(words, str) else words(look)


class Option(msgspec.Struct, frozen=True):
    """One answer: a digit and its words."""

    key: str
    text: Words
    blocked: Note | None = None
    """Why it cannot be chosen now."""


class Modal(ModalScreen[A], inherit_bindings=False):
    """The base of every modal: its box, its message, its keys. F12 goes back without an answer."""

    ALLOW_SELECT = False
    AUTO_FOCUS = ".field"
    HELP: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f12,escape", "back", show=False),
        Binding("f1", "help", show=False),
        Binding("f10", "commit", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]
    DEFAULT_CSS = """
    Modal { align: center middle; background: $background 60%; }
    Modal > #box { width: 60; height: auto; max-height: 24; border: solid $rule;
                   border-title-color: $foreground; background: $background; padding: 0; }
    Modal #box > Canvas { width: 1fr; height: auto; }
    """

    def __init__(self, title: Words) -> None:
        super().__init__()
        self.heading = title
        self.said: Note | None = None

    def content(self, look: Look) -> list[Content]:
        """Return the rows of the box, at most ``INNER`` cells wide."""
        return []

    def keys(self, look: Look) -> str:
        """Return the keys of the box in words."""
        return look.say(N_("F12 back"))

    def compose_content(self) -> ComposeResult:
        """Yield what stands in the box."""
        yield Canvas(id="rows")

    def compose(self) -> ComposeResult:
        """Lay the box, drawn before it is first seen."""
        look = self.look
        with Vertical(id="box"):
            for widget in (*self.compose_content(), Canvas(id="said"), Canvas(id="keys")):
                if isinstance(widget, Canvas):
                    widget.show(self._fitted(widget, look))
                yield widget

    def rows_of(self, name: str, look: Look) -> list[Content]:
        """Return the rows of one of the box's canvases."""
        if name == "said":
            return [note_row(self.said, look)]
        rows = [line((self.keys(look), MUTED))] if name == "keys" else self.content(look)
        return [line(" ", row) for row in rows]

    def on_mount(self) -> None:
        """Draw."""
        self.repaint()

    def on_resize(self, event: Resize) -> None:
        """Draw for the new size."""
        self.repaint()

    @property
    def look(self) -> Look:
        """Return how to draw now, as wide as the inside of the box."""
        app_look: Look = getattr(self.app, "look")  # noqa: B009 - the app base is above this module
        return app_look.sized(INNER + 2, app_look.height)

    def repaint(self) -> None:
        """Draw everything that is not a field."""
        if not self.is_mounted:
            return
        look = self.look
        box = self.query_one("#box", Vertical)
        box.border_title = plain(told(self.heading, look))
        box.styles.border = ("ascii" if look.plain else "solid", self.app.theme_variables["rule"])
        for canvas in self.query(Canvas):
            canvas.show(self._fitted(canvas, look))

    def _fitted(self, canvas: Canvas, look: Look) -> list[Content]:
        return [look.shown(fitted(row, look.width)) for row in self.rows_of(canvas.id or "", look)]

    def say(self, note: Note | None) -> None:
        """Put a message into the box."""
        self.said = note
        if note is not None and note.rejects:
            self.app.bell()
        self.repaint()

    def reject(self, note: Note) -> None:
        """Say why nothing was done, with the bell."""
        if not note.rejects:
            self.app.bell()
        self.say(note)

    def noticed(self) -> None:
        """Look again because a topic that this box follows has changed."""

    def action_back(self) -> None:
        """Go back without an answer."""
        self.dismiss(None)

    def action_commit(self) -> None:
        """F10; a modal that has nothing to commit rings the bell."""
        self.app.bell()

    def action_help(self) -> None:
        """Explain the field or the modal."""
        from tellertui.ui.helping import Help

        self.app.push_screen(Help.of(self))

    def on_burst(self, burst: Burst) -> None:
        """Take no scan for an answer."""
        burst.stop()
        self.app.bell()


def option_rows(options: Sequence[Option], look: Look, chosen: frozenset[str] | None = None) -> list[Content]:
    """Return one row for each option; with a set of chosen ones, each has its mark."""
    rows = []
    for option in options:
        mark = "" if chosen is None else ("✓ " if option.key in chosen else "  ")
        words = told(option.text, look)
        if option.blocked is None:
            rows.append(line((option.key, KEY), "  ", (mark, STRONG), words))
        else:
            rows.append(line((f"{option.key}  {mark}{words}", DIM)))
    return [fitted(row, INNER) for row in rows]


def about_rows(about: Words, look: Look) -> list[Content]:
    """Return what a modal is about with a free row under it; nothing where it says nothing."""
    return [*(line(row) for row in wrap(told(about, look), INNER)), Content("")] if about else []


class Choose(Modal[str]):
    """One answer of one digit; the digit answers at once."""

    one_key = True

    def __init__(
        self,
        title: Words,
        options: Sequence[Option],
        *,
        about: Words = "",
        default: str = "",
        help: Words = "",  # noqa: A002
    ) -> None:
        super().__init__(title)
        self.options = options
        self.about = about
        self.default = default
        """What Enter means."""
        self.hint = help

    def content(self, look: Look) -> list[Content]:
        """Return what it is about and the options."""
        about = about_rows(self.about, look)
        return [*about, *option_rows(self.options, look)]

    def on_key(self, event: Key) -> None:
        """Answer with a digit."""
        if event.key == "enter" and self.default:
            event.stop()
            self.answer(self.default)
        elif event.is_printable:
            event.stop()
            self.answer(narrow(event.character or ""))

    def answer(self, key: str) -> None:
        """Answer, or say why that is no answer."""
        option = next((option for option in self.options if option.key == key), None)
        if option is None:
            self.app.bell()
        elif option.blocked is not None:
            self.reject(option.blocked)
        else:
            self.dismiss(key)


class Tick(Modal[frozenset[str]]):
    """Any of several digits, each turned on and off by its key; F10 answers."""

    one_key = True

    def __init__(
        self,
        title: Words,
        options: Sequence[Option],
        *,
        chosen: frozenset[str] = frozenset(),
        about: Words = "",
        commit: str = N_("F10 commit    F12 back"),
        accepts: Callable[[frozenset[str]], Note | None] = lambda chosen: None,
    ) -> None:
        super().__init__(title)
        self.options = options
        self.chosen = chosen
        self.about = about
        self._commit = commit
        self._accepts = accepts

    def keys(self, look: Look) -> str:
        """Return the keys of the box."""
        return look.say(self._commit)

    def content(self, look: Look) -> list[Content]:
        """Return what it is about and the options with their marks."""
        about = about_rows(self.about, look)
        return [*about, *option_rows(self.options, look, self.chosen)]

    def on_key(self, event: Key) -> None:
        """Turn an option on or off."""
        if not event.is_printable:
            return
        event.stop()
        key = narrow(event.character or "")
        option = next((option for option in self.options if option.key == key), None)
        if option is None:
            self.app.bell()
        elif option.blocked is not None:
            self.reject(option.blocked)
        else:
            self.chosen ^= {key}
            self.say(None)

    def action_commit(self) -> None:
        """Answer with what is chosen, or say why that is no answer."""
        if (why := self._accepts(self.chosen)) is not None:
            self.reject(why)
        else:
            self.dismiss(self.chosen)


def confirm(title: str, about: str, *, yes: str, no: str = N_("Stay here")) -> Choose:
    """Return a question whose ordinary answer is to stay: ``1`` does it, ``2`` or Enter stays."""
    return Choose(title, (Option("1", yes), Option("2", no)), about=about, default="2")
