"""The expected wait as a range (R-Q-02)."""

from hypothesis import given
from hypothesis import strategies as st

from tellertui.core.clock import MINUTE
from tellertui.workflows.reception.rules.policy import policy_on
from tellertui.workflows.reception.rules.wait import Minutes, expected, waited

RULE = policy_on("2026-11-23").range


def test_people_ahead_times_mean_over_counters() -> None:
    assert expected(6, 8 * MINUTE, 2, 30, RULE) == Minutes(19, 29)
    assert expected(6, 8 * MINUTE, 2, 9, RULE) == Minutes(12, 36)


def test_nobody_ahead_may_still_wait_for_one_service() -> None:
    assert expected(0, 5 * MINUTE, 1, 0, RULE) == Minutes(0, 5)
    assert expected(0, 5 * MINUTE, 2, 0, RULE) == Minutes(0, 3)


def test_no_open_counter_counts_as_one() -> None:
    assert expected(3, 10 * MINUTE, 0, 30, RULE) == expected(3, 10 * MINUTE, 1, 30, RULE) == Minutes(24, 36)


@given(st.integers(0, 500), st.integers(1, 120 * MINUTE), st.integers(0, 40), st.integers(0, 50))
def test_the_range_holds_the_mean(ahead: int, mean: int, counters: int, samples: int) -> None:
    lo, hi = expected(ahead, mean, counters, samples, RULE)
    point = ahead * mean / max(counters, 1) / MINUTE
    assert 0 <= lo <= point <= hi
    few = expected(ahead, mean, counters, 0, RULE)
    assert few.lo <= lo
    assert hi <= few.hi


def test_a_wait_is_less_its_hold_and_never_negative() -> None:
    assert waited(1_000, 2_500, 10_000) == 6
    assert waited(1_000, 0, 999) == 0
