"""The kiosk and what may befall it: closed days, lost hosts, a second kiosk, mischief."""

import asyncio
import re
from random import Random  # noqa: TID251 - the dice of a person at a keyboard, the same each time
from typing import Any

import pytest
from kiosk_sample import (
    FIRST_WORDS,
    LocalLine,
    TestKiosk,
    home,
    kiosk,
    page,
    pass_time,
    rest,
    text,
    tickets,
    typed,
)
from snap import press, settled
from textual.events import Key, MouseDown, MouseUp, Paste
from textual.pilot import Pilot

from hosts import LocalBranch
from tellertui.branch.api import AddTerminal, CloseDay, CloseTerminal, OpenDay, SetService
from tellertui.core.clock import ManualClock
from tellertui.core.refusal import Refusal
from tellertui.core.role import Listener
from tellertui.host.host import Host
from tellertui.workflows.reception import api
from tellertui.workflows.reception.api import Help, Issue, Queue, Suspend
from tellertui.workflows.reception.printing import Failed, Jobs, ReportPrinter, Take
from tellertui.workflows.reception.screens import glyphs
from tellertui.workflows.reception.screens.kiosk_pages import At


@pytest.fixture
def pilot(lobby_kiosk: Pilot[Any]) -> Pilot[Any]:
    return lobby_kiosk


class TestBranch:
    async def test_the_day_that_is_closed_says_so_at_once(self, pilot: Pilot[Any], manager: Any) -> None:
        await manager.do(OpenDay())
        await rest(pilot)
        assert FIRST_WORDS["zh_Hans"] in text(pilot)
        await manager.do(CloseDay())
        await rest(pilot)
        assert "今天不再取号" in text(pilot)
        assert "明天 8:30 开门" in text(pilot)
        await typed(pilot, "1")
        assert await tickets(manager) == []
        await typed(pilot, "0")
        assert page(pilot) == "help"

    async def test_closing_time_comes_by_itself(self, pilot: Pilot[Any], clock: ManualClock) -> None:
        await pass_time(pilot, clock, 8 * 3600 + 1)
        assert "今天不再取号" in text(pilot)

    async def test_a_service_that_is_stopped_says_so_and_gives_nothing(
        self, pilot: Pilot[Any], manager: Any
    ) -> None:
        await manager.do(Suspend(service="cash", reason="system", until="10:00"))
        await rest(pilot)
        assert "暂停，约 10:00 恢复" in text(pilot)
        await typed(pilot, "1")
        assert "个人现金业务暂停，约 10:00 恢复；已取的号有效" in text(pilot)
        assert await tickets(manager) == []
        await typed(pilot, "5")
        assert page(pilot) == "choose"

    async def test_the_last_number_of_a_service(self, pilot: Pilot[Any], manager: Any) -> None:
        await manager.do(SetService(service="cash", last_number="08:30"))
        await rest(pilot)
        await typed(pilot, "1")
        assert "今天不再取号" in text(pilot)
        assert await tickets(manager) == []

    async def test_a_service_that_stops_while_papers_are_read(self, pilot: Pilot[Any], manager: Any) -> None:
        await typed(pilot, "3")
        await manager.do(Suspend(service="account", reason="staff"))
        await typed(pilot, "1")
        assert "开户变更业务暂停；已取的号有效" in text(pilot)
        assert await tickets(manager) == []

    async def test_waits_follow_the_lobby(self, pilot: Pilot[Any], line: LocalLine) -> None:
        assert "前面 0 位" in text(pilot)
        await line.local.do(Issue(service="cash"))
        await rest(pilot)
        assert "前面 1 位" in text(pilot)


class TestPrinter:
    async def test_a_number_that_did_not_come_on_paper_stays_until_a_key_is_pressed(
        self, pilot: Pilot[Any], host: Host, clock: ManualClock
    ) -> None:
        courier = LocalBranch(host, Listener.COURIER)
        await courier.do(ReportPrinter(present=True))
        await rest(pilot)
        await typed(pilot, "1")
        assert "凭条上印有所需资料和办理步骤" in text(pilot)
        (job,) = await courier.do(Jobs())
        await courier.do(Take(id=job))
        await courier.do(Failed(id=job, why="paper"))
        await rest(pilot)
        assert "现在不出凭条，请记住号码" in text(pilot)
        for _ in range(3):
            await pass_time(pilot, clock, 3600)
            assert page(pilot) == "ticket"
            assert pilot.app.asked is None
        await typed(pilot, "5")
        assert page(pilot) == "choose"

    async def test_without_a_printer_no_word_of_a_slip(self, pilot: Pilot[Any]) -> None:
        await typed(pilot, "1")
        assert "凭条" not in text(pilot)


class TestHost:
    async def test_it_says_whom_to_ask_and_comes_back(self, pilot: Pilot[Any], line: LocalLine) -> None:
        pilot.app.client.host.store.clock.advance(4)
        line.tell("away")
        await rest(pilot)
        assert "请找大堂人员取号" in text(pilot)
        await typed(pilot, "1")
        assert not [each for each in line.sent if isinstance(each, Issue)]
        await typed(pilot, "8")
        assert "Please ask our staff for a number" in text(pilot)
        line.tell("back")
        await rest(pilot)
        assert FIRST_WORDS["en"] in text(pilot)

    async def test_a_number_stays_while_the_host_is_away(
        self, pilot: Pilot[Any], line: LocalLine, clock: ManualClock
    ) -> None:
        await typed(pilot, "1")
        clock.advance(4)
        line.tell("away")
        await rest(pilot)
        assert text(pilot).count("█") > 30

    async def test_who_has_left_takes_no_number_when_the_host_is_back(
        self,
        pilot: Pilot[Any],
        line: LocalLine,
        manager: Any,
        clock: ManualClock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        gate = asyncio.Event()
        do = line.local.do

        async def away(command: Any, identifier: Any = None) -> Any:
            await gate.wait()
            return await do(command, identifier)

        monkeypatch.setattr(line.local, "do", away)
        await press(pilot, "1")
        await settled(pilot)
        clock.advance(45)
        pilot.app.tick()
        clock.advance(15)
        pilot.app.tick()
        gate.set()
        monkeypatch.undo()
        await rest(pilot)
        assert await tickets(manager) == []
        assert FIRST_WORDS["zh_Hans"] in text(pilot)

    @pytest.mark.parametrize("keys", ["1", "31", "10", "120"])
    async def test_an_answer_that_comes_with_the_reset_brings_nobody_back(
        self, pilot: Pilot[Any], line: LocalLine, monkeypatch: pytest.MonkeyPatch, keys: str
    ) -> None:
        await typed(pilot, *keys[:-1])
        gate = held(line, monkeypatch)
        pilot.app.client.host.store.clock.advance(2)
        await press(pilot, keys[-1])
        assert pilot.app._waiting
        gate.set_result(None)
        pilot.app.start_again()
        await rest(pilot)
        assert pilot.app.way == [At()]
        assert FIRST_WORDS["zh_Hans"] in text(pilot)

    async def test_what_the_customer_before_left_unanswered_lets_nobody_press_twice(
        self, pilot: Pilot[Any], line: LocalLine, manager: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gate = held(line, monkeypatch)
        await press(pilot, "1")
        clock = pilot.app.client.host.store.clock
        clock.advance(2)
        pilot.app.start_again()
        # The next customer's key is taken before the loop has come round to the errand that was called off.
        pilot.app._key("6")
        await settled(pilot)
        clock.advance(2)
        await press(pilot, "1")
        gate.set_result(None)
        await rest(pilot)
        assert [each.number for each in await tickets(manager)] == ["N001"]
        assert page(pilot) == "ticket"

    async def test_it_ends_when_staff_close_it(self, host: Host, manager: Any) -> None:
        await manager.do(AddTerminal(terminal="kiosk-1", kind="kiosk", uids=(1000,)))
        await manager.do(AddTerminal(terminal="kiosk-2", kind="kiosk", uids=(1000,)))
        app = kiosk(LocalLine(host, "kiosk-1"))
        async with app.run_test(size=(80, 24)) as pilot:
            await rest(pilot)
            await manager.do(CloseTerminal(terminal="kiosk-2"))
            await rest(pilot)
            assert app.is_running
            assert not app._exit
            await manager.do(CloseTerminal(terminal="kiosk-1"))
            await asyncio.wait_for(_ended(app), 10)
        assert app.return_code == 0

    async def test_a_kiosk_that_nobody_registered_never_begins(self, host: Host) -> None:
        app = kiosk(LocalLine(host, "kiosk-9"))
        async with app.run_test(size=(80, 24)):
            await asyncio.wait_for(_ended(app), 10)
        assert app.refused is not None
        assert app.refused.code == "terminal-refused"


def held(line: LocalLine, monkeypatch: pytest.MonkeyPatch) -> asyncio.Future[None]:
    """Let what changes something wait on its way to the host until a future is done."""
    gate: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    do = line.local.do

    async def late(command: Any, identifier: Any = None) -> Any:
        if isinstance(command, Issue | Help | api.Declare):
            await asyncio.shield(gate)
        return await do(command, identifier)

    monkeypatch.setattr(line.local, "do", late)
    return gate


async def _ended(app: TestKiosk) -> None:
    while not app._exit:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.01)


class TestTwo:
    async def test_two_kiosks_give_two_numbers_and_show_only_their_own(
        self, host: Host, manager: Any
    ) -> None:
        first, second = kiosk(LocalLine(host)), kiosk(LocalLine(host))
        async with first.run_test(size=(80, 24)) as one, second.run_test(size=(80, 24)) as two:
            await rest(one)
            await rest(two)
            await asyncio.gather(press(one, "1"), press(two, "1"))
            await rest(one)
            await rest(two)
            numbers = {pilot.app.way[-1].issued.number for pilot in (one, two)}
            assert numbers == {"A001", "A002"}
        assert len(await tickets(manager)) == 2


WILD = [
    *"0123456789０１５９",
    *["up", "down", "left", "right", "enter", "f12", "escape", "tab", "shift+tab", "backspace", "delete"],
    *[f"f{number}" for number in range(1, 12)],
    *[f"ctrl+{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"],
    *["ctrl+at", "ctrl+backslash", "ctrl+right_square_bracket", "home", "end", "pageup", "pagedown"],
    *["insert", "space", "a", "q", "陳", "[", "/", "alt+f4", "ctrl+alt+delete", "super+c", "f24"],
]


NUMBER = re.compile(r"[ACEFHJKLNPTUXY][0-9]{3}")


def shows_nobody_else(app: TestKiosk, shown: str, line: LocalLine) -> bool:
    """Check that a number on the screen is the one given here last; say whether there is one."""
    assert not NUMBER.search(shown)
    assert "440301199001011239" not in shown
    assert "陳大文" not in shown
    at = app.way[-1]
    if app.asked is not None or at.page != "ticket":
        assert "█" not in shown
        return False
    assert at.issued == line.given[-1]
    assert all(row.rstrip() in shown for row in glyphs.drawn(at.issued.number))
    return True


class TestMischief:
    async def test_two_thousand_random_keys_neither_leave_it_nor_break_it(
        self, pilot: Pilot[Any], clock: ManualClock, line: LocalLine, manager: Any
    ) -> None:
        """Seeded keys, pastes and clicks; time passes, so that customers come and go."""
        chance = Random(20261123)
        app = pilot.app
        broken: list[Any] = []
        app._stumbled = broken.append
        app.incidents.record = broken.append
        seen = 0
        for service in ("cash", "account", "wealth"):
            await manager.do(Issue(service=service))
        for number in range(2000):
            kind = chance.random()
            if kind < 0.04:
                app.post_message(Paste(chance.choice(["311", "\x1b[31m", "陳大文 440301199001011239"])))
            elif kind < 0.08:
                x, y = chance.randrange(80), chance.randrange(24)
                app.post_message(MouseDown(None, x, y, 0, 0, 1, False, False, False, x, y))
                app.post_message(MouseUp(None, x, y, 0, 0, 1, False, False, False, x, y))
            else:
                key = chance.choice(WILD)
                event = Key(key, key if len(key) == 1 else None)
                event.time = number * 10.0
                app.post_message(event)
            clock.advance(chance.choice([0, 0.1, 1, 1, 30]))
            if number % 5 == 0:
                app.tick()
                await rest(pilot)
                seen += shows_nobody_else(app, text(pilot), line)
        assert broken == []
        assert app.is_running
        assert app.screen.id == "_default"
        assert seen > 20
        assert len(line.given) > 20
        assert len(app.screen_stack) == 1
        commands = {type(each).__name__ for each in line.sent}
        assert commands <= {
            "Lobby",
            "Services",
            "ShowPrinter",
            "Issue",
            "Declare",
            "Help",
            "CheckIn",
            "LeavePhone",
        }
        await home(pilot)
        assert FIRST_WORDS["zh_Hans"] in text(pilot)

    async def test_no_key_reaches_textual(self, pilot: Pilot[Any], monkeypatch: pytest.MonkeyPatch) -> None:
        reached: list[Any] = []
        app = pilot.app
        monkeypatch.setattr(app, "_check_bindings", lambda *found, **more: reached.append(found))
        monkeypatch.setattr(app.screen, "_forward_event", reached.append)
        for key in WILD:
            app.post_message(Key(key, key if len(key) == 1 else None))
        await rest(pilot)
        assert reached == []

    async def test_an_error_is_an_incident_and_the_first_page(
        self, pilot: Pilot[Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        recorded: list[BaseException] = []
        monkeypatch.setattr(pilot.app.incidents, "record", lambda error: recorded.append(error) or "X")
        monkeypatch.setitem(pilot.app._verbs, "care", lambda app, what: 1 // 0)
        await typed(pilot, "3", "2")
        assert [type(error) for error in recorded] == [ZeroDivisionError]
        assert FIRST_WORDS["zh_Hans"] in text(pilot)
        await typed(pilot, "1")
        assert page(pilot) == "ticket"

    async def test_there_is_no_palette_no_selection_no_clipboard(self, pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert not app.ENABLE_COMMAND_PALETTE
        assert not app.ALLOW_SELECT
        assert app._bindings.key_to_bindings == {}
        assert app.screen._bindings.key_to_bindings == {}

    async def test_the_same_id_twice_is_one_number(self, line: LocalLine, manager: Any) -> None:
        async with kiosk(line).run_test(size=(80, 24)) as pilot:
            await rest(pilot)
            identifier = line.local.new_id()
            command = Issue(service="cash", language="en")
            first = await line.local.do(command, identifier)
            again = await line.local.do(command, identifier)
            assert first == again
        assert len(await tickets(manager)) == 1

    @pytest.mark.parametrize("care", ["vip", "appointment", "normal", "nobody"])
    async def test_only_classes_of_the_law_can_be_declared(self, line: LocalLine, care: str) -> None:
        issued = await line_of(line).local.do(Issue(service="cash"))
        with pytest.raises(Refusal) as refused:
            await line.local.do(api.Declare(ticket=str(issued.id), care=care))
        assert refused.value.code == "unknown-class"

    async def test_a_number_can_be_declared_once_and_only_with_its_id(
        self, line: LocalLine, clock: ManualClock
    ) -> None:
        issued = await line_of(line).local.do(Issue(service="cash"))
        with pytest.raises(Refusal) as refused:
            await line.local.call("reception.declare", {"ticket": issued.number, "class": "senior"})
        assert refused.value.code == "bad-params"
        assert (await line.local.do(api.Declare(ticket=str(issued.id), care="senior"))).number == "A001"
        with pytest.raises(Refusal) as refused:
            await line.local.do(api.Declare(ticket=str(issued.id), care="disabled"))
        assert refused.value.code == "declared-late"
        other = await line.local.do(Issue(service="cash"))
        clock.advance(301)
        with pytest.raises(Refusal) as refused:
            await line.local.do(api.Declare(ticket=str(other.id), care="senior"))
        assert refused.value.code == "declared-late"


def line_of(line: LocalLine) -> LocalLine:
    line.local.peer.greeted = True
    return line


async def test_help_from_two_pages_is_one_call(pilot: Pilot[Any], manager: Any, clock: ManualClock) -> None:
    await typed(pilot, "0")
    clock.advance(1)
    await typed(pilot, "5", "0")
    assert len((await manager.do(Queue())).help) == 1
    assert [type(each) for each in pilot.app.client.sent].count(Help) == 2
