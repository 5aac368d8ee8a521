"""A number to be read across a lobby: letters and digits six cells wide and five rows high.

Strokes are two cells wide, so that an upright is as thick as a bar. Letters that can be taken for a digit or
for one another from afar (B D G I O Q S Z) and those without a clear form here (M R V W) are not drawn.
"""

from collections.abc import Sequence

TALL = 5
WIDE = 6
GAP = 2
"""Cells between two characters."""
INK = "█"
"""``Look.shown`` makes it ``#`` for a terminal that cannot be trusted with it."""

_GLYPHS: dict[str, tuple[str, ...]] = {
    "0": ("######", "##  ##", "##  ##", "##  ##", "######"),
    "1": (" ###  ", "  ##  ", "  ##  ", "  ##  ", "######"),
    "2": ("######", "    ##", "######", "##    ", "######"),
    "3": ("######", "    ##", " #####", "    ##", "######"),
    "4": ("##  ##", "##  ##", "######", "    ##", "    ##"),
    "5": ("######", "##    ", "######", "    ##", "######"),
    "6": ("######", "##    ", "######", "##  ##", "######"),
    "7": ("######", "    ##", "   ## ", "  ##  ", "  ##  "),
    "8": ("######", "##  ##", "######", "##  ##", "######"),
    "9": ("######", "##  ##", "######", "    ##", "######"),
    "A": (" #### ", "##  ##", "######", "##  ##", "##  ##"),
    "C": (" #####", "##    ", "##    ", "##    ", " #####"),
    "E": ("######", "##    ", "##### ", "##    ", "######"),
    "F": ("######", "##    ", "##### ", "##    ", "##    "),
    "H": ("##  ##", "##  ##", "######", "##  ##", "##  ##"),
    "J": ("    ##", "    ##", "    ##", "##  ##", " #### "),
    "K": ("##  ##", "## ## ", "####  ", "## ## ", "##  ##"),
    "L": ("##    ", "##    ", "##    ", "##    ", "######"),
    "N": ("##  ##", "### ##", "######", "## ###", "##  ##"),
    "P": ("##### ", "##  ##", "##### ", "##    ", "##    "),
    "T": ("######", "  ##  ", "  ##  ", "  ##  ", "  ##  "),
    "U": ("##  ##", "##  ##", "##  ##", "##  ##", " #### "),
    "X": ("##  ##", " #### ", "  ##  ", " #### ", "##  ##"),
    "Y": ("##  ##", "##  ##", " #### ", "  ##  ", "  ##  "),
    ">": ("##  ", " ## ", "  ##", " ## ", "##  "),
    ":": ("  ", "##", "  ", "##", "  "),
}
DRAWN = frozenset(_GLYPHS) - {">"}
"""Every character that has a form, with the colon of a clock."""


def drawn(text: str, *, gap: int = GAP, scale: int = 1) -> list[str]:
    """Return a number as rows of one width; a character that is not drawn stands plainly in the middle.

    Args:
        text: characters one cell wide.
        gap: cells between two characters.
        scale: how many times as wide and as high.
    """
    if not text:
        return [""] * (TALL * scale)
    rows = zip(*(_glyph(each, scale) for each in text), strict=True)
    return [(" " * gap).join(parts) for parts in rows]


def cells(text: str, *, gap: int = GAP, scale: int = 1) -> int:
    """Return how many cells a number takes."""
    return sum(len(_glyph(each, scale)[0]) for each in text) + gap * max(0, len(text) - 1)


def _glyph(character: str, scale: int) -> Sequence[str]:
    tall, wide = TALL * scale, WIDE * scale
    rows = _GLYPHS.get(character)
    if rows is None:
        return [(character if place == tall // 2 else "").center(wide) for place in range(tall)]
    scaled = ["".join((INK if part == "#" else " ") * scale for part in row) for row in rows]
    return [row for row in scaled for _ in range(scale)]
