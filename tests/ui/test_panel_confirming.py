"""A page that the customer confirms: the panel's side, the desk's side, and what is drawn."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from local_app import LocalApp, note, text, told, typed
from monday import LANGUAGES, NOW, look_of
from panel_sample import PanelClient, panel, seen
from snap import check, press
from textual.events import MouseDown, MouseUp
from textual.pilot import Pilot

from branches import MANAGER, REVIEWER
from hosts import LocalBranch, signed_on
from tellertui.branch.api import OpenDay, SetCounter
from tellertui.core.clock import ManualClock
from tellertui.core.role import Role
from tellertui.host.host import Host
from tellertui.workflows.reception import api
from tellertui.workflows.reception import paging as p
from tellertui.workflows.reception.screens import panel_pages as pages
from tellertui.workflows.reception.screens.at_panel import READS, AtPanel
from tellertui.workflows.reception.screens.counter import CounterDesk
from tellertui.workflows.reception.service.pages import PAPERS

SIZES = ((40, 12), (80, 24))
BRING = {
    "zh_Hant": ("本人身份證原件", "手機", "戶口簿或近三個月水電費單", "委託書（代辦時）"),
    "zh_Hans": ("本人身份证原件", "手机", "户口簿或近三个月水电费单", "委托书（代办时）"),
    "en": ("Original ID card", "Mobile phone", "Proof of address not older than three months", "Authority"),
}


def view(language: str, count: int = 4, value: str = "") -> p.PageView:
    rows = [p.Row(label="-", value=value or words) for words in BRING[language] * 2]
    given = {"title": PAPERS, "language": language, "until": NOW, "number": "E004"}
    return p.PageView(id=UUID(int=3), rows=tuple(rows[:count]), **given)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [2, 8])
def test_pages(language: str, size: tuple[int, int], count: int) -> None:
    look = look_of(language, size)
    page = view(language, count)
    for part in range(pages.confirm_parts(page, look)):
        rows = pages.confirm_page("3", page, part, look)
        assert len(rows) == size[1]
        assert not [row.plain for row in rows if "…" in row.plain]
        check(f"panel-confirm-{count}-{part}-{language}-{size[0]}x{size[1]}", rows, width=size[0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_after_something_was_wrong(language: str) -> None:
    rows = pages.amiss_page("3", look_of(language, (40, 12)))
    check(f"panel-amiss-{language}-40x12", rows, width=40)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("length", [7, 33, 34, 36, 37, 200, 900])
def test_whatever_its_length_every_word_is_seen_before_it_can_be_right(
    size: tuple[int, int], length: int
) -> None:
    look = look_of("en", size)
    value = "".join(chr(ord("a") + place % 26) for place in range(length))
    page = view("en", 4, value)
    count = pages.confirm_parts(page, look)
    shown = ""
    for part in range(count):
        keys = dict(pages.confirm_keys(page, part, look))
        assert (pages.RIGHT in keys) == (part == count - 1)
        assert (pages.TURN in keys) == (count > 1)
        body = pages.confirm_page("3", page, part, look)[3 : size[1] - 1 - len(keys)]
        shown += "".join(row.plain.strip() for row in body)
    assert shown.replace(" ", "").replace("-", "").count(value) == 4


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_touch_means_the_row_that_it_touches(size: tuple[int, int]) -> None:
    look, page = look_of("en", size), view("en", 2)
    rows = [row.plain.strip() for row in pages.confirm_page("3", page, 0, look)]
    for key, words in pages.CONFIRM.items():
        assert pages.confirm_key_at(rows.index(f"{key}  {words}"), page, 0, look) == key
    assert pages.confirm_key_at(2, page, 0, look) is None
    assert pages.confirm_key_at(size[1] - 1, page, 0, look) is None


# The panel and the desk on one host.


@pytest.fixture
async def manager(host: Host) -> LocalBranch:
    manager = signed_on(host, MANAGER)
    await manager.do(OpenDay())
    await manager.do(SetCounter(counter="1", services=("account",)))
    return manager


@pytest.fixture
async def teller(host: Host, manager: LocalBranch) -> LocalBranch:
    """Somebody who serves E001 at counter 1."""
    teller = signed_on(host, REVIEWER, Role.TELLER)
    await teller.do(api.CounterOpen(counter="1"))
    await LocalBranch(host).do(api.Issue(service="account", language="en"))
    await teller.do(api.CallNext())
    await teller.do(api.Arrive())
    return teller


@pytest.fixture
async def there(host: Host, teller: LocalBranch) -> AsyncIterator[Pilot[Any]]:
    """The panel of counter 1."""
    async with panel(host) as pilot:
        yield pilot


PAPER = p.ShowPapers(ticket="E001", missing=("identity", "address-proof"))


async def page_state(teller: LocalBranch, page: p.PageShown) -> str:
    return str((await teller.do(p.AskPage(page=page.page))).state)


async def test_the_panel_shows_it_at_once_and_wipes_it_with_the_answer(
    there: Pilot[Any], teller: LocalBranch, clock: ManualClock
) -> None:
    page = await teller.do(PAPER)
    assert "Please bring next time" in await seen(there)
    await press(there, "1")
    assert "Please bring" in await seen(there), "a key meant for the page before"
    clock.advance(1)
    await press(there, "3", "5", "9", "0", "enter", "escape", "f12")
    assert "Please bring" in await seen(there)
    await press(there, "1")
    after = await seen(there)
    assert "Thank you. Your answer" in after
    assert "address" not in after
    assert there.app.page is None  # type: ignore[attr-defined]
    assert await page_state(teller, page) == "confirmed"
    clock.advance(5)
    there.app.tick()  # type: ignore[attr-defined]
    assert "E001 is being served" in await seen(there)


async def test_something_is_wrong(there: Pilot[Any], teller: LocalBranch, clock: ManualClock) -> None:
    page = await teller.do(PAPER)
    await seen(there)
    clock.advance(1)
    await press(there, "2", "2", "1")
    assert "Thank you. Please say" in await seen(there)
    assert await page_state(teller, page) == "corrected"


async def test_a_finger_confirms(there: Pilot[Any], teller: LocalBranch, clock: ManualClock) -> None:
    page = await teller.do(PAPER)
    rows = (await seen(there)).splitlines()
    clock.advance(1)
    (y,) = [y for y, row in enumerate(rows) if row.strip() == "1  yes, it is right"]
    for touched in (0, y):
        for kind in (MouseDown, MouseUp):
            there.app.post_message(kind(None, 5, touched, 0, 0, 1, False, False, False, 5, touched))
        await seen(there)
    assert await page_state(teller, page) == "confirmed"


async def test_it_is_gone_with_the_line_the_time_the_session_and_the_visit(
    there: Pilot[Any], host: Host, teller: LocalBranch, clock: ManualClock
) -> None:
    await teller.do(PAPER)
    assert "Please bring" in await seen(there)
    there.app.client.line("away")  # type: ignore[attr-defined]
    assert "Please bring" not in await seen(there)
    there.app.client.line("back")  # type: ignore[attr-defined]
    assert "Please bring" in await seen(there)
    clock.advance(180)
    there.app.tick()  # type: ignore[attr-defined]
    assert "Please bring" not in await seen(there)
    await teller.do(PAPER)
    assert "Please bring" in await seen(there)
    await teller.do(api.Finish())
    assert "How did it go" in await seen(there)
    await LocalBranch(host).do(api.Issue(service="account", language="en"))
    await teller.do(api.CallNext())
    await teller.do(api.Arrive())
    await teller.do(p.ShowPapers(ticket="E002", missing=("identity",)))
    assert "Please bring" in await seen(there), "a page goes before the rating of the one before"
    assert teller.peer.session is not None
    host.sessions.end(teller.peer.session, "idle")
    assert "Please bring" not in await seen(there)


async def test_a_panel_that_stands_up_again_shows_what_waits(host: Host, teller: LocalBranch) -> None:
    line = PanelClient(host)
    await line.watch("page:1", lambda seq: None)
    await teller.do(PAPER)
    async with panel(host) as pilot:
        assert "Please bring" in await seen(pilot)


# The counter desk.


@pytest.fixture
async def desk(host: Host, there: Pilot[Any], teller: LocalBranch) -> AsyncIterator[Pilot[Any]]:
    app = LocalApp(teller, CounterDesk)
    async with app.run_test(size=(80, 24)) as pilot:
        await told(pilot)
        yield pilot


async def found(manager: LocalBranch) -> Any:
    (ticket,) = await manager.do(api.Find(number="E001"))
    return ticket


async def both(desk: Pilot[Any], there: Pilot[Any]) -> None:
    await told(desk)
    await seen(there)
    await told(desk)


async def test_the_customer_reads_and_the_visit_ends(
    desk: Pilot[Any], there: Pilot[Any], manager: LocalBranch, clock: ManualClock
) -> None:
    assert await typed(desk, "6⏎ 3 F10") == 4
    assert isinstance(desk.app.screen, AtPanel)
    assert "The customer reads it at the panel" in text(desk)
    assert (await found(manager)).state == "serving"
    assert "Please bring" in await seen(there)
    clock.advance(1)
    await press(there, "1")
    await both(desk, there)
    assert note(desk) == "E001: sent for papers: 1; the customer has confirmed that"
    assert ((await found(manager)).result, (await found(manager)).missing) == (
        "missing_papers",
        ["address-proof"],
    )


async def test_the_teller_waits_for_nobody(desk: Pilot[Any], there: Pilot[Any], manager: LocalBranch) -> None:
    assert await typed(desk, "6⏎ 3 F10 F10") == 5
    assert note(desk) == "E001: sent for papers: 1"
    assert (await found(manager)).result == "missing_papers"
    assert "Please bring" not in await seen(there)


async def test_something_is_wrong_says_the_desk_and_nothing_is_finished(
    desk: Pilot[Any], there: Pilot[Any], manager: LocalBranch, clock: ManualClock
) -> None:
    await typed(desk, "6⏎ 3 F10")
    await seen(there)
    clock.advance(1)
    await press(there, "2")
    await both(desk, there)
    assert note(desk) == "E001: the customer says at the panel that something is wrong."
    assert (await found(manager)).state == "serving"


async def test_back_takes_the_page_away(desk: Pilot[Any], there: Pilot[Any], manager: LocalBranch) -> None:
    await typed(desk, "6⏎ 3 F10 F12")
    await both(desk, there)
    assert "Please bring" not in await seen(there)
    assert (await found(manager)).state == "serving"
    assert isinstance(desk.app.screen, CounterDesk)


async def test_when_its_time_is_over_the_desk_says_so_and_can_go_on(
    desk: Pilot[Any], there: Pilot[Any], host: Host, manager: LocalBranch, clock: ManualClock
) -> None:
    await typed(desk, "6⏎ 3 F10")
    clock.advance(180)
    await host.panels.look()
    await both(desk, there)
    assert "The page is not shown any more" in text(desk)
    await typed(desk, "F10")
    assert note(desk) == "E001: sent for papers: 1"


async def test_a_panel_that_has_gone_meanwhile_holds_nothing_up(
    desk: Pilot[Any], there: Pilot[Any], host: Host, manager: LocalBranch
) -> None:
    host.connections.peers.clear()
    await typed(desk, "6⏎ 3 F10")
    assert note(desk) == "E001: sent for papers: 1"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_box_has_room_for_its_words(language: str) -> None:
    look = look_of(language)
    box = AtPanel("", p.PageShown(page=UUID(int=1), counter="1"))
    assert look.say(READS) in "".join(row.plain for row in box.content(look)) or language == "en"
    assert len(box.keys(look)) < 56
