"""Numbers before the call, and after the visit: issue, papers, class, coming back, leaving."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func
from sqlmodel import col, select

from tellertui.branch.hours import branch_of
from tellertui.branch.records import Service
from tellertui.core.clock import MINUTE, SECOND
from tellertui.core.role import Listener
from tellertui.store.handlers import handles, views
from tellertui.store.rows import Query, Reads, Statement
from tellertui.store.work import Work
from tellertui.workflows.reception import api
from tellertui.workflows.reception import events as e
from tellertui.workflows.reception.records import Ticket, VisitService
from tellertui.workflows.reception.rules.life import WAITING
from tellertui.workflows.reception.rules.lists import lists
from tellertui.workflows.reception.rules.policy import CLASSES, LAW_BACKED, policy_on
from tellertui.workflows.reception.service.calls import UNCALLED, UNSEEN
from tellertui.workflows.reception.service.find import (
    listed,
    require,
    service_of,
    ticket_of,
    visit_of,
)
from tellertui.workflows.reception.service.moments import require_numbers, require_open
from tellertui.workflows.reception.service.show import issued_view, ticket_view, wait_of
from tellertui.workflows.reception.service.slips import queue_slip
from tellertui.workflows.reception.service.waiting import word

DECLARE_S = 300
"""For so long a number can still be declared to go first at the kiosk."""

_LAST_PLACE = Statement(select(func.max(col(Ticket.place))).where(col(Ticket.day) == bindparam("day")))
_LAST_ORDINAL = Statement(
    select(func.max(col(Ticket.ordinal))).where(
        col(Ticket.day) == bindparam("day"), col(Ticket.prefix) == bindparam("prefix")
    )
)
_FIRST_OF_CLASS = Query(
    Ticket,
    select(Ticket)
    .where(
        col(Ticket.day) == bindparam("day"),
        col(Ticket.service) == bindparam("service"),
        col(Ticket.care) == bindparam("care"),
        col(Ticket.state) == word(WAITING),
    )
    .order_by(col(Ticket.rank), col(Ticket.ranked_at), col(Ticket.place))
    .limit(bindparam("rows")),
)


@handles(api.Issue)
def issue(work: Work, command: api.Issue) -> tuple[UUID]:
    """Give a number, before opening in the order of the door (R-Q-01)."""
    service = service_of(work, command.service)
    care = listed(command.care, CLASSES, api.UNKNOWN_CLASS)
    source = "kiosk" if work.actor.listener is Listener.LOBBY else "lobby"
    ticket = give(work, service, care, source, command.language)
    if command.slip:
        queue_slip(work, ticket.id)
    return (ticket.id,)


def give(work: Work, service: Service, care: str, source: str, language: str | None = None) -> Ticket:
    """Write a new waiting ticket with the next number of its prefix.

    Raises:
        Refusal: ``branch-closed``, ``service-stopped`` or ``last-number``.
    """
    require_open(work)
    require_numbers(work, service)
    ordinal = _next(work, _LAST_ORDINAL, prefix=service.prefix)
    ticket = work.insert(
        Ticket,
        id=work.ids.new(),
        day=work.day,
        place=_next(work, _LAST_PLACE),
        prefix=service.prefix,
        ordinal=ordinal,
        number=f"{service.prefix}{ordinal:03d}",
        service=service.code,
        care=care,
        language=language or branch_of(work).language,
        source=source,
        state=WAITING,
        arrived_at=work.now,
        ranked_at=work.now,
        rank=work.now - policy_on(work.day).credit(care),
        overtaken=0,
        calls=0,
        held_ms=0,
        reactivated=False,
        phone=False,
    )
    issued = e.TicketIssued(ticket.id, ticket.number, ticket.service, care, ticket.language, source)
    work.record(issued, ticket.id)
    return ticket


def _next(reads: Reads, statement: Statement, **params: Any) -> int:
    ((last,),) = reads.values(statement, day=reads.day, **params)
    return (last or 0) + 1


@handles(api.Precheck)
def precheck(work: Work, command: api.Precheck) -> tuple[UUID]:
    """Note which papers are missing."""
    ticket = ticket_of(work, command.ticket)
    require(ticket, "precheck")
    note_papers(work, ticket, [] if command.papers == "ok" else command.papers)
    return (ticket.id,)


def note_papers(work: Work, ticket: Ticket, given: Iterable[str]) -> None:
    """Write which papers of its service a ticket lacks, and who has seen it.

    Raises:
        Refusal: ``unknown-paper``.
    """
    needed = service_of(work, ticket.service).papers.split()
    missing = [listed(paper, needed, api.UNKNOWN_PAPER) for paper in dict.fromkeys(given)]
    work.update(Ticket, ticket.id, papers=" ".join(missing) or "ok", prechecked_by=work.actor.name)
    work.record(e.TicketPrechecked(ticket.id, tuple(missing)), ticket.id)


@handles(api.Reclassify)
def reclassify(work: Work, command: api.Reclassify) -> tuple[UUID]:
    """Change the class of a waiting ticket; it keeps its arrival."""
    ticket = ticket_of(work, command.ticket)
    require(ticket, "reclassify")
    care = listed(command.care, CLASSES, api.UNKNOWN_CLASS)
    _reclassify(work, ticket, care, listed(command.reason, lists().reclassify))
    return (ticket.id,)


@handles(api.Declare)
def declare(work: Work, command: api.Declare) -> tuple[UUID]:
    """Put a number first that has just been taken at a kiosk."""
    ticket = ticket_of(work, command.ticket)
    require(ticket, "reclassify")
    care = listed(command.care, LAW_BACKED, api.UNKNOWN_CLASS)
    taken_here = ticket.source == "kiosk" and ticket.care == "normal"
    if not taken_here or work.now - ticket.arrived_at > DECLARE_S * SECOND:
        raise api.DECLARED_LATE(number=ticket.number)
    _reclassify(work, ticket, care, "told")
    return (ticket.id,)


def _reclassify(work: Work, ticket: Ticket, care: str, reason: str) -> None:
    credit = policy_on(work.day).credit(care, returned=ticket.returned_at is not None)
    work.update(Ticket, ticket.id, care=care, rank=ticket.ranked_at - credit)
    work.record(e.TicketReclassified(ticket.id, ticket.care, care, reason), ticket.id)


@handles(api.Reactivate)
def reactivate(work: Work, command: api.Reactivate) -> tuple[UUID]:
    """Let a missed ticket wait again, once, behind the first of its own class and service (R-Q-05)."""
    ticket = ticket_of(work, command.ticket)
    state = require(ticket, "reactivate")
    rule = policy_on(work.day).calls
    if ticket.reactivated:
        raise api.REACTIVATED(number=ticket.number)
    if work.now - (ticket.missed_at or 0) > rule.reactivate_minutes * MINUTE:
        raise api.MISSED_TOO_LONG(number=ticket.number, minutes=rule.reactivate_minutes)
    params = {"day": ticket.day, "service": ticket.service, "care": ticket.care}
    first = work.all(_FIRST_OF_CLASS, rows=rule.reactivate_behind, **params)
    ranked_at = max([ticket.ranked_at, *(other.ranked_at + 1 for other in first[-1:])])
    work.update(
        Ticket,
        ticket.id,
        state=state,
        ranked_at=ranked_at,
        rank=ranked_at - (ticket.ranked_at - ticket.rank),
        reactivated=True,
        **UNCALLED,
    )
    work.record(e.TicketReactivated(ticket.id), ticket.id)
    return (ticket.id,)


@handles(api.Return)
def give_back(work: Work, command: api.Return) -> tuple[UUID]:
    """Let a customer who was sent for papers wait again: the same number, with credit."""
    ticket = ticket_of(work, command.ticket)
    state = require(ticket, "return")
    if ticket.result != "missing_papers" or ticket.day != work.day:
        raise api.NOT_RETURNING(number=ticket.number)
    require_open(work)
    work.update(
        Ticket,
        ticket.id,
        state=state,
        returned_at=work.now,
        ranked_at=work.now,
        rank=work.now - policy_on(work.day).credit(ticket.care, returned=True),
        held_ms=0,
        started_at=None,
        ended_at=None,
        result=None,
        **UNSEEN,
        **UNCALLED,
    )
    work.record(e.TicketReturned(ticket.id, ticket.service), ticket.id)
    return (ticket.id,)


@handles(api.Leave)
def leave(work: Work, command: api.Leave) -> tuple[UUID]:
    """Note that a customer has left."""
    ticket = ticket_of(work, command.ticket)
    state = require(ticket, "leave")
    if ticket.state == "on_hold":
        work.update(VisitService, visit_of(work, ticket).id, ended_at=work.now, result="left")
    work.update(Ticket, ticket.id, state=state, ended_at=work.now)
    left = e.TicketLeft(ticket.id, ticket.service, ticket.state, wait_of(ticket, work.now))
    work.record(left, ticket.id)
    return (ticket.id,)


views(api.Issue)(issued_view)
views(api.Declare)(issued_view)
for _command in (api.Precheck, api.Reclassify, api.Reactivate, api.Return, api.Leave):
    views(_command)(ticket_view)
