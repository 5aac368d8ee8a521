"""Modals of reception: one-digit questions in a row, and a number to look for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.content import Content
from textual.events import Key

from tellertui.core.refusal import N_
from tellertui.ui.canvas import Canvas
from tellertui.ui.commandline import TicketEnd, TicketNumber, parse
from tellertui.ui.fields import Field
from tellertui.ui.look import KEY, MUTED, STRONG, Look
from tellertui.ui.modal import Modal, Option, Words, about_rows, option_rows, told
from tellertui.ui.notes import FORBIDDEN, Note
from tellertui.ui.text import fit, line
from tellertui.ui.values import narrow
from tellertui.workflows.reception.screens.parts import Lexicon
from tellertui.workflows.reception.views import Promised

LABEL = 12
NOT_ANSWERED = Note(FORBIDDEN, N_("First answer with a digit."))
NO_APPOINTMENT = Note(FORBIDDEN, N_("There is no appointment today with that code."))
USED = Note(FORBIDDEN, N_("This appointment was used already."))
NO_NUMBER = Note(
    FORBIDDEN, N_("Type a number such as A018, its end such as .18, or four digits of an appointment.")
)


@dataclass(frozen=True)
class Question:
    """One question of several, with its answers."""

    label: str
    """Message id."""
    options: Sequence[Option]


class Questions(Modal[tuple[str, ...]]):
    """One digit for each question, then F10; Backspace takes an answer back."""

    one_key = True

    def __init__(self, title: Words, questions: Sequence[Question], *, about: Words = "") -> None:
        super().__init__(title)
        self.questions = questions
        self.about = about
        self.answers: list[str] = []

    @property
    def asked(self) -> Question | None:
        """Return the question that is open; None when all are answered."""
        left = self.questions[len(self.answers) :]
        return left[0] if left else None

    def content(self, look: Look) -> list[Content]:
        """Return what it is about, each answer that was given, and the options of the open question."""
        rows = about_rows(self.about, look)
        for question, key in zip(self.questions, self.answers, strict=False):
            word = next(option.text for option in question.options if option.key == key)
            rows.append(
                line((fit(look.say(question.label), LABEL), MUTED), (key, KEY), "  ", told(word, look))
            )
        if self.asked is not None:
            rows.append(line((look.say(self.asked.label), STRONG)))
            rows += option_rows(self.asked.options, look)
        return rows

    def keys(self, look: Look) -> str:
        """Return the keys of the box."""
        return look.say(N_("F10 commit    F12 back")) if self.asked is None else look.say(N_("F12 back"))

    def on_key(self, event: Key) -> None:
        """Answer the open question, or take the last answer back."""
        if event.key == "backspace":
            event.stop()
            self._back()
        elif event.is_printable:
            event.stop()
            self._answer(narrow(event.character or ""))

    def _back(self) -> None:
        if self.answers:
            self.answers.pop()
            self.say(None)
        else:
            self.app.bell()

    def _answer(self, key: str) -> None:
        options = self.asked.options if self.asked is not None else ()
        option = next((option for option in options if option.key == key), None)
        if option is None:
            self.app.bell()
        elif option.blocked is not None:
            self.reject(option.blocked)
        else:
            self.answers.append(key)
            self.say(None)

    def action_commit(self) -> None:
        """Answer, once every question is answered."""
        if self.asked is None:
            self.dismiss(tuple(self.answers))
        else:
            self.reject(NOT_ANSWERED)


Wanted = TicketEnd | TicketNumber | Promised


class Search(Modal[Wanted]):
    """A ticket by its number, or an appointment by its four digits, which F10 then checks in."""

    HELP: ClassVar[str] = N_(
        "A number of today, whole or by its end: A018, .18. Four digits are the code of an appointment: "
        "Enter shows it, F10 gives its number."
    )

    def __init__(self, appointments: Sequence[Promised], words: Lexicon) -> None:
        super().__init__(N_("Find a number"))
        self._appointments = appointments
        self._words = words
        self._found: Promised | None = None

    def compose_content(self) -> ComposeResult:
        """Lay what was found under the field."""
        yield Field("number", N_("Number"), cells=10, help=self.HELP)
        yield Canvas(id="rows")

    def content(self, look: Look) -> list[Content]:
        """Return the appointment that was found."""
        found = self._found
        if found is None:
            return [Content("")]
        service = self._words.service(found.service, look)
        return [line((look.clock(found.at), STRONG), "  ", service)]

    def keys(self, look: Look) -> str:
        """Return the keys of the box."""
        return look.say(N_("F10 check in    F12 back")) if self._found else look.say(N_("F12 back"))

    def on_field_filled(self, event: Field.Filled) -> None:
        """Look for what was typed."""
        event.stop()
        typed = narrow(event.field.value).strip()
        if typed.isascii() and typed.isdigit() and len(typed) == 4:
            self._look_up(typed)
            return
        wanted = parse(typed)
        if isinstance(wanted, TicketEnd | TicketNumber):
            self.dismiss(wanted)
        elif typed.isascii() and typed.isdigit() and len(typed) < 4:
            self.dismiss(TicketEnd(typed))
        else:
            self.reject(NO_NUMBER)

    def _look_up(self, code: str) -> None:
        self._found = next((each for each in self._appointments if each.code == code), None)
        if self._found is None:
            self.reject(NO_APPOINTMENT)
        elif self._found.state != "booked":
            self._found = None
            self.reject(USED)
        else:
            self.say(None)

    def action_commit(self) -> None:
        """Check the appointment in that was found."""
        if self._found is None:
            self.query_one(Field).enter()
        else:
            self.dismiss(self._found)


def options(
    words: Sequence[Words], blocked: Callable[[int], Note | None] = lambda place: None
) -> list[Option]:
    """Return nine answers at most, numbered from 1."""
    return [Option(str(place), word, blocked(place - 1)) for place, word in enumerate(words[:9], 1)]
