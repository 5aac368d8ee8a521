"""The customer's panel on a host in this process: who is served, the rating, what times out."""

import pytest
from panel_sample import panel, seen
from snap import press

from branches import MANAGER
from hosts import LocalBranch, signed_on
from tellertui.branch.api import SetCounter
from tellertui.core.clock import ManualClock
from tellertui.core.event import decode_event
from tellertui.host.host import Host
from tellertui.store.journal import entries
from tellertui.workflows.reception import api
from tellertui.workflows.reception.events import TicketRated


async def serve(host: Host, language: api.Language = "en") -> tuple[LocalBranch, str]:
    teller = signed_on(host, MANAGER)
    await teller.do(SetCounter(counter="1", services=("cash",)))
    await teller.do(api.CounterOpen(counter="1"))
    issued = await LocalBranch(host).do(api.Issue(service="cash", language=language))
    await teller.do(api.CallNext())
    await teller.do(api.Arrive())
    return teller, issued.number


def ratings(host: Host) -> list[TicketRated]:
    plains = host.store.read(lambda reads: [entry.read() for entry in entries(reads._cursor)]).result()
    events = [decode_event(plain.event, plain.version, plain.facts) for plain in plains]
    return [event for event in events if isinstance(event, TicketRated)]


async def test_it_asks_by_itself_and_the_tellers_next_call_does_not_take_it_away(host: Host) -> None:
    async with panel(host) as pilot:
        assert "1 号窗口" in await seen(pilot)
        teller, number = await serve(host)
        assert f"Number {number} is being served." in await seen(pilot)
        await teller.do(api.Finish())
        assert "How did it go today?" in await seen(pilot)
        await LocalBranch(host).do(api.Issue(service="cash"))
        await teller.do(api.CallNext())
        assert number in await seen(pilot)
        await press(pilot, "4")
        assert "Thank you" in await seen(pilot)
    assert [(event.score, event.reasons) for event in ratings(host)] == [(4, ())]


async def test_reasons_after_a_low_score(host: Host) -> None:
    async with panel(host) as pilot:
        teller, _ = await serve(host)
        await teller.do(api.Finish())
        await seen(pilot)
        await press(pilot, "2")
        assert "What was not right?" in await seen(pilot)
        await press(pilot, "1", "3", "3", "4", "9")
        assert "*1" in (await seen(pilot))
        await press(pilot, "0")
        assert "Thank you" in await seen(pilot)
    assert [(event.score, event.reasons) for event in ratings(host)] == [(2, ("wait", "unsolved"))]


async def test_whoever_walks_away_from_the_reasons_has_rated(host: Host, clock: ManualClock) -> None:
    async with panel(host) as pilot:
        teller, _ = await serve(host)
        await teller.do(api.Finish())
        await seen(pilot)
        await press(pilot, "1", "2")
        clock.advance(30)
        pilot.app.tick()  # type: ignore[attr-defined]
        assert "Thank you" in await seen(pilot)
        clock.advance(5)
        pilot.app.tick()  # type: ignore[attr-defined]
        assert "请留意叫号屏" in await seen(pilot)
    assert [(event.score, event.reasons) for event in ratings(host)] == [(1, ("attitude",))]


async def test_rather_not_and_no_answer_leave_nothing(host: Host, clock: ManualClock) -> None:
    async with panel(host) as pilot:
        teller, _ = await serve(host)
        await teller.do(api.Finish())
        await seen(pilot)
        await press(pilot, "0")
        assert "请留意叫号屏" in await seen(pilot)
        teller, _ = await serve(host)
        await teller.do(api.Finish())
        assert "How did it go" in await seen(pilot)
        clock.advance(30)
        pilot.app.tick()  # type: ignore[attr-defined]
        assert "请留意叫号屏" in await seen(pilot)
        await press(pilot, "5")
    assert ratings(host) == []


@pytest.mark.parametrize(
    ("language", "words"), [("zh_Hant", "今天辦得怎麼樣"), ("zh_Hans", "今天办得怎么样")]
)
async def test_it_speaks_the_language_of_the_ticket(host: Host, language: api.Language, words: str) -> None:
    async with panel(host) as pilot:
        teller, _ = await serve(host, language)
        await teller.do(api.Finish())
        assert words in await seen(pilot)


async def test_keys_mean_nothing_while_nothing_is_asked(host: Host) -> None:
    async with panel(host) as pilot:
        before = await seen(pilot)
        await press(pilot, *"012345678", "escape", "f3", "ctrl+c", "ctrl+q", "tab", "enter")
        assert await seen(pilot) == before
        assert pilot.app.is_running


async def test_while_the_host_is_away_it_says_so(host: Host) -> None:
    async with panel(host) as pilot:
        pilot.app.client.line("away")  # type: ignore[attr-defined]
        assert "正在连接" in await seen(pilot)
        pilot.app.client.line("back")  # type: ignore[attr-defined]
        assert "请留意叫号屏" in await seen(pilot)


async def test_it_calls_somebody_to_its_counter(host: Host, clock: ManualClock) -> None:
    async with panel(host) as pilot:
        await press(pilot, "9", "9")
        assert "马上有人过来" in await seen(pilot)
        clock.advance(5)
        pilot.app.tick()  # type: ignore[attr-defined]
        assert "本窗口未开放" in await seen(pilot)
    (call,) = (await signed_on(host, MANAGER).do(api.Queue())).help
    assert call.place == "counter"
