"""R-CAL-01 to R-CAL-03: working days, opening days, lunar festivals."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.branch.calendar import Calendar, OpeningDays, calendar, ends_soon, opening_days
from tellertui.branch.lunar import FESTIVALS, LunarDate, festivals, month_length, to_lunar, to_solar
from tellertui.core.refusal import Refusal
from tellertui.core.tables import TableError, parse_table

LEGAL = calendar()
DAYS = st.dates(date(2025, 1, 2), LEGAL.last)


def day(text: str) -> date:
    return date.fromisoformat(text)


MAKE_UP = ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
OFF = [
    ("2026-01-01", "2026-01-03"),
    ("2026-02-15", "2026-02-23"),
    ("2026-04-04", "2026-04-06"),
    ("2026-05-01", "2026-05-05"),
    ("2026-06-19", "2026-06-21"),
    ("2026-09-25", "2026-09-27"),
    ("2026-10-01", "2026-10-07"),
]


@pytest.mark.parametrize("text", MAKE_UP)
def test_make_up_days_are_worked(text: str) -> None:
    assert day(text).weekday() >= 5
    assert LEGAL.is_workday(day(text))


@pytest.mark.parametrize(("start", "end"), OFF)
def test_days_off_are_free(start: str, end: str) -> None:
    days = [day(start) + timedelta(n) for n in range((day(end) - day(start)).days + 1)]
    assert not any(LEGAL.is_workday(each) for each in days)
    assert all(LEGAL.is_holiday(each) for each in days)


@pytest.mark.parametrize("year", [2025, 2026])
def test_a_year_has_248_working_days(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(n) for n in range(365)]
    assert sum(map(LEGAL.is_workday, days)) == 248


@pytest.mark.parametrize(
    ("received", "seven", "fifteen"),
    [
        ("2026-02-10", "2026-02-26", "2026-03-09"),
        ("2026-09-24", "2026-10-12", "2026-10-22"),
        ("2026-11-23", "2026-12-02", "2026-12-14"),
    ],
)
def test_working_days_after_receipt(received: str, seven: str, fifteen: str) -> None:
    assert LEGAL.add(day(received), 7) == day(seven)
    assert LEGAL.add(day(received), 15) == day(fifteen)


@pytest.mark.parametrize(
    ("start", "days"), [("2026-12-17", 15), ("2026-11-23", 60), ("2027-01-04", 1), ("2026-12-31", 10**30)]
)
def test_beyond_the_table_is_refused(start: str, days: int) -> None:
    with pytest.raises(Refusal) as refused:
        LEGAL.add(day(start), days)
    assert refused.value.code == "calendar-ends"
    assert refused.value.text().startswith("calendar ends 2026-12-31")


def test_before_the_table_is_refused() -> None:
    for start, days in [(day("2025-01-02"), -1), (day("2024-12-31"), 1)]:
        with pytest.raises(Refusal, match="calendar-begins"):
            LEGAL.add(start, days)


@given(DAYS, st.integers(1, 40))
def test_the_way_back_is_the_way_there(start: date, days: int) -> None:
    try:
        end = LEGAL.add(start, days)
    except Refusal:
        assert LEGAL.count(start, LEGAL.last) < days
        return
    assert LEGAL.is_workday(end)
    assert LEGAL.count(start, end) == days
    assert LEGAL.add(end, -days) == LEGAL.on_or_before(start)


@given(DAYS, DAYS, st.integers(1, 30))
def test_a_later_start_never_ends_earlier(one: date, other: date, days: int) -> None:
    early, late = sorted((one, other))
    if LEGAL.count(late, LEGAL.last) < days:
        with pytest.raises(Refusal, match="calendar-ends"):
            LEGAL.add(late, days)
    else:
        assert LEGAL.add(early, days) <= LEGAL.add(late, days)


def test_zero_days_later_is_the_day_itself() -> None:
    assert LEGAL.add(day("2026-10-01"), 0) == day("2026-10-01")


def test_the_last_working_day_not_after() -> None:
    assert LEGAL.on_or_before(day("2026-10-07")) == day("2026-09-30")
    assert LEGAL.on_or_before(day("2026-10-08")) == day("2026-10-08")


def test_the_calendar_says_when_it_runs_out() -> None:
    assert not ends_soon(LEGAL, day("2026-12-01"))
    assert ends_soon(LEGAL, day("2026-12-02"))


def test_english_bank_holidays() -> None:
    english = calendar("R-CAL-01.gb")
    assert english.last == day("2027-12-31")
    assert not english.is_workday(day("2026-12-28"))
    assert english.is_workday(day("2026-10-01"))
    assert english.add(day("2026-12-24"), 1) == day("2026-12-29")


def test_a_branch_opens_on_days_that_are_not_worked() -> None:
    shipped = opening_days(day("2026-02-15"))
    assert shipped.is_open(day("2026-02-15"), LEGAL)
    assert shipped.is_open(day("2030-01-01"), LEGAL), "opening days do not need the legal table"


def test_opening_days_of_a_branch_of_its_own() -> None:
    weekdays = OpeningDays(
        weekdays=frozenset(range(1, 6)),
        on_holidays=False,
        closed=frozenset({day("2026-11-24")}),
        open=frozenset({day("2026-11-28")}),
    )
    assert weekdays.is_open(day("2026-11-23"), LEGAL)
    assert not weekdays.is_open(day("2026-11-24"), LEGAL)
    assert weekdays.is_open(day("2026-11-28"), LEGAL)
    assert not weekdays.is_open(day("2026-11-29"), LEGAL)
    assert not weekdays.is_open(day("2026-10-01"), LEGAL)
    with pytest.raises(Refusal, match="calendar-ends"):
        weekdays.is_open(day("2027-01-04"), LEGAL)


@pytest.mark.parametrize(
    "values",
    [
        "off = [[2026-01-01, 2027-01-01]]",
        "off = []\nwork = [2026-01-05]",
        "off = [[2026-01-03, 2026-01-04]]\nwork = [2026-01-04]",
    ],
)
def test_a_calendar_that_contradicts_itself_is_refused(values: str) -> None:
    text = f"""version = "1"
[[rule]]
id = "R-CAL-01"
effective_from = 2026-01-01
effective_to = 2026-12-31
source = "a test"
[rule.values]
{values}
"""
    with pytest.raises(TableError, match="does not belong there"):
        Calendar(parse_table(text, "calendar"))


def test_a_calendar_without_an_end_is_refused() -> None:
    text = 'version = "1"\n[[rule]]\nid = "R-CAL-01"\neffective_from = 2026-01-01\nsource = "a test"\n'
    with pytest.raises(TableError, match="with an end"):
        Calendar(parse_table(text, "calendar"))


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2026, "2026-02-17 2026-03-03 2026-06-19 2026-08-19 2026-09-25 2026-10-18 2027-01-15"),
        (2027, "2027-02-06 2027-02-20 2027-06-09 2027-08-08 2027-09-15 2027-10-08 2028-01-04"),
        (2028, "2028-01-26 2028-02-09 2028-05-28 2028-08-26 2028-10-03 2028-10-26 2029-01-22"),
    ],
)
def test_festivals(year: int, days: str) -> None:
    assert list(festivals(year)) == list(FESTIVALS)
    assert [each.isoformat() for each in festivals(year).values()] == days.split()


def test_leap_months() -> None:
    assert to_lunar(day("1984-11-23")) == LunarDate(1984, 10, 1, leap=True)
    assert to_lunar(day("1960-08-01")) == LunarDate(1960, 6, 9, leap=True)
    assert month_length(2026, 12) == 29
    assert month_length(2026, 6, leap=True) == 0
    assert month_length(2026, 13) == 0


def test_day_thirty_of_a_short_month() -> None:
    assert to_solar(LunarDate(2026, 12, 30)) == to_solar(LunarDate(2026, 12, 29))


@given(st.dates(date(1902, 1, 1), date(2098, 12, 31)))
def test_lunar_dates_come_back(each: date) -> None:
    assert to_solar(to_lunar(each)) == each


@pytest.mark.parametrize("lunar", [LunarDate(2026, 13, 1), LunarDate(2026, 1, 0), LunarDate(2026, 1, 31)])
def test_no_such_lunar_date(lunar: LunarDate) -> None:
    with pytest.raises(ValueError, match="no such lunar date"):
        to_solar(lunar)


@pytest.mark.parametrize("year", [1, 1900, 2100, 9999])
def test_lunar_years_that_are_not_known(year: int) -> None:
    with pytest.raises(Refusal, match="lunar-ends"):
        to_lunar(date(year, 6, 1))
