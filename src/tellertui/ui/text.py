"""Text from people and data, made safe and fitting for a terminal.

Nothing that comes from data is ever markup: it is shown through ``plain``, ``line`` (rows of a canvas) or
``cell`` (tables). Control characters, direction overrides and other invisible characters are shown escaped,
so that the width of a text is the sum of the widths of its characters.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rich.cells import cell_len
from rich.text import Text
from textual.content import Content

ELLIPSIS = "…"
NO_START = frozenset("，。、；：？！）》」』】〕％·～,.;:?!)]}%’”")
"""Characters that do not begin a line (kinsoku)."""
NO_END = frozenset("（《「『【〔([{‘“")
"""Characters that do not end a line."""
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_SELECTORS = "\ufe0e\ufe0f"
"""Variation selectors that change the width of what stands before them, in some terminals only."""

Part = str | Content | tuple[str, str]
"""A piece of a row: text, text with a style, or what has been put together before."""


def escaped(text: str) -> str:
    """Return the text with every control or invisible character written as an escape; line feeds stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


@lru_cache(maxsize=4096)
def _shown(character: str) -> str:
    hidden = unicodedata.category(character) in _HIDDEN or character in _SELECTORS
    if character == "\n" or not hidden:
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def flat(text: str) -> str:
    """Return the text escaped and on one line."""
    return escaped(text).replace("\n", " ")


def plain(text: str) -> Content:
    """Return text for a widget, taken literally."""
    return Content(escaped(text))


def cell(text: str, style: str = "") -> Text:
    """Return text for a table cell, taken literally."""
    return Text(escaped(text), style=style, no_wrap=True, end="")


def line(*parts: Part) -> Content:
    """Return one row put together from pieces, each taken literally and kept on one line."""
    return Content.assemble(*(_piece(part) for part in parts))


def _piece(part: Part) -> Part:
    if isinstance(part, Content):
        return part
    if isinstance(part, tuple):
        return flat(part[0]), part[1]
    return flat(part)


def width(text: str | Content) -> int:
    """Return how many cells a text takes."""
    return text.cell_length if isinstance(text, Content) else cell_len(text)


def fit(text: str, cells: int) -> str:
    """Return the text in exactly so many cells: padded, or cut with an ellipsis and never silently."""
    text = flat(text)
    missing = cells - cell_len(text)
    if missing >= 0:
        return text + " " * missing
    if cells <= 0:
        return ""
    kept = _head(text, cells - 1)
    return kept + ELLIPSIS + " " * (cells - 1 - cell_len(kept))


def right(text: str, cells: int) -> str:
    """Return the text at the right end of so many cells."""
    text = flat(text)
    missing = cells - cell_len(text)
    return " " * missing + text if missing >= 0 else fit(text, cells)


def fitted(row: Content, cells: int) -> Content:
    """Return a row with its styles in exactly so many cells: padded, or cut with an ellipsis."""
    missing = cells - row.cell_length
    if missing >= 0:
        return row.pad_right(missing)
    if cells <= 0:
        return Content("")
    kept = _head(row.plain, cells - 1)
    return row[: len(kept)] + Content(ELLIPSIS + " " * (cells - 1 - cell_len(kept)))


def spread(left: Content, right: Content, cells: int) -> Content:
    """Return a row with one text at its left and one at its right end; the left one gives way."""
    room = cells - right.cell_length
    return fitted(left, room) + right if room > 0 else fitted(right, cells)


def beside(left: Sequence[Content], right: Sequence[Content], cells: int, gap: int = 2) -> list[Content]:
    """Return two blocks of rows side by side; the left one takes exactly so many cells and the gap."""
    tall = max(len(left), len(right))
    rows = [*left, *[Content("")] * (tall - len(left))]
    more = [*right, *[Content("")] * (tall - len(right))]
    return [fitted(a, cells) + Content(" " * gap) + b for a, b in zip(rows, more, strict=True)]


def wrap(text: str, cells: int) -> list[str]:
    """Break text into lines of at most so many cells, as Chinese and English are broken on paper.

    Chinese may break between any two characters except before closing and after opening punctuation; a Latin
    word is kept whole while it fits a line. A character wider than the line stands alone on one.
    """
    lines: list[str] = []
    for paragraph in escaped(text).split("\n"):
        lines += _paragraph(_units(paragraph), cells)
    return lines


def _units(text: str) -> Iterable[str]:
    """Yield what stays together: a word, a character with what may not begin or end a line beside it."""
    unit = ""
    for character in text:
        if unit and not _joins(unit[-1], character):
            yield unit
            unit = ""
        unit += character
    if unit:
        yield unit


def _joins(last: str, character: str) -> bool:
    if " " in (last, character):
        return False
    if character in NO_START or last in NO_END:
        return True
    return (cell_len(last) < 2 and cell_len(character) < 2) or cell_len(character) == 0


def _paragraph(units: Iterable[str], cells: int) -> list[str]:
    lines, row, used = [], "", 0
    for unit in units:
        size = cell_len(unit)
        if row and used + size > cells:
            lines.append(row.rstrip(" "))
            row, used = "", 0
        if unit == " " and not row and lines:
            continue
        while size > cells and (head := _broken(unit, cells)) != unit:
            lines.append(head)
            unit = unit[len(head) :]
            size = cell_len(unit)
        row, used = row + unit, used + size
    lines.append(row.rstrip(" "))
    return lines


def _broken(unit: str, cells: int) -> str:
    """Return the first part of a unit too long for a line; what may not begin a line stays behind it."""
    head = _head(unit, cells) or unit[0]
    place = len(head)
    while place > 1 and place < len(unit) and unit[place] in NO_START:
        place -= 1
    return unit[:place] if unit[place : place + 1] not in NO_START else head


def _head(text: str, cells: int) -> str:
    """Return as much of the beginning as fits into so many cells."""
    used = 0
    for place, character in enumerate(text):
        used += cell_len(character)
        if used > cells:
            return text[:place]
    return text
