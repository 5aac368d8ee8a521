"""The counter desk with real keys on a real branch: every key budget, and what else a teller can do."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from local_app import LocalApp, note, text, told, typed
from snap import press
from textual.events import Key
from textual.pilot import Pilot

from branches import MANAGER, REVIEWER
from hosts import LocalBranch, signed_on
from tellertui.branch.api import OpenDay, SetCounter
from tellertui.core.clock import ManualClock
from tellertui.core.role import Role
from tellertui.host.host import Host
from tellertui.ui.modal import Choose, Tick
from tellertui.ui.picker import Picker
from tellertui.workflows.reception import api
from tellertui.workflows.reception.screens.counter import CounterDesk
from tellertui.workflows.reception.views import DeskView, Hand, QueueView


@pytest.fixture
async def lobby(host: Host) -> LocalBranch:
    lobby = signed_on(host, MANAGER)
    await lobby.do(OpenDay())
    await lobby.do(SetCounter(counter="3", services=("account", "non-cash")))
    return lobby


@pytest.fixture
async def pilot(host: Host, lobby: LocalBranch) -> AsyncIterator[Pilot[Any]]:
    teller = signed_on(host, REVIEWER, Role.TELLER)
    await teller.do(api.CounterOpen(counter="3"))
    app = LocalApp(teller, CounterDesk)
    async with app.run_test(size=(80, 24)) as pilot:
        await told(pilot)
        yield pilot


async def steps(pilot: Pilot[Any], clock: ManualClock, keys: str) -> int:
    """Type keys with a second before each F10, as somebody who looks at the screen does."""
    count = 0
    for part in keys.split():
        clock.advance(1)
        count += await typed(pilot, part)
    return count


async def desk(pilot: Pilot[Any]) -> DeskView:
    view: DeskView = await pilot.app.local.do(api.Desk())
    return view


async def hand(pilot: Pilot[Any]) -> Hand:
    found = (await desk(pilot)).hand
    assert found is not None
    return found


async def queue(pilot: Pilot[Any]) -> QueueView:
    view: QueueView = await pilot.app.local.do(api.Queue())
    return view


async def waiting(pilot: Pilot[Any], lobby: LocalBranch, *services: str, care: str = "normal") -> None:
    for service in services:
        await lobby.do(api.Issue(service=service, care=care))
    await told(pilot)


async def called_out(pilot: Pilot[Any], clock: ManualClock) -> None:
    """Call a number and call it again as often as is allowed."""
    await steps(pilot, clock, "F10")
    for _ in range(2):
        clock.advance(15)
        await typed(pilot, "1⏎")


# The budgets.


async def test_one_customer_is_three_keys(pilot: Pilot[Any], lobby: LocalBranch, clock: ManualClock) -> None:
    await waiting(pilot, lobby, "account")
    assert await steps(pilot, clock, "F10 F10 F10") == 3
    view = await desk(pilot)
    assert (view.hand, view.mine.finished) == (None, 1)
    assert note(pilot) == "E001: finished"


async def test_continuous_calling_is_two_keys(
    pilot: Pilot[Any], lobby: LocalBranch, clock: ManualClock
) -> None:
    await lobby.do(SetCounter(counter="3", continuous=True))
    await waiting(pilot, lobby, "account", "account")
    await steps(pilot, clock, "F10")
    assert await steps(pilot, clock, "F10 F10") == 2
    assert (await hand(pilot)).number == "E002"
    assert (await hand(pilot)).state == "called"


async def test_recall(pilot: Pilot[Any], lobby: LocalBranch, clock: ManualClock) -> None:
    await waiting(pilot, lobby, "account")
    await steps(pilot, clock, "F10")
    await typed(pilot, "1⏎")
    assert note(pilot) == "Wait 15 s before the next call."
    clock.advance(15)
    assert await typed(pilot, "1⏎") == 2
    assert (await hand(pilot)).calls == 2
    assert "called, time 2" in text(pilot)


async def test_a_no_show_then_the_next(pilot: Pilot[Any], lobby: LocalBranch, clock: ManualClock) -> None:
    await waiting(pilot, lobby, "account", "account")
    await called_out(pilot, clock)
    assert await steps(pilot, clock, "2⏎ F10") == 3
    assert (await hand(pilot)).number == "E002"
    assert [ticket.number for ticket in (await queue(pilot)).missed] == ["E001"]


async def test_hold_and_take_back(pilot: Pilot[Any], lobby: LocalBranch, clock: ManualClock) -> None:
    await waiting(pilot, lobby, "account")
    await steps(pilot, clock, "F10 F10")
    assert await typed(pilot, "3⏎ 2") == 3
    (held,) = (await desk(pilot)).on_hold
    assert held.reason == "photo"
    assert "1 E001  09:00  taking a photo" in text(pilot)
    assert await typed(pilot, "3⏎ 1") == 3
    assert (await hand(pilot)).state == "serving"


async def test_forward_with_a_reason(pilot: Pilot[Any], lobby: LocalBranch, clock: ManualClock) -> None:
    await waiting(pilot, lobby, "account")
    await steps(pilot, clock, "F10 F10")
    assert await typed(pilot, "4⏎ 5 1 F10") == 5
    (ticket,) = (await queue(pilot)).tickets
    assert (ticket.number, ticket.service) == ("E001", "wealth")


async def test_one_more_service(pilot: Pilot[Any], lobby: LocalBranch, clock: ManualClock) -> None:
    await waiting(pilot, lobby, "account")
    await steps(pilot, clock, "F10 F10")
    clock.advance(60)
    assert await typed(pilot, "5⏎ 2") == 3
    assert [visit.service for visit in (await hand(pilot)).visit] == ["account", "non-cash"]
    assert "09:00-09:01 done" in text(pilot)


async def test_papers_missing(pilot: Pilot[Any], lobby: LocalBranch, clock: ManualClock) -> None:
    await waiting(pilot, lobby, "account")
    await steps(pilot, clock, "F10 F10")
    assert await typed(pilot, "6⏎ 3 F10") == 4
    (found,) = await pilot.app.local.do(api.Find(number="E001"))
    assert (found.result, found.missing) == ("missing_papers", ["address-proof"])
    assert note(pilot) == "E001: sent for papers: 1"


async def test_pause_and_open(pilot: Pilot[Any], clock: ManualClock) -> None:
    assert await typed(pilot, "0⏎ 2") == 3
    counter = (await desk(pilot)).counter
    assert (counter.state, counter.reason) == ("paused", "meal")
    assert "paused: meal" in text(pilot)
    assert await steps(pilot, clock, "F10") == 1
    assert (await desk(pilot)).counter.state == "open"


async def test_quiet_help(pilot: Pilot[Any]) -> None:
    bells = pilot.app.bells
    assert await typed(pilot, "00⏎") == 3
    (call,) = (await queue(pilot)).help
    assert (call.place, call.counter) == ("counter", "3")
    assert pilot.app.bells == bells


# What else the desk does.


async def test_the_papers_that_the_lobby_saw_are_seen_before_the_customer_sits(
    pilot: Pilot[Any], lobby: LocalBranch, clock: ManualClock
) -> None:
    await waiting(pilot, lobby, "account", care="senior")
    await lobby.do(api.Precheck(ticket="E001", papers=["address-proof"]))
    await steps(pilot, clock, "F10")
    assert "1 ID document ✓  2 Phone ✓  3 Address missing" in text(pilot)
    await steps(pilot, clock, "F10")
    await typed(pilot, "6⏎ F10")
    (found,) = await pilot.app.local.do(api.Find(number="E001"))
    assert found.missing == ["address-proof"]


async def test_nothing_missing_is_no_reason_to_send_somebody_away(
    pilot: Pilot[Any], lobby: LocalBranch, clock: ManualClock
) -> None:
    await waiting(pilot, lobby, "account")
    await steps(pilot, clock, "F10 F10")
    await typed(pilot, "6⏎ F10")
    assert isinstance(pilot.app.screen, Tick)
    assert "Nothing is missing" in text(pilot)
    await typed(pilot, "F12")
    assert (await hand(pilot)).state == "serving"


async def test_a_second_press_within_the_moment_is_a_slip(
    pilot: Pilot[Any], lobby: LocalBranch, clock: ManualClock
) -> None:
    await waiting(pilot, lobby, "account")
    clock.advance(1)
    bells = pilot.app.bells
    await typed(pilot, "F10 F10")
    assert (await hand(pilot)).state == "called"
    assert pilot.app.bells == bells + 1


async def test_somebody_else_acted_and_the_key_means_the_old_state(
    pilot: Pilot[Any], lobby: LocalBranch, clock: ManualClock
) -> None:
    await waiting(pilot, lobby, "account", "account")
    await steps(pilot, clock, "F10 F10")
    screen: Any = pilot.app.screen
    seen = screen.view
    await lobby.do(api.Finish(ticket="E001", counter="3"))
    await lobby.do(api.CallNext(counter="3"))
    await told(pilot)
    screen.view = seen
    await steps(pilot, clock, "F10")
    assert note(pilot) == "Number E001 is finished; that cannot be done now."
    assert (await hand(pilot)).number == "E002"
    assert (await hand(pilot)).state == "called"


async def test_the_recall_lights_up_by_itself(
    pilot: Pilot[Any], lobby: LocalBranch, clock: ManualClock
) -> None:
    await waiting(pilot, lobby, "account", care="senior")
    await steps(pilot, clock, "F10")
    screen: Any = pilot.app.screen
    clock.advance(39)
    screen.tick()
    assert screen.no_recall() is not None
    clock.advance(1)
    screen.tick()
    assert screen.no_recall() is None
    assert not screen.all_actions().slots(screen.look.say)["1"].dim


async def test_a_chosen_number_is_called_with_a_reason(
    pilot: Pilot[Any], lobby: LocalBranch, clock: ManualClock
) -> None:
    await waiting(pilot, lobby, "account", "account", "account")
    await typed(pilot, ".03⏎ 1 2")
    assert (await hand(pilot)).number == "E003"
    await typed(pilot, ".02⏎ 1")
    assert "Number E003 is in hand at counter 3." in text(pilot)


async def test_why_a_number_waits_is_one_key(pilot: Pilot[Any], lobby: LocalBranch) -> None:
    await waiting(pilot, lobby, "account", "account")
    await typed(pilot, ".02⏎ F1")
    assert "E002 has waited 0 min" in text(pilot)
    assert "R-Q-01" in text(pilot)


async def test_a_held_number_is_taken_back_by_its_end(
    pilot: Pilot[Any], lobby: LocalBranch, clock: ManualClock
) -> None:
    await waiting(pilot, lobby, "account")
    await steps(pilot, clock, "F10 F10")
    await typed(pilot, "3⏎ 1 .01⏎ 1")
    assert (await hand(pilot)).state == "serving"


async def test_closing_a_counter_and_taking_another(
    pilot: Pilot[Any], lobby: LocalBranch, clock: ManualClock
) -> None:
    await waiting(pilot, lobby, "cash")
    await typed(pilot, "0⏎ 6")
    assert "You sit at no counter." in text(pilot)
    assert pilot.app.status.counter == ""
    await steps(pilot, clock, "F10")
    assert isinstance(pilot.app.screen, Picker)
    await typed(pilot, "1⏎")
    assert note(pilot) == "Counter 1 is open."
    assert pilot.app.status.counter == "1"
    await steps(pilot, clock, "F10")
    assert (await hand(pilot)).number == "A001"


async def test_a_counter_in_use_is_not_offered(
    pilot: Pilot[Any], lobby: LocalBranch, clock: ManualClock
) -> None:
    await typed(pilot, "0⏎ 6")
    await lobby.do(api.CounterOpen(counter="1"))
    await steps(pilot, clock, "F10")
    assert [item.code for item in pilot.app.screen.found] == ["2", "3", "4"]  # type: ignore[attr-defined]


async def test_nobody_is_left_in_hand_when_the_counter_closes(
    pilot: Pilot[Any], lobby: LocalBranch, clock: ManualClock
) -> None:
    await waiting(pilot, lobby, "account")
    await steps(pilot, clock, "F10")
    await typed(pilot, "0⏎ 6")
    assert isinstance(pilot.app.screen, Choose)
    assert "Number E001 is in hand at counter 3." in text(pilot)
    await typed(pilot, "1")
    assert "paused: short break" in text(pilot)
    await steps(pilot, clock, "F10 F10")
    assert (await desk(pilot)).hand is None
    assert (await desk(pilot)).counter.state == "paused"


async def test_a_scan_is_never_verbs(pilot: Pilot[Any], lobby: LocalBranch, clock: ManualClock) -> None:
    await waiting(pilot, lobby, "account")
    await steps(pilot, clock, "F10 F10")
    app: Any = pilot.app
    for place, character in enumerate("6222021234567890"):
        event = Key(character, character)
        event.time = 1000 + place / 1000
        app.post_message(event)
    app.post_message(Key("enter", None))
    await told(pilot)
    assert (await hand(pilot)).state == "serving"
    assert note(pilot) == "That cannot be looked up from this screen."


async def test_what_cannot_be_done_says_why(pilot: Pilot[Any]) -> None:
    for keys, words in (
        ("F10", "No one is waiting."),
        ("1⏎", "Only a number that is called can be called again or missed."),
        ("2⏎", "Only a number that is called can be called again or missed."),
        ("3⏎", "No number is in hand, and none is on hold here."),
        ("4⏎", "No number is in hand; F10 calls the next one."),
        ("6⏎", "No number is in hand; F10 calls the next one."),
        ("7⏎", "There is no screen 210 for you."),
        ("77⏎", "That key does nothing here; Ctrl+K ? shows the keys."),
        (".18⏎", "There is no such number today."),
        ("F8", "There is nothing more to show."),
    ):
        await typed(pilot, keys)
        assert note(pilot) == words


async def test_the_line_of_the_next_turns_pages(pilot: Pilot[Any], lobby: LocalBranch) -> None:
    await waiting(pilot, lobby, *["account"] * 12)
    await typed(pilot, "F8")
    assert "E006" in text(pilot)
    assert "E001 Account" not in text(pilot)
    await typed(pilot, "F7")
    assert "E001 Account" in text(pilot)


async def test_another_language_at_once_also_in_an_open_modal(
    pilot: Pilot[Any], lobby: LocalBranch, clock: ManualClock
) -> None:
    await waiting(pilot, lobby, "account")
    await steps(pilot, clock, "F10 F10")
    await press(pilot, "3", "enter")
    pilot.app.speak("zh_Hant")  # type: ignore[attr-defined]
    await told(pilot)
    assert "原因" in text(pilot)
    assert "拍照" in text(pilot)
    await typed(pilot, "2")
    assert note(pilot) == "E001 已掛起"


async def test_the_veil_waits_longer_while_somebody_is_served(
    pilot: Pilot[Any], lobby: LocalBranch, clock: ManualClock
) -> None:
    await waiting(pilot, lobby, "account")
    app: Any = pilot.app
    await steps(pilot, clock, "F10")
    assert not app.idle.serving
    await steps(pilot, clock, "F10")
    assert app.idle.serving
    await steps(pilot, clock, "F10")
    assert not app.idle.serving
