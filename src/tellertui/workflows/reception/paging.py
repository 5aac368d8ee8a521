"""What crosses the socket about pages that a customer confirms at the panel of a counter.

A workflow that wants something confirmed before it is signed says so inside its own command, and lets the
teller wait with ``screens.at_panel``::

    page = work.do(ShowPage(ticket=ticket.id, kind="account", title=N_("Your account"), rows=rows))

What stands on a page is in the host's memory and nowhere else, for three minutes at most; the journal says
that a page of a kind was shown and what was answered.
"""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from tellertui.branch.api import CounterCode
from tellertui.core.command import Command, View, command
from tellertui.core.event import Code
from tellertui.core.refusal import N_, refusal
from tellertui.core.role import COUNTER, EVERYONE, Listener
from tellertui.core.topic import topic
from tellertui.workflows.reception.api import PUBLIC, TicketRef, Word

LOBBY = frozenset({Listener.LOBBY})

PAGE = topic("page", EVERYONE, PUBLIC)
"""``page:3``: a page at the panel of counter 3 has come, was answered, or is gone."""

NO_PANEL = refusal("no-panel", N_("No customer panel is on at counter {counter}."))
PAGE_GONE = refusal("page-gone", N_("That page is not shown any more."))

Answer = Literal["confirmed", "corrected"]
"""It is right; something is wrong."""


class Row(View):
    """One fact on a page: a label, which is a message id or plain text, and what it says of the customer."""

    label: str
    value: str


class PageView(View):
    """A page as the panel of its counter shows it."""

    id: UUID
    number: str
    title: str
    """Message id."""
    rows: tuple[Row, ...]
    language: str
    until: int
    """When it is taken away."""


class PageShown(View):
    """A page that was put before the customer."""

    page: UUID
    counter: str


class PageState(View):
    """What has become of a page; nothing of what stood on it."""

    state: Literal["shown", "confirmed", "corrected", "gone"]


@command("page.show", roles=frozenset(), listeners=frozenset(), events=("page.shown",))
class ShowPage(Command[PageShown]):
    """Show a page at the panel of the acting person's counter, about the ticket that is served there.

    Only other commands carry this out; whoever is waiting there confirms it. It takes the place of an older
    page of that counter.
    """

    ticket: UUID
    kind: Code
    title: str
    rows: tuple[Row, ...]


@command("reception.show_papers", roles=COUNTER, events=("page.shown",))
class ShowPapers(Command[PageShown]):
    """Show the customer at the panel which papers are to be brought."""

    ticket: TicketRef
    missing: Annotated[tuple[Word, ...], Meta(min_length=1, max_length=32)]


@command("reception.page_state", roles=COUNTER, reads=True)
class AskPage(Command[PageState]):
    """What has become of a page that this session has shown."""

    page: UUID


@command("reception.take_page", roles=COUNTER)
class TakePage(Command[None]):
    """Take away a page that this session has shown."""

    page: UUID


@command("reception.page", roles=frozenset(), listeners=LOBBY, reads=True)
class ReadPage(Command[PageView | None]):
    """The page that waits for an answer at a counter; for the panel of that counter only."""

    counter: CounterCode


@command("reception.answer_page", roles=frozenset(), listeners=LOBBY, events=("page.answered",))
class AnswerPage(Command[None]):
    """What the customer says of a page; it is wiped then."""

    page: UUID
    answer: Answer
