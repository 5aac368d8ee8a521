"""Forms: fields in sections, with a mark for each section, its gaps, and what is half filled as a draft.

A form holds widgets; where they stand and when they are read. Enter goes on to the next field and never
commits; after the last field the message line says ``F10``. A section that is not open keeps what it holds.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from tellertui.core.refusal import N_
from tellertui.ui.fields import Field
from tellertui.ui.look import BAD, CURSOR, GOOD, KEY, WARN, Look
from tellertui.ui.modal import Modal
from tellertui.ui.notes import DONE, FORBIDDEN, INFO, WARNING, Note
from tellertui.ui.text import line
from tellertui.ui.values import Wrong

LAST = Note(INFO, N_("That was the last field."), way=N_("F10 commits"))
GAPS = N_("{gaps} fields are missing or wrong; the first one has the cursor.")


class Section(msgspec.Struct, frozen=True):
    """A page of a form; its digit opens it."""

    number: str
    title: str
    """Message id."""
    fields: tuple[Field, ...]


class Mark(msgspec.Struct, frozen=True):
    """How far a section is."""

    number: str
    title: str
    filled: int
    needed: int
    faults: int
    warnings: int = 0
    here: bool = False

    def text(self) -> str:
        """Return the mark: forbidden, warned, filled of needed, or done."""
        if self.faults:
            return f"{FORBIDDEN} {self.faults}"
        if self.warnings:
            return f"{WARNING} {self.warnings}"
        return DONE if self.filled >= self.needed else f"{self.filled}/{self.needed}"

    @property
    def style(self) -> str:
        """Return the style of the mark."""
        return BAD if self.faults else WARN if self.warnings else GOOD if self.filled >= self.needed else ""


def section_row(marks: Sequence[Mark], look: Look) -> Content:
    """Return all sections with their marks, the open one in reverse."""
    parts: list[Content] = []
    for mark in marks:
        title = line((mark.number, KEY), " ", look.say(mark.title))
        shown = line((title.plain, CURSOR)) if mark.here else title
        parts.append(line(" ", shown, " ", (mark.text(), mark.style), "  "))
    return line(*parts)


class Form(Widget):
    """The fields of a screen, a section at a time."""

    DEFAULT_CSS = """
    Form { height: auto; width: 1fr; }
    Form > Vertical { height: auto; width: 1fr; }
    """

    def __init__(
        self,
        *sections: Section,
        last: Callable[[], object] | None = None,
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(id=id)
        self.sections = sections
        self._last = last
        """What Enter in the last field does; without it the message line says what commits."""
        self.open = sections[0]
        self._boxes: dict[str, Vertical] = {}

    def compose(self) -> ComposeResult:
        """Lay each section into a box of its own; one is seen."""
        for section in self.sections:
            box = self._boxes[section.number] = Vertical(*section.fields)
            box.display = section is self.open
            yield box

    def __getitem__(self, name: str) -> Field:
        """Return a field by its name."""
        return next(field for field in self.fields() if field.key == name)

    def fields(self) -> Iterator[Field]:
        """Yield every field in order."""
        for section in self.sections:
            yield from section.fields

    # Values and drafts.

    def values(self) -> dict[str, Any] | None:
        """Read every field; None, and the cursor in the first gap, when something is missing or wrong."""
        values: dict[str, Any] = {}
        for field in self.fields():
            if field.check():
                values[field.key] = field.read()
        if gaps := self.gaps():
            self.go_to(gaps[0])
            self._reject(gaps[0].fault or Note(FORBIDDEN, GAPS, {"gaps": len(gaps)}))
            return None
        return values

    def gaps(self) -> list[Field]:
        """Return the fields that still need a person."""
        return [field for field in self.fields() if field.gap]

    def draft(self) -> dict[str, str]:
        """Return what is half filled, as typed; secrets are never part of it."""
        return {field.key: field.value for field in self.fields() if field.value and not field.password}

    def restore(self, draft: Mapping[str, str]) -> None:
        """Fill in a draft; fields it does not name are emptied, names it should not have are passed over."""
        for field in self.fields():
            if not field.password:
                field.value = str(draft.get(field.key, ""))
                if field.value:
                    field.check()

    # Where the person is.

    def turn(self, number: str) -> bool:
        """Open a section by its digit; say whether there is one."""
        section = next((section for section in self.sections if section.number == number), None)
        if section is None:
            return False
        self.open = section
        for key, box in self._boxes.items():
            box.display = key == number
        if section.fields:
            section.fields[0].focus()
        return True

    def step(self, by: int) -> bool:
        """Open the next or the last section (F8, F7)."""
        place = self.sections.index(self.open) + by
        return 0 <= place < len(self.sections) and self.turn(self.sections[place].number)

    def go_to(self, field: Field) -> None:
        """Put the cursor into a field, wherever it is."""
        section = next(section for section in self.sections if field in section.fields)
        if section is not self.open:
            self.turn(section.number)
        field.focus()

    def next_gap(self) -> bool:
        """Go to the next gap behind the cursor, wherever it is (F6); say whether there is one."""
        every = list(self.fields())
        focused = self.screen.focused
        start = every.index(focused) + 1 if isinstance(focused, Field) and focused in every else 0
        for field in [*every[start:], *every[:start]]:
            if field.gap and field is not focused:
                self.go_to(field)
                return True
        return False

    def repeat(self) -> bool:
        """Bring the offered value into the field with the cursor (F9); say whether there was one."""
        focused = self.screen.focused
        return isinstance(focused, Field) and focused.repeat()

    def offer(self, values: Mapping[str, str]) -> None:
        """Offer values, such as those of the last record, to the fields of the same names."""
        for field in self.fields():
            if not field.password and field.key in values:
                field.offered = values[field.key]
                field.refresh()

    def marks(self) -> list[Mark]:
        """Return how far each section is."""
        return [
            Mark(
                section.number,
                section.title,
                sum(1 for field in section.fields if field.required and field.value and not field.fault),
                sum(1 for field in section.fields if field.required),
                sum(1 for field in section.fields if field.fault),
                here=section is self.open,
            )
            for section in self.sections
        ]

    def on_field_filled(self, event: Field.Filled) -> None:
        """Go on to the next field of the section; after the last one say what commits."""
        event.stop()
        fields = self.open.fields
        place = fields.index(event.field) + 1 if event.field in fields else len(fields)
        if place < len(fields):
            fields[place].focus()
        elif self._last is not None:
            self._last()
        elif say := getattr(self.screen, "say", None):
            say(LAST)

    def _reject(self, note: Note) -> None:
        if reject := getattr(self.screen, "reject", None):
            reject(note)


class Ask(Modal[dict[str, Any]]):
    """A few fields in a modal; F10 answers with their values."""

    def __init__(self, title: str, fields: Sequence[Field], *, about: str = "") -> None:
        super().__init__(title)
        self.form = Form(Section("1", title, tuple(fields)))
        self.about = about

    def compose_content(self) -> ComposeResult:
        """Lay the form."""
        yield self.form

    def keys(self, look: Look) -> str:
        """Return the keys of the modal."""
        return look.say(N_("F10 commit    F12 back"))

    def action_commit(self) -> None:
        """Answer, once everything is right."""
        values = self.form.values()
        if values is not None:
            self.dismiss(values)


def value_of(field: Field) -> Any:
    """Return the value of a field, None while it has none or a wrong one."""
    try:
        return field.read()
    except Wrong:
        return None
