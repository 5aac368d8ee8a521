"""R-CAL-05 to R-CAL-07: when, how often and by whom a customer is contacted."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.core.refusal import Refusal
from tellertui.workflows.care.rules.cadence import (
    Purpose,
    follow_up,
    looked_after_by,
    may_contact,
    may_send,
    purpose_of,
)

TODAY = date(2026, 11, 23)
PARTS = frozenset({"sender", "contact", "opt-out"})


@pytest.mark.parametrize(
    ("occasion", "first", "last"),
    [
        ("account-opened", 7, 30),
        ("wealth-high-risk", 3, 7),
        ("large-transfer", 0, 2),
        ("private-client", 25, 30),
    ],
)
def test_windows(occasion: str, first: int, last: int) -> None:
    assert follow_up(occasion, TODAY) == (TODAY + timedelta(first), TODAY + timedelta(last))


def test_no_window() -> None:
    with pytest.raises(Refusal, match="no-window"):
        follow_up("moon-landing", TODAY)


@pytest.mark.parametrize(("purpose", "days"), [("marketing", 30), ("service", 7)])
def test_caps(purpose: Purpose, days: int) -> None:
    last = TODAY - timedelta(days=days - 1)
    found = may_contact(purpose, last, TODAY)
    assert (found.verdict, found.severity) == ("invalid", "block")
    assert found.facts["next"] == (TODAY + timedelta(1)).isoformat()
    assert may_contact(purpose, last, TODAY + timedelta(1)).passed
    assert may_contact(purpose, None, TODAY).passed
    assert may_contact(purpose, TODAY, TODAY, by_customer=True).passed


@given(st.integers(0, 100), st.sampled_from(["marketing", "service"]))
def test_the_promised_day_holds(days: int, purpose: Purpose) -> None:
    last = TODAY - timedelta(days=days)
    found = may_contact(purpose, last, TODAY)
    if not found.passed:
        assert may_contact(purpose, last, date.fromisoformat(str(found.facts["next"]))).passed


@pytest.mark.parametrize(
    ("offer", "consent", "parts", "passed"),
    [
        (False, False, frozenset(), True),
        (True, False, PARTS, False),
        (True, True, PARTS - {"opt-out"}, False),
        (True, True, PARTS, True),
    ],
)
def test_an_offer_needs_consent_and_an_opt_out(
    offer: bool, consent: bool, parts: frozenset[str], passed: bool
) -> None:
    found = may_send(purpose_of(with_offer=offer), consent=consent, parts=parts, on=TODAY)
    assert found.passed is passed
    assert found.rule == "R-CAL-07"


@pytest.mark.parametrize(
    ("assets", "owner"),
    [
        (49_999, None),
        (50_000, "branch-staff"),
        (100_000, "lobby-manager"),
        (199_999, "lobby-manager"),
        (200_000, "wealth-manager"),
        (2_000_000, "wealth-centre"),
    ],
)
def test_tiers(assets: int, owner: str | None) -> None:
    assert looked_after_by(assets, TODAY) == owner
