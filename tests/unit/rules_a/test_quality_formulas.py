"""C7: measures of service quality, each with its number of cases."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.core.tables import table
from tellertui.workflows.quality import rules
from tellertui.workflows.quality.rules import Case, Share

RULES = table("quality")
ON = date(2026, 11, 23)


def test_rates_by_name() -> None:
    counts = {
        "no_show": 1, "called": 20, "left": 3, "issued": 30, "papers_missing": 2, "served": 8, "rated": 4,
        "complaints_closed_on_time": 9, "complaints_received": 10, "applications_returned": 0,
        "applications_submitted": 0,
    }  # fmt: skip
    assert {name: rules.rate(name, counts) for name in rules.FORMULAS} == {
        "no_show": Share(0.05, 20),
        "abandonment": Share(0.1, 30),
        "papers_missing": Share(0.25, 8),
        "complaints_on_time": Share(0.9, 10),
        "errors": Share(None, 0),
        "response": Share(0.5, 8),
    }


@pytest.mark.parametrize(("part", "whole"), [(2, 1), (-1, 1)])
def test_a_part_is_no_larger_than_the_whole(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match="whole"):
        rules.share(part, whole)


@pytest.mark.parametrize(("waits", "mean"), [([], None), ([1, 2], 2), ([1, 1, 2], 1), ([600], 600)])
def test_mean(waits: list[int], mean: int | None) -> None:
    assert rules.mean_seconds(waits) == mean


@pytest.mark.parametrize(
    ("waits", "percent", "expected"),
    [([], 90, None), ([5], 90, 5), (range(1, 11), 90, 9), (range(1, 12), 90, 10), (range(1, 101), 7, 7)],
)
def test_percentiles_are_nearest_ranks(waits: list[int], percent: int, expected: int | None) -> None:
    assert rules.percentile(waits, percent) == expected


@pytest.mark.parametrize("percent", [0, 101])
def test_percentages(percent: int) -> None:
    with pytest.raises(ValueError, match="percentile"):
        rules.percentile([1], percent)


@given(st.lists(st.integers(0, 10_000), min_size=1), st.integers(1, 100))
def test_at_least_the_share_lies_at_or_below_a_percentile(waits: list[int], percent: int) -> None:
    found = rules.percentile(waits, percent)
    assert found in waits
    assert 100 * sum(wait <= found for wait in waits) >= percent * len(waits)
    assert 100 * sum(wait < found for wait in waits) < percent * len(waits)


def test_service_level() -> None:
    assert rules.service_level([0, 600, 601], 600) == Share(2 / 3, 3)
    assert rules.service_level([], 600) == Share(None, 0)


def test_resolution_at_the_first_contact() -> None:
    closed = ON - timedelta(days=8)
    cases = [
        Case(closed, None),
        Case(closed, closed + timedelta(days=7)),
        Case(closed, closed + timedelta(days=8)),
        Case(ON - timedelta(days=7), None),
    ]
    assert rules.first_contact_resolution(cases, ON, RULES) == Share(2 / 3, 3)


def test_satisfaction_is_the_share_of_four_and_five() -> None:
    assert rules.satisfaction([5, 4, 3, 2, 1], ON, RULES) == Share(0.4, 5)
    assert rules.satisfaction([], ON, RULES) == Share(None, 0)
    with pytest.raises(ValueError, match="between 1 and 5"):
        rules.satisfaction([6], ON, RULES)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [([], None), ([10, 9], 100.0), ([0, 6], -100.0), ([7, 8], 0.0), ([10, 9, 9, 7], 75.0)],
)
def test_net_promoter_score(scores: list[int], expected: float | None) -> None:
    assert rules.net_promoter(scores, ON, RULES) == expected


def test_servqual_gaps_reverse_negative_items() -> None:
    expected, perceived = [6] * 22, [5] * 22
    assert rules.servqual_gaps([(expected, perceived)], ON, RULES) == {
        "tangibles": -1.0,
        "reliability": -1.0,
        "responsiveness": 1.0,
        "assurance": -1.0,
        "empathy": 1.0,
    }
    assert set(rules.servqual_gaps([], ON, RULES).values()) == {None}


@pytest.mark.parametrize("answer", [([6] * 21, [6] * 22), ([6] * 22, [6] * 23), ([8] * 22, [6] * 22)])
def test_incomplete_questionnaires(answer: tuple[list[int], list[int]]) -> None:
    with pytest.raises(ValueError, match=r"items|between"):
        rules.servqual_gaps([answer], ON, RULES)


def test_the_wilson_interval() -> None:
    interval = rules.confidence(rules.share(8, 10), ON, RULES)
    assert interval is not None
    assert interval == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert rules.confidence(rules.share(0, 0), ON, RULES) is None


@given(st.integers(1, 500), st.data())
def test_intervals_hold_their_share(n: int, data: st.DataObject) -> None:
    of = rules.share(data.draw(st.integers(0, n)), n)
    interval = rules.confidence(of, ON, RULES)
    assert interval is not None
    assert of.value is not None
    assert 0 <= interval.low <= of.value + 1e-9
    assert of.value - 1e-9 <= interval.high <= 1


def test_ranking_needs_thirty_answers() -> None:
    assert not rules.may_rank(29, ON, RULES)
    assert rules.may_rank(30, ON, RULES)


def test_the_effect_is_measured_after_thirty_days() -> None:
    assert rules.effect_due(ON, RULES) == date(2026, 12, 23)
