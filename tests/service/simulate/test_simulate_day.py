"""Days replayed through the real reception on a real store."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from first_come import first_come
from tellertui.core.clock import MINUTE
from tellertui.core.command import Command
from tellertui.core.refusal import Refusal
from tellertui.simulate import throwaway
from tellertui.simulate.csv import Arrival
from tellertui.simulate.day import KIOSK, Course, Plan, Policy, Step, Steps
from tellertui.simulate.report import Replayed, simulate
from tellertui.simulate.sample import Chance
from tellertui.store import sqlite
from tellertui.store.store import Store
from tellertui.workflows.reception.api import Issue
from tellertui.workflows.reception.rules.policy import CLASSES, policy_on

DAY = "2026-11-23"
SERVICES = ("cash", "non-cash", "account", "corporate", "wealth", "enquiry", "loss")


def plan(counters: int = 1, opening: int = 480, closing: int = 1020, **more: Any) -> Plan:
    return Plan(DAY, counters, opening, closing, **more)


def customers(*pairs: tuple[float, float], care: str = "normal") -> list[Arrival]:
    """Return arrivals at minutes of the day with lengths in minutes."""
    return [Arrival(int(at * MINUTE), int(length * MINUTE), "cash", care) for at, length in pairs]


def replayed(plan: Plan, arrivals: list[Arrival]) -> Replayed:
    return simulate(plan, arrivals, lambda _: None)


def seconds(time: str) -> int:
    hours, minutes, left = map(int, time.split(":"))
    return hours * 3_600 + minutes * 60 + left


def test_the_waits_of_500_random_arrivals_are_those_of_an_independent_script() -> None:
    chance = Chance(20261123)
    raw = [(27_000 + int(34_260 * chance.share()), 30 + int(870 * chance.share())) for _ in range(500)]
    arrivals = [
        Arrival(at * 1_000, length * 1_000, SERVICES[at % 7], CLASSES[at // 7 % 7])
        for at, length in sorted(raw, key=lambda customer: customer[0])
    ]
    day = replayed(plan(7), arrivals)
    expected = first_come(raw, 7, 28_800, 61_200)
    found = [(seconds(each.arrival), seconds(each.called), each.counter) for each in day.tickets]
    assert found == expected
    waits = sorted(called - at for at, called, _ in expected)
    assert [each.wait_s for each in day.tickets] == [called - at for at, called, _ in expected]
    assert (day.issued, day.served, day.refused) == (len(waits), len(waits), 500 - len(waits))
    assert day.refused
    assert day.wait_mean_s == int(sum(waits) / len(waits) + 0.5)
    assert (day.wait_p90_s, day.wait_max_s) == (waits[-(-len(waits) * 9 // 10) - 1], waits[-1])
    assert day.journal.verified
    assert day.journal.entries > 4 * day.issued


def test_an_arrival_at_closing_is_served_and_one_second_later_refused() -> None:
    arrivals = customers((1019, 10), (1020, 10))
    arrivals += [Arrival(1020 * MINUTE + 1_000, MINUTE, "cash", "normal")]
    day = replayed(plan(1), arrivals)
    assert [(each.arrival, each.called) for each in day.tickets] == [
        ("16:59:00", "16:59:00"),
        ("17:00:00", "17:09:00"),
    ]
    assert (day.issued, day.served, day.refused) == (2, 2, 1)
    assert day.utilisation == 20 / (19 + 540)


def test_customers_wait_for_the_opening() -> None:
    day = replayed(plan(2), customers((0, 5), (479, 5), (480, 5)))
    assert [(each.called, each.wait_s, each.counter) for each in day.tickets] == [
        ("08:00:00", 28_800, 1),
        ("08:00:00", 60, 2),
        ("08:05:00", 300, 1),
    ]


def test_who_has_a_number_is_served_also_after_midnight() -> None:
    day = replayed(plan(1, 1_380, 1_440), customers((1_439, 90), (1_439, 1)))
    assert [each.called for each in day.tickets] == ["23:59:00", "25:29:00"]
    assert (day.served, day.wait_max_s, day.journal.verified) == (2, 90 * 60, True)


def test_fractions_of_a_second_are_kept_until_they_are_shown() -> None:
    day = replayed(plan(1), customers((500, 0.01), (500, 0.01), (500, 1)))
    assert [each.wait_s for each in day.tickets] == [0, 0, 1]


def test_a_day_without_numbers_has_no_waits() -> None:
    day = replayed(plan(3), customers((1_100, 1)))
    assert (day.tickets, day.issued, day.served, day.refused) == ([], 0, 0, 1)
    assert (day.wait_mean_s, day.wait_p90_s, day.wait_max_s, day.utilisation) == (None, None, None, 0)
    assert day.journal.verified


def test_credits_let_care_classes_overtake_under_their_policy_only() -> None:
    arrivals = [Arrival(500 * MINUTE, 9 * MINUTE, "cash", "normal")] * 2
    arrivals += [Arrival(501 * MINUTE, 9 * MINUTE, "cash", "senior")]
    called = {
        policy: [each.called for each in replayed(plan(policy=policy), arrivals).tickets] for policy in Policy
    }
    assert called[Policy.FIFO] == ["08:20:00", "08:29:00", "08:38:00"]
    assert called[Policy.CREDIT] == ["08:20:00", "08:38:00", "08:29:00"]


def test_the_class_is_reported_as_it_was_given() -> None:
    arrivals = [Arrival(500 * MINUTE, MINUTE, "cash", care) for care in CLASSES]
    assert [each.care for each in replayed(plan(), arrivals).tickets] == list(CLASSES)


@settings(max_examples=12, deadline=None)
@given(
    crowd=st.lists(
        st.tuples(
            st.integers(0, 50), st.integers(1, 12), st.sampled_from(CLASSES), st.sampled_from(SERVICES)
        ),
        min_size=20,
        max_size=90,
    ),
    counters=st.integers(1, 3),
)
def test_credits_keep_the_bound_on_overtaking(crowd: list[tuple[int, int, str, str]], counters: int) -> None:
    arrivals = [
        Arrival((480 + minute) * MINUTE, length * MINUTE, service, care)
        for minute, length, care, service in sorted(crowd, key=lambda customer: customer[0])
    ]
    day = replayed(plan(counters, policy=Policy.CREDIT), arrivals)
    order = policy_on(DAY).order
    reach = max(order.credits.values()) * 60
    joined = [seconds(each.arrival) for each in day.tickets]
    calls = [(seconds(each.called), each.counter) for each in day.tickets]
    for older, call in enumerate(calls):
        ahead = [joined[later] for later in range(older + 1, len(calls)) if calls[later] < call]
        assert len(ahead) <= order.overtake_limit
        assert all(at - joined[older] < reach for at in ahead)


def test_a_crowd_of_seniors_overtakes_as_often_as_the_limit_and_no_more() -> None:
    arrivals = customers((480, 2), (480, 2)) + customers(*[(481, 2)] * 20, care="senior")
    day = replayed(plan(policy=Policy.CREDIT), arrivals)
    passed = sum(seconds(each.called) < seconds(day.tickets[1].called) for each in day.tickets[2:])
    assert passed == policy_on(DAY).order.overtake_limit


def test_progress_tells_how_far_the_day_is() -> None:
    told: list[int] = []
    arrivals = customers(*[(500 + number, 1) for number in range(100)], (1_100, 1))
    simulate(plan(), arrivals, told.append)
    assert told == sorted(told)
    assert len(told) > 3
    assert told[-1] == 101


def test_the_store_is_removed_also_when_the_day_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def interrupted(_: int) -> None:
        (folder,) = tmp_path.iterdir()
        assert folder.stat().st_mode & 0o077 == 0
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(plan(), customers((500, 1)), interrupted)
    assert list(tmp_path.iterdir()) == []
    assert replayed(plan(), customers((500, 1))).served == 1
    assert list(tmp_path.iterdir()) == []


def test_what_the_day_does_not_provide_for_ends_it_with_its_own_error() -> None:
    class Lost(Course):
        def steps(self) -> Steps:
            yield Step(0, KIOSK, Issue(service="no-such-service"))

    class Broken(Course):
        def steps(self) -> Steps:
            yield Step(0, KIOSK, Command())

    with pytest.raises(Refusal) as caught:
        throwaway.replay(Lost(plan(), []), plan(), lambda: None)
    assert caught.value.code == "unknown-service"
    with pytest.raises(KeyError):
        throwaway.replay(Broken(plan(), []), plan(), lambda: None)


def test_a_refused_command_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left: list[int] = []
    read: Callable[..., Any] = throwaway._read

    def counted(path: Path, *more: Any) -> Any:
        connection = sqlite.connect(path, query_only=True)
        left.append(connection.execute("SELECT count(*) FROM ticket").fetchone()[0])
        left.append(connection.execute("SELECT count(*) FROM ticket WHERE state <> 'served'").fetchone()[0])
        connection.close()
        return read(path, *more)

    monkeypatch.setattr(throwaway, "_read", counted)
    day = replayed(plan(), customers((500, 1), (1_100, 1), (1_101, 1)))
    assert (left, day.refused) == ([1, 0], 2)


def test_an_altered_file_is_not_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    close = Store.close

    def altered(store: Store) -> None:
        close(store)
        connection = sqlite.connect(store.path)
        connection.execute("UPDATE ticket SET arrived_at = arrived_at + 60000")
        connection.close()

    monkeypatch.setattr(Store, "close", altered)
    assert replayed(plan(), customers((500, 1))).journal.verified is False
