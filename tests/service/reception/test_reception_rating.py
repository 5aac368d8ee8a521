"""The customer's side of a counter: what its panel shows, and the rating of the visit that has just ended."""

import pytest

from lobby import KIOSK, LI, LIN, WANG, ZHOU, Lobby
from tellertui.branch.api import AddTerminal
from tellertui.core.role import Listener
from tellertui.store.actor import Actor
from tellertui.workflows.closing.figures import Fold
from tellertui.workflows.reception import api
from tellertui.workflows.reception import events as e
from tellertui.workflows.reception.views import PanelView


def panel(lobby: Lobby, counter: str = "1") -> PanelView:
    return lobby.ask(api.Panel(counter=counter), KIOSK)


def rating(ticket: str, score: int, *reasons: str) -> api.Rate:
    return api.Rate(ticket=ticket, score=score, reasons=reasons)


def test_the_panel_follows_its_counter(lobby: Lobby) -> None:
    view = panel(lobby)
    assert (view.state, view.number, view.serving, view.rating) == ("closed", None, False, None)
    assert [words.en for words in view.services] == ["Cash", "Non-cash"]
    lobby.open("1", WANG)
    lobby.do(api.Issue(service="cash", language="zh_Hans"), KIOSK)
    lobby.call()
    view = panel(lobby)
    assert (view.number, view.serving, view.language) == ("A001", False, "zh_Hans")
    lobby.do(api.Arrive())
    assert panel(lobby).serving
    assert panel(lobby, "2").number is None


def test_no_name_and_no_reason_reaches_the_panel(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.do(api.CounterPause(reason="meal"))
    assert {"person", "reason"}.isdisjoint(PanelView.__struct_fields__)
    assert panel(lobby).state == "paused"


def test_asked_in_the_language_of_the_ticket_and_answered_once(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.do(api.Issue(service="cash", language="zh_Hans"), KIOSK)
    lobby.call()
    lobby.do(api.Arrive())
    lobby.do(api.Finish())
    assert "counter:1" in lobby.notices
    asked = panel(lobby).rating
    assert asked is not None
    assert (asked.number, asked.language) == ("A001", "zh_Hans")
    assert asked.until == lobby.store.now() + 30_000
    lobby.do(rating(str(asked.ticket), 4), KIOSK)
    assert "counter:1" in lobby.notices
    assert panel(lobby).rating is None
    assert lobby.refused(rating("A001", 5), KIOSK).code == "already-rated"


def test_calling_the_next_number_takes_no_question_away(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    first = lobby.visit(2)
    lobby.issue()
    lobby.call()
    lobby.do(api.Arrive())
    asked = panel(lobby).rating
    assert asked is not None
    assert asked.number == first
    lobby.clock.advance(30)
    assert panel(lobby).rating is None
    lobby.do(rating(first, 5), KIOSK)


def test_reasons_belong_to_low_scores_only(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    number = lobby.visit(2)
    assert lobby.refused(rating(number, 3, "wait"), KIOSK).code == "reasons-unasked"
    refused = lobby.refused(rating(number, 2, "tulips"), KIOSK)
    assert (refused.code, refused.facts["allowed"]) == (
        "unknown-reason",
        "wait, attitude, unclear, unsolved, place",
    )
    lobby.do(rating(number, 2, "wait", "unclear", "wait"), KIOSK)
    event, _ = lobby.newest(e.TicketRated)
    assert (event.score, event.reasons, event.staff) == (2, ("wait", "unclear"), "T1")


def test_only_the_last_visit_at_its_counter(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.open("2", LI)
    first = lobby.visit(1)
    second = lobby.serving()
    lobby.do(api.Finish())
    other = lobby.serving("account", LI)
    lobby.do(api.Finish(), LI)
    assert lobby.refused(rating(first, 1), KIOSK).code == "rating-over"
    lobby.do(rating(second, 5), KIOSK)
    lobby.do(rating(other, 4), KIOSK)


@pytest.mark.parametrize("actor", [KIOSK, LIN])
def test_too_late(lobby: Lobby, actor: object) -> None:
    lobby.open("1", WANG)
    number = lobby.visit(1)
    lobby.clock.advance(90.001)
    assert lobby.refused(rating(number, 5), actor).code == "rating-over"  # type: ignore[arg-type]


def test_asked_and_answered_are_figures(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    for score in (5, 2, None):
        number = lobby.visit(1)
        if score is not None:
            lobby.do(rating(number, score), KIOSK)
    day = Fold()
    for event, plain in lobby.entries():
        day.add(event, plain.at, plain.actor)
    totals = day.figures().totals
    assert (totals.rating_asked, totals.csat_n, totals.csat) == (3, 2, 0.5)


def test_help_belongs_to_everybody_after_twenty_seconds(lobby: Lobby) -> None:
    call = lobby.do(api.Help(place="entrance"), KIOSK)
    lobby.clock.advance(19.999)
    assert lobby.ask(api.HelpCalls()) == []
    lobby.clock.advance(0.001)
    assert [late.id for late in lobby.ask(api.HelpCalls())] == [call.id]
    lobby.do(api.HelpAnswer(id=str(call.id)), LIN)
    assert lobby.ask(api.HelpCalls()) == []


def test_a_panel_calls_help_to_its_counter(lobby: Lobby) -> None:
    lobby.do(AddTerminal(terminal="panel-2", kind="panel", counter="2", uids=(1001,)), ZHOU)
    panel_2 = Actor("kiosk", None, frozenset(), Listener.LOBBY, b"", "panel-2", 1001)
    assert lobby.do(api.Help(place="counter"), panel_2).counter == "2"
