"""The counter's view: the ticket in hand, what this counter would call next, and one's own day."""

from sqlalchemy import bindparam, case, func
from sqlmodel import col, select

from tellertui.branch.records import Counter
from tellertui.core.clock import SECOND
from tellertui.store.handlers import answers
from tellertui.store.rows import Query, Reads, Statement
from tellertui.workflows.reception import api
from tellertui.workflows.reception.records import Ticket, VisitService
from tellertui.workflows.reception.rules.life import CALLED, ON_HOLD
from tellertui.workflows.reception.rules.policy import policy_on
from tellertui.workflows.reception.service.find import acting_counter
from tellertui.workflows.reception.service.pages import panel_is_on
from tellertui.workflows.reception.service.queue import longest, with_bounds
from tellertui.workflows.reception.service.show import counter_view, fields_of
from tellertui.workflows.reception.service.waiting import counts, in_order, pick, word
from tellertui.workflows.reception.views import DeskView, Hand, Held, Mine, VisitView

NEXT = 24
"""Tickets shown of those that the counter would call."""

_VISIT = Query(
    VisitService,
    select(VisitService)
    .where(col(VisitService.ticket) == bindparam("ticket"))
    .order_by(col(VisitService.started_at), col(VisitService.id)),
)
_HELD_HERE = Query(
    Ticket,
    select(Ticket)
    .where(
        col(Ticket.day) == bindparam("day"),
        col(Ticket.state) == word(ON_HOLD),
        col(Ticket.counter) == bindparam("counter"),
    )
    .order_by(col(Ticket.hold_since)),
)
_SERVED = Statement(
    select(
        func.count(),
        func.sum(col(VisitService.service_ms)),
        func.sum(case((col(VisitService.result) == "missing_papers", 1), else_=0)),
    ).where(
        col(VisitService.day) == bindparam("day"),
        col(VisitService.person) == bindparam("person"),
        col(VisitService.service_ms).is_not(None),
    )
)
_KNOWN = Statement(
    select(func.sum(case((col(Ticket.state) == "missed", 1), else_=0)), func.count(col(Ticket.rating))).where(
        col(Ticket.day) == bindparam("day"), col(Ticket.person) == bindparam("person")
    )
)


@answers(api.Desk)
def desk(reads: Reads, command: api.Desk) -> DeskView:
    """Return a counter as the person who sits there sees it."""
    counter = acting_counter(reads, command.counter)
    waiting, here = counts(reads), counter.services.split()
    return DeskView(
        counter=counter_view(counter),
        hand=_hand(reads, counter),
        next=with_bounds(reads, _next(reads, counter), list(reads.every(Counter))),
        on_hold=[
            _held(reads, ticket) for ticket in reads.all(_HELD_HERE, day=reads.day, counter=counter.code)
        ],
        waiting=sum(waiting.get(service, 0) for service in here),
        longest=longest(reads, here),
        mine=_mine(reads),
        panel=panel_is_on(reads, counter.code),
    )


def _next(reads: Reads, counter: Counter) -> list[Ticket]:
    """Return what the counter would call next, then those that follow in order."""
    first = pick(reads, counter.services)
    if first is None:
        return []
    rest = in_order(reads, counter.services.split(), NEXT)
    return [first.ticket, *(ticket for ticket in rest if ticket.id != first.ticket.id)][:NEXT]


def _held(reads: Reads, ticket: Ticket) -> Held:
    return Held(
        held_since=ticket.hold_since or reads.now,
        reason=ticket.hold_reason or "",
        **fields_of(ticket, reads.now),
    )


def _hand(reads: Reads, counter: Counter) -> Hand | None:
    ticket = reads.get(Ticket, counter.ticket)
    if ticket is None:
        return None
    policy = policy_on(reads.day)
    left = policy.calls.calls - ticket.calls if ticket.state == CALLED else 0
    return Hand(
        calls_left=left,
        recall_at=(ticket.called_at or 0) + policy.spacing(ticket.care) if left else None,
        started_at=ticket.started_at,
        visit=[_visit(visit) for visit in reads.all(_VISIT, ticket=ticket.id)],
        **fields_of(ticket, reads.now),
    )


def _visit(visit: VisitService) -> VisitView:
    return VisitView(
        service=visit.service,
        counter=visit.counter,
        person=visit.person,
        started_at=visit.started_at,
        ended_at=visit.ended_at,
        result=visit.result,
    )


def _mine(reads: Reads) -> Mine:
    person = reads.actor.name
    ((finished, total, papers),) = reads.values(_SERVED, day=reads.day, person=person)
    ((missed, ratings),) = reads.values(_KNOWN, day=reads.day, person=person)
    return Mine(
        finished=finished,
        service_mean_s=total // finished // SECOND if finished else None,
        no_show=missed or 0,
        ratings=ratings,
        papers_missing=papers or 0,
    )
