"""Hours of weekdays, of single dates and of the open day."""

import pytest

from tellertui.branch import api, events
from tellertui.branch.hours import hours_on, minute_now, next_opening
from tellertui.core.refusal import Refusal

NINE_TO_FOUR = {"open": "09:00", "close": "16:00"}


def hours(house, day):
    return house.read(lambda reads: hours_on(reads, day))


def test_a_date_wins_over_its_weekday_and_an_opened_day_over_both(house):
    assert hours(house, "2026-11-23") == (510, 1020)
    assert hours(house, "2026-11-28") == (540, 990)
    assert house.do(api.SetHours(when="mon", **NINE_TO_FOUR)).open == "09:00"
    assert hours(house, "2026-11-23") == hours(house, "2026-11-30") == (540, 960)
    house.do(api.SetHours(when="2026-11-23", open="10:00", close="12:00"))
    assert hours(house, "2026-11-23") == (600, 720)
    house.do(api.OpenDay(open="10:30", close="13:00"))
    assert hours(house, "2026-11-23") == (630, 780)
    house.do(api.SetHours(when="mon"))
    assert hours(house, "2026-11-23") == (630, 780)
    assert hours(house, "2026-11-30") is None


def test_the_open_day_follows_its_date_at_once(house):
    house.do(api.OpenDay())
    house.do(api.SetHours(when="2026-11-23", open="08:30", close="19:30"))
    assert hours(house, "2026-11-23") == (510, 1170)
    assert house.events()[1:] == [
        events.HoursSet("2026-11-23", 510, 1170),
        events.DayHoursSet("2026-11-23", 510, 1170),
    ]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (api.SetHours(when="2026-11-23"), "day-is-open"),
        (api.SetHours(when="2026-11-23", open="07:00", close="08:00"), "closing-past"),
        (api.SetHours(when="2026-11-24", open="09:00"), "hours-half"),
        (api.SetHours(when="2026-11-24", close="09:00"), "hours-half"),
        (api.SetHours(when="tue", open="17:00", close="08:30"), "hours-order"),
        (api.SetHours(when="2026-11-22", **NINE_TO_FOUR), "day-past"),
        (api.SetHours(when="2026-02-30", **NINE_TO_FOUR), "not-a-day"),
        (api.SetHours(when="20261124", **NINE_TO_FOUR), "not-a-day"),
        (api.SetHours(when="monday", **NINE_TO_FOUR), "not-a-day"),
    ],
)
def test_hours_that_cannot_be_are_refused_and_change_nothing(house, command, code):
    house.do(api.OpenDay())
    before = house.ask(api.HoursList())
    with pytest.raises(Refusal) as caught:
        house.do(command)
    assert caught.value.code == code
    assert house.ask(api.HoursList()) == before
    assert hours(house, "2026-11-23") == (510, 1020)
    assert len(house.events()) == 1


def test_a_closed_day_keeps_its_hours(house):
    house.do(api.OpenDay())
    house.do(api.CloseDay())
    with pytest.raises(Refusal, match="day-past"):
        house.do(api.SetHours(when="2026-11-23", **NINE_TO_FOUR))


def test_the_list_is_the_week_and_then_the_dates_that_are_not_over(house):
    house.do(api.SetHours(when="2026-12-25", **NINE_TO_FOUR))
    house.do(api.SetHours(when="2026-11-24"))
    listed = house.ask(api.HoursList())
    assert [view.when for view in listed] == [*api.WEEKDAYS, "2026-11-24", "2026-12-25"]
    assert (listed[-2].open, listed[-2].close) == (None, None)
    house.at("2026-11-25", "09:00")
    assert [view.when for view in house.ask(api.HoursList())][7:] == ["2026-12-25"]


def test_the_next_opening_passes_over_closed_days(house):
    def following():
        return house.read(lambda reads: next_opening(reads, reads.day))

    assert following() == ("2026-11-24", 510)
    house.do(api.SetHours(when="2026-11-24"))
    assert following() == ("2026-11-25", 510)
    for when in api.WEEKDAYS:
        house.do(api.SetHours(when=when))
    assert following() is None


def test_the_minute_is_that_of_the_wall_clock(house):
    house.at("2026-11-23", "23:59")
    assert house.read(minute_now) == 23 * 60 + 59
