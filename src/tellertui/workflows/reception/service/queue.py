"""The lobby desk's view: the whole queue in calling order, with lanes, counters and calls for help."""

from collections.abc import Iterable

from sqlalchemy import bindparam
from sqlmodel import col, select

from tellertui.branch.records import Counter, Service
from tellertui.core.clock import MINUTE
from tellertui.store.handlers import answers
from tellertui.store.rows import Query, Reads
from tellertui.workflows.reception import api
from tellertui.workflows.reception.records import Ticket
from tellertui.workflows.reception.rules.life import CALLED, IN_HAND, MISSED, ON_HOLD
from tellertui.workflows.reception.rules.policy import policy_on
from tellertui.workflows.reception.service.lanes import lanes
from tellertui.workflows.reception.service.lobby import OPEN_HELP, help_view
from tellertui.workflows.reception.service.show import fields_of
from tellertui.workflows.reception.service.waiting import bounds, counts, in_order, oldest, word
from tellertui.workflows.reception.views import CounterHand, QueueView, TicketView

ROWS = 200
"""Waiting tickets shown at most; the count is of all."""

_HELD = Query(
    Ticket,
    select(Ticket)
    .where(col(Ticket.day) == bindparam("day"), col(Ticket.state) == word(ON_HOLD))
    .order_by(col(Ticket.hold_since)),
)
_MISSED = Query(
    Ticket,
    select(Ticket)
    .where(
        col(Ticket.day) == bindparam("day"),
        col(Ticket.state) == word(MISSED),
        col(Ticket.missed_at) >= bindparam("since"),
    )
    .order_by(col(Ticket.missed_at).desc()),
)
_BUSY = Query(
    Ticket,
    select(Ticket).where(col(Ticket.state).in_([word(state) for state in IN_HAND])),
)


@answers(api.Queue)
def queue(reads: Reads, _: api.Queue) -> QueueView:
    """Return the lobby in calling order."""
    counters = list(reads.every(Counter))
    tickets = in_order(reads, (service.code for service in reads.every(Service)), ROWS)
    return QueueView(
        waiting=sum(counts(reads).values()),
        longest=longest(reads, (service.code for service in reads.every(Service))),
        tickets=with_bounds(reads, tickets, counters),
        on_hold=plain(reads, reads.all(_HELD, day=reads.day)),
        missed=plain(reads, missed(reads)),
        lanes=lanes(reads, counters),
        counters=_hands(reads, counters),
        help=[help_view(call) for call in reads.all(OPEN_HELP)],
    )


def with_bounds(reads: Reads, tickets: list[Ticket], counters: Iterable[Counter]) -> list[TicketView]:
    """Return waiting tickets with how often each can still be overtaken."""
    bound = bounds(reads, tickets, counters)
    return [
        TicketView(overtaken_by_at_most=bound[ticket.id], **fields_of(ticket, reads.now))
        for ticket in tickets
    ]


def plain(reads: Reads, tickets: Iterable[Ticket]) -> list[TicketView]:
    """Return tickets that do not wait."""
    return [TicketView(**fields_of(ticket, reads.now)) for ticket in tickets]


def longest(reads: Reads, services: Iterable[str]) -> TicketView | None:
    """Return who has waited longest for any of some services."""
    found = oldest(reads, services)
    return None if found is None else TicketView(**fields_of(found, reads.now))


def missed(reads: Reads) -> list[Ticket]:
    """Return missed tickets that may still come back, the newest first (R-Q-05)."""
    since = reads.now - policy_on(reads.day).calls.reactivate_minutes * MINUTE
    return reads.all(_MISSED, day=reads.day, since=since)


def _hands(reads: Reads, counters: Iterable[Counter]) -> list[CounterHand]:
    busy = {ticket.id: ticket for ticket in reads.all(_BUSY)}
    return [
        _hand(counter, None if counter.ticket is None else busy.get(counter.ticket)) for counter in counters
    ]


def _hand(counter: Counter, ticket: Ticket | None) -> CounterHand:
    return CounterHand(
        counter=counter.code,
        services=counter.services.split(),
        state=counter.state,
        reason=counter.reason,
        person=counter.person,
        continuous=bool(counter.continuous),
        number=ticket.number if ticket else None,
        care=ticket.care if ticket else None,
        ticket_state=ticket.state if ticket else None,
        calls=ticket.calls if ticket else 0,
        since=(ticket.called_at if ticket.state == CALLED else ticket.started_at) if ticket else None,
    )
