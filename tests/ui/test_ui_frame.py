"""One key press through a screen: done, refused, busy, guarded, said in three languages."""

import asyncio

import pytest
from app_sample import come_true
from snap import press, screen_rows, settled
from textual.events import Key
from toolkit_sample import SampleApp

from tellertui.core.refusal import REFUSALS
from tellertui.i18n import LANGUAGES
from tellertui.ui.actions import Action, Actions, key_name
from tellertui.ui.chrome import SLOT
from tellertui.ui.helping import Help, Messages, key_card
from tellertui.ui.look import Look
from tellertui.ui.modal import Choose, Option, Tick, confirm
from tellertui.ui.notes import DONE, FORBIDDEN, KEPT, History, Note
from tellertui.ui.picker import Item, Picker
from tellertui.ui.text import width


def text(pilot) -> str:
    return "\n".join(screen_rows(pilot.app))


async def test_a_desk_shows_its_frame(pilot):
    rows = screen_rows(pilot.app)
    assert len(rows) == 24
    assert {width(row) for row in rows} == {80}
    assert rows[0].startswith(" 202 Counter   陳靜")
    assert rows[0].endswith("候 0 ")
    assert rows[18].startswith(" Command  [            ]")
    assert rows[19].strip() == ""
    assert rows[21].startswith("── 城南支行  teller 陳靜  counter 3  Mon 11-23  line down 10:33, 42 wait ──")
    assert rows[22].startswith(" F1 Help      F2 Command   F3 Leave")


async def test_a_verb_is_done_and_the_field_is_empty_again(pilot):
    await press(pilot, "0", "0", "enter")
    assert pilot.app.desk.done == ["00"]
    assert pilot.app.desk.field.value == ""


async def test_a_blocked_verb_is_dim_and_says_why_with_the_bell(pilot):
    await press(pilot, "1", "enter")
    assert pilot.app.desk.done == []
    assert pilot.app.bells == 1
    assert "x Nobody has been called at 3.  R-RC-04  F10 calls" in screen_rows(pilot.app)[20]
    slots = pilot.app.desk.all_actions().slots(str)
    assert slots["1"].dim
    assert not slots["3"].dim


async def test_a_refusal_lands_on_the_message_line(pilot):
    await press(pilot, "7", "enter")
    assert "x Wait 7 s before the next call." in screen_rows(pilot.app)[20]
    assert pilot.app.bells == 1
    assert pilot.app.desk.busy == ""


async def test_the_message_goes_with_the_next_thing_done(pilot):
    await press(pilot, "7", "enter", "0", "0", "enter")
    assert screen_rows(pilot.app)[20].strip() == ""


async def test_an_error_becomes_an_incident_and_the_screen_stays(pilot):
    pilot.app.fake.answer = RuntimeError("secret")
    await press(pilot, "f10")
    assert "incident 234567" in text(pilot)
    assert "secret" not in text(pilot)
    await press(pilot, "0", "0", "enter")
    assert pilot.app.desk.done == ["00"]


async def test_while_the_branch_is_asked_the_key_is_dim_and_keys_wait(pilot):
    app = pilot.app
    app.fake.gate = asyncio.Event()
    app.post_message(Key("f10", None))
    app.post_message(Key("0", "0"))
    app.post_message(Key("0", "0"))
    app.post_message(Key("enter", "\r"))
    await come_true(lambda: app.desk.busy == "f10")
    assert app.desk.all_actions().slots(str, app.desk.busy)["f10"].dim
    assert app.desk.done == []
    app.fake.gate.set()
    await settled(pilot)
    assert app.desk.done == ["call", "00"]
    assert app.desk.busy == ""


async def test_a_guarded_key_is_ignored_for_a_moment_after_it_changed_the_state(pilot):
    app = pilot.app
    await press(pilot, "f10", "f10")
    assert app.desk.done == ["call"]
    assert app.bells == 1
    app.hands.advance(0.69)
    await press(pilot, "f10")
    assert app.desk.done == ["call"]
    app.hands.advance(0.02)
    await press(pilot, "f10")
    assert app.desk.done == ["call", "call"]


async def test_another_key_in_between_is_no_slip(pilot):
    await press(pilot, "f10", "0", "0", "enter", "f10")
    assert pilot.app.desk.done == ["call", "00", "call"]


async def test_keys_that_mean_nothing_say_so(pilot):
    await press(pilot, "f7")
    assert "That key does nothing here; Ctrl+K ? shows the keys." in text(pilot)
    await press(pilot, "x", "enter")
    assert "No command" in text(pilot)
    assert pilot.app.desk.field.value == "x"
    assert pilot.app.bells == 2
    await press(pilot, "f2")
    assert pilot.app.desk.field.value == ""


async def test_the_hint_says_what_enter_would_do(pilot):
    await press(pilot, "2", "0", "6")
    assert "[206         ]  Go" in screen_rows(pilot.app)[18]


async def test_a_ticket_and_a_customer_reach_their_hooks(pilot):
    await press(pilot, *".18", "enter", *"440301199001011239", "enter")
    assert pilot.app.desk.done == ["TicketEnd(digits='18')", "440301199001011239 scanned"] or (
        pilot.app.desk.done == ["TicketEnd(digits='18')", "440301199001011239"]
    )


async def test_what_a_desk_does_not_know_it_refuses(pilot):
    await press(pilot, *"CN-0917", "enter")
    assert "That cannot be looked up from this screen." in text(pilot)


async def test_help_shows_field_screen_and_keys_and_a_second_time_the_messages(pilot):
    await press(pilot, "7", "enter", "f1")
    assert isinstance(pilot.app.screen, Help)
    shown = text(pilot)
    assert "One or two digits" in shown
    assert "Calls and serves." in shown
    await press(pilot, "f8")
    assert "F10     Call: Calls the next one." in text(pilot)
    await press(pilot, "f1")
    assert isinstance(pilot.app.screen, Messages)
    assert "09:00 x Wait 7 s before the next call." in text(pilot)
    await press(pilot, "f12")
    assert pilot.app.screen is pilot.app.desk


def test_fifty_messages_are_kept():
    history = History()
    for n in range(KEPT + 3):
        history.add(n, Note(DONE, str(n)))
    assert len(history.all()) == KEPT
    assert history.all()[0].note.text == "52"
    history.clear()
    assert history.all() == []


async def test_the_list_of_commands_holds_actions_and_places(pilot):
    await press(pilot, "f2")
    assert isinstance(pilot.app.screen, Picker)
    assert "End of day" not in text(pilot)
    await press(pilot, *"301", "enter")
    assert pilot.app.screen is pilot.app.form_screen
    await press(pilot, "f12")
    assert pilot.app.screen is pilot.app.desk
    await press(pilot, "f2", *"00", "enter")
    assert pilot.app.desk.done == ["00"]


async def test_a_place_that_is_not_allowed_does_not_exist(pilot):
    await press(pilot, *"904", "enter")
    assert "There is no screen 904 for you." in text(pilot)


async def test_a_half_filled_form_is_parked_and_found_again(pilot):
    app = pilot.app
    await press(pilot, *"301", "enter", *"Lin", "f3")
    assert app.screen is app.desk
    await press(pilot, *"301", "enter")
    assert app.form_screen.form["name"].value == "Lin"


async def test_the_language_changes_while_everything_is_open(pilot):
    app = pilot.app
    await press(pilot, *"301", "enter", "f3")
    app.desk.say(Note(FORBIDDEN, "This must be filled in."))
    for language, command, message in (
        ("zh_Hant", "指令  [", "這一項必填。"),
        ("zh_Hans", "指令  [", "这一项必填。"),
        ("en", "Command  [", "This must be filled in."),
    ):
        app.speak(language)
        await settled(pilot)
        rows = screen_rows(app)
        assert rows[18].startswith(f" {command}")
        assert message in rows[20]
        assert {width(row) for row in rows} == {80}


async def test_a_notice_reloads_and_one_for_a_screen_behind_waits(pilot):
    app = pilot.app
    first = app.desk.reloads
    app.fake.watched["queue"](7)
    await settled(pilot)
    assert app.desk.reloads == first + 1
    await press(pilot, *"301", "enter")
    app.fake.watched["queue"](8)
    await settled(pilot)
    assert app.desk.reloads == first + 1
    await press(pilot, "f12")
    await settled(pilot)
    assert app.desk.reloads == first + 2


@pytest.mark.parametrize("keys", [["2"], ["２"]])
async def test_one_digit_answers_a_question(pilot, keys):
    app = pilot.app
    app.desk.question = Choose("Why", [Option("1", "away"), Option("2", "asks")])
    await press(pilot, "3", "enter", *keys)
    assert app.desk.answer == "2"


async def test_a_question_takes_no_other_key_and_says_why_an_answer_is_blocked(pilot):
    app = pilot.app
    blocked = Note(FORBIDDEN, "Not before noon.")
    app.desk.question = Choose("Why", [Option("1", "away", blocked), Option("2", "asks")])
    await press(pilot, "3", "enter", "9", "enter")
    assert app.bells == 1
    await press(pilot, "1")
    assert "Not before noon." in text(pilot)
    await press(pilot, "f12")
    assert app.desk.answer is None


async def test_digits_turn_on_and_off_and_f10_answers(pilot):
    app = pilot.app
    options = [Option("1", "ID"), Option("2", "phone"), Option("3", "proof")]
    needed = Note(FORBIDDEN, "Choose one.")
    app.desk.question = Tick("Papers", options, accepts=lambda chosen: None if chosen else needed)
    await press(pilot, "3", "enter", "f10")
    assert "Choose one." in text(pilot)
    await press(pilot, "3", "1", "3", "2", "f10")
    assert app.desk.answer == frozenset("12")


async def test_staying_is_the_ordinary_answer(pilot):
    app = pilot.app
    app.desk.question = confirm("Leave", "What is half filled is kept.", yes="Leave")
    await press(pilot, "3", "enter", "enter")
    assert app.desk.answer == "2"


async def test_a_picker_filters_by_code_initials_and_words(pilot):
    app = pilot.app
    names = [("07", "曾小萍", True), ("08", "陳大文", True), ("12", "重要客戶", False)]
    items = [Item(code, name, code, "貴賓", person=person) for code, name, person in names]
    for typed, found in (("08", "08"), ("zxp", "07"), ("cdw", "08"), ("zy", "12"), ("大文", "08")):
        app.desk.question = Picker("Customer", items)
        await press(pilot, "3", "enter", *typed, "enter")
        assert app.desk.answer == found, typed
    app.desk.question = Picker("Customer", items)
    await press(pilot, "3", "enter", *"qq", "enter")
    assert "Nothing answers to that." in text(pilot)
    await press(pilot, "backspace", "backspace", "down", "down", "down", "up", "enter")
    assert app.desk.answer == "08"


async def test_the_second_way_to_the_keys_reaches_modals_too(pilot):
    app = pilot.app
    app.desk.question = Tick("Papers", [Option("1", "ID")])
    await press(pilot, "3", "enter", "1", "ctrl+k", "0")
    assert app.desk.answer == frozenset("1")
    await press(pilot, "ctrl+k", "question_mark")
    assert isinstance(app.screen, Help)
    await press(pilot, "ctrl+k", "equals_sign")
    assert app.screen is app.desk


async def test_too_small_keeps_everything_and_takes_no_key(pilot):
    app = pilot.app
    await press(pilot, *"20")
    await pilot.resize_terminal(60, 20)
    await settled(pilot)
    assert "60×20" in text(pilot)
    await press(pilot, "6", "enter", "f10")
    await pilot.resize_terminal(80, 24)
    await settled(pilot)
    assert app.screen is app.desk
    assert app.desk.field.value == "20"
    assert app.focused is app.desk.field
    assert app.desk.done == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_label_fits_its_slot(language):
    app = SampleApp(language=language)
    async with app.run_test() as pilot:
        await settled(pilot)
        for screen in (app.desk, app.form_screen):
            if screen is app.form_screen:
                await press(pilot, *"301", "enter")
            for action in screen.all_actions():
                room = SLOT - 2 - len(key_name(action.key))
                assert width(app.look.say(action.label)) <= room, (action.key, app.look.say(action.label))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_screen_has_a_key_card(language, pilot):
    card = key_card(pilot.app.desk, Look(language))
    for key in ("F1", "F2", "F3", "F5", "F10", "F12", "Ctrl+L", "1", "00"):
        assert f"\n{key} " in card
    assert card.splitlines()[0] == f"202 {Look(language).say('Counter')}"


def test_keys_are_named_as_on_keyboards():
    assert [key_name(key) for key in ("f10", "ctrl+l", "00", "f1")] == ["F10", "Ctrl+L", "00", "F1"]


def test_a_later_action_takes_the_place_of_an_earlier_one():
    actions = Actions(Action("f6", label, "", lambda: None) for label in ("a", "b"))
    found = actions.get("f6")
    assert found is not None
    assert found.label == "b"
    assert list(actions.verbs()) == []


def test_a_refusal_of_the_branch_can_be_said_in_every_language():
    for kind in REFUSALS.values():
        note = Note.refused(kind())
        for language in LANGUAGES:
            assert note.said(Look(language).say)
