"""R-AML-01 to R-AML-12: what an amount asks for, what a risk asks for, flags and screening."""

from datetime import date

import pytest

from tellertui.core.role import HOLDERS, Role
from tellertui.core.tables import OutOfTable, table
from tellertui.core.verdict import Gap
from tellertui.workflows.accounts.rules import aml
from tellertui.workflows.accounts.rules.aml import Amount, Duty, Risk, Screening, Service

RULES = table("aml")
ON = date(2026, 11, 23)
LAST_OLD, FIRST_NEW = date(2025, 12, 31), date(2026, 1, 1)
DEPOSIT = Service(what="cash-deposit", amount=Amount(cny=60_000_00))


def rules_of(duties: list[Duty] | Gap) -> list[str]:
    assert not isinstance(duties, Gap)
    return [duty.rule for duty in duties]


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        (Service(what="enquiry"), []),
        (Service(what="enquiry", new_relation=True), ["R-AML-01"]),
        (Service(what="enquiry", suspicion=True), ["R-AML-01"]),
        (Service(what="enquiry", doubt=True), ["R-AML-01"]),
        (Service(what="enquiry", agent=True), ["R-AML-07"]),
        (Service(what="enquiry", changed=frozenset({"address"})), ["R-AML-10"]),
        (Service(what="enquiry", changed=frozenset({"language"})), []),
        (Service(what="enquiry", identity="anonymous"), ["R-AML-11"]),
        (Service(what="cash-deposit", amount=Amount(cny=49_999_99)), []),
        (Service(what="cash-deposit", amount=Amount(cny=50_000_00)), ["R-AML-02"]),
        (Service(what="exchange", amount=Amount(usd=9_999_99)), []),
        (Service(what="exchange", amount=Amount(usd=10_000_00)), ["R-AML-02"]),
        (Service(what="transfer", amount=Amount(cny=90_000_00)), []),
        (Service(what="cash-withdrawal", amount=Amount(cny=50_000_00), risk="low"), ["R-AML-04"]),
        (
            Service(what="cash-withdrawal", amount=Amount(cny=50_000_00), risk="low", suspicion=True),
            ["R-AML-01", "R-AML-02"],
        ),
    ],
)
def test_who_the_customer_is(service: Service, expected: list[str]) -> None:
    assert rules_of(aml.cdd_duties(service, ON, RULES)) == expected


def test_amount_and_risk_are_two_different_rules() -> None:
    assert rules_of(aml.cdd_duties(DEPOSIT, ON, RULES)) == ["R-AML-02"]
    assert rules_of(aml.edd_duties(DEPOSIT, ON, RULES)) == []
    small = Service(what="cash-deposit", amount=Amount(cny=1_00), risk="high")
    assert rules_of(aml.cdd_duties(small, ON, RULES)) == []
    assert rules_of(aml.edd_duties(small, ON, RULES)) == ["R-AML-03"]


def test_the_question_by_amount_ended_with_2025() -> None:
    assert rules_of(aml.edd_duties(DEPOSIT, LAST_OLD, RULES)) == ["R-AML-03.amount"]
    assert rules_of(aml.edd_duties(DEPOSIT, FIRST_NEW, RULES)) == []
    for day in (LAST_OLD, FIRST_NEW):
        assert rules_of(aml.cdd_duties(DEPOSIT, day, RULES)) == ["R-AML-02"]


@pytest.mark.parametrize("risk", ["not-asked", "not-answered"])
def test_an_unknown_risk_is_not_a_low_one(risk: Risk) -> None:
    service = Service(what="cash-deposit", amount=Amount(cny=60_000_00), risk=risk)
    assert aml.edd_duties(service, ON, RULES) == risk
    done = {"identify", "verify", "register-identity", "keep-copy"}
    verdicts = aml.check_service(service, done, ON, RULES)
    assert [verdict.verdict for verdict in verdicts] == ["valid", "unknown"]
    worst = aml.worst(verdicts)
    assert worst is not None
    assert worst.verdict == "unknown"


def test_what_is_done_is_not_asked_for_again() -> None:
    verdicts = aml.check_service(DEPOSIT, {"identify", "verify"}, ON, RULES)
    assert [(v.rule, v.verdict, v.facts["missing"]) for v in verdicts] == [
        ("R-AML-02", "invalid", "register-identity, keep-copy")
    ]
    done = {"identify", "verify", "register-identity", "keep-copy"}
    assert [v.verdict for v in aml.check_service(DEPOSIT, done, ON, RULES)] == ["valid"]
    assert aml.check_service(Service(what="enquiry"), set(), ON, RULES) == []
    assert aml.worst([]) is None


@pytest.mark.parametrize(
    ("what", "severity"), [("cash-deposit", "block"), ("medical", "warn"), ("utility", "warn")]
)
def test_measures_keep_nobody_from_essential_services(what: str, severity: str) -> None:
    [verdict] = aml.check_service(Service(what=what, risk="high"), set(), ON, RULES)
    assert (verdict.rule, verdict.verdict, verdict.severity) == ("R-AML-03", "invalid", severity)
    assert "{" not in verdict.text()


@pytest.mark.parametrize(
    ("cash", "flagged"),
    [
        (Amount(cny=49_999_99), False),
        (Amount(cny=50_000_00), True),
        (Amount(usd=9_999_99), False),
        (Amount(usd=10_000_00), True),
    ],
)
def test_large_cash(cash: Amount, flagged: bool) -> None:
    assert (aml.check_large_cash(cash, ON, RULES) is not None) is flagged


@pytest.mark.parametrize(
    ("yuan", "person", "cross_border", "flagged"),
    [
        (499_999, True, False, False),
        (500_000, True, False, True),
        (199_999, True, True, False),
        (200_000, True, True, True),
        (1_999_999, False, False, False),
        (2_000_000, False, True, True),
    ],
)
def test_large_transfers(yuan: int, person: bool, cross_border: bool, flagged: bool) -> None:
    found = aml.check_large_transfers(yuan * 100, ON, RULES, person=person, cross_border=cross_border)
    assert (found is not None) is flagged


def answers(*names: str, hit: str = "") -> list[Screening]:
    return [Screening(name, "2026-11-23", name == hit) for name in names]


@pytest.mark.parametrize(
    ("given", "outcome", "severity"),
    [
        (answers("un", "mfa", "pboc"), "valid", "info"),
        (answers("un", "mfa"), "unknown", "block"),
        (answers("un", hit="un"), "invalid", "block"),
        (answers("un", "mfa", "pboc", hit="pboc"), "invalid", "block"),
        ([], "unknown", "block"),
        (Gap.NOT_ASKED, "unknown", "block"),
        (Gap.NOT_ANSWERED, "unknown", "block"),
    ],
)
def test_screening(given: list[Screening] | Gap, outcome: str, severity: str) -> None:
    verdict = aml.check_screening(given, ON, RULES)
    assert (verdict.verdict, verdict.severity) == (outcome, severity)
    assert "{" not in verdict.text()


def test_a_clear_answer_keeps_the_versions_of_the_lists() -> None:
    verdict = aml.check_screening(answers("un", "mfa", "pboc"), ON, RULES)
    assert verdict.facts["versions"] == "un 2026-11-23, mfa 2026-11-23, pboc 2026-11-23"


def test_suspicion_is_read_by_compliance_only() -> None:
    assert HOLDERS["aml"] == {Role.COMPLIANCE_OFFICER}


def test_before_the_law() -> None:
    with pytest.raises(OutOfTable):
        aml.cdd_duties(Service(what="enquiry", new_relation=True), date(2024, 12, 31), RULES)
