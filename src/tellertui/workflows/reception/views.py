"""What reception shows. Times are milliseconds UTC, waits whole seconds, expected waits whole minutes."""

from uuid import UUID

import msgspec

from tellertui.branch.api import CounterView, PaperView, Words
from tellertui.core.command import View


class Issued(View):
    """A number just given, and what its holder may expect."""

    id: UUID
    number: str
    ahead: int
    wait_lo_min: int
    wait_hi_min: int
    overtaken_by_at_most: int
    papers: list[str]


class CheckedIn(Issued, kw_only=True):
    """A number given for an appointment, whose code says nothing of what it is for."""

    service: str


class Called(View):
    """The ticket a counter has called."""

    id: UUID
    number: str
    service: str
    care: str = msgspec.field(name="class")
    waited_s: int


class TicketView(View):
    """A ticket as staff see it."""

    id: UUID
    number: str
    service: str
    care: str = msgspec.field(name="class")
    language: str
    state: str
    counter: str | None
    calls: int
    arrived_at: int
    waited_s: int
    missing: list[str] | None
    """Papers that are missing; None where nobody has looked."""
    result: str | None
    prechecked_by: str | None = None
    """Who looked at the papers before the call."""
    overtaken_by_at_most: int | None = None
    """For a waiting ticket in a list: how often it can still be overtaken by rank."""
    phone: bool = False
    """The customer left a telephone number, to be called when not here."""


class Found(TicketView, kw_only=True):
    """A ticket that was looked for, and why it stands where it stands (R-Q-01)."""

    credit_min: int
    """Minutes that its class, or coming back with papers, adds to its wait."""
    front: bool
    """It has waited so long that it belongs to the front group."""
    ahead: int | None
    """Who is called before it, while it waits."""
    can_return: bool
    """It may wait again: missed not long ago, or ended with papers missing."""


class Held(TicketView, kw_only=True):
    """A ticket on hold at a counter."""

    held_since: int
    reason: str


class VisitView(View):
    """One service of a visit with its own clock."""

    service: str
    counter: str
    person: str
    started_at: int
    ended_at: int | None
    result: str | None


class Lane(View):
    """One service: who waits, and what a newcomer may expect."""

    service: str
    prefix: str
    name: Words
    waiting: int
    wait_lo_min: int
    wait_hi_min: int
    counters: list[str]
    stopped: str | None
    """Why no numbers are given."""
    stopped_until: int | None
    last_number: str | None
    """``HH:MM`` of the last number, where it is earlier than closing."""


class ServiceOffer(Lane):
    """One service as kiosk and lobby desk offer it."""

    minutes: int
    papers: list[PaperView]


class RatingAsked(View):
    """A visit that is to be rated now."""

    ticket: UUID
    number: str
    language: str
    until: int
    """When the question is taken away."""


class PanelView(View):
    """What the customer's side of a counter shows; no person, no reason of a pause."""

    counter: str
    state: str
    services: list[Words]
    number: str | None
    """In hand."""
    serving: bool
    language: str
    """Of the ticket in hand, else of the branch."""
    rating: RatingAsked | None


class HelpView(View):
    """An open call for help."""

    id: UUID
    place: str
    counter: str | None
    at: int


class CounterHand(CounterView):
    """A counter with the ticket in hand."""

    number: str | None
    care: str | None = msgspec.field(name="class")
    ticket_state: str | None
    calls: int
    since: int | None
    """When it was last called, or when serving began."""


class QueueView(View):
    """The lobby as its desk sees it, in calling order."""

    waiting: int
    longest: TicketView | None
    tickets: list[TicketView]
    on_hold: list[TicketView]
    missed: list[TicketView]
    lanes: list[Lane]
    counters: list[CounterHand]
    help: list[HelpView]


class BoardCall(View):
    """A number and where it goes."""

    number: str
    counter: str
    calls: int
    at: int
    care: bool
    """Called at the slower pace."""
    language: str


class BoardCounter(View):
    """A counter as customers see it."""

    counter: str
    services: list[str]
    state: str


class BoardView(View):
    """What everybody may see: numbers, counters, waits; newest call first."""

    calls: list[BoardCall]
    before: list[BoardCall]
    """Calls that have been answered."""
    missed: list[str]
    lanes: list[Lane]
    counters: list[BoardCounter]


class Hand(TicketView, kw_only=True):
    """The ticket in hand at a counter."""

    calls_left: int
    recall_at: int | None
    """From when it may be called again."""
    started_at: int | None
    visit: list[VisitView]


class Mine(View):
    """One's own day at the counters."""

    finished: int
    service_mean_s: int | None
    no_show: int
    ratings: int
    papers_missing: int


class DeskView(View):
    """A counter as the person who sits there sees it."""

    counter: CounterView
    hand: Hand | None
    next: list[TicketView]
    """What this counter would call, the next one first."""
    on_hold: list[Held]
    waiting: int
    longest: TicketView | None
    """Who has waited longest for what this counter serves."""
    mine: Mine
    panel: bool = False
    """The customer panel of the counter is on."""


class Suspension(View):
    """Whether a service gives numbers."""

    service: str
    reason: str | None
    until: int | None


class Appointment(View):
    """A promised time; the code is all that identifies it."""

    id: UUID
    code: str
    service: str
    at: int


class Promised(Appointment, kw_only=True):
    """An appointment and what came of it."""

    state: str
    """``booked``, ``arrived``, ``cancelled`` or ``lapsed``."""
    number: str | None


class Diverted(View):
    """How a visitor was served without a ticket."""

    outcome: str


class LeftOver(View):
    """Numbers of the tickets that a day left unfinished."""

    open: list[str]
    expired: list[str]
