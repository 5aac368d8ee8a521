"""Serving: hold and resume, forward, one more service, finish."""

from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import col, select

from tellertui.branch.records import Counter
from tellertui.core.clock import SECOND
from tellertui.store.handlers import handles, views
from tellertui.store.rows import Query
from tellertui.store.work import Work
from tellertui.workflows.reception import api
from tellertui.workflows.reception import events as e
from tellertui.workflows.reception.records import Ticket, VisitService
from tellertui.workflows.reception.rules.life import ON_HOLD, WAITING
from tellertui.workflows.reception.rules.lists import lists
from tellertui.workflows.reception.rules.policy import policy_on
from tellertui.workflows.reception.service.calls import UNCALLED, UNSEEN, begin
from tellertui.workflows.reception.service.find import (
    free_counter,
    in_hand,
    listed,
    require,
    service_of,
    ticket_of,
    visit_of,
)
from tellertui.workflows.reception.service.show import ticket_view
from tellertui.workflows.reception.service.slips import queue_slip
from tellertui.workflows.reception.service.tickets import note_papers
from tellertui.workflows.reception.service.waiting import word

_HELD_HERE = Query(
    Ticket,
    select(Ticket)
    .where(
        col(Ticket.day) == bindparam("day"),
        col(Ticket.state) == word(ON_HOLD),
        col(Ticket.counter) == bindparam("counter"),
    )
    .order_by(col(Ticket.hold_since))
    .limit(1),
)


@handles(api.Hold)
def hold(work: Work, command: api.Hold) -> tuple[UUID]:
    """Interrupt serving and free the counter."""
    ticket, counter = in_hand(work, command, "hold")
    reason = listed(command.reason, lists().hold)
    state = require(ticket, "hold")
    work.update(Ticket, ticket.id, state=state, hold_since=work.now, hold_reason=reason)
    work.update(Counter, counter.code, ticket=None)
    work.record(e.TicketHeld(ticket.id, counter.code, reason), ticket.id)
    work.notify(f"{api.AT_COUNTER}:{counter.code}")
    return (ticket.id,)


@handles(api.Resume)
def resume(work: Work, command: api.Resume) -> tuple[UUID]:
    """Go on serving at a free counter; the time on hold is in no clock."""
    counter = free_counter(work, command.counter)
    ticket = _held(work, command, counter)
    state = require(ticket, "resume")
    held = work.now - (ticket.hold_since or work.now)
    visit = visit_of(work, ticket)
    here = {"counter": counter.code, "person": work.actor.name}
    work.update(VisitService, visit.id, held_ms=visit.held_ms + held, **here)
    over = {"hold_since": None, "hold_reason": None, "held_ms": ticket.held_ms + held}
    work.update(Ticket, ticket.id, state=state, **over, **here)
    work.update(Counter, counter.code, ticket=ticket.id)
    work.record(e.TicketResumed(ticket.id, counter.code, held // SECOND), ticket.id)
    work.notify(f"{api.AT_COUNTER}:{counter.code}")
    return (ticket.id,)


def _held(work: Work, command: api.Resume, counter: Counter) -> Ticket:
    if command.ticket is not None:
        return ticket_of(work, command.ticket)
    ticket = work.one(_HELD_HERE, day=work.day, counter=counter.code)
    if ticket is None:
        raise api.NOTHING_ON_HOLD(counter=counter.code)
    return ticket


@handles(api.Forward)
def forward(work: Work, command: api.Forward) -> tuple[UUID]:
    """Let a ticket wait for another service; it keeps the instant that counts for the order."""
    ticket, counter = _to_forward(work, command)
    state = require(ticket, "forward")
    reason = listed(command.reason, lists().forward)
    target = service_of(work, command.service)
    if target.code == ticket.service:
        raise api.SAME_SERVICE(number=ticket.number)
    service_s, here = 0, None
    if counter is not None:
        service_s, here = end(work, ticket, "forwarded"), counter.code
        work.update(Counter, here, ticket=None)
        work.notify(f"{api.AT_COUNTER}:{here}")
    waits = {"state": state, "service": target.code, "started_at": None}
    work.update(Ticket, ticket.id, **waits, **UNSEEN, **UNCALLED)
    work.record(e.TicketForwarded(ticket.id, ticket.service, target.code, here, reason, service_s), ticket.id)
    return (ticket.id,)


def _to_forward(work: Work, command: api.Forward) -> tuple[Ticket, Counter | None]:
    """Return a named waiting ticket, else the one in hand."""
    if command.ticket is not None:
        ticket = ticket_of(work, command.ticket)
        require(ticket, "forward")
        if ticket.state == WAITING:
            return ticket, None
    return in_hand(work, command, "forward")


@handles(api.NextService)
def next_service(work: Work, command: api.NextService) -> tuple[UUID]:
    """End one service as done and begin another in the same visit, each with its own clock."""
    ticket, counter = in_hand(work, command, "next_service")
    target = service_of(work, command.service)
    service_s = end(work, ticket, "done")
    begin(work, ticket, counter, target.code)
    begun = {"service": target.code, "started_at": work.now, "person": work.actor.name}
    work.update(Ticket, ticket.id, **begun, **UNSEEN)
    facts = (ticket.id, ticket.service, counter.code, service_s, target.code)
    work.record(e.TicketContinued(*facts), ticket.id)
    work.notify(f"{api.AT_COUNTER}:{counter.code}")
    return (ticket.id,)


@handles(api.Finish)
def finish(work: Work, command: api.Finish) -> tuple[UUID]:
    """End the visit with a result; whether a rating is asked is a rule (R-Q-09)."""
    ticket, counter = in_hand(work, command, "finish")
    state = require(ticket, "finish")
    result = listed(command.result, lists().result)
    if command.missing:
        note_papers(work, ticket, command.missing)
    service_s = end(work, ticket, result)
    asked = int(ticket.rating is None and result in policy_on(work.day).rating.asked_after)
    work.update(Ticket, ticket.id, state=state, result=result, ended_at=work.now, person=work.actor.name)
    work.update(Counter, counter.code, ticket=None)
    facts = (ticket.id, ticket.service, ticket.care, counter.code, result, service_s, asked)
    work.record(e.TicketFinished(*facts), ticket.id)
    if result == "missing_papers":
        queue_slip(work, ticket.id, "return")
    work.notify(f"{api.AT_COUNTER}:{counter.code}")
    return (ticket.id,)


def end(work: Work, ticket: Ticket, result: str) -> int:
    """Stop the clock of the service that is going on and return its whole seconds, less its holds."""
    visit = visit_of(work, ticket)
    length = work.now - visit.started_at - visit.held_ms
    finished = length if result in lists().result else None
    work.update(
        VisitService, visit.id, ended_at=work.now, result=result, service_ms=finished, person=work.actor.name
    )
    return length // SECOND


for _command in (api.Hold, api.Resume, api.Forward, api.NextService, api.Finish):
    views(_command)(ticket_view)
