"""Every pair of colours that a screen uses can be read, and no state is shown by colour alone."""

import pytest
from snap import press, screen_rows, settled
from textual.theme import Theme
from toolkit_sample import SampleApp

from tellertui.ui import look
from tellertui.ui.theme import CONTRAST, THEMES, contrast

BODY, KEYS = 7.0, 4.5


def colour(theme: Theme, name: str) -> str:
    found = theme.variables.get(name) or getattr(theme, name)
    assert isinstance(found, str)
    return found


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_body_text_has_a_ratio_of_seven(theme):
    for text in ("foreground", "muted", "success", "warning", "error"):
        assert contrast(colour(theme, text), colour(theme, "background")) >= BODY, text


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_keys_cursor_and_selection_have_a_ratio_of_four_and_a_half(theme):
    pairs = [
        ("primary", "background"),
        ("background", "accent"),
        ("background", "foreground"),
    ]
    for text, ground in pairs:
        assert contrast(colour(theme, text), colour(theme, ground)) >= KEYS, (text, ground)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_rules_can_be_seen(theme):
    assert contrast(colour(theme, "rule"), colour(theme, "background")) >= 3


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_layouts_name_colours_that_every_theme_has(theme):
    for style in (look.MUTED, look.KEY, look.RULE, look.GOOD, look.WARN, look.BAD):
        assert colour(theme, style.split("$")[1])


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48)]
)
def test_the_ratio_is_that_of_the_standard(one, other, ratio):
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert contrast(one, other) == contrast(other, one)


async def painted(**more) -> tuple[list[str], list[str]]:
    """Return rows of the sample desk with a fault, and of the form."""
    app = SampleApp(**more)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "1", "enter")
        desk = screen_rows(app)
        await press(pilot, *"301", "enter", "enter")
        return desk, screen_rows(app)


async def test_without_colour_the_same_characters_say_everything(monkeypatch):
    coloured = await painted()
    monkeypatch.setenv("NO_COLOR", "1")
    app = SampleApp()
    assert app.no_color
    assert await painted() == coloured
    assert "[" in coloured[1][4]
    assert "]x" in coloured[1][4]
    assert coloured[0][20].startswith(" x ")


async def test_without_colour_focus_and_blocked_verbs_differ_by_style(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    app = SampleApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        strips = app.screen._compositor.render_strips()
        field = [segment.style for segment in strips[18] if segment.style]
        assert any(style.reverse for style in field)
        assert not any(style.color and not style.color.is_default for style in field)
        verbs = {segment.text.strip(): segment.style for segment in strips[3] if segment.style}
        assert verbs["1 Recall"].dim
        assert not verbs["Hold"].dim


async def test_the_plain_theme_has_no_glyph_of_doubtful_width():
    desk, form = await painted(theme=CONTRAST.name)
    for row in (*desk, *form):
        assert not set(row) & set("─│┌┐└┘…▁█")
    assert desk[1] == "-" * 80


async def test_a_change_of_theme_keeps_every_character(pilot):
    before = screen_rows(pilot.app)
    pilot.app.dress("teller-light")
    await settled(pilot)
    assert screen_rows(pilot.app) == before
    strips = pilot.app.screen._compositor.render_strips()
    grounds = {
        segment.style.bgcolor.name
        for strip in strips
        for segment in strip
        if segment.style and segment.style.bgcolor
    }
    assert "#ffffff" in grounds
    assert "#0f1317" not in grounds
