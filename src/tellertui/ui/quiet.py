"""An app without what stock Textual does and a bank's terminal must not.

No palette, screenshots, clipboard, text selection, tooltips, toasts, links, shells, features from the
environment; without colour no shades of grey.
"""

import os
from typing import Any, ClassVar

from textual.app import App
from textual.binding import BindingType
from textual.filter import NoColor

from tellertui.ui.driver import KeyDriver


class QuietApp(App[int], inherit_bindings=False):
    """The stock app, made quiet."""

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    ESCAPE_TO_MINIMIZE = False
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self) -> None:
        super().__init__(driver_class=KeyDriver)
        self.features = frozenset()
        self._disable_tooltips = self._disable_notifications = True
        if self.no_color:
            # Textual would send shades of grey; here the terminal's own two colours are all there is.
            self._filters = [NoColor()]

    def notify(self, message: str, **_: Any) -> None:
        """Show no toast: it would eat Chinese characters."""
        self.bell()

    def copy_to_clipboard(self, text: str) -> None:
        """Copy nothing: OSC 52 would carry it out of the branch."""
        self.bell()

    def action_screenshot(self, filename: str | None = None, path: str | None = None) -> None:
        """Take no picture."""
        self.bell()

    def save_screenshot(self, *_: Any, **__: Any) -> str:
        """Take no picture."""
        self.bell()
        return os.devnull

    def deliver_screenshot(self, *_: Any, **__: Any) -> str | None:
        """Take no picture."""
        self.bell()
        return None

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Open no browser."""
        self.bell()

    def action_suspend_process(self) -> None:
        """Do not fall back to a shell."""
        self.bell()
