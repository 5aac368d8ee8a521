"""Normalisation: what people type becomes one form, and nothing else is guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.customers.rules.form import span
from tellertui.customers.rules.normalise import compact, without_brackets


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (" 1101 0519\t4912-3100\u20102x ", "11010519491231002X"),
        ("１１０１０５１９４９１２３１００２ｘ", "11010519491231002X"),
        ("６２２２\u3000０２－１", "6222021"),
        ("a123456（3）", "A123456(3)"),
        ("p<uto\n＜", "P<UTO<"),
        ("", ""),
    ],
)
def test_typed_forms(typed: str, expected: str) -> None:
    assert compact(typed) == expected


@pytest.mark.parametrize("foreign", ["\u200b", "\x00", "\u202e", "😀", "١", "ß", "ı", "𝟏", "é", "."])
def test_foreign_characters_stay_to_be_found(foreign: str) -> None:
    assert compact(f"1{foreign}2") == f"1{foreign}2"


@given(st.text())
def test_idempotent(text: str) -> None:
    once = compact(text)
    assert compact(once) == once


@given(st.text(st.characters(max_codepoint=0x7F)))
def test_case_width_and_spacing_do_not_matter(text: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if 0x21 <= ord(c) < 0x7F else c for c in text)
    assert compact(wide) == compact(text) == compact(text.lower()) == compact(" ".join(text))


def test_brackets() -> None:
    assert without_brackets("A123456(3)") == "A1234563"


def test_spans() -> None:
    assert [span([18]), span([15, 18]), span(range(13, 20))] == ["18", "15 / 18", "13-19"]
