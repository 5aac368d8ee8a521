"""Entry screens: a form under a row of sections; F2 opens the command line in place of the message line."""

from collections.abc import Iterable, Mapping
from typing import Any

from textual.app import ComposeResult
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from tellertui.core.refusal import N_
from tellertui.ui.actions import Action
from tellertui.ui.canvas import Canvas
from tellertui.ui.commandline import Go, Nothing, Verb
from tellertui.ui.desk import NO_COMMAND, CommandField
from tellertui.ui.fields import Field
from tellertui.ui.form import Form, section_row
from tellertui.ui.frame import Frame
from tellertui.ui.look import Look
from tellertui.ui.notes import DONE, INFO, Note

NO_GAP = Note(DONE, N_("Nothing is missing."))
NOTHING_OFFERED = Note(INFO, N_("There is nothing to repeat here."))
NO_SECTION = Note(INFO, N_("There is no further section."))


class Entry(Frame):
    """A screen with a form. A subclass makes the form in ``make`` and commits in ``commit``."""

    DEFAULT_CSS = """
    Entry > #sections { height: 2; }
    Entry > #form { height: 1fr; }
    Entry > #command { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.form = self.make()
        self._before: Widget | None = None

    def make(self) -> Form:
        """Return the form, named ``form``."""
        raise NotImplementedError

    async def commit(self, values: dict[str, Any]) -> None:
        """Do what F10 stands for; everything has been read without fault."""
        raise NotImplementedError

    COMMIT = N_("Commit")
    """Message id: what F10 is called here."""

    def actions(self) -> Iterable[Action]:
        """Yield the keys of every form."""
        yield Action("f6", N_("Next gap"), N_("Goes to the next field that is missing or wrong."), self.gap)
        yield Action("f7", N_("Part up"), N_("Opens the section before."), lambda: self.turn(-1))
        yield Action("f8", N_("Part down"), N_("Opens the next section."), lambda: self.turn(1))
        yield Action("f9", N_("Repeat"), N_("Brings in the value beside the field."), self.repeat)
        yield Action("f10", self.COMMIT, N_("Commits what is filled in."), self.submit, guarded=True)

    def compose_body(self) -> ComposeResult:
        """Lay sections and form."""
        yield Canvas(id="sections")
        yield self.form
        command = CommandField()
        command.can_focus = False
        yield command

    def repaint_body(self, look: Look) -> None:
        """Draw the sections; the fields draw themselves."""
        self._show("sections", self.body(look))

    def body(self, look: Look) -> list[Content]:
        """Return the row of sections, where there is more than one."""
        return [section_row(self.form.marks(), look)] if len(self.form.sections) > 1 else []

    def on_input_changed(self, event: Input.Changed) -> None:
        """Keep the marks true."""
        event.stop()
        self._show("sections", self.body(self.look))

    def gap(self) -> None:
        """Go to the next gap."""
        if not self.form.next_gap():
            self.say(NO_GAP)

    def turn(self, by: int) -> None:
        """Open the section before or behind."""
        if self.form.step(by):
            self.repaint()
        else:
            self.reject(NO_SECTION)

    def repeat(self) -> None:
        """Bring in the offered value."""
        if not self.form.repeat():
            self.reject(NOTHING_OFFERED)

    async def submit(self) -> None:
        """Read everything and commit."""
        values = self.form.values()
        if values is not None:
            await self.commit(values)

    def draft(self) -> Mapping[str, Any]:
        """Return what is half filled."""
        return self.form.draft()

    def restore(self, draft: Mapping[str, Any]) -> None:
        """Fill in what was parked."""
        self.form.restore(draft)

    # The command line over the message line.

    @property
    def line(self) -> CommandField:
        """Return the command line."""
        return self.query_one("#command", CommandField)

    def command(self) -> None:
        """Open the command line; from the open one the list of commands."""
        if self.line.display:
            self._close()
            super().command()
            return
        self._before = self.focused
        self.line.display = True
        self.query_one("#note").display = False
        self.line.can_focus = True
        self.line.focus()

    def _close(self) -> None:
        self.line.empty()
        self.line.can_focus = False
        self.line.display = False
        self.query_one("#note").display = True
        if self._before is not None:
            self._before.focus()

    def back(self) -> None:
        """Close the command line, or go one step back."""
        if self.line.display:
            self._close()
        else:
            super().back()

    def on_field_filled(self, event: Field.Filled) -> None:
        """Do what was typed into the command line: a section, or another screen."""
        if event.field is not self.line:
            return
        event.stop()
        typed = self.line.take()
        self._close()
        if isinstance(typed, Verb) and self.form.turn(typed.digits):
            self.repaint()
        elif isinstance(typed, Go):
            self.teller.go(typed.code, self)
        elif not isinstance(typed, Nothing):
            self.reject(NO_COMMAND)
