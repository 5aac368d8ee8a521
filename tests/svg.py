"""A screen of a running app as an SVG: every character in its cell, whatever font the viewer has.

Textual's own export counts a Chinese character as one cell and loads its font from the network.
"""

from collections.abc import Iterator
from html import escape
from itertools import groupby
from re import finditer
from typing import Any, NamedTuple
from unicodedata import name

from rich.cells import cell_len
from rich.color import Color, blend_rgb
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from textual.app import App
from textual.strip import Strip

CELL, LINE, FONT, EDGE = 12, 24, 20, 12
"""Pixels of a cell, of a row, of the font, and around the screen."""
BASE = 18
"""Pixels from the top of a row to where its letters stand."""
LINES, BLOCKS = "─-╿", "▁-█"
"""Characters that are drawn, as ranges."""
WORDS = rf"[^\s{LINES}{BLOCKS}]+(?: [^\s{LINES}{BLOCKS}]+)*"
FONTS = (
    "Menlo, Consolas, 'DejaVu Sans Mono', 'Sarasa Mono TC', 'Noto Sans Mono CJK TC', 'PingFang TC', "
    "'Microsoft JhengHei', monospace"
)
"""Those whose letters are as wide as a cell first; Chinese comes from the next that has it."""


class Look(NamedTuple):
    """How a piece of a row is painted; colours as ``#rrggbb``."""

    fore: str
    back: str
    bold: bool
    underline: bool


def svg(app: App[Any], title: str) -> str:
    """Return what an app shows now, modals over the screens under them."""
    compositor = app.screen._compositor
    update: Any = compositor.render_update(full=True, screen_stack=app._background_screens)
    variables = app.theme_variables
    strips = [Strip.join(chops) for chops in update.strips]
    return _document(strips, variables["foreground"], variables["background"], title)


def _document(strips: list[Strip], fore: str, back: str, title: str) -> str:
    default = TerminalTheme(_rgb(back), _rgb(fore), [(0, 0, 0)] * 8)
    width = max(strip.cell_length for strip in strips) * CELL + 2 * EDGE
    height = len(strips) * LINE + 2 * EDGE
    rows = [row for y, strip in enumerate(strips) for row in _row(strip, EDGE + y * LINE, default, back)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
            f"<title>{escape(title)}</title>",
            f"<style>text {{ font-family: {FONTS}; font-size: {FONT}px }}</style>",
            f'<rect width="{width}" height="{height}" rx="8" fill="{back}"/>',
            *rows,
            "</svg>",
            "",
        ]
    )


def _row(strip: Strip, top: int, default: TerminalTheme, back: str) -> Iterator[str]:
    """Yield the backgrounds of a row, then its texts."""
    pieces, at = [], EDGE
    for look, segments in groupby(strip, lambda segment: _look(segment.style or Style(), default)):
        text = "".join(segment.text for segment in segments if not segment.control)
        pieces.append((at, text, look))
        at += cell_len(text) * CELL
    for at, text, look in pieces:
        if look.back != back:
            size = f'width="{cell_len(text) * CELL}" height="{LINE}"'
            yield f'<rect x="{at}" y="{top}" {size} fill="{look.back}"/>'
    for at, text, look in pieces:
        yield from _painted(at, top, text, look)


def _painted(left: int, top: int, text: str, look: Look) -> Iterator[str]:
    """Yield what a piece of a row consists of: words, lines, blocks; no font is asked how wide they are."""
    paint = f'fill="{look.fore}"'
    words = ' font-weight="bold"' if look.bold else ""
    words += ' text-decoration="underline"' if look.underline else ""
    for found in finditer(f"(?P<lines>[{LINES}]+)|(?P<blocks>[{BLOCKS}]+)|{WORDS}", text):
        at, run = left + cell_len(text[: found.start()]) * CELL, found[0]
        if found["lines"]:
            yield f'<path d="{_lines(at, top, run)}" stroke="{look.fore}" fill="none"/>'
        elif found["blocks"]:
            yield f'<path d="{_blocks(at, top, run)}" {paint}/>'
        else:
            place = f'x="{_places(at, run)}" y="{top + BASE}"'
            yield f"<text {place} {paint}{words}>{escape(run, quote=False)}</text>"


def _places(at: int, run: str) -> str:
    """Return where each character begins, a wide one in the middle of its two cells."""
    places = []
    for character in run:
        cells = cell_len(character)
        places.append(at + (2 * CELL - FONT) // 2 if cells == 2 else at)
        at += cells * CELL
    return " ".join(map(str, places))


def _lines(at: int, top: int, run: str) -> str:
    """Return box drawing as strokes from the middle of a cell to its edges, as the names of Unicode say."""
    strokes = []
    for found in finditer("─+|.", run):
        x, y, right = at + CELL // 2, top + LINE // 2, at + CELL * len(found[0])
        arms = set(
            name(found[0][0]).replace("HORIZONTAL", "LEFT RIGHT").replace("VERTICAL", "UP DOWN").split()
        )
        across = [end for arm, end in (("LEFT", at), ("RIGHT", right)) if arm in arms]
        upright = [end for arm, end in (("UP", top), ("DOWN", top + LINE)) if arm in arms]
        if "ARC" in arms:
            strokes.append(f"M{across[0]} {y}Q{x} {y} {x} {upright[0]}")
        else:
            strokes += [f"M{across[0] if len(across) == 2 else x} {y}H{across[-1]}"] if across else []
            strokes += [f"M{x} {upright[0] if len(upright) == 2 else y}V{upright[-1]}"] if upright else []
        at = right
    return "".join(strokes)


def _blocks(at: int, top: int, run: str) -> str:
    """Return blocks of so many eighths of a row."""
    heights = [(place, (ord(block) - ord(BLOCKS[0]) + 1) * LINE // 8) for place, block in enumerate(run)]
    return "".join(f"M{at + place * CELL} {top + LINE}v-{high}h{CELL}v{high}z" for place, high in heights)


def _look(style: Style, default: TerminalTheme) -> Look:
    fore, back = (_colour(style.color, default, True), _colour(style.bgcolor, default, False))
    if style.reverse:
        fore, back = back, fore
    if style.dim:
        fore = blend_rgb(fore, back, 0.4)
    return Look(fore.hex, back.hex, bool(style.bold), bool(style.underline))


def _colour(colour: Color | None, default: TerminalTheme, foreground: bool) -> Any:
    return (colour or Color.default()).get_truecolor(default, foreground)


def _rgb(colour: str) -> tuple[int, int, int]:
    return tuple(bytes.fromhex(colour[1:7]))  # type: ignore[return-value]
