"""Erlang C against pyworkforce."""

import pytest

from tellertui.workflows.reception.staffing import Load, counters_needed, rostered, staffing

queuing = pytest.importorskip("pyworkforce.queuing", reason="pyworkforce is not installed")


@pytest.mark.parametrize(
    ("per_hour", "minutes", "target"),
    [(200, 3, 20 / 60), (40, 6, 10), (12.5, 7.5, 5), (3, 25, 15), (90, 2.2, 1)],
)
def test_agrees_at_every_number_of_counters(per_hour: float, minutes: float, target: float) -> None:
    oracle = queuing.ErlangC(transactions=per_hour, aht=minutes, asa=target, interval=60)
    load = Load(per_hour, minutes)
    stable = [n for n in range(1, 30) if n > load.erlangs]
    for counters in stable:
        found = staffing(load, counters, target)
        assert found.p_wait == pytest.approx(oracle.waiting_probability(counters), abs=1e-9)
        assert found.service_level == pytest.approx(oracle.service_level(counters), abs=1e-9)
        assert found.occupancy == pytest.approx(oracle.achieved_occupancy(counters), abs=1e-9)


@pytest.mark.parametrize("occupancy", [0.7, 0.85, 1.0])
def test_agrees_on_the_positions_needed(occupancy: float) -> None:
    oracle = queuing.ErlangC(transactions=100, aht=3, asa=20 / 60, interval=30, shrinkage=0.3)
    found = oracle.required_positions(service_level=0.8, max_occupancy=occupancy)
    counters = counters_needed(Load(200, 3), 20 / 60, 0.8, occupancy)
    assert counters == found["raw_positions"]
    assert rostered(counters, 0.3) == found["positions"]
