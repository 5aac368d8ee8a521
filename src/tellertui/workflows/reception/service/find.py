"""What handlers look up: tickets by id or number, counters by who sits there, services, words of lists."""

from collections.abc import Collection
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam
from sqlmodel import col, select

from tellertui.branch.api import UNKNOWN_COUNTER, UNKNOWN_SERVICE
from tellertui.branch.hours import branch_of
from tellertui.branch.records import Counter, Service
from tellertui.core.refusal import RefusalKind
from tellertui.core.role import OFFICERS
from tellertui.store.rows import Query, Reads
from tellertui.workflows.reception.api import (
    COUNTER_CLOSED,
    COUNTER_PAUSED,
    COUNTER_TAKEN,
    NOT_IN_HAND,
    NOTHING_IN_HAND,
    OWN_COUNTER,
    TICKET_IN_HAND,
    UNKNOWN_REASON,
    UNKNOWN_TICKET,
    WRONG_STATE,
    InHand,
)
from tellertui.workflows.reception.records import Ticket, VisitService
from tellertui.workflows.reception.rules.life import STEPS, possible

_OWN = Query(Counter, select(Counter).where(col(Counter.person) == bindparam("person")))
_NUMBERED = Query(
    Ticket,
    select(Ticket).where(
        col(Ticket.day) == bindparam("day"),
        col(Ticket.prefix) == bindparam("prefix"),
        col(Ticket.ordinal) == bindparam("ordinal"),
    ),
)
_VISIT = Query(
    VisitService,
    select(VisitService).where(
        col(VisitService.ticket) == bindparam("ticket"), col(VisitService.ended_at).is_(None)
    ),
)


def zone_of(reads: Reads) -> ZoneInfo:
    """Return the time zone of the branch."""
    return ZoneInfo(branch_of(reads).time_zone)


def ticket_of(reads: Reads, ref: str) -> Ticket:
    """Return a ticket by its id, or by its number of today.

    Raises:
        Refusal: ``unknown-ticket``.
    """
    if len(ref) == len(str(UUID(int=0))):
        found = reads.get(Ticket, identifier(ref, UNKNOWN_TICKET))
    else:
        found = reads.one(_NUMBERED, day=reads.day, prefix=ref[0].upper(), ordinal=int(ref[1:]))
    if found is None:
        raise UNKNOWN_TICKET()
    return found


def identifier(text: str, unknown: RefusalKind) -> UUID:
    """Return an id that was written as text."""
    try:
        return UUID(text)
    except ValueError:
        raise unknown() from None


def require(ticket: Ticket, step: str) -> str:
    """Return the state in which a step leaves a ticket.

    Raises:
        Refusal: ``wrong-state`` where the ticket cannot take the step.
    """
    if not possible(step, ticket.state):
        raise WRONG_STATE(number=ticket.number, state=ticket.state)
    return STEPS[step].after


def own_counter(reads: Reads) -> Counter | None:
    """Return the counter that the acting person has opened."""
    return reads.one(_OWN, person=reads.actor.name)


def counter_named(reads: Reads, code: str) -> Counter:
    """Return a counter by its code.

    Raises:
        Refusal: ``unknown-counter``.
    """
    counter = reads.get(Counter, code)
    if counter is None:
        raise UNKNOWN_COUNTER(counters=", ".join(each.code for each in reads.every(Counter)))
    return counter


def acting_counter(reads: Reads, code: str | None) -> Counter:
    """Return the counter at which somebody acts: the own one, or the named one where that is permitted.

    Manager and reviewer may act at any counter.

    Raises:
        Refusal: ``no-counter``, ``unknown-counter`` or ``counter-taken``.
    """
    if code is None:
        own = own_counter(reads)
        if own is None:
            raise OWN_COUNTER()
        return own
    counter = counter_named(reads, code)
    if counter.person not in (None, reads.actor.name) and not reads.actor.roles & OFFICERS:
        raise COUNTER_TAKEN(counter=counter.code, person=counter.person)
    return counter


def free_counter(reads: Reads, code: str | None) -> Counter:
    """Return an open counter with nothing in hand.

    Raises:
        Refusal: ``counter-closed``, ``counter-paused``, ``ticket-in-hand``, or as ``acting_counter``.
    """
    counter = acting_counter(reads, code)
    if counter.state == "closed":
        raise COUNTER_CLOSED(counter=counter.code)
    if counter.state == "paused":
        raise COUNTER_PAUSED(counter=counter.code)
    require_empty(reads, counter)
    return counter


def require_empty(reads: Reads, counter: Counter) -> None:
    """Refuse a counter with a ticket in hand.

    Raises:
        Refusal: ``ticket-in-hand``.
    """
    ticket = reads.get(Ticket, counter.ticket)
    if ticket is not None:
        raise TICKET_IN_HAND(number=ticket.number, counter=counter.code)


def in_hand(reads: Reads, command: InHand, step: str) -> tuple[Ticket, Counter]:
    """Return the ticket in hand at the acting counter, ready for a step.

    Raises:
        Refusal: ``nothing-in-hand``, ``not-in-hand``, ``wrong-state``, or as ``acting_counter``.
    """
    counter = acting_counter(reads, command.counter)
    if command.ticket is None:
        ticket = reads.get(Ticket, counter.ticket)
        if ticket is None:
            raise NOTHING_IN_HAND(counter=counter.code)
    else:
        ticket = ticket_of(reads, command.ticket)
    require(ticket, step)
    if ticket.id != counter.ticket:
        raise NOT_IN_HAND(number=ticket.number, counter=counter.code)
    return ticket, counter


def visit_of(reads: Reads, ticket: Ticket) -> VisitService:
    """Return the service of the visit that is going on."""
    visit = reads.one(_VISIT, ticket=ticket.id)
    if visit is None:
        msg = "a ticket that is served or on hold has a service that has not ended"
        raise LookupError(msg)
    return visit


def service_of(reads: Reads, code: str) -> Service:
    """Return a service that is offered.

    Raises:
        Refusal: ``unknown-service``.
    """
    service = reads.get(Service, code)
    if service is None or not service.enabled:
        raise UNKNOWN_SERVICE(services=", ".join(each.code for each in reads.every(Service) if each.enabled))
    return service


def listed(word: str, allowed: Collection[str], unknown: RefusalKind = UNKNOWN_REASON) -> str:
    """Return a word that is in a closed list.

    Raises:
        Refusal: ``unknown`` with the words that are allowed; the given one is never shown.
    """
    if word not in allowed:
        raise unknown(allowed=", ".join(allowed))
    return word
