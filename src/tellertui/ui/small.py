"""What stands on a terminal that is too small; everything under it is kept."""

from textual.app import ComposeResult
from textual.events import Resize
from textual.screen import Screen

from tellertui.ui.canvas import Canvas
from tellertui.ui.chrome import small_rows
from tellertui.ui.look import Look


class TooSmall(Screen[None], inherit_bindings=False):
    """Asks for a larger window; no key does anything here."""

    ALLOW_SELECT = False

    def compose(self) -> ComposeResult:
        """Lay one canvas."""
        yield Canvas(id="small")

    def on_mount(self) -> None:
        """Draw."""
        self.repaint()

    def on_resize(self, event: Resize) -> None:
        """Draw for the new size."""
        self.repaint()

    def repaint(self) -> None:
        """Say how large the window is and how large it must be."""
        look: Look = getattr(self.app, "look")  # noqa: B009 - the app base is above this module
        self.query_one(Canvas).show([look.shown(row) for row in small_rows(look)])
