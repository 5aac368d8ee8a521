"""Pages that a customer confirms at the panel: held in memory only, shown once, answered once, wiped."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from tellertui.branch.records import Paper, Terminal
from tellertui.core.clock import MINUTE
from tellertui.core.refusal import N_
from tellertui.store.handlers import answers, handles, views
from tellertui.store.rows import Reads
from tellertui.store.work import Work
from tellertui.workflows.reception import api
from tellertui.workflows.reception import events as e
from tellertui.workflows.reception import paging as p
from tellertui.workflows.reception.records import Ticket
from tellertui.workflows.reception.rules.life import SERVING
from tellertui.workflows.reception.service.find import listed, own_counter, service_of, ticket_of
from tellertui.workflows.reception.service.lanes import words_of

SHOWN = 3 * MINUTE
"""How long a page waits for its customer."""
PAPERS = N_("Please bring next time")


@dataclass(slots=True)
class Page:
    """A page at the panel of a counter; once it is answered, only the answer is left of it."""

    id: UUID
    counter: str
    ticket: UUID
    session: bytes
    """Of the person who shows it; the page ends with it."""
    kind: str
    until: int
    view: p.PageView | None = field(repr=False)
    answer: p.Answer | None = None


class Pages:
    """The pages of a branch, one for each counter at most. Never written anywhere."""

    def __init__(self) -> None:
        self.panels: Callable[[str], set[str]] = lambda topic: set()
        """Registered names of the lobby's terminals that watch a topic, empty for an unregistered one."""
        self._at: dict[str, Page] = {}

    def __len__(self) -> int:
        return len(self._at)

    def at(self, counter: str) -> Page | None:
        """Return the page of a counter."""
        return self._at.get(counter)

    def every(self) -> list[Page]:
        """Return every page."""
        return list(self._at.values())

    def put(self, page: Page) -> None:
        """Show a page in place of an older one."""
        self._at[page.counter] = page

    def answered(self, page: Page, answer: p.Answer) -> None:
        """Wipe what stands on a page and keep the answer for the teller."""
        page.answer, page.view = answer, None

    def drop(self, page: Page) -> None:
        """Forget a page, unless a newer one has taken its place."""
        page.view = None
        if self._at.get(page.counter) is page:
            self._at.pop(page.counter, None)


def pages_of(reads: Reads) -> Pages:
    """Return the pages of this branch."""
    return reads.memory.of(Pages)


def topic_of(counter: str) -> str:
    """Return the topic of a counter's pages."""
    return f"{p.PAGE}:{counter}"


def standing(reads: Reads, page: Page | None) -> Page | None:
    """Return a page for as long as it stands: its ticket is served at its counter, its time is not over.

    One that does not is dropped: its ticket was finished, missed, held or sent on, or the day was closed.
    """
    if page is None:
        return None
    ticket = reads.get(Ticket, page.ticket)
    here = ticket is not None and (ticket.state, ticket.counter) == (SERVING, page.counter)
    if here and reads.now < page.until:
        return page
    pages_of(reads).drop(page)
    return None


def panel_is_on(reads: Reads, counter: str) -> bool:
    """Say whether the panel of a counter is watching."""
    watching, known = pages_of(reads).panels(topic_of(counter)), _registered(reads, counter)
    return bool(watching & known if known else watching)


def _registered(reads: Reads, counter: str) -> set[str]:
    """Return the terminals that are registered as the panel of a counter."""
    return {
        each.code
        for each in reads.every(Terminal)
        if (each.kind, each.counter, each.state) == ("panel", counter, "active")
    }


def _is_its_panel(reads: Reads, counter: str) -> bool:
    """Say whether who asks is the panel of a counter; where none is registered, any terminal may be."""
    known = _registered(reads, counter)
    return not known or reads.actor.terminal in known


@handles(p.ShowPage)
def show_page(work: Work, command: p.ShowPage) -> tuple[UUID, str]:
    """Put a page before the customer who is served at one's own counter."""
    counter, ticket = own_counter(work), work.get(Ticket, command.ticket)
    if counter is None:
        raise api.OWN_COUNTER()
    if ticket is None:
        raise api.UNKNOWN_TICKET()
    if counter.ticket != ticket.id:
        raise api.NOT_IN_HAND(number=ticket.number, counter=counter.code)
    if ticket.state != SERVING:
        raise api.WRONG_STATE(number=ticket.number, state=ticket.state)
    if not panel_is_on(work, counter.code):
        raise p.NO_PANEL(counter=counter.code)
    until = work.now + SHOWN
    view = p.PageView(
        id=work.ids.new(),
        number=ticket.number,
        title=command.title,
        rows=command.rows,
        language=ticket.language,
        until=until,
    )
    page = Page(view.id, counter.code, ticket.id, work.actor.session, command.kind, until, view)
    work.record(e.PageShown(ticket.id, command.kind), ticket.id)
    work.after_commit(partial(pages_of(work).put, page))
    work.notify(topic_of(counter.code))
    return view.id, counter.code


@handles(p.ShowPapers)
def show_papers(work: Work, command: p.ShowPapers) -> tuple[UUID, str]:
    """Show which papers are to be brought, in the language of the ticket."""
    ticket = ticket_of(work, command.ticket)
    needed = service_of(work, ticket.service).papers.split()
    missing = [listed(paper, needed, api.UNKNOWN_PAPER) for paper in dict.fromkeys(command.missing)]
    papers = [work.get(Paper, code) for code in missing]
    names = [words_of(paper).said(ticket.language) for paper in papers if paper is not None]
    rows = tuple(p.Row(label="-", value=name) for name in names)
    page, counter = work.do(p.ShowPage(ticket=ticket.id, kind="papers", title=PAPERS, rows=rows))
    return page, counter


@views(p.ShowPage)
@views(p.ShowPapers)
def shown(_: Reads, result: tuple[UUID, str]) -> p.PageShown:
    """Say which page it is and where it stands."""
    return p.PageShown(page=result[0], counter=result[1])


@answers(p.AskPage)
def ask_page(reads: Reads, command: p.AskPage) -> p.PageState:
    """Say what has become of a page of this session."""
    page = standing(reads, _own(reads, command.page))
    return p.PageState(state="gone" if page is None else page.answer or "shown")


@handles(p.TakePage)
def take_page(work: Work, command: p.TakePage) -> tuple[()]:
    """Take a page away; one that is gone already is as good as taken."""
    page = _own(work, command.page)
    if page is not None:
        work.after_commit(partial(pages_of(work).drop, page))
        work.notify(topic_of(page.counter))
    return ()


@answers(p.ReadPage)
def read_page(reads: Reads, command: p.ReadPage) -> p.PageView | None:
    """Return the page that waits at a counter, to the panel of that counter."""
    page = standing(reads, pages_of(reads).at(command.counter))
    return page.view if page is not None and _is_its_panel(reads, page.counter) else None


@handles(p.AnswerPage)
def answer_page(work: Work, command: p.AnswerPage) -> tuple[()]:
    """Take the customer's answer and wipe the page."""
    page = standing(work, _found(work, command.page))
    if page is None or page.answer is not None or not _is_its_panel(work, page.counter):
        raise p.PAGE_GONE()
    work.record(e.PageAnswered(page.ticket, page.kind, command.answer), page.ticket)
    work.after_commit(partial(pages_of(work).answered, page, command.answer))
    work.notify(topic_of(page.counter))
    return ()


@views(p.TakePage)
@views(p.AnswerPage)
def nothing(_: Reads, __: tuple[()]) -> None:
    """Show nothing."""


def _found(reads: Reads, identifier: UUID) -> Page | None:
    return next((page for page in pages_of(reads).every() if page.id == identifier), None)


def _own(reads: Reads, identifier: UUID) -> Page | None:
    page = _found(reads, identifier)
    return page if page is not None and page.session == reads.actor.session else None
