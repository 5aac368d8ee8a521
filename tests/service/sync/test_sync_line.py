"""The line under the faults of networks, machines and restores: a fact arrives once, or is seen to wait."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import insert

from hosts import LocalBranch
from lines import URL, Line, copied, cut, flipped, host_of, kept, lost, restored
from offices import Branch, Office
from tellertui.core.clock import ManualClock
from tellertui.core.refusal import Refusal
from tellertui.core.role import Listener
from tellertui.headoffice.ledger import SqlLedger
from tellertui.headoffice.receiver import BODY
from tellertui.headoffice.refused import Refused
from tellertui.headoffice.tables import PARKED
from tellertui.sync import api
from tellertui.sync.wire import BATCH
from tellertui.workflows.reception.api import Issue


async def batch(line: Line) -> api.Exchange:
    """Return the next batch, letting the time pass that a batch which is not full waits."""
    while True:
        await line.wait_over()
        if (exchange := await line.next()).kind == "batch":
            return exchange
        await line.carry(exchange)


async def test_what_is_written_arrives(line: Line) -> None:
    await line.customers(40)
    assert (await line.view()).waiting > 40
    await line.agreed()
    view = await line.view()
    assert (view.waiting, view.oldest_waiting_s, view.last_error, view.state) == (0, None, None, "ready")
    assert [(each.first, each.state) for each in view.batches][-1] == (1, "accepted")


async def test_01_a_lost_request_is_sent_again(line: Line) -> None:
    await line.customers(20)
    first = await batch(line)
    await line.carry(first, out=lost)
    assert (await line.view()).last_error == "timeout"
    second = await batch(line)
    assert second.id != first.id
    await line.carry(second)
    await line.agreed()


async def test_02_a_lost_answer_is_answered_as_a_duplicate(line: Line) -> None:
    await line.customers(20)
    acked = (await line.view()).acked
    await line.carry(await batch(line), back=lost)
    assert (await line.view()).acked == acked
    await line.agreed()


async def test_03_a_doubled_request_lands_once(line: Line) -> None:
    await line.customers(20)
    exchange = await batch(line)
    line.asked("batch", exchange.body)
    answer = line.asked("batch", exchange.body)
    for _ in range(2):
        await line.courier.do(api.Answered(id=exchange.id, body=answer))
    assert (await line.view()).waiting == 0
    await line.agreed()


@pytest.mark.parametrize("kind", ["hello", "batch"])
async def test_05_a_truncated_request_changes_nothing(line: Line, kind: str) -> None:
    if kind == "batch":
        await line.customers(5)
    await line.wait_over()
    before = line.office.store
    assert (await line.next()).kind == kind
    await line.step(out=cut)
    assert before is line.office.store
    view = await line.view()
    assert view.last_error == "malformed"
    assert view.failures == 1
    await line.sound()
    await line.agreed()


async def test_06_no_flipped_bit_lands(line: Line) -> None:
    await line.customers(20)
    exchange = await batch(line)
    acked = (await line.view()).acked
    codes = set()
    for place in range(0, len(exchange.body), 41):
        with pytest.raises(Refused) as refused:
            line.asked("batch", flipped(place)(exchange.body) or b"")
        codes.add(refused.value.code)
    assert {"bad-signature", "bad-digest", "malformed"} <= codes
    await line.sound()
    assert (await line.view()).acked == acked
    await line.carry(exchange)
    await line.agreed()


async def test_06_no_flipped_answer_moves_anything(line: Line) -> None:
    await line.customers(20)
    answer = line.asked("batch", (await batch(line)).body)
    acked = (await line.view()).acked
    for place in range(0, len(answer), 13):
        exchange = await batch(line)
        await line.courier.do(api.Answered(id=exchange.id, body=flipped(place)(answer)))
        view = await line.view()
        assert view.acked == acked
        assert view.last_error in ("malformed", "not-signed")
    await line.agreed()


async def test_07_an_old_batch_played_again_has_no_effect(line: Line) -> None:
    await line.customers(10)
    old = await batch(line)
    await line.carry(old)
    await line.customers(10)
    await line.drained()
    line.asked("batch", old.body)
    await line.agreed()


async def test_08_another_branch_cannot_speak_for_this_one(line: Line) -> None:
    await line.customers(10)
    stranger = line.office.enrolled("B002")
    posing = Branch("B001", line.office.keys.pack, device=stranger.device).write(b"x")
    for data, purpose in ((posing.batch(1, 1), BATCH), (posing.hello(1), "tellertui.hello/1")):
        with pytest.raises(Refused) as refused:
            line.office.receiver.heard(data, purpose)
        assert (refused.value.status, refused.value.code) == (403, "wrong-key")
    await line.agreed()


@pytest.mark.parametrize(
    "page",
    [
        b"<html><body>Sign in to the guest network</body></html>",
        b"",
        b"\x91" * 4_000,
        b"\xc1",
        b"{}" * 20_000,
    ],
)
async def test_10_what_a_portal_answers_is_no_receipt(line: Line, page: bytes) -> None:
    await line.customers(10)
    acked = (await line.view()).acked
    await batch(line)
    await line.step(back=lambda _: page)
    view = await line.view()
    assert (view.acked, view.last_error, view.failures) == (acked, "malformed", 1)
    await line.agreed()


async def test_11_a_wait_that_head_office_asks_for_outlives_a_restart(line: Line) -> None:
    await line.customers(10)
    await line.fail(await batch(line), "busy", 120)
    await line.restarted()
    await line.desk.do(api.SendNow())
    for _ in range(119):
        assert (await line.next()).kind == "idle"
        line.clock.advance(1)
    line.clock.advance(13)
    assert (await line.next()).kind == "batch"
    await line.agreed()


async def test_12_a_batch_that_is_too_large_is_halved(line: Line) -> None:
    await line.customers(600)
    sizes = []
    for _ in range(3):
        exchange = await batch(line)
        sizes.append(len(exchange.body))
        await line.fail(exchange, "too-large")
    assert sizes[0] > 1.5 * sizes[1] > 2 * sizes[2]
    await line.agreed()


async def test_17_a_host_that_dies_before_it_notes_the_receipt_asks_again(line: Line) -> None:
    await line.customers(20)
    exchange = await batch(line)
    line.asked("batch", exchange.body)
    await line.restarted()
    await line.courier.do(api.Answered(id=exchange.id, body=b"of another life"))
    assert (await line.view()).failures == 0
    await line.agreed()


async def test_29_a_second_courier_is_told_that_there_is_one(line: Line) -> None:
    second = LocalBranch(line.host, Listener.COURIER)
    line.host.connections.peers[1] = line.courier.peer
    await line.next()
    with pytest.raises(Refusal) as refused:
        await second.do(api.NextExchange())
    assert refused.value.code == "other-courier"
    del line.host.connections.peers[1]
    assert (await second.do(api.NextExchange())).kind == "idle"


async def test_31_head_office_set_back_gets_the_rest_again(line: Line, tmp_path: Path) -> None:
    await line.customers(30)
    await line.agreed()
    kept(line.office, tmp_path / "kept")
    line.office = Office.opened(line.office.place.folder, line.clock)
    await line.customers(30)
    await line.agreed()
    line.office = restored(line.office, tmp_path / "kept", line.clock)
    line.clock.advance(300)
    assert await line.step() == "hello"
    view = await line.view()
    assert view.state == "ready"
    assert view.waiting >= 30
    await line.agreed()
    assert [each.first for each in (await line.view()).batches][-1] == 1


async def set_back(line: Line, written: int) -> int:
    """Put a branch back to before its newest 20 customers, let it write anew, and return its old head."""
    await line.customers(10)
    await line.agreed()
    await line.restarted(lambda: None)
    await line.host.close()
    backup = copied(line.founded, "backup")
    line.host = await host_of(line.founded, line.clock)
    line._seat()
    await line.customers(20)
    await line.agreed()
    head = (await line.view()).head
    await line.host.close()
    shutil.rmtree(line.founded.directory)
    shutil.copytree(backup.directory, line.founded.directory)
    line.host = await host_of(line.founded, line.clock)
    line._seat()
    await line.customers(written)
    return head


@pytest.mark.parametrize(("written", "state"), [(0, "behind"), (5, "behind"), (18, "forked"), (60, "forked")])
async def test_33_35_a_branch_that_was_set_back_is_stopped(line: Line, written: int, state: str) -> None:
    head = await set_back(line, written)
    for _ in range(4):
        await line.wait_over()
        await line.step()
        if (await line.view()).state in ("behind", "forked"):
            break
    view = await line.view()
    assert view.state in ("behind", "forked")
    if written in (0, 60):
        assert view.state == state
    assert view.last_error == view.state
    with line.office.store.reading() as connection:
        known = SqlLedger(connection).known("B001", 1)
    assert known is not None
    assert known.cursor == head
    counted = line.office_figures()
    # Work goes on here, and nothing of it is sent before people have decided.
    await LocalBranch(line.host).do(Issue(service="account"))
    for _ in range(3):
        line.clock.advance(301)
        assert await line.step() == "hello"
    assert (await line.view()).state in ("behind", "forked")
    assert line.office_figures() == counted


async def test_37_of_two_clones_the_second_is_stopped(line: Line, clock: ManualClock) -> None:
    await line.customers(10)
    await line.agreed()
    await line.host.close()
    clone = copied(line.founded, "clone")
    line.host = await host_of(line.founded, clock)
    line._seat()
    other = await Line.opened(clone, line.office, clock)
    await other.customers(7)
    await line.customers(9)
    await line.agreed()
    counted = line.office_figures()
    clock.advance(301)
    await other.step()
    assert (await other.view()).state in ("behind", "forked")
    assert line.office_figures() == counted
    await other.customers(30)
    clock.advance(301)
    assert await other.step() == "hello"
    assert (await other.view()).state == "forked"
    await line.customers(3)
    await line.agreed()
    await other.host.close()


async def test_41_what_head_office_could_not_apply_is_shown_and_blocks_nothing(line: Line) -> None:
    row = {"branch": "B001", "day": "2026-11-23", "event": "ticket.issued", "version": 1, "subject": b"t"}
    for incarnation in (1, 2):
        line.office.store.write(
            lambda connection, number=incarnation: connection.execute(
                insert(PARKED).values(
                    **row, incarnation=number, seq=7, code="unknown-version", state="open", at=0
                )
            )
        )
    await line.customers(5)
    await line.agreed()
    found = [(each.incarnation, each.seq, each.code) for each in (await line.view()).rejections]
    assert found == [(1, 7, "unknown-version"), (2, 7, "unknown-version")]
    line.office.store.write(lambda connection: connection.execute(PARKED.delete()))
    line.clock.advance(301)
    await line.step()
    assert (await line.view()).rejections == []


async def test_45_a_bomb_is_refused_within_limits(line: Line) -> None:
    for data in (b"\x91" * 100_000, b"\x93" + b"\xa1", b"\xdd\xff\xff\xff\xff", bytes(BODY)):
        with pytest.raises(Refused) as refused:
            line.office.receiver.heard(data, BATCH)
        assert refused.value.status in (400, 413, 422)
    await line.agreed()


async def test_52_a_long_time_offline_drains_in_steady_batches(line: Line) -> None:
    await line.customers(1_700)
    kinds = []

    async def step() -> str:
        kinds.append(await line.step())
        return kinds[-1]

    await line.drained(step=step)
    assert kinds.count("batch") in (4, 5)
    await line.agreed()


async def test_an_answer_to_an_earlier_request_moves_nothing(line: Line) -> None:
    await line.customers(10)
    earlier = await batch(line)
    old = line.asked("batch", earlier.body)
    await line.carry(earlier)
    await line.customers(10)
    later = await batch(line)
    acked = (await line.view()).acked
    await line.courier.do(api.Answered(id=later.id, body=old))
    view = await line.view()
    assert (view.acked, view.last_error) == (acked, "other-request")
    await line.courier.do(api.Answered(id=earlier.id, body=old))
    assert (await line.view()).acked == acked
    await line.agreed()


async def test_nothing_is_carried_to_another_address_than_the_one_enrolled(line: Line) -> None:
    await line.customers(3)
    exchange = await batch(line)
    assert exchange.url == URL
    assert exchange.authority == line.office.keys.pack.authority
