"""The hours with which a day is opened, and times of the day as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.branch.hours import MIDNIGHT, clock_text, is_special, minute_of, opening_span, weekday

DAY = (510, 1020)
MINUTES = st.integers(0, MIDNIGHT - 1)


@pytest.mark.parametrize(
    ("table", "now", "start", "end", "span"),
    [
        (DAY, 0, None, None, DAY),
        (DAY, 1019, None, None, DAY),
        (DAY, 1020, None, None, (1020, MIDNIGHT)),
        (DAY, 1200, 600, None, (600, MIDNIGHT)),
        (DAY, 600, None, 1100, (510, 1100)),
        (None, 480, None, None, (480, MIDNIGHT)),
        (None, 480, 540, 720, (540, 720)),
    ],
)
def test_the_table_decides_until_it_is_over(table, now, start, end, span):
    assert opening_span(table, now, start, end) == span


@given(MINUTES, st.one_of(st.none(), st.tuples(st.integers(0, 700), st.integers(701, MIDNIGHT))))
def test_a_day_opened_without_times_is_never_over(now, table):
    start, end = span = opening_span(table, now, None, None)
    assert start < end
    assert end > now
    assert is_special(table, span) == (table is None or now >= table[1])


@pytest.mark.parametrize(
    ("span", "special"), [(DAY, False), ((540, 1000), False), ((509, 1020), True), ((510, 1021), True)]
)
def test_hours_beyond_the_table_are_special(span, special):
    assert is_special(DAY, span) is special
    assert is_special(None, span) is True


@given(st.integers(0, MIDNIGHT))
def test_times_of_the_day_are_read_as_they_are_written(minute):
    assert minute_of(clock_text(minute)) == minute
    assert len(clock_text(minute)) == 5


def test_weekdays_have_their_names():
    names = [weekday(f"2026-11-{day}") for day in range(23, 30)]
    assert names == ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    with pytest.raises(ValueError, match="day is out of range"):
        weekday("2026-02-30")
