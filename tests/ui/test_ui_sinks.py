"""Text from people through every place that shows it: nothing is markup, nothing fails, nothing is lost."""

import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from snap import press, screen_rows, settled
from toolkit_sample import SampleApp

from tellertui.ui.fields import Choice, Field
from tellertui.ui.form import Ask
from tellertui.ui.helping import Messages
from tellertui.ui.modal import Choose, Option, Tick, confirm
from tellertui.ui.notes import WARNING, Note
from tellertui.ui.picker import Item, Picker
from tellertui.ui.text import escaped, width
from tellertui.ui.veil import Lock

NASTY = ["[/]", "x[/紅]", "[red]字[/red] 費用[1, 2]", "\\[ \x1b[31m a\u202eb $x {y} %s", "[@click=quit]x"]


async def unlock(passphrase: bytearray) -> None:
    """Open nothing."""


def modals(text: str) -> list:
    """Return every modal with the text in every place that shows text."""
    options = [Option("1", text), Option("2", text, Note(WARNING, text))]
    return [
        Choose(text, options, about=text),
        Tick(text, options, chosen=frozenset("1"), about=text),
        confirm(text, text, yes=text),
        Picker(text, [Item(0, text, text[:4], text[:20], person=True)]),
        Ask(text, [Field("a", text, offered=text, help=text), Choice("b", "b", lambda: [("1", text[:9])])]),
        Messages([]),
        Lock(lambda look: text, unlock),
    ]


async def shown(texts: list[str]) -> None:
    """Show each text everywhere, one after another, in one app."""
    app = SampleApp(language="zh_Hant")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        for text in texts:
            app.desk.who = text
            app.desk.say(Note(WARNING, "{t}", {"t": text}, text, text))
            app.desk.field.value = text
            app.status = type(app.status)(text, text, text, text, "2026-11-23")
            app.desk.repaint()
            await settled(pilot)
            rows = screen_rows(app)
            assert {width(row) for row in rows} == {80}
            literal = escaped(text).replace("\n", " ")
            if width(literal) <= 20:
                assert literal.strip() in rows[20]
            for modal in modals(text):
                await app.push_screen(modal)
                await settled(pilot)
                assert {width(row) for row in screen_rows(app)} == {80}
                if isinstance(modal, Ask):
                    await press(pilot, "f1", "f12")
                await modal.dismiss(None)
            await press(pilot, "f1", "f1", "f12")
        assert app._exception is None


def test_known_killers_are_shown_as_they_are():
    asyncio.run(shown(NASTY))


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.text(min_size=1, max_size=90), min_size=2, max_size=2))
def test_random_text_is_shown_as_it_is(texts):
    asyncio.run(shown(texts))
