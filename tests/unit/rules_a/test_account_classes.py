"""R-AC-01 to R-AC-04: classes of personal accounts."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.core.tables import OutOfTable, table
from tellertui.core.verdict import Gap
from tellertui.workflows.accounts.rules import classes
from tellertui.workflows.accounts.rules.classes import AccountClass, Booked, Movement, Usage

RULES = table("accounts")
ON = date(2026, 11, 23)
I, II, III = AccountClass  # noqa: E741 - the names of the classes
YUAN = 100


def out(amount: int, **more: object) -> Movement:
    return Movement(direction="out", amount=amount * YUAN, **more)  # type: ignore[arg-type]


def into(amount: int, **more: object) -> Movement:
    return Movement(direction="in", amount=amount * YUAN, **more)  # type: ignore[arg-type]


def used(**more: int) -> Usage:
    return Usage(**{name: amount * YUAN for name, amount in more.items()})


@pytest.mark.parametrize(
    ("wanted", "held", "reason"),
    [
        (I, {}, classes.MAY_OPEN),
        (I, {II: 5, III: 5}, classes.MAY_OPEN),
        (I, {I: 1}, classes.CLASS_I_EXISTS),
        (II, {I: 1, II: 4}, classes.MAY_OPEN),
        (II, {II: 5}, classes.TOO_MANY),
        (III, {III: 4}, classes.MAY_OPEN),
        (III, {III: 6}, classes.TOO_MANY),
    ],
)
def test_how_many(wanted: AccountClass, held: dict[AccountClass, int], reason: str) -> None:
    verdict = classes.check_opening(wanted, held, ON, RULES)
    assert verdict.reason == reason
    assert (verdict.severity == "block") is (reason != classes.MAY_OPEN)
    assert "{" not in verdict.text()


def test_a_second_class_i_is_offered_the_others() -> None:
    assert classes.check_opening(I, {I: 1}, ON, RULES).facts["offer"] == "II, III"


@pytest.mark.parametrize("gap", list(Gap))
def test_no_answer_is_not_none_held(gap: Gap) -> None:
    verdict = classes.check_opening(I, gap, ON, RULES)
    assert (verdict.verdict, verdict.facts["gap"]) == ("unknown", gap)
    assert not verdict.passed


@pytest.mark.parametrize(
    ("account", "movement", "usage", "reason"),
    [
        (I, out(10_000_000), used(), classes.WITHIN_LIMITS),
        (II, out(500), used(day_out=9_500), classes.WITHIN_LIMITS),
        (II, out(501), used(day_out=9_500), classes.DAY_LIMIT),
        (II, out(500), used(year_out=199_500), classes.WITHIN_LIMITS),
        (II, out(501), used(year_out=199_500), classes.YEAR_LIMIT),
        (II, into(501), used(day_in=9_500), classes.DAY_LIMIT),
        (II, into(501), used(year_in=199_500), classes.YEAR_LIMIT),
        (II, into(10_000), used(day_out=10_000), classes.WITHIN_LIMITS),
        (II, out(50_000, counterpart="bound"), used(), classes.OUTSIDE_LIMITS),
        (II, out(50_000, counterpart="own-product"), used(), classes.OUTSIDE_LIMITS),
        (II, out(50_000, counterpart="own-loan"), used(), classes.DAY_LIMIT),
        (III, out(1), used(day_out=1_999), classes.WITHIN_LIMITS),
        (III, out(2), used(day_out=1_999), classes.DAY_LIMIT),
        (III, out(1), used(year_out=49_999), classes.WITHIN_LIMITS),
        (III, out(2), used(year_out=49_999), classes.YEAR_LIMIT),
        (III, out(5_000, counterpart="own-loan"), used(), classes.OUTSIDE_LIMITS),
        (III, into(100), used(balance=1_900), classes.WITHIN_LIMITS),
        (III, into(101), used(balance=1_900), classes.BALANCE_LIMIT),
        (III, into(101, counterpart="bound"), used(balance=1_900), classes.BALANCE_LIMIT),
        (III, into(100, cash=True), used(), classes.NO_CASH),
        (II, into(100, cash=True), used(), classes.CASH_NEEDS_FACE),
    ],
)
def test_limits(account: AccountClass, movement: Movement, usage: Usage, reason: str) -> None:
    verdict = classes.check_movement(account, movement, usage, ON, RULES)
    assert verdict.reason == reason
    assert verdict.passed is (reason in {classes.WITHIN_LIMITS, classes.OUTSIDE_LIMITS})
    assert "{" not in verdict.text()


def test_cash_after_an_identification_face_to_face() -> None:
    cash = into(100, cash=True)
    assert classes.check_movement(II, cash, used(), ON, RULES, identified=True).passed
    assert not classes.check_movement(III, cash, used(), ON, RULES, identified=True).passed


def test_class_three_takes_money_only_once_the_bound_account_is_checked() -> None:
    verdict = classes.check_movement(III, into(100), used(), ON, RULES, bound_checked=False)
    assert verdict.reason == classes.BOUND_NOT_CHECKED
    bound = into(100, counterpart="bound")
    assert classes.check_movement(III, bound, used(), ON, RULES, bound_checked=False).passed


def test_the_refusal_says_what_is_left() -> None:
    verdict = classes.check_movement(II, out(501), used(day_out=9_500), ON, RULES)
    assert verdict.text() == "9500.00 of 10000.00 was used today; 500.00 is left."


@pytest.mark.parametrize("amount", [0, -1])
def test_an_amount_is_positive(amount: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        classes.check_movement(I, out(amount), used(), ON, RULES)


@given(st.integers(1, 20_000 * YUAN), st.integers(0, 20_000 * YUAN), st.sampled_from([II, III]))
def test_who_may_move_an_amount_may_move_less(amount: int, before: int, account: AccountClass) -> None:
    def passes(some: int) -> bool:
        movement = Movement(direction="out", amount=some)
        usage = Usage(day_out=before, year_out=before)
        return classes.check_movement(account, movement, usage, ON, RULES).passed

    if passes(amount):
        assert passes(max(1, amount - 1))
    else:
        assert not passes(amount + 1)


def test_counters_by_day_and_calendar_year() -> None:
    yesterday = ON - timedelta(days=1)
    booked = [
        Booked(date(2025, 12, 31), "out", 700),
        Booked(date(2026, 1, 1), "out", 10),
        Booked(yesterday, "out", 500),
        Booked(ON, "out", 30),
        Booked(ON, "in", 4),
    ]
    before = classes.usage(booked, ON, balance=99)
    assert before == Usage(day_in=4, day_out=30, year_in=4, year_out=540, balance=99)
    after = classes.usage([*booked, Booked(yesterday, "out", -500)], ON, balance=599)
    assert (after.day_out, after.year_out) == (30, 40)


@pytest.mark.parametrize(
    ("turnover", "on", "reason", "severity"),
    [
        (49_999 * YUAN, ON, classes.TURNOVER_BELOW, "info"),
        (50_000 * YUAN, ON, classes.TURNOVER_REACHED, "warn"),
        (50_000 * YUAN, ON + timedelta(days=7), classes.TURNOVER_REACHED, "warn"),
        (50_000 * YUAN, ON + timedelta(days=8), classes.TURNOVER_REACHED, "block"),
        (Gap.NOT_ANSWERED, ON, classes.HOLDINGS_UNKNOWN, "warn"),
    ],
)
def test_turnover_of_class_three(turnover: int | Gap, on: date, reason: str, severity: str) -> None:
    verdict = classes.check_class_three_turnover(turnover, ON, on, RULES)
    assert (verdict.reason, verdict.severity) == (reason, severity)
    assert "{" not in verdict.text()


@pytest.mark.parametrize(
    ("opened", "last"),
    [("2026-05-31", "2026-11-30"), ("2026-08-31", "2027-02-28"), ("2025-08-29", "2026-02-28")],
)
def test_six_months_with_the_month_end(opened: str, last: str) -> None:
    start, end = date.fromisoformat(opened), date.fromisoformat(last)
    assert classes.unused_until(start, RULES) == end
    assert classes.check_unused(start, None, end, RULES).passed
    suspended = classes.check_unused(start, None, end + timedelta(days=1), RULES)
    assert suspended.facts["since"] == (end + timedelta(days=1)).isoformat()
    assert "{" not in suspended.text()


def test_what_ends_or_prevents_the_suspension() -> None:
    start, late = date(2026, 1, 1), date(2026, 8, 1)
    assert classes.check_unused(start, date(2026, 7, 1), late, RULES).passed
    assert not classes.check_unused(start, date(2026, 7, 2), late, RULES).passed
    assert classes.check_unused(start, None, late, RULES, identified_again=date(2026, 7, 15)).passed
    assert not classes.check_unused(start, None, late, RULES, identified_again=date(2026, 8, 2)).passed


def test_accounts_older_than_the_rule() -> None:
    with pytest.raises(OutOfTable):
        classes.check_unused(date(2016, 11, 30), None, ON, RULES)


@given(st.dates(date(2016, 12, 1), date(2080, 1, 1)))
def test_a_later_opening_never_ends_earlier(opened: date) -> None:
    assert classes.unused_until(opened, RULES) <= classes.unused_until(opened + timedelta(days=1), RULES)
