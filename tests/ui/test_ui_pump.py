"""The key pump: order, bursts by the times at which keys arrived, holds, and the way out."""

import asyncio

import pytest
from app_sample import come_true
from snap import press, settled
from textual.events import Key, Paste
from textual.keys import _character_to_key

from tellertui.ui.modal import Choose, Option
from tellertui.ui.pump import CHOICE_WAIT_S


def type_at(pilot, text: str, *times_ms: float) -> None:
    """Post keys with the times at which a terminal's thread would have seen them."""
    start = asyncio.get_running_loop().time() - 500
    for place, character in enumerate(text):
        key = "enter" if character == "\r" else _character_to_key(character)
        event = Key(key, character)
        event.time = (
            start + (times_ms[place] if place < len(times_ms) else place * (times_ms or (0,))[-1]) / 1000
        )
        pilot.app.post_message(event)


@pytest.mark.parametrize("gap_ms", [0, 1, 6, 19])
async def test_keys_closer_than_20_ms_are_one_scan(pilot, gap_ms):
    text = "6222021234567\r"
    type_at(pilot, text, *(place * gap_ms for place in range(len(text))))
    await settled(pilot)
    assert pilot.app.desk.done == ["6222021234567 scanned"]


@pytest.mark.parametrize("gap_ms", [20, 30, 100])
async def test_keys_further_apart_are_typing_also_when_they_are_read_at_once(pilot, gap_ms):
    text = "6222021234567\r"
    type_at(pilot, text, *(place * gap_ms for place in range(len(text))))
    await settled(pilot)
    assert pilot.app.desk.done == ["6222021234567"]


async def test_a_scan_takes_the_place_of_what_was_typed(pilot):
    await press(pilot, "3", "1")
    type_at(pilot, "12345678\r", *range(9))
    await settled(pilot)
    assert pilot.app.desk.done == ["12345678 scanned"]


async def test_a_scan_without_enter_stays_a_scan_until_the_field_is_empty(pilot):
    type_at(pilot, "1234", *range(4))
    await settled(pilot)
    assert pilot.app.desk.done == []
    await press(pilot, "enter")
    assert pilot.app.desk.done == ["1234 scanned"]
    await press(pilot, "0", "0", "enter")
    assert pilot.app.desk.done[-1] == "00"


async def test_three_fast_keys_are_still_typing(pilot):
    type_at(pilot, "00\r", 0, 1, 2)
    await settled(pilot)
    assert pilot.app.desk.done == ["00"]


async def test_a_scan_into_a_form_field_is_text(pilot):
    await press(pilot, *"301", "enter")
    type_at(pilot, "abLinFang\r", 0, 100, *range(200, 208))
    await settled(pilot)
    form = pilot.app.form_screen.form
    assert form["name"].value == "abLinFang"
    assert pilot.app.focused is form["phone"]


async def test_a_scan_answers_no_question_and_its_enter_neither(pilot):
    app = pilot.app
    app.desk.question = Choose("Why", [Option("1", "away"), Option("2", "asks")], default="1")
    await press(pilot, "3", "enter")
    type_at(pilot, "2222021234567\r", *range(14))
    await settled(pilot)
    assert app.desk.answer == "none"
    assert app.bells == 1
    await press(pilot, "2")
    assert app.desk.answer == "2"


async def test_where_one_key_decides_it_waits_a_moment_for_more(pilot):
    app = pilot.app
    app.desk.question = Choose("Why", [Option("1", "away")])
    await press(pilot, "3", "enter")
    event = Key("1", "1")
    event.time = asyncio.get_running_loop().time() + 0.5
    app.post_message(event)
    await asyncio.sleep(0.002)
    assert app.desk.answer == "none"
    await settled(pilot)
    assert app.desk.answer == "1"


async def test_fast_answers_are_answers(pilot):
    await press(pilot, *"301", "enter", "f8")
    type_at(pilot, "213\r5", *range(5))
    await settled(pilot)
    form = pilot.app.form_screen.form
    assert (form["class"].value, form["papers"].value, form["amount"].value) == ("2", "13", "5")


async def test_a_paste_of_lines_is_its_first_line_and_a_scan_is_no_answer(pilot):
    await press(pilot, *"301", "enter")
    pilot.app.post_message(Paste("Lin\nFang"))
    await settled(pilot)
    assert pilot.app.form_screen.form["name"].value == "Lin"
    await press(pilot, "f8")
    type_at(pilot, "12121212", *range(8))
    await settled(pilot)
    assert pilot.app.form_screen.form["class"].value == ""
    assert pilot.app.bells == 1


async def test_f12_passes_while_keys_are_held_and_empties_the_queue(pilot):
    app = pilot.app
    app.fake.gate = asyncio.Event()
    type_at(pilot, "00\r", 0, 100, 200)
    app.post_message(Key("f10", None))
    await come_true(lambda: app.pump.held)
    type_at(pilot, "00\r", 0, 100, 200)
    app.post_message(Key("f12", None))
    await come_true(lambda: not app.pump.held)
    app.fake.gate.set()
    await settled(pilot)
    assert app.desk.done == ["00", "call"]


async def test_a_failing_handler_ends_the_app_with_an_incident(pilot):
    app = pilot.app
    failed = []
    app.pump._failed = failed.append

    async def broken(event):
        raise RuntimeError

    app.pump._give = broken
    app.post_message(Key("a", "a"))
    await settled(pilot)
    assert [type(error) for error in failed] == [RuntimeError]


async def test_the_rest_of_a_read_is_waited_for_however_busy_the_machine_is(pilot, monkeypatch):
    """A terminal that is held up after the first key of a scan has still read the whole of it."""
    app = pilot.app
    app.desk.question = Choose("Why", [Option("1", "away")])
    await press(pilot, "3", "enter")
    driver = app._driver
    monkeypatch.setattr(driver, "coming", 5, raising=False)
    began = asyncio.get_running_loop().time() - 10
    for place, digit in enumerate("16222"):
        driver.coming -= 1
        event = Key(digit, digit)
        event.time = began
        app.post_message(event)
        if place == 0:
            await asyncio.sleep(CHOICE_WAIT_S * 2)
    await app.pump.drained()
    assert app.desk.answer == "none"
