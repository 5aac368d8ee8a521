"""Appointments: a time promised under a four-digit code, without a name."""

from uuid import UUID

from msgspec.structs import asdict
from sqlalchemy import bindparam
from sqlmodel import col, select

from tellertui.branch.hours import hours_on
from tellertui.core.clock import MINUTE, at, day_of
from tellertui.core.refusal import Refusal
from tellertui.core.role import Listener
from tellertui.store.handlers import answers, handles, views
from tellertui.store.rows import Query, Reads
from tellertui.store.work import Work
from tellertui.workflows.reception import api
from tellertui.workflows.reception import events as e
from tellertui.workflows.reception.records import Appointment, Ticket
from tellertui.workflows.reception.rules.policy import policy_on
from tellertui.workflows.reception.service.find import identifier, service_of, zone_of
from tellertui.workflows.reception.service.moments import moment, time_of
from tellertui.workflows.reception.service.show import issued_view, known
from tellertui.workflows.reception.service.slips import queue_slip
from tellertui.workflows.reception.service.tickets import give
from tellertui.workflows.reception.views import Appointment as AppointmentView
from tellertui.workflows.reception.views import CheckedIn, Promised

CODES = 10_000

_OF_DAY = Query(Appointment, select(Appointment).where(col(Appointment.day) == bindparam("day")))
_IN_ORDER = Query(
    Appointment,
    select(Appointment)
    .where(col(Appointment.day) == bindparam("day"))
    .order_by(col(Appointment.at), col(Appointment.code)),
)
_CODED = Query(
    Appointment,
    select(Appointment).where(
        col(Appointment.day) == bindparam("day"), col(Appointment.code) == bindparam("code")
    ),
)


@handles(api.Book)
def book(work: Work, command: api.Book) -> tuple[UUID]:
    """Promise a time within the hours of its day."""
    service = service_of(work, command.service)
    zone = zone_of(work)
    instant = moment(command.at, work.day, zone, work.now)
    day = day_of(instant, zone)
    hours = hours_on(work, day)
    if hours is None or not at(day, hours[0], zone) <= instant < at(day, hours[1], zone):
        raise api.BRANCH_CLOSED()
    identity = work.ids.new()
    code = _free_code(work, day, identity)
    work.insert(
        Appointment, id=identity, day=day, code=code, service=service.code, at=instant, state="booked"
    )
    work.record(e.AppointmentBooked(identity, code, service.code, instant), identity)
    return (identity,)


def _free_code(work: Work, day: str, identity: UUID) -> str:
    """Return a code that nobody has on that day; where to look first comes from the id's random bits."""
    taken = {appointment.code for appointment in work.all(_OF_DAY, day=day)}
    first = identity.int % CODES
    for step in range(len(taken) + 1):
        code = f"{(first + step) % CODES:04d}"
        if code not in taken:
            return code
    raise api.APPOINTMENTS_FULL()


@views(api.Book)
def booked(reads: Reads, result: tuple[UUID]) -> AppointmentView:
    """Return the appointment with its code."""
    found = reads.get(Appointment, result[0])
    if found is None:
        raise api.UNKNOWN_APPOINTMENT()
    return AppointmentView(id=found.id, code=found.code, service=found.service, at=found.at)


@answers(api.Appointments)
def appointments(reads: Reads, command: api.Appointments) -> list[Promised]:
    """Return what was promised for a business date."""
    return [_promised(reads, found) for found in reads.all(_IN_ORDER, day=command.day or reads.day)]


def _promised(reads: Reads, found: Appointment) -> Promised:
    ticket = reads.get(Ticket, found.ticket)
    return Promised(
        id=found.id,
        code=found.code,
        service=found.service,
        at=found.at,
        state=found.state,
        number=None if ticket is None else ticket.number,
    )


@handles(api.Cancel)
def cancel(work: Work, command: api.Cancel) -> tuple[UUID]:
    """Give a promised time up."""
    found = work.get(Appointment, identifier(command.appointment, api.UNKNOWN_APPOINTMENT))
    if found is None:
        raise api.UNKNOWN_APPOINTMENT()
    if found.state != "booked":
        raise api.CHECKED_IN()
    work.update(Appointment, found.id, state="cancelled")
    work.record(e.AppointmentCancelled(found.id, found.service), found.id)
    return (found.id,)


@views(api.Cancel)
def cancelled(reads: Reads, result: tuple[UUID]) -> Promised:
    """Return what was given up."""
    found = reads.get(Appointment, result[0])
    assert found is not None
    return _promised(reads, found)


@handles(api.CheckIn)
def check_in(work: Work, command: api.CheckIn) -> tuple[UUID]:
    """Give a number for an appointment, a little before or after its time (R-Q-08).

    In the lobby every refusal is the same, so that nobody learns there which codes are whose and when.
    """
    try:
        ticket_id = _checked_in(work, command)
    except Refusal:
        if work.actor.listener is Listener.LOBBY:
            raise api.NOT_HERE() from None
        raise
    return (ticket_id,)


def _checked_in(work: Work, command: api.CheckIn) -> UUID:
    found = _of_today(work, command.appointment)
    if found.state != "booked":
        raise api.CHECKED_IN()
    rule = policy_on(work.day).appointments
    start, last = found.at - rule.early_minutes * MINUTE, found.at + rule.late_minutes * MINUTE
    if not start <= work.now <= last:
        zone = zone_of(work)
        raise api.NOT_CHECK_IN_TIME(**{"from": time_of(start, zone), "until": time_of(last, zone)})
    service = service_of(work, found.service)
    ticket = give(work, service, "appointment", "appointment", command.language)
    work.update(Appointment, found.id, state="arrived", ticket=ticket.id)
    work.record(e.AppointmentCheckedIn(found.id, ticket.id), found.id)
    if command.slip:
        queue_slip(work, ticket.id)
    return ticket.id


def _of_today(work: Work, ref: str) -> Appointment:
    if len(ref) == len("0000"):
        found = work.one(_CODED, day=work.day, code=ref)
    else:
        found = work.get(Appointment, identifier(ref, api.UNKNOWN_APPOINTMENT))
    if found is None or found.day != work.day:
        raise api.UNKNOWN_APPOINTMENT()
    return found


@views(api.CheckIn)
def checked_in_view(reads: Reads, result: tuple[UUID]) -> CheckedIn:
    """Return the number, and what it is for."""
    return CheckedIn(service=known(reads, result[0]).service, **asdict(issued_view(reads, result)))
