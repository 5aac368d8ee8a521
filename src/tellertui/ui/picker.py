"""The picker: a list in a modal, filtered by what is typed: code, pinyin initials or the words themselves."""

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input

from tellertui.core.refusal import N_
from tellertui.ui.canvas import Canvas
from tellertui.ui.fields import Field
from tellertui.ui.initials import answers
from tellertui.ui.look import CURSOR, KEY, MUTED, Look
from tellertui.ui.modal import INNER, Modal
from tellertui.ui.text import fit, fitted, line, spread

T = TypeVar("T")

PAGE = 10
CODE = 6
PICKER_HELP = N_(
    "Type a code, the first letters of the words in pinyin, or the words. Arrows move, Enter takes."
)


class Item(msgspec.Struct, Generic[T], frozen=True):
    """One row of a picker."""

    value: T
    text: str
    """Message id, or words of the branch or a person's name, which no catalogue knows."""
    code: str = ""
    detail: str = ""
    person: bool = False
    """The text is a name: its first character is read as a surname."""


class Picker(Modal[T]):
    """Take one of many; F12 takes none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup,f7", f"move({-PAGE})", show=False),
        Binding("pagedown,f8", f"move({PAGE})", show=False),
    ]

    def __init__(self, title: str, items: Sequence[Item[T]]) -> None:
        super().__init__(title)
        self._items = items
        self._typed = ""
        self._at = 0

    def compose_content(self) -> ComposeResult:
        """Lay the filter over the list."""
        yield Field("filter", N_("Find"), cells=20, label_cells=None, help=PICKER_HELP)
        yield Canvas(id="rows")

    def keys(self, look: Look) -> str:
        """Return the keys of the picker."""
        return look.say(N_("Enter take    F7 F8 page    F12 back"))

    @property
    def found(self) -> list[Item[T]]:
        """Return the items that answer to what is typed."""
        say = self.look.say
        return [
            item
            for item in self._items
            if item.code.lower().startswith(self._typed.lower())
            or answers(say(item.text), self._typed, person=item.person)
        ]

    def content(self, look: Look) -> list[Content]:
        """Return one page of the list, always of the same height."""
        found = self.found
        start = self._at // PAGE * PAGE
        rows = [
            self._row(item, start + place, look) for place, item in enumerate(found[start : start + PAGE])
        ]
        if not found:
            rows = [line((look.say(N_("Nothing answers to that.")), MUTED))]
        rows += [Content("")] * (min(PAGE, len(self._items)) - len(rows))
        shown = f"{min(start + 1, len(found))}-{min(start + PAGE, len(found))} / {len(found)}"
        return [fitted(row, INNER) for row in [*rows, line((shown, MUTED))]]

    def _row(self, item: Item[T], place: int, look: Look) -> Content:
        here = place == self._at
        left = line(">" if here else " ", " ", (fit(item.code, CODE), KEY), " ", look.say(item.text))
        row = spread(left, line(item.detail), INNER)
        return line((row.plain, CURSOR)) if here else row

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter."""
        event.stop()
        self._typed = event.value.strip()
        self._at = 0
        self.repaint()

    def on_field_filled(self, event: Field.Filled) -> None:
        """Take what the cursor is on."""
        event.stop()
        found = self.found
        if found:
            self.dismiss(found[self._at].value)
        else:
            self.app.bell()

    def action_move(self, steps: int) -> None:
        """Move the cursor."""
        last = len(self.found) - 1
        place = max(0, min(last, self._at + steps))
        if place == self._at:
            self.app.bell()
        self._at = place
        self.repaint()
