"""The lobby desk when it goes hard: scanners, two desks at once, hostile words, full lobbies, other roles."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from local_app import LocalApp, note, text, told, typed
from snap import settled
from textual.events import Key
from textual.pilot import Pilot

from branches import MANAGER, REVIEWER
from hosts import LocalBranch, signed_on
from tellertui.branch.api import OpenDay, SetCounter
from tellertui.core.clock import ManualClock
from tellertui.core.role import Role
from tellertui.host.host import Host
from tellertui.ui.modal import Choose, Tick
from tellertui.workflows.reception import api
from tellertui.workflows.reception.screens.counters import Counters
from tellertui.workflows.reception.screens.lobby import LobbyDesk
from tellertui.workflows.reception.views import QueueView


@pytest.fixture
async def kiosk(host: Host) -> LocalBranch:
    await signed_on(host, MANAGER).do(OpenDay())
    return LocalBranch(host)


@pytest.fixture
async def pilot(host: Host, kiosk: LocalBranch) -> AsyncIterator[Pilot[Any]]:
    async with desk(host).run_test(size=(80, 24)) as pilot:
        await told(pilot)
        yield pilot


def desk(host: Host, role: Role = Role.LOBBY, staff: str = REVIEWER) -> LocalApp:
    return LocalApp(signed_on(host, staff, role), Counters, LobbyDesk)


async def queue(pilot: Pilot[Any]) -> QueueView:
    view: QueueView = await pilot.app.local.do(api.Queue())
    return view


async def numbers(pilot: Pilot[Any]) -> list[str]:
    return [ticket.number for ticket in (await queue(pilot)).tickets]


async def scanned(pilot: Pilot[Any], keys: str) -> None:
    """Let a scanner type, a millisecond between two keys, and end with Enter."""
    app: Any = pilot.app
    for place, character in enumerate(keys + "\r"):
        event = Key("enter" if character == "\r" else character, character)
        event.time = 1000 + place / 1000
        app.post_message(event)
    await told(pilot)


# Scanners.


@pytest.mark.parametrize("code", ["1234", "313131", "206206206", "6222021234567890"])
async def test_a_scan_is_never_verbs(pilot: Pilot[Any], code: str) -> None:
    await scanned(pilot, code)
    assert await numbers(pilot) == []
    assert isinstance(pilot.app.screen, LobbyDesk)
    assert note(pilot) in (
        "No command: a digit is a verb, three a screen, .18 a number.",
        "That cannot be looked up from this screen.",
    )


async def test_a_scan_answers_no_question(pilot: Pilot[Any]) -> None:
    await typed(pilot, "3⏎ F6")
    await scanned(pilot, "123123")
    assert isinstance(pilot.app.screen, Tick)
    await typed(pilot, "F10")
    assert (await queue(pilot)).tickets[0].missing == []


async def test_a_scan_chooses_no_counter(pilot: Pilot[Any]) -> None:
    await typed(pilot, "206⏎")
    bells = pilot.app.bells
    await scanned(pilot, "3131")
    assert pilot.app.bells > bells
    await typed(pilot, "F10")
    assert note(pilot) == "First choose a counter by its digit."


# Two lobby desks at once.


async def test_two_desks_see_the_same_and_each_keeps_its_own_place(host: Host, kiosk: LocalBranch) -> None:
    both = asyncio.Barrier(2)

    async def work(staff: str, keys: str) -> str:
        async with desk(host, staff=staff).run_test(size=(80, 24)) as pilot:
            await told(pilot)
            await both.wait()
            await typed(pilot, keys)
            await both.wait()
            await told(pilot)
            return text(pilot)

    first, second = await asyncio.gather(work(REVIEWER, "3⏎"), work(MANAGER, "1⏎"))
    for seen in (first, second):
        assert "E001 Account" in seen
        assert "A001 Cash" in seen
    assert next(row[:8] for row in first.splitlines() if row.startswith(">")).endswith("E001")
    assert next(row[:8] for row in second.splitlines() if row.startswith(">")).endswith("A001")


@pytest.mark.parametrize("keys", ["1 1 2", "2 2 1", "3"])
async def test_what_another_desk_did_meanwhile_is_refused_in_words(
    pilot: Pilot[Any], host: Host, keys: str
) -> None:
    await typed(pilot, "1⏎ 1⏎ A001⏎")
    assert isinstance(pilot.app.screen, Choose)
    other = signed_on(host, MANAGER, Role.LOBBY)
    await other.do(api.Leave(ticket="A001"))
    await told(pilot)
    await typed(pilot, keys)
    assert note(pilot) == "Number A001 is gone; that cannot be done now."
    assert await numbers(pilot) == ["A002"]
    await typed(pilot, "3⏎")
    assert await numbers(pilot) == ["A002", "E001"]


async def test_papers_of_a_number_that_was_called_meanwhile_are_the_tellers(
    pilot: Pilot[Any], host: Host
) -> None:
    teller = signed_on(host, MANAGER)
    await teller.do(SetCounter(counter="3", services=["account"]))
    await teller.do(api.CounterOpen(counter="3"))
    await typed(pilot, "3⏎ F6 3")
    await teller.do(api.CallNext())
    await told(pilot)
    await typed(pilot, "F10")
    assert note(pilot) == "Number E001 is called; that cannot be done now."
    hand = (await teller.do(api.Desk())).hand
    assert (hand.missing, hand.prechecked_by) == (None, None)


async def test_the_selection_stays_while_others_give_numbers(pilot: Pilot[Any], kiosk: LocalBranch) -> None:
    await typed(pilot, "3⏎")
    await kiosk.do(api.Issue(service="cash"))
    await told(pilot)
    await typed(pilot, "F6 3 F10")
    assert note(pilot) == "E001: papers missing: 1"


async def test_two_calls_for_help_are_answered_one_after_the_other(
    pilot: Pilot[Any], kiosk: LocalBranch, clock: ManualClock
) -> None:
    await kiosk.do(api.Help(place="kiosk"))
    clock.advance(60)
    await kiosk.do(api.Help(place="entrance"))
    await told(pilot)
    assert note(pilot) == "Help wanted: kiosk, 09:00  Enter: on the way"
    assert "help 2" in text(pilot)
    await typed(pilot, "⏎")
    assert note(pilot) == "Help wanted: entrance, 09:01  Enter: on the way"
    await typed(pilot, "⏎")
    assert (await queue(pilot)).help == []


async def test_a_call_that_nobody_has_read_is_not_answered_by_an_enter_too_many(
    pilot: Pilot[Any], kiosk: LocalBranch
) -> None:
    await kiosk.do(api.Help(place="kiosk"))
    await told(pilot)
    await typed(pilot, "1⏎ ⏎")
    assert len((await queue(pilot)).help) == 1
    assert note(pilot).startswith("Help wanted: kiosk")
    await typed(pilot, "⏎")
    assert (await queue(pilot)).help == []


async def test_a_call_that_another_desk_answered_is_not_shown_any_more(
    pilot: Pilot[Any], host: Host, kiosk: LocalBranch
) -> None:
    call = await kiosk.do(api.Help(place="kiosk"))
    await told(pilot)
    await signed_on(host, MANAGER).do(api.HelpAnswer(id=str(call.id)))
    await told(pilot)
    assert note(pilot) == ""


async def test_a_counter_that_wants_help_is_named(pilot: Pilot[Any], host: Host) -> None:
    teller = signed_on(host, MANAGER)
    await teller.do(api.CounterOpen(counter="2"))
    await teller.do(api.Help(place="counter"))
    await told(pilot)
    assert note(pilot) == "Help wanted: counter 2, 09:00  Enter: on the way"
    pilot.app.speak("zh_Hans")
    assert note(pilot) == "呼助  2号窗口请人帮忙  09:00  Enter 已去"


async def test_two_desks_change_one_counter_and_neither_change_is_lost(pilot: Pilot[Any], host: Host) -> None:
    other = signed_on(host, MANAGER, Role.LOBBY)
    before = next(each for each in (await queue(pilot)).counters if each.counter == "3").services
    assert "cash" not in before
    assert "wealth" not in before
    await typed(pilot, "206⏎ 3 1")
    await other.do(SetCounter(counter="3", services=[*before, "wealth"]))
    await told(pilot)
    await typed(pilot, "F10")
    now = next(each for each in (await queue(pilot)).counters if each.counter == "3").services
    assert set(now) == {*before, "wealth", "cash"}


# Counters.


async def test_what_a_counter_cannot_serve_says_why(pilot: Pilot[Any]) -> None:
    await typed(pilot, "206⏎")
    services = next(each for each in (await queue(pilot)).counters if each.counter == "3").services
    offers = [offer.service for offer in await pilot.app.local.do(api.Services())]
    own = " ".join(str(place) for place, code in enumerate(offers, 1) if code in services)
    for keys, words in (
        ("9", "There is no counter 9."),
        ("F8", "There is nothing more to show."),
        ("F10", "First choose a counter by its digit."),
        ("3 F10", "Nothing is changed; digits turn services on and off."),
        (f"{own} F10", "A counter serves one service at least."),
    ):
        await typed(pilot, keys)
        assert note(pilot) == words
    bells = pilot.app.bells
    await typed(pilot, "8 x")
    assert pilot.app.bells == bells + 2
    await typed(pilot, "F12")
    assert "A digit chooses a counter" in text(pilot)
    await typed(pilot, "F12")
    assert isinstance(pilot.app.screen, LobbyDesk)
    assert next(each for each in (await queue(pilot)).counters if each.counter == "3").services == services


# Words.


async def test_hostile_words_are_only_words(host: Host, kiosk: LocalBranch) -> None:
    teller = signed_on(host, MANAGER)
    await teller.do(api.CounterOpen(counter="2"))
    app = desk(host)
    app.people = {MANAGER: "[/]王[b]\x1b[2J"}
    async with app.run_test(size=(120, 40)) as pilot:
        await told(pilot)
        assert "2 [/]王[b]\\x1b[2J free" in text(pilot)
        await typed(pilot, "206⏎")
        assert "[/]王[b]\\x1b[2J" in text(pilot)


async def test_the_language_changes_under_an_open_question(pilot: Pilot[Any]) -> None:
    await typed(pilot, "3⏎ E001⏎")
    assert "E001  Account  general" in text(pilot)
    pilot.app.speak("zh_Hant")
    await settled(pilot)
    seen = text(pilot)
    assert "E001  開戶變更  一般" in seen
    assert "Account" not in seen
    await typed(pilot, "4")
    pilot.app.speak("zh_Hans")
    await settled(pilot)
    assert "3  ✓ 居住证明" in text(pilot)
    await typed(pilot, "3 F10")
    assert (await queue(pilot)).tickets[0].missing == ["address-proof"]
    assert note(pilot) == "E001：缺 1 件"


async def test_a_message_is_said_in_the_language_of_the_moment(pilot: Pilot[Any]) -> None:
    await typed(pilot, "3⏎")
    assert note(pilot) == "E001 Account: 0 ahead, 0-25 min, overtaken 5 times at most"
    pilot.app.speak("zh_Hant")
    assert "開戶變更" in note(pilot)
    await typed(pilot, "82⏎")
    assert note(pilot) == "已分流：手機銀行"
    pilot.app.speak("en")
    assert note(pilot) == "Without a number: mobile bank"


async def test_no_english_word_stands_on_a_chinese_desk(pilot: Pilot[Any]) -> None:
    pilot.app.speak("zh_Hant")
    for keys in ("3⏎", "91⏎", "F12", "E001⏎", "1", "F12", "F4", "F12", "206⏎", "3"):
        await typed(pilot, keys)
        words = text(pilot).replace("Enter", "").replace("Ctrl+K", "")
        assert not any(part.isascii() and part.isalpha() and len(part) > 1 for part in words.split()), words


# A full lobby.


async def test_sixty_numbers_are_paged(pilot: Pilot[Any], kiosk: LocalBranch) -> None:
    for _ in range(60):
        await kiosk.do(api.Issue(service="cash"))
    await told(pilot)
    for row in ("1-10", "11-20", "21-30", "31-40", "41-50", "51-60"):
        assert f" {row} / 60" in text(pilot)
        await typed(pilot, "F8")
    assert note(pilot) == "There is nothing more to show."
    assert " 51-60 / 60" in text(pilot)
    assert "A060 Cash" in text(pilot)
    for row in ("41-50", "31-40", "21-30", "11-20", "1-10"):
        await typed(pilot, "F7")
        assert f" {row} / 60" in text(pilot)
    await typed(pilot, "F7")
    assert note(pilot) == "There is nothing more to show."


async def test_the_page_stays_inside_a_queue_that_shrinks(pilot: Pilot[Any], kiosk: LocalBranch) -> None:
    for _ in range(11):
        await kiosk.do(api.Issue(service="cash"))
    await told(pilot)
    await typed(pilot, "F8")
    await pilot.app.local.do(api.Leave(ticket="A011"))
    await told(pilot)
    assert " 1-10 / 10" in text(pilot)


# Roles.


async def test_a_role_that_may_only_look(host: Host, kiosk: LocalBranch) -> None:
    await kiosk.do(api.Issue(service="cash"))
    async with desk(host, Role.AUDITOR).run_test(size=(80, 24)) as pilot:
        await told(pilot)
        assert "A001 Cash" in text(pilot)
        for keys, method in (
            ("1⏎", "reception.issue"),
            ("81⏎", "reception.divert"),
            (".01⏎", "reception.find"),
            ("F4", "reception.appointments"),
            ("91⏎ 1 1", "reception.suspend"),
        ):
            await typed(pilot, keys)
            assert note(pilot) == f"Your role may not do this: {method}."
        assert await numbers(pilot) == ["A001"]


async def test_a_teller_may_not_change_what_a_counter_serves_and_keeps_what_was_typed(
    host: Host, kiosk: LocalBranch
) -> None:
    async with desk(host, Role.TELLER).run_test(size=(80, 24)) as pilot:
        await told(pilot)
        await typed(pilot, "206⏎ 3 1 F10")
        assert note(pilot) == "Your role may not do this: branch.set_counter."
        assert "1 ✓ Cash" in text(pilot)
