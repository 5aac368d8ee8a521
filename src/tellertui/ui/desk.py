"""Desks: a body drawn by one pure layout and one field, the command field, which always has the focus."""

from collections.abc import Awaitable
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widgets import Input

from tellertui.core.refusal import N_
from tellertui.ui.canvas import Canvas
from tellertui.ui.commandline import (
    Case,
    Go,
    Lookup,
    Nothing,
    TicketEnd,
    TicketNumber,
    Typed,
    Unknown,
    Verb,
    parse,
)
from tellertui.ui.fields import Field
from tellertui.ui.frame import Frame
from tellertui.ui.look import Look
from tellertui.ui.notes import FORBIDDEN, Note
from tellertui.ui.pump import Burst

NO_COMMAND = Note(FORBIDDEN, N_("No command: a digit is a verb, three a screen, .18 a number."))
NOT_HERE = Note(FORBIDDEN, N_("That cannot be looked up from this screen."))
COMMAND_HELP = N_(
    "One or two digits: what this screen numbers. Three digits: another screen. .18 or A018: a number "
    "of today. A document, card or telephone number, or a scan: the customer."
)


class CommandField(Field):
    """The command field: takes anything printable, remembers whether a scanner typed it."""

    def __init__(self) -> None:
        super().__init__(
            "command", N_("Command"), cells=12, label_cells=None, help=COMMAND_HELP, id="command"
        )
        self.scanned = False
        self._typed_hint = Content("")

    def tell(self, hint: Content) -> None:
        """Show what Enter would do now."""
        self._typed_hint = hint
        self.refresh()

    def beside(self, look: Look) -> Content:
        """Return what Enter would do now."""
        return self._typed_hint

    def take_burst(self, burst: Burst) -> None:
        """Take a scan as one command in place of all that was typed."""
        self.value = ""
        self.replace(burst.text, 0, 0)
        self.scanned = True
        if burst.enter:
            self.enter()

    def take(self) -> Typed:
        """Return what the command means."""
        return parse(self.value, scanned=self.scanned)

    def empty(self) -> None:
        """Wait for the next command."""
        self.value = ""
        self.scanned = False


class Desk(Frame):
    """A screen for work that does not stop: nothing to tab through, one command field."""

    BELOW_COMMAND: ClassVar[int] = 0
    """Rows of the body that stay empty under the command field."""
    DEFAULT_CSS = """
    Desk #row { height: auto; }
    """

    # What a subclass may say beside what a frame asks for.

    def hint(self, typed: Typed, look: Look) -> Content:
        """Return what Enter would do with what stands in the command field now."""
        return Content("")

    def ticket(self, typed: TicketEnd | TicketNumber) -> Awaitable[object] | None:
        """Select a ticket by its number or the end of it."""
        self.reject(NOT_HERE)
        return None

    def find(self, typed: Lookup) -> Awaitable[object] | None:
        """Find a customer by a document, card or telephone number."""
        self.reject(NOT_HERE)
        return None

    def case(self, typed: Case) -> Awaitable[object] | None:
        """Open a case."""
        self.reject(NOT_HERE)
        return None

    def verb(self, typed: Verb) -> Awaitable[object] | None:
        """Do what a number means: the verb of that key; screens that number lines override this."""
        self.action_press(typed.digits)
        return None

    def own(self, typed: Unknown) -> Awaitable[object] | None:
        """Do what only this screen understands; None where it does not either."""
        return None

    def nothing(self) -> Awaitable[object] | None:
        """Enter in the empty field."""
        return None

    # What every desk does.

    @property
    def field(self) -> CommandField:
        """Return the command field."""
        return self.query_one(CommandField)

    def compose_body(self) -> ComposeResult:
        """Lay the command field under the body."""
        yield Canvas(id="body")
        row = Container(CommandField(), id="row")
        row.styles.margin = (0, 0, self.BELOW_COMMAND, 0)
        yield row

    def repaint_body(self, look: Look) -> None:
        """Draw the body above the command field, and what Enter would do."""
        self._show("body", self.body(look))
        self.field.tell(self.hint(self.field.take(), look))

    @property
    def body_rows(self) -> int:
        """Return how many rows the body has above the command field."""
        return self.look.rows - 1 - self.BELOW_COMMAND

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell what Enter would do."""
        event.stop()
        self.field.scanned = self.field.scanned and bool(self.field.value)
        self.field.tell(self.hint(self.field.take(), self.look))

    def on_field_filled(self, event: Field.Filled) -> None:
        """Do what was typed."""
        event.stop()
        typed = self.field.take()
        own = self.own(typed) if isinstance(typed, Unknown) else None
        if isinstance(typed, Unknown) and own is None:
            self.reject(NO_COMMAND)
            return
        self.field.empty()
        self.said = None
        work = own or self._do(typed)
        if work is not None:
            self.errand(work)

    def _do(self, typed: Typed) -> Awaitable[object] | None:
        match typed:
            case Nothing():
                return self.nothing()
            case Verb():
                return self.verb(typed)
            case TicketEnd() | TicketNumber():
                return self.ticket(typed)
            case Lookup():
                return self.find(typed)
            case Case():
                return self.case(typed)
            case Go():
                self.teller.go(typed.code, self)
        return None

    def command(self) -> None:
        """Empty the command field; from the empty field open the list of commands."""
        if self.field.value:
            self.field.empty()
        else:
            super().command()
