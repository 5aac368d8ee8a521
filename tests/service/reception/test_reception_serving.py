"""Serving: clocks of a visit, holds, forwarding, results, ratings, the counters themselves."""

import pytest

from lobby import CHEN, KIOSK, LI, LIN, WANG, ZHOU, Lobby, person
from tellertui.branch.api import AddTerminal
from tellertui.core.clock import MINUTE
from tellertui.workflows.reception import api
from tellertui.workflows.reception import events as e
from tellertui.workflows.reception.records import VisitService


def visits(lobby: Lobby) -> list[VisitService]:
    """Return the services of all visits in the order in which they began."""
    rows = lobby.read(lambda reads: list(reads.every(VisitService)))
    return sorted(rows, key=lambda row: (row.started_at, row.id))


def test_a_visit(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    number = lobby.serving()
    lobby.clock.advance(90.7)
    view = lobby.do(api.Finish())
    assert (view.number, view.state, view.result) == (number, "served", "done")
    assert lobby.counter("1").ticket is None
    event, _ = lobby.newest(e.TicketFinished)
    assert (event.result, event.service_s, event.rating_asked, event.counter) == ("done", 90, 1, "1")
    (visit,) = visits(lobby)
    assert (visit.service, visit.person, visit.service_ms, visit.result) == ("cash", "T1", 90_700, "done")


def test_finish_twice(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.serving()
    lobby.do(api.Finish())
    assert lobby.refused(api.Finish()).code == "nothing-in-hand"
    refused = lobby.refused(api.Finish(ticket="A001"))
    assert (refused.code, refused.facts["state"]) == ("wrong-state", "served")


def test_finish_before_arriving(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.issue()
    lobby.call()
    assert lobby.refused(api.Finish()).facts["state"] == "called"


def test_results_are_a_closed_list(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.serving()
    refused = lobby.refused(api.Finish(result="tulips"))
    assert refused.facts == {"allowed": "done, missing_papers, referred, rejected"}


def test_a_hold_frees_the_counter_and_is_in_no_clock(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    first = lobby.serving()
    lobby.clock.advance(60)
    lobby.do(api.Hold(reason="copy"))
    lobby.clock.advance(100)
    second = lobby.serving()
    assert lobby.refused(api.Resume()).code == "ticket-in-hand"
    lobby.do(api.Finish())
    lobby.clock.advance(200)
    assert lobby.do(api.Resume()).number == first
    assert lobby.newest(e.TicketResumed)[0].held_s == 300
    lobby.clock.advance(30)
    lobby.do(api.Finish())
    assert lobby.newest(e.TicketFinished)[0].service_s == 90
    assert lobby.ticket(first).held_ms == 5 * MINUTE
    assert lobby.ticket(second).held_ms == 0


def test_a_hold_is_taken_up_at_another_counter_by_name(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.open("2", LI)
    number = lobby.serving()
    lobby.do(api.Hold(reason="photo"))
    assert lobby.refused(api.Resume(), LI).code == "nothing-on-hold"
    assert lobby.do(api.Resume(ticket=number), LI).counter == "2"
    lobby.do(api.Finish(), LI)
    (visit,) = visits(lobby)
    assert (visit.counter, visit.person) == ("2", "T2")


def test_leaving_while_on_hold(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    number = lobby.serving()
    lobby.do(api.Hold(reason="cash"))
    lobby.do(api.Leave(ticket=number), LIN)
    (visit,) = visits(lobby)
    assert (visit.result, visit.service_ms) == ("left", None)
    assert lobby.refused(api.Resume()).code == "nothing-on-hold"


def test_forwarding_keeps_the_arrival(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.open("2", LI)
    number = lobby.serving()
    lobby.issue("account")
    lobby.clock.advance(60)
    view = lobby.do(api.Forward(service="account", reason="other_service"))
    assert (view.state, view.service, view.counter, view.missing) == ("waiting", "account", None, None)
    assert lobby.newest(e.TicketForwarded)[0].service_s == 60
    called = lobby.call(LI)
    assert called is not None
    assert (called.number, called.service) == (number, "account")
    lobby.do(api.Arrive(), LI)
    lobby.clock.advance(30)
    lobby.do(api.Finish(), LI)
    assert [(visit.service, visit.result, visit.service_ms) for visit in visits(lobby)] == [
        ("cash", "forwarded", None),
        ("account", "done", 30_000),
    ]


def test_the_lobby_forwards_who_waits(lobby: Lobby) -> None:
    lobby.issue()
    view = lobby.do(api.Forward(ticket="A001", service="loss", reason="wrong_line"), LIN)
    assert (view.number, view.service, view.state) == ("A001", "loss", "waiting")
    refused = lobby.refused(api.Forward(ticket="A001", service="loss", reason="wrong_line"), LIN)
    assert refused.code == "same-service"


def test_forwarding_a_ticket_at_somebody_elses_counter(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.open("2", LI)
    number = lobby.serving()
    refused = lobby.refused(api.Forward(ticket=number, service="loss", reason="wrong_line"), LI)
    assert refused.code == "not-in-hand"
    refused = lobby.refused(api.Forward(ticket=number, service="loss", reason="wrong_line"), LIN)
    assert refused.code == "no-counter"


def test_several_services_in_one_visit(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    number = lobby.serving()
    lobby.clock.advance(60)
    assert lobby.do(api.NextService(service="loss")).service == "loss"
    lobby.clock.advance(90)
    lobby.do(api.Finish(result="referred"))
    assert lobby.ticket(number).result == "referred"
    rows = [(visit.service, visit.result, visit.service_ms) for visit in visits(lobby)]
    assert rows == [("cash", "done", 60_000), ("loss", "referred", 90_000)]


def test_coming_back_with_papers(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    number = lobby.visit(5, "missing_papers")
    lobby.clock.advance(10 * 60)
    lobby.issue()
    lobby.clock.advance(60)
    lobby.issue(care="senior")
    lobby.do(api.Return(ticket=number), LIN)
    called = lobby.call()
    assert called is not None
    assert (called.number, called.waited_s) == (number, 0)
    assert lobby.refused(api.Return(ticket=number), LIN).code == "wrong-state"


@pytest.mark.parametrize("result", ["done", "referred", "rejected"])
def test_only_missing_papers_come_back(lobby: Lobby, result: str) -> None:
    lobby.open("1", WANG)
    number = lobby.visit(5, result)
    assert lobby.refused(api.Return(ticket=number), LIN).code == "not-returning"


def test_papers_come_back_on_the_same_day(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    identity = str(lobby.ticket(lobby.visit(5, "missing_papers")).id)
    lobby.clock.advance(24 * 3600)
    assert lobby.refused(api.Return(ticket=identity), LIN).code == "not-returning"
    assert lobby.refused(api.Rate(ticket=identity, score=5), KIOSK).code == "not-today"


def test_rating_once(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    number = lobby.serving()
    assert lobby.refused(api.Rate(ticket=number, score=5), KIOSK).code == "wrong-state"
    lobby.do(api.Finish())
    assert lobby.do(api.Rate(ticket=number, score=4), KIOSK) is None
    event, _ = lobby.newest(e.TicketRated)
    assert (event.staff, event.score, event.service) == ("T1", 4, "cash")
    assert lobby.refused(api.Rate(ticket=number, score=1), KIOSK).code == "already-rated"


def test_one_person_one_counter(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.do(api.CounterOpen(counter="2"))
    assert (lobby.counter("1").state, lobby.counter("1").person) == ("closed", None)
    assert lobby.counter("2").person == "T1"
    lobby.serving("account")
    refused = lobby.refused(api.CounterOpen(counter="1"))
    assert (refused.code, refused.facts["counter"]) == ("ticket-in-hand", "2")


def test_one_counter_one_person(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    for actor in (LI, ZHOU):
        refused = lobby.refused(api.CounterOpen(counter="1"), actor)
        assert (refused.code, refused.facts["person"]) == ("counter-taken", "T1")
    assert lobby.refused(api.CounterClose(counter="1"), LI).code == "counter-taken"
    assert lobby.do(api.CounterClose(counter="1"), ZHOU).state == "closed"
    lobby.open("1", LI)


def test_a_pause_and_its_end(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    assert lobby.refused(api.CounterPause(reason="tulips")).code == "unknown-reason"
    view = lobby.do(api.CounterPause(reason="meal"))
    assert (view.state, view.reason, view.person) == ("paused", "meal", "T1")
    view = lobby.do(api.CounterOpen())
    assert (view.state, view.reason) == ("open", None)
    before = lobby.head()
    lobby.do(api.CounterOpen())
    assert lobby.head() == before


def test_a_ticket_in_hand_is_finished_in_a_pause_but_keeps_the_counter_from_closing(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.serving()
    lobby.do(api.CounterPause(reason="break"))
    assert lobby.refused(api.CounterClose()).code == "ticket-in-hand"
    lobby.do(api.Finish())
    lobby.do(api.CounterClose())
    assert lobby.refused(api.CounterPause(reason="break", counter="1")).code == "counter-closed"


def test_a_terminal_knows_its_counter(lobby: Lobby) -> None:
    lobby.do(AddTerminal(terminal="desk-3", kind="desk", counter="3"), ZHOU)
    assert lobby.do(api.CounterOpen(), person("T9", terminal="desk-3")).counter == "3"
    assert lobby.refused(api.CounterOpen(), CHEN).code == "no-counter"


def test_help_is_one_call_until_it_is_answered(lobby: Lobby) -> None:
    first = lobby.do(api.Help(place="kiosk"), KIOSK)
    assert lobby.do(api.Help(place="kiosk"), KIOSK) == first
    lobby.open("1", WANG)
    quiet = lobby.do(api.Help(place="counter"))
    assert quiet.counter == "1"
    assert [call.id for call in lobby.ask(api.Queue()).help] == [first.id, quiet.id]
    lobby.clock.advance(20)
    lobby.do(api.HelpAnswer(id=str(first.id)), LIN)
    assert lobby.newest(e.HelpAnswered)[0].waited_s == 20
    before = lobby.head()
    lobby.do(api.HelpAnswer(id=str(first.id)), WANG)
    assert lobby.head() == before
    assert lobby.do(api.Help(place="kiosk"), KIOSK).id != first.id
    assert lobby.refused(api.Help(place="roof"), KIOSK).code == "unknown-reason"
    assert lobby.refused(api.HelpAnswer(id="-" * 36), LIN).code == "unknown-help"
