"""The close of a day over reception: open tickets expire, appointments lapse, counters are left."""

from sqlalchemy import bindparam
from sqlmodel import col, select

from tellertui.branch.api import ExpireOpen
from tellertui.branch.records import Counter
from tellertui.store.handlers import answers, handles, views
from tellertui.store.rows import Query, Reads
from tellertui.store.work import Work
from tellertui.workflows.reception import api
from tellertui.workflows.reception import events as e
from tellertui.workflows.reception.records import Appointment, Ticket, VisitService
from tellertui.workflows.reception.rules.life import EXPIRED, IN_HAND, ON_HOLD, OPEN, SERVING
from tellertui.workflows.reception.service.counters import close
from tellertui.workflows.reception.service.find import require, visit_of
from tellertui.workflows.reception.service.phones import drop_phones
from tellertui.workflows.reception.service.show import wait_of
from tellertui.workflows.reception.service.slips import drop_slips
from tellertui.workflows.reception.service.waiting import word
from tellertui.workflows.reception.views import LeftOver

_STILL_OPEN = Query(
    Ticket,
    select(Ticket)
    .where(
        col(Ticket.day) <= bindparam("day"),
        col(Ticket.state).in_([word(state) for state in OPEN]),
    )
    .order_by(col(Ticket.day), col(Ticket.place)),
)
_LEFT_OVER = Query(
    Ticket,
    select(Ticket)
    .where(
        col(Ticket.day) == bindparam("day"),
        col(Ticket.state).in_([word(state) for state in (*OPEN, EXPIRED)]),
    )
    .order_by(col(Ticket.arrived_at), col(Ticket.place)),
)
_STILL_BOOKED = Query(
    Appointment,
    select(Appointment)
    .where(col(Appointment.day) <= bindparam("day"), col(Appointment.state) == "booked")
    .order_by(col(Appointment.day), col(Appointment.code)),
)


@handles(ExpireOpen)
def expire_open(work: Work, command: ExpireOpen) -> tuple[int]:
    """Expire every open ticket up to a day, each with an entry that says how long it had waited."""
    tickets = work.all(_STILL_OPEN, day=command.day)
    for ticket in tickets:
        _expire(work, ticket)
    for appointment in work.all(_STILL_BOOKED, day=command.day):
        work.update(Appointment, appointment.id, state="lapsed")
        work.record(e.AppointmentLapsed(appointment.id, appointment.service), appointment.id)
    if command.day == work.day:
        _leave_counters(work)
    drop_slips(work, command.day)
    drop_phones(work, command.day)
    work.notify(api.QUEUE, api.BOARD)
    return (len(tickets),)


def _leave_counters(work: Work) -> None:
    """Close every counter; an earlier day says nothing about who sits there now."""
    for counter in work.every(Counter):
        if counter.state != "closed":
            close(work, counter)


def _expire(work: Work, ticket: Ticket) -> None:
    state = require(ticket, "expire")
    if ticket.state in (SERVING, ON_HOLD):
        work.update(VisitService, visit_of(work, ticket).id, ended_at=work.now, result="expired")
    if ticket.state in IN_HAND and ticket.counter is not None:
        work.update(Counter, ticket.counter, ticket=None)
    work.update(Ticket, ticket.id, state=state, ended_at=work.now)
    facts = (ticket.id, ticket.service, ticket.state, wait_of(ticket, work.now))
    work.record(e.TicketExpired(*facts), ticket.id)


@views(ExpireOpen)
def expired(reads: Reads, result: tuple[int]) -> int:
    """Return how many tickets expired."""
    return result[0]


@answers(api.LeftOver)
def left_over(reads: Reads, command: api.LeftOver) -> LeftOver:
    """Return the numbers of a day's unfinished tickets, in order of issue."""
    tickets = reads.all(_LEFT_OVER, day=command.day)
    return LeftOver(
        open=[ticket.number for ticket in tickets if ticket.state != EXPIRED],
        expired=[ticket.number for ticket in tickets if ticket.state == EXPIRED],
    )
