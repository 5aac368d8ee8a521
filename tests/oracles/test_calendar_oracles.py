"""Working days and festivals against chinesecalendar, which knows the holiday notices of 2004 to 2026."""

from datetime import date, timedelta

import pytest

from tellertui.branch.calendar import calendar
from tellertui.branch.lunar import festivals
from tellertui.core.refusal import Refusal

chinese_calendar = pytest.importorskip("chinese_calendar", reason="chinesecalendar is not installed")
LEGAL = calendar()


def test_every_day_of_the_table_agrees() -> None:
    days = [LEGAL.first + timedelta(n) for n in range((LEGAL.last - LEGAL.first).days + 1)]
    assert len(days) == 730
    assert [LEGAL.is_workday(day) for day in days] == [chinese_calendar.is_workday(day) for day in days]


def test_both_refuse_2027() -> None:
    with pytest.raises(NotImplementedError):
        chinese_calendar.is_workday(date(2027, 1, 4))
    with pytest.raises(Refusal, match="calendar-ends"):
        LEGAL.is_workday(date(2027, 1, 4))


@pytest.mark.parametrize("year", range(2008, 2027))
@pytest.mark.parametrize(
    ("festival", "name"),
    [
        ("spring", "Spring Festival"),
        ("dragon-boat", "Dragon Boat Festival"),
        ("mid-autumn", "Mid-autumn Festival"),
    ],
)
def test_festivals_are_holidays_of_their_name(year: int, festival: str, name: str) -> None:
    free, detail = chinese_calendar.get_holiday_detail(festivals(year)[festival])
    assert free
    # Mid-Autumn within the first days of October may be called National Day, a festival on a weekend nothing.
    others = {"National Day"} if festival == "mid-autumn" else set()
    assert detail == name or detail in others or (detail is None and festivals(year)[festival].weekday() >= 5)
