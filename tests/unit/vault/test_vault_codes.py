"""Printed recovery codes: both of them, of this store, as printed, or nothing."""

import itertools
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.core.refusal import Refusal
from tellertui.vault.codes import custodian_wrap, make_codes, open_custodian
from tellertui.vault.custodian import CustodianKey

STORE, OTHER_STORE = UUID(int=1), UUID(int=2)
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CUSTODIAN = CustodianKey.generate()
CODES = make_codes(STORE)
WRAPPED = custodian_wrap(*CODES, CUSTODIAN)


def refused(code_a: str, code_b: str, store: UUID = STORE, wrapped: bytes = WRAPPED) -> Refusal:
    with pytest.raises(Refusal) as caught:
        open_custodian(code_a, code_b, store, wrapped)
    return caught.value


def test_codes_are_printed_in_seven_groups_and_marked() -> None:
    for code, side in zip(CODES, "AB", strict=True):
        assert code[0] == side
        assert [len(group) for group in code.split("-")] == [6] * 7
        assert set(code) <= {*ALPHABET, "-"}


def test_codes_are_new_each_time() -> None:
    assert len({code for _ in range(20) for code in make_codes(STORE)}) == 40


def test_both_codes_open_in_either_order() -> None:
    for first, second in itertools.permutations(CODES, 2):
        opened = open_custodian(first, second, STORE, WRAPPED)
        assert opened.public == CUSTODIAN.public
        assert opened.seed() == CUSTODIAN.seed()


def test_case_separators_and_confusable_letters_do_not_matter() -> None:
    loose = [code.lower().replace("-", " ").replace("0", "o").replace("1", "l") for code in CODES]
    assert open_custodian(loose[0], loose[1], STORE, WRAPPED).public == CUSTODIAN.public


def test_one_code_alone_is_refused() -> None:
    assert refused(CODES[0], CODES[0]).code == "code-twice"
    assert refused(CODES[0], "").code == "code-incomplete"
    assert refused("", CODES[1]).code == "code-incomplete"


def test_two_codes_of_the_same_side_are_refused() -> None:
    again = make_codes(STORE)
    assert refused(CODES[0], again[0]).code == "code-twice"
    with pytest.raises(Refusal):
        custodian_wrap(CODES[0], again[0], CUSTODIAN)


def test_codes_of_two_stores_are_refused() -> None:
    other = make_codes(OTHER_STORE)
    assert refused(CODES[0], other[1]).code == "code-foreign"
    assert refused(other[0], other[1]).code == "code-foreign"
    assert refused(*CODES, store=OTHER_STORE).code == "code-foreign"
    with pytest.raises(Refusal):
        custodian_wrap(CODES[0], other[1], CUSTODIAN)


def test_codes_that_were_replaced_are_refused() -> None:
    again = make_codes(STORE)
    assert refused(*again).code == "code-wrong"
    assert refused(CODES[0], again[1]).code == "code-wrong"


def test_a_changed_wrap_is_refused() -> None:
    for at in range(len(WRAPPED)):
        changed = WRAPPED[:at] + bytes([WRAPPED[at] ^ 1]) + WRAPPED[at + 1 :]
        assert refused(*CODES, wrapped=changed).code == "code-wrong"


@given(st.integers(0, 41), st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_found_in_its_group(place: int, character: str) -> None:
    plain = CODES[0].replace("-", "")
    typed = plain[:place] + character + plain[place + 1 :]
    if typed == plain:
        return
    refusal = refused(typed, CODES[1])
    assert refusal.code == "code-mistyped"
    assert refusal.facts == {"group": place // 6 + 1}
    assert plain not in refusal.text()


@given(st.integers(0, 6), st.integers(0, 6))
def test_groups_in_another_order_are_refused(first: int, second: int) -> None:
    groups = CODES[0].split("-")
    groups[first], groups[second] = groups[second], groups[first]
    if groups != CODES[0].split("-"):
        assert refused("-".join(groups), CODES[1]).code == "code-mistyped"


@given(st.text(max_size=60))
def test_any_other_text_is_refused_in_words(text: str) -> None:
    assert refused(text, CODES[1]).code in {"code-incomplete", "code-mistyped"}


@pytest.mark.parametrize("letter", ["U", "é", "*"])
def test_letters_that_are_not_printed_are_refused(letter: str) -> None:
    assert refused(CODES[0][:-1] + letter, CODES[1]).facts == {"group": 7}
