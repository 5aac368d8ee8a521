"""The branch's side: when it speaks, what an answer moves, and that no clock can stop it."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from histories.storage import FOUNDERS, Chain, Held, first_chain, founding, record
from tellertui.core.clock import DAY, MINUTE, SECOND
from tellertui.store.journal import root
from tellertui.sync import sending
from tellertui.sync.api import BatchView
from tellertui.sync.sending import (
    HELLO_EVERY,
    OLDEST,
    Rest,
    Say,
    Send,
    SyncState,
    Wait,
    answered,
    failed,
    wanted,
)
from tellertui.sync.show import with_sent
from tellertui.sync.wire import RAW_BYTES, RECORDS, Limits, Receipt

NOW = 1_000 * DAY
JITTER = st.floats(0, 1, exclude_max=True)


def chains(entries: int = 40) -> dict[int, Chain]:
    made = first_chain("b0")
    made.add([founding("b0", 1, 0, 0, b"", 0, 2), *(record(number) for number in range(1, entries))])
    return {1: made}


CHAINS = chains()
TAIL = Held(CHAINS, 1, 40, blind=False)


def ready(**values: Any) -> SyncState:
    known: dict[str, Any] = {
        "state": sending.READY,
        "acked": 20,
        "acked_hash": TAIL.hash_at(20),
        "heard_at": NOW,
    }
    return SyncState(incarnation=1, **{**known, **values})


def receipt(cursor: int = 30, code: str = "ok", **values: Any) -> Receipt:
    known: dict[str, Any] = {
        "branch": "b0",
        "incarnation": 1,
        "cursor": cursor,
        "hash": TAIL.hash_at(cursor) or b"beyond",
        "safe": 0,
        "nonce": b"",
        "at": 0,
        "code": code,
        "pack": 1,
    }
    return Receipt(**{**known, **values})


class TestWhen:
    def test_a_new_branch_asks_before_it_sends(self) -> None:
        assert wanted(SyncState(incarnation=1), 40, NOW) == Say(40)

    def test_nothing_to_send_is_said_every_five_minutes(self) -> None:
        assert wanted(ready(acked=40), 40, NOW + HELLO_EVERY - 1) == Wait(NOW + HELLO_EVERY)
        assert wanted(ready(acked=40), 40, NOW + HELLO_EVERY) == Say(40)

    def test_a_batch_leaves_when_it_is_full_or_old(self) -> None:
        assert wanted(ready(), 40, NOW) == Wait(NOW + OLDEST)
        assert wanted(ready(), 40, NOW + OLDEST) == Send(1, 21)
        assert wanted(ready(), 20 + RECORDS, NOW) == Send(1, 21)

    def test_a_person_need_not_wait(self) -> None:
        assert wanted(sending.pushed(ready()), 40, NOW) == Send(1, 21)
        assert wanted(sending.pushed(ready(acked=40)), 40, NOW) == Say(40)
        assert wanted(sending.pushed(ready(next_at=NOW + MINUTE)), 40, NOW) == Send(1, 21)

    def test_11_but_nobody_overrides_head_office(self) -> None:
        state = sending.pushed(failed(ready(), "busy", 120, NOW, 0.0))
        assert wanted(state, 40, NOW + 120 * SECOND - 1) == Wait(NOW + 120 * SECOND)
        assert wanted(state, 40, NOW + 120 * SECOND) == Send(1, 21)

    @pytest.mark.parametrize("state", sorted(sending.STOPPED))
    def test_a_stopped_branch_sends_nothing_and_still_asks(self, state: str) -> None:
        stopped = ready(state=state)
        assert wanted(stopped, 4_000, NOW + HELLO_EVERY - 1) == Wait(NOW + HELLO_EVERY)
        assert wanted(stopped, 4_000, NOW + HELLO_EVERY) == Say(4_000)

    def test_a_forked_branch_names_a_position_that_head_office_can_judge(self) -> None:
        forked = answered(ready(), receipt(30, hash=b"other"), TAIL, NOW)
        assert wanted(forked, 40, NOW + HELLO_EVERY) == Say(30)

    @given(heard=st.integers(0, 2 * NOW), at=st.integers(0, 2 * NOW), bar=st.integers(0, 2 * NOW))
    def test_49_no_clock_that_was_wrong_holds_it_up(self, heard: int, at: int, bar: int) -> None:
        state = ready(heard_at=heard, next_at=at, not_before=bar)
        found = wanted(state, 40, NOW)
        assert not isinstance(found, Wait) or NOW < found.until <= NOW + sending.ASKED_MOST_S * 1_100


class TestFailures:
    @given(failures=st.integers(0, 10_000), jitter=JITTER)
    def test_back_off_has_full_jitter_between_one_second_and_five_minutes(
        self, failures: int, jitter: float
    ) -> None:
        state = failed(ready(failures=failures), "no-answer", None, NOW, jitter)
        wait = state.next_at - NOW
        most = min(300.0, 2.0 ** min(failures + 1, 16))
        assert SECOND <= wait <= most * SECOND
        assert wait == pytest.approx((1 + jitter * (most - 1)) * SECOND, abs=1)
        assert wanted(state, 40, state.next_at - 1) == Wait(state.next_at)
        assert not isinstance(wanted(state, 20 + RECORDS, state.next_at), Wait)

    @given(asked=st.integers(-5, 10**9), failures=st.integers(0, 50), jitter=JITTER)
    def test_11_retry_after_wins(self, asked: int, failures: int, jitter: float) -> None:
        state = failed(ready(failures=failures), "busy", asked, NOW, jitter)
        wait = state.not_before - NOW
        most = max(0, min(asked, sending.ASKED_MOST_S)) * SECOND
        assert most <= wait <= most * 1.1 + 1
        restarted = msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=SyncState)
        assert restarted == state, "the schedule outlives a restart"

    def test_12_too_large_halves_until_one_entry_is_left_and_grows_back(self) -> None:
        state = ready()
        for _ in range(30):
            state = failed(state, "too-large", None, NOW, 0.5)
        assert (state.records, state.raw_bytes, state.error) == (1, 1, "too-large")
        sizes = []
        for _ in range(200):
            state = answered(state, receipt(), TAIL, NOW)
            sizes.append(state.records)
        assert sizes == sorted(sizes)
        assert (state.records, state.raw_bytes) == (RECORDS, RAW_BYTES)

    def test_other_failures_halve_nothing(self) -> None:
        assert failed(ready(), "no-answer", None, NOW, 0.5).records == RECORDS

    def test_head_office_can_want_smaller_batches(self) -> None:
        state = answered(ready(), receipt(limits=Limits(10, 2_000)), TAIL, NOW)
        assert (state.records, state.raw_bytes) == (10, 2_000)
        assert answered(ready(), receipt(limits=Limits(0, -1)), TAIL, NOW).records == 1

    def test_a_success_forgets_failures(self) -> None:
        state = answered(failed(ready(), "no-answer", None, NOW, 0.9), receipt(), TAIL, NOW)
        assert (state.failures, state.error, state.next_at, state.heard_at) == (0, "", 0, NOW)


class TestAnswers:
    def test_the_watermark_is_head_office_s_word_checked_on_the_own_chain(self) -> None:
        state = answered(ready(), receipt(30, safe=25), TAIL, NOW)
        assert (state.state, state.acked, state.acked_hash, state.safe) == (
            sending.READY,
            30,
            TAIL.hash_at(30),
            25,
        )

    def test_31_a_lower_cursor_sends_again_from_there(self) -> None:
        state = answered(ready(), receipt(7), TAIL, NOW)
        assert (state.state, state.acked) == (sending.READY, 7)
        assert wanted(sending.pushed(state), 40, NOW) == Send(1, 8)

    @given(cursors=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 60)), max_size=20))
    def test_32_safe_never_falls_and_is_never_beyond_what_is_held(
        self, cursors: list[tuple[int, int]]
    ) -> None:
        state, most = ready(), 0
        for cursor, safe in cursors:
            state = answered(state, receipt(cursor, safe=safe), TAIL, NOW)
            assert (state.error == "safe-fell") == (safe < most)
            most = max(most, min(safe, cursor))
            assert (state.acked, state.safe) == (cursor, most)

    def test_35_another_chain_is_a_fork_whatever_the_code_says(self) -> None:
        for code in ("ok", "duplicate", "gap"):
            state = answered(ready(), receipt(30, code, hash=b"other", marks=((5, b"five"),)), TAIL, NOW)
            assert (state.state, state.acked, state.told) == (
                sending.FORKED,
                20,
                ((30, b"other"), (5, b"five")),
            )

    def test_33_more_than_we_have(self) -> None:
        assert answered(ready(), receipt(41), TAIL, NOW).state == sending.BEHIND

    @pytest.mark.parametrize("code", ["closed", "contested", "fork"])
    def test_37_stops(self, code: str) -> None:
        state = answered(ready(), receipt(30, code), TAIL, NOW)
        assert state.state in sending.STOPPED
        assert (state.acked, state.pushed) == (20, False)
        assert answered(state, receipt(30), TAIL, NOW).state == sending.READY, "people have decided"

    def test_the_first_answer_to_an_unknown_incarnation(self) -> None:
        state = answered(SyncState(incarnation=1), receipt(0, hash=b""), TAIL, NOW)
        assert (state.state, state.acked) == (sending.READY, 0)
        assert answered(SyncState(incarnation=1), receipt(0, hash=b"else"), TAIL, NOW).state == sending.FORKED


class TestFiles:
    @given(cursors=st.lists(st.integers(0, 40), max_size=20))
    def test_receipts_of_any_age_move_forward_only(self, cursors: list[int]) -> None:
        state = ready()
        for cursor in cursors:
            state = sending.imported(state, receipt(cursor), TAIL, NOW)
        assert state.acked == max([20, *cursors])

    @pytest.mark.parametrize(
        ("said", "expected"),
        [
            (receipt(30, hash=b"other"), sending.FORKED),
            (receipt(41), sending.BEHIND),
            (receipt(30, "closed"), sending.CLOSED),
            (receipt(30, "contested"), sending.CONTESTED),
            (receipt(30, "fork"), sending.FORKED),
        ],
    )
    def test_a_file_can_stop_it_too(self, said: Receipt, expected: str) -> None:
        state = sending.imported(ready(), said, TAIL, NOW)
        assert (state.state, state.acked) == (expected, 20)

    def test_what_is_safe_now(self) -> None:
        assert sending.imported(ready(), receipt(20, safe=15), TAIL, NOW).safe == 15
        assert sending.imported(ready(safe=18), receipt(20, safe=15), TAIL, NOW) == ready(safe=18)

    def test_of_another_incarnation(self) -> None:
        assert sending.imported(ready(), receipt(30, incarnation=2), TAIL, NOW) == ready()


class TestEarlierIncarnations:
    @pytest.fixture
    def tail(self) -> Held:
        """The third incarnation, which grew out of 2/5, which grew out of 1/30."""
        made = chains()
        for number, parent, k in ((2, 1, 30), (3, 2, 5)):
            hash_k = made[parent].hashes[k]
            value = root("b0", number, parent, k, hash_k, list(FOUNDERS))
            chain = Chain(number, parent, k, value)
            chain.add([founding("b0", number, parent, k, hash_k, 0, 2), *map(record, range(100, 108))])
            made[number] = chain
        return Held(made, 3, 9, blind=False)

    def test_what_head_office_lacks_of_them_is_sent_first(self, tail: Held) -> None:
        state = SyncState(incarnation=3, state=sending.READY, acked=4, acked_hash=b"x")
        state = answered(state, receipt(12, "gap"), tail, NOW)
        assert (state.acked, state.rest) == (0, Rest(1, 12))
        assert wanted(state, 9, NOW) == Send(1, 13)
        state = answered(state, receipt(28), tail, NOW)
        assert wanted(state, 9, NOW) == Send(1, 29)
        state = answered(state, receipt(30), tail, NOW)
        assert wanted(state, 9, NOW) == Send(3, 1)
        state = answered(state, receipt(0, "gap", incarnation=2, hash=b""), tail, NOW)
        assert wanted(state, 9, NOW) == Send(2, 1)

    @pytest.mark.parametrize("said", [{"hash": b"other"}, {"code": "fork"}, {"incarnation": 7}])
    def test_where_even_they_differ_people_decide(self, tail: Held, said: dict[str, Any]) -> None:
        state = answered(SyncState(incarnation=3), receipt(12, **{"code": "gap", **said}), tail, NOW)
        assert (state.state, state.rest) == (sending.FORKED, None)


def test_the_batch_in_flight_is_told_from_what_waits_behind_it() -> None:
    waiting = BatchView(first=11, last=30, size=0, state="waiting", at=5)
    taken = BatchView(first=1, last=10, size=9, state="safe", at=4)
    sent = BatchView(first=11, last=20, size=7, state="sent", at=5)
    behind = BatchView(first=21, last=30, size=0, state="waiting", at=5)
    assert with_sent([waiting, taken], (11, 20, 7)) == [behind, sent, taken]
    assert with_sent([waiting, taken], (11, 30, 7))[0].state == "sent"
    assert with_sent([waiting, taken], None) == [waiting, taken]
    assert with_sent([taken], (11, 20, 7)) == [taken]
