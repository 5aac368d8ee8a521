"""The rule table of reception: what ships, and what a loader must refuse."""

from datetime import date

import pytest

from tellertui.core.clock import MINUTE, SECOND
from tellertui.core.tables import OutOfTable, TableError, data_dir, parse_table
from tellertui.workflows.reception.rules.policy import LAW_BACKED, Policy, policy_on, read_policy

DAY = date(2026, 11, 23)
SHIPPED = (data_dir() / "rules" / "reception.toml").read_text(encoding="utf-8")


def changed(before: str, after: str) -> Policy:
    """Read the shipped table with one line changed."""
    assert before in SHIPPED
    return read_policy(parse_table(SHIPPED.replace(before, after), "test"), DAY)


def test_what_ships() -> None:
    policy = policy_on("2026-11-23")
    assert policy.cap == 20 * MINUTE
    assert policy.order.overtake_limit == 5
    assert all(policy.credit(care) >= policy.credit("vip") for care in LAW_BACKED)
    assert policy.credit("normal") == 0
    assert policy.spacing("normal") == policy.spacing("vip") == 15 * SECOND
    assert {policy.spacing(care) for care in LAW_BACKED} == {40 * SECOND}
    assert policy.calls.calls == 3


def test_returning_counts_as_a_credit_and_is_not_added() -> None:
    policy = changed("returned_credit = 12", "returned_credit = 7")
    assert policy.credit("normal", returned=True) == 7 * MINUTE
    assert policy.credit("senior", returned=True) == 10 * MINUTE
    assert policy.highest_credit == 10 * MINUTE


@pytest.mark.parametrize("care", LAW_BACKED)
def test_no_law_backed_group_below_vip(care: str) -> None:
    assert changed(f"\n{care} = 10", f"\n{care} = 8").credit(care) == 8 * MINUTE
    with pytest.raises(TableError, match=f"the law puts {care} first"):
        changed(f"\n{care} = 10", f"\n{care} = 7")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("vip = 8\n", ""),
        ("vip = 8", "vip = 8\ngold = 9"),
        ("vip = 8", "vip = -1"),
        ("cap_minutes = 20", "cap_minutes = 0"),
        ("calls = 3", "calls = 0"),
        ("spread_percent = 20", "spread_percent = 120"),
    ],
)
def test_unusable_tables_are_refused(before: str, after: str) -> None:
    with pytest.raises(TableError):
        changed(before, after)


def test_nobody_guesses_before_the_table_begins() -> None:
    with pytest.raises(OutOfTable):
        policy_on("1999-12-31")
