"""R-ID-04 to R-ID-07: documents of Hong Kong, Macao and Taiwan."""

from datetime import date

import pytest

from tellertui.core.tables import table
from tellertui.customers.rules import form, permits
from tellertui.customers.rules.check import check

RULES = table("identity")
ON = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("kind", "value", "facts"),
    [
        ("cn-travel-permit", "h1234 5678", {"place": "Hong Kong", "person": "H12345678"}),
        ("cn-travel-permit", "M1234567801", {"place": "Macao", "person": "M12345678", "renewals": 1}),
        ("tw-travel-permit", "12345678", {"person": "12345678"}),
        ("tw-travel-permit", "1234567801", {"person": "12345678"}),
        ("tw-id", "A123456789", {"category": "citizen", "sex": "male"}),
        ("tw-id", "A800000014", {"category": "resident", "sex": "male"}),
        ("tw-id", "B142612815", {"category": "citizen", "sex": "male"}),
        ("hk-id", "A123456(3)", {}),
        ("hk-id", "A1234563", {}),
        ("hk-id", "AB123456（9）", {}),
        ("hk-id", "Z683365(A)", {}),
        ("hk-id", "g123456(a)", {}),
    ],
)
def test_good_numbers(kind: str, value: str, facts: dict[str, object]) -> None:
    verdict = check(kind, value, ON)
    assert (verdict.verdict, verdict.facts) == ("valid", facts)


@pytest.mark.parametrize(
    ("kind", "value", "reason", "position"),
    [
        ("cn-travel-permit", "", form.EMPTY, None),
        ("cn-travel-permit", "H1234567", form.LENGTH, None),
        ("cn-travel-permit", "H123456780", form.LENGTH, None),
        ("cn-travel-permit", "X12345678", permits.NOT_H_OR_M, 1),
        ("cn-travel-permit", "H1234X678", form.NOT_A_DIGIT, 6),
        ("cn-travel-permit", "C12345678", permits.OUTBOUND_PASS, None),
        ("cn-travel-permit", "CA2345678", permits.OUTBOUND_PASS, None),
        ("cn-travel-permit", "CI2345678", permits.NOT_H_OR_M, 1),
        ("tw-travel-permit", "123456789", form.LENGTH, None),
        ("tw-travel-permit", "1234567A", form.NOT_A_DIGIT, 8),
        ("tw-id", "A12345678", form.LENGTH, None),
        ("tw-id", "1123456789", form.NOT_A_LETTER, 1),
        ("tw-id", "A323456789", permits.SECOND_CHARACTER, 2),
        ("tw-id", "A12345678X", form.NOT_A_DIGIT, 10),
        ("tw-id", "A123456788", permits.TAIWAN_CHECK, 10),
    ],
)
def test_reasons_name_the_part(kind: str, value: str, reason: str, position: int | None) -> None:
    verdict = check(kind, value, ON)
    assert (verdict.verdict, verdict.severity, verdict.reason) == ("invalid", "block", reason)
    assert verdict.facts.get("position") == position
    assert "{" not in verdict.text()


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("A123456(4)", permits.HKID_CHECK),
        ("A12345(3)", permits.HKID_FORM),
        ("ABC123456(3)", permits.HKID_FORM),
    ],
)
def test_hong_kong_identity_cards_warn(value: str, reason: str) -> None:
    verdict = check("hk-id", value, ON)
    assert (verdict.verdict, verdict.severity, verdict.reason) == ("invalid", "warn", reason)


def test_older_and_newer_rules_by_date() -> None:
    assert check("tw-id", "A800000014", date(2020, 12, 31)).reason == permits.SECOND_CHARACTER
    assert check("tw-id", "A800000014", date(2021, 1, 1)).verdict == "valid"
    assert check("cn-travel-permit", "H12345678", date(2012, 12, 31)).reason == form.LENGTH
    assert check("cn-travel-permit", "H12345678", date(2013, 1, 1)).verdict == "valid"
