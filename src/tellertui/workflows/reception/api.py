"""What crosses the socket about reception: numbers, calls, serving, the lobby.

``ticket`` is an id or a number of the day; without it the ticket in hand at the session's own counter is
meant. ``counter`` is a counter's code; without it the one that the session's person has opened.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tellertui.branch.api import CounterCode, CounterView, ServiceCode
from tellertui.core.command import Command, command
from tellertui.core.event import Day
from tellertui.core.refusal import N_, refusal
from tellertui.core.role import COUNTER, EVERYONE, FLOOR, OFFICERS, Listener, Role
from tellertui.core.topic import topic
from tellertui.workflows.reception import views as v

TicketRef = Annotated[str, Meta(pattern=r"\A([A-Za-z][0-9]{3,5}|[0-9A-Fa-f-]{36})\Z")]
TicketEnd = Annotated[str, Meta(pattern=r"\A[A-Za-z]?[0-9]{1,5}\Z")]
"""A number, or the digits that it ends with."""
AppointmentRef = Annotated[str, Meta(pattern=r"\A([0-9]{4}|[0-9A-Fa-f-]{36})\Z")]
Word = Annotated[str, Meta(max_length=32)]
"""A code of a closed list; what it may be is said in the refusal of any other."""
Moment = Annotated[str, Meta(max_length=40)]
"""``HH:MM`` of today, or a date and time; without an offset in the time zone of the branch."""
Language = Literal["zh_Hant", "zh_Hans", "en"]

PUBLIC = frozenset({Listener.STAFF, Listener.LOBBY})
LOBBY_DESK = OFFICERS | {Role.LOBBY}

QUEUE = topic("queue", EVERYONE)
BOARD = topic("board", EVERYONE, PUBLIC)
AT_COUNTER = topic("counter", EVERYONE, PUBLIC)
HELP = topic("help", EVERYONE)
"""Calls for help that every member of staff is told of, because nobody has answered them in time."""
ALL = (QUEUE, BOARD, AT_COUNTER)

UNKNOWN_TICKET = refusal("unknown-ticket", N_("There is no such number today."))
UNKNOWN_CLASS = refusal("unknown-class", N_("There is no such class; there are {allowed}."))
UNKNOWN_REASON = refusal("unknown-reason", N_("That word is not in the list; choose one of {allowed}."))
UNKNOWN_PAPER = refusal(
    "unknown-paper", N_("This service does not ask for such a paper; it asks for {allowed}.")
)
UNKNOWN_APPOINTMENT = refusal("unknown-appointment", N_("There is no such appointment today."))
UNKNOWN_HELP = refusal("unknown-help", N_("There is no such call for help."))
BRANCH_CLOSED = refusal("branch-closed", N_("The branch is closed and gives no numbers now."))
LAST_NUMBER = refusal("last-number", N_("The last number for this service was given at {at}."))
SERVICE_STOPPED = refusal(
    "service-stopped", N_("This service is stopped ({reason}); no numbers are given for it now.")
)
WRONG_STATE = refusal("wrong-state", N_("Number {number} is {state}; that cannot be done now."))
TOO_EARLY = refusal("too-early", N_("Wait {retry_after_s} s before the next call."))
NO_MORE_CALLS = refusal("no-more-calls", N_("Number {number} was called {calls} times; nobody came."))
CALLS_LEFT = refusal("calls-left", N_("Number {number} must be called {left} more times first."))
OWN_COUNTER = refusal("no-counter", N_("Open a counter first, or name one."))
COUNTER_TAKEN = refusal("counter-taken", N_("Counter {counter} is in use by {person}."))
COUNTER_CLOSED = refusal("counter-closed", N_("Counter {counter} is closed; open it first."))
COUNTER_PAUSED = refusal("counter-paused", N_("Counter {counter} is paused; open it first."))
TICKET_IN_HAND = refusal("ticket-in-hand", N_("Number {number} is in hand at counter {counter}."))
NOTHING_IN_HAND = refusal("nothing-in-hand", N_("No number is in hand at counter {counter}."))
NOT_IN_HAND = refusal("not-in-hand", N_("Number {number} is not in hand at counter {counter}."))
NOTHING_ON_HOLD = refusal("nothing-on-hold", N_("No number is on hold at counter {counter}."))
SAME_SERVICE = refusal("same-service", N_("Number {number} is for that service already."))
REACTIVATED = refusal("reactivated-once", N_("Number {number} came back once already; take a new number."))
MISSED_TOO_LONG = refusal("missed-too-long", N_("Number {number} was missed over {minutes} minutes ago."))
NOT_RETURNING = refusal("not-returning", N_("Number {number} did not end with papers missing today."))
RATED = refusal("already-rated", N_("Number {number} has been rated already."))
RATING_OVER = refusal("rating-over", N_("Number {number} can be rated only right after the visit."))
REASONS_UNASKED = refusal("reasons-unasked", N_("Reasons are taken with a score of 1 or 2 only."))
DECLARED_LATE = refusal(
    "declared-late", N_("Number {number} can no longer change its class by itself; please ask our staff.")
)
NOT_TODAY = refusal("not-today", N_("That number is not of today."))
BAD_MOMENT = refusal("bad-moment", N_("Give a time as HH:MM or YYYY-MM-DDTHH:MM, later than now."))
CHECKED_IN = refusal("checked-in", N_("The appointment was used already."))
NOT_HERE = refusal("appointment-not-here", N_("This appointment cannot be used here; please ask our staff."))
"""All that the lobby is told, whether the code is unknown, used, or of another time."""
NOT_CHECK_IN_TIME = refusal(
    "not-check-in-time", N_("This appointment can be checked in from {from} to {until}.")
)
APPOINTMENTS_FULL = refusal("appointments-full", N_("No more appointments can be made for that day."))


@command(
    "reception.issue",
    roles=FLOOR,
    listeners=PUBLIC,
    events=("ticket.issued", "slip.queued"),
    topics=(QUEUE, BOARD),
)
class Issue(Command[v.Issued]):
    """Give a number."""

    service: ServiceCode
    care: Word = msgspec.field(name="class", default="normal")
    language: Language | None = None
    slip: bool = False
    """Print the number with what to bring, where a printer is set up."""


@command(
    "reception.declare",
    roles=frozenset(),
    listeners=frozenset({Listener.LOBBY}),
    events=("ticket.reclassified",),
    topics=(QUEUE, BOARD),
)
class Declare(Command[v.Issued]):
    """Let a customer say right after taking a number that the law puts them first; nobody asks for proof.

    The number is named by its id, which only the terminal that gave it has.
    """

    ticket: Annotated[str, Meta(pattern=r"\A[0-9A-Fa-f-]{36}\Z")]
    care: Word = msgspec.field(name="class")


@command("reception.precheck", roles=FLOOR, events=("ticket.prechecked",), topics=ALL)
class Precheck(Command[v.TicketView]):
    """Note before the call which papers are missing: their codes, or ``ok``."""

    ticket: TicketRef
    papers: Literal["ok"] | Annotated[list[Word], Meta(max_length=32)]


@command("reception.reclassify", roles=FLOOR, events=("ticket.reclassified",), topics=(QUEUE, BOARD))
class Reclassify(Command[v.TicketView]):
    """Change the class of a waiting ticket."""

    ticket: TicketRef
    care: Word = msgspec.field(name="class")
    reason: Word


@command("reception.reactivate", roles=FLOOR, events=("ticket.reactivated",), topics=(QUEUE, BOARD))
class Reactivate(Command[v.TicketView]):
    """Let a missed ticket wait again, once, behind the first of its own class and service."""

    ticket: TicketRef


@command("reception.leave", roles=FLOOR, events=("ticket.left",), topics=ALL)
class Leave(Command[v.TicketView]):
    """Note that a waiting customer, or one on hold, has left."""

    ticket: TicketRef


@command("reception.return", roles=FLOOR, events=("ticket.returned",), topics=(QUEUE, BOARD))
class Return(Command[v.TicketView]):
    """Let a customer who was sent for papers wait again with the same number, and with credit."""

    ticket: TicketRef


@command("reception.rate", roles=FLOOR, listeners=PUBLIC, events=("ticket.rated",))
class Rate(Command[None]):
    """Rate the visit that has just ended at a counter, once; reasons only with 1 or 2 (R-Q-09)."""

    ticket: TicketRef
    score: Annotated[int, Meta(ge=1, le=5)]
    reasons: Annotated[tuple[Word, ...], Meta(max_length=8)] = ()


@command("reception.call_next", roles=COUNTER, events=("ticket.called", "queue.overtaken"), topics=ALL)
class CallNext(Command[v.Called | None]):
    """Call the next ticket to a counter, by the order of R-Q-01; nothing when nobody waits for it."""

    counter: CounterCode | None = None


@command("reception.call_ticket", roles=COUNTER, events=("ticket.called", "queue.overtaken"), topics=ALL)
class CallTicket(Command[v.Called]):
    """Call a chosen ticket out of turn."""

    ticket: TicketRef
    reason: Word
    counter: CounterCode | None = None


class InHand(Command[v.TicketView]):
    """What is done to the ticket in hand at a counter."""

    ticket: TicketRef | None = None
    counter: CounterCode | None = None


@command("reception.recall", roles=COUNTER, events=("ticket.recalled",), topics=ALL)
class Recall(InHand):
    """Call the called ticket again."""


@command("reception.arrive", roles=COUNTER, events=("ticket.arrived",), topics=ALL)
class Arrive(InHand):
    """Begin to serve the called ticket."""


@command("reception.no_show", roles=COUNTER, events=("ticket.missed",), topics=ALL)
class NoShow(InHand):
    """Note that nobody came after the last call."""


@command("reception.hold", roles=COUNTER, events=("ticket.held",), topics=ALL)
class Hold(InHand, kw_only=True):
    """Interrupt serving and free the counter."""

    reason: Word


@command("reception.resume", roles=COUNTER, events=("ticket.resumed",), topics=ALL)
class Resume(InHand):
    """Go on serving a ticket on hold; without ``ticket`` the one held longest at this counter."""


@command("reception.forward", roles=FLOOR, events=("ticket.forwarded",), topics=ALL)
class Forward(InHand, kw_only=True):
    """Let the ticket in hand, or a waiting one, wait for another service; its arrival still counts."""

    service: ServiceCode
    reason: Word


@command("reception.next_service", roles=COUNTER, events=("ticket.continued",), topics=ALL)
class NextService(InHand, kw_only=True):
    """End one service of the visit as done and begin another at the same counter."""

    service: ServiceCode


@command(
    "reception.finish",
    roles=COUNTER,
    events=("ticket.prechecked", "ticket.finished", "slip.queued"),
    topics=ALL,
)
class Finish(InHand):
    """End the visit with a result; ``missing`` are the papers that the customer is to bring."""

    result: Word = "done"
    missing: Annotated[tuple[Word, ...], Meta(max_length=32)] = ()


@command("reception.counter_open", roles=COUNTER, events=("counter.opened", "counter.closed"), topics=ALL)
class CounterOpen(Command[CounterView]):
    """Take a counter, or end its pause; without ``counter`` the own one, else that of the terminal."""

    counter: CounterCode | None = None


@command("reception.counter_pause", roles=COUNTER, events=("counter.paused",), topics=ALL)
class CounterPause(Command[CounterView]):
    """Call nobody for now."""

    reason: Word
    counter: CounterCode | None = None


@command("reception.counter_close", roles=COUNTER, events=("counter.closed",), topics=ALL)
class CounterClose(Command[CounterView]):
    """Leave a counter; refused while a ticket is in hand."""

    counter: CounterCode | None = None


@command("reception.divert", roles=FLOOR, events=("visitor.diverted",))
class Divert(Command[v.Diverted]):
    """Record a visitor who needs no ticket."""

    outcome: Word


@command("reception.suspend", roles=LOBBY_DESK, events=("service.suspended",), topics=ALL)
class Suspend(Command[v.Suspension]):
    """Stop giving numbers for a service, until a time or until it is lifted."""

    service: ServiceCode
    reason: Word
    until: Moment | None = None


@command("reception.unsuspend", roles=LOBBY_DESK, events=("service.unsuspended",), topics=ALL)
class Unsuspend(Command[v.Suspension]):
    """Give numbers for a service again."""

    service: ServiceCode


@command("reception.help", roles=EVERYONE, listeners=PUBLIC, events=("help.called",), topics=(QUEUE,))
class Help(Command[v.HelpView]):
    """Ask for a person; a call from the same place that is still open is the same call."""

    place: Word


@command("reception.help_answer", roles=FLOOR, events=("help.answered",), topics=(QUEUE, HELP))
class HelpAnswer(Command[v.HelpView]):
    """Say that a person is on the way."""

    id: Annotated[str, Meta(pattern=r"\A[0-9A-Fa-f-]{36}\Z")]


@command("reception.book", roles=FLOOR, events=("appointment.booked",), topics=(QUEUE,))
class Book(Command[v.Appointment]):
    """Promise a time for a service; the answer's code is all that the customer needs."""

    service: ServiceCode
    at: Moment


@command("reception.cancel", roles=FLOOR, events=("appointment.cancelled",), topics=(QUEUE,))
class Cancel(Command[v.Promised]):
    """Note that somebody who had an appointment does not come; its time is free again."""

    appointment: Annotated[str, Meta(pattern=r"\A[0-9A-Fa-f-]{36}\Z")]


@command(
    "reception.check_in",
    roles=FLOOR,
    listeners=PUBLIC,
    events=("appointment.checked_in", "ticket.issued", "slip.queued"),
    topics=(QUEUE, BOARD),
)
class CheckIn(Command[v.CheckedIn]):
    """Give a number of class ``appointment`` for an appointment of today."""

    appointment: AppointmentRef
    language: Language | None = None
    slip: bool = False


@command("reception.queue", roles=EVERYONE, reads=True, shared=True)
class Queue(Command[v.QueueView]):
    """The lobby in calling order."""


@command("reception.board", roles=EVERYONE, listeners=PUBLIC, reads=True, shared=True)
class Board(Command[v.BoardView]):
    """What everybody may see."""


@command("reception.panel", roles=EVERYONE, listeners=PUBLIC, reads=True, shared=True)
class Panel(Command[v.PanelView]):
    """The customer's side of a counter."""

    counter: CounterCode


@command("reception.help_calls", roles=EVERYONE, reads=True, shared=True)
class HelpCalls(Command[list[v.HelpView]]):
    """Calls for help that nobody has answered in time, the oldest first."""


@command("reception.services", roles=EVERYONE, listeners=PUBLIC, reads=True, shared=True)
class Services(Command[list[v.ServiceOffer]]):
    """What can be issued, with papers and expected waits."""


@command("reception.counter", roles=COUNTER, reads=True)
class Desk(Command[v.DeskView]):
    """A counter: the ticket in hand, what comes next, and one's own day."""

    counter: CounterCode | None = None


@command("reception.find", roles=FLOOR, reads=True)
class Find(Command[list[v.Found]]):
    """Tickets of today by number, or by the end of it; who can still be served first."""

    number: TicketEnd


@command("reception.appointments", roles=FLOOR, reads=True)
class Appointments(Command[list[v.Promised]]):
    """Appointments of a business date in the order of their times; today without one."""

    day: Day | None = None


@command("reception.left_over", roles=OFFICERS, reads=True)
class LeftOver(Command[v.LeftOver]):
    """Tickets of a business date that were not finished: still open, or expired at its close."""

    day: Day
