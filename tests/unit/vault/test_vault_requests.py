"""Two signatures over one request: who, what, when."""

import dataclasses
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tellertui.core.enc import dec, enc
from tellertui.core.refusal import Refusal
from tellertui.vault.person import PersonKeys
from tellertui.vault.requests import (
    Decision,
    Statement,
    check_decision,
    check_request,
    commitment,
    hash_of,
    new_salt,
    read_decision,
    read_statement,
)

MAKER, CHECKER = PersonKeys.generate(), PersonKeys.generate()
ANNA, BERT = UUID(int=11), UUID(int=12)
SALT = b"s" * 32
PARAMS = enc("account.open", 1)
STATEMENT = Statement(
    store=UUID(int=1),
    request=UUID(int=2),
    action="account.open",
    subjects=(UUID(int=3), UUID(int=4)),
    digests=(b"d" * 16,),
    facts=(5, "CNY"),
    commitment=commitment(SALT, PARAMS),
    tables=(("accounts", "2026.1"),),
    maker=ANNA,
    maker_key=MAKER.public.ed25519,
    made_at=1_000,
    expires_at=2_000,
)
ASKED = STATEMENT.encoded()
S1 = STATEMENT.signed(MAKER)
DECISION = Decision(
    request_hash=hash_of(ASKED, S1),
    verdict="approve",
    reason="",
    checker=BERT,
    checker_key=CHECKER.public.ed25519,
    at=1_500,
    presence="recent",
    same_terminal=0,
)


def check(
    statement: bytes = ASKED,
    s1: bytes = S1,
    decision: Decision = DECISION,
    s2: bytes | None = None,
    maker_key: bytes = MAKER.public.ed25519,
    checker_key: bytes = CHECKER.public.ed25519,
) -> tuple[Statement, Decision]:
    signature = decision.signed(CHECKER) if s2 is None else s2
    return check_decision(
        statement, s1, decision.encoded(), signature, maker_key=maker_key, checker_key=checker_key
    )


def refused(**case: Any) -> str:
    with pytest.raises(Refusal) as caught:
        check(**case)
    return caught.value.code


def changed(struct: Any, **parts: Any) -> Any:
    return msgspec.structs.replace(struct, **parts)


def test_the_statement_is_encoded_as_specified() -> None:
    assert dec(ASKED) == [
        "tt/request/1",
        UUID(int=1).bytes,
        UUID(int=2).bytes,
        "account.open",
        [UUID(int=3).bytes, UUID(int=4).bytes],
        [b"d" * 16],
        [5, "CNY"],
        commitment(SALT, PARAMS),
        [["accounts", "2026.1"]],
        ANNA.bytes,
        MAKER.public.ed25519,
        1_000,
        2_000,
    ]
    assert dec(DECISION.encoded())[0] == "tt/decision/1"
    assert read_statement(ASKED) == STATEMENT
    assert read_decision(DECISION.encoded()) == DECISION


def test_two_people_in_time_are_accepted() -> None:
    assert check() == (STATEMENT, DECISION)
    assert check_request(ASKED, S1, MAKER.public.ed25519) == STATEMENT


def test_a_refusal_is_signed_too() -> None:
    no = changed(DECISION, verdict="refuse", reason="papers", same_terminal=1, presence="now")
    assert check(decision=no)[1] == no


PARTS: dict[str, Any] = {
    "store": UUID(int=9),
    "request": UUID(int=9),
    "action": "limit.change",
    "subjects": (UUID(int=4), UUID(int=3)),
    "digests": (),
    "facts": (6, "CNY"),
    "commitment": commitment(SALT, enc("account.open", 2)),
    "tables": (("accounts", "2026.2"),),
    "maker": UUID(int=13),
    "made_at": 999,
    "expires_at": 9_999,
}


@pytest.mark.parametrize(("part", "value"), PARTS.items())
def test_every_part_of_the_statement_is_signed(part: str, value: Any) -> None:
    assert {*PARTS, "maker_key"} == set(Statement.__struct_fields__)
    assert refused(statement=changed(STATEMENT, **{part: value}).encoded()) == "bad-signature"


@pytest.mark.parametrize(
    ("part", "value"),
    [("verdict", "refuse"), ("reason", "x"), ("at", 1_501), ("presence", "now"), ("same_terminal", 1)],
)
def test_every_part_of_the_decision_is_signed(part: str, value: Any) -> None:
    other = changed(DECISION, **{part: value})
    assert refused(decision=other, s2=DECISION.signed(CHECKER)) == "bad-signature"


def test_one_person_does_not_sit_in_both_seats() -> None:
    own = changed(DECISION, checker=ANNA, checker_key=MAKER.public.ed25519)
    assert refused(decision=own, s2=own.signed(MAKER), checker_key=MAKER.public.ed25519) == "same-person"
    same_person = changed(DECISION, checker=ANNA)
    assert refused(decision=same_person) == "same-person"
    same_key = changed(DECISION, checker_key=MAKER.public.ed25519)
    assert (
        refused(decision=same_key, s2=same_key.signed(MAKER), checker_key=MAKER.public.ed25519)
        == "same-person"
    )


def test_keys_are_those_of_the_live_grants() -> None:
    stranger = PersonKeys.generate()
    assert refused(maker_key=stranger.public.ed25519) == "bad-signature"
    assert refused(checker_key=stranger.public.ed25519) == "bad-signature"
    assert refused(s2=DECISION.signed(stranger)) == "bad-signature"
    forged = changed(STATEMENT, maker_key=stranger.public.ed25519)
    assert refused(statement=forged.encoded(), s1=forged.signed(stranger)) == "bad-signature"
    with pytest.raises(Refusal):
        check_request(forged.encoded(), forged.signed(MAKER), MAKER.public.ed25519)
    assert refused(decision=changed(DECISION, checker_key=stranger.public.ed25519)) == "bad-signature"


def test_a_decision_belongs_to_one_signed_statement() -> None:
    other = changed(STATEMENT, request=UUID(int=5))
    assert refused(statement=other.encoded(), s1=other.signed(MAKER)) == "bad-signature"


def test_signatures_of_the_two_kinds_are_not_exchanged() -> None:
    assert refused(s1=MAKER.sign("tellertui.decision/1", ASKED)) == "bad-signature"
    assert refused(s2=CHECKER.sign("tellertui.request/1", DECISION.encoded())) == "bad-signature"


@pytest.mark.parametrize(("at", "code"), [(999, "request-expired"), (2_000, "request-expired")])
def test_a_decision_outside_the_time_of_the_request_is_refused(at: int, code: str) -> None:
    assert refused(decision=changed(DECISION, at=at)) == code


@pytest.mark.parametrize("at", [1_000, 1_999])
def test_a_decision_at_the_ends_of_the_time_is_accepted(at: int) -> None:
    assert check(decision=changed(DECISION, at=at))[1].at == at


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xc1",
        enc(),
        enc("tt/request/2", *dec(ASKED)[1:]),
        enc(*dec(ASKED), 1),
        enc(*dec(ASKED)[:-1]),
        ASKED + b"\0",
        DECISION.encoded(),
    ],
)
def test_other_bytes_are_no_statement(data: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        read_statement(data)
    assert caught.value.code == "bad-signature"


def test_another_encoding_of_the_same_values_is_refused() -> None:
    longer = b"\xdc\x00" + bytes([ASKED[0] & 15]) + ASKED[1:]
    assert dec(longer) == dec(ASKED)
    with pytest.raises(Refusal):
        read_statement(longer)


def test_the_commitment_needs_its_salt() -> None:
    assert len(new_salt()) == 32
    assert new_salt() != new_salt()
    assert commitment(SALT, PARAMS) != commitment(b"t" * 32, PARAMS)
    assert len(commitment(SALT, PARAMS)) == 32


def test_the_public_part_of_a_person_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        MAKER.public.ed25519 = b""  # type: ignore[misc]
