"""Known answers for every operation the vault wraps, valid and invalid, and what the wrappers add."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from tellertui.vault import primitives
from tellertui.vault.primitives import IntegrityError
from tellertui.vault.stretch import Cost, stretch

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "vectors.json").read_text("utf-8"))


def cases(subject: str, valid: bool | None = None) -> list[Any]:
    found = [case for case in VECTORS[subject]["cases"] if valid is None or case["valid"] is valid]
    assert found
    return [pytest.param(case, id=case["id"]) for case in found]


def raw(case: dict[str, Any], name: str) -> bytes:
    return bytes.fromhex(case[name])


@pytest.mark.parametrize("case", cases("aes_gcm", valid=True))
def test_aead_known_answers(case: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    key, sealed = AESGCM(raw(case, "key")), raw(case, "iv") + raw(case, "ct") + raw(case, "tag")
    assert primitives.aead_open(key, raw(case, "aad"), sealed) == raw(case, "msg")
    monkeypatch.setattr(os, "urandom", lambda size: raw(case, "iv")[:size])
    assert primitives.aead_seal(key, raw(case, "aad"), raw(case, "msg")) == sealed


@pytest.mark.parametrize("case", cases("aes_gcm", valid=False))
def test_aead_refuses(case: dict[str, Any]) -> None:
    sealed = raw(case, "iv") + raw(case, "ct") + raw(case, "tag")
    with pytest.raises(IntegrityError):
        primitives.aead_open(AESGCM(raw(case, "key")), raw(case, "aad"), sealed)


def test_aead_takes_a_new_nonce_each_time() -> None:
    key = AESGCM(bytes(32))
    assert len({primitives.aead_seal(key, b"", b"")[:12] for _ in range(100)}) == 100


@pytest.mark.parametrize("case", cases("hkdf"))
def test_hkdf_known_answers(case: dict[str, Any]) -> None:
    okm = raw(case, "okm")
    salt = raw(case, "salt")
    assert primitives.hkdf(raw(case, "ikm"), salt, raw(case, "info"), len(okm)) == okm
    assert primitives.hkdf(raw(case, "ikm"), bytearray(salt), raw(case, "info"), len(okm)) == okm


def test_hkdf_without_a_salt_is_hkdf_with_an_empty_one() -> None:
    assert primitives.hkdf(b"ikm", None, b"info") == primitives.hkdf(b"ikm", b"", b"info")


def test_hkdf_leaves_the_salt_of_its_caller_alone() -> None:
    salt = bytes(range(32))
    primitives.hkdf(b"ikm", salt, b"info")
    assert salt == bytes(range(32))


def test_hkdf_overwrites_the_copy_of_the_salt_that_the_library_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    overwritten: list[bytes] = []
    monkeypatch.setattr(primitives, "wipe_bytes", overwritten.append)
    primitives.hkdf(b"ikm", bytearray(b"a secret salt"), b"info")
    assert overwritten == [b"a secret salt"]


@pytest.mark.parametrize("case", cases("hmac"))
def test_mac16_known_answers(case: dict[str, Any]) -> None:
    assert primitives.mac16(raw(case, "key"), raw(case, "msg")) == raw(case, "mac")
    assert primitives.mac16(bytearray(raw(case, "key")), raw(case, "msg")) == raw(case, "mac")


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sign the message itself, as the published vectors do."""
    monkeypatch.setattr(primitives, "pae", lambda context, payload: payload)


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("case", cases("ed25519_sign"))
def test_sign_known_answers(case: dict[str, Any]) -> None:
    private = Ed25519PrivateKey.from_private_bytes(raw(case, "seed"))
    assert private.public_key().public_bytes_raw() == raw(case, "pk")
    assert primitives.sign(private, "", raw(case, "msg")) == raw(case, "sig")


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("case", cases("ed25519_verify"))
def test_verify_known_answers(case: dict[str, Any]) -> None:
    public = raw(VECTORS["ed25519_verify"], "pk")
    assert primitives.verify(public, "", raw(case, "msg"), raw(case, "sig")) is case["valid"]


def test_verify_binds_the_purpose_and_refuses_what_is_no_key() -> None:
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    signature = primitives.sign(private, "tellertui.a/1", b"payload")
    assert primitives.verify(public, "tellertui.a/1", b"payload", signature)
    assert not primitives.verify(public, "tellertui.b/1", b"payload", signature)
    assert not primitives.verify(public, "tellertui.a/1", b"payloae", signature)
    assert not primitives.verify(public[:31], "tellertui.a/1", b"payload", signature)


def test_pae_known_answer() -> None:
    case = VECTORS["pae"]
    assert primitives.pae(case["context"], case["payload"].encode()) == case["encoded"].encode()


@given(st.text(max_size=12), st.binary(max_size=12), st.text(max_size=12), st.binary(max_size=12))
def test_pae_is_injective(context: str, payload: bytes, context2: str, payload2: bytes) -> None:
    same = (context, payload) == (context2, payload2)
    assert (primitives.pae(context, payload) == primitives.pae(context2, payload2)) is same


@pytest.mark.parametrize("case", cases("aes_wrap", valid=True))
def test_key_wrap_known_answers(case: dict[str, Any]) -> None:
    stored = bytes([primitives.SUITE]) + raw(case, "ct")
    assert primitives.key_wrap(raw(case, "key"), raw(case, "msg")) == stored
    assert primitives.key_unwrap(raw(case, "key"), stored) == raw(case, "msg")


@pytest.mark.parametrize("case", cases("aes_wrap", valid=False))
def test_key_unwrap_refuses(case: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        primitives.key_unwrap(raw(case, "key"), bytes([primitives.SUITE]) + raw(case, "ct"))


@pytest.mark.parametrize("case", cases("argon2id"))
def test_stretch_known_answers(case: dict[str, Any]) -> None:
    cost = Cost(case["memory_kib"], case["passes"], case["lanes"])
    stretched = stretch(bytearray(case["passphrase"].encode()), case["salt"].encode(), cost)
    assert stretched == raw(case, "key")


def test_hpke_is_the_suite_of_the_published_vector() -> None:
    case = VECTORS["hpke"]
    private = X25519PrivateKey.from_private_bytes(raw(case, "private"))
    assert private.public_key().public_bytes_raw() == raw(case, "public")
    # The published vectors have an additional context that the library takes only here.
    opened = openssl.hpke._decrypt_with_aad(
        primitives._HPKE, raw(case, "enc") + raw(case, "ct"), private, raw(case, "info"), raw(case, "aad")
    )
    assert opened == raw(case, "msg")


@given(st.binary(max_size=200), st.binary(max_size=50))
def test_hpke_round_trip(plaintext: bytes, info: bytes) -> None:
    private = X25519PrivateKey.generate()
    sealed = primitives.hpke_seal(private.public_key().public_bytes_raw(), info, plaintext)
    assert len(sealed) == len(plaintext) + 49
    assert primitives.hpke_open(private, info, sealed) == plaintext


def test_hpke_refuses_another_key_context_or_content() -> None:
    private = X25519PrivateKey.generate()
    sealed = primitives.hpke_seal(private.public_key().public_bytes_raw(), b"info", b"secret")
    changed = [sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :] for at in range(len(sealed))]
    for blob in [*changed, sealed[:-1], sealed + b"\0", sealed[:20], b"", b"\1", bytes([1, *bytes(60)])]:
        with pytest.raises(IntegrityError):
            primitives.hpke_open(private, b"info", blob)
    with pytest.raises(IntegrityError):
        primitives.hpke_open(private, b"infp", sealed)
    with pytest.raises(IntegrityError):
        primitives.hpke_open(X25519PrivateKey.generate(), b"info", sealed)


def test_hpke_does_not_seal_to_a_useless_key() -> None:
    for public in (bytes(32), bytes(31)):
        with pytest.raises(ValueError, match="key"):
            primitives.hpke_seal(public, b"", b"secret")


@pytest.mark.parametrize("suite", [0, 2, 255])
def test_any_other_suite_is_refused(suite: int) -> None:
    wrapped = primitives.key_wrap(bytes(32), bytes(32))
    private = X25519PrivateKey.generate()
    sealed = primitives.hpke_seal(private.public_key().public_bytes_raw(), b"", b"secret")
    with pytest.raises(IntegrityError):
        primitives.key_unwrap(bytes(32), bytes([suite]) + wrapped[1:])
    with pytest.raises(IntegrityError):
        primitives.hpke_open(private, b"", bytes([suite]) + sealed[1:])
    with pytest.raises(IntegrityError):
        primitives.without_suite(b"")


def test_the_error_carries_no_value() -> None:
    with pytest.raises(IntegrityError) as caught:
        primitives.aead_open(AESGCM(bytes(32)), b"context", b"\x07" * 40)
    assert caught.value.__suppress_context__
    assert "\x07" not in str(caught.value)
    assert "context" not in str(caught.value)
