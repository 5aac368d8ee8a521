"""Fields and forms: how focus, gaps and faults look, what Enter does, drafts, repeats, secrets."""

import pytest
from snap import press, screen_rows, settled
from textual.events import Paste
from toolkit_sample import SampleApp

from tellertui.ui.fields import Field
from tellertui.ui.form import Ask, Mark, value_of
from tellertui.ui.text import width
from tellertui.ui.values import Digits


@pytest.fixture
async def form(pilot):
    """The sample form, open."""
    await press(pilot, *"301", "enter")
    return pilot.app.form_screen.form


def row(pilot, number: int) -> str:
    return screen_rows(pilot.app)[number - 1]


async def test_focus_is_brackets_a_gap_is_underscores_a_value_is_only_itself(pilot, form):
    assert row(pilot, 3).startswith(" 1 customer 0/2   2 account 0/1")
    assert row(pilot, 5).startswith(" Name        [                    ]")
    assert row(pilot, 6).startswith(" Phone        ____________________   13800138000")
    await press(pilot, *"Lin", "enter")
    assert row(pilot, 5).startswith(" Name         Lin   ")
    assert row(pilot, 6).startswith(" Phone       [                    ]")
    assert row(pilot, 3).startswith(" 1 customer 1/2")
    assert {width(each) for each in screen_rows(pilot.app)} == {80}


async def test_focus_is_reverse_also_without_colour(pilot, form):
    strips = pilot.app.screen._compositor.render_strips()
    styles = [segment.style for segment in strips[4] if segment.text.strip(" ") == "" and segment.style]
    assert any(style.reverse for style in styles)


async def test_enter_goes_on_and_never_commits(pilot, form):
    await press(pilot, *"Lin", "enter", *"13800138000", "enter", "enter")
    assert pilot.app.focused is form["phone"]
    assert "That was the last field.  F10 commits" in row(pilot, 21)
    assert pilot.app.form_screen.committed is None


async def test_enter_on_a_fault_stays_and_says_why(pilot, form):
    await press(pilot, "enter")
    assert "x This must be filled in." in row(pilot, 21)
    await press(pilot, *"Lin", "enter", *"138", "enter")
    assert pilot.app.focused is form["phone"]
    assert "x 3 characters; 11 to 11 are right." in row(pilot, 21)
    assert row(pilot, 6).startswith(" Phone       [138                 ]x")
    assert row(pilot, 3).startswith(" 1 customer x 1")
    assert pilot.app.bells == 2


async def test_a_field_that_is_left_is_read_and_an_empty_one_is_not_nagged(pilot, form):
    await press(pilot, "tab")
    assert pilot.app.bells == 0
    await press(pilot, *"138", "shift+tab")
    assert "x 3 characters" in row(pilot, 21)
    assert row(pilot, 6)[35] == "x"


async def test_what_does_not_belong_rings_and_stays_out(pilot, form):
    await press(pilot, "tab", *"1x２")
    assert form["phone"].value == "12"
    assert pilot.app.bells == 1


async def test_f6_goes_to_the_next_gap_wherever_it_is(pilot, form):
    await press(pilot, "f6")
    assert pilot.app.focused is form["phone"]
    await press(pilot, "f6")
    assert pilot.app.focused is form["class"]
    assert row(pilot, 3)[17:].startswith(" 2 account")
    await press(pilot, "1", "f6")
    assert pilot.app.focused is form["name"]
    await press(pilot, *"Lin", "enter", "f9", "enter", "f6")
    assert "✓ Nothing is missing." in row(pilot, 21)


async def test_f9_brings_in_what_is_offered(pilot, form):
    await press(pilot, "f9")
    assert "There is nothing to repeat here." in row(pilot, 21)
    await press(pilot, "tab", "f9")
    assert form["phone"].value == "13800138000"
    form.offer({"name": "Wang", "pass": "never"})
    await press(pilot, "shift+tab", "f9")
    assert form["name"].value == "Wang"
    assert form["pass"].offered == ""


async def test_sections_turn_by_keys_and_by_command(pilot, form):
    await press(pilot, "f8")
    assert pilot.app.focused is form["class"]
    await press(pilot, "f8")
    assert "There is no further section." in row(pilot, 21)
    await press(pilot, "f7", "f2")
    assert row(pilot, 21).startswith(" Command  [            ]")
    await press(pilot, "2", "enter")
    assert pilot.app.focused is form["class"]
    assert row(pilot, 21).strip() == ""
    await press(pilot, "f2", *"202", "enter")
    assert pilot.app.screen is pilot.app.desk


async def test_the_command_line_closes_and_the_field_has_the_cursor_again(pilot, form):
    await press(pilot, "tab", "f2", "f12")
    assert pilot.app.focused is form["phone"]
    await press(pilot, "f2", "9", "enter")
    assert "No command" in row(pilot, 21)
    assert pilot.app.focused is form["phone"]


async def test_f10_finds_the_first_gap_and_commits_when_there_is_none(pilot, form):
    await press(pilot, "f10")
    assert pilot.app.focused is form["name"]
    assert "x This must be filled in." in row(pilot, 21)
    await press(pilot, *"Lin", "enter", *"13800138000", "f8", "2", "1", "3", "1", "enter", *"1,234.5", "f10")
    assert pilot.app.form_screen.committed == {
        "name": "Lin",
        "phone": "13800138000",
        "class": "2",
        "papers": "3",
        "amount": 123_450,
        "pass": None,
    }


async def test_what_follows_from_a_value_stands_beside_it(pilot, form):
    await press(pilot, "f8", "1", "enter", *"1234.5")
    assert row(pilot, 7).startswith(" Amount      [1234.5        ]  1,234.50")


async def test_a_draft_keeps_everything_but_secrets(pilot, form):
    await press(pilot, *"Lin", "tab", *"138", "f8", "2", "enter", "tab", *"secret")
    draft = form.draft()
    assert draft == {"name": "Lin", "phone": "138", "class": "2"}
    form.restore({"name": "Wang", "unknown": "x"})
    assert form.draft() == {"name": "Wang"}
    form.restore(draft)
    assert form["phone"].fault is not None
    assert form["pass"].value == "secret"


async def test_a_secret_is_neither_shown_nor_copied_nor_pasted(pilot, form):
    await press(pilot, "f8", "1", "enter", "enter", *"secret")
    assert pilot.app.focused is form["pass"]
    assert row(pilot, 8).startswith(" Passphrase  [******              ]")
    await press(pilot, "shift+home", "ctrl+c", "ctrl+x", "ctrl+v")
    assert form["pass"].value == "secret"
    assert pilot.app.clipboard == ""
    pilot.app.post_message(Paste("other"))
    await settled(pilot)
    assert form["pass"].value == "secret"
    pilot.app.copy_to_clipboard("x")
    assert pilot.app.clipboard == ""


async def test_the_word_keys_delete_to_the_left(pilot, form):
    await press(pilot, *"ab", "space", *"cd", "ctrl+backspace")
    assert form["name"].value == "ab "
    await press(pilot, "ctrl+u")
    assert form["name"].value == ""


async def test_a_value_put_by_the_program_is_written_by_its_kind(pilot, form):
    form["amount"].put(123_450)
    assert form["amount"].value == "1234.50"
    assert value_of(form["amount"]) == 123_450
    form["amount"].put(None)
    assert form["amount"].value == ""
    form["amount"].value = "x"
    assert value_of(form["amount"]) is None


async def test_a_few_fields_can_be_asked_in_a_modal(pilot):
    app = pilot.app
    fields = [Field("who", "Staff", required=True, cells=8), Field("no", "Number", Digits(4, 4), cells=8)]
    app.desk.question = Ask("Second person", fields)
    await press(pilot, "3", "enter", "f10")
    assert "This must be filled in." in "\n".join(screen_rows(app))
    await press(pilot, *"0431", "enter", *"12", "f10")
    assert "2 characters; 4 to 4 are right." in "\n".join(screen_rows(app))
    await press(pilot, *"34", "f10")
    assert app.desk.answer == {"who": "0431", "no": "1234"}


@pytest.mark.parametrize(
    ("mark", "text"),
    [
        (Mark("1", "a", 2, 2, 0), "✓"),
        (Mark("1", "a", 2, 5, 0), "2/5"),
        (Mark("1", "a", 2, 5, 1), "x 1"),
        (Mark("1", "a", 2, 2, 0, 1), "! 1"),
    ],
)
def test_marks_of_sections(mark, text):
    assert mark.text() == text


async def test_labels_follow_the_language_and_keep_their_column():
    app = SampleApp(language="zh_Hant")
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, *"301", "enter", "f8")
        for language, label in (
            ("zh_Hant", "登入密碼    "),
            ("zh_Hans", "登录口令    "),
            ("en", "Passphrase  "),
        ):
            app.speak(language)
            await settled(pilot)
            assert screen_rows(app)[7].startswith(f" {label}")
            assert {width(each) for each in screen_rows(app)} == {120}
