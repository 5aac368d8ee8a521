"""Interest on whole minor units, exact and rounded half up to the cent once per period (R-LN-01, R-DP-03)."""

from decimal import Decimal

MONTHS = 12
FINEST_PLACES = 8


def fine_pct(annual_pct: Decimal, highest: int = 100) -> bool:
    """Say whether a rate is a number from zero to the highest percent with at most eight places."""
    exponent = annual_pct.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -FINEST_PLACES and 0 <= annual_pct <= highest


def accrue(principal: int, annual_pct: Decimal, parts: int, of: int) -> int:
    """Return the interest of ``parts`` of ``of`` equal parts of a year, minor units, halves up.

    Whole numbers throughout: a third of a per mille loses nothing on its way to the cent.
    """
    up, down = annual_pct.as_integer_ratio()
    return ratio(principal * up * parts, down * 100 * of)


def ratio(numerator: int, denominator: int) -> int:
    """Return the quotient of two numbers that are not negative as a whole number, halves up."""
    return (2 * numerator + denominator) // (2 * denominator)
