"""R-CP: the clocks of complaints, as far as dates can say them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.branch.calendar import calendar
from tellertui.core.refusal import Refusal
from tellertui.core.tables import TableError, parse_table
from tellertui.workflows.complaints.rules.clocks import COMPLEXITIES, Clock, Complexity, clock, regimes

TODAY = date(2026, 11, 23)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("received", "dues"),
    [
        ("2026-02-10", ("2026-02-25", "2026-03-12", "2026-04-11")),
        ("2026-09-24", ("2026-10-09", "2026-10-24", "2026-11-23")),
        ("2026-11-23", ("2026-12-08", "2026-12-23", "2027-01-22")),
        ("2026-12-17", ("2027-01-01", "2027-01-16", "2027-02-15")),
        ("2024-02-14", ("2024-02-29", "2024-03-15", "2024-04-14")),
    ],
)
def test_china(received: str, dues: tuple[str, str, str]) -> None:
    for complexity, due in zip(COMPLEXITIES, dues, strict=True):
        assert clock(day(received), complexity).due == day(due)
    steps = clock(day(received), "very-complex").steps
    assert [step.due.isoformat() for step in steps] == list(dues)
    assert [step.approver for step in steps] == ["none", "branch-manager", "head-office"]
    assert [step.tell_by for step in steps] == [None, steps[0].due, steps[1].due]


def test_both_dates_are_kept() -> None:
    found = clock(day("2026-09-19"), "simple")
    assert (found.due, found.due_internal) == (day("2026-10-04"), day("2026-09-30"))
    assert found.steps[0].warn == [day("2026-09-29"), day("2026-10-02"), day("2026-10-04")]


def test_no_internal_target_beyond_the_calendar() -> None:
    found = clock(day("2026-12-17"), "simple")
    assert (found.due, found.due_internal) == (day("2027-01-01"), None)
    # New Year's Day of the first year: the working day before it lies outside the table.
    found = clock(day("2024-12-17"), "simple")
    assert (found.due, found.due_internal) == (day("2025-01-01"), None)


def test_the_verdict_names_rule_version_and_source() -> None:
    found = clock(TODAY)
    assert (found.rule, found.version, found.severity) == ("R-CP-01", "2026.1", "block")
    assert "2020 No. 3" in found.source


@pytest.mark.parametrize(
    ("regime", "complexity", "due"),
    [
        ("fca-disp", "simple", "2027-01-18"),
        ("fca-payments", "simple", "2026-12-14"),
        ("fca-payments", "complex", "2027-01-14"),
        ("cfpb", "simple", "2026-12-08"),
        ("cfpb", "complex", "2027-01-22"),
        ("cfpb-feedback", "simple", "2027-01-22"),
        ("aml-objection", "very-complex", "2026-12-08"),
        ("review", "simple", "2026-12-23"),
        ("review-apply", "simple", "2026-12-23"),
        ("central-bank", "simple", "2026-12-08"),
        ("central-bank", "complex", "2027-01-22"),
        ("credit-file", "simple", "2026-12-13"),
        ("restriction-appeal", "simple", "2026-12-08"),
        ("deposit-interest", "simple", "2026-12-08"),
    ],
)
def test_other_regimes(regime: str, complexity: Complexity, due: str) -> None:
    assert clock(TODAY, complexity, regime).due == day(due)


def test_a_milestone_does_not_set_the_limit() -> None:
    found = clock(day("2026-12-23"), "simple", "fca-disp")
    summary, final = found.steps
    # Christmas Day, the weekend and the Monday in place of Boxing Day are no business days.
    assert (summary.step, summary.due) == ("summary", day("2026-12-30"))
    assert found.due == final.due == day("2027-02-17")


def test_every_regime_is_usable() -> None:
    codes = regimes(TODAY)
    assert len(codes) == len(set(codes)) >= 11
    assert all(clock(TODAY, "very-complex", code).due >= TODAY for code in codes)


@given(st.dates(date(2020, 3, 1), date(9000, 1, 1)), st.integers(0, 400), st.sampled_from(COMPLEXITIES))
def test_no_clock_moves_backwards(received: date, later: int, complexity: Complexity) -> None:
    early, late = clock(received, complexity), clock(received + timedelta(days=later), complexity)
    assert early.due <= late.due
    if early.due_internal and late.due_internal:
        assert early.due_internal <= late.due_internal
    assert_sound(early)


def assert_sound(found: Clock) -> None:
    dues = [step.due for step in found.steps]
    assert dues == sorted(dues)
    assert found.due == dues[-1]
    assert found.due_internal is None or found.received <= found.due_internal <= found.due


@given(st.dates(date(2026, 1, 1), date(2027, 8, 1)), st.integers(0, 60))
def test_no_clock_in_working_days_moves_backwards(received: date, later: int) -> None:
    early = clock(received, "complex", "fca-payments")
    late = clock(received + timedelta(days=later), "complex", "fca-payments")
    assert early.due <= late.due
    assert calendar("R-CAL-01.gb").is_workday(early.due)


@pytest.mark.parametrize(
    ("received", "complexity", "regime", "code"),
    [
        (date(2020, 2, 29), "simple", "cn", "no-regime"),
        (TODAY, "simple", "moon", "no-regime"),
        (TODAY, "", "cn", "no-complexity"),
        (date.max, "simple", "cn", "no-date"),
        (date(2027, 12, 20), "simple", "fca-payments", "calendar-ends"),
    ],
)
def test_what_no_rule_says_is_refused(received: date, complexity: Complexity, regime: str, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        clock(received, complexity, regime)


def test_a_newer_table_wins_from_its_day() -> None:
    rule = (
        '[[rule]]\nid = "{id}"\neffective_from = {start}\n{end}source = "a test"\n[rule.values]\n{values}\n'
    )
    stage = 'regime = "cn"\n[[rule.values.stages]]\ncode = "decision"\ndays = {days}'
    table = parse_table(
        'version = "2"\n'
        + rule.format(id="R-CP-01.internal", start="2020-01-01", end="", values="warn_days = [1]")
        + rule.format(
            id="R-CP-01", start="2020-01-01", end="effective_to = 2026-12-31\n", values=stage.format(days=15)
        )
        + rule.format(id="R-CP-01", start="2027-01-01", end="", values=stage.format(days=10)),
        "complaints",
    )
    assert clock(day("2026-12-31"), rules=table).due == day("2027-01-15")
    assert clock(day("2027-01-01"), rules=table).due == day("2027-01-11")


def test_working_days_without_a_calendar_are_a_fault_of_the_table() -> None:
    table = parse_table(
        """version = "1"
[[rule]]
id = "R-CP-01.internal"
effective_from = 2020-01-01
source = "a test"
values = { warn_days = [] }
[[rule]]
id = "X"
effective_from = 2020-01-01
source = "a test"
[rule.values]
regime = "x"
[[rule.values.stages]]
code = "decision"
days = 3
unit = "working"
""",
        "complaints",
    )
    with pytest.raises(TableError, match="need a calendar"):
        clock(TODAY, regime="x", rules=table)
