"""A number drawn large: letters and digits three cells wide and three rows high."""

from collections.abc import Iterable

TALL = 3
WIDE = 3

_GLYPHS = {
    "0": ("╭─╮", "│ │", "╰─╯"),
    "1": ("╶╮ ", " │ ", " ╵ "),
    "2": ("╶─╮", "╭─╯", "╰─╴"),
    "3": ("╶─╮", "╶─┤", "╶─╯"),
    "4": ("╷ ╷", "╰─┤", "  ╵"),
    "5": ("╭─╴", "╰─╮", "╶─╯"),
    "6": ("╭─╴", "├─╮", "╰─╯"),
    "7": ("╶─╮", "  │", "  ╵"),
    "8": ("╭─╮", "├─┤", "╰─╯"),
    "9": ("╭─╮", "╰─┤", "╶─╯"),
    "A": ("╭─╮", "├─┤", "╵ ╵"),
    "C": ("╭─╴", "│  ", "╰─╴"),
    "E": ("╭─╴", "├─ ", "╰─╴"),
    "F": ("╭─╴", "├─ ", "╵  "),
    "H": ("╷ ╷", "├─┤", "╵ ╵"),
    "J": ("  ╷", "  │", "╰─╯"),
    "K": ("╷╭╴", "├┤ ", "╵╰╴"),
    "L": ("╷  ", "│  ", "╰─╴"),
    "N": ("╭╮╷", "│││", "╵╰╯"),
    "P": ("╭─╮", "├─╯", "╵  "),
    "T": ("╶─╴", " │ ", " ╵ "),
    "U": ("╷ ╷", "│ │", "╰─╯"),
    "X": ("╷ ╷", " ─ ", "╵ ╵"),
    "Y": ("╷ ╷", "╰─┤", "╶─╯"),
}
"""Every letter that a service may have, and the digits."""


def drawn(text: str) -> list[str]:
    """Return a number as rows; a letter that is not drawn stands in its middle."""
    return ["".join(rows) for rows in zip(*_of(text), strict=True)] if text else [""] * TALL


def _of(text: str) -> Iterable[tuple[str, str, str]]:
    for character in text:
        yield _GLYPHS.get(character) or (" " * WIDE, f" {character} ", " " * WIDE)
