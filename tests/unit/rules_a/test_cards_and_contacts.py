"""R-CD-01 to R-CD-03, R-PH-01, R-AD-01: cards, IBANs, own numbers, telephones, postal codes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.core.checkdigits import mod37_36
from tellertui.core.tables import parse_table, table
from tellertui.customers.rules import cards, contacts, form
from tellertui.customers.rules.check import check

ON = date(2026, 11, 23)
RULES = table("cards")


@pytest.mark.parametrize(
    ("value", "network"),
    [
        ("4111111111111111", "Visa"),
        ("5555 5555 5555 4444", "Mastercard"),
        ("6200000000000005", "UnionPay"),
        ("９１２０００００００００７", None),
    ],
)
def test_cards(value: str, network: str | None) -> None:
    verdict = check("bank-card", value, ON)
    assert (verdict.verdict, verdict.severity, verdict.reason) == ("valid", "info", cards.ISSUER_UNKNOWN)
    assert verdict.facts == {"network": network}


def test_the_issuer_comes_from_the_bank_s_own_list() -> None:
    verdict = check("bank-card", "6222020000000000000", ON)
    assert (verdict.reason, verdict.facts["issuer"], verdict.facts["card"]) == (form.CHECKED, "ICBC", "debit")
    assert verdict.value_masked == "622202*********0000"
    own = parse_table(
        """
        version = "own"
        [[rule]]
        id = "R-CD-01"
        effective_from = 2026-01-01
        source = "head office"
        values = { shortest = 16, longest = 16, networks = [], issuers = [
            { prefix = "411111", name = "Six", card = "debit" },
            { prefix = "41111111", name = "Eight", card = "credit" } ] }
        """,
        "own",
    )
    verdict = cards.check_bank_card("4111111111111111", ON, own)
    assert (verdict.facts["issuer"], verdict.version, verdict.source) == ("Eight", "own", "head office")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("", form.EMPTY),
        ("411111111111", form.LENGTH),
        ("49927398716", form.LENGTH),
        ("4992739871", form.LENGTH),
        ("41111111111111111111", form.LENGTH),
        ("411111111111111A", form.NOT_A_DIGIT),
        ("4111111111111112", cards.LUHN),
    ],
)
def test_wrong_cards(value: str, reason: str) -> None:
    verdict = check("bank-card", value, ON)
    assert (verdict.verdict, verdict.severity, verdict.reason) == ("invalid", "block", reason)
    assert "{" not in verdict.text()


@pytest.mark.parametrize("value", ["GB82WEST12345698765432", "gb82 west 1234 5698 7654 32"])
def test_ibans(value: str) -> None:
    assert check("iban", value, ON).facts == {"country": "GB"}


@pytest.mark.parametrize(
    ("value", "outcome", "reason"),
    [
        ("", "invalid", form.EMPTY),
        ("GB82WEST12345698765431", "invalid", cards.IBAN_CHECK),
        ("GB82WEST1234569876543", "invalid", form.LENGTH),
        ("8282WEST12345698765432", "invalid", form.NOT_A_LETTER),
        ("GBX2WEST12345698765432", "invalid", form.NOT_A_DIGIT),
        ("GB82WEST1234569876543*", "invalid", form.NOT_ALPHANUMERIC),
        ("CN82WEST12345698765432", "invalid", cards.NO_IBAN),
        ("ZZ62123456", "unknown", cards.COUNTRY_UNKNOWN),
    ],
)
def test_other_ibans(value: str, outcome: str, reason: str) -> None:
    verdict = check("iban", value, ON)
    assert (verdict.verdict, verdict.reason) == (outcome, reason)
    assert "{" not in verdict.text()


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=31))
def test_own_numbers_with_their_character(body: str) -> None:
    assert check("own-number", body + mod37_36(body), ON).verdict == "valid"


def test_own_numbers_misheard() -> None:
    good = "A001" + mod37_36("A001")
    assert check("own-number", good.replace("1", "7"), ON).reason == cards.OWN_CHECK


class TestTelephones:
    """The national plans are those of the library."""

    @pytest.fixture(autouse=True)
    def _library(self) -> None:
        pytest.importorskip("phonenumbers", reason="phonenumbers is not installed")

    @pytest.mark.parametrize(
        ("value", "e164", "kind", "region"),
        [
            ("13800138000", "+8613800138000", "mobile", "CN"),
            ("19912345678", "+8619912345678", "mobile", "CN"),
            ("02112345678", "+862112345678", "fixed-line", "CN"),
            ("(021) 1234-5678", "+862112345678", "fixed-line", "CN"),
            ("+85251234567", "+85251234567", "mobile", "HK"),
            ("+886912345678", "+886912345678", "mobile", "TW"),
            ("+85366123456", "+85366123456", "mobile", "MO"),
            ("＋８５２ ５１２３ ４５６７", "+85251234567", "mobile", "HK"),
        ],
    )
    def test_numbers_in_the_plan(self, value: str, e164: str, kind: str, region: str) -> None:
        verdict = check("phone", value, ON)
        assert verdict.verdict == "valid"
        assert verdict.facts == {"e164": e164, "type": kind, "region": region}

    @pytest.mark.parametrize(
        ("value", "reason"),
        [
            ("12345678901", contacts.NOT_IN_PLAN),
            ("+", contacts.NOT_IN_PLAN),
            ("+999123456789", contacts.COUNTRY_CODE),
            ("1234567", contacts.NOT_IN_PLAN),
        ],
    )
    def test_numbers_outside(self, value: str, reason: str) -> None:
        verdict = check("phone", value, ON)
        assert (verdict.verdict, verdict.severity, verdict.reason) == ("invalid", "block", reason)


@pytest.mark.parametrize(
    ("value", "reason", "position"),
    [
        ("", form.EMPTY, None),
        ("10000", contacts.SERVICE_NUMBER, None),
        ("95588", contacts.SERVICE_NUMBER, None),
        ("1380013800a", contacts.NOT_A_PHONE, 11),
        ("++8613800138000", contacts.NOT_A_PHONE, 2),
        ("1" * 21, contacts.TOO_LONG, None),
    ],
)
def test_what_needs_no_plan(value: str, reason: str, position: int | None) -> None:
    verdict = check("phone", value, ON)
    assert (verdict.verdict, verdict.reason) == ("invalid", reason)
    assert verdict.facts.get("position") == position
    assert "{" not in verdict.text()


@pytest.mark.parametrize(
    ("code", "country", "outcome", "severity"),
    [
        ("100020", "CN", "valid", "info"),
        ("１０００２０", "CN", "valid", "info"),
        ("10002", "CN", "invalid", "block"),
        ("10002A", "CN", "invalid", "block"),
        ("", "HK", "valid", "info"),
        ("999078", "MO", "valid", "warn"),
        ("SW1A 1AA", "GB", "valid", "info"),
    ],
)
def test_postal_codes(code: str, country: str, outcome: str, severity: str) -> None:
    verdict = contacts.check_postal_code(code, country, ON, RULES)
    assert (verdict.verdict, verdict.severity) == (outcome, severity)
