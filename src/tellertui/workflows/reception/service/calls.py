"""Calling: the next ticket or a chosen one, again, and what comes of it."""

from typing import Any
from uuid import UUID

from tellertui.branch.records import Counter
from tellertui.core.clock import SECOND
from tellertui.store.handlers import handles, views
from tellertui.store.work import Work
from tellertui.workflows.reception import api
from tellertui.workflows.reception import events as e
from tellertui.workflows.reception.records import Ticket, VisitService
from tellertui.workflows.reception.rules.lists import lists
from tellertui.workflows.reception.rules.policy import policy_on
from tellertui.workflows.reception.service.find import free_counter, in_hand, listed, require, ticket_of
from tellertui.workflows.reception.service.show import called_view, ticket_view, wait_of
from tellertui.workflows.reception.service.waiting import Pick, as_json, older_than, pick

UNCALLED: dict[str, Any] = {
    "calls": 0,
    "first_called_at": None,
    "called_at": None,
    "counter": None,
    "person": None,
}
"""What a ticket loses when it goes back to wait."""
UNSEEN: dict[str, Any] = {"papers": None, "prechecked_by": None}
"""What is not known any more when it comes for something else, or with other papers."""


@handles(api.CallNext)
def call_next(work: Work, command: api.CallNext) -> tuple[UUID | None]:
    """Call the next ticket that the counter serves now (R-Q-01)."""
    counter = free_counter(work, command.counter)
    found = pick(work, counter.services)
    return (None,) if found is None else (_call(work, counter, found),)


@handles(api.CallTicket)
def call_ticket(work: Work, command: api.CallTicket) -> tuple[UUID]:
    """Call a chosen ticket; whom it passes over counts, but the limit does not stop it."""
    counter = free_counter(work, command.counter)
    ticket = ticket_of(work, command.ticket)
    require(ticket, "call")
    reason = listed(command.reason, lists().call)
    passed = older_than(work, ticket, as_json(f"{counter.services} {ticket.service}"))
    return (_call(work, counter, Pick(ticket, passed), reason),)


def _call(work: Work, counter: Counter, found: Pick, reason: str | None = None) -> UUID:
    ticket = found.ticket
    state = require(ticket, "call")
    called: dict[str, Any] = {"state": state, "counter": counter.code, "person": work.actor.name, "calls": 1}
    ticket = work.update(Ticket, ticket.id, first_called_at=work.now, called_at=work.now, **called)
    work.update(Counter, counter.code, ticket=ticket.id)
    facts = (ticket.id, ticket.number, ticket.service, ticket.care, counter.code)
    work.record(e.TicketCalled(*facts, wait_of(ticket, work.now), reason), ticket.id)
    for identifier, overtaken in found.older:
        work.update(Ticket, identifier, overtaken=overtaken + 1)
    if found.older:
        subjects = [UUID(bytes=identifier) for identifier, _ in found.older]
        work.record(e.QueueOvertaken(ticket.id, counter.code), *subjects)
    work.notify(f"{api.AT_COUNTER}:{counter.code}")
    return ticket.id


@handles(api.Recall)
def recall(work: Work, command: api.Recall) -> tuple[UUID]:
    """Call again, not too soon and not too often (R-Q-05)."""
    ticket, counter = in_hand(work, command, "recall")
    policy = policy_on(work.day)
    if ticket.calls >= policy.calls.calls:
        raise api.NO_MORE_CALLS(number=ticket.number, calls=ticket.calls)
    early = (ticket.called_at or 0) + policy.spacing(ticket.care) - work.now
    if early > 0:
        raise api.TOO_EARLY(retry_after_s=-(-early // SECOND))
    calls = ticket.calls + 1
    work.update(Ticket, ticket.id, calls=calls, called_at=work.now)
    work.record(e.TicketRecalled(ticket.id, counter.code, calls), ticket.id)
    work.notify(f"{api.AT_COUNTER}:{counter.code}")
    return (ticket.id,)


@handles(api.Arrive)
def arrive(work: Work, command: api.Arrive) -> tuple[UUID]:
    """Begin to serve: the wait ended with the first call of this calling (B9)."""
    ticket, counter = in_hand(work, command, "arrive")
    state = require(ticket, "arrive")
    begin(work, ticket, counter, ticket.service)
    work.update(Ticket, ticket.id, state=state, started_at=work.now, person=work.actor.name)
    facts = (ticket.id, ticket.service, ticket.care, counter.code)
    work.record(e.TicketArrived(*facts, wait_of(ticket, work.now)), ticket.id)
    work.notify(f"{api.AT_COUNTER}:{counter.code}")
    return (ticket.id,)


def begin(work: Work, ticket: Ticket, counter: Counter, service: str) -> None:
    """Start the clock of one service of a visit."""
    work.insert(
        VisitService,
        id=work.ids.new(),
        ticket=ticket.id,
        day=work.day,
        service=service,
        counter=counter.code,
        person=work.actor.name,
        started_at=work.now,
        held_ms=0,
    )


@handles(api.NoShow)
def no_show(work: Work, command: api.NoShow) -> tuple[UUID]:
    """Give a called ticket up, after the last call only (R-Q-05)."""
    ticket, counter = in_hand(work, command, "no_show")
    state = require(ticket, "no_show")
    left = policy_on(work.day).calls.calls - ticket.calls
    if left > 0:
        raise api.CALLS_LEFT(number=ticket.number, left=left)
    work.update(Ticket, ticket.id, state=state, missed_at=work.now)
    work.update(Counter, counter.code, ticket=None)
    work.record(e.TicketMissed(ticket.id, ticket.service, counter.code, ticket.calls), ticket.id)
    work.notify(f"{api.AT_COUNTER}:{counter.code}")
    return (ticket.id,)


views(api.CallNext)(called_view)
views(api.CallTicket)(called_view)
for _command in (api.Recall, api.Arrive, api.NoShow):
    views(_command)(ticket_view)
