"""Numbers: who gets one, when, and what the holder is told."""

from datetime import datetime

import pytest

from lobby import KIOSK, LI, LIN, WANG, ZHOU, Lobby
from tellertui.branch.api import CloseDay, OpenDay, SetHours, SetService
from tellertui.core.clock import millis
from tellertui.workflows.reception import api
from tellertui.workflows.reception.events import TicketIssued


def at(lobby: Lobby, text: str) -> None:
    """Set the clock to a time of Monday."""
    lobby.clock.set(millis(datetime.fromisoformat(f"2026-11-23T{text}+08:00")))


def test_numbers_count_up_by_prefix_and_the_entry_names_no_person(lobby: Lobby) -> None:
    numbers = [lobby.issue(service).number for service in ("cash", "account", "cash", "non-cash")]
    assert numbers == ["A001", "E001", "A002", "C001"]
    event, subjects = lobby.newest(TicketIssued)
    ticket = lobby.ticket("C001")
    assert event == TicketIssued(ticket.id, "C001", "non-cash", "normal", "zh_Hans", "kiosk")
    assert subjects == [ticket.id]
    assert [lobby.ticket(number).place for number in numbers] == [1, 2, 3, 4]


def test_numbers_begin_anew_each_day(lobby: Lobby) -> None:
    lobby.issue()
    lobby.clock.advance(24 * 3600)
    assert lobby.issue().number == "A001"


def test_after_nine_hundred_and_ninety_nine(lobby: Lobby) -> None:
    for _ in range(1000):
        last = lobby.issue()
    assert last.number == "A1000"
    assert last.ahead == 999
    lobby.do(api.Leave(ticket="A1000"), LIN)


def test_what_the_holder_is_told(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.open("2", LI)
    for _ in range(4):
        lobby.issue("cash")
    lobby.issue("non-cash")
    lobby.issue("corporate")
    told = lobby.issue("account")
    # Counter 2 serves account and cash: four are ahead, 25 minutes each by the seed, one open counter.
    assert (told.number, told.ahead, told.wait_lo_min, told.wait_hi_min) == ("E001", 4, 50, 150)
    assert told.papers == ["identity", "own-phone", "address-proof"]
    assert told.overtaken_by_at_most == 5
    # Both counters serve cash, and account and non-cash queue for them too.
    told = lobby.issue("cash")
    assert (told.ahead, told.wait_lo_min, told.wait_hi_min, told.papers) == (6, 12, 36, [])


def test_the_mean_of_today_replaces_the_seed_and_ten_samples_narrow_the_range(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    for _ in range(10):
        lobby.visit(5)
    for _ in range(4):
        told = lobby.issue()
    assert (told.ahead, told.wait_lo_min, told.wait_hi_min) == (3, 12, 18)


def test_a_paused_counter_does_not_shorten_the_wait_and_none_counts_as_one(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.open("2", LI)
    lobby.issue()
    both = lobby.issue()
    lobby.do(api.CounterPause(reason="break"), LI)
    one = lobby.issue()
    assert (both.wait_hi_min, one.wait_hi_min) == (6, 24)
    lobby.do(api.CounterClose(), LI)
    lobby.do(api.CounterClose(), WANG)
    assert lobby.issue().wait_hi_min == 36


def test_before_opening_in_door_order(lobby: Lobby) -> None:
    at(lobby, "07:10:00")
    assert [lobby.issue().number for _ in range(3)] == ["A001", "A002", "A003"]


def test_the_closing_second_still_counts(lobby: Lobby) -> None:
    at(lobby, "17:00:00.900")
    assert lobby.issue().number == "A001"
    at(lobby, "17:00:01")
    assert lobby.refused(api.Issue(service="cash"), KIOSK).code == "branch-closed"


def test_the_last_number_of_a_service(lobby: Lobby) -> None:
    lobby.do(SetService(service="corporate", last_number="16:30"), ZHOU)
    at(lobby, "16:30:00")
    lobby.issue("corporate")
    at(lobby, "16:30:01")
    refused = lobby.refused(api.Issue(service="corporate"), KIOSK)
    assert (refused.code, refused.facts["at"]) == ("last-number", "16:30")
    lobby.issue("cash")


def test_closed_on_a_closed_day(lobby: Lobby) -> None:
    lobby.do(SetHours(when="2026-11-23"), ZHOU)
    assert lobby.refused(api.Issue(service="cash"), KIOSK).code == "branch-closed"


def test_hours_of_the_opened_day_decide(lobby: Lobby) -> None:
    lobby.do(OpenDay(close="10:00"), ZHOU)
    at(lobby, "10:00:01")
    assert lobby.refused(api.Issue(service="cash"), KIOSK).code == "branch-closed"


def test_no_numbers_after_the_day_was_closed(lobby: Lobby) -> None:
    lobby.do(OpenDay(), ZHOU)
    lobby.issue()
    lobby.do(CloseDay(), ZHOU)
    assert lobby.refused(api.Issue(service="cash"), KIOSK).code == "branch-closed"


def test_unknown_service_and_class_name_what_there_is_and_not_what_was_given(lobby: Lobby) -> None:
    refused = lobby.refused(api.Issue(service="tulips"), KIOSK)
    assert refused.code == "unknown-service"
    assert "cash" in refused.text()
    assert "tulips" not in refused.text()
    refused = lobby.refused(api.Issue(service="cash", care="tulips"), KIOSK)
    assert (refused.code, "expecting" in refused.text()) == ("unknown-class", True)


def test_a_service_that_is_not_offered_is_unknown(lobby: Lobby) -> None:
    lobby.do(SetService(service="wealth", enabled=False), ZHOU)
    refused = lobby.refused(api.Issue(service="wealth"), KIOSK)
    assert (refused.code, "wealth" in refused.text()) == ("unknown-service", False)


def test_a_stopped_service_gives_numbers_again_by_itself(lobby: Lobby) -> None:
    lobby.do(api.Suspend(service="cash", reason="system", until="10:00"), LIN)
    refused = lobby.refused(api.Issue(service="cash"), KIOSK)
    assert (refused.code, refused.facts["reason"], refused.facts["until"]) == (
        "service-stopped",
        "system",
        "10:00",
    )
    at(lobby, "09:59:59")
    assert lobby.refused(api.Issue(service="cash"), KIOSK).code == "service-stopped"
    at(lobby, "10:00:00")
    lobby.issue("cash")


def test_a_stop_without_end_is_lifted(lobby: Lobby) -> None:
    assert lobby.do(api.Suspend(service="cash", reason="staff"), LIN).reason == "staff"
    assert lobby.refused(api.Issue(service="cash"), KIOSK).facts["until"] is None
    assert lobby.do(api.Unsuspend(service="cash"), LIN).reason is None
    lobby.issue("cash")


@pytest.mark.parametrize(
    "written", ["08:59", "2026-11-22T10:00", "25:00", "soon", "9:00", "2026-13-01T00:00"]
)
def test_a_stop_ends_at_a_later_time(lobby: Lobby, written: str) -> None:
    refused = lobby.refused(api.Suspend(service="cash", reason="staff", until=written), LIN)
    assert refused.code == "bad-moment"


def test_a_date_and_an_offset_are_understood(lobby: Lobby) -> None:
    local = lobby.do(api.Suspend(service="cash", reason="staff", until="2026-11-24T09:30"), LIN)
    offset = lobby.do(api.Suspend(service="cash", reason="staff", until="2026-11-24T01:30:00Z"), LIN)
    assert local.until == offset.until == millis(datetime.fromisoformat("2026-11-24T09:30:00+08:00"))


def test_papers_are_looked_at_before_the_call(lobby: Lobby) -> None:
    lobby.issue("account")
    assert lobby.do(api.Precheck(ticket="e001", papers="ok"), LIN).missing == []
    missing = ["address-proof", "address-proof"]
    assert lobby.do(api.Precheck(ticket="E001", papers=missing), LIN).missing == ["address-proof"]
    refused = lobby.refused(api.Precheck(ticket="E001", papers=["licence"]), LIN)
    assert (refused.code, refused.facts["allowed"]) == ("unknown-paper", "identity, own-phone, address-proof")


def test_a_ticket_is_found_by_id_or_number_of_today_only(lobby: Lobby) -> None:
    told = lobby.issue("account")
    assert lobby.do(api.Precheck(ticket=str(told.id), papers="ok"), LIN).number == "E001"
    for ref in ("E002", "A001", str(told.id)[::-1], "-" * 36):
        assert lobby.refused(api.Precheck(ticket=ref, papers="ok"), LIN).code == "unknown-ticket"
    lobby.clock.advance(24 * 3600)
    assert lobby.refused(api.Precheck(ticket="E001", papers="ok"), LIN).code == "unknown-ticket"


def test_the_class_changes_with_a_reason(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.issue()
    lobby.issue()
    refused = lobby.refused(api.Reclassify(ticket="A002", care="senior", reason="because"), LIN)
    assert (refused.code, refused.facts["allowed"]) == ("unknown-reason", "seen, told, shown, mistake")
    assert lobby.do(api.Reclassify(ticket="A002", care="senior", reason="seen"), LIN).care == "senior"
    called = lobby.call()
    assert called is not None
    assert (called.number, called.care) == ("A002", "senior")


def test_visitors_without_a_ticket_leave_an_outcome(lobby: Lobby) -> None:
    assert lobby.do(api.Divert(outcome="mobile_bank"), LIN).outcome == "mobile_bank"
    assert lobby.refused(api.Divert(outcome="tulips"), LIN).code == "unknown-reason"


def test_appointments_are_a_code_and_nothing_else(lobby: Lobby) -> None:
    booked = lobby.do(api.Book(service="wealth", at="09:20"), LIN)
    assert booked.code.isdigit()
    assert len(booked.code) == 4
    told = lobby.do(api.CheckIn(appointment=booked.code), KIOSK)
    ticket = lobby.ticket(told.number)
    assert (ticket.care, ticket.source, told.number) == ("appointment", "appointment", "H001")
    assert told.service == "wealth"
    assert lobby.refused(api.CheckIn(appointment=booked.code), LIN).code == "checked-in"
    wrong = f"{(int(booked.code) + 1) % 10_000:04d}"
    assert lobby.refused(api.CheckIn(appointment=wrong), LIN).code == "unknown-appointment"


def test_in_the_lobby_every_code_that_cannot_be_used_gets_the_same_answer(lobby: Lobby) -> None:
    used, early = (lobby.do(api.Book(service="wealth", at=when), LIN).code for when in ("09:20", "11:00"))
    lobby.do(api.CheckIn(appointment=used), KIOSK)
    stopped = lobby.do(api.Book(service="account", at="09:10"), LIN)
    lobby.do(api.Suspend(service="account", reason="staff"), LIN)
    tomorrow = lobby.do(api.Book(service="wealth", at="2026-11-24T09:20"), LIN)
    free = next(code for code in map("{:04d}".format, range(9)) if code not in (used, early, stopped.code))
    refs = [used, early, stopped.code, free, tomorrow.code, str(tomorrow.id)]
    found = [lobby.refused(api.CheckIn(appointment=ref), KIOSK) for ref in refs]
    assert {(each.code, *each.facts) for each in found} == {("appointment-not-here",)}


def test_an_appointment_speaks_the_language_of_who_came(lobby: Lobby) -> None:
    booked = lobby.do(api.Book(service="wealth", at="09:20"), LIN)
    told = lobby.do(api.CheckIn(appointment=booked.code, language="en"), KIOSK)
    assert lobby.ticket(told.number).language == "en"


def test_appointments_have_a_time(lobby: Lobby) -> None:
    booked = lobby.do(api.Book(service="wealth", at="10:00"), LIN)
    refused = lobby.refused(api.CheckIn(appointment=str(booked.id)), LIN)
    assert (refused.code, refused.facts) == ("not-check-in-time", {"from": "09:30", "until": "10:15"})
    at(lobby, "10:15:01")
    assert lobby.refused(api.CheckIn(appointment=booked.code), LIN).code == "not-check-in-time"
    for closed in ("08:00", "17:00", "2026-11-24T08:29"):
        assert lobby.refused(api.Book(service="wealth", at=closed), LIN).code in (
            "branch-closed",
            "bad-moment",
        )


def test_codes_of_a_day_differ(lobby: Lobby) -> None:
    codes = {lobby.do(api.Book(service="wealth", at="11:00"), LIN).code for _ in range(60)}
    assert len(codes) == 60
