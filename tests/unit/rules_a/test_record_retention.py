"""B12: how long records are kept, and what may be erased."""

from datetime import date, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.core.tables import table
from tellertui.workflows.protection.rules import retention
from tellertui.workflows.protection.rules.retention import Record

RULES = table("retention")
ON = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("record", "last"),
    [
        ("identity-data", "2036-11-23"),
        ("transaction-data", "2036-11-23"),
        ("operation-log", "2027-05-23"),
        ("audit-chain", "2036-11-23"),
        ("promotion-file", "2028-11-23"),
        ("recording-reference", "2027-05-23"),
        ("complaint-file", "2036-11-23"),
        ("consultation-log", "2029-11-23"),
        ("ticket-personal-data", "2026-11-23"),
        ("consent-record", "2029-11-23"),
        ("impact-assessment", "2029-11-23"),
    ],
)
def test_periods(record: Record, last: str) -> None:
    until = date.fromisoformat(last)
    assert retention.keep_until(record, ON, ON, RULES) == until
    kept = retention.check_erasure(record, ON, until, RULES)
    assert (kept.verdict, kept.severity, kept.reason) == ("invalid", "block", retention.STILL_KEPT)
    assert retention.check_erasure(record, ON, until + timedelta(days=1), RULES).passed


def test_every_record_has_a_rule_and_every_rule_a_record() -> None:
    assert {f"B12.{record}" for record in get_args(Record)} == {rule.id for rule in RULES.rule}


def test_tickets_have_to_be_emptied_the_next_day() -> None:
    verdict = retention.check_erasure("ticket-personal-data", ON, ON + timedelta(days=1), RULES)
    assert (verdict.verdict, verdict.severity, verdict.reason) == ("valid", "warn", retention.MUST_ERASE)


OLD = date(2000, 1, 1)


@pytest.mark.parametrize(
    ("begun", "hold", "complaint", "received", "reason"),
    [
        (OLD, False, False, True, retention.MAY_ERASE),
        (None, False, False, True, retention.NOT_BEGUN),
        (OLD, True, False, True, retention.LEGAL_HOLD),
        (OLD, False, True, True, retention.COMPLAINT_OPEN),
        (OLD, False, False, False, retention.NOT_RECEIVED),
    ],
)
def test_what_keeps_a_record(
    begun: date | None, hold: bool, complaint: bool, received: bool, reason: str
) -> None:
    verdict = retention.check_erasure(
        "recording-reference",
        begun,
        ON,
        RULES,
        legal_hold=hold,
        complaint_open=complaint,
        received=received,
    )
    assert verdict.reason == reason
    assert verdict.passed is (reason == retention.MAY_ERASE)
    assert "{" not in verdict.text()


def test_a_complaint_keeps_only_what_it_may_need() -> None:
    assert retention.check_erasure("consultation-log", OLD, ON, RULES, complaint_open=True).passed


@given(st.sampled_from(get_args(Record)), st.dates(date(2000, 1, 1), ON), st.integers(0, 400))
def test_no_period_moves_backwards(record: Record, begun: date, days: int) -> None:
    later = begun + timedelta(days=days)
    earlier_end, later_end = (retention.keep_until(record, day, ON, RULES) for day in (begun, later))
    assert begun <= earlier_end <= later_end
