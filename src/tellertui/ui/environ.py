"""The environment of a terminal, without what makes Textual log, inject keys, load classes or take pictures.

Textual reads its variables when it is imported, so ``clean`` runs before that; this module imports nothing.
"""

from collections.abc import MutableMapping

KEPT = frozenset({"TEXTUAL_FPS", "TEXTUAL_COLOR_SYSTEM", "TEXTUAL_ANIMATIONS", "TEXTUAL_DISABLE_KITTY_KEY"})
"""Harmless settings for slow lines and odd terminals."""
ALSO = frozenset(
    {
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONASYNCIODEBUG",
        "PYTHONINSPECT",
        "UNICODE_VERSION",
        "COLUMNS",
        "LINES",
    }
)
"""Slower start, traces with values, a prompt after the end, other cell widths than the tests measured, a size
that no resize changes."""


def clean(environ: MutableMapping[str, str]) -> None:
    """Drop what a counter's terminal must not obey."""
    for name in [name for name in environ if _dropped(name)]:
        del environ[name]
    environ.setdefault("TEXTUAL_ANIMATIONS", "none")


def _dropped(name: str) -> bool:
    return name in ALSO or (name.startswith("TEXTUAL") and name not in KEPT)
