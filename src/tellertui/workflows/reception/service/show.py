"""Views of single tickets and counters, made from rows."""

from typing import Any
from uuid import UUID

from tellertui.branch.api import CounterView
from tellertui.branch.records import Counter, Service
from tellertui.store.rows import Reads
from tellertui.workflows.reception.records import Ticket
from tellertui.workflows.reception.rules.life import WAITING
from tellertui.workflows.reception.rules.policy import policy_on
from tellertui.workflows.reception.rules.wait import Minutes, expected, waited
from tellertui.workflows.reception.service.waiting import ahead_of, bounds, capacity, means
from tellertui.workflows.reception.views import Called, Issued, TicketView


def wait_of(ticket: Ticket, now: int) -> int:
    """Return how long a ticket has waited, or had waited when it was called, in seconds."""
    since = ticket.arrived_at if ticket.returned_at is None else ticket.returned_at
    at = now if ticket.first_called_at is None else ticket.first_called_at
    return waited(since, ticket.held_ms, at)


def known(reads: Reads, ticket_id: UUID) -> Ticket:
    """Return a ticket that a handler named."""
    ticket = reads.get(Ticket, ticket_id)
    if ticket is None:
        msg = "tickets are never deleted"
        raise LookupError(msg)
    return ticket


def missing_papers(ticket: Ticket) -> list[str] | None:
    """Return the papers found missing, or None where nobody has looked."""
    if ticket.papers is None:
        return None
    return [] if ticket.papers == "ok" else ticket.papers.split()


def fields_of(ticket: Ticket, now: int) -> dict[str, Any]:
    """Return what every view of a ticket shows."""
    return {
        "id": ticket.id,
        "number": ticket.number,
        "service": ticket.service,
        "care": ticket.care,
        "language": ticket.language,
        "state": ticket.state,
        "counter": ticket.counter,
        "calls": ticket.calls,
        "arrived_at": ticket.arrived_at,
        "waited_s": wait_of(ticket, now),
        "missing": missing_papers(ticket),
        "result": ticket.result,
        "prechecked_by": ticket.prechecked_by,
        "phone": bool(ticket.phone),
    }


def ticket_view(reads: Reads, result: tuple[UUID]) -> TicketView:
    """Return a ticket as staff see it."""
    return TicketView(**fields_of(known(reads, result[0]), reads.now))


def called_view(reads: Reads, result: tuple[UUID | None]) -> Called | None:
    """Return the called ticket, or None where nobody waited."""
    if result[0] is None:
        return None
    ticket = known(reads, result[0])
    return Called(
        id=ticket.id,
        number=ticket.number,
        service=ticket.service,
        care=ticket.care,
        waited_s=wait_of(ticket, reads.now),
    )


def issued_view(reads: Reads, result: tuple[UUID]) -> Issued:
    """Return a number with what its holder may expect now; nobody is ahead of one that no longer waits."""
    ticket = known(reads, result[0])
    service = reads.get(Service, ticket.service)
    ahead, wait, bound = 0, Minutes(0, 0), 0
    if ticket.state == WAITING:
        counters = list(reads.every(Counter))
        here, mean = capacity(counters, ticket.service), means(reads)[ticket.service]
        ahead = ahead_of(reads, ticket, here.services)
        wait = expected(ahead, mean.ms, here.counters, mean.samples, policy_on(reads.day).range)
        bound = bounds(reads, [ticket], counters)[ticket.id]
    return Issued(
        id=ticket.id,
        number=ticket.number,
        ahead=ahead,
        wait_lo_min=wait.lo,
        wait_hi_min=wait.hi,
        overtaken_by_at_most=bound,
        papers=service.papers.split() if service is not None else [],
    )


def counter_view(counter: Counter) -> CounterView:
    """Return a counter as staff see it."""
    return CounterView(
        counter=counter.code,
        services=counter.services.split(),
        state=counter.state,
        reason=counter.reason,
        person=counter.person,
        continuous=bool(counter.continuous),
    )
