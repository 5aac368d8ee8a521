"""Themes with tested contrast: dark, light, and one for terminals without colour.

State is never shown by colour alone: focus is brackets and reverse, errors carry a mark and words.
"""

from textual.theme import Theme

DARK = Theme(
    name="teller-dark",
    primary="#8ab4f8",
    secondary="#9aa7b8",
    accent="#f2c14e",
    foreground="#f1f3f4",
    background="#0f1317",
    surface="#171c21",
    panel="#20262d",
    success="#8fd19e",
    warning="#f2c14e",
    error="#ff9b8f",
    dark=True,
    variables={
        "muted": "#b4bcc6",
        "rule": "#5a6672",
        "input-cursor-background": "#f1f3f4",
        "input-selection-background": "#3d5a80",
    },
)

LIGHT = Theme(
    name="teller-light",
    primary="#0b4aa2",
    secondary="#475569",
    accent="#7a4b00",
    foreground="#14181d",
    background="#ffffff",
    surface="#f4f6f8",
    panel="#e7ebef",
    success="#0a5d2a",
    warning="#7a4b00",
    error="#a3140a",
    dark=False,
    variables={
        "muted": "#414b56",
        "rule": "#8793a0",
        "input-cursor-background": "#14181d",
        "input-selection-background": "#b7cdec",
    },
)

CONTRAST = Theme(
    name="teller-contrast",
    primary="#ffffff",
    secondary="#ffffff",
    accent="#ffff00",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#000000",
    success="#ffffff",
    warning="#ffff00",
    error="#ffff00",
    dark=True,
    variables={
        "muted": "#ffffff",
        "rule": "#ffffff",
        "input-cursor-background": "#ffffff",
        "input-selection-background": "#404040",
    },
)

THEMES = (DARK, LIGHT, CONTRAST)


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours by WCAG 2.2, 1 to 21."""
    brighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
