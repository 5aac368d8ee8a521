"""Appointments and telephone numbers at the kiosk: real keys on a real branch, and what it never shows."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from kiosk_sample import LocalLine, kiosk, page, pass_time, rest, text, tickets, touch, typed
from local_app import LocalApp, told
from local_app import text as desk_text
from local_app import typed as desk_typed
from snap import press
from textual.pilot import Pilot

from branches import REVIEWER
from hosts import signed_on
from tellertui.core.clock import ManualClock
from tellertui.core.role import Role
from tellertui.host.host import Host
from tellertui.workflows.reception import api
from tellertui.workflows.reception import phones as p
from tellertui.workflows.reception.screens import kiosk_pages as pages
from tellertui.workflows.reception.screens.counter import CounterDesk

PHONE, E164 = "13987654321", "+8613987654321"


@pytest.fixture
def pilot(lobby_kiosk: Pilot[Any]) -> Pilot[Any]:
    return lobby_kiosk


async def booked(manager: Any, service: str = "wealth", at: str = "09:10") -> str:
    return str((await manager.do(api.Book(service=service, at=at))).code)


class TestAppointment:
    async def test_one_key_four_digits_and_enter_give_the_number_of_the_appointment(
        self, pilot: Pilot[Any], manager: Any
    ) -> None:
        code = await booked(manager)
        await typed(pilot, "8", "enter", *code, "enter")
        assert page(pilot) == "ticket"
        (ticket,) = await tickets(manager)
        assert (ticket.number, ticket.care, ticket.language) == ("H001", "appointment", "en")
        assert "Appointment: 0 ahead" in text(pilot)
        assert code not in text(pilot)
        assert pages.ticket_page(pilot.app.way[-1], pilot.app.hall, pilot.app.look).does("2") == pages.HOME

    async def test_a_press_that_comes_twice_is_one_number(self, pilot: Pilot[Any], manager: Any) -> None:
        code = await booked(manager)
        await typed(pilot, "enter", *code)
        pilot.app.client.host.store.clock.advance(1)
        await press(pilot, "enter", "enter")
        await rest(pilot)
        assert [each.number for each in await tickets(manager)] == ["H001"]
        assert [type(each) for each in pilot.app.client.sent].count(api.CheckIn) == 1

    async def test_a_lost_answer_asked_again_is_one_number(self, line: LocalLine, manager: Any) -> None:
        code = await booked(manager)
        async with kiosk(line).run_test(size=(80, 24)) as pilot:
            await rest(pilot)
            identifier = line.local.new_id()
            command = api.CheckIn(appointment=code, slip=True)
            assert await line.local.do(command, identifier) == await line.local.do(command, identifier)
        assert len(await tickets(manager)) == 1

    async def test_unknown_used_early_and_wrong_day_look_the_same(
        self, pilot: Pilot[Any], manager: Any
    ) -> None:
        used, early = await booked(manager), await booked(manager, at="11:00")
        tomorrow = await booked(manager, at="2026-11-24T09:10")
        await manager.do(api.CheckIn(appointment=used))
        free = next(code for code in ("0000", "1111", "2222", "3333") if code not in (used, early, tomorrow))
        seen = set()
        for code in (used, early, tomorrow, free):
            await typed(pilot, "enter", *code, "enter")
            assert page(pilot) == "unbooked"
            seen.add(text(pilot))
            await typed(pilot, "5")
            assert (page(pilot), pilot.app.way[-1].typed) == ("appointment", "")
            pilot.app.client.host.store.clock.advance(2)
            await typed(pilot, "f12")
        assert len(seen) == 1
        assert "请找大堂人员" in seen.pop()
        assert len(await tickets(manager)) == 1

    async def test_digits_are_deleted_and_nothing_is_sent_before_all_four(self, pilot: Pilot[Any]) -> None:
        await typed(pilot, "enter", "1", "1", "1", "enter", "left", "2", "3", "4")
        assert pilot.app.way[-1].typed == "1123"
        assert pilot.app.bells == 2
        assert not [each for each in pilot.app.client.sent if isinstance(each, api.CheckIn)]
        await typed(pilot, "left", "left", "left", "left", "enter")
        assert page(pilot) == "choose"

    async def test_help_is_called_with_the_arrow_up(self, pilot: Pilot[Any], manager: Any) -> None:
        await typed(pilot, "enter", "up")
        assert page(pilot) == "help"
        assert [each.place for each in (await manager.do(api.Queue())).help] == ["kiosk"]

    async def test_by_touch_alone(self, pilot: Pilot[Any], manager: Any) -> None:
        code = await booked(manager)

        async def at(key: str) -> None:
            pilot.app.client.host.store.clock.advance(1)
            spot = next(each for each in pilot.app._sheet.spots if each.key == key)
            await touch(pilot, spot.x + 1, spot.y)

        for key in ("enter", *code, "enter"):
            await at(key)
        assert [each.number for each in await tickets(manager)] == ["H001"]

    async def test_what_was_typed_is_gone_after_a_while(self, pilot: Pilot[Any], clock: ManualClock) -> None:
        await typed(pilot, "enter", "4", "1")
        await pass_time(pilot, clock, 45)
        await pass_time(pilot, clock, 15)
        assert pilot.app.way == [pages.At()]

    async def test_in_large_print(self, line: LocalLine, manager: Any) -> None:
        code = await booked(manager)
        async with kiosk(line).run_test(size=(40, 12)) as pilot:
            await rest(pilot)
            await typed(pilot, "enter", *code, "enter")
            assert page(pilot) == "ticket"


class TestPhone:
    async def test_it_is_left_once_and_shown_no_more(
        self, pilot: Pilot[Any], manager: Any, host: Host
    ) -> None:
        await typed(pilot, "1", "3", *PHONE)
        pilot.app.client.host.store.clock.advance(1)
        await typed(pilot, "enter")
        assert page(pilot) == "ticket"
        assert "叫到您时不在，我们会打您留的电话" in text(pilot)
        assert PHONE not in text(pilot)
        assert PHONE not in repr(pilot.app.way)
        assert "留电话" not in text(pilot).splitlines()[-2]
        assert [each.phone for each in await tickets(manager)] == [True]
        assert pages.ticket_page(pilot.app.way[-1], pilot.app.hall, pilot.app.look).does("3") == pages.HOME
        (row,) = [each for each in pilot.app.client.sent if isinstance(each, p.LeavePhone)]
        assert row.phone == PHONE

    @pytest.mark.parametrize("wrong", ["110", "12345678901", "000000000000000"])
    async def test_what_is_no_telephone_number_is_asked_for_again(
        self, pilot: Pilot[Any], manager: Any, wrong: str
    ) -> None:
        await typed(pilot, "1", "3", *wrong, "enter")
        assert page(pilot) == "phone"
        assert "没有这个电话号码，请再输入" in text(pilot)
        assert pilot.app.way[-1].typed == ""
        assert [each.phone for each in await tickets(manager)] == [False]
        pilot.app.client.host.store.clock.advance(1)
        await typed(pilot, *PHONE, "enter")
        assert [each.phone for each in await tickets(manager)] == [True]

    async def test_fifteen_digits_and_no_more(self, pilot: Pilot[Any]) -> None:
        await typed(pilot, "1", "3", *"123456789012345", "6")
        assert pilot.app.way[-1].typed == "123456789012345"
        assert pilot.app.bells == 1

    async def test_who_does_not_want_it_goes_back_to_the_number(self, pilot: Pilot[Any]) -> None:
        for key in ("enter", "f12"):
            await typed(pilot, "1", "3", key)
            assert page(pilot) == "ticket"
            pilot.app.client.host.store.clock.advance(2)
            await typed(pilot, "5")

    async def test_too_late_the_number_is_still_valid(self, pilot: Pilot[Any], clock: ManualClock) -> None:
        await typed(pilot, "1", "3", *PHONE)
        clock.advance(301)
        pilot.app._touched = clock.boot()
        await typed(pilot, "enter")
        assert "您的号码仍然有效" in text(pilot)
        assert PHONE not in repr(pilot.app.way)
        clock.advance(1)
        await typed(pilot, "f12")
        assert page(pilot) == "ticket"


class TestAtTheCounter:
    """The session of these tests holds no ring, so what a key opens is put in its place."""

    @pytest.fixture
    async def counter(
        self, host: Host, line: LocalLine, monkeypatch: pytest.MonkeyPatch
    ) -> AsyncIterator[Pilot[Any]]:
        monkeypatch.setattr("tellertui.store.work.Work.open", lambda work, model, *rest: E164)
        kiosk_line = await line.__aenter__()
        issued = await kiosk_line.local.do(api.Issue(service="cash"))
        await kiosk_line.local.do(p.LeavePhone(ticket=str(issued.id), phone=PHONE))
        teller = signed_on(host, REVIEWER, Role.TELLER)
        await teller.do(api.CounterOpen(counter="1"))
        async with LocalApp(teller, CounterDesk).run_test(size=(80, 24)) as pilot:
            await told(pilot)
            yield pilot

    async def shown(self, pilot: Pilot[Any]) -> None:
        await desk_typed(pilot, ".1⏎")
        assert "left a telephone number" in desk_text(pilot) or "电话" in desk_text(pilot)
        option = next(each for each in pilot.app.screen.options if each.text == "show the telephone number")
        await press(pilot, option.key)
        await told(pilot)

    async def test_it_is_shown_for_half_a_minute(self, counter: Pilot[Any], clock: ManualClock) -> None:
        assert "A001*" in desk_text(counter)
        await self.shown(counter)
        assert E164 in desk_text(counter)
        clock.advance(29)
        counter.app.screen.tick()
        assert E164 in desk_text(counter)
        clock.advance(1)
        counter.app.screen.tick()
        await told(counter)
        assert E164 not in desk_text(counter)
        assert E164 not in repr(counter.app.history)

    async def test_a_cover_drops_it(self, counter: Pilot[Any]) -> None:
        await self.shown(counter)
        counter.app.screen.veiled()
        await told(counter)
        assert counter.app.screen.phone is None
        assert E164 not in desk_text(counter)
