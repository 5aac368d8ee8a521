"""What everybody may see: the board, and the services on offer."""

from sqlalchemy import bindparam
from sqlmodel import col, select

from tellertui.branch.records import Counter
from tellertui.store.handlers import answers
from tellertui.store.rows import Query, Reads
from tellertui.workflows.reception import api
from tellertui.workflows.reception.records import Ticket
from tellertui.workflows.reception.rules.life import CALLED, SERVED, SERVING
from tellertui.workflows.reception.rules.policy import LAW_BACKED
from tellertui.workflows.reception.service.lanes import lanes, offers
from tellertui.workflows.reception.service.queue import missed
from tellertui.workflows.reception.service.waiting import word
from tellertui.workflows.reception.views import BoardCall, BoardCounter, BoardView, ServiceOffer

CALLS = 24

_NEWEST = Query(
    Ticket,
    select(Ticket)
    .where(
        col(Ticket.day) == bindparam("day"),
        col(Ticket.called_at).is_not(None),
        col(Ticket.state).in_([word(state) for state in (CALLED, SERVING, SERVED)]),
    )
    .order_by(col(Ticket.called_at).desc(), col(Ticket.place).desc())
    .limit(CALLS),
)


@answers(api.Board)
def board(reads: Reads, _: api.Board) -> BoardView:
    """Return numbers, counters and waits; no person and no reason of a pause."""
    newest = reads.all(_NEWEST, day=reads.day)
    counters = list(reads.every(Counter))
    return BoardView(
        calls=[_call(ticket) for ticket in newest if ticket.state == CALLED],
        before=[_call(ticket) for ticket in newest if ticket.state != CALLED],
        missed=[ticket.number for ticket in missed(reads)],
        lanes=lanes(reads, counters),
        counters=[
            BoardCounter(counter=each.code, services=each.services.split(), state=each.state)
            for each in counters
        ],
    )


def _call(ticket: Ticket) -> BoardCall:
    return BoardCall(
        number=ticket.number,
        counter=ticket.counter or "",
        calls=ticket.calls,
        at=ticket.called_at or 0,
        care=ticket.care in LAW_BACKED,
        language=ticket.language,
    )


@answers(api.Services)
def services(reads: Reads, _: api.Services) -> list[ServiceOffer]:
    """Return what can be issued."""
    return offers(reads, list(reads.every(Counter)))
