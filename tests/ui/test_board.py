"""The now-serving board on a host in this process: what it shows, says, keeps and ignores."""

import os
from collections.abc import AsyncIterator
from typing import Any

import pytest
from kiosk_sample import LocalLine, pass_time, rest, text
from snap import press
from textual.events import MouseDown, MouseUp, Paste
from textual.pilot import Pilot

from branches import MANAGER
from hosts import LocalBranch, signed_on
from tellertui.branch.api import CloseDay, OpenDay
from tellertui.core.clock import ManualClock
from tellertui.host.host import Host
from tellertui.public.board import BLINK_S, BLINKS, BoardApp
from tellertui.ui.incidents import Incidents
from tellertui.workflows.reception import api
from tellertui.workflows.reception.screens import glyphs


class Heard:
    """A voice that keeps what it is to say."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []
        self.closed = False

    def call(self, *call: str) -> None:
        self.calls.append(call)

    async def close(self) -> None:
        self.closed = True


class TestBoard(BoardApp, inherit_bindings=False):
    """A board that counts its repaints and lets the test blink."""

    __test__ = False

    def __init__(self, line: Any, voice: Heard | None) -> None:
        super().__init__(line, line.__aenter__, incidents=Incidents(line, os.urandom), voice=voice)
        self.timers: list[Any] = []
        self.paints = 0

    def set_timer(self, delay: float, callback: Any = None, **more: Any) -> Any:
        if callback == self._blink:
            assert delay == BLINK_S
            self.timers.append(callback)
            return None
        return super().set_timer(delay, callback, **more)

    def repaint(self) -> None:
        self.paints += 1
        super().repaint()


@pytest.fixture
def manager(host: Host) -> LocalBranch:
    return signed_on(host, MANAGER)


@pytest.fixture
def line(host: Host) -> LocalLine:
    return LocalLine(host)


@pytest.fixture
def voice() -> Heard:
    return Heard()


@pytest.fixture
async def pilot(line: LocalLine, voice: Heard, manager: LocalBranch) -> AsyncIterator[Pilot[Any]]:
    """A board at 80×24 in a branch that speaks simplified Chinese; counter 1 is open."""
    await manager.do(api.CounterOpen(counter="1"))
    async with TestBoard(line, voice).run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        yield pilot


async def given(line: LocalLine, *languages: str) -> list[str]:
    """Give numbers at the kiosk and return them."""
    return [
        (await line.local.do(api.Issue(service="cash", language=language))).number for language in languages
    ]


def large(pilot: Pilot[Any], number: str) -> bool:
    return all(row in text(pilot) for row in glyphs.drawn(number))


async def test_a_call_is_on_the_board_and_in_the_air(
    pilot: Pilot[Any], line: LocalLine, manager: LocalBranch, voice: Heard
) -> None:
    assert "请留意叫号" in text(pilot)
    await given(line, "en", "zh_Hans")
    await rest(pilot)
    assert "个人现金" in text(pilot)
    await manager.do(api.CallNext())
    await rest(pilot)
    assert large(pilot, "A001")
    assert voice.calls == [("A001", "1", "en", "zh_Hans")]


async def test_a_recall_is_said_again_and_a_reload_is_not(
    pilot: Pilot[Any], line: LocalLine, manager: LocalBranch, voice: Heard, clock: ManualClock
) -> None:
    await given(line, "en")
    await manager.do(api.CallNext())
    await rest(pilot)
    for _ in range(3):
        pilot.app.refresh_view()
        await rest(pilot)
    assert len(voice.calls) == 1
    clock.advance(60)
    await manager.do(api.Recall())
    await rest(pilot)
    assert voice.calls == [("A001", "1", "en", "zh_Hans")] * 2


async def test_what_was_called_before_the_board_started_is_shown_and_not_said(
    line: LocalLine, manager: LocalBranch, voice: Heard
) -> None:
    await manager.do(api.CounterOpen(counter="1"))
    await given(line, "en")
    await manager.do(api.CallNext())
    async with TestBoard(line, voice).run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        assert large(pilot, "A001")
    assert voice.calls == []
    assert voice.closed


async def test_after_a_loss_every_call_is_said_once(
    pilot: Pilot[Any], line: LocalLine, manager: LocalBranch, voice: Heard, clock: ManualClock
) -> None:
    await given(line, "en")
    await manager.do(api.CallNext())
    await rest(pilot)
    clock.advance(600)
    line.tell("away")
    await rest(pilot)
    assert "! 叫号屏 09:10 起暂停" in text(pilot)
    assert large(pilot, "A001"), "what was called stays"
    clock.advance(120)
    pilot.app.tick()
    await rest(pilot)
    assert "09:10 起" in text(pilot)
    line.tell("back")
    await rest(pilot)
    assert "叫号屏" not in text(pilot)
    assert len(voice.calls) == 1


async def test_a_new_call_blinks_three_times_and_then_no_more(
    pilot: Pilot[Any], line: LocalLine, manager: LocalBranch, voice: Heard
) -> None:
    app: Any = pilot.app
    await given(line, "en")
    await manager.do(api.CallNext())
    await rest(pilot)
    lit = [reversed_rows(app)]
    while app.timers:
        app.timers.pop()()
        await rest(pilot)
        assert large(pilot, "A001"), "it can be read at every moment"
        lit.append(reversed_rows(app))
    assert lit == [glyphs.TALL, 0] * BLINKS


def reversed_rows(app: Any) -> int:
    """Return how many rows are in reverse."""
    rows = app.screen.query_one("#stage").rows
    return sum(any("reverse" in str(span.style) for span in row.spans) for row in rows)


async def test_no_key_no_click_and_no_paste_does_anything(pilot: Pilot[Any], line: LocalLine) -> None:
    before, asked = text(pilot), len(line.sent)
    keys = [
        "enter",
        "escape",
        "q",
        "1",
        "ctrl+c",
        "ctrl+q",
        "ctrl+p",
        "ctrl+k",
        "f1",
        "f10",
        "f12",
        "tab",
        "up",
    ]
    await press(pilot, *keys)
    for event in (
        Paste("9" * 100),
        *(kind(None, 9, 9, 0, 0, 1, False, False, False, 9, 9) for kind in (MouseDown, MouseUp)),
    ):
        pilot.app.post_message(event)
    await rest(pilot)
    assert text(pilot) == before
    assert len(line.sent) == asked
    assert pilot.app.is_running


async def test_the_clock_and_the_lowest_rows_move_with_the_minute_only(
    pilot: Pilot[Any], clock: ManualClock
) -> None:
    app: Any = pilot.app
    seen = [text(pilot)]
    for _ in range(3):
        clock.advance(10)
        before = app.paints
        app.tick()
        assert app.paints == before
    await pass_time(pilot, clock, 30)
    seen.append(text(pilot))
    assert "09:00" in seen[0].splitlines()[0]
    assert "09:01" in seen[1].splitlines()[0]
    assert seen[0].splitlines()[-2:] != seen[1].splitlines()[-2:]


async def test_a_day_that_is_closed_is_said_at_once(pilot: Pilot[Any], manager: LocalBranch) -> None:
    await manager.do(OpenDay())
    await manager.do(CloseDay())
    await rest(pilot)
    assert "明天 8:30 开门" in text(pilot)


async def test_a_board_without_a_voice_shows_the_same(line: LocalLine, manager: LocalBranch) -> None:
    await manager.do(api.CounterOpen(counter="1"))
    async with TestBoard(line, None).run_test(size=(120, 40)) as pilot:
        await rest(pilot)
        await given(line, "en")
        await manager.do(api.CallNext())
        await rest(pilot)
        assert all(row in text(pilot) for row in glyphs.drawn("A001", gap=3, scale=2))


async def test_a_view_that_cannot_be_drawn_is_an_incident_and_the_board_goes_on(
    pilot: Pilot[Any], line: LocalLine, manager: LocalBranch, monkeypatch: pytest.MonkeyPatch
) -> None:
    app: Any = pilot.app
    recorded: list[Any] = []
    monkeypatch.setattr(app.incidents, "record", lambda error: recorded.append(error) or "AB2CD3")
    app.view = object()
    app.repaint()
    assert [type(each) for each in recorded] == [AttributeError]
    await given(line, "en")
    await rest(pilot)
    assert "个人现金" in text(pilot)


async def test_two_calls_at_once_are_said_in_their_order(
    pilot: Pilot[Any], line: LocalLine, manager: LocalBranch, host: Host, voice: Heard, clock: ManualClock
) -> None:
    other = signed_on(host, "R01")
    await other.do(api.CounterOpen(counter="2"))
    await given(line, "zh_Hans", "zh_Hans")
    await rest(pilot)
    app: Any = pilot.app
    app._reloading = True  # both are called while a view is on its way
    await other.do(api.CallNext())
    clock.advance(1)
    await manager.do(api.CallNext())
    app._reloading = False
    app.refresh_view()
    await rest(pilot)
    assert [call[:2] for call in voice.calls] == [("A001", "2"), ("A002", "1")]
