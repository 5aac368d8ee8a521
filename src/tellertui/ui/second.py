"""The second person at the maker's terminal: staff number and passphrase for one command, and back.

The passphrase goes to the host the way every passphrase goes; here it is only typed. After thirty seconds
without a key the terminal is the maker's again.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import ClassVar, TypeVar
from uuid import UUID

from textual.app import ComposeResult
from textual.content import Content
from textual.events import Key
from textual.widgets import Input

from tellertui.core.command import Command
from tellertui.core.refusal import N_, Refusal
from tellertui.ui.canvas import Canvas
from tellertui.ui.fields import PASSPHRASE_HELP, Field
from tellertui.ui.form import Form, Section
from tellertui.ui.frame import Frame
from tellertui.ui.look import MUTED, Look
from tellertui.ui.modal import INNER, Modal
from tellertui.ui.notes import Note
from tellertui.ui.text import line, wrap
from tellertui.ui.values import Kind

A = TypeVar("A")

IDLE_S = 30
LABEL_CELLS = 14
TITLE = N_("Second person, here")
STAFF_HELP = N_("The staff number of the second person, who must be somebody else and have the right role.")


class SecondPerson(Modal[bool]):
    """Asks the second person to sign; True once the host has taken the passphrase."""

    HELP: ClassVar[str] = N_(
        "The second person looks at what is signed, types their own staff number and passphrase, and "
        "presses F10. Their session elsewhere, if there is one, goes on. No data of theirs is opened here."
    )

    def __init__(
        self,
        sign: Callable[[str, bytearray], Awaitable[None]],
        about: Sequence[str],
        *,
        people: Mapping[str, str],
        maker: str,
    ) -> None:
        super().__init__(TITLE)
        self._sign = sign
        self.about = about
        """Message ids or words: what is signed, a line each."""
        self._people = people
        self._maker = maker
        self._trying = False
        self._touched = 0.0
        fields = (
            Field(
                "staff",
                N_("Staff number"),
                Kind(),
                cells=10,
                required=True,
                help=STAFF_HELP,
                label_cells=LABEL_CELLS,
            ),
            Field(
                "passphrase",
                N_("Passphrase"),
                cells=30,
                required=True,
                secret=True,
                help=PASSPHRASE_HELP,
                label_cells=LABEL_CELLS,
            ),
        )
        self.form = Form(Section("1", TITLE, fields), last=self.action_commit)

    def compose_content(self) -> ComposeResult:
        """Lay what is signed over the two fields."""
        yield Canvas(id="rows")
        yield self.form
        yield Canvas(id="who")

    def rows_of(self, name: str, look: Look) -> list[Content]:
        """Return the rows of one canvas: what is signed, who signs."""
        if name == "who":
            known = self._people.get(self.form["staff"].value.strip(), "")
            return [line(" ", (known, MUTED))]
        return super().rows_of(name, look)

    def content(self, look: Look) -> list[Content]:
        """Return what is signed and who made it."""
        rows = [row for words in self.about for row in wrap(look.say(words), INNER)]
        made = look.say(N_("made by {maker}")).format(maker=self._maker)
        return [*map(line, rows), line((made, MUTED)), Content("")]

    def keys(self, look: Look) -> str:
        """Return the keys, with whom F12 gives the terminal back to."""
        return look.say(N_("F10 sign    F12 back to {maker}")).format(maker=self._maker)

    def on_mount(self) -> None:
        """Look after the idle time."""
        self.touch()
        self.set_interval(1, self._look_at_idle)

    def touch(self) -> None:
        """Remember that somebody is here."""
        self._touched = self._now()

    def on_key(self, event: Key) -> None:
        """Remember that somebody is here."""
        self.touch()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show whose staff number that is."""
        event.stop()
        self.touch()
        self.repaint()

    def action_commit(self) -> None:
        """Send the passphrase and answer once it was taken."""
        if self._trying:
            return
        if self.form.values() is None:
            return
        field = self.form["passphrase"]
        passphrase = bytearray(field.value, "utf-8")
        field.value = ""
        self._trying = True
        self.run_worker(self._try(self.form["staff"].value.strip(), passphrase), exit_on_error=False)

    async def _try(self, staff: str, passphrase: bytearray) -> None:
        try:
            await self._sign(staff, passphrase)
        except Refusal as refused:
            self.reject(Note.refused(refused))
            self.form["passphrase"].focus()
        else:
            self.dismiss(True)
        finally:
            passphrase[:] = bytes(len(passphrase))
            self._trying = False
            self.touch()

    def _look_at_idle(self) -> None:
        if not self._trying and self._now() - self._touched >= IDLE_S:
            self.dismiss(None)

    def _now(self) -> float:
        clock = getattr(self.app, "clock")  # noqa: B009 - the app base is above this module
        return float(clock.boot())


async def countersigned(frame: Frame, command: Command[A], about: Sequence[str]) -> A | None:
    """Carry out a command that a second person signs first; None when they went back.

    Args:
        frame: the maker's screen; this runs inside an errand of it.
        command: what is signed.
        about: what the second person is shown, a line each; message ids or words.

    Raises:
        Refusal: the branch refused the command; the second person has to sign again.
    """
    branch, people = frame.teller.branch, frame.teller.people
    identifier: UUID = branch.new_id()
    status = frame.teller.status
    modal = SecondPerson(
        lambda staff, passphrase: branch.second(staff, passphrase, identifier),
        about,
        people=people,
        maker=status.person,
    )
    if not await frame.show(modal):
        return None
    return await branch.do(command, identifier)
