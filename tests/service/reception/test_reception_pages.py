"""Pages that a customer confirms at the panel: who may, how they end, and that they are in no file."""

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from branches import MANAGER, REVIEWER, Founded
from hosts import LocalBranch, signed_on
from panels import PanelLine
from tellertui.branch.api import AddTerminal, CloseTerminal, ExpireOpen, OpenDay, SetCounter
from tellertui.core.clock import ManualClock
from tellertui.core.command import METHODS
from tellertui.core.event import decode_event
from tellertui.core.ids import TimedIds
from tellertui.core.refusal import Refusal
from tellertui.core.role import Listener, Role
from tellertui.host.host import Host
from tellertui.host.running import carry
from tellertui.store.journal import entries
from tellertui.vault.providers import provider
from tellertui.workflows.reception import api
from tellertui.workflows.reception import events as e
from tellertui.workflows.reception import paging as p
from tellertui.workflows.reception.service.pages import Pages

PLANTED = "陳大文 440301199001011239"


async def served(host: Host, who: str = MANAGER, counter: str = "1", *roles: Role) -> tuple[Any, UUID]:
    """Let somebody serve a customer at a counter."""
    teller = signed_on(host, who, *roles)
    await teller.do(api.CounterOpen(counter=counter))
    issued = await LocalBranch(host).do(api.Issue(service="account", language="zh_Hant"))
    await teller.do(api.CallNext())
    await teller.do(api.Arrive())
    return teller, issued.id


@pytest.fixture(autouse=True)
async def branch(host: Host) -> None:
    manager = signed_on(host, MANAGER)
    await manager.do(OpenDay())
    for counter in ("1", "2"):
        await manager.do(SetCounter(counter=counter, services=("account",)))


@pytest.fixture
async def panel(host: Host) -> PanelLine:
    return await panel_at(host)


async def panel_at(host: Host, counter: str = "1", terminal: str = "") -> PanelLine:
    panel = PanelLine(host, terminal)
    panel.told = []  # type: ignore[attr-defined]
    await panel.watch(f"page:{counter}", panel.told.append)  # type: ignore[attr-defined]
    return panel


async def refused(line: LocalBranch, command: Any) -> str:
    with pytest.raises(Refusal) as found:
        await line.do(command)
    assert "?" not in found.value.text()
    return found.value.code


def papers(ticket: UUID, *missing: str) -> p.ShowPapers:
    return p.ShowPapers(ticket=str(ticket), missing=missing or ("identity", "address-proof"))


async def read(panel: LocalBranch, counter: str = "1") -> p.PageView | None:
    view: p.PageView | None = await panel.do(p.ReadPage(counter=counter))
    return view


async def state(teller: LocalBranch, page: p.PageShown) -> str:
    return str((await teller.do(p.AskPage(page=page.page))).state)


def held(host: Host) -> Pages:
    return host.store.memory.of(Pages)


async def left(host: Host) -> list[Any]:
    """Return the entries about pages."""
    plains = await asyncio.wrap_future(
        host.store.read(lambda reads: [entry.read() for entry in entries(reads.connection.cursor())])
    )
    events = [decode_event(plain.event, plain.version, plain.facts) for plain in plains]
    return [event for event in events if isinstance(event, e.PageShown | e.PageAnswered)]


async def show(host: Host, teller: LocalBranch, ticket: UUID) -> UUID:
    """Show a page of a later workflow, as its command does inside its own transaction."""
    rows = (p.Row(label="Name", value=PLANTED),)
    command = p.ShowPage(ticket=ticket, kind="account", title="Your account", rows=rows)
    assert teller.peer.session is not None
    page, _ = await carry(host.store, lambda work: work.do(command), teller.peer.session.actor)
    assert isinstance(page, UUID)
    return page


async def test_it_is_shown_answered_once_and_wiped(host: Host, panel: PanelLine) -> None:
    teller, ticket = await served(host)
    shown = await teller.do(papers(ticket))
    assert shown.counter == "1"
    view = await read(panel)
    assert view is not None
    assert (view.number, view.language, [row.label for row in view.rows]) == ("E001", "zh_Hant", ["-", "-"])
    assert "身份證" in view.rows[0].value
    assert await state(teller, shown) == "shown"
    notices: list[int] = []
    await teller.watch("page:1", notices.append)
    await panel.do(p.AnswerPage(page=view.id, answer="confirmed"))
    assert len(notices) == 1
    assert await read(panel) is None
    assert await state(teller, shown) == "confirmed"
    (page,) = held(host).every()
    assert page.view is None
    assert await refused(panel, p.AnswerPage(page=view.id, answer="corrected")) == "page-gone"
    assert await left(host) == [e.PageShown(ticket, "papers"), e.PageAnswered(ticket, "papers", "confirmed")]


async def test_the_same_answer_sent_again_is_one_answer(host: Host, panel: PanelLine) -> None:
    teller, ticket = await served(host)
    page = await teller.do(papers(ticket))
    identifier, answer = panel.new_id(), p.AnswerPage(page=page.page, answer="corrected")
    await panel.do(answer, identifier)
    await panel.do(answer, identifier)
    assert await state(teller, page) == "corrected"
    assert len(await left(host)) == 2


@pytest.mark.parametrize(
    "ends",
    [
        api.Finish(result="missing_papers"),
        api.Hold(reason="copy"),
        api.Forward(service="cash", reason="other_service"),
    ],
    ids=lambda command: type(command).__name__,
)
async def test_it_ends_with_the_serving(host: Host, panel: PanelLine, ends: Any) -> None:
    teller, ticket = await served(host)
    page = await teller.do(papers(ticket))
    assert await read(panel) is not None
    await teller.do(ends)
    assert await read(panel) is None
    assert len(held(host)) == 0
    assert await state(teller, page) == "gone"
    assert await refused(panel, p.AnswerPage(page=page.page, answer="confirmed")) == "page-gone"


async def test_it_ends_with_the_day(host: Host, panel: PanelLine) -> None:
    teller, ticket = await served(host)
    await teller.do(papers(ticket))
    await carry(host.store, lambda work: work.do(ExpireOpen(day=work.day)))
    await host.panels.look()
    assert len(held(host)) == 0


async def test_it_ends_after_three_minutes_and_the_panel_is_told(
    host: Host, panel: PanelLine, clock: ManualClock
) -> None:
    teller, ticket = await served(host)
    page = await teller.do(papers(ticket))
    clock.advance(179.9)
    await host.panels.look()
    assert await read(panel) is not None
    told = len(panel.told)  # type: ignore[attr-defined]
    clock.advance(0.1)
    await host.panels.look()
    assert len(held(host)) == 0
    assert len(panel.told) == told + 1  # type: ignore[attr-defined]
    assert await state(teller, page) == "gone"


@pytest.mark.parametrize("how", ["sign-off", "newer", "idle", "closed"])
async def test_it_ends_with_the_session(host: Host, panel: PanelLine, how: str) -> None:
    teller, ticket = await served(host)
    await teller.do(papers(ticket))
    told = len(panel.told)  # type: ignore[attr-defined]
    if how == "newer":
        signed_on(host, MANAGER)
    elif how == "idle":
        teller.peer.session.last = -1e9
        host.sessions.sweep()
    else:
        host.sessions.end(teller.peer.session, how)
    assert len(held(host)) == 0
    assert len(panel.told) == told + 1  # type: ignore[attr-defined]
    assert await read(panel) is None


async def test_the_teller_takes_it_away(host: Host, panel: PanelLine) -> None:
    teller, ticket = await served(host)
    page = await teller.do(papers(ticket))
    await teller.do(p.TakePage(page=page.page))
    assert await read(panel) is None
    assert len(held(host)) == 0
    await teller.do(p.TakePage(page=page.page))


async def test_two_tellers_at_once_each_with_their_own_page(host: Host, panel: PanelLine) -> None:
    other = await panel_at(host, "2")
    first, one = await served(host)
    second, two = await served(host, REVIEWER, "2", Role.TELLER)
    pages = await asyncio.gather(first.do(papers(one)), second.do(papers(two, "identity")))
    views = [await read(panel), await read(other, "2")]
    assert [view and view.number for view in views] == ["E001", "E002"]
    assert await state(first, pages[1]) == "gone"
    await first.do(p.TakePage(page=pages[1].page))
    assert await read(other, "2") is not None
    await asyncio.gather(
        panel.do(p.AnswerPage(page=pages[0].page, answer="corrected")),
        other.do(p.AnswerPage(page=pages[1].page, answer="confirmed")),
    )
    assert [await state(first, pages[0]), await state(second, pages[1])] == ["corrected", "confirmed"]


async def test_a_new_page_takes_the_place_of_the_old_one(host: Host, panel: PanelLine) -> None:
    teller, ticket = await served(host)
    old = await teller.do(papers(ticket))
    new = await teller.do(papers(ticket, "identity"))
    view = await read(panel)
    assert view is not None
    assert (view.id, len(view.rows)) == (new.page, 1)
    assert await refused(panel, p.AnswerPage(page=old.page, answer="confirmed")) == "page-gone"
    assert await state(teller, new) == "shown"


async def test_without_a_panel_it_is_refused_in_words(host: Host) -> None:
    teller, ticket = await served(host)
    assert await refused(teller, papers(ticket)) == "no-panel"
    assert (await teller.do(api.Desk())).panel is False
    other = await panel_at(host, "2")
    assert await refused(teller, papers(ticket)) == "no-panel"
    panel = await panel_at(host)
    assert (await teller.do(api.Desk())).panel is True
    panel.leave()
    assert await refused(teller, papers(ticket)) == "no-panel"
    assert await read(other) is None
    assert await left(host) == []


async def test_where_a_panel_is_registered_no_other_terminal_is_it(host: Host, panel: PanelLine) -> None:
    teller, ticket = await served(host)
    await teller.do(AddTerminal(terminal="panel-1", kind="panel", counter="1", uids=(1000,)))
    await teller.do(AddTerminal(terminal="panel-2", kind="panel", counter="2", uids=(1000,)))
    assert await refused(teller, papers(ticket)) == "no-panel"
    strangers = [panel, await panel_at(host, terminal="panel-2"), LocalBranch(host)]
    assert await refused(teller, papers(ticket)) == "no-panel"
    known = await panel_at(host, terminal="panel-1")
    page = await teller.do(papers(ticket))
    for stranger in strangers:
        assert await read(stranger) is None
        assert await refused(stranger, p.AnswerPage(page=page.page, answer="confirmed")) == "page-gone"
    assert await read(known) is not None
    await teller.do(CloseTerminal(terminal="panel-1"))
    assert await read(panel) is not None


async def test_only_about_who_is_served_at_ones_own_counter(host: Host, panel: PanelLine) -> None:
    teller, ticket = await served(host)
    other, theirs = await served(host, REVIEWER, "2", Role.TELLER)
    assert await refused(teller, papers(theirs)) == "not-in-hand"
    assert await refused(teller, papers(ticket, "tulips")) == "unknown-paper"
    await other.do(api.Finish())
    await other.do(api.CounterClose())
    assert await refused(other, papers(ticket)) == "no-counter"
    await teller.do(api.Finish())
    issued = await LocalBranch(host).do(api.Issue(service="account"))
    await teller.do(api.CallNext())
    assert await refused(teller, papers(issued.id)) == "wrong-state"


async def test_the_lobby_desk_may_not_and_nobody_sends_a_page_of_his_own(
    host: Host, panel: PanelLine
) -> None:
    _, ticket = await served(host)
    lobby = signed_on(host, REVIEWER, Role.LOBBY)
    for command in (papers(ticket), p.AskPage(page=ticket), p.TakePage(page=ticket)):
        assert await refused(lobby, command) == "not-permitted"
    assert METHODS["page.show"].listeners == frozenset()
    for line in (panel, signed_on(host, MANAGER), LocalBranch(host, Listener.ADMIN)):
        command = p.ShowPage(ticket=ticket, kind="account", title="", rows=())
        assert await refused(line, command) == "not-permitted"
    for command in (p.ReadPage(counter="1"), p.AnswerPage(page=ticket, answer="confirmed")):
        assert await refused(signed_on(host, MANAGER), command) == "not-permitted"


async def test_what_stands_on_it_is_in_no_file_and_in_no_answer_to_staff(
    host: Host, panel: PanelLine, founded: Founded
) -> None:
    teller, ticket = await served(host)
    page = await show(host, teller, ticket)
    view = await read(panel)
    assert view is not None
    assert view.rows[0].value == PLANTED
    host.store.anchor()
    assert list(found(founded, PLANTED)) == []
    await panel.do(p.AnswerPage(page=page, answer="confirmed"))
    await show(host, teller, ticket)
    await host.close()
    assert list(found(founded, PLANTED)) == []
    assert list(found(founded, "E001")) != []
    for part in ("陳大文", "440301199001011239"):
        assert list(found(founded, part)) == []


def found(founded: Founded, text: str) -> Iterator[str]:
    """Yield the files in which a text stands, in any of the forms that it could be written in."""
    forms = [text.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")]
    forms += [form.hex().encode() for form in forms]
    for file in founded.directory.rglob("*"):
        if file.is_file() and any(form in file.read_bytes() for form in forms):
            yield file.name


async def test_after_a_restart_nothing_is_shown(founded: Founded, clock: ManualClock, host: Host) -> None:
    panel = await panel_at(host)
    teller, ticket = await served(host)
    page = await teller.do(papers(ticket))
    await host.close()
    secret = provider("memory", founded.directory, "test").load(UUID(founded.settings.store_id))
    again = Host(founded.directory, founded.settings, secret, clock, TimedIds(clock))
    try:
        panel = await panel_at(again)
        assert await read(panel) is None
        teller = signed_on(again, MANAGER)
        assert await state(teller, page) == "gone"
        assert await refused(panel, p.AnswerPage(page=page.page, answer="confirmed")) == "page-gone"
        await teller.do(papers(ticket))
        assert await read(panel) is not None
    finally:
        await again.close()


async def test_a_page_that_was_not_committed_is_not_shown(host: Host, panel: PanelLine) -> None:
    teller, ticket = await served(host)
    command = p.ShowPage(ticket=ticket, kind="account", title="", rows=())

    def body(work: Any) -> None:
        work.do(command)
        raise api.UNKNOWN_HELP()

    with pytest.raises(Refusal):
        await carry(host.store, body, teller.peer.session.actor)
    assert len(held(host)) == 0
    assert await left(host) == []
