"""How long a record is kept, and whether it may be erased (domain B12).

Retention beats erasure: while a record must be kept it is restricted instead, and the person is told why.
"""

from datetime import date, timedelta
from typing import Literal

import msgspec

from tellertui.core.dates import add_months
from tellertui.core.refusal import N_, Fact
from tellertui.core.tables import Table
from tellertui.core.verdict import Judge, Verdict, ground

MAY_ERASE = N_("The record may be erased; it had to be kept until {until}.")
MUST_ERASE = N_("The record has to be erased; it was due after {until}.")
NOT_BEGUN = N_("The period has not begun: it counts from the day of {basis}.")
STILL_KEPT = N_("The record is kept until {until}; restrict it instead.")
LEGAL_HOLD = N_("A legal hold keeps the record; restrict it instead.")
COMPLAINT_OPEN = N_("An open complaint keeps the record; restrict it instead.")
NOT_RECEIVED = N_("Head office has not confirmed the record in a verified backup; restrict it until then.")

Record = Literal[
    "identity-data",
    "transaction-data",
    "operation-log",
    "audit-chain",
    "promotion-file",
    "recording-reference",
    "complaint-file",
    "consultation-log",
    "ticket-personal-data",
    "consent-record",
    "impact-assessment",
]


class Period(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A period of retention: what it counts from, how long, and whether it ends in a duty to erase."""

    basis: str
    months: int = 0
    days: int = 0
    longer_while_complaint: bool = False
    erase: bool = False

    def ends(self, begun: date) -> date:
        """Return the last day on which a record is kept."""
        return add_months(begun, self.months) + timedelta(days=self.days)


def keep_until(record: Record, begun: date, on: date, rules: Table) -> date:
    """Return the last day on which a record has to be kept, by the rule in force on a day.

    Args:
        record: what kind of record.
        begun: the basis day: the end of the relation, the transaction, and so on.
        on: the day asked about.
        rules: the table ``retention``.

    Raises:
        OutOfTable: no rule covers the day asked about.
    """
    return ground(rules, f"B12.{record}", on, Period).values.ends(begun)


def check_erasure(
    record: Record,
    begun: date | None,
    on: date,
    rules: Table,
    *,
    legal_hold: bool = False,
    complaint_open: bool = False,
    received: bool = True,
) -> Verdict:
    """Say whether a record may be erased on a day, by the rule in force on that day.

    Args:
        record: what kind of record.
        begun: the basis day, or none while the period has not begun.
        on: the day of the erasure.
        rules: the table ``retention``.
        legal_hold: somebody with the right to do so asked to keep it.
        complaint_open: a complaint about it is open.
        received: head office has confirmed it in a verified backup, or there is no head office.

    Raises:
        OutOfTable: no rule covers the day.
    """
    found = ground(rules, f"B12.{record}", on, Period)
    judge, period = found.judge("retention"), found.values
    if legal_hold:
        return judge.invalid(LEGAL_HOLD)
    if complaint_open and period.longer_while_complaint:
        return judge.invalid(COMPLAINT_OPEN)
    if begun is None:
        return judge.invalid(NOT_BEGUN, {"basis": period.basis})
    until = period.ends(begun)
    facts: dict[str, Fact] = {"until": until.isoformat()}
    if on <= until:
        return judge.invalid(STILL_KEPT, facts)
    return _erasable(judge, period, facts, received=received)


def _erasable(judge: Judge, period: Period, facts: dict[str, Fact], *, received: bool) -> Verdict:
    if not received:
        return judge.invalid(NOT_RECEIVED)
    return judge.valid(MUST_ERASE, facts, "warn") if period.erase else judge.valid(MAY_ERASE, facts)
