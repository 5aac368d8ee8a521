"""The queue as statements: who is next, who would be passed over, how many are ahead, how long it takes.

The order is that of ``rules.order`` on indexes: for each service the first of its front group, else its first
by rank, and the best of those. A partial index on waiting tickets makes each of these one step.
"""

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Integer,
    Table,
    TableValuedAlias,
    Text,
    and_,
    bindparam,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
)

from tellertui.branch.records import Counter, Service
from tellertui.core.clock import MINUTE
from tellertui.store.rows import Query, Reads, Statement
from tellertui.workflows.reception.records import Ticket, VisitService
from tellertui.workflows.reception.rules.life import WAITING
from tellertui.workflows.reception.rules.order import at_most, falls_back
from tellertui.workflows.reception.rules.policy import policy_on


def word(code: str) -> ColumnElement[str]:
    """Return a state as the statement's own text, as partial indexes need it."""
    return literal_column(f"'{code}'")


_T = cast(Table, Ticket.__table__)  # type: ignore[attr-defined]
_V = cast(Table, VisitService.__table__)  # type: ignore[attr-defined]
_SERVICES = func.json_each(bindparam("services")).table_valued(column("value", Text)).alias("wanted")
_CUT: BindParameter[int] = bindparam("cut")
"""Who joined by this instant belongs to the front group."""


def _waits(ticket: FromClause, *services: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
    return ticket.c.day == bindparam("day"), ticket.c.state == word(WAITING), *services


def _among(ticket: FromClause, services: TableValuedAlias) -> ColumnElement[bool]:
    return ticket.c.service.in_(select(services.c.value))


def _order(ticket: FromClause) -> tuple[Any, ...]:
    return ticket.c.rank, ticket.c.ranked_at, ticket.c.place


def _first(ticket: FromClause, *front: ColumnElement[bool]) -> Any:
    waits = _waits(ticket, ticket.c.service == _SERVICES.c.value)
    found = select(ticket.c.id).where(*waits, *front).order_by(*_order(ticket)).limit(1)
    return found.correlate(_SERVICES).scalar_subquery()


_FRONT, _ANY = _T.alias("front"), _T.alias("whoever")


_BEST_OF_SERVICE = func.coalesce(
    _first(_FRONT, _FRONT.c.rank <= _CUT, _FRONT.c.ranked_at <= _CUT), _first(_ANY)
)
_BEST = Query(
    Ticket,
    select(_T)
    .select_from(_SERVICES)
    .join(
        _T,
        _T.c.id
        == func.coalesce(_first(_FRONT, _FRONT.c.rank <= _CUT, _FRONT.c.ranked_at <= _CUT), _first(_ANY)),
    )
    .order_by(_T.c.ranked_at > _CUT, *_order(_T))
    .limit(1),
)
_OLDER = Statement(
    select(_T.c.id, _T.c.overtaken)
    .where(*_waits(_T, _among(_T, _SERVICES)))
    .where(tuple_(_T.c.ranked_at, _T.c.place) < tuple_(bindparam("ranked_at"), bindparam("place")))
    .order_by(_T.c.ranked_at, _T.c.place)
)
_IN_ORDER = Query(
    Ticket,
    select(_T)
    .where(*_waits(_T, _among(_T, _SERVICES)))
    .order_by(_T.c.ranked_at > _CUT, *_order(_T))
    .limit(bindparam("rows")),
)
_OLDEST = Query(
    Ticket,
    select(_T).where(*_waits(_T, _among(_T, _SERVICES))).order_by(_T.c.ranked_at, _T.c.place).limit(1),
)
_COUNTS = Statement(select(_T.c.service, func.count()).where(*_waits(_T)).group_by(_T.c.service))
_MEANS = Statement(
    select(_V.c.service, func.count(), func.sum(_V.c.service_ms))
    .where(_V.c.day == bindparam("day"), _V.c.service_ms.is_not(None))
    .group_by(_V.c.service)
)
_IS_FRONT: BindParameter[int] = bindparam("front")
_KEY = tuple_(bindparam("rank"), bindparam("ranked_at"), bindparam("place"))
_IN_FRONT = _T.c.ranked_at <= _CUT
_AHEAD = Statement(
    select(func.count())
    .select_from(_T)
    .where(
        *_waits(_T, _among(_T, _SERVICES)),
        or_(
            and_(_IS_FRONT == 0, _IN_FRONT),
            and_(tuple_(*_order(_T)) < _KEY, or_(_IS_FRONT == 0, _IN_FRONT)),
        ),
    )
)


def _later_ahead() -> ColumnElement[Any]:
    """Count who ranks ahead of a ticket of the outer statement though they joined later."""
    other = _T.alias("o")
    path = literal('$."').concat(_T.c.service).concat('"')
    shared = func.json_each(func.json_extract(bindparam("sharing"), path))
    services = shared.table_valued(column("value", Text)).alias("shared")
    joined_later = tuple_(other.c.ranked_at, other.c.place) > tuple_(_T.c.ranked_at, _T.c.place)
    return (
        select(func.count())
        .select_from(other)
        .where(*_waits(other, _among(other, services)), other.c.rank < _T.c.rank, joined_later)
        .where(or_(_T.c.ranked_at > _CUT, other.c.ranked_at <= _CUT))
        .correlate(_T)
        .scalar_subquery()
    )


_PLACES = func.json_each(bindparam("places")).table_valued(column("value", Integer)).alias("places")
_LATER = Statement(
    select(_T.c.id, _later_ahead()).where(
        _T.c.day == bindparam("day"), _T.c.place.in_(select(_PLACES.c.value))
    )
)


class Pick(NamedTuple):
    """The next ticket, and the ids and counts of those it passes over, oldest first."""

    ticket: Ticket
    older: list[tuple[bytes, int]]


class Capacity(NamedTuple):
    """Who can serve a service: how many open counters, and all that their customers queue for."""

    counters: int
    services: str


class Mean(NamedTuple):
    """Mean service time in milliseconds and the samples behind it."""

    ms: int
    samples: int


@lru_cache(maxsize=256)
def as_json(services: str) -> str:
    """Return service codes separated by spaces as the JSON that statements take."""
    return json.dumps(services.split())


def cut(reads: Reads) -> int:
    """Return the instant by which somebody must have joined to be in the front group now."""
    return reads.now - policy_on(reads.day).cap


def older_than(reads: Reads, ticket: Ticket, services: str) -> list[tuple[bytes, int]]:
    """Return id and overtaken count of who waits for services and joined before a ticket, oldest first."""
    found = reads.values(
        _OLDER, services=services, day=reads.day, ranked_at=ticket.ranked_at, place=ticket.place
    )
    return cast(list[tuple[bytes, int]], found)


def pick(reads: Reads, services: str) -> Pick | None:
    """Return the ticket to call next for services, or None where nobody waits (R-Q-01)."""
    wanted = as_json(services)
    best = reads.one(_BEST, services=wanted, day=reads.day, cut=cut(reads))
    if best is None:
        return None
    older = older_than(reads, best, wanted)
    if not falls_back([count for _, count in older], policy_on(reads.day).order.overtake_limit):
        return Pick(best, older)
    oldest = reads.get(Ticket, older[0][0])
    return None if oldest is None else Pick(oldest, [])


def in_order(reads: Reads, services: Iterable[str], rows: int) -> list[Ticket]:
    """Return the first waiting tickets of services in calling order."""
    wanted = json.dumps(list(services))
    return reads.all(_IN_ORDER, services=wanted, day=reads.day, cut=cut(reads), rows=rows)


def oldest(reads: Reads, services: Iterable[str]) -> Ticket | None:
    """Return the ticket that has waited longest for any of some services."""
    return reads.one(_OLDEST, services=json.dumps([*services]), day=reads.day)


def counts(reads: Reads) -> dict[str, int]:
    """Return how many wait for each service."""
    return {service: int(count) for service, count in reads.values(_COUNTS, day=reads.day)}


def means(reads: Reads) -> dict[str, Mean]:
    """Return the mean time of the services finished today, else the seed of the service (R-Q-02)."""
    measured = {
        service: Mean(int(total) // int(count), int(count))
        for service, count, total in reads.values(_MEANS, day=reads.day)
    }
    return {
        each.code: measured.get(each.code, Mean(each.minutes * MINUTE, 0)) for each in reads.every(Service)
    }


def capacity(counters: Iterable[Counter], service: str) -> Capacity:
    """Return who serves a service; where every such counter is closed, as if one of them were open."""
    serving = [counter for counter in counters if service in counter.services.split()]
    chosen = [counter for counter in serving if counter.state == "open"] or serving
    codes = {code for counter in chosen for code in counter.services.split()} | {service}
    opened = sum(counter.state == "open" for counter in chosen)
    return Capacity(max(opened, 1), json.dumps(sorted(codes)))


def ahead_of(reads: Reads, ticket: Ticket, services: str) -> int:
    """Return how many wait for services before a waiting ticket."""
    edge = cut(reads)
    ((ahead,),) = reads.values(
        _AHEAD,
        services=services,
        day=ticket.day,
        cut=edge,
        front=int(ticket.ranked_at <= edge),
        rank=ticket.rank,
        ranked_at=ticket.ranked_at,
        place=ticket.place,
    )
    return int(ahead)


def bounds(reads: Reads, tickets: Iterable[Ticket], counters: Iterable[Counter]) -> dict[UUID, int]:
    """Return for each waiting ticket of today how often it can still be overtaken by rank."""
    limit = policy_on(reads.day).order.overtake_limit
    tickets = list(tickets)
    settled = [ticket for ticket in tickets if not _open_ended(reads, ticket)]
    later = _later(reads, settled, counters) if settled else {}
    return {
        ticket.id: at_most(
            ticket.overtaken, limit, later.get(ticket.id, 0), open_ended=_open_ended(reads, ticket)
        )
        for ticket in tickets
    }


def _later(reads: Reads, tickets: Iterable[Ticket], counters: Iterable[Counter]) -> dict[UUID, int]:
    """Return how many rank ahead of each ticket though they joined later."""
    places = json.dumps([ticket.place for ticket in tickets])
    found = reads.values(_LATER, places=places, day=reads.day, cut=cut(reads), sharing=_sharing(counters))
    return {UUID(bytes=identifier): int(count) for identifier, count in found}


def _open_ended(reads: Reads, ticket: Ticket) -> bool:
    """Say whether somebody who joins now could still rank ahead of a ticket."""
    return reads.now - ticket.rank < policy_on(reads.day).highest_credit and ticket.ranked_at > cut(reads)


def _sharing(counters: Iterable[Counter]) -> str:
    """Return for each service all that share a counter with it, as JSON."""
    sharing: dict[str, set[str]] = {}
    for counter in counters:
        codes = counter.services.split()
        for code in codes:
            sharing.setdefault(code, set()).update(codes)
    return json.dumps({code: sorted(shared) for code, shared in sharing.items()})
