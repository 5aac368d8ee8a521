"""How a screen is to be drawn: size, language, glyphs, time zone; and the styles that layouts may use.

Layouts are pure: a view and a ``Look`` in, rows of ``Content`` out, each exactly as wide as it says.
"""

from collections.abc import Callable
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace
from textual.content import Content

from tellertui.core.clock import local
from tellertui.i18n import translator

UTC = ZoneInfo("UTC")
CHROME = 6
"""Rows that the frame takes: head and rule above, message, status and two rows of keys below."""
LEAST = (80, 24)
"""The smallest terminal that a screen is drawn on."""
WIDE = 120
"""From this width on a detail pane opens at right."""

MUTED = "$muted"
"""Labels and what is only to be glanced at."""
STRONG = "bold"
KEY = "bold $primary"
RULE = "$rule"
GOOD = "$success"
WARN = "bold $warning"
BAD = "bold $error"
DIM = "dim"
"""A verb that cannot be used now."""
CURSOR = "reverse"
"""Where the person is; brackets or ``>`` say the same without it."""

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("─╶╴", "-"),
        **dict.fromkeys("│╷╵", "|"),
        **dict.fromkeys("┌┐└┘├┤╭╮╰╯", "+"),
        **dict.fromkeys("▁▂", "_"),
        **dict.fromkeys("▃▄▅", "="),
        **dict.fromkeys("▆▇█", "#"),
        "…": "~",
    }
)


class Look(msgspec.Struct, frozen=True):
    """How a screen is to be drawn."""

    language: str = "en"
    width: int = LEAST[0]
    height: int = LEAST[1]
    plain: bool = False
    """Without glyphs whose width differs between terminals."""
    zone: ZoneInfo = UTC

    @property
    def say(self) -> Callable[[str], str]:
        """Return the translator; layouts call it ``_``."""
        return translator(self.language)

    @property
    def rows(self) -> int:
        """Return how many rows the body has."""
        return self.height - CHROME

    @property
    def wide(self) -> bool:
        """Say whether a detail pane has room at right."""
        return self.width >= WIDE

    def shown(self, row: Content) -> Content:
        """Return a row with the glyphs that this terminal can be trusted with; its width stays."""
        return Content(row.plain.translate(_PLAIN), list(row.spans)) if self.plain else row

    def clock(self, instant: int | None, absent: str = "") -> str:
        """Return an instant as ``HH:MM`` on the branch's clock."""
        return absent if instant is None else f"{local(instant, self.zone):%H:%M}"

    def sized(self, width: int, height: int) -> "Look":
        """Return the same look for another size."""
        return replace(self, width=width, height=height)

    @property
    def small(self) -> bool:
        """Say whether the terminal is too small to draw a screen on."""
        return self.width < LEAST[0] or self.height < LEAST[1]
