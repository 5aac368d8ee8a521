"""Repayment plans against numpy-financial, which computes in binary floating point without rounding."""

from decimal import Decimal

import pytest

from tellertui.workflows.products.rules.loans import flat_to_nominal, plan

numpy_financial = pytest.importorskip("numpy_financial", reason="numpy-financial is not installed")


@pytest.mark.parametrize(
    ("principal", "annual", "months"),
    [
        (1_000_000, 4.9, 360),
        (1_000_000, 5.0, 360),
        (100_000, 6.0, 12),
        (350_000, 3.1, 240),
        (9_999.99, 17.25, 59),
    ],
)
def test_the_exact_payment_and_total_agree(principal: float, annual: float, months: int) -> None:
    rate = annual / 1200
    payment = -numpy_financial.pmt(rate, months, principal)
    found = plan(round(principal * 100), Decimal(str(annual)), months, "equal-instalment")
    assert found.first / 100 == pytest.approx(payment, abs=0.005 + 1e-6)
    assert found.total_interest_formula / 100 == pytest.approx(payment * months - principal, abs=0.005 + 1e-6)


@pytest.mark.parametrize("n", [1, 6, 12, 100, 359])
def test_each_month_stays_near_the_unrounded_plan(n: int) -> None:
    row = plan(1_000_000_00, Decimal("4.9"), 360, "equal-instalment").instalments[n - 1]
    rate = 4.9 / 1200
    drift = 0.01 * n * (1 + rate) ** n
    assert row.interest / 100 == pytest.approx(-numpy_financial.ipmt(rate, n, 360, 1_000_000), abs=drift)
    assert row.principal / 100 == pytest.approx(-numpy_financial.ppmt(rate, n, 360, 1_000_000), abs=drift)


def test_the_rate_behind_a_flat_fee_agrees() -> None:
    payment = 1 / 12 + 0.005
    nominal = numpy_financial.rate(12, -payment, 1, 0) * 1200
    assert float(flat_to_nominal(Decimal("0.5"), 12)) == pytest.approx(nominal, abs=0.005)
