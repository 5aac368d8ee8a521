"""The days around a business date."""

from datetime import date, timedelta

from sqlalchemy import bindparam
from sqlmodel import col, select

from tellertui.branch.records import BusinessDay
from tellertui.store.rows import Query, Reads
from tellertui.workflows.closing.api import DayMark
from tellertui.workflows.closing.service.day import signing_of

_BEFORE = Query(
    BusinessDay,
    select(BusinessDay)
    .where(col(BusinessDay.day) < bindparam("day"))
    .order_by(col(BusinessDay.day).desc())
    .limit(1),
)
_AFTER = Query(
    BusinessDay,
    select(BusinessDay)
    .where(col(BusinessDay.day) > bindparam("day"))
    .order_by(col(BusinessDay.day))
    .limit(1),
)


def day_before(reads: Reads, day: str) -> DayMark | None:
    """Return the last day that was opened before another."""
    return _mark(reads, reads.one(_BEFORE, day=day))


def day_after(reads: Reads, day: str) -> DayMark | None:
    """Return the first day that was opened after another."""
    return _mark(reads, reads.one(_AFTER, day=day))


def compared_with(reads: Reads, day: str) -> str | None:
    """Return the date to compare a day with: the same weekday a week ago, else the last one before it."""
    week_ago = (date.fromisoformat(day) - timedelta(days=7)).isoformat()
    if reads.get(BusinessDay, week_ago) is not None:
        return week_ago
    before = reads.one(_BEFORE, day=day)
    return None if before is None else before.day


def _mark(reads: Reads, row: BusinessDay | None) -> DayMark | None:
    if row is None:
        return None
    signed = signing_of(reads, row.day) if row.state == "signed" else None
    return DayMark(day=row.day, state=row.state, signed_at=None if signed is None else signed.signed_at)
