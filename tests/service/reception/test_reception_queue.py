"""The order on indexes is the order of the rule, and the views tell it."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lobby import KIOSK, LI, LIN, WANG, ZHOU, Lobby
from tellertui.branch.records import Counter
from tellertui.core.clock import MINUTE, SECOND
from tellertui.store.rows import shape
from tellertui.store.store import Store
from tellertui.store.work import Work
from tellertui.workflows.reception import api
from tellertui.workflows.reception.events import TicketIssued
from tellertui.workflows.reception.records import Ticket
from tellertui.workflows.reception.rules.order import Standing, order
from tellertui.workflows.reception.rules.policy import CLASSES, policy_on
from tellertui.workflows.reception.service import waiting

DAY = "2026-11-23"
SERVICES = ["cash", "non-cash", "account"]
POLICY = policy_on(DAY)
CREDIT = {care: POLICY.credit(care) for care in CLASSES}

Drawn = list[tuple[int, str, str]]
"""Minutes since joining, class and service, in the order of places."""

one = st.tuples(st.integers(0, 40), st.sampled_from(CLASSES), st.sampled_from(SERVICES))
drawn = st.lists(one, min_size=1, max_size=25)


class _Undone(Exception):  # noqa: N818 - not an error
    """Carries what was found out of a transaction that leaves no trace."""

    def __init__(self, found: Any) -> None:
        self.found = found


def in_a_lobby(store: Store, tickets: Drawn, look: Any) -> Any:
    """Return what is seen in a lobby where tickets joined some minutes ago, in this order of places."""

    def body(work: Work) -> None:
        for place, (minutes, care, service) in enumerate(tickets, 1):
            joined = work.now - minutes * MINUTE
            told = {"service": service, "care": care, "arrived_at": joined, "ranked_at": joined}
            place_of = {"place": place, "prefix": "A", "ordinal": place, "number": f"A{place:03d}"}
            told |= {"rank": joined - CREDIT[care], "language": "en", "source": "lobby", "state": "waiting"}
            zero = {"overtaken": 0, "calls": 0, "held_ms": 0, "reactivated": False, "phone": False}
            work.insert(Ticket, id=work.ids.new(), day=work.day, **told, **place_of, **zero)
            work.record(TicketIssued(work.ids.new(), "A001", service, care, "en", "lobby"))
        raise _Undone(look(work))

    with pytest.raises(_Undone) as caught:
        store.run(body)
    return caught.value.found


def by_rule(now: int, tickets: Drawn, services: list[str]) -> list[int]:
    """Return places in calling order by the pure rule."""
    standings = [
        Standing(place, now - minutes * MINUTE, care)
        for place, (minutes, care, service) in enumerate(tickets, 1)
        if service in services
    ]
    return [standing.place for standing in order(standings, CREDIT, POLICY.cap, now)]


any_lobby = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@any_lobby
@given(drawn, st.sets(st.sampled_from(SERVICES), min_size=1))
def test_index_and_rule_agree(store: Store, tickets: Drawn, services: set[str]) -> None:
    def look(work: Work) -> tuple[Any, list[int]]:
        first = waiting.pick(work, " ".join(services))
        return first, [ticket.place for ticket in waiting.in_order(work, services, 99)]

    first, found = in_a_lobby(store, tickets, look)
    expected = by_rule(store.clock.now(), tickets, list(services))
    assert found == expected
    assert (first.ticket.place if first else None) == (expected[0] if expected else None)


@any_lobby
@given(drawn)
def test_people_ahead_and_the_bound_agree_with_the_rule(store: Store, tickets: Drawn) -> None:
    counters = [_counter("1", "cash non-cash"), _counter("2", "account")]

    def look(work: Work) -> list[tuple[int, int, int]]:
        rows = waiting.in_order(work, SERVICES, 99)
        bounds = waiting.bounds(work, rows, counters)
        here = {row.id: waiting.capacity(counters, row.service).services for row in rows}
        return [(row.place, waiting.ahead_of(work, row, here[row.id]), bounds[row.id]) for row in rows]

    now = store.clock.now()
    for place, ahead, bound in in_a_lobby(store, tickets, look):
        minutes, care, service = tickets[place - 1]
        group = ["account"] if service == "account" else ["cash", "non-cash"]
        called = by_rule(now, tickets, group)
        before = called[: called.index(place)]
        assert ahead == len(before)
        joined = (now - minutes * MINUTE, place)
        later = sum((now - tickets[other - 1][0] * MINUTE, other) > joined for other in before)
        still = minutes * MINUTE + CREDIT[care] < POLICY.highest_credit
        assert bound == (5 if still else min(5, later))


def _counter(code: str, services: str) -> Any:
    form = shape(Counter)
    return form.row(form.raw({"code": code, "services": services, "state": "open"}))


@pytest.mark.parametrize("name", ["_BEST", "_OLDER", "_AHEAD", "_IN_ORDER", "_LATER"])
def test_the_queue_is_read_from_its_indexes(store: Store, name: str) -> None:
    statement = getattr(waiting, name)
    values = ["[]" if param in ("services", "sharing", "places") else 1 for param in statement._order]
    plan = store.read(
        lambda reads: reads._cursor.execute(f"EXPLAIN QUERY PLAN {statement.sql}", values).fetchall()
    ).result()
    searched = [row[3] for row in plan if "ticket_" in row[3] and "autoindex" not in row[3]]
    assert searched
    assert all("(day=? AND service=?" in step or "ticket_place" in step for step in searched), searched


def test_the_lobby_desk(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.open("2", LI)
    lobby.issue("account")
    lobby.clock.advance(60)
    lobby.issue(care="vip")
    lobby.issue(care="senior")
    lobby.do(api.Precheck(ticket="E001", papers=["identity"]), LIN)
    lobby.call(WANG)
    lobby.clock.advance(40)
    lobby.do(api.Recall(), WANG)
    view = lobby.ask(api.Queue())
    assert view.waiting == 2
    assert [ticket.number for ticket in view.tickets] == ["A001", "E001"]
    by_number = {ticket.number: ticket for ticket in view.tickets}
    assert by_number["E001"].missing == ["identity"]
    assert by_number["A001"].missing is None
    assert view.longest is not None
    assert (view.longest.number, view.longest.waited_s) == ("E001", 100)
    one, two = view.counters[:2]
    assert (one.number, one.ticket_state, one.calls, one.person) == ("A002", "called", 2, "T1")
    assert (two.number, two.state) == (None, "open")
    lanes = {lane.service: lane for lane in view.lanes}
    assert (lanes["cash"].waiting, lanes["cash"].counters) == (1, ["1", "2"])
    assert lanes["account"].name.en == "Account"


def test_the_board_shows_no_person_and_no_reason(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.open("2", LI)
    lobby.visit(1)
    lobby.issue(care="senior")
    lobby.call(WANG)
    lobby.do(api.CounterPause(reason="meal"), LI)
    lobby.do(api.Suspend(service="loss", reason="system", until="10:00"), LIN)
    view = lobby.ask(api.Board(), KIOSK)
    assert [(call.number, call.counter, call.care) for call in view.calls] == [("A002", "1", True)]
    assert [call.number for call in view.before] == ["A001"]
    assert [counter.state for counter in view.counters] == ["open", "paused", "closed", "closed"]
    assert {lane.service: lane.stopped for lane in view.lanes}["loss"] == "system"
    assert "T1" not in repr(view)
    assert "meal" not in repr(view)


def test_missed_numbers_stay_on_the_board(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.issue()
    lobby.call()
    lobby.miss()
    assert lobby.ask(api.Board(), KIOSK).missed == ["A001"]
    lobby.do(api.Reactivate(ticket="A001"), LIN)
    assert lobby.ask(api.Board(), KIOSK).missed == []


def test_what_can_be_issued(lobby: Lobby) -> None:
    offers = {offer.service: offer for offer in lobby.ask(api.Services(), KIOSK)}
    assert list(offers)[:3] == ["cash", "non-cash", "account"]
    assert [paper.paper for paper in offers["account"].papers] == ["identity", "own-phone", "address-proof"]
    assert offers["account"].papers[0].name.said("en")
    assert (offers["cash"].wait_lo_min, offers["cash"].waiting) == (0, 0)


def test_the_counter_desk(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.visit(2)
    lobby.do(api.Rate(ticket="A001", score=5), KIOSK)
    lobby.visit(4, "missing_papers")
    for care in ("normal", "normal", "vip"):
        lobby.issue(care=care)
    view = lobby.ask(api.Desk(), WANG)
    assert view.hand is None
    assert [ticket.number for ticket in view.next] == ["A005", "A003", "A004"]
    mine = view.mine
    assert (mine.finished, mine.service_mean_s, mine.ratings, mine.papers_missing) == (2, 180, 1, 1)
    lobby.call()
    hand = lobby.ask(api.Desk(), WANG).hand
    assert hand is not None
    assert (hand.number, hand.calls_left, hand.recall_at) == ("A005", 2, lobby.clock.now() + 15 * SECOND)
    lobby.do(api.Arrive())
    hand = lobby.ask(api.Desk(counter="1"), ZHOU).hand
    assert hand is not None
    assert (hand.calls_left, hand.recall_at, hand.started_at) == (0, None, lobby.clock.now())
    assert [visit.service for visit in hand.visit] == ["cash"]


def test_what_comes_next_at_the_limit(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.issue()
    for _ in range(5):
        lobby.issue(care="senior")
        lobby.call()
        lobby.do(api.Arrive())
        lobby.do(api.Finish())
    lobby.issue(care="senior")
    assert [ticket.number for ticket in lobby.ask(api.Desk(), WANG).next] == ["A001", "A007"]
    assert lobby.ask(api.Queue()).tickets[1].overtaken_by_at_most == 0
