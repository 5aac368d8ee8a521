"""R-Q-02: Erlang C."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.core.refusal import Refusal
from tellertui.workflows.reception.staffing import Load, counters_needed, rostered, staffing

CALLS = Load(per_hour=200, service_minutes=3)


def test_the_published_vector() -> None:
    found = staffing(CALLS, 14, 20 / 60)
    assert found.p_wait == pytest.approx(0.174132, abs=1e-6)
    assert found.wait_mean_min == pytest.approx(0.1306, abs=1e-4)
    assert found.service_level == pytest.approx(0.888350, abs=1e-6)
    assert found.occupancy == pytest.approx(0.7143, abs=1e-4)


def test_a_highest_occupancy_asks_for_one_more() -> None:
    assert counters_needed(CALLS, 20 / 60, 0.8) == 14
    assert counters_needed(CALLS, 20 / 60, 0.8, max_occupancy=0.7) == 15
    assert (rostered(14, 0.3), rostered(15, 0.3)) == (20, 22)
    found = staffing(CALLS, 15, 20 / 60)
    assert (found.p_wait, found.service_level) == (
        pytest.approx(0.102, abs=1e-3),
        pytest.approx(0.941, abs=1e-3),
    )


@pytest.mark.parametrize(
    ("counters", "p_wait", "mean", "level", "occupancy"),
    [
        (5, 0.554113, 3.3247, 0.895342, 0.80),
        (6, 0.284761, 0.8543, 0.989841, 0.667),
        (7, 0.135110, 0.2702, 0.999090, 0.571),
    ],
)
def test_a_branch(counters: int, p_wait: float, mean: float, level: float, occupancy: float) -> None:
    found = staffing(Load(40, 6), counters, 10)
    assert found.stable
    assert found.p_wait == pytest.approx(p_wait, abs=1e-6)
    assert found.wait_mean_min == pytest.approx(mean, abs=1e-4)
    assert found.service_level == pytest.approx(level, abs=1e-6)
    assert found.occupancy == pytest.approx(occupancy, abs=1e-3)


def test_too_few_counters_are_not_stable() -> None:
    for counters in (1, 4):
        found = staffing(Load(40, 6), counters, 10)
        assert (found.stable, found.p_wait, found.wait_mean_min) == (False, 1.0, None)
        assert (found.service_level, found.occupancy) == (0.0, 1.0)


def test_nobody_comes() -> None:
    for load in (Load(0, 6), Load(40, 0)):
        found = staffing(load, 1, 0)
        assert (found.stable, found.p_wait, found.wait_mean_min, found.service_level) == (True, 0.0, 0.0, 1.0)


@given(st.floats(0, 5000), st.floats(0, 60), st.integers(1, 1000), st.floats(0, 120))
def test_shares_are_shares_and_one_more_counter_never_hurts(
    per_hour: float, minutes: float, counters: int, target: float
) -> None:
    load = Load(per_hour, minutes)
    one, more = staffing(load, counters, target), staffing(load, min(1000, counters + 1), target)
    for found in (one, more):
        assert 0 <= found.p_wait <= 1
        assert 0 <= found.service_level <= 1
        assert 0 <= found.occupancy <= 1
    assert more.p_wait <= one.p_wait + 1e-12
    assert more.service_level >= one.service_level - 1e-12


@given(st.floats(0, 500), st.floats(0, 30), st.floats(0, 30), st.floats(0, 0.999))
def test_the_fewest_counters_are_enough_and_one_less_is_not(
    per_hour: float, minutes: float, target: float, level: float
) -> None:
    load = Load(per_hour, minutes)
    needed = counters_needed(load, target, level)
    assert needed is not None
    assert staffing(load, needed, target).service_level >= level
    if needed > 1:
        fewer = staffing(load, needed - 1, target)
        assert not fewer.stable or fewer.service_level < level


def test_what_cannot_be_reached() -> None:
    assert counters_needed(Load(1e9, 60), 1, 0.8) is None
    assert counters_needed(Load(1e308, 1e308), 1, 0.8) is None


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -1.0])
def test_numbers_that_are_none(bad: float) -> None:
    for load, target in [(Load(bad, 1), 1.0), (Load(1, bad), 1.0), (Load(1, 1), bad)]:
        with pytest.raises(Refusal, match="staffing"):
            staffing(load, 1, target)
    for counters in (0, -1, 1001):
        with pytest.raises(Refusal, match="staffing"):
            staffing(Load(1, 1), counters, 1)
    for share in (1.0, bad):
        with pytest.raises(Refusal, match="staffing"):
            rostered(3, share)
