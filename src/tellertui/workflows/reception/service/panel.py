"""The customer's side of a counter: what it shows, and the rating of the visit that has just ended there."""

from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import col, select

from tellertui.branch.hours import branch_of
from tellertui.branch.records import Counter, Service
from tellertui.core.clock import SECOND
from tellertui.store.handlers import answers, handles, views
from tellertui.store.rows import Query, Reads
from tellertui.store.work import Work
from tellertui.workflows.reception import api
from tellertui.workflows.reception import events as e
from tellertui.workflows.reception.records import Ticket
from tellertui.workflows.reception.rules.life import SERVED, SERVING
from tellertui.workflows.reception.rules.lists import lists
from tellertui.workflows.reception.rules.policy import policy_on
from tellertui.workflows.reception.service.find import counter_named, listed, require, ticket_of
from tellertui.workflows.reception.service.lanes import words_of
from tellertui.workflows.reception.service.waiting import word
from tellertui.workflows.reception.views import PanelView, RatingAsked

LOW = 2
"""Scores up to this one are asked for reasons."""

_LAST_SERVED = Query(
    Ticket,
    select(Ticket)
    .where(
        col(Ticket.day) == bindparam("day"),
        col(Ticket.state) == word(SERVED),
        col(Ticket.counter) == bindparam("counter"),
    )
    .order_by(col(Ticket.ended_at).desc(), col(Ticket.place).desc())
    .limit(1),
)


@answers(api.Panel)
def panel(reads: Reads, command: api.Panel) -> PanelView:
    """Return a counter as the customer in front of it sees it."""
    counter = counter_named(reads, command.counter)
    hand = reads.get(Ticket, counter.ticket)
    offered = [reads.get(Service, code) for code in counter.services.split()]
    return PanelView(
        counter=counter.code,
        state=counter.state,
        services=[words_of(service) for service in offered if service is not None],
        number=None if hand is None else hand.number,
        serving=hand is not None and hand.state == SERVING,
        language=branch_of(reads).language if hand is None else hand.language,
        rating=_asked(reads, counter),
    )


def _asked(reads: Reads, counter: Counter) -> RatingAsked | None:
    """Return the rating that is asked now; whether the next number is called changes nothing (R-Q-09)."""
    ticket, rule = _last_served(reads, counter.code), policy_on(reads.day).rating
    if ticket is None or ticket.rating is not None or ticket.result not in rule.asked_after:
        return None
    until = (ticket.ended_at or 0) + rule.asked_s * SECOND
    if reads.now >= until:
        return None
    return RatingAsked(ticket=ticket.id, number=ticket.number, language=ticket.language, until=until)


def _last_served(reads: Reads, counter: str | None) -> Ticket | None:
    return reads.one(_LAST_SERVED, day=reads.day, counter=counter)


@handles(api.Rate)
def rate(work: Work, command: api.Rate) -> tuple[UUID]:
    """Take the customer's rating of the visit that has just ended at a counter."""
    ticket = ticket_of(work, command.ticket)
    require(ticket, "rate")
    if ticket.day != work.day:
        raise api.NOT_TODAY()
    if ticket.rating is not None:
        raise api.RATED(number=ticket.number)
    last = _last_served(work, ticket.counter)
    late = work.now - (ticket.ended_at or 0) > policy_on(work.day).rating.taken_s * SECOND
    if late or last is None or last.id != ticket.id:
        raise api.RATING_OVER(number=ticket.number)
    reasons = tuple(listed(reason, lists().rating) for reason in dict.fromkeys(command.reasons))
    if reasons and command.score > LOW:
        raise api.REASONS_UNASKED()
    work.update(Ticket, ticket.id, rating=command.score)
    staff = ticket.person or work.actor.name
    work.record(e.TicketRated(ticket.id, ticket.service, staff, command.score, reasons), ticket.id)
    work.notify(f"{api.AT_COUNTER}:{ticket.counter}")
    return (ticket.id,)


@views(api.Rate)
def rated(reads: Reads, result: tuple[UUID]) -> None:
    """Say nothing; the rating is between customer and branch."""
