"""Opening and closing business dates."""

import pytest

from tellertui.branch import api, events
from tellertui.branch.hours import hours_on
from tellertui.core.refusal import Refusal


def refused(house, command) -> Refusal:
    with pytest.raises(Refusal) as caught:
        house.do(command)
    return caught.value


def test_an_unopened_day_shows_the_hours_of_the_table(house):
    today = house.ask(api.Show()).today
    assert (today.day, today.state, today.open, today.close) == ("2026-11-23", "unopened", "08:30", "17:00")
    assert today.opened_by is None


def test_opening_before_the_doors_open_is_ordinary(house):
    view = house.do(api.OpenDay())
    assert (view.state, view.open, view.close, view.opened_by) == ("open", "08:30", "17:00", "0101")
    assert view.opened_at == house.clock.now()
    assert house.events() == [events.DayOpened("2026-11-23", 510, 1020, "ordinary", 0)]
    assert house.notices == [{"branch"}]


@pytest.mark.parametrize(
    ("when", "command", "expected"),
    [
        (("2026-11-23", "10:42"), api.OpenDay(), ("08:30", "17:00", "ordinary")),
        (("2026-11-23", "16:59"), api.OpenDay(), ("08:30", "17:00", "ordinary")),
        (("2026-11-23", "17:00"), api.OpenDay(), ("17:00", "24:00", "special")),
        (("2026-11-23", "20:15"), api.OpenDay(), ("20:15", "24:00", "special")),
        (("2026-11-23", "20:15"), api.OpenDay(close="21:00"), ("20:15", "21:00", "special")),
        (("2026-11-23", "08:12"), api.OpenDay(open="09:00"), ("09:00", "17:00", "ordinary")),
        (("2026-11-23", "08:12"), api.OpenDay(open="08:00"), ("08:00", "17:00", "special")),
        (("2026-11-23", "08:12"), api.OpenDay(open="08:30", close="19:00"), ("08:30", "19:00", "special")),
        (("2026-11-23", "23:59"), api.OpenDay(), ("23:59", "24:00", "special")),
    ],
)
def test_the_hours_of_an_opening(house, when, command, expected):
    house.at(*when)
    view = house.do(command)
    assert (view.open, view.close, house.events()[-1].kind) == expected


def test_opening_a_closed_day_runs_to_midnight(house):
    house.do(api.SetHours(when="2026-11-23"))
    assert house.read(lambda reads: hours_on(reads, "2026-11-23")) is None
    view = house.do(api.OpenDay())
    assert (view.open, view.close) == ("08:12", "24:00")
    assert house.events()[-1].kind == "special"
    assert house.read(lambda reads: hours_on(reads, "2026-11-23")) == (8 * 60 + 12, 1440)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (api.OpenDay(open="12:00", close="12:00"), "hours-order"),
        (api.OpenDay(open="18:00"), "hours-order"),
        (api.OpenDay(open="07:00", close="08:12"), "closing-past"),
    ],
)
def test_hours_that_make_no_day_are_refused(house, command, code):
    assert refused(house, command).code == code
    assert house.events() == []
    assert house.expired == []


def test_a_day_is_opened_once(house):
    house.do(api.OpenDay())
    assert refused(house, api.OpenDay()).facts == {"day": "2026-11-23"}
    house.do(api.CloseDay())
    assert refused(house, api.OpenDay()).code == "day-opened"


def test_closing_expires_what_is_open_and_is_signed_by_nobody(house):
    house.do(api.OpenDay())
    house.at("2026-11-23", "17:05")
    house.expired.clear()
    view = house.do(api.CloseDay())
    assert (view.state, view.closed_by, view.closed_at) == ("closed", "0101", house.clock.now())
    assert house.expired == ["2026-11-23"]
    assert house.events()[-1] == events.DayClosed("2026-11-23", 2)
    assert refused(house, api.CloseDay()).code == "day-not-open"


def test_nothing_can_be_closed_before_it_is_opened(house):
    assert refused(house, api.CloseDay()).code == "day-not-open"
    assert house.expired == []


def test_opening_closes_the_day_that_was_left_open(house):
    house.do(api.OpenDay())
    house.expired.clear()
    house.at("2026-11-25", "08:20")
    view = house.do(api.OpenDay())
    assert view.unsigned == ("2026-11-23",)
    assert house.expired == ["2026-11-23", "2026-11-24"]
    assert house.events()[1:] == [
        events.DayClosed("2026-11-23", 2),
        events.DayOpened("2026-11-25", 510, 1020, "ordinary", 1),
    ]


def test_a_day_left_open_can_be_closed_the_next_morning(house):
    house.do(api.OpenDay())
    house.at("2026-11-24", "08:20")
    assert house.do(api.CloseDay()).day == "2026-11-23"
    assert house.ask(api.Show()).today.state == "unopened"


def test_unsigned_days_are_shown_newest_first_and_never_stop_a_day(house):
    for day in range(1, 15):
        house.at(f"2026-12-{day:02d}", "08:00")
        house.do(api.OpenDay())
    assert house.ask(api.Show()).today.unsigned == tuple(f"2026-12-{day:02d}" for day in range(13, 3, -1))
