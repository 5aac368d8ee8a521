"""Normalisation of numbers as people type, paste and dictate them.

``compact`` drops spaces and hyphens, makes ASCII letters capital and full-width ASCII narrow. It drops
and guesses nothing else, so that a foreign character is found and named by the rule that follows.
"""

_SPACES = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
_HYPHENS = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63"
_FULL_WIDTH = 0xFEE0

_narrow = {code + _FULL_WIDTH: chr(code) for code in range(0x21, 0x7F)}
_COMPACT: dict[int, str | None] = {
    **{code: str(character).upper() for code, character in _narrow.items()},
    **{code: chr(code).upper() for code in range(ord("a"), ord("z") + 1)},
    **{ord(character): None for character in _SPACES + _HYPHENS},
    ord("-") + _FULL_WIDTH: None,
}


def compact(value: str) -> str:
    """Return the value without spaces and hyphens, in capitals and narrow forms; idempotent."""
    # Most values are plain already, and mapping every character is the dearer way.
    return value.upper() if value.isascii() and value.isalnum() else value.translate(_COMPACT)


def without_brackets(value: str) -> str:
    """Return a compact value without round brackets, in which some documents print the check character."""
    return value.replace("(", "").replace(")", "")
