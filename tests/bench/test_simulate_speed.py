"""A replayed day of 3,000 customers takes ten seconds at most, store, journal and verification included."""

import time

import pytest

from tellertui.core.clock import MINUTE
from tellertui.simulate.csv import Arrival
from tellertui.simulate.day import Plan, Policy
from tellertui.simulate.report import simulate

MOST_S = 10
ARRIVALS = 3_000


@pytest.mark.bench
def test_3000_arrivals() -> None:
    classes = ("normal", "normal", "senior", "vip")
    arrivals = [
        Arrival(
            8 * 60 * MINUTE + n * 9_000, (2 + n % 7) * MINUTE, ("cash", "non-cash")[n % 2], classes[n % 4]
        )
        for n in range(ARRIVALS)
    ]
    start = time.perf_counter()
    day = simulate(Plan("2026-11-23", 32, 8 * 60, 17 * 60, Policy.CREDIT), arrivals, lambda _: None)
    took = time.perf_counter() - start
    print(f"{ARRIVALS} arrivals: {took:.1f} s, {day.journal.entries} entries")
    assert (day.served, day.journal.verified) == (ARRIVALS, True)
    assert took <= MOST_S
