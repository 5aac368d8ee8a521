"""The canvas: rows of text as one widget. Only rows that changed are painted again."""

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.visual import Visual
from textual.widget import Widget

from tellertui.ui.text import fitted

_NOTHING = Content("")


class Canvas(Widget):
    """Rows that somebody else has laid out; it cannot be focused and scrolls nowhere."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Canvas { width: 1fr; height: 1fr; text-wrap: nowrap; text-overflow: clip; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._rows: list[Content] = []

    @property
    def rows(self) -> list[Content]:
        """Return what is shown."""
        return self._rows

    def show(self, rows: Sequence[Content]) -> None:
        """Show other rows."""
        before, self._rows = self._rows, list(rows)
        tall = max(len(before), len(self._rows))
        if len(before) != len(self._rows) and self.styles.is_auto_height:
            self.refresh(layout=True)
        changed = [y for y in range(tall) if not _same(_at(before, y), _at(self._rows, y))]
        if changed:
            self.refresh(*(Region(0, y, max(1, self.size.width), 1) for y in changed))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how tall a canvas is that is as tall as its rows."""
        return len(self._rows)

    def render_line(self, y: int) -> Strip:
        """Render one row."""
        width = self.size.width
        row = fitted(_at(self._rows, y), width)
        strips = Visual.to_strips(self, row, width, 1, self.visual_style)
        return strips[0] if strips else Strip.blank(width, self.rich_style)


def _at(rows: Sequence[Content], y: int) -> Content:
    return rows[y] if y < len(rows) else _NOTHING


def _same(one: Content, other: Content) -> bool:
    return one.plain == other.plain and one.spans == other.spans
