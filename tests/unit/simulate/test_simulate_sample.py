"""The made day: the same from the same seed, believable, and for the branch that is shipped."""

from collections import Counter

import pytest
from msgspec.structs import replace

from tellertui.branch.defaults import shipped
from tellertui.core.clock import MINUTE, SECOND
from tellertui.core.tables import TableError
from tellertui.simulate import sample
from tellertui.simulate.sample import Chance, made_arrivals, shipped_sample
from tellertui.workflows.reception.rules.policy import CLASSES


def test_the_shipped_day_is_of_the_shipped_branch() -> None:
    day = shipped_sample()
    assert {mix.service for mix in day.mix} == {service.code for service in shipped().services}
    assert set(day.classes) == set(CLASSES)
    assert sum(mix.share for mix in day.mix) == sum(day.classes.values()) == 100
    assert all(shortest < longest for shortest, longest in (mix.minutes for mix in day.mix))


def test_a_seed_makes_one_day() -> None:
    day = shipped_sample()
    assert made_arrivals(day) == made_arrivals(day, day.seed)
    assert made_arrivals(day, 7) == made_arrivals(day, 7)
    assert made_arrivals(day, 7) != made_arrivals(day, 8)


def test_the_numbers_of_a_seed_never_change() -> None:
    chance = Chance(1)
    assert [round(chance.share(), 6) for _ in range(3)] == [0.838708, 0.403243, 0.523238]


def test_a_made_day_comes_in_order_with_whole_seconds_and_lengths_in_range() -> None:
    day = shipped_sample()
    ranges = {mix.service: mix.minutes for mix in day.mix}
    arrivals = made_arrivals(day, 3)
    assert [arrival.at for arrival in arrivals] == sorted(arrival.at for arrival in arrivals)
    for arrival in arrivals:
        shortest, longest = ranges[arrival.service]
        assert shortest * MINUTE <= arrival.service_ms <= longest * MINUTE
        assert arrival.at % SECOND == arrival.service_ms % SECOND == 0


def test_many_made_days_follow_the_profile_and_the_mix() -> None:
    day = shipped_sample()
    days = [made_arrivals(day, seed) for seed in range(20)]
    customers = [arrival for made in days for arrival in made]
    assert sum(day.arrivals.values()) == pytest.approx(len(customers) / 20, rel=0.05)
    halves = Counter(arrival.at // (30 * MINUTE) for arrival in customers)
    assert halves[19] / 20 == pytest.approx(day.arrivals["09:30"], rel=0.25)
    services = Counter(arrival.service for arrival in customers)
    assert services["cash"] / len(customers) == pytest.approx(0.38, abs=0.04)


def test_chance_reaches_every_choice_by_its_share() -> None:
    chance = Chance(9)
    drawn = Counter(chance.one_of("abc", (1, 2, 7)) for _ in range(2_000))
    assert [round(drawn[letter] / 200) for letter in "abc"] == [1, 2, 7]
    assert 0 <= min(chance.share() for _ in range(2_000)) < 0.01


def test_a_day_without_customers_is_empty() -> None:
    assert made_arrivals(replace(shipped_sample(), arrivals={"08:00": 0.0})) == []


def test_a_broken_file_is_named(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "simulate").mkdir()
    file = tmp_path / "simulate" / "sample.toml"
    monkeypatch.setattr(sample, "data_dir", lambda: tmp_path)
    for text in ("counters = ", "counters = 4\nseed = 1\n[arrivals]\n'25:00' = 3\n"):
        file.write_text(text)
        with pytest.raises(TableError, match=r"sample\.toml"):
            shipped_sample()
