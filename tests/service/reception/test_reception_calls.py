"""Calling: who is next, who was passed over, and how often a number is called."""

import pytest

from lobby import CHEN, KIOSK, LI, LIN, WANG, ZHOU, Lobby
from tellertui.workflows.reception import api
from tellertui.workflows.reception.events import QueueOvertaken, TicketArrived, TicketCalled, TicketMissed


def numbers(lobby: Lobby, count: int) -> list[str | None]:
    """Call and finish, and return whom counter 1 called."""
    called: list[str | None] = []
    for _ in range(count):
        ticket = lobby.call()
        called.append(None if ticket is None else ticket.number)
        if ticket is not None:
            lobby.do(api.Arrive())
            lobby.do(api.Finish())
    return called


def test_nobody_waits(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    before = lobby.head()
    assert lobby.call() is None
    assert lobby.head() == before


def test_a_call_says_what_the_contract_says(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    told = lobby.issue("non-cash", "vip")
    lobby.clock.advance(61.9)
    called = lobby.call()
    assert called is not None
    assert (called.id, called.number, called.service) == (told.id, "C001", "non-cash")
    assert (called.care, called.waited_s) == ("vip", 61)
    assert lobby.counter("1").ticket == told.id
    assert lobby.notices == {"counter:1"}
    event, subjects = lobby.newest(TicketCalled)
    assert event == TicketCalled(told.id, "C001", "non-cash", "vip", "1", 61, None)
    assert subjects == [told.id]


def test_a_counter_calls_what_it_serves_when_it_calls(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.issue("account")
    lobby.issue("cash")
    assert numbers(lobby, 2) == ["A001", None]
    lobby.serve("1", "account")
    lobby.issue("cash")
    assert numbers(lobby, 2) == ["E001", None]


def test_credit_then_arrival_then_the_cap(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.issue()
    lobby.clock.advance(5 * 60)
    lobby.issue(care="senior")
    lobby.issue(care="vip")
    assert numbers(lobby, 3) == ["A002", "A003", "A001"]
    lobby.issue()
    lobby.clock.advance(15 * 60)
    lobby.issue(care="senior")
    lobby.clock.advance(5 * 60)
    # A004 has waited for the cap of twenty minutes: the front group goes first.
    assert numbers(lobby, 2) == ["A004", "A005"]


def test_two_counters_never_call_the_same(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.open("2", LI)
    for _ in range(2):
        lobby.issue()
    first, second = lobby.call(WANG), lobby.call(LI)
    assert first is not None
    assert second is not None
    assert (first.number, second.number) == ("A001", "A002")


def test_a_ticket_is_overtaken_five_times_and_no_more(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.issue()
    lobby.issue()
    order: list[str | None] = []
    for _ in range(7):
        lobby.clock.advance(30)
        lobby.issue(care="senior")
        order += numbers(lobby, 1)
    # Five seniors pass; then the older two go before anybody may pass again.
    assert order == ["A003", "A004", "A005", "A006", "A007", "A001", "A002"]
    assert lobby.ticket("A001").overtaken == lobby.ticket("A002").overtaken == 5
    assert numbers(lobby, 3) == ["A008", "A009", None]


def test_an_entry_names_those_who_were_passed_over(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    older = [lobby.issue().id, lobby.issue("non-cash").id]
    lobby.issue("corporate")
    vip = lobby.issue(care="vip").id
    lobby.call()
    event, subjects = lobby.newest(QueueOvertaken)
    assert event == QueueOvertaken(vip, "1")
    assert sorted(subjects) == sorted(older)
    assert lobby.ticket("F001").overtaken == 0


def test_an_order_of_arrival_overtakes_nobody(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    for _ in range(3):
        lobby.issue()
    numbers(lobby, 3)
    assert not [event for event, _ in lobby.entries() if isinstance(event, QueueOvertaken)]


def test_a_chosen_ticket_counts_and_needs_a_reason(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    for _ in range(3):
        lobby.issue()
    refused = lobby.refused(api.CallTicket(ticket="A003", reason="friend"))
    assert (refused.code, "urgent" in refused.text(), "friend" in refused.text()) == (
        "unknown-reason",
        True,
        False,
    )
    called = lobby.do(api.CallTicket(ticket="A003", reason="urgent"))
    assert (called.number, lobby.newest(TicketCalled)[0].reason) == ("A003", "urgent")
    assert [lobby.ticket(number).overtaken for number in ("A001", "A002", "A003")] == [1, 1, 0]
    assert lobby.ask(api.Queue()).tickets[0].overtaken_by_at_most == 4


def test_two_counters_on_one_ticket(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.open("2", LI)
    lobby.issue()
    lobby.call(WANG)
    refused = lobby.refused(api.CallTicket(ticket="A001", reason="urgent"), LI)
    assert (refused.code, refused.facts["state"]) == ("wrong-state", "called")
    for command in (api.Arrive(ticket="A001"), api.Recall(ticket="A001"), api.NoShow(ticket="A001")):
        refused = lobby.refused(command, LI)
        assert (refused.code, refused.facts["counter"]) == ("not-in-hand", "2")
    refused = lobby.refused(api.Arrive(counter="1"), LI)
    assert (refused.code, refused.facts["person"]) == ("counter-taken", "T1")
    assert lobby.do(api.Arrive(counter="1"), ZHOU).state == "serving"


def test_one_ticket_at_a_time(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.issue()
    lobby.issue()
    lobby.call()
    for command in (api.CallNext(), api.CallTicket(ticket="A002", reason="urgent")):
        refused = lobby.refused(command)
        assert (refused.code, refused.facts["number"]) == ("ticket-in-hand", "A001")


@pytest.mark.parametrize("state", ["none", "closed", "paused"])
def test_only_an_open_counter_calls(lobby: Lobby, state: str) -> None:
    lobby.issue()
    codes = {"none": "no-counter", "closed": "counter-closed", "paused": "counter-paused"}
    if state == "paused":
        lobby.open("1", WANG)
        lobby.do(api.CounterPause(reason="meal"))
    counter = "1" if state == "closed" else None
    assert lobby.refused(api.CallNext(counter=counter)).code == codes[state]


def test_unknown_counter(lobby: Lobby) -> None:
    refused = lobby.refused(api.CallNext(counter="9"))
    assert (refused.code, refused.facts["counters"]) == ("unknown-counter", "1, 2, 3, 4")


@pytest.mark.parametrize(
    ("care", "spacing"), [("normal", 15), ("vip", 15), ("senior", 40), ("expecting", 40)]
)
def test_calls_keep_their_distance(lobby: Lobby, care: str, spacing: int) -> None:
    lobby.open("1", WANG)
    lobby.issue(care=care)
    lobby.call()
    lobby.clock.advance(spacing - 0.5)
    refused = lobby.refused(api.Recall())
    assert (refused.code, refused.facts["retry_after_s"]) == ("too-early", 1)
    lobby.clock.advance(0.5)
    assert lobby.do(api.Recall()).calls == 2
    assert lobby.refused(api.Recall()).facts["retry_after_s"] == spacing


def test_three_calls_in_all_then_missed(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.issue()
    lobby.call()
    assert lobby.refused(api.NoShow()).facts["left"] == 2
    for left in (1, 0):
        lobby.clock.advance(15)
        lobby.do(api.Recall())
        if left:
            assert lobby.refused(api.NoShow()).facts["left"] == left
    lobby.clock.advance(15)
    assert lobby.refused(api.Recall()).code == "no-more-calls"
    assert lobby.do(api.NoShow()).state == "missed"
    assert lobby.counter("1").ticket is None
    assert lobby.newest(TicketMissed)[0].calls == 3
    assert lobby.refused(api.Arrive()).code == "nothing-in-hand"


def missed(lobby: Lobby) -> None:
    """Let A001 be missed at counter 1."""
    lobby.open("1", WANG)
    lobby.issue()
    lobby.call()
    lobby.miss()


def test_a_missed_ticket_comes_back_behind_three_of_its_own(lobby: Lobby) -> None:
    missed(lobby)
    for service, care in (*(("cash", "normal"),) * 2, ("non-cash", "normal"), *(("cash", "normal"),) * 2):
        lobby.clock.advance(1)
        lobby.issue(service, care)
    lobby.do(api.Reactivate(ticket="A001"), LIN)
    assert numbers(lobby, 5) == ["A002", "A003", "C001", "A004", "A001"]
    # Its wait began at the door.
    assert lobby.newest(TicketArrived)[0].waited_s == 85


def test_a_missed_ticket_comes_back_behind_fewer_where_there_are_fewer(lobby: Lobby) -> None:
    missed(lobby)
    lobby.clock.advance(1)
    lobby.issue(care="senior")
    lobby.issue()
    lobby.do(api.Reactivate(ticket="A001"), LIN)
    assert numbers(lobby, 3) == ["A002", "A003", "A001"]


def test_a_missed_ticket_keeps_its_place_where_nobody_of_its_own_waits(lobby: Lobby) -> None:
    missed(lobby)
    joined = lobby.ticket("A001").ranked_at
    lobby.do(api.Reactivate(ticket="A001"), LIN)
    assert lobby.ticket("A001").ranked_at == joined


def test_a_missed_ticket_comes_back_once(lobby: Lobby) -> None:
    missed(lobby)
    lobby.do(api.Reactivate(ticket="A001"), LIN)
    lobby.call()
    lobby.miss()
    assert lobby.refused(api.Reactivate(ticket="A001"), LIN).code == "reactivated-once"


def test_a_missed_ticket_comes_back_within_half_an_hour(lobby: Lobby) -> None:
    missed(lobby)
    lobby.clock.advance(30 * 60)
    assert lobby.ask(api.Queue()).missed[0].number == "A001"
    lobby.clock.advance(1)
    assert lobby.refused(api.Reactivate(ticket="A001"), LIN).code == "missed-too-long"
    assert lobby.ask(api.Queue()).missed == []


def test_leaving(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.issue()
    assert lobby.do(api.Leave(ticket="A001"), LIN).state == "abandoned"
    assert lobby.call() is None
    assert lobby.refused(api.Leave(ticket="A001"), LIN).facts["state"] == "abandoned"


def test_yesterday_does_not_wait_today(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.issue()
    lobby.clock.advance(24 * 3600)
    assert lobby.call() is None
    lobby.issue(actor=KIOSK)
    called = lobby.call()
    assert called is not None
    assert called.waited_s == 0


def test_an_idle_third_counter_serves_others_only(lobby: Lobby) -> None:
    lobby.open("3", CHEN)
    lobby.issue("cash")
    assert lobby.call(CHEN) is None
