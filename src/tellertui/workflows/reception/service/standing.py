"""Looking for tickets of today by number, and why each stands where it stands."""

from sqlalchemy import bindparam, case
from sqlmodel import col, select

from tellertui.branch.records import Counter
from tellertui.core.clock import MINUTE
from tellertui.store.handlers import answers
from tellertui.store.rows import Query, Reads
from tellertui.workflows.reception import api
from tellertui.workflows.reception.records import Ticket
from tellertui.workflows.reception.rules.life import CALLED, MISSED, ON_HOLD, SERVING, WAITING
from tellertui.workflows.reception.rules.policy import policy_on
from tellertui.workflows.reception.service.show import fields_of
from tellertui.workflows.reception.service.waiting import ahead_of, bounds, capacity, cut
from tellertui.workflows.reception.views import Found

MOST = 40
_FIRST = {state: place for place, state in enumerate((WAITING, MISSED, CALLED, SERVING, ON_HOLD))}
_SOONEST = (case(_FIRST, value=col(Ticket.state), else_=len(_FIRST)), col(Ticket.place).desc())

_ENDING = Query(
    Ticket,
    select(Ticket)
    .where(
        col(Ticket.day) == bindparam("day"),
        col(Ticket.ordinal) % bindparam("ring") == bindparam("rest"),
    )
    .order_by(*_SOONEST)
    .limit(MOST),
)
_WHOLE = Query(
    Ticket,
    select(Ticket).where(
        col(Ticket.day) == bindparam("day"),
        col(Ticket.prefix) == bindparam("prefix"),
        col(Ticket.ordinal) == bindparam("ordinal"),
    ),
)


@answers(api.Find)
def find(reads: Reads, command: api.Find) -> list[Found]:
    """Return the tickets that answer to a number or the end of one."""
    number = command.number
    if number[0].isalpha():
        found = reads.all(_WHOLE, day=reads.day, prefix=number[0].upper(), ordinal=int(number[1:]))
    else:
        found = reads.all(_ENDING, day=reads.day, ring=10 ** len(number), rest=int(number))
    counters = list(reads.every(Counter))
    bound = bounds(reads, [ticket for ticket in found if ticket.state == WAITING], counters)
    return [_found(reads, ticket, counters, bound.get(ticket.id)) for ticket in found]


def _found(reads: Reads, ticket: Ticket, counters: list[Counter], bound: int | None) -> Found:
    waits = ticket.state == WAITING
    return Found(
        credit_min=(ticket.ranked_at - ticket.rank) // MINUTE,
        front=waits and ticket.ranked_at <= cut(reads),
        ahead=ahead_of(reads, ticket, capacity(counters, ticket.service).services) if waits else None,
        can_return=_can_return(reads, ticket),
        overtaken_by_at_most=bound,
        **fields_of(ticket, reads.now),
    )


def _can_return(reads: Reads, ticket: Ticket) -> bool:
    if ticket.state == MISSED:
        limit = policy_on(reads.day).calls.reactivate_minutes * MINUTE
        return not ticket.reactivated and reads.now - (ticket.missed_at or 0) <= limit
    return ticket.result == "missing_papers"
