"""R-DP-01 to R-DP-05: deposits."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.core.refusal import Refusal
from tellertui.core.tables import OutOfTable
from tellertui.workflows.products.rules.deposits import (
    Account,
    between,
    by_days,
    day_count,
    demand,
    interest_tax,
    large_certificate,
    partly_early,
    renewed,
    term,
)
from tellertui.workflows.products.rules.quotes import Asked, quote

TODAY = date(2026, 11, 23)
COUNT = day_count(TODAY)
DEMAND = Decimal("0.05")


def day(text: str) -> date:
    return date.fromisoformat(text)


def account(principal: int, annual: str, months: int, opened: str = "2026-01-05") -> Account:
    return Account(principal, Decimal(annual), months, day(opened), COUNT)


def asked(principal: int, annual: str, **facts: Any) -> Asked:
    return Asked(principal=principal, annual_pct=Decimal(annual), **facts)


@pytest.mark.parametrize(
    ("principal", "annual", "months", "interest"),
    [(50_000_00, "0.65", 3, 81_25), (100_000_00, "0.95", 12, 950_00), (200_000_00, "1.25", 36, 7500_00)],
)
def test_terms_count_as_whole_months(principal: int, annual: str, months: int, interest: int) -> None:
    assert term(account(principal, annual, months)).interest == interest


def test_demand_by_days() -> None:
    assert by_days(10_000_00, DEMAND, 92, COUNT).interest == 1_28


def test_all_withdrawn_early() -> None:
    found = term(account(100_000_00, "0.95", 12), day("2026-04-15"), DEMAND)
    assert (found.interest, found.maturity) == (13_89, day("2027-01-05"))
    assert [(part.kind, part.days) for part in found.parts] == [("early", 100)]


def test_a_part_withdrawn_early() -> None:
    found = partly_early(account(100_000_00, "0.95", 12), 40_000_00, day("2026-04-15"), DEMAND)
    assert [(part.kind, part.principal, part.interest) for part in found.parts] == [
        ("early", 40_000_00, 5_56),
        ("term", 60_000_00, 570_00),
    ]


def test_overdue_days_at_the_demand_rate() -> None:
    found = term(account(100_000_00, "0.95", 12, "2025-01-05"), day("2026-04-15"), DEMAND)
    assert [(part.kind, part.interest) for part in found.parts] == [("term", 950_00), ("overdue", 13_89)]


def test_the_demand_rate_is_never_guessed() -> None:
    for closed in ("2026-04-15", "2027-04-15"):
        with pytest.raises(Refusal, match="no-demand-rate"):
            term(account(100_000_00, "0.95", 12), day(closed))
    assert term(account(100_000_00, "0.95", 12), day("2027-01-05")).interest == 950_00


def test_renewal_adds_the_interest_and_takes_the_rate_of_the_day() -> None:
    found = renewed(
        account(10_000_00, "2", 12, "2024-02-29"), day("2026-05-01"), lambda _: Decimal("1.5"), DEMAND
    )
    assert [(part.end, part.principal, part.interest) for part in found.parts] == [
        (day("2025-02-28"), 10_000_00, 200_00),
        (day("2026-02-28"), 10_200_00, 153_00),
        (day("2026-05-01"), 10_353_00, 89),
    ]
    assert found.maturity == day("2027-02-28")


def test_maturities_count_from_the_opening_day() -> None:
    monthly = account(10_000_00, "1", 1, "2026-01-31")
    assert [monthly.matures(n) for n in (1, 2, 3)] == [
        day("2026-02-28"),
        day("2026-03-31"),
        day("2026-04-30"),
    ]


@pytest.mark.parametrize(
    ("opened", "months", "matures"),
    [
        ("2026-08-31", 3, "2026-11-30"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-01-30", 1, "2026-02-28"),
    ],
)
def test_month_end_clamp(opened: str, months: int, matures: str) -> None:
    assert account(1, "1", months, opened).maturity == day(matures)


def test_maturity_beyond_all_dates_is_refused() -> None:
    with pytest.raises(Refusal, match="beyond-dates"):
        term(account(1, "1", 60, "9998-01-01"))


def test_demand_is_settled_quarterly() -> None:
    found = demand(10_000_00, lambda _: DEMAND, day("2026-01-01"), day("2026-04-03"), COUNT)
    assert [(part.end, part.days, part.principal, part.interest) for part in found.parts] == [
        (day("2026-03-21"), 79, 10_000_00, 1_10),
        (day("2026-04-03"), 13, 10_001_10, 18),
    ]


def test_the_rate_of_the_settlement_day_holds_for_the_whole_period() -> None:
    def rate(on: date) -> Decimal:
        return Decimal("0.36") if on >= day("2026-03-20") else Decimal("0.72")

    found = demand(100_000_00, rate, day("2026-03-11"), day("2026-03-31"), COUNT)
    assert [part.interest for part in found.parts] == [10_00, 10_00]


def test_closing_on_the_settlement_day_settles_once() -> None:
    found = demand(10_000_00, lambda _: DEMAND, day("2026-06-21"), day("2026-09-21"), COUNT)
    assert [(part.days, part.interest) for part in found.parts] == [(92, 1_28)]
    assert len(demand(10_000_00, lambda _: DEMAND, day("2026-06-21"), day("2026-09-20"), COUNT).parts) == 1


def test_whole_months_as_such_and_odd_days_as_they_are() -> None:
    found = between(account(100_000_00, "3.6", 0, "2026-01-31"), day("2026-03-10"))
    assert [(part.months, part.days) for part in found.parts] == [(1, 10)]
    assert found.interest == 400_00


@given(
    st.integers(1, 10**12),
    st.decimals(0, 10, places=2),
    st.dates(date(2000, 1, 1), date(2040, 1, 1)),
    st.integers(1, 3000),
    st.integers(0, 60),
)
def test_waiting_longer_never_earns_less(
    principal: int, annual: Decimal, opened: date, days: int, more: int
) -> None:
    def earns(closed: date) -> int:
        return demand(principal, lambda _: annual, opened, closed, COUNT).interest

    closed = opened + timedelta(days=days)
    later = earns(closed + timedelta(days=more))
    # A settlement splits a period, and each part is rounded to the cent.
    assert earns(closed) <= later + 1
    parts = demand(principal, lambda _: annual, opened, closed, COUNT).parts
    assert sum(part.days for part in parts) == days


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.integers(1, 4000))
def test_months_and_days_make_up_the_period(opened: date, days: int) -> None:
    closed = opened + timedelta(days=days)
    (part,) = between(Account(100, Decimal(1), 0, opened, COUNT), closed).parts
    assert 0 <= part.days <= 31
    anchored = Account(100, Decimal(1), part.months or 1, opened, COUNT)
    start = anchored.maturity if part.months else opened
    assert start + timedelta(days=part.days) == closed


@pytest.mark.parametrize(
    ("opened", "closed", "tax"),
    [
        ("1999-01-01", "1999-06-01", 0),
        ("2000-01-01", "2001-01-01", 20_00),
        ("2007-08-05", "2007-08-25", 12_50),
        ("2008-01-01", "2008-07-01", 5_00),
        ("2008-10-08", "2008-10-10", 2_50),
        ("2008-10-09", "2026-11-23", 0),
    ],
)
def test_tax_by_days_of_accrual(opened: str, closed: str, tax: int) -> None:
    assert interest_tax(100_00, day(opened), day(closed)) == tax


def test_tax_before_the_table() -> None:
    with pytest.raises(OutOfTable):
        interest_tax(100_00, day("1990-01-01"), day("1991-01-01"))
    with pytest.raises(Refusal, match="deposit-terms"):
        interest_tax(100_00, TODAY, TODAY)


def test_large_certificates() -> None:
    assert large_certificate(200_000_00, 18, TODAY).passed
    for principal, months in [(199_999_99, 18), (200_000_00, 4)]:
        found = large_certificate(principal, months, TODAY)
        assert (found.verdict, found.severity, found.rule) == ("invalid", "warn", "R-DP-05")


@pytest.mark.parametrize(
    ("question", "interest", "maturity", "kinds"),
    [
        (asked(10_000_00, "0.05", days=92), 1_28, None, ["demand"]),
        (asked(50_000_00, "0.65", term="3m"), 81_25, "2027-02-23", ["term"]),
        (asked(100_000_00, "0.95", term="1y", days=100, demand_pct=DEMAND), 13_89, "2027-11-23", ["early"]),
        (asked(100_000_00, "0.95", kind="term", days=100, demand_pct=DEMAND), 13_89, None, ["early"]),
        (asked(100_000_00, "0.95", kind="term", days=90), 237_50, None, ["term"]),
        (
            asked(100_000_00, "0.95", opened=day("2026-01-05"), closed=day("2026-04-15"), demand_pct=DEMAND),
            13_89,
            None,
            ["early"],
        ),
        (
            asked(100_000_00, "3.6", kind="term", opened=day("2026-01-31"), closed=day("2026-03-10")),
            400_00,
            None,
            ["term"],
        ),
        (
            asked(10_000_00, "0.05", opened=day("2026-06-21"), closed=day("2026-09-21")),
            1_28,
            None,
            ["demand"],
        ),
    ],
)
def test_questions(question: Asked, interest: int, maturity: str | None, kinds: list[str]) -> None:
    found = quote(question, TODAY)
    assert found.interest == interest
    assert found.maturity == (day(maturity) if maturity else None)
    assert [part.kind for part in found.parts] == kinds


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (asked(100, "1"), "deposit-question"),
        (asked(100, "1", term="1y", kind="demand"), "deposit-question"),
        (asked(100, "1", term="1y", days=3, closed=TODAY), "deposit-question"),
        (asked(100, "1", days=3, closed=TODAY), "deposit-question"),
        (asked(100, "1", opened=TODAY), "deposit-question"),
        (asked(100, "1", term="7y"), "no-term"),
        (asked(100, "1", term="1y", days=10**30), "beyond-dates"),
        (asked(100, "1", days=0), "deposit-terms"),
        (asked(100, "1", days=10**30), "deposit-terms"),
        (asked(0, "1", days=3), "deposit-terms"),
        (asked(100, "NaN", days=3), "deposit-terms"),
        (asked(100, "1", opened=TODAY, closed=TODAY), "deposit-terms"),
        (asked(100, "1", kind="term", opened=TODAY, closed=TODAY), "deposit-terms"),
        (asked(100, "1", opened=date.min, closed=date.max), "deposit-terms"),
        (asked(100, "1", term="1y", days=3, demand_pct=Decimal("NaN")), "no-demand-rate"),
    ],
)
def test_questions_without_an_answer(question: Asked, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        quote(question, TODAY)


def test_a_part_is_less_than_the_whole() -> None:
    for withdrawn in (0, 100, 101):
        with pytest.raises(Refusal, match="deposit-terms"):
            partly_early(account(100, "1", 12), withdrawn, day("2026-04-15"), DEMAND)
