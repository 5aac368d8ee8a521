"""Sealed fields: form, padding, place; and the wraps of data keys."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.vault.classes import ClassSecret
from tellertui.vault.fields import MIN_BLOB_SIZE, DataKey, Field, dek_id_of, open_field, seal
from tellertui.vault.primitives import IntegrityError, aead_seal
from tellertui.vault.tokens import token

STORE, OTHER_STORE = UUID(int=1), UUID(int=2)
ROW, SUBJECT, OTHER = UUID(int=3), UUID(int=4), UUID(int=5)
FIELD = Field(STORE, "customer", "name", ROW, SUBJECT, "customer")
KEY = DataKey(b"dek-id-1", bytearray(range(32)))


@given(st.binary(max_size=200), st.booleans())
def test_round_trip_form_and_padding(value: bytes, fixed: bool) -> None:
    blob = seal(KEY, FIELD, value, fixed)
    block = 24 if fixed else 16
    assert blob[:2] == b"\x01\x01"
    assert dek_id_of(blob) == blob[2:10] == KEY.id
    assert len(blob) == MIN_BLOB_SIZE + (len(value) // block + 1) * block
    assert open_field(KEY, FIELD, blob) == value


@pytest.mark.parametrize(
    "value", [b"", b"\x80", b"\x80\0", b"\0", b"\0" * 16, b"a" * 15, b"a" * 16, b"a\x80\0\0"]
)
def test_padding_is_told_from_the_value(value: bytes) -> None:
    for fixed in (True, False):
        assert open_field(KEY, FIELD, seal(KEY, FIELD, value, fixed)) == value


def test_length_is_hidden_within_a_block() -> None:
    assert len({len(seal(KEY, FIELD, b"x" * size, fixed=False)) for size in range(16)}) == 1
    assert len({len(seal(KEY, FIELD, b"x" * size, fixed=True)) for size in range(24)}) == 1


def test_equal_values_look_different() -> None:
    assert seal(KEY, FIELD, b"value", fixed=False) != seal(KEY, FIELD, b"value", fixed=False)


OTHER_PLACES = {
    "store": OTHER_STORE,
    "table": "customes",
    "column": "phone",
    "row": OTHER,
    "subject": OTHER,
    "class_name": "case",
}


@pytest.mark.parametrize(("part", "value"), OTHER_PLACES.items())
def test_a_blob_opens_in_its_own_place_only(part: str, value: Any) -> None:
    assert set(OTHER_PLACES) == set(Field._fields)
    blob = seal(KEY, FIELD, b"value", fixed=False)
    with pytest.raises(IntegrityError):
        open_field(KEY, FIELD._replace(**{part: value}), blob)


NAMES = st.text(alphabet="ab,\0", max_size=3)
PLACES = st.builds(
    Field,
    st.uuids(),
    NAMES,
    NAMES,
    st.sampled_from([ROW, OTHER]),
    st.sampled_from([SUBJECT, OTHER]),
    NAMES,
)


@given(PLACES, PLACES)
def test_no_two_places_share_a_context(first: Field, second: Field) -> None:
    blob = seal(KEY, first, b"value", fixed=False)
    if first == second:
        assert open_field(KEY, second, blob) == b"value"
    else:
        with pytest.raises(IntegrityError):
            open_field(KEY, second, blob)


def test_every_changed_bit_is_noticed() -> None:
    blob = seal(KEY, FIELD, b"value", fixed=False)
    for bit in range(8 * len(blob)):
        changed = bytearray(blob)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(IntegrityError):
            open_field(KEY, FIELD, bytes(changed))


def test_a_blob_cut_short_or_made_longer_is_refused() -> None:
    blob = seal(KEY, FIELD, b"value", fixed=False)
    for other in (*(blob[:size] for size in range(len(blob))), blob + b"\0"):
        with pytest.raises(IntegrityError):
            open_field(KEY, FIELD, other)


def test_another_data_key_is_not_tried() -> None:
    blob = seal(KEY, FIELD, b"value", fixed=False)
    same_bytes = DataKey(b"dek-id-2", bytearray(range(32)))
    same_id = DataKey(KEY.id, bytearray(32))
    for key in (same_bytes, same_id):
        with pytest.raises(IntegrityError):
            open_field(key, FIELD, blob)


@pytest.mark.parametrize("head", [b"\x00\x01", b"\x02\x01", b"\x01\x00", b"\x01\x02"])
def test_another_version_or_suite_is_refused(head: bytes) -> None:
    blob = head + seal(KEY, FIELD, b"value", fixed=False)[2:]
    with pytest.raises(IntegrityError):
        dek_id_of(blob)
    with pytest.raises(IntegrityError):
        open_field(KEY, FIELD, blob)


def test_plaintext_in_a_sealed_column_names_no_data_key() -> None:
    for plain in (b"", b"\x01\x01short", "陳大文 13800138000 十里長街一百二十號".encode()):
        with pytest.raises(IntegrityError):
            dek_id_of(plain)


@pytest.mark.parametrize("padded", [b"", bytes(16), b"no end"])
def test_content_without_padding_is_refused(padded: bytes) -> None:
    from tellertui.core.enc import enc

    context = enc("tt/f1", *FIELD, KEY.id, 1)
    with pytest.raises(IntegrityError):
        open_field(KEY, FIELD, KEY.head + aead_seal(KEY.cipher, context, padded))


SECRET = ClassSecret("customer", 3, bytearray(b"c" * 32))


def test_a_wrapped_data_key_opens_for_its_subject_only() -> None:
    key = DataKey.new()
    wrapped = key.wrapped(SECRET, STORE, SUBJECT, 1)
    assert len(wrapped) == 41
    opened = DataKey.unwrapped(key.id, SECRET, STORE, SUBJECT, 1, wrapped)
    assert open_field(opened, FIELD, seal(key, FIELD, b"value", fixed=False)) == b"value"
    others: list[tuple[ClassSecret, UUID, UUID, int]] = [
        (SECRET, OTHER_STORE, SUBJECT, 1),
        (SECRET, STORE, OTHER, 1),
        (SECRET, STORE, SUBJECT, 2),
        (ClassSecret("customer", 4, bytearray(b"c" * 32)), STORE, SUBJECT, 1),
        (ClassSecret("case", 3, bytearray(b"c" * 32)), STORE, SUBJECT, 1),
        (ClassSecret("customer", 3, bytearray(b"d" * 32)), STORE, SUBJECT, 1),
    ]
    for secret, store, subject, n in others:
        with pytest.raises(IntegrityError):
            DataKey.unwrapped(key.id, secret, store, subject, n, wrapped)
    with pytest.raises(IntegrityError):
        DataKey.unwrapped(key.id, SECRET, STORE, SUBJECT, 1, wrapped[:-1] + bytes([wrapped[-1] ^ 1]))


def test_a_writer_without_the_class_seals_to_its_public_key() -> None:
    key = DataKey.new()
    public = SECRET.public_key(STORE)
    sealed = key.sealed_to_class(public, STORE, "customer", 3, SUBJECT, 1)
    opened = DataKey.opened_by_class(key.id, SECRET, STORE, SUBJECT, 1, sealed)
    assert opened.octets() == key.octets()
    for key_id, subject, n in ((bytes(8), SUBJECT, 1), (key.id, OTHER, 1), (key.id, SUBJECT, 2)):
        with pytest.raises(IntegrityError):
            DataKey.opened_by_class(key_id, SECRET, STORE, subject, n, sealed)
    with pytest.raises(IntegrityError):
        DataKey.opened_by_class(key.id, SECRET, OTHER_STORE, SUBJECT, 1, sealed)


def test_data_keys_have_random_ids() -> None:
    keys = [DataKey.new() for _ in range(50)]
    assert len({key.id for key in keys}) == len({bytes(key.octets()) for key in keys}) == 50


def test_tokens_are_equal_for_equal_values_of_one_column() -> None:
    lookup = ClassSecret("lookup", 1, bytearray(32))
    phone, document = lookup.index_key("customer", "phone", 1), lookup.index_key("customer", "document", 1)
    assert len(token(phone, "13800138000")) == 16
    assert token(phone, "13800138000") == token(bytearray(phone), "13800138000")
    different = {
        token(phone, "13800138000"),
        token(phone, "13800138001"),
        token(document, "13800138000"),
        token(lookup.index_key("customer", "phone", 2), "13800138000"),
        token(lookup.index_key("account", "phone", 1), "13800138000"),
        token(
            ClassSecret("lookup", 1, bytearray(b"1" * 32)).index_key("customer", "phone", 1), "13800138000"
        ),
    }
    assert len(different) == 6


def test_only_lookup_has_index_keys() -> None:
    with pytest.raises(ValueError, match="lookup"):
        SECRET.index_key("customer", "phone", 1)
