"""The close of a day over reception, and the same day through the host's own dispatch."""

from typing import Any

import pytest

from hosts import LocalBranch, signed_on
from lobby import LI, LIN, WANG, ZHOU, Lobby
from tellertui.branch.api import CloseDay, OpenDay
from tellertui.core.refusal import Refusal
from tellertui.host.host import Host
from tellertui.workflows.reception import api
from tellertui.workflows.reception.events import TicketExpired
from tellertui.workflows.reception.records import Appointment, VisitService


def test_every_open_ticket_expires_with_its_wait(lobby: Lobby) -> None:
    lobby.do(OpenDay(), ZHOU)
    lobby.open("1", WANG)
    lobby.open("2", LI)
    lobby.visit(1)
    held = lobby.serving()
    lobby.do(api.Hold(reason="copy"))
    served = lobby.serving()
    lobby.issue()
    lobby.call(LI)
    lobby.issue("corporate")
    lobby.clock.advance(60)
    lobby.do(CloseDay(), ZHOU)
    expired = [event for event, _ in lobby.entries() if isinstance(event, TicketExpired)]
    assert [(event.state, event.waited_s) for event in expired] == [
        ("on_hold", 0),
        ("serving", 0),
        ("called", 0),
        ("waiting", 60),
    ]
    assert lobby.ticket(held).state == lobby.ticket(served).state == lobby.ticket("F001").state == "expired"
    assert lobby.ticket("A001").state == "served"
    visits = lobby.read(lambda reads: list(reads.every(VisitService)))
    assert sorted(str(visit.result) for visit in visits) == ["done", "expired", "expired"]
    for code in "12":
        counter = lobby.counter(code)
        assert (counter.state, counter.person, counter.ticket) == ("closed", None, None)


def test_missed_tickets_and_used_appointments_stay_what_they_are(lobby: Lobby) -> None:
    lobby.do(OpenDay(), ZHOU)
    lobby.open("1", WANG)
    lobby.issue()
    lobby.call()
    lobby.miss()
    used = lobby.do(api.Book(service="cash", at="09:10"), LIN)
    lobby.do(api.CheckIn(appointment=used.code), LIN)
    lobby.do(api.Book(service="cash", at="15:00"), LIN)
    lobby.do(api.Book(service="cash", at="2026-11-24T15:00"), LIN)
    lobby.do(CloseDay(), ZHOU)
    assert lobby.ticket("A001").state == "missed"
    states = lobby.read(lambda reads: sorted((row.day, row.state) for row in reads.every(Appointment)))
    assert states == [("2026-11-23", "arrived"), ("2026-11-23", "lapsed"), ("2026-11-24", "booked")]


def test_opening_a_day_expires_what_an_earlier_day_left(lobby: Lobby) -> None:
    lobby.open("1", WANG)
    lobby.serving()
    lobby.issue()
    lobby.clock.advance(24 * 3600)
    today = lobby.issue().id
    lobby.do(OpenDay(), ZHOU)
    expired = {event.ticket for event, _ in lobby.entries() if isinstance(event, TicketExpired)}
    assert len(expired) == 2
    assert today not in expired
    assert (lobby.counter("1").ticket, lobby.counter("1").state) == (None, "open")


async def test_the_contract_by_name(host: Host) -> None:
    kiosk, officer = LocalBranch(host), signed_on(host, ZHOU.name)
    told = await kiosk.call("reception.issue", {"service": "cash", "class": "senior", "language": "en"})
    assert list(told) == [
        "id", "number", "ahead", "wait_lo_min", "wait_hi_min", "overtaken_by_at_most", "papers",
    ]  # fmt: skip
    assert await officer.call("reception.counter_open", {"counter": "1"})
    called = await officer.call("reception.call_next")
    assert called == {"id": told["id"], "number": "A001", "service": "cash", "class": "senior", "waited_s": 0}
    for method, params in (
        ("arrive", {}),
        ("hold", {"reason": "copy"}),
        ("resume", {}),
        ("next_service", {"service": "non-cash"}),
        ("finish", {"result": "missing_papers"}),
        ("return", {"ticket": "A001"}),
        ("reclassify", {"ticket": "A001", "class": "vip", "reason": "told"}),
        ("precheck", {"ticket": "A001", "papers": "ok"}),
        ("forward", {"ticket": "A001", "service": "cash", "reason": "wrong_line"}),
        ("leave", {"ticket": "A001"}),
        ("divert", {"outcome": "answered"}),
        ("suspend", {"service": "loss", "reason": "cash", "until": "16:00"}),
        ("unsuspend", {"service": "loss"}),
        ("help", {"place": "counter"}),
        ("queue", {}),
        ("counter", {}),
        ("counter_pause", {"reason": "meal"}),
        ("counter_close", {}),
    ):
        assert await officer.call(f"reception.{method}", params), method
    assert await officer.call("reception.board", {})
    assert await kiosk.call("reception.services", {})
    assert await officer.call("reception.counter_open", {"counter": "1"})
    assert await officer.call("reception.call_next") is None


@pytest.mark.parametrize(
    ("staff", "method", "params", "code"),
    [
        (False, "queue", {}, "not-permitted"),
        (False, "call_next", {}, "not-permitted"),
        (True, "expire_open", {"day": "2026-11-23"}, "not-permitted"),
        (False, "issue", {"service": "cash", "name": "x"}, "bad-params"),
        (False, "issue", {"service": "cash' OR 1=1"}, "bad-params"),
        (False, "rate", {"ticket": "A001", "score": 6}, "bad-params"),
    ],
)
async def test_what_is_refused_before_a_handler(
    host: Host, staff: bool, method: str, params: dict[str, Any], code: str
) -> None:
    caller = signed_on(host, ZHOU.name) if staff else LocalBranch(host)
    with pytest.raises(Refusal) as caught:
        await caller.call(f"reception.{method}", params)
    assert caught.value.code == code


async def test_a_repeat_gets_the_same_number(host: Host) -> None:
    kiosk = LocalBranch(host)
    identity = host.store.ids.new()
    first = await kiosk.call("reception.issue", {"service": "cash"}, identity)
    assert await kiosk.call("reception.issue", {"service": "cash"}, identity) == first
    assert (await kiosk.call("reception.issue", {"service": "cash"}))["number"] == "A002"
