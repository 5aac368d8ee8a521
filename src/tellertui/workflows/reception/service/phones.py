"""Telephone numbers left with tickets: sealed by who cannot read them, shown with an entry, gone next day."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import bindparam, func
from sqlmodel import col, select

from tellertui.branch.events import FieldRevealed
from tellertui.core.clock import MINUTE, SECOND
from tellertui.core.refusal import ASK_AGAIN
from tellertui.customers.rules.check import check
from tellertui.customers.rules.contacts import PHONE
from tellertui.store.handlers import handles, views
from tellertui.store.rows import Query, Reads, Statement
from tellertui.store.work import Work
from tellertui.workflows.reception import api
from tellertui.workflows.reception import events as e
from tellertui.workflows.reception import phones as p
from tellertui.workflows.reception.records import Ticket, TicketPhone
from tellertui.workflows.reception.rules.life import MISSED, ON_HOLD, WAITING
from tellertui.workflows.reception.service.find import own_counter, ticket_of
from tellertui.workflows.reception.service.show import known
from tellertui.workflows.reception.service.waiting import in_order

LEAVE_S = 300
"""For so long after a number is taken a telephone number can be left with it."""
NEAR = 5
"""So many of those that a counter would call next are near their turn."""
MOST_SHOWN = 20
"""Numbers shown to one person within an hour."""
CALLABLE = frozenset({"mobile", "fixed-line", "fixed-line-or-mobile", "voip"})
CLASS = "customer"

_LEFT_BY = Query(TicketPhone, select(TicketPhone).where(col(TicketPhone.day) <= bindparam("day")))
_SHOWN = Statement(
    select(func.count()).where(
        col(TicketPhone.shown_to) == bindparam("person"), col(TicketPhone.shown_at) > bindparam("since")
    )
)


@handles(p.LeavePhone)
def leave_phone(work: Work, command: p.LeavePhone) -> tuple[UUID]:
    """Seal a telephone number to those who may call it (R-PH-01)."""
    ticket = ticket_of(work, command.ticket)
    waits = ticket.state == WAITING and ticket.day == work.day
    if not waits or work.now - ticket.arrived_at > LEAVE_S * SECOND:
        raise p.PHONE_LATE(number=ticket.number)
    if ticket.phone:
        raise p.PHONE_LEFT(number=ticket.number)
    sealed = work.seal(TicketPhone, ticket.id, ticket.id, phone=_callable(work, command.phone))
    work.insert(TicketPhone, ticket=ticket.id, day=work.day, **sealed)
    work.update(Ticket, ticket.id, phone=True)
    work.record(e.TicketPhoneLeft(ticket.id), ticket.id)
    return (ticket.id,)


def _callable(reads: Reads, digits: str) -> str:
    """Return a number in E.164; whatever is no telephone number of a person is refused unread."""
    verdict = check(PHONE, digits, date.fromisoformat(reads.day))
    if not verdict.passed or verdict.facts["type"] not in CALLABLE:
        raise p.PHONE_WRONG()
    return str(verdict.facts["e164"])


@views(p.LeavePhone)
def left(_: Reads, __: tuple[UUID]) -> None:
    """Show nothing: whoever left it knows it."""


@handles(p.ShowPhone)
def show_phone(work: Work, command: p.ShowPhone) -> tuple[UUID, int]:
    """Enter that a telephone number is shown, and why."""
    ticket = ticket_of(work, command.ticket)
    found = work.get(TicketPhone, ticket.id)
    if found is None or found.day != work.day:
        raise p.NO_PHONE(number=ticket.number)
    reason, person = _reason(work, ticket), work.actor.name
    ((shown,),) = work.values(_SHOWN, person=person, since=work.now - 60 * MINUTE)
    if shown >= MOST_SHOWN and found.shown_to != person:
        raise p.TOO_MANY_SHOWN(count=MOST_SHOWN)
    work.update(TicketPhone, ticket.id, shown_to=person, shown_at=work.now)
    work.record(FieldRevealed(TicketPhone.__tablename__, "phone", ticket.id, reason), ticket.id)
    return ticket.id, work.now


def _reason(work: Work, ticket: Ticket) -> str:
    """Return why the acting person may call this customer now."""
    counter = own_counter(work)
    if counter is None:
        raise api.OWN_COUNTER()
    services = counter.services.split()
    held_here = ticket.state == ON_HOLD and ticket.counter == counter.code
    if ticket.id == counter.ticket or held_here:
        return "in_hand"
    if ticket.state == MISSED and (ticket.counter == counter.code or ticket.service in services):
        return "missed"
    if ticket.id in {near.id for near in in_order(work, services, NEAR)}:
        return "near"
    raise p.PHONE_NOT_NOW(number=ticket.number)


@views(p.ShowPhone)
def shown_phone(work: Work, result: tuple[UUID, int]) -> p.PhoneView:
    """Open the number with the keys of this session; a repeat within its time needs no second entry."""
    ticket_id, at = result
    until = at + p.SHOWN_S * SECOND
    found = work.get(TicketPhone, ticket_id)
    if found is None or work.now > until:
        raise ASK_AGAIN()
    phone = work.open(TicketPhone, found, ticket_id, "phone")
    assert phone is not None
    return p.PhoneView(ticket=ticket_id, number=known(work, ticket_id).number, phone=phone, until=until)


@handles(p.DropPhones)
def drop_left(work: Work, _: p.DropPhones) -> tuple[()]:
    """Delete what earlier days have left."""
    drop_phones(work, (date.fromisoformat(work.day) - timedelta(days=1)).isoformat())
    return ()


@views(p.DropPhones)
def dropped(_: Reads, __: tuple[()]) -> None:
    """Show nothing: nobody asks."""


def drop_phones(work: Work, day: str) -> None:
    """Delete the telephone numbers of every day up to one, and the only keys that open them."""
    found = work.all(_LEFT_BY, day=day)
    for phone in found:
        work.delete(TicketPhone, phone.ticket)
        work.destroy_keys(phone.ticket, CLASS)
    if found:
        work.record(e.PhonesDropped(len(found)), *(phone.ticket for phone in found))
