"""What the desks ask of the host: tickets by number and why they stand so, appointments, papers, holds."""

import pytest

from lobby import CHEN, LI, LIN, WANG, ZHOU, Lobby
from tellertui.core.clock import MINUTE
from tellertui.core.command import METHODS
from tellertui.core.role import FLOOR, Listener
from tellertui.workflows.reception import api
from tellertui.workflows.reception import events as e
from tellertui.workflows.reception.views import Found


def found(lobby: Lobby, number: str) -> list[str]:
    """Return the numbers that answer to what was typed."""
    return [ticket.number for ticket in lobby.ask(api.Find(number=number))]


def one(lobby: Lobby, number: str) -> Found:
    """Return the one ticket that answers to a whole number."""
    (ticket,) = lobby.ask(api.Find(number=number))
    return ticket


# Finding a ticket.


def test_a_whole_number_is_one_ticket_in_either_case(lobby: Lobby) -> None:
    lobby.issue()
    lobby.issue("account")
    assert found(lobby, "A001") == found(lobby, "a001") == found(lobby, "a1") == ["A001"]
    assert found(lobby, "E001") == ["E001"]
    assert found(lobby, "A002") == []


def test_the_end_of_a_number_finds_every_prefix_and_only_whole_digits(lobby: Lobby) -> None:
    for _ in range(12):
        lobby.issue()
    lobby.issue("account")
    assert found(lobby, "1") == ["E001", "A011", "A001"]
    assert found(lobby, "01") == ["E001", "A001"]
    assert found(lobby, "11") == ["A011"]
    assert found(lobby, "012") == ["A012"]
    assert found(lobby, "9") == ["A009"]
    assert found(lobby, "99") == []


def test_who_can_still_be_served_comes_first(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.visit(1)
    lobby.serving("non-cash")
    lobby.do(api.Hold(reason="copy"))
    lobby.open("2", LI)
    lobby.issue("account")
    lobby.call(LI)
    lobby.miss(LI)
    lobby.issue("wealth")
    states = [(ticket.number, ticket.state) for ticket in lobby.ask(api.Find(number="01"))]
    assert states == [("H001", "waiting"), ("E001", "missed"), ("C001", "on_hold"), ("A001", "served")]


def test_yesterdays_numbers_are_not_found(lobby: Lobby) -> None:
    lobby.issue()
    lobby.clock.advance(24 * 3600)
    assert found(lobby, "A001") == found(lobby, "1") == []


def test_a_waiting_number_says_why_it_stands_where_it_stands(lobby: Lobby) -> None:
    lobby.issue()
    lobby.clock.advance(7 * 60)
    lobby.issue(care="senior")
    lobby.issue()
    ahead = {number: one(lobby, number) for number in ("A001", "A002", "A003")}
    assert [ticket.credit_min for ticket in ahead.values()] == [0, 10, 0]
    assert not any(ticket.front for ticket in ahead.values())
    assert [ahead[number].ahead for number in ("A002", "A001", "A003")] == [0, 1, 2]
    assert ahead["A001"].waited_s == 7 * 60
    queue = {ticket.number: ticket.overtaken_by_at_most for ticket in lobby.ask(api.Queue()).tickets}
    assert {number: ticket.overtaken_by_at_most for number, ticket in ahead.items()} == queue


def test_who_has_waited_long_enough_belongs_to_the_front(lobby: Lobby) -> None:
    lobby.issue()
    lobby.clock.advance(60 * 60)
    lobby.issue(care="senior")
    assert (one(lobby, "A001").front, one(lobby, "A002").front) == (True, False)
    assert (one(lobby, "A001").ahead, one(lobby, "A002").ahead) == (0, 1)


def test_a_number_in_hand_has_no_place_in_the_order(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.issue()
    lobby.clock.advance(60 * 60)
    lobby.call()
    ticket = one(lobby, "A001")
    assert (ticket.state, ticket.ahead, ticket.front, ticket.can_return) == ("called", None, False, False)
    assert ticket.overtaken_by_at_most is None


def test_a_missed_number_may_come_back_once_and_not_too_late(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    for _ in range(2):
        lobby.issue()
        lobby.call()
        lobby.miss()
    assert one(lobby, "A001").can_return
    lobby.do(api.Reactivate(ticket="A001"), LIN)
    assert not one(lobby, "A001").can_return
    lobby.call()
    lobby.miss()
    assert (one(lobby, "A001").state, one(lobby, "A001").can_return) == ("missed", False)
    lobby.clock.advance(60 * 60)
    assert not one(lobby, "A002").can_return
    assert lobby.refused(api.Reactivate(ticket="A002"), LIN).code == "missed-too-long"


@pytest.mark.parametrize("result", ["done", "missing_papers", "referred", "rejected"])
def test_only_who_was_sent_for_papers_may_return(lobby: Lobby, result: str) -> None:
    lobby.open("1", WANG)
    number = lobby.visit(1, result)
    assert one(lobby, number).can_return == (result == "missing_papers")


# Appointments.


def test_appointments_stand_in_the_order_of_their_times(lobby: Lobby) -> None:
    late = lobby.do(api.Book(service="account", at="15:00"), LIN)
    soon = lobby.do(api.Book(service="wealth", at="09:10"), LIN)
    listed = lobby.ask(api.Appointments())
    assert [(each.code, each.service, each.state, each.number) for each in listed] == [
        (soon.code, "wealth", "booked", None),
        (late.code, "account", "booked", None),
    ]
    number = lobby.do(api.CheckIn(appointment=soon.code), LIN).number
    first, second = lobby.ask(api.Appointments())
    assert (first.state, first.number, second.state) == ("arrived", number, "booked")


def test_appointments_of_another_day(lobby: Lobby) -> None:
    lobby.do(api.Book(service="wealth", at="2026-11-24T10:00:00+08:00"), LIN)
    assert lobby.ask(api.Appointments()) == []
    (tomorrow,) = lobby.ask(api.Appointments(day="2026-11-24"))
    assert tomorrow.service == "wealth"


# Papers.


def test_who_looked_at_the_papers_is_known_until_it_comes_for_something_else(lobby: Lobby) -> None:
    lobby.issue("account")
    assert lobby.do(api.Precheck(ticket="E001", papers="ok"), LIN).prechecked_by == "L1"
    assert lobby.do(api.Precheck(ticket="E001", papers=["identity"]), ZHOU).prechecked_by == "M01"
    lobby.open("2", LI, "account")
    lobby.call(LI)
    hand = lobby.ask(api.Desk(), LI).hand
    assert hand is not None
    assert (hand.missing, hand.prechecked_by) == (["identity"], "M01")
    lobby.do(api.Arrive(), LI)
    view = lobby.do(api.NextService(service="wealth"), LI)
    assert (view.missing, view.prechecked_by) == (None, None)


def test_forwarding_forgets_who_looked(lobby: Lobby) -> None:
    lobby.issue("account")
    lobby.do(api.Precheck(ticket="E001", papers="ok"), LIN)
    view = lobby.do(api.Forward(ticket="E001", service="wealth", reason="wrong_line"), LIN)
    assert (view.missing, view.prechecked_by) == (None, None)


def test_a_number_that_is_gone_or_called_is_not_forwarded_by_the_lobby(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.issue()
    lobby.issue()
    lobby.do(api.Leave(ticket="A002"), LIN)
    lobby.call()
    for number, state in (("A001", "called"), ("A002", "abandoned")):
        refused = lobby.refused(api.Forward(ticket=number, service="loss", reason="wrong_line"), LIN)
        assert (refused.code, refused.facts["state"]) == ("wrong-state", state)


def test_ending_with_papers_missing_says_which(lobby: Lobby) -> None:
    lobby.open("2", LI, "account")
    lobby.serving("account", LI)
    view = lobby.do(api.Finish(result="missing_papers", missing=("address-proof", "address-proof")), LI)
    assert (view.state, view.result, view.missing, view.prechecked_by) == (
        "served",
        "missing_papers",
        ["address-proof"],
        "T2",
    )
    assert lobby.newest(e.TicketPrechecked)[0].missing == ("address-proof",)
    assert lobby.newest(e.TicketFinished)[0].result == "missing_papers"
    back = lobby.do(api.Return(ticket="E001"), LIN)
    assert (back.state, back.missing, back.prechecked_by) == ("waiting", None, None)


def test_papers_that_a_service_does_not_ask_for_are_refused_and_the_visit_goes_on(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.serving()
    refused = lobby.refused(api.Finish(result="missing_papers", missing=("address-proof",)))
    assert refused.code == "unknown-paper"
    assert lobby.ticket("A001").state == "serving"
    assert lobby.ticket("A001").papers is None


def test_ending_without_naming_papers_keeps_what_the_lobby_saw(lobby: Lobby) -> None:
    lobby.issue("account")
    lobby.do(api.Precheck(ticket="E001", papers=["identity"]), LIN)
    lobby.open("2", LI, "account")
    lobby.call(LI)
    lobby.do(api.Arrive(), LI)
    view = lobby.do(api.Finish(result="missing_papers"), LI)
    assert (view.missing, view.prechecked_by) == (["identity"], "L1")


# Holds.


def test_holds_stand_at_their_counter_with_reason_and_since_when(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    first = lobby.serving()
    lobby.do(api.Hold(reason="copy"))
    since = lobby.clock.now()
    lobby.clock.advance(5 * 60)
    second = lobby.serving()
    lobby.do(api.Hold(reason="photo"))
    held = lobby.ask(api.Desk(), WANG).on_hold
    assert [(each.number, each.reason, each.held_since) for each in held] == [
        (first, "copy", since),
        (second, "photo", since + 5 * MINUTE),
    ]
    lobby.open("2", LI)
    assert lobby.ask(api.Desk(), LI).on_hold == []
    lobby.do(api.Resume(ticket=first))
    assert lobby.ticket(first).hold_reason is None
    assert lobby.ticket(first).hold_since is None
    assert [each.number for each in lobby.ask(api.Desk(), WANG).on_hold] == [second]


# Who has waited longest.


def test_the_longest_wait_at_a_counter_is_of_what_it_serves(lobby: Lobby) -> None:
    lobby.open("1", WANG, "cash")
    lobby.open("2", LI, "account")
    lobby.open("3", CHEN, "wealth")
    lobby.issue("account")
    lobby.clock.advance(60)
    lobby.issue()
    lobby.clock.advance(60)
    lobby.issue(care="senior")
    longest = [lobby.ask(api.Desk(), actor).longest for actor in (WANG, LI, CHEN)]
    assert [each and (each.number, each.waited_s) for each in longest] == [("A001", 60), ("E001", 120), None]
    everywhere = lobby.ask(api.Queue()).longest
    assert everywhere is not None
    assert everywhere.number == "E001"


def test_a_returned_ticket_has_waited_since_it_came_back(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.visit(5, "missing_papers")
    lobby.issue()
    lobby.clock.advance(60)
    lobby.do(api.Return(ticket="A001"), LIN)
    longest = lobby.ask(api.Queue()).longest
    assert longest is not None
    assert longest.number == "A002"


@pytest.mark.parametrize("method", ["reception.find", "reception.appointments"])
def test_only_the_floor_may_look_things_up(method: str) -> None:
    spec = METHODS[method]
    assert spec.listeners == {Listener.STAFF}
    assert spec.roles == FLOOR
