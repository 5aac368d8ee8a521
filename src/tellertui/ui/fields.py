"""Fields: one row each, with label, brackets, value and what follows from it.

Focus is brackets and reverse, a required empty field is underscores, a filled one is only its value, a wrong
one has an ``x`` behind it. The value is normalised as it is typed, read on Enter and when the field is left.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Blur, Key, Paste, Resize
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.visual import Visual
from textual.widgets import Input

from tellertui.core.refusal import N_
from tellertui.ui.look import BAD, MUTED, STRONG, Look
from tellertui.ui.notes import FORBIDDEN, Note
from tellertui.ui.pump import Burst
from tellertui.ui.text import fit, fitted, line, width
from tellertui.ui.values import EMPTY, Kind, Many, One, Wrong

LABEL = 12
"""Cells of the column of labels."""
MARGIN = 1
_REVERSE = Style(reverse=True)


class Field(Input, inherit_bindings=False):
    """One line of input.

    Args:
        name: the key of its value in a form.
        label: message id.
        kind: how it is read.
        cells: room between the brackets, the cursor's cell included.
        required: it must not stay empty.
        help: message id for F1.
        offered: what F9 brings in; a value that was used last takes its place.
        secret: nothing of it is shown, repeated or kept.
        label_cells: room of the label; None for its own width and two cells.
    """

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "cursor_left", show=False),
        Binding("right", "cursor_right", show=False),
        Binding("shift+left", "cursor_left(True)", show=False),
        Binding("shift+right", "cursor_right(True)", show=False),
        Binding("ctrl+left", "cursor_left_word", show=False),
        Binding("ctrl+right", "cursor_right_word", show=False),
        Binding("home,ctrl+a", "home", show=False),
        Binding("end,ctrl+e", "end", show=False),
        Binding("backspace", "delete_left", show=False),
        Binding("delete,ctrl+d", "delete_right", show=False),
        Binding("ctrl+backspace,alt+backspace,ctrl+w", "delete_left_word", show=False),
        Binding("ctrl+u", "delete_left_all", show=False),
        Binding("enter", "submit", show=False),
    ]
    DEFAULT_CSS = """
    Field { border: none; height: 1; width: 1fr; padding: 0; background: $background; color: $foreground;
            scrollbar-size: 0 0; }
    Field:focus { border: none; background: $background; background-tint: transparent; }
    Field > .input--cursor { background: $accent; color: $background; text-style: none; }
    Field > .input--selection { background: $background; color: $foreground; text-style: bold; }
    Field > .input--placeholder { color: $foreground; }
    """

    class Filled(Message):
        """Enter on a field that was read without fault: the next one may have the focus."""

        def __init__(self, field: "Field") -> None:
            super().__init__()
            self.field = field

    def __init__(
        self,
        name: str,
        label: str = "",
        kind: Kind | None = None,
        *,
        cells: int = 20,
        required: bool = False,
        help: str = "",  # noqa: A002 - the word of every screen
        offered: str = "",
        secret: bool = False,
        label_cells: int | None = LABEL,
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(password=secret, validate_on=(), name=name, id=id, classes="field")
        self.cursor_blink = False
        self.label = label
        self.kind = kind or Kind()
        self.cells = cells
        self.required = required
        self.hint = help
        self.offered = offered
        self.fault: Note | None = None
        self._label_cells = label_cells

    # Values.

    @property
    def key(self) -> str:
        """Return the key of the value in a form."""
        return self.name or ""

    def read(self) -> Any:
        """Return the value, None where the field is empty and may be.

        Raises:
            Wrong: what stands in it is no value.
        """
        if not self.value.strip():
            if self.required:
                raise Wrong(EMPTY)
            return None
        return self.kind.read(self.value)

    def check(self) -> bool:
        """Read what stands in the field, keep the fault that is found, and say whether there is none."""
        try:
            self.read()
        except Wrong as wrong:
            self.fault = wrong.note
        else:
            self.fault = None
        self.refresh()
        return self.fault is None

    @property
    def gap(self) -> bool:
        """Say whether it still needs a person: required and empty, or wrong."""
        return self.fault is not None or (self.required and not self.value.strip())

    def put(self, value: Any) -> None:
        """Put a value in, as its kind writes it; None empties the field."""
        self.value = "" if value is None else self.kind.write(value)
        self.cursor_position = len(self.value)

    def repeat(self) -> bool:
        """Bring in the offered value (F9); say whether there was one."""
        if self.password or not self.offered:
            return False
        self.value = self.offered
        self.cursor_position = len(self.value)
        return True

    # Typing.

    def replace(self, text: str, start: int, end: int) -> None:
        """Let typed text in as its kind wants it; what the kind does not take rings the bell."""
        text = self.kind.typed(text)
        start, end = sorted((max(0, start), min(len(self.value), end)))
        value = self.value[:start] + text + self.value[end:]
        if text and not self.kind.takes(value):
            self.restricted()
            return
        self.fault = None
        self.value = value
        self.cursor_position = start + len(text)

    def _on_paste(self, event: Paste) -> None:
        event.prevent_default()
        event.stop()
        rows = event.text.splitlines()
        if rows and not self.password:
            self.replace(rows[0], *self.selection)
        else:
            self.app.bell()

    def on_burst(self, burst: Burst) -> None:
        """Take several keys that arrived as one."""
        burst.stop()
        self.take_burst(burst)

    def take_burst(self, burst: Burst) -> None:
        """Take a burst in place of its first characters, which have come one by one."""
        end = self.cursor_position
        start = end - burst.given if self.selection.is_empty else min(self.selection)
        self.replace(burst.text, start, max(end, *self.selection))
        if burst.enter:
            self.enter()

    async def action_submit(self) -> None:
        """Enter: go on where the field is right, say what is wrong where it is not."""
        self.enter()

    def enter(self) -> None:
        """Read the field and go on."""
        if self.check():
            self.post_message(self.Filled(self))
        else:
            self.complain()

    def complain(self) -> None:
        """Say on the message line what is wrong."""
        if self.fault is not None and (reject := getattr(self.screen, "reject", None)):
            reject(self.fault)

    def on_blur(self, event: Blur) -> None:
        """Read what was left behind; an empty field is judged only by Enter and F10."""
        if self.value.strip() and not self.check():
            self.complain()

    def action_copy(self) -> None:
        """Copy nothing: the clipboard belongs to the terminal, not to the bank."""

    def action_cut(self) -> None:
        """Cut nothing."""

    # Drawing.

    @property
    def look(self) -> Look:
        """Return how to draw now."""
        found: Look = getattr(self.app, "look")  # noqa: B009 - the app base is above this module
        return found

    def before(self, look: Look) -> str:
        """Return what stands between label and bracket."""
        return ""

    def beside(self, look: Look) -> Content:
        """Return what stands behind the field: what follows from its value, or what F9 offers."""
        try:
            value = self.read()
        except Wrong:
            value = None
        if value is not None:
            return line(self.kind.beside(value, look))
        return line((self.offered, MUTED)) if self.offered and not self.value else Content("")

    def _left(self, look: Look) -> Content:
        """Return label and bracket."""
        label = look.say(self.label) if self.label else ""
        room = self._label_cells if self._label_cells is not None else width(label) + 2
        style = STRONG if self.has_focus else MUTED
        bracket = "[" if self.has_focus else " "
        return line(" " * MARGIN, (fit(label, room), style), self.before(look), bracket)

    def on_mount(self) -> None:
        """Take the place that label and brackets leave."""
        self.relayout()

    def on_resize(self, event: Resize) -> None:
        """Take the place that label and brackets leave."""
        self.relayout()

    def relayout(self) -> None:
        """Find the place of the value after a change of size or language."""
        left = self._left(self.look).cell_length
        self.styles.padding = (0, max(1, self.outer_size.width - left - self.cells), 0, left)
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Render label, brackets and what follows around the value that Textual draws."""
        full = self.outer_size.width
        strips = super().render_lines(Region(0, crop.y, full, crop.height))
        return [self._row(strip, full).crop(crop.x, crop.right) for strip in strips]

    def _row(self, strip: Strip, full: int) -> Strip:
        look = self.look
        left = self._strip(self._left(look))
        start = left.cell_length
        if self.has_focus:
            middle = self._reversed(strip.crop(start, start + self.cells))
        elif self.required and not self.value:
            middle = self._strip(line("_" * self.cells))
        else:
            middle = strip.crop(start, start + self.cells)
        mark = (FORBIDDEN, BAD) if self.fault else " "
        room = full - start - self.cells - 4
        tail = line("]" if self.has_focus else " ", mark, " ", fitted(self.beside(look), max(0, room)), " ")
        return Strip.join([left, middle, self._strip(tail)])

    def _strip(self, row: Content) -> Strip:
        shown = self.look.shown(row)
        strip = Visual.to_strips(self, shown, max(1, shown.cell_length), 1, self.visual_style)[0]
        for filter in self.get_line_filters():  # noqa: A001 - Textual's word for what takes colour away
            strip = strip.apply_filter(filter, self.background_colors[1])
        return strip

    def _reversed(self, strip: Strip) -> Strip:
        """Return the value in reverse, the cursor's cell left as it is."""
        at = self._cursor_offset - (1 if self.cursor_at_end else 0) - self.scroll_offset.x
        parts = (strip.crop(0, at), strip.crop(at, at + 1), strip.crop(at + 1))
        return Strip.join([parts[0].apply_style(_REVERSE), parts[1], parts[2].apply_style(_REVERSE)])

    @property
    def content_width(self) -> int:
        """Return the width of the value, constant while it fits, so that a key moves no layout."""
        return max(self.cells, super().content_width)

    @property
    def _value(self) -> Text:
        if self.password:
            return Text("*" * len(self.value), no_wrap=True, overflow="ignore", end="")
        return super()._value


class Choice(Field):
    """One digit out of several; it goes on by itself."""

    one_key = True

    def __init__(self, name: str, label: str, options: "Options", **more: Any) -> None:
        self._options = options
        super().__init__(name, label, One(options="".join(key for key, _ in options())), cells=2, **more)

    def before(self, look: Look) -> str:
        """Return the options in words."""
        return "".join(f"{key} {look.say(text)}  " for key, text in self._options())

    async def _on_key(self, event: Key) -> None:
        if not event.is_printable:
            return
        event.stop()
        event.prevent_default()
        digit = self.kind.typed(event.character or "")
        if self.kind.takes(digit) and digit:
            self.value = digit
            self.enter()
        else:
            self.restricted()

    def take_burst(self, burst: Burst) -> None:
        """Take no scan for an answer."""
        self.restricted()


class Several(Field):
    """Any of several digits; each press turns one on or off, Enter goes on."""

    one_key = True

    def __init__(self, name: str, label: str, options: "Options", **more: Any) -> None:
        self._options = options
        keys = "".join(key for key, _ in options())
        super().__init__(name, label, Many(options=keys), cells=len(keys) + 1, **more)

    def before(self, look: Look) -> str:
        """Return the options in words."""
        return "".join(f"{key} {look.say(text)}  " for key, text in self._options())

    async def _on_key(self, event: Key) -> None:
        if not event.is_printable:
            return
        event.stop()
        event.prevent_default()
        digit = self.kind.typed(event.character or "")
        if not (digit and self.kind.takes(digit)):
            self.restricted()
            return
        self.value = "".join(sorted(set(self.value) ^ {digit}))
        self.cursor_position = len(self.value)

    def take_burst(self, burst: Burst) -> None:
        """Take no scan for an answer."""
        self.restricted()


Options = Callable[[], list[tuple[str, str]]]
"""Digits and their words: message ids, or words of the branch, which no catalogue knows."""

PASSPHRASE_HELP = N_("The passphrase you signed on with. It is never shown, copied or kept.")
