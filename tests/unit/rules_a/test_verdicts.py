"""Verdicts name their rule, version and source, show nothing personal, and never break on any value."""

import subprocess
import sys
from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.core.refusal import Refusal
from tellertui.core.tables import parse_table, table
from tellertui.core.verdict import Plain, Verdict, ground, hide
from tellertui.customers.rules.check import KINDS, MORE_KINDS, check
from tellertui.customers.rules.normalise import compact

ON = date(2026, 11, 23)
ALL = sorted({**KINDS, **MORE_KINDS} - {"phone": 0}.keys())
HOSTILE = [
    "",
    " ",
    "\x00",
    "11010519491231002\x00",
    "\u202e11010519491231002X",
    "😀" * 18,
    "１" * 18,
    "١" * 18,
    "-" * 18,
    "{position}",
    "%s%n",
    "[/red]",
    "9" * 10_000,
    "A" * 10_000,
    "<" * 88,
    "<" * 10_000,
    "\ud800",
    "\n" * 100,
    "é" * 18,
    "O'Neill; DROP TABLE",
]


def test_the_contract_lists_exactly_these_kinds() -> None:
    assert list(KINDS) == [
        "cn-resident-id",
        "cn-permanent-resident-id",
        "cn-travel-permit",
        "tw-travel-permit",
        "tw-id",
        "hk-id",
        "passport-mrz",
        "cn-uscc",
        "cn-org-code",
        "bank-card",
        "iban",
        "phone",
    ]


def test_the_document_has_exactly_the_keys_of_the_contract() -> None:
    document = check("cn-resident-id", "360426199101010071", ON).document()
    assert list(document) == ["kind", "value_masked", "verdict", "severity", "rule", "reason", "facts"]
    assert document["facts"]["table_version"] == table("identity").version
    assert document["facts"]["source"].startswith("GB 11643")
    assert msgspec.json.decode(msgspec.json.encode(document))["facts"]["consent_by_guardian"] is False


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_values_get_a_verdict(kind: str, value: str) -> None:
    verdict = check(kind, value, ON)
    assert verdict.verdict == "invalid"
    _is_sound(verdict, value)


@pytest.mark.parametrize("kind", ALL)
@given(value=st.text(max_size=100))
def test_any_text_gets_a_verdict(kind: str, value: str) -> None:
    _is_sound(check(kind, value, ON), value)


@pytest.mark.parametrize("kind", ALL)
@given(value=st.text("0123456789ABX<()- ", max_size=100))
def test_almost_right_text_gets_a_verdict(kind: str, value: str) -> None:
    _is_sound(check(kind, value, ON), value)


def test_hostile_telephone_numbers_get_a_verdict() -> None:
    pytest.importorskip("phonenumbers", reason="phonenumbers is not installed")
    for value in HOSTILE:
        _is_sound(check("phone", value, ON), value)


def _is_sound(verdict: Verdict, value: str) -> None:
    assert verdict.verdict in {"valid", "invalid", "unknown"}
    assert verdict.rule
    assert verdict.version
    assert verdict.source
    text = verdict.text()
    assert "{" not in text
    shown = compact(value)
    if len(shown) > 5:
        assert shown not in verdict.value_masked
        assert shown not in text
    assert verdict.value_masked.isascii()
    assert verdict.value_masked.isprintable()
    assert len(verdict.value_masked) <= 64


@pytest.mark.parametrize("kind", [*KINDS, *MORE_KINDS])
def test_a_day_before_the_table_is_unknown_and_not_a_guess(kind: str) -> None:
    verdict = check(kind, "360426199101010071", date(1900, 1, 1))
    assert (verdict.verdict, verdict.severity) == ("unknown", "warn")
    assert verdict.text() == "No rule is in force for this on 1900-01-01."
    assert verdict.value_masked == "3****************1"


def test_an_unknown_kind_is_refused_without_repeating_it() -> None:
    with pytest.raises(Refusal) as refused:
        check("360426199101010071", "x", ON)
    assert refused.value.kind.exit_code == 2
    assert "360426" not in refused.value.text()
    assert "cn-resident-id" in refused.value.text()


def test_newer_tables_of_head_office_decide() -> None:
    newer = parse_table(
        """
        version = "2027.1"
        [[rule]]
        id = "R-OR-04"
        effective_from = 2026-01-01
        source = "head office"
        severity = "info"
        values = { modulus = 10 }
        """,
        "organisations",
    )
    verdict = check("tw-business-number", "10000004", ON, lambda name: newer)
    assert (verdict.verdict, verdict.severity, verdict.version) == ("invalid", "info", "2027.1")
    assert check("tw-business-number", "10000004", ON).verdict == "valid"


def test_grounds_are_per_table() -> None:
    one, two = (
        parse_table(f'version = "{n}"\nrule = [{{id = "X", effective_from = 2026-01-01, source = "s"}}]', "t")
        for n in "12"
    )
    assert (ground(one, "X", ON, Plain).version, ground(two, "X", ON, Plain).version) == ("1", "2")


@pytest.mark.parametrize(
    ("value", "head", "tail", "shown"),
    [
        ("11010519491231002X", 1, 1, "1****************X"),
        ("13800138000", 3, 4, "138****8000"),
        ("6222020000000000128", 6, 4, "622202*********0128"),
        ("4111111111111", 6, 4, "*************"),
        ("12345", 1, 1, "*****"),
        ("", 1, 1, ""),
        ("1" * 65, 1, 1, "****"),
        ("陳大文", 1, 0, "****"),
        ("abc\x1b[31mdef", 1, 1, "****"),
    ],
)
def test_masks(value: str, head: int, tail: int, shown: str) -> None:
    assert hide(value, head, tail) == shown


def test_reasons_are_translated_before_facts_are_filled_in() -> None:
    verdict = check("hk-id", "A123456(4)", ON)
    assert verdict.text(lambda message: f"[{message}]").startswith("[The check character")


def test_checking_a_number_imports_no_library_of_its_own() -> None:
    program = (
        "import sys; from datetime import date; from tellertui.customers.rules.check import check;"
        "check('cn-resident-id', '11010519491231002X', date(2026, 11, 23));"
        "print([name for name in ('phonenumbers', 'sqlmodel', 'textual', 'rich', 'typer', 'cryptography')"
        " if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
