"""What lands, what does not, and what is answered; the same on both databases."""

from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from offices import OFFICERS, Branch, Office, grown, plain_of
from tellertui.headoffice.ledger import SqlLedger
from tellertui.headoffice.refused import Refused
from tellertui.headoffice.tables import BATCH, BRANCH, INCARNATION, SEALED
from tellertui.sync.wire import BATCH as BATCHES
from tellertui.sync.wire import ENROL, HELLO, Signed, nonce_of, signed
from tellertui.vault.host import DeviceKey
from tellertui.workflows.reception import events as e


def entries(count: int, start: int = 0) -> list[bytes]:
    """Return entries that mean nothing to the figures."""
    return [plain_of(e.CounterOpened(str(number % 9 + 1)), number) for number in range(start, start + count)]


def held(office: Office) -> list[tuple[Any, ...]]:
    """Return everything that head office holds of chains."""
    with office.store.reading() as connection:
        rows: list[Any] = [*connection.execute(select(INCARNATION).order_by(INCARNATION.c.incarnation))]
        rows += connection.execute(select(BATCH.c.branch, BATCH.c.incarnation, BATCH.c.first, BATCH.c.plains))
        rows += connection.execute(select(SEALED))
    return [tuple(row) for row in rows]


def refused(office: Office, data: bytes, purpose: str = BATCHES) -> tuple[int, str]:
    """Return how a request is refused, having changed nothing."""
    before = held(office)
    with pytest.raises(Refused) as caught:
        office.answer(data, purpose)
    assert held(office) == before
    return caught.value.status, caught.value.code


def test_batches_land_in_order_and_the_receipt_says_how_far(office: Office) -> None:
    branch = office.enrolled().write(*entries(12), sealed=b"sealed")
    first = office.answer(branch.batch(1, 5), BATCHES)
    assert (first.code, first.cursor, first.hash) == ("ok", 5, branch.hashes[5])
    data = branch.batch(6, 12)
    second = office.answer(data, BATCHES)
    assert (second.code, second.cursor, second.hash) == ("ok", 12, branch.hashes[12])
    assert second.nonce == nonce_of(signed(data).payload)
    assert second.safe == 0
    hello = office.answer(branch.hello(), HELLO)
    assert (hello.code, hello.cursor, hello.hash) == ("ok", 12, branch.hashes[12])
    assert hello.nonce == b"h" * 16
    with office.store.reading() as connection:
        assert len(connection.execute(select(SEALED)).all()) == 12


def test_a_repeat_is_answered_alike_and_changes_nothing(office: Office) -> None:
    branch = office.enrolled().write(*entries(8))
    data = branch.batch(1, 8)
    first = office.answer(data, BATCHES)
    before = held(office)
    again = office.answer(data, BATCHES)
    assert again.code == "duplicate"
    assert msgspec.structs.replace(again, code="ok") == first
    old = office.answer(branch.batch(1, 3), BATCHES)
    assert (old.code, old.cursor) == ("duplicate", 8)
    assert held(office) == before


def test_an_overlap_lands_its_tail_only(office: Office) -> None:
    branch = office.enrolled().write(*entries(10), sealed=b"x")
    office.answer(branch.batch(1, 6), BATCHES)
    assert office.answer(branch.batch(4, 10), BATCHES).cursor == 10
    with office.store.reading() as connection:
        found = connection.execute(select(BATCH.c.first, BATCH.c.last).order_by(BATCH.c.first)).all()
        assert [tuple(row) for row in found] == [(1, 6), (7, 10)]
        assert len(connection.execute(select(SEALED)).all()) == 10


def test_a_gap_lands_nothing(office: Office) -> None:
    branch = office.enrolled().write(*entries(9))
    office.answer(branch.batch(1, 3), BATCHES)
    before = held(office)
    answer = office.answer(branch.batch(5, 9), BATCHES)
    assert (answer.code, answer.cursor, answer.hash) == ("gap", 3, branch.hashes[3])
    assert held(office) == before


def test_another_chain_is_a_fork_with_marks_to_agree_on(office: Office) -> None:
    branch = office.enrolled().write(*entries(9))
    twin = Branch(branch.code, branch.keys, branch.device, branch.store)
    for first in (1, 4, 7):
        office.answer(branch.batch(first, first + 2), BATCHES)
    twin.write(*entries(5), *entries(9, start=100))
    before = held(office)
    for data in (twin.batch(1, 14), twin.batch(7, 14), twin.batch(10, 14), twin.batch(6, 9)):
        answer = office.answer(data, BATCHES)
        assert (answer.code, answer.cursor) == ("fork", 9)
        assert answer.marks == tuple((seq, branch.hashes[seq]) for seq in (9, 6, 3, 1))
    hello = office.answer(twin.hello(7), HELLO)
    assert hello.code == "fork"
    assert office.answer(twin.hello(4), HELLO).code == "ok"
    assert held(office) == before


def test_marks_thin_out_with_distance(office: Office) -> None:
    branch = office.enrolled().write(*entries(300))
    for seq in range(1, 301):
        office.answer(branch.batch(seq, seq), BATCHES)
    answer = office.answer(branch.hello(value=b"other" * 6 + b"xx"), HELLO)
    assert [seq for seq, _ in answer.marks] == [*range(300, 250, -1), 300 - 64, 300 - 128, 300 - 256, 1]


def test_a_flipped_truncated_or_extended_batch_is_refused(office: Office) -> None:
    branch = office.enrolled().write(*entries(5))
    data = branch.batch(1, 5)
    message = signed(data)
    found = set()
    for part in ("payload", "signature", "envelope", "key"):
        value = bytearray(getattr(message, part))
        value[len(value) // 2] ^= 1
        changed = msgspec.structs.replace(message, **{part: bytes(value)})
        found.add(refused(office, changed.to_bytes()))
    assert found == {(422, "bad-signature"), (422, "bad-digest"), (403, "wrong-key")}
    assert refused(office, data[:-1]) == (400, "malformed")
    assert refused(office, data + b"x") == (400, "malformed")
    cut = msgspec.structs.replace(message, envelope=message.envelope[:-1])
    assert refused(office, cut.to_bytes()) == (422, "bad-digest")
    assert office.answer(data, BATCHES).code == "ok"


def test_a_batch_in_which_entries_were_changed_is_refused(office: Office) -> None:
    branch = office.enrolled().write(*entries(5), sealed=b"s")
    reordered = branch.batch(
        1, 5, change=lambda run: msgspec.structs.replace(run, plains=[*reversed(run.plains)])
    )
    assert refused(office, reordered) == (422, "bad-chain")
    short = branch.batch(1, 5, change=lambda run: msgspec.structs.replace(run, sealed=run.sealed[:-1]))
    assert refused(office, short) == (422, "bad-count")
    dropped = branch.batch(
        1, 5, change=lambda run: msgspec.structs.replace(run, plains=run.plains[1:], sealed=run.sealed[1:])
    )
    assert refused(office, dropped) == (422, "bad-chain")


def test_nobody_speaks_for_another_branch(office: Office) -> None:
    ours, theirs = office.enrolled("B001").write(*entries(3)), office.enrolled("B002")
    assert refused(office, ours.batch(1, 3, device=theirs.device)) == (403, "wrong-key")
    assert refused(office, ours.batch(1, 3, device=DeviceKey.generate())) == (403, "wrong-key")
    unknown = Branch("B003", ours.keys).write(*entries(3))
    assert refused(office, unknown.batch(1, 3)) == (401, "unknown-branch")
    borrowed = Branch("B001", ours.keys, ours.device, theirs.store).write(*entries(3))
    assert refused(office, borrowed.batch(1, 3)) == (403, "other-store")


def test_a_signature_for_one_purpose_serves_no_other(office: Office) -> None:
    branch = office.enrolled().write(*entries(3))
    hello = signed(branch.hello())
    posing = Signed(BATCHES, hello.payload, hello.key, hello.signature)
    assert refused(office, posing.to_bytes()) == (400, "malformed")
    assert refused(office, branch.hello(), BATCHES) == (400, "malformed")
    newer = Signed("tellertui.batch/9", b"", b"", b"")
    assert refused(office, newer.to_bytes()) == (426, "unknown-protocol")


def test_numbers_that_no_database_holds_are_malformed(office: Office) -> None:
    branch = office.enrolled()
    assert refused(office, branch.hello(0, incarnation=2**63), HELLO) == (400, "malformed")
    assert refused(office, branch.hello(0, acked=-1), HELLO) == (400, "malformed")
    assert refused(office, branch.hello(0, build="a\0b"), HELLO) == (400, "malformed")


def test_a_code_enrols_one_device_once(office: Office) -> None:
    code = office.code("B001")
    branch, other = Branch("B001", office.keys.pack), Branch("B001", office.keys.pack)
    assert refused(office, other.enrol(code, root=b"r" * 32), ENROL) == (422, "bad-chain")
    assert refused(office, branch.enrol("AAAA-" * 7 + "AAAA"), ENROL) == (403, "bad-code")
    assert refused(office, branch.enrol("nothing"), ENROL) == (422, "bad-enrol-code")
    first = office.answer(branch.enrol(code), ENROL)
    assert (first.code, first.incarnation, first.cursor, first.hash) == ("ok", 1, 0, branch.hashes[0])
    office.clock.advance(3600)
    assert office.answer(branch.enrol(code.lower().replace("-", " ")), ENROL) == first
    assert refused(office, other.enrol(code), ENROL) == (403, "used-code")
    assert refused(office, other.enrol(office.code("B001")), ENROL) == (403, "other-store")
    elsewhere = Branch("B002", office.keys.pack)
    assert refused(office, elsewhere.enrol(office.code("B001")), ENROL) == (403, "bad-code")


def test_a_code_is_good_for_a_day(office: Office) -> None:
    code = office.code("B001")
    office.clock.advance(24 * 3600)
    assert refused(office, Branch("B001", office.keys.pack).enrol(code), ENROL) == (403, "expired-code")


def test_a_new_device_of_the_same_store_needs_a_new_code(office: Office) -> None:
    branch = office.enrolled().write(*entries(4))
    office.answer(branch.batch(1, 2), BATCHES)
    moved = Branch("B001", branch.keys, DeviceKey.generate(), branch.store).write(*entries(4))
    answer = office.answer(moved.enrol(office.code("B001")), ENROL)
    assert (answer.code, answer.cursor) == ("ok", 2)
    assert refused(office, branch.batch(3, 4)) == (403, "wrong-key")
    assert office.answer(moved.batch(3, 4), BATCHES).code == "ok"


def test_a_restored_branch_lives_on_in_a_new_incarnation(office: Office) -> None:
    branch = office.enrolled().write(*entries(8))
    office.answer(branch.batch(1, 8), BATCHES)
    restored = grown(branch, 5).write(*entries(2, start=50))
    answer = office.answer(restored.batch(1, 3), BATCHES)
    assert (answer.code, answer.incarnation, answer.cursor) == ("ok", 2, 3)
    assert office.answer(branch.hello(), HELLO).code == "closed"
    branch.write(*entries(1, start=90))
    assert office.answer(branch.batch(9, 9), BATCHES).code == "closed"
    with office.store.reading() as connection:
        assert connection.execute(select(BRANCH.c.incarnation)).scalar() == 2


def test_a_clone_is_contested_until_people_choose(office: Office) -> None:
    branch = office.enrolled().write(*entries(8))
    office.answer(branch.batch(1, 8), BATCHES)
    one = grown(branch, 5).write(*entries(1, start=60))
    two = grown(branch, 6, incarnation=3).write(*entries(1, start=70))
    assert office.answer(one.batch(1, 1), BATCHES).code == "ok"
    assert office.answer(two.batch(1, 2), BATCHES).code == "contested"
    assert office.answer(one.batch(2, 2), BATCHES).code == "contested"
    before = held(office)
    assert office.answer(two.batch(1, 2), BATCHES).code == "contested"
    assert held(office) == before
    assert office.store.write(lambda connection: SqlLedger(connection).settle("B001", 3))
    assert office.answer(one.hello(), HELLO).code == "closed"
    assert office.answer(two.batch(1, 2), BATCHES).code == "ok"
    assert not office.store.write(lambda connection: SqlLedger(connection).settle("B001", 2))


def test_an_incarnation_that_one_person_opened_waits_for_people(office: Office) -> None:
    branch = office.enrolled().write(*entries(5))
    office.answer(branch.batch(1, 4), BATCHES)
    lone = grown(branch, 3, signers=OFFICERS[:1])
    assert office.answer(lone.batch(1, 1), BATCHES).code == "contested"
    assert office.answer(branch.batch(5, 5), BATCHES).code == "ok"
    assert office.answer(lone.hello(), HELLO).code == "contested"


def test_an_invented_opening_is_refused(office: Office) -> None:
    branch = office.enrolled().write(*entries(4))
    office.answer(branch.batch(1, 4), BATCHES)
    stranger = grown(branch, 3)
    stranger.hashes[0] = b"0" * 32
    assert refused(office, stranger.batch(1, 1)) == (422, "bad-opening")
    plain = Branch("B001", branch.keys, branch.device, branch.store, 2).write(*entries(1))
    assert refused(office, plain.batch(1, 1)) == (422, "bad-opening")
