"""The kiosk on a host in this process: real keys through all services, three languages, print, idle time."""

import asyncio
from typing import Any

import pytest
from kiosk_sample import (
    FIRST_WORDS,
    LocalLine,
    home,
    kiosk,
    page,
    pass_time,
    rest,
    text,
    tickets,
    touch,
    typed,
)
from monday import LANGUAGES
from snap import press, settled
from textual.events import Key, Paste
from textual.pilot import Pilot

from tellertui.core.clock import ManualClock
from tellertui.workflows.reception import api
from tellertui.workflows.reception.api import Issue, Queue
from tellertui.workflows.reception.screens import kiosk_pages as pages

KEYS = {
    "cash": "1",
    "non-cash": "2",
    "account": "31",
    "corporate": "41",
    "wealth": "511",
    "enquiry": "6",
    "loss": "52",
}
"""The keys of a number for each service."""
PREFIXES = {"cash": "A", "non-cash": "C", "account": "E", "corporate": "F", "wealth": "H"} | {
    "enquiry": "N",
    "loss": "L",
}


@pytest.fixture
def pilot(lobby_kiosk: Pilot[Any]) -> Pilot[Any]:
    return lobby_kiosk


class TestKeys:
    @pytest.mark.parametrize("language", LANGUAGES)
    async def test_every_service_gives_its_number_in_the_customers_language(
        self, pilot: Pilot[Any], manager: Any, language: str
    ) -> None:
        for service, keys in KEYS.items():
            look = pilot.app.look
            switch = [
                each.key
                for each in pages.choose_page(pages.At(), pilot.app.hall, look).foot
                if each.does == ("speak", language)
            ]
            await typed(pilot, *switch)
            assert FIRST_WORDS[language] in text(pilot)
            await typed(pilot, *keys)
            assert page(pilot) == "ticket"
            assert text(pilot).count("█") > 30
            newest = max(await tickets(manager), key=lambda each: each.arrived_at)
            (mine,) = [each for each in await tickets(manager) if each.service == service]
            assert (mine.number, mine.care, mine.language) == (f"{PREFIXES[service]}001", "normal", language)
            assert newest.arrived_at == mine.arrived_at
            pilot.app.client.host.store.clock.advance(2)
            await typed(pilot, "5")
            assert page(pilot) == "choose"
            assert pilot.app.language == "zh_Hans"

    @pytest.mark.parametrize(("keys", "care"), [("1", "normal"), ("31", "normal"), ("321", "senior")])
    async def test_the_budgets(self, pilot: Pilot[Any], manager: Any, keys: str, care: str) -> None:
        await typed(pilot, *keys)
        (ticket,) = await tickets(manager)
        assert ticket.care == care
        assert page(pilot) == "ticket"

    @pytest.mark.parametrize(
        ("key", "care"), [("1", "senior"), ("2", "disabled"), ("3", "expecting"), ("4", "soldier")]
    )
    async def test_every_class_by_one_key_without_proof(
        self, pilot: Pilot[Any], manager: Any, key: str, care: str
    ) -> None:
        await typed(pilot, "3", "2", key)
        (ticket,) = await tickets(manager)
        assert ticket.care == care

    async def test_who_took_an_ordinary_number_can_still_say_so(
        self, pilot: Pilot[Any], manager: Any
    ) -> None:
        await typed(pilot, "1")
        await typed(pilot, "2", "1")
        (ticket,) = await tickets(manager)
        assert (ticket.number, ticket.care) == ("A001", "senior")
        assert "优先号：" in text(pilot)
        assert pages.ticket_page(pilot.app.way[-1], pilot.app.hall, pilot.app.look).does("2") == pages.HOME

    async def test_too_late_it_says_whom_to_ask_and_the_number_is_still_there(
        self, pilot: Pilot[Any], manager: Any, clock: ManualClock
    ) -> None:
        await typed(pilot, "1", "2")
        clock.advance(301)
        pilot.app._touched = clock.boot()
        await typed(pilot, "1")
        assert "请找大堂人员取号" in text(pilot)
        clock.advance(1)
        await typed(pilot, "f12", "f12")
        assert page(pilot) == "ticket"
        assert (await tickets(manager))[0].care == "normal"

    async def test_full_width_digits_are_digits(self, pilot: Pilot[Any], manager: Any) -> None:
        await typed(pilot, "３", "１")
        assert [each.number for each in await tickets(manager)] == ["E001"]

    async def test_arrows_and_enter_reach_everything(self, pilot: Pilot[Any], manager: Any) -> None:
        await typed(pilot, "down", "down", "down", "enter", "down", "enter")
        assert [each.number for each in await tickets(manager)] == ["E001"]

    async def test_the_cursor_is_seen_without_colour(self, pilot: Pilot[Any]) -> None:
        assert ">" not in text(pilot)
        await typed(pilot, "down")
        assert ">╶╮" in text(pilot)

    async def test_f12_and_9_go_back_one_page(self, pilot: Pilot[Any]) -> None:
        for key in ("f12", "9"):
            await typed(pilot, "3", "2")
            assert page(pilot) == "care"
            await typed(pilot, key)
            assert page(pilot) == "papers"
            pilot.app.client.host.store.clock.advance(1)
            await typed(pilot, key)
            assert page(pilot) == "choose"

    async def test_f12_on_a_number_does_not_lead_to_the_papers_again(self, pilot: Pilot[Any]) -> None:
        await typed(pilot, "3", "1", "f12")
        assert pilot.app.way == [pages.At()]

    async def test_help_is_called_from_every_page(self, pilot: Pilot[Any], manager: Any) -> None:
        for way in ("", "3", "32", "1", "12"):
            await home(pilot)
            await typed(pilot, *way)
            await typed(pilot, "0")
            assert page(pilot) == "help", way
            (call,) = (await manager.do(Queue())).help
            assert call.place == "kiosk"
            await manager.do(api.HelpAnswer(id=str(call.id)))
            pilot.app.client.host.store.clock.advance(2)

    async def test_help_comes_back_to_the_page_it_was_called_from(self, pilot: Pilot[Any]) -> None:
        await typed(pilot, "3", "0", "5")
        assert page(pilot) == "papers"

    async def test_who_does_not_know_gets_a_number_and_a_person(
        self, pilot: Pilot[Any], manager: Any
    ) -> None:
        await typed(pilot, "6")
        view = await manager.do(Queue())
        assert [each.number for each in view.tickets] == ["N001"]
        assert [each.place for each in view.help] == ["kiosk"]
        assert page(pilot) == "ticket"

    async def test_missing_papers_call_a_person_and_give_no_number(
        self, pilot: Pilot[Any], manager: Any
    ) -> None:
        await typed(pilot, "3", "3")
        pilot.app.client.host.store.clock.advance(1)
        await typed(pilot, "3")
        view = await manager.do(Queue())
        assert view.tickets == []
        assert len(view.help) == 1

    async def test_a_touch_is_its_digit(self, pilot: Pilot[Any], manager: Any) -> None:
        await touch(pilot, 12, 14)
        assert page(pilot) == "papers"
        await touch(pilot, 60, 1)
        assert page(pilot) == "papers"
        await touch(pilot, 5, 13)
        assert page(pilot) == "ticket"
        assert [each.number for each in await tickets(manager)] == ["E001"]
        pilot.app.client.host.store.clock.advance(2)
        await touch(pilot, 40, 15)
        assert page(pilot) == "choose"

    async def test_the_same_digit_in_haste_is_one_press(self, pilot: Pilot[Any], manager: Any) -> None:
        await press(pilot, "1", "1", "1")
        await rest(pilot)
        assert len(await tickets(manager)) == 1
        assert page(pilot) == "ticket"

    async def test_hasty_digits_do_not_put_the_number_away(self, pilot: Pilot[Any]) -> None:
        await typed(pilot, "1")
        for key in "578":
            await press(pilot, key)
        await rest(pilot)
        assert page(pilot) == "ticket"

    async def test_a_press_while_the_answer_is_outstanding_is_nothing(
        self, pilot: Pilot[Any], line: LocalLine, manager: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gate = asyncio.Event()
        do = line.local.do

        async def slow(command: Any, identifier: Any = None) -> Any:
            if isinstance(command, Issue):
                await gate.wait()
            return await do(command, identifier)

        monkeypatch.setattr(line.local, "do", slow)
        await press(pilot, "1")
        await settled(pilot)
        await press(pilot, "2", "3", "1", "f12", "0")
        pilot.app._is_slow()
        await settled(pilot)
        assert "请稍候" in text(pilot)
        gate.set()
        await rest(pilot)
        assert [each.number for each in await tickets(manager)] == ["A001"]
        assert (await manager.do(Queue())).help == []

    async def test_a_scan_and_a_paste_are_nothing(self, pilot: Pilot[Any], manager: Any) -> None:
        loop = asyncio.get_running_loop()
        begun = loop.time() - 100
        for place, digit in enumerate("6222021234567890123"):
            key = Key(digit, digit)
            key.time = begun + place / 1000
            pilot.app.post_message(key)
        pilot.app.post_message(Paste("311"))
        await rest(pilot)
        assert pilot.app.way == [pages.At()]
        assert await tickets(manager) == []


class TestPrint:
    async def test_7_changes_the_print_and_a_reset_brings_it_back(
        self, pilot: Pilot[Any], clock: ManualClock
    ) -> None:
        await typed(pilot, "7")
        assert "普通字" in text(pilot)
        clock.advance(1)
        await typed(pilot, "7")
        assert "大字" in text(pilot)
        clock.advance(1)
        await typed(pilot, "7")
        await home(pilot)
        assert "大字" in text(pilot)

    async def test_a_small_window_wears_large_print_and_offers_no_other(self, line: LocalLine) -> None:
        async with kiosk(line).run_test(size=(40, 12)) as pilot:
            await rest(pilot)
            assert text(pilot).splitlines()[0].strip() == "请按数字"
            await typed(pilot, "7")
            assert pilot.app.bells == 1
            assert not pilot.app._large
            await typed(pilot, "1")
            assert page(pilot) == "ticket"

    async def test_a_kiosk_of_large_print_always_begins_in_it(self, line: LocalLine) -> None:
        async with kiosk(line, large=True).run_test(size=(80, 24)) as pilot:
            await rest(pilot)
            assert "普通字" in text(pilot)
            await typed(pilot, "7")
            await home(pilot)
            assert "普通字" in text(pilot)

    async def test_a_window_that_is_too_small_says_so_and_takes_no_number(
        self, line: LocalLine, manager: Any
    ) -> None:
        async with kiosk(line).run_test(size=(39, 11)) as pilot:
            await rest(pilot)
            assert "40×12" in text(pilot)
            await pilot.resize_terminal(80, 24)
            await rest(pilot)
            assert FIRST_WORDS["zh_Hans"] in text(pilot)


class TestTime:
    async def test_it_asks_and_resets(self, pilot: Pilot[Any], clock: ManualClock) -> None:
        await typed(pilot, "8", "3")
        await pass_time(pilot, clock, 44)
        assert page(pilot) == "papers"
        assert pilot.app.asked is None
        await pass_time(pilot, clock, 1)
        assert "Still there? Press any digit" in text(pilot)
        await pass_time(pilot, clock, 14)
        assert "Still there?" in text(pilot)
        await pass_time(pilot, clock, 1)
        assert FIRST_WORDS["zh_Hans"] in text(pilot)

    @pytest.mark.parametrize("key", ["5", "1", "down", "enter", "f12"])
    async def test_any_key_says_yes_and_does_nothing_else(
        self, pilot: Pilot[Any], clock: ManualClock, manager: Any, key: str
    ) -> None:
        await typed(pilot, "3")
        await pass_time(pilot, clock, 45)
        await typed(pilot, key)
        assert page(pilot) == "papers"
        assert await tickets(manager) == []
        await pass_time(pilot, clock, 44)
        assert pilot.app.asked is None

    async def test_twice_as_long_in_large_print(self, line: LocalLine, clock: ManualClock) -> None:
        async with kiosk(line, large=True).run_test(size=(40, 12)) as pilot:
            await rest(pilot)
            await typed(pilot, "3")
            await pass_time(pilot, clock, 89)
            assert pilot.app.asked is None
            await pass_time(pilot, clock, 1)
            assert pilot.app.asked is not None
            await pass_time(pilot, clock, 29)
            assert page(pilot) == "papers"
            await pass_time(pilot, clock, 1)
            assert page(pilot) == "choose"

    async def test_a_kiosk_that_nobody_has_touched_asks_nothing(
        self, pilot: Pilot[Any], clock: ManualClock
    ) -> None:
        await pass_time(pilot, clock, 3600)
        assert pilot.app.asked is None

    async def test_nothing_of_a_customer_is_left(self, pilot: Pilot[Any], clock: ManualClock) -> None:
        await typed(pilot, "1")
        assert pilot.app.way[-1].issued is not None
        await pass_time(pilot, clock, 45)
        await pass_time(pilot, clock, 15)
        assert pilot.app.way == [pages.At()]
        assert "█" not in text(pilot)
