"""Money as whole minor units; a float never touches an amount."""

from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation

CENT = Decimal("0.01")
_EXACT = Context(prec=64)
"""Digits enough that no amount a person can write is rounded."""


def parse_money(text: str) -> int:
    """Return minor units for a decimal text with at most two places.

    Raises:
        ValueError: not a decimal number, or finer than a cent.
    """
    try:
        value = Decimal(text)
        exact = value.is_finite() and value == value.quantize(CENT, context=_EXACT)
    except InvalidOperation as error:
        msg = "not an amount"
        raise ValueError(msg) from error
    if not exact:
        msg = "an amount has at most two decimal places"
        raise ValueError(msg)
    return int(value.scaleb(2, context=_EXACT))


def money_text(minor: int) -> str:
    """Return minor units as text with two decimals and a point."""
    sign = "-" if minor < 0 else ""
    whole, cents = divmod(abs(minor), 100)
    return f"{sign}{whole}.{cents:02d}"


def half_up(value: Decimal) -> Decimal:
    """Round to the cent, halves away from zero (R-LN-01)."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)
