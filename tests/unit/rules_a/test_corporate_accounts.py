"""R-OR-06: accounts of organisations."""

from datetime import date

import pytest

from tellertui.core.tables import table
from tellertui.core.verdict import Gap
from tellertui.workflows.accounts.rules import corporate
from tellertui.workflows.accounts.rules.corporate import Kind

RULES = table("organisations")
ON = date(2026, 11, 23)
LATEST = date(2028, 11, 23)
BASIC = {"basic": 1}


@pytest.mark.parametrize(
    ("kind", "held", "until", "reason"),
    [
        ("basic", {}, None, corporate.MAY_OPEN),
        ("basic", BASIC, None, corporate.BASIC_EXISTS),
        ("general", BASIC, None, corporate.MAY_OPEN),
        ("general", {}, None, corporate.BASIC_FIRST),
        ("special", {}, None, corporate.BASIC_FIRST),
        ("temporary", {}, LATEST, corporate.MAY_OPEN),
        ("temporary", {}, date(2028, 11, 24), corporate.TOO_LONG),
        ("temporary", {}, None, corporate.END_MISSING),
        ("capital-verification", {}, LATEST, corporate.MAY_OPEN),
        ("basic", Gap.NOT_ASKED, None, corporate.HOLDINGS_UNKNOWN),
        ("general", Gap.NOT_ANSWERED, None, corporate.HOLDINGS_UNKNOWN),
    ],
)
def test_opening(kind: Kind, held: dict[str, int] | Gap, until: date | None, reason: str) -> None:
    verdict = corporate.check_opening(kind, held, until, ON, RULES)
    assert verdict.reason == reason
    assert verdict.passed is (reason == corporate.MAY_OPEN)
    assert "{" not in verdict.text()


@pytest.mark.parametrize(
    ("kind", "wages", "for_purpose", "reason"),
    [
        ("basic", False, False, corporate.CASH_ALLOWED),
        ("basic", True, False, corporate.CASH_ALLOWED),
        ("general", False, False, corporate.NO_CASH),
        ("special", False, False, corporate.PURPOSE_ONLY),
        ("special", False, True, corporate.CASH_ALLOWED),
        ("special", True, True, corporate.WAGES_FROM_BASIC),
        ("temporary", False, False, corporate.CASH_ALLOWED),
        ("capital-verification", False, False, corporate.NO_CASH),
    ],
)
def test_cash(kind: Kind, wages: bool, for_purpose: bool, reason: str) -> None:
    verdict = corporate.check_cash_out(kind, ON, RULES, wages=wages, for_purpose=for_purpose)
    assert verdict.reason == reason


@pytest.mark.parametrize(
    ("kind", "amount", "basis", "verified", "reason"),
    [
        ("basic", 50_000_00, False, True, corporate.BASIS_GIVEN),
        ("basic", 50_000_01, False, True, corporate.BASIS_MISSING),
        ("basic", 50_000_01, True, True, corporate.BASIS_GIVEN),
        ("capital-verification", 1, True, False, corporate.RECEIVE_ONLY),
        ("capital-verification", 1, True, True, corporate.BASIS_GIVEN),
    ],
)
def test_transfers_to_persons(kind: Kind, amount: int, basis: bool, verified: bool, reason: str) -> None:
    verdict = corporate.check_transfer_to_person(kind, amount, ON, RULES, basis=basis, verified=verified)
    assert verdict.reason == reason
    assert "{" not in verdict.text()


def test_papers() -> None:
    papers = {
        "business-licence",
        "articles",
        "legal-representative-id",
        "shareholder-ids",
        "agent-id",
        "seals",
    }
    assert corporate.check_papers(papers, ON, RULES).passed
    assert corporate.check_papers(papers - {"seals"}, ON, RULES).facts["missing"] == "seals"
