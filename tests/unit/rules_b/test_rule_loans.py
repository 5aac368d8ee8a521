"""R-LN-01 to R-LN-04: repayment plans, rates, affordability."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.core.refusal import Refusal
from tellertui.core.tables import parse_table
from tellertui.workflows.products.rules.affordability import affordability
from tellertui.workflows.products.rules.interest import accrue, ratio
from tellertui.workflows.products.rules.loans import (
    METHODS,
    Method,
    adverse_record_until,
    by_days,
    flat_to_nominal,
    plan,
    rate_on,
)

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("principal", "annual", "months", "first", "formula", "planned", "last"),
    [
        (1_000_000_00, "4.9", 360, 5307_27, 910_616_19, 910_615_12, 5305_19),
        (1_000_000_00, "5", 360, 5368_22, 932_557_84, 932_555_88, 5364_90),
        (100_000_00, "6", 12, 8606_64, 3279_72, 3279_73, 8606_69),
    ],
)
def test_equal_instalments(
    principal: int, annual: str, months: int, first: int, formula: int, planned: int, last: int
) -> None:
    found = plan(principal, Decimal(annual), months, "equal-instalment")
    assert (found.first, found.total_interest_formula, found.total_interest_plan, found.last) == (
        first,
        formula,
        planned,
        last,
    )


@pytest.mark.parametrize(
    ("principal", "annual", "months", "first", "formula", "planned"),
    [
        (1_000_000_00, "4.9", 360, 6861_11, 737_041_67, 737_041_08),
        (1_000_000_00, "5", 360, 6944_45, 752_083_33, 752_082_75),
        (100_000_00, "6", 12, 8833_33, 3250_00, 3250_00),
    ],
)
def test_equal_principal(
    principal: int, annual: str, months: int, first: int, formula: int, planned: int
) -> None:
    found = plan(principal, Decimal(annual), months, "equal-principal")
    assert (found.first, found.total_interest_formula, found.total_interest_plan) == (first, formula, planned)


def test_the_balances_of_a_year() -> None:
    balances = [row.balance for row in plan(100_000_00, Decimal(6), 12, "equal-instalment").instalments]
    assert balances == [
        *(91_893_36, 83_746_19, 75_558_28, 67_329_43, 59_059_44, 50_748_10),
        *(42_395_20, 34_000_54, 25_563_90, 17_085_08, 8_563_87, 0),
    ]


def test_interest_first_and_bullet() -> None:
    first = plan(100_000_00, Decimal(6), 12, "interest-first")
    assert [row.payment for row in first.instalments] == [500_00] * 11 + [100_500_00]
    assert first.total_interest_plan == first.total_interest_formula == 6000_00
    bullet = plan(100_000_00, Decimal(6), 12, "bullet")
    assert [(row.n, row.payment, row.balance) for row in bullet.instalments] == [(12, 106_000_00, 0)]


@pytest.mark.parametrize(
    ("days", "year", "interest"),
    [(31, 360, 516_67), (28, 360, 466_67), (365, 360, 6083_33), (365, 365, 6000_00)],
)
def test_interest_by_days(days: int, year: int, interest: int) -> None:
    assert by_days(100_000_00, Decimal(6), days, 360 if year == 360 else 365) == interest


def test_what_a_flat_fee_really_costs() -> None:
    assert flat_to_nominal(Decimal("0.5"), 12) == Decimal("10.90")
    assert flat_to_nominal(Decimal(0), 12) == 0
    assert flat_to_nominal(Decimal("0.5"), 1) == Decimal("6.00")


RATES = st.decimals(0, 100, places=4)


@given(st.integers(1, 10**13), RATES, st.integers(1, 600), st.sampled_from(METHODS))
def test_plans_end_at_zero_and_repay_the_principal(
    principal: int, annual: Decimal, months: int, method: Method
) -> None:
    found = plan(principal, annual, months, method)
    rows = found.instalments
    assert rows[-1].n == months
    assert rows[-1].balance == 0
    assert sum(row.principal for row in rows) == principal
    assert all(row.payment == row.principal + row.interest for row in rows)
    assert all(row.principal >= 0 and row.interest >= 0 and row.balance >= 0 for row in rows)
    assert [row.balance for row in rows] == sorted((row.balance for row in rows), reverse=True)
    # Half a cent of rounding a month, and at most what interest makes of it over the months that follow.
    drift = 1 + sum((1 + annual / 1200) ** n for n in range(len(rows)))
    assert abs(found.total_interest_plan - found.total_interest_formula) <= drift


@given(st.integers(0, 10**12), st.integers(1, 10**6))
def test_halves_go_up(numerator: int, denominator: int) -> None:
    exact = Decimal(numerator) / denominator
    assert abs(ratio(numerator, denominator) - exact) <= Decimal("0.5")
    assert ratio(2 * numerator + 1, 2) == numerator + 1


def test_a_third_of_a_rate_loses_nothing() -> None:
    # 12.00 % of 0.50 over one month is exactly half a cent.
    assert accrue(50, Decimal(12), 1, 12) == 1
    assert accrue(49, Decimal(12), 1, 12) == 0


@pytest.mark.parametrize(
    ("principal", "annual", "months", "method"),
    [
        (0, "5", 12, "bullet"),
        (-1, "5", 12, "bullet"),
        (10**16, "5", 12, "bullet"),
        (100, "-0.1", 12, "bullet"),
        (100, "100.01", 12, "bullet"),
        (100, "NaN", 12, "bullet"),
        (100, "sNaN", 12, "bullet"),
        (100, "Infinity", 12, "bullet"),
        (100, "1E+999999", 12, "bullet"),
        (100, "1E-999999", 12, "bullet"),
        (100, "5", 0, "bullet"),
        (100, "5", 601, "bullet"),
        (100, "5", 12, "balloon"),
    ],
)
def test_what_is_no_loan_is_refused(principal: int, annual: str, months: int, method: Method) -> None:
    with pytest.raises(Refusal, match="loan-terms") as refused:
        plan(principal, Decimal(annual), months, method)
    assert refused.value.kind.exit_code == 2


def test_the_prime_rate_is_dated_and_not_guessed() -> None:
    shipped = parse_table('version = "1"\nrule = []\n', "loans")
    with pytest.raises(Refusal, match="no-lpr"):
        rate_on(TODAY, 12, 0, shipped)
    dated = parse_table(
        """version = "1"
[[rule]]
id = "R-LN-03"
effective_from = 2026-01-20
source = "a test"
values = { lpr_1y_pct = "3.00", lpr_5y_pct = "3.50" }
""",
        "loans",
    )
    assert rate_on(TODAY, 60, 25, dated) == Decimal("3.25")
    assert rate_on(TODAY, 61, -20, dated) == Decimal("3.30")
    with pytest.raises(Refusal, match="no-lpr"):
        rate_on(date(2026, 1, 19), 12, 0, dated)


def test_bad_records_are_kept_five_years() -> None:
    assert adverse_record_until(date(2024, 2, 29)) == date(2029, 2, 28)


def test_affordable() -> None:
    found = affordability(20_000_00, 4490_45, 300_00, 1500_00, TODAY)
    assert (found.verdict, found.housing_ratio, found.debt_ratio) == (
        "ok",
        Decimal("0.2395"),
        Decimal("0.3145"),
    )
    assert (found.rule, found.version) == ("R-LN-02", "2026.1")


def test_not_affordable() -> None:
    found = affordability(9000_00, 4490_45, 300_00, 0, TODAY)
    assert (found.verdict, found.failed, found.housing_ratio) == ("warn", ["housing"], Decimal("0.5323"))


def test_the_limit_itself_is_within_and_a_cent_more_is_not() -> None:
    assert affordability(10_000_00, 5000_00, 0, 500_00, TODAY).verdict == "ok"
    assert affordability(10_000_00, 5000_01, 0, 0, TODAY).failed == ["housing"]
    assert affordability(10_000_00, 5000_00, 0, 500_01, TODAY).failed == ["debt"]


def test_without_income_there_is_no_share() -> None:
    found = affordability(0, 100, 0, 0, TODAY)
    assert (found.verdict, found.housing_ratio, found.debt_ratio) == ("warn", None, None)


def test_negative_amounts_are_refused() -> None:
    with pytest.raises(Refusal, match="afford-amounts"):
        affordability(10_000_00, -1, 0, 0, TODAY)
