"""Two people sign the end of a business day at one terminal."""

from typing import Any

import pytest

from branches import MANAGER, REVIEWER
from seats import Seat
from tellertui.branch.api import CloseDay, OpenDay
from tellertui.branch.api import Show as ShowBranch
from tellertui.core.clock import ManualClock
from tellertui.core.event import decode_event
from tellertui.core.refusal import Refusal
from tellertui.host.host import Host
from tellertui.store.journal import entries
from tellertui.vault.primitives import verify
from tellertui.vault.requests import DECISION_CONTEXT, REQUEST_CONTEXT, check_decision, read_decision
from tellertui.vault.wiping import WipedError
from tellertui.workflows.closing.api import DaySigned, ShowDay, SignDay
from tellertui.workflows.closing.records import DaySignature
from tellertui.workflows.reception.api import Arrive, CallNext, CounterOpen, Finish, Issue

TODAY = "2026-11-23"


@pytest.fixture
async def manager(host: Host) -> Seat:
    seat = Seat(host)
    assert await seat.sign_on(MANAGER) == ("ok", 0)
    await seat.do(OpenDay())
    return seat


async def refused(seat: Seat, command: Any, identifier: Any = None) -> Refusal:
    before = seat.host.store.journal.head
    with pytest.raises(Refusal) as caught:
        await seat.do(command, identifier)
    assert seat.host.store.journal.head == before
    assert "?" not in caught.value.text()
    return caught.value


def signed_entries(host: Host) -> list[Any]:
    def read(reads: Any) -> list[Any]:
        return [entry.read() for entry in entries(reads.connection.cursor()) if entry.event == "day.signed"]

    return host.store.read(read).result()


async def test_two_people_sign_a_day(host: Host, manager: Seat) -> None:
    answer = await manager.together(SignDay(), REVIEWER)
    assert [(each.seat, each.staff, each.same_terminal) for each in answer.signatures] == [
        ("maker", MANAGER, True),
        ("second", REVIEWER, True),
    ]
    sheet = await manager.do(ShowDay())
    assert sheet.state == "signed"
    assert sheet.signatures == answer.signatures
    assert sheet.head == answer.head
    assert (await manager.do(ShowBranch())).today.state == "signed"


async def test_the_entry_carries_both_signatures_over_the_stored_statement(host: Host, manager: Seat) -> None:
    await manager.together(SignDay(), REVIEWER)
    (plain,) = signed_entries(host)
    fact = decode_event(plain.event, plain.version, plain.facts)
    assert isinstance(fact, DaySigned)
    (row,) = host.store.read(lambda reads: list(reads.every(DaySignature))).result()
    assert (fact.day, fact.request, fact.maker, fact.second) == (TODAY, row.id, MANAGER, REVIEWER)
    (maker, first), (second, other) = (pair[1:] for pair in plain.signatures)
    asked, decided = check_decision(
        row.statement, first, row.decision, other, maker_key=maker, checker_key=second
    )
    assert verify(maker, REQUEST_CONTEXT, row.statement, first)
    assert verify(second, DECISION_CONTEXT, row.decision, other)
    assert asked.facts == (TODAY, fact.incarnation, fact.seq, fact.head.hex())
    assert (decided.presence, decided.same_terminal) == ("now", 1)


async def test_the_device_vouches_for_the_chain_behind_a_signed_day(host: Host, manager: Seat) -> None:
    await manager.together(SignDay(), REVIEWER)
    newest = host.store.read(lambda reads: [e.event for e in entries(reads.connection.cursor())][-2:])
    assert newest.result() == ["day.signed", "journal.checkpoint"]


async def test_one_person_alone_signs_nothing(manager: Seat) -> None:
    assert (await refused(manager, SignDay())).code == "second-missing"
    assert await manager.second(MANAGER, manager.new_id()) == ("same-person", 0)
    assert (await refused(manager, SignDay())).code == "second-missing"


async def test_a_second_person_signs_the_announced_command_only(manager: Seat) -> None:
    announced, other = manager.new_id(), manager.new_id()
    assert await manager.second(REVIEWER, announced) == ("ok", 0)
    assert (await refused(manager, SignDay(), other)).code == "second-missing"
    assert (await manager.do(SignDay(), announced)).date == TODAY


async def test_a_second_person_is_used_once(manager: Seat) -> None:
    identifier = manager.new_id()
    await manager.second(REVIEWER, identifier)
    ring = manager.peer.session.second.ring
    await manager.do(SignDay(), identifier)
    assert manager.peer.session.second is None
    with pytest.raises(WipedError):
        ring.sign("x", b"")
    again = await manager.do(SignDay(), identifier)
    assert again.date == TODAY
    assert len(signed_entries(manager.host)) == 1


async def test_a_second_person_holds_no_class_secret(manager: Seat) -> None:
    await manager.second(REVIEWER, manager.new_id())
    ring = manager.peer.session.second.ring
    assert not any(ring.holds(name) for name in ("mask", "customer", "case", "lookup"))
    assert [session.staff for session in manager.host.sessions] == [MANAGER]


async def test_a_second_person_waits_a_minute_at_most(manager: Seat, clock: ManualClock) -> None:
    identifier = manager.new_id()
    await manager.second(REVIEWER, identifier)
    clock.advance(61)
    assert (await refused(manager, SignDay(), identifier)).code == "second-missing"
    manager.host.sessions.sweep()
    assert manager.peer.session.second is None


async def test_a_session_that_ends_forgets_its_second_person(manager: Seat) -> None:
    await manager.second(REVIEWER, manager.new_id())
    session = manager.peer.session
    ring = session.second.ring
    manager.host.sessions.end(session, "sign-off")
    assert session.second is None
    with pytest.raises(WipedError):
        ring.sign("x", b"")


async def test_a_wrong_passphrase_of_a_second_person_counts(manager: Seat) -> None:
    verdict, wait = await manager.second(REVIEWER, manager.new_id(), b"not the right one at all")
    assert verdict == "wrong-passphrase"
    assert wait > 0
    assert await manager.second(REVIEWER, manager.new_id()) == ("wait", wait)


async def test_a_second_person_needs_a_signed_on_maker(host: Host) -> None:
    seat = Seat(host)
    with pytest.raises(Refusal, match="not-signed-on"):
        await seat.expect(seat.new_id())


async def test_a_day_is_signed_once(manager: Seat) -> None:
    await manager.together(SignDay(), REVIEWER)
    identifier = manager.new_id()
    await manager.second(REVIEWER, identifier)
    assert (await refused(manager, SignDay(), identifier)).code == "day-signed"


async def test_what_stands_in_the_way_is_named(manager: Seat) -> None:
    number = (await manager.do(Issue(service="cash"))).number
    await manager.do(CounterOpen(counter="1"))
    identifier = manager.new_id()
    await manager.second(REVIEWER, identifier)
    found = await refused(manager, SignDay(), identifier)
    assert (found.code, found.facts["count"]) == ("day-blocked", 2)
    assert (await manager.do(ShowDay())).blocking[0].detail == [number]


async def test_signing_closes_a_day_that_is_still_open(manager: Seat) -> None:
    await manager.do(Issue(service="cash"))
    await manager.do(CounterOpen(counter="1"))
    await manager.do(CallNext())
    await manager.do(Arrive())
    await manager.do(Finish())
    await manager.call("reception.counter_close")
    await manager.together(SignDay(), REVIEWER)
    with pytest.raises(Refusal, match="branch-closed"):
        await manager.do(Issue(service="cash"))
    assert (await manager.do(ShowDay())).figures.served == 1


async def test_an_earlier_day_is_signed_later(manager: Seat, clock: ManualClock) -> None:
    await manager.do(CloseDay())
    clock.advance(24 * 3_600)
    assert await manager.sign_on(MANAGER) == ("ok", 0)
    await manager.together(SignDay(date=TODAY), REVIEWER)
    assert (await manager.do(ShowDay(date=TODAY))).state == "signed"
    assert (await manager.do(ShowBranch())).today.unsigned == ()


async def test_a_day_that_nobody_opened_is_not_signed(manager: Seat) -> None:
    identifier = manager.new_id()
    await manager.second(REVIEWER, identifier)
    assert (await refused(manager, SignDay(date="2026-11-20"), identifier)).code == "nothing-to-sign"


async def test_decisions_name_the_checker(host: Host, manager: Seat) -> None:
    await manager.together(SignDay(), REVIEWER)
    (row,) = host.store.read(lambda reads: list(reads.every(DaySignature))).result()
    reviewer = host.access.grants.by_staff(REVIEWER)
    assert reviewer is not None
    assert read_decision(row.decision).checker == reviewer.person
