"""How fast the rules answer on their own."""

import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from time import perf_counter

import pytest

from tellertui.core.checkdigits import mod11_2
from tellertui.customers.rules.check import check
from tellertui.workflows.products.rules.loans import plan

pytestmark = pytest.mark.bench

BARE = "import msgspec, typer"
CHECK = "from tellertui.cli.rules import app; app(prog_name='tellertui rules')"


def best(action: Callable[[], object], runs: int) -> float:
    """Return the fastest of several runs, in seconds: the least disturbed one."""
    times = []
    for _ in range(runs):
        start = perf_counter()
        action()
        times.append(perf_counter() - start)
    return min(times)


def started(*words: str) -> float:
    """Return the seconds from the start of Python to its end."""
    return best(lambda: subprocess.run([sys.executable, *words], check=True, capture_output=True), 7)


def test_check_starts_within_three_times_a_bare_start() -> None:
    bare = started("-c", BARE)
    asked = started("-c", CHECK, "check", "cn-resident-id", "11010519491231002X", "--json")
    assert asked <= 3 * bare, f"{asked:.3f} s against {bare:.3f} s"


def test_100_000_resident_numbers_in_a_second() -> None:
    bodies = (f"110105{1950 + n % 70}{1 + n % 12:02d}{1 + n % 28:02d}{n % 1000:03d}" for n in range(100_000))
    numbers = [body + mod11_2(body) for body in bodies]
    on = date(2026, 11, 23)
    assert all(check("cn-resident-id", number, on).passed for number in numbers[:1000])
    took = best(lambda: sum(check("cn-resident-id", number, on).passed for number in numbers), 3)
    assert took <= 1, f"{took:.2f} s"


def test_a_plan_of_360_months_in_ten_milliseconds() -> None:
    took = best(lambda: plan(1_000_000_00, Decimal("4.9"), 360, "equal-instalment"), 20)
    assert took <= 0.010, f"{took * 1000:.1f} ms"
