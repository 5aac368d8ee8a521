"""A wall clock that steps: an entry says so, and no entry is older than the one before it."""

from typing import Any

import pytest
from papers import Failing, add, group, papers

from branches import MONDAY
from tellertui.core.clock import ManualClock
from tellertui.core.event import decode_event
from tellertui.store.events import ClockStepped
from tellertui.store.journal import Plain, entries
from tellertui.store.store import Store
from tellertui.store.work import Work

HOUR_MS = 3_600_000


class Stepping(ManualClock):
    """A clock whose wall steps while elapsed time goes on."""

    def step(self, seconds: int) -> None:
        self._now += seconds * 1000


@pytest.fixture
def clock() -> Stepping:
    return Stepping(MONDAY)


def tail(store: Store, count: int) -> list[Plain]:
    found = store.read(lambda reads: list(entries(reads.connection))[-count:]).result()
    return [entry.read() for entry in found]


def fact(plain: Plain) -> Any:
    return decode_event(plain.event, plain.version, plain.facts)


@pytest.mark.parametrize("hours", [5, -5])
def test_a_step_is_an_entry_before_that_of_the_command_that_met_it(
    store: Store, clock: Stepping, hours: int
) -> None:
    store.run(add("a"))
    clock.step(hours * 3_600)
    store.run(add("b"))
    clock.advance(60)
    store.run(add("c"))
    before, stepped, *after = tail(store, 4)
    assert fact(stepped) == ClockStepped(hours * HOUR_MS, clock.now() - 60_000)
    assert stepped.actor == "system"
    assert [fact(plain).code for plain in (before, *after)] == ["a", "b", "c"]
    late = max(hours, 0) * HOUR_MS
    assert stepped.at == after[0].at == before.at + late
    assert after[1].at == after[0].at + (60_000 if hours > 0 else 0)


def test_while_the_clock_lies_behind_time_stands_still(store: Store, clock: Stepping) -> None:
    store.run(add("a"))
    clock.step(-600)
    for number in range(12):
        clock.advance(60)
        store.run(add(f"p{number}"))
    first, *times = [plain.at for plain in tail(store, 14) if plain.event != "clock.stepped"]
    assert times == [*[first] * 10, first + 60_000, first + 120_000]


def test_a_drift_of_less_than_two_minutes_is_no_step(store: Store, clock: Stepping) -> None:
    store.run(add("a"))
    clock.step(-119)
    store.run(add("b"))
    clock.step(119)
    store.run(add("c"))
    assert [plain.event for plain in tail(store, 3)] == ["tests.paper_added"] * 3


def test_the_entry_of_a_step_outlives_a_command_that_fails(store: Store, clock: Stepping) -> None:
    def refused(work: Work) -> None:
        raise ZeroDivisionError

    clock.step(7_200)
    with pytest.raises(ZeroDivisionError):
        store.run(refused)
    store.run(add("a"))
    store.run(add("b"))
    assert [plain.event for plain in tail(store, 3)] == ["clock.stepped", *["tests.paper_added"] * 2]


def test_the_entry_of_a_step_outlives_a_group_that_is_undone(store: Store, clock: Stepping) -> None:
    store.run(add("a"))
    clock.step(7_200)
    Failing(store, ("COMMIT",), "SQLITE_BUSY", 1)
    group(store, add("b"), add("c"))
    assert papers(store) >= {"a", "b", "c"}
    events = [plain.event for plain in tail(store, 4)]
    assert events == ["tests.paper_added", "clock.stepped", *["tests.paper_added"] * 2]
