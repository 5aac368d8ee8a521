"""The course of a day against a reception that is a mere list."""

from collections import deque
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from first_come import first_come
from tellertui.branch.api import OpenDay
from tellertui.core.clock import MINUTE
from tellertui.simulate.csv import Arrival
from tellertui.simulate.day import Course, Plan, Policy, Step
from tellertui.simulate.report import clock, utilisation
from tellertui.workflows.reception.api import (
    BRANCH_CLOSED,
    COUNTER_PAUSED,
    Arrive,
    CallNext,
    CounterOpen,
    Finish,
    Issue,
)

OPENING, CLOSING = 8 * 60, 17 * 60


@dataclass
class Line:
    """Numbers in the order in which they were given."""

    closing: int
    waiting: deque[UUID] = field(default_factory=deque)
    steps: list[Step] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: (UUID(int=each) for each in count(1)))

    def take(self, course: Course) -> Course:
        """Answer every step of a day."""
        day = course.steps()
        step = next(day)
        while True:
            self.steps.append(step)
            try:
                late = isinstance(step.command, Issue) and step.at > self.closing * MINUTE
                step = day.throw(BRANCH_CLOSED()) if late else day.send(self.answer(step))
            except StopIteration:
                return course

    def answer(self, step: Step) -> tuple[UUID | None]:
        if isinstance(step.command, Issue):
            self.waiting.append(next(self.numbers))
            return (self.waiting[-1],)
        return (self.waiting.popleft(),) if isinstance(step.command, CallNext) else (None,)

    def said(self) -> list[tuple[str, str]]:
        """Return who said what, by actor and command."""
        return [(step.actor.name, type(step.command).__name__) for step in self.steps]


def plan(counters: int = 1, opening: int = OPENING, closing: int = CLOSING, **more: Any) -> Plan:
    return Plan("2026-11-23", counters, opening, closing, **more)


def customers(*pairs: tuple[float, float], care: str = "normal") -> list[Arrival]:
    """Return arrivals at minutes of the day with lengths in minutes."""
    return [Arrival(int(at * MINUTE), int(length * MINUTE), "cash", care) for at, length in pairs]


def calls(course: Course) -> list[tuple[float, float, int]]:
    """Return arrival and call in minutes, and the counter."""
    return [(call.arrival.at / MINUTE, call.at / MINUTE, call.counter) for call in course.calls]


def test_a_day_is_opened_and_each_customer_issued_called_served_and_finished() -> None:
    line = Line(CLOSING)
    line.take(Course(plan(), customers((500, 4))))
    assert line.said() == [
        ("system", "OpenDay"),
        ("T001", "CounterOpen"),
        ("kiosk", "Issue"),
        ("T001", "CallNext"),
        ("T001", "Arrive"),
        ("T001", "Finish"),
    ]
    assert line.steps[0].command == OpenDay(open="08:00", close="17:00")
    assert [step.at // MINUTE for step in line.steps] == [0, 480, 500, 500, 500, 504]


def test_who_comes_before_opening_waits_for_it() -> None:
    course = Line(CLOSING).take(Course(plan(2), customers((450, 4), (460, 1), (470, 1))))
    assert calls(course) == [(450, 480, 1), (460, 480, 2), (470, 481, 2)]


def test_at_equal_times_one_is_finished_then_others_come_then_the_lowest_free_counter_calls() -> None:
    line = Line(CLOSING)
    course = line.take(Course(plan(2), customers((480, 10), (481, 9), (490, 1), (490, 1))))
    at_490 = [said for said, step in zip(line.said(), line.steps, strict=True) if step.at == 490 * MINUTE]
    assert at_490 == [
        ("T001", "Finish"),
        ("T002", "Finish"),
        ("kiosk", "Issue"),
        ("kiosk", "Issue"),
        ("T001", "CallNext"),
        ("T001", "Arrive"),
        ("T002", "CallNext"),
        ("T002", "Arrive"),
    ]
    assert calls(course)[2:] == [(490, 490, 1), (490, 490, 2)]


def test_arrivals_at_the_opening_minute_come_before_the_first_call() -> None:
    line = Line(CLOSING)
    line.take(Course(plan(), customers((480, 1))))
    assert [type(step.command) for step in line.steps][1:4] == [Issue, CounterOpen, CallNext]


def test_a_number_refused_after_closing_is_counted_and_the_day_goes_on() -> None:
    course = Line(CLOSING).take(Course(plan(), customers((1019, 30), (1020, 1), (1020.1, 1), (1030, 1))))
    assert (len(course.calls), course.refused) == (2, 2)
    assert calls(course)[-1] == (1020, 1049, 1)


def test_only_a_number_may_be_refused() -> None:
    day = Course(plan(), customers((500, 4))).steps()
    step = next(day)
    while not isinstance(step.command, CallNext):
        step = day.send((UUID(int=1),))
    refusal = COUNTER_PAUSED(counter="1")
    with pytest.raises(type(refusal)) as caught:
        day.throw(refusal)
    assert caught.value is refusal


def test_a_service_of_no_length_frees_the_counter_at_once() -> None:
    course = Line(CLOSING).take(Course(plan(), customers((500, 0), (500, 0), (500, 2), (501, 1))))
    assert calls(course) == [(500, 500, 1), (500, 500, 1), (500, 500, 1), (501, 502, 1)]


def test_a_longer_service_is_cut() -> None:
    cut = plan(longest_ms=5 * MINUTE)
    course = Line(CLOSING).take(Course(cut, customers((500, 30), (500, 5), (500, 1))))
    assert calls(course) == [(500, 500, 1), (500, 505, 1), (500, 510, 1)]
    assert utilisation(cut, course.calls) == 11 / 540


def test_the_class_counts_under_the_policy_with_credits_only() -> None:
    for policy, issued in ((Policy.FIFO, "normal"), (Policy.CREDIT, "vip")):
        line = Line(CLOSING)
        course = line.take(Course(plan(policy=policy), customers((500, 1), care="vip")))
        commands = [step.command for step in line.steps]
        assert [command.care for command in commands if isinstance(command, Issue)] == [issued]
        assert course.calls[0].arrival.care == "vip"


def test_the_counters_time_ends_with_the_last_finish_where_that_is_after_closing() -> None:
    short = plan(2, 1000, 1020)
    course = Line(1020).take(Course(short, customers((1000, 20), (1020, 40))))
    assert utilisation(short, course.calls) == 60 / (2 * 60)
    assert utilisation(short, []) == 0


def test_times_go_on_after_midnight() -> None:
    assert clock(0) == "00:00:00"
    assert clock(17 * 3_600 + 61) == "17:01:01"
    assert clock(25 * 3_600) == "25:00:00"


@given(
    arrivals=st.lists(st.tuples(st.integers(450, 540), st.integers(0, 20)), max_size=60),
    counters=st.integers(1, 5),
)
def test_the_course_over_a_plain_line_is_first_come_first_served(
    arrivals: list[tuple[int, int]], counters: int
) -> None:
    arrivals.sort(key=lambda customer: customer[0])
    course = Line(520).take(Course(plan(counters, 480, 520), customers(*arrivals)))
    expected = first_come(arrivals, counters, 480, 520)
    assert [(at, called) for at, called, _ in calls(course)] == [(at, called) for at, called, _ in expected]
    assert course.refused == sum(at > 520 for at, _ in arrivals)
    if all(length for _, length in arrivals):
        assert calls(course) == expected


def test_finish_is_sent_by_the_counter_that_called() -> None:
    line = Line(CLOSING)
    line.take(Course(plan(3), customers((480, 3), (480, 2), (480, 1))))
    done = [(step.actor.name, step.at // MINUTE) for step in line.steps if isinstance(step.command, Finish)]
    begun = [step.actor.name for step in line.steps if isinstance(step.command, Arrive)]
    assert done == [("T003", 481), ("T002", 482), ("T001", 483)]
    assert begun == ["T001", "T002", "T003"]
