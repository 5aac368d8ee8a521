"""R-OR-01 to R-OR-04: codes of organisations."""

from datetime import date

import pytest

from tellertui.core.checkdigits import social_credit
from tellertui.customers.rules import form, organisations
from tellertui.customers.rules.check import check

ON = date(2026, 11, 23)


def code(body: str) -> str:
    return body + social_credit(body)


@pytest.mark.parametrize(
    "value", ["91350100M000100Y43", "91440300708461136T", "91310115ma1k3btp2b", "9111 0000 6000 3734 1L"]
)
def test_social_credit_codes(value: str) -> None:
    verdict = check("cn-uscc", value, ON)
    assert (verdict.verdict, verdict.severity) == ("valid", "info")
    assert verdict.facts["authority"] == "market regulation"
    assert verdict.facts["region"]


def test_the_organisation_code_inside() -> None:
    assert check("cn-uscc", "91110000600037341L", ON).facts["organisation_code"] == "60003734-1"
    verdict = check("cn-uscc", code("91110000600037342"), ON)
    assert (verdict.verdict, verdict.severity, verdict.reason) == (
        "valid",
        "warn",
        organisations.ORG_DOUBTFUL,
    )


@pytest.mark.parametrize(
    ("value", "reason", "position"),
    [
        ("", form.EMPTY, None),
        ("91350100M000100Y4", form.LENGTH, None),
        ("91350100M000100Y44", organisations.CHECK_18, 18),
        ("A1110000600037341L", organisations.CHECK_18, 18),
        ("B1110000600037341L", organisations.AUTHORITY, 1),
        ("9135O100M000100Y43", organisations.LETTER_UNUSED, 5),
        ("9135A100M000100Y43", organisations.REGION_DIGITS, 5),
        ("91350100M000100Y4*", form.NOT_ALPHANUMERIC, 18),
    ],
)
def test_reasons_name_the_part(value: str, reason: str, position: int | None) -> None:
    verdict = check("cn-uscc", value, ON)
    assert (verdict.verdict, verdict.severity, verdict.reason) == ("invalid", "block", reason)
    assert verdict.facts.get("position") == position
    assert "{" not in verdict.text()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("97110000600037341", organisations.TYPE_DOUBTFUL),
        ("91990000600037341", organisations.REGION_DOUBTFUL),
        ("91100000600037341", form.CHECKED),
    ],
)
def test_doubts_are_warnings(body: str, reason: str) -> None:
    verdict = check("cn-uscc", code(body), ON)
    assert (verdict.verdict, verdict.reason) == ("valid", reason)


@pytest.mark.parametrize("value", ["D2143569-X", "D2143569x", "600037341"])
def test_organisation_codes(value: str) -> None:
    assert check("cn-org-code", value, ON).verdict == "valid"


@pytest.mark.parametrize(
    ("value", "reason"),
    [("D2143569-1", organisations.CHECK_9), ("D2143569", form.LENGTH), ("D214*569X", form.NOT_ALPHANUMERIC)],
)
def test_wrong_organisation_codes(value: str, reason: str) -> None:
    assert check("cn-org-code", value, ON).reason == reason


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("110108000000016", form.CHECKED),
        ("110108000000017", organisations.CHECK_15),
        ("11010800000001X", form.NOT_A_DIGIT),
        ("11010800000001", form.LENGTH),
    ],
)
def test_old_registration_numbers(value: str, reason: str) -> None:
    assert check("cn-registration-number", value, ON).reason == reason


@pytest.mark.parametrize(
    ("value", "before", "since"),
    [("00501503", "valid", "valid"), ("10000004", "invalid", "valid"), ("10000026", "invalid", "valid")],
)
def test_taiwan_business_numbers_by_date(value: str, before: str, since: str) -> None:
    assert check("tw-business-number", value, date(2023, 3, 31)).verdict == before
    assert check("tw-business-number", value, date(2023, 4, 1)).verdict == since
