"""The lobby desk with real keys on a real branch: every key budget, and what else the desk can do."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from local_app import LocalApp, note, text, told, typed
from snap import press
from textual.pilot import Pilot

from branches import MANAGER, REVIEWER
from hosts import LocalBranch, signed_on
from tellertui.branch.api import OpenDay
from tellertui.core.clock import MINUTE, ManualClock
from tellertui.core.event import decode_event
from tellertui.core.role import Role
from tellertui.host.host import Host
from tellertui.store.journal import entries
from tellertui.ui.modal import Choose, Modal, Tick
from tellertui.ui.picker import Picker
from tellertui.workflows.reception import api
from tellertui.workflows.reception import events as e
from tellertui.workflows.reception.screens.counters import Counters
from tellertui.workflows.reception.screens.lobby import LobbyDesk
from tellertui.workflows.reception.views import QueueView, TicketView


@pytest.fixture
async def kiosk(host: Host) -> LocalBranch:
    await signed_on(host, MANAGER).do(OpenDay())
    return LocalBranch(host)


@pytest.fixture
async def teller(host: Host, kiosk: LocalBranch) -> LocalBranch:
    """Somebody at counter 1, which serves cash."""
    teller = signed_on(host, MANAGER)
    await teller.do(api.CounterOpen(counter="1"))
    return teller


@pytest.fixture
async def pilot(host: Host, kiosk: LocalBranch) -> AsyncIterator[Pilot[Any]]:
    app = LocalApp(signed_on(host, REVIEWER, Role.LOBBY), Counters, LobbyDesk)
    async with app.run_test(size=(80, 24)) as pilot:
        await told(pilot)
        yield pilot


async def queue(pilot: Pilot[Any]) -> QueueView:
    view: QueueView = await pilot.app.local.do(api.Queue())
    return view


async def only(pilot: Pilot[Any]) -> TicketView:
    (ticket,) = (await queue(pilot)).tickets
    return ticket


def written(host: Host, kind: type[Any]) -> list[Any]:
    def read(reads: Any) -> list[Any]:
        found = [entry.read() for entry in entries(reads.connection.cursor())]
        return [decode_event(each.event, each.version, each.facts) for each in found]

    return [event for event in host.store.read(read).result() if isinstance(event, kind)]


def modal(pilot: Pilot[Any], kind: type[Modal[Any]]) -> Any:
    assert isinstance(pilot.app.screen, kind), pilot.app.screen
    return pilot.app.screen


async def missed(teller: LocalBranch, clock: ManualClock) -> None:
    """Call the number that is next until it is missed."""
    await teller.do(api.CallNext())
    for _ in range(2):
        clock.advance(40)
        await teller.do(api.Recall())
    await teller.do(api.NoShow())


# The budgets.


async def test_an_ordinary_number(pilot: Pilot[Any]) -> None:
    assert await typed(pilot, "3⏎") == 2
    ticket = await only(pilot)
    assert (ticket.number, ticket.service, ticket.care) == ("E001", "account", "normal")
    assert note(pilot) == "E001 Account: 0 ahead, 0-25 min, overtaken 5 times at most"
    assert "> 1 E001 Account" in text(pilot)


async def test_a_number_with_a_class(pilot: Pilot[Any]) -> None:
    assert await typed(pilot, "31⏎") == 3
    assert (await only(pilot)).care == "senior"


async def test_one_more_of_the_same(pilot: Pilot[Any]) -> None:
    await typed(pilot, "31⏎")
    assert await typed(pilot, "F9") == 1
    assert [ticket.care for ticket in (await queue(pilot)).tickets] == ["senior", "senior"]


async def test_a_visitor_without_a_number(pilot: Pilot[Any], host: Host) -> None:
    assert await typed(pilot, "81⏎") == 3
    assert written(host, e.VisitorDiverted) == [e.VisitorDiverted("self_service")]
    assert note(pilot) == "Without a number: machine"


async def test_papers_complete(pilot: Pilot[Any]) -> None:
    await typed(pilot, "3⏎")
    assert await typed(pilot, "F6 F10") == 2
    ticket = await only(pilot)
    assert (ticket.missing, ticket.prechecked_by) == ([], REVIEWER)
    assert note(pilot) == "E001: papers complete"


async def test_one_paper_missing(pilot: Pilot[Any]) -> None:
    await typed(pilot, "3⏎")
    assert await typed(pilot, "F6 3 F10") == 3
    assert (await only(pilot)).missing == ["address-proof"]
    assert "  -1     5" in text(pilot)


async def test_a_missed_number_waits_again(
    pilot: Pilot[Any], teller: LocalBranch, clock: ManualClock
) -> None:
    await typed(pilot, "1⏎")
    await missed(teller, clock)
    await told(pilot)
    assert "missed 1" in text(pilot)
    assert await typed(pilot, ".01⏎ 1") == 5
    assert (await only(pilot)).number == "A001"
    assert note(pilot) == "A001: waits again"


async def test_an_appointment_is_checked_in(pilot: Pilot[Any]) -> None:
    booked = await pilot.app.local.do(api.Book(service="wealth", at="09:20"))
    assert await typed(pilot, f"F4 {booked.code}⏎ F10") == 7
    ticket = await only(pilot)
    assert (ticket.service, ticket.care) == ("wealth", "appointment")
    await typed(pilot, f"F4 {booked.code}⏎")
    assert "used already" in text(pilot)


async def test_a_call_for_help_is_answered(pilot: Pilot[Any], kiosk: LocalBranch) -> None:
    bells = pilot.app.bells
    await kiosk.do(api.Help(place="kiosk"))
    await told(pilot)
    assert note(pilot) == "Help wanted: kiosk, 09:00  Enter: on the way"
    assert pilot.app.bells > bells
    assert await typed(pilot, "⏎") == 1
    assert (await queue(pilot)).help == []
    assert note(pilot) == ""


async def test_another_counter_serves_personal_customers(pilot: Pilot[Any]) -> None:
    assert await typed(pilot, "206⏎ 3 1 F10") == 7
    served = next(each for each in (await queue(pilot)).counters if each.counter == "3")
    assert "cash" in served.services
    assert note(pilot) == "Counter 3 is changed, from its next call on."


# What else the desk does.


async def test_help_beeps_until_somebody_goes(pilot: Pilot[Any], kiosk: LocalBranch) -> None:
    await kiosk.do(api.Help(place="kiosk"))
    await told(pilot)
    desk, bells = pilot.app.screen, pilot.app.bells
    for _ in range(10):
        desk.tick()
    assert pilot.app.bells - bells == 2
    await typed(pilot, "⏎")
    bells = pilot.app.bells
    for _ in range(10):
        desk.tick()
    assert pilot.app.bells == bells


async def test_the_lobby_is_told_who_needs_an_arm(
    pilot: Pilot[Any], teller: LocalBranch, clock: ManualClock
) -> None:
    await typed(pilot, "11⏎")
    await teller.do(api.CallNext())
    await told(pilot)
    clock.advance(40)
    await teller.do(api.Recall())
    await told(pilot)
    assert note(pilot) == "Please help A001 to counter 1."


async def test_a_service_is_stopped_and_goes_on(pilot: Pilot[Any], clock: ManualClock) -> None:
    await typed(pilot, "91⏎ 3 3")
    assert "back 09:30" in text(pilot)
    assert note(pilot) == "Cash: no numbers are given for now."
    await typed(pilot, "1⏎")
    assert note(pilot).startswith("This service is stopped (short of cash)")
    await typed(pilot, "91⏎")
    assert note(pilot) == "Cash: numbers are given again."
    await typed(pilot, "91⏎ 1⏎")
    assert "stopped" in text(pilot)
    assert (await queue(pilot)).lanes[0].stopped_until is None


async def test_a_waiting_number_is_reclassified_forwarded_and_leaves(pilot: Pilot[Any]) -> None:
    await typed(pilot, "1⏎ 1⏎")
    await typed(pilot, ".01⏎ 1 1 2")
    assert [ticket.care for ticket in (await queue(pilot)).tickets] == ["senior", "normal"]
    await typed(pilot, "A001⏎ 2 1")
    assert "is for that service already" in text(pilot)
    await typed(pilot, "2 1")
    assert [ticket.service for ticket in (await queue(pilot)).tickets if ticket.number == "A001"] == [
        "non-cash"
    ]
    await typed(pilot, "A002⏎ 3")
    assert [ticket.number for ticket in (await queue(pilot)).tickets] == ["A001"]
    assert note(pilot) == "A002: has left"


async def test_why_a_number_stands_where_it_stands(pilot: Pilot[Any], clock: ManualClock) -> None:
    await typed(pilot, "1⏎")
    clock.advance(7 * 60)
    await typed(pilot, "11⏎")
    await typed(pilot, ".02⏎ F1")
    seen = text(pilot)
    assert "A002 has waited 0 min; class senior adds 10: it counts" in seen
    assert "The highest count is called first; 0 are called before" in seen
    assert "R-Q-01" in seen
    await typed(pilot, "F12 F12")
    assert isinstance(pilot.app.screen, LobbyDesk)


async def test_two_numbers_with_the_same_end_are_picked(pilot: Pilot[Any]) -> None:
    await typed(pilot, "1⏎ 2⏎")
    await typed(pilot, ".1⏎")
    picker = modal(pilot, Picker)
    assert [item.code for item in picker.found] == ["C001", "A001"]
    await typed(pilot, "A001⏎")
    modal(pilot, Choose)
    assert "A001  Cash  general" in text(pilot)


async def test_full_width_digits_and_the_chinese_point_count(pilot: Pilot[Any]) -> None:
    await press(pilot, "３", "enter")
    await press(pilot, "。", "０", "１", "enter")
    modal(pilot, Choose)


async def test_a_customer_who_was_sent_for_papers_comes_back(pilot: Pilot[Any], teller: LocalBranch) -> None:
    await typed(pilot, "1⏎")
    await teller.do(api.CallNext())
    await teller.do(api.Arrive())
    await teller.do(api.Finish(result="missing_papers"))
    await typed(pilot, ".01⏎ 1")
    assert (await only(pilot)).number == "A001"


async def test_what_cannot_be_done_says_why(pilot: Pilot[Any]) -> None:
    bells = pilot.app.bells
    for keys, words in (
        ("99⏎", "No service, class or way has that number; F1 lists them."),
        ("F6", "No waiting number is selected; .18 selects one."),
        ("F9", "No number was given at this desk yet."),
        ("F10", "F6 opens the papers of the selected number; there F10 completes them."),
        (".18⏎", "There is no such number today."),
        ("F8", "There is nothing more to show."),
        ("F7", "There is nothing more to show."),
    ):
        await typed(pilot, keys)
        assert note(pilot) == words
        bells += 1
        assert pilot.app.bells == bells
    await typed(pilot, "1⏎ F6")
    assert note(pilot) == "A001: this service asks for no papers."


async def test_codes_in_refusals_are_said_in_words(pilot: Pilot[Any], teller: LocalBranch) -> None:
    pilot.app.speak("zh_Hant")
    await typed(pilot, "1⏎")
    await typed(pilot, "A001⏎")
    await teller.do(api.CallNext())
    await typed(pilot, "3")
    assert note(pilot) == "A001 號現在是 呼叫，不能這樣做。"


async def test_pages(pilot: Pilot[Any]) -> None:
    for _ in range(12):
        await pilot.app.local.do(api.Issue(service="cash"))
    await told(pilot)
    assert "1-10 / 12" in text(pilot)
    await typed(pilot, "F8")
    assert "11-12 / 12" in text(pilot)
    assert "A011" in text(pilot)
    await typed(pilot, "F7")
    assert "1-10 / 12" in text(pilot)


async def test_the_minute_turns_only_while_nobody_types(pilot: Pilot[Any], clock: ManualClock) -> None:
    await typed(pilot, "1⏎")
    clock.advance(5 * 60)
    await typed(pilot, "3")
    pilot.app.screen.tick()
    await told(pilot)
    assert "longest 0 min A001" in text(pilot)
    await press(pilot, "backspace")
    pilot.app.screen.tick()
    await told(pilot)
    assert "longest 5 min A001" in text(pilot)
    assert clock.now() // MINUTE


async def test_the_greeting_follows_the_customer_and_can_be_hidden(pilot: Pilot[Any]) -> None:
    assert "What may we do for you today?" in text(pilot)
    await typed(pilot, "1⏎")
    assert "请问今天想办理什么业务？" in text(pilot)
    await typed(pilot, "80⏎")
    assert "业务？" not in text(pilot)


async def test_the_hint_says_what_enter_would_do(pilot: Pilot[Any]) -> None:
    for keys, words in (
        ("3", "Account"),
        ("31", "Account + senior"),
        ("82", "mobile bank"),
        ("91", "stop or resume Cash"),
        (".1", "Enter selects it"),
    ):
        await press(pilot, *keys)
        row = next(row for row in text(pilot).splitlines() if "Command" in row)
        assert row.rstrip().endswith(words), row
        await press(pilot, *["backspace"] * len(keys))


async def test_a_second_terminal_shows_the_same(pilot: Pilot[Any], kiosk: LocalBranch) -> None:
    await kiosk.do(api.Issue(service="cash", care="vip"))
    await told(pilot)
    await told(pilot)
    assert "A001 Cash         VIP" in text(pilot)


async def test_a_half_answered_question_changes_nothing(pilot: Pilot[Any]) -> None:
    await typed(pilot, "3⏎ F6 1")
    modal(pilot, Tick)
    await typed(pilot, "F12")
    assert (await only(pilot)).missing is None
    await typed(pilot, "91⏎ F12")
    assert (await queue(pilot)).lanes[0].stopped is None


async def test_a_counter_that_calls_by_itself(pilot: Pilot[Any]) -> None:
    await typed(pilot, "206⏎ 3 0 F10")
    served = next(each for each in (await queue(pilot)).counters if each.counter == "3")
    assert served.continuous
    await typed(pilot, "3 0 0 F10")
    assert note(pilot) == "Nothing is changed; digits turn services on and off."
