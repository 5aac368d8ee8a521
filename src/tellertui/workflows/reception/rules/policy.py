"""The numbers of reception in force on a day, read from the rule table and checked."""

from datetime import date
from functools import lru_cache
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from tellertui.core.clock import MINUTE, SECOND
from tellertui.core.tables import Table, TableError, table

V = TypeVar("V")
Positive = Annotated[int, Meta(ge=1)]
Natural = Annotated[int, Meta(ge=0)]

LAW_BACKED = ("senior", "disabled", "expecting", "soldier")
"""Care classes that the law puts first; they are also called at a slower pace."""
CLASSES = ("normal", *LAW_BACKED, "vip", "appointment")


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """R-Q-01: credits in minutes per class, the cap, and how often a ticket may be overtaken."""

    credits: dict[str, Natural]
    returned_credit: Natural
    cap_minutes: Positive
    overtake_limit: Natural


class Range(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """R-Q-02: how far the expected wait may lie from the mean."""

    few_samples: Natural
    spread_percent: Annotated[int, Meta(ge=0, le=100)]
    spread_few_percent: Annotated[int, Meta(ge=0, le=100)]


class Calls(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """R-Q-05: calls in all, their spacing, and the way back of a missed number."""

    calls: Positive
    spacing_s: Natural
    spacing_care_s: Natural
    reactivate_minutes: Natural
    reactivate_behind: Natural


class Appointments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """R-Q-08: how early and how late an appointment may be checked in."""

    early_minutes: Natural
    late_minutes: Natural


class Rating(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """R-Q-09: after which results a rating is asked, for how long, and how long an answer is taken."""

    asked_after: tuple[str, ...]
    asked_s: Positive
    taken_s: Positive


class Policy(msgspec.Struct, frozen=True):
    """All rules of reception on one day."""

    order: Order
    range: Range
    calls: Calls
    appointments: Appointments
    rating: Rating

    @property
    def cap(self) -> int:
        """Return the wait in milliseconds from which a ticket belongs to the front group."""
        return self.order.cap_minutes * MINUTE

    def credit(self, care: str, *, returned: bool = False) -> int:
        """Return the credit in milliseconds: of the class, or of returning with papers if that is higher."""
        minutes = self.order.credits[care]
        return max(minutes, self.order.returned_credit if returned else 0) * MINUTE

    @property
    def highest_credit(self) -> int:
        """Return the highest credit any ticket can have, in milliseconds."""
        return max(*self.order.credits.values(), self.order.returned_credit) * MINUTE

    def spacing(self, care: str) -> int:
        """Return the milliseconds between two calls of a ticket (R-Q-05)."""
        calls = self.calls
        return (calls.spacing_care_s if care in LAW_BACKED else calls.spacing_s) * SECOND


def read_policy(rules: Table, day: date) -> Policy:
    """Return the policy that a table gives for a day.

    Raises:
        OutOfTable: a rule does not cover the day.
        TableError: a class is missing or unknown, or a law-backed group ranks below vip.
    """

    def read(rule: str, kind: type[V]) -> V:
        return rules.on(rule, day).read(kind)

    order = read("R-Q-01", Order)
    _check_credits(order.credits)
    return Policy(
        order,
        read("R-Q-02", Range),
        read("R-Q-05", Calls),
        read("R-Q-08", Appointments),
        read("R-Q-09", Rating),
    )


def _check_credits(credit: dict[str, int]) -> None:
    if credit.keys() != set(CLASSES):
        wrong = ", ".join(sorted(credit.keys() ^ set(CLASSES)))
        msg = f"R-Q-01: classes missing or unknown: {wrong}"
        raise TableError(msg)
    below = [care for care in LAW_BACKED if credit[care] < credit["vip"]]
    if below:
        msg = f"R-Q-01: the law puts {', '.join(below)} first, never below vip"
        raise TableError(msg)


def policy_on(day: str) -> Policy:
    """Return the policy in force on a business date.

    Raises:
        OutOfTable: no rule covers the date.
        TableError: the table is not usable.
    """
    return _policy(table("reception"), day)


@lru_cache(maxsize=16)
def _policy(rules: Table, day: str) -> Policy:
    return read_policy(rules, date.fromisoformat(day))
