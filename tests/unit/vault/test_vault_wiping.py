"""Wiping overwrites in place, and what was wiped is refused instead of used as zeros."""

import copy
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.vault.classes import ClassSecret
from tellertui.vault.custodian import CustodianKey
from tellertui.vault.fields import DataKey, Field, seal
from tellertui.vault.host import HostSecret
from tellertui.vault.person import PersonKeys
from tellertui.vault.primitives import taken
from tellertui.vault.ring import Ring
from tellertui.vault.wiping import WipedError, wipe, wipe_bytes

STORE = UUID(int=1)
PERSON = UUID(int=2)


def fresh(value: bytes) -> bytes:
    """Return an object that nobody else holds."""
    return bytes(bytearray(value))


@given(st.binary(max_size=300))
def test_wipe_overwrites_in_place(value: bytes) -> None:
    buffer = bytearray(value)
    wipe(buffer)
    assert buffer == bytes(len(value))


def test_wipe_works_under_a_view() -> None:
    buffer = bytearray(b"secret")
    view = memoryview(buffer)
    wipe(buffer)
    assert view == bytes(6)
    wipe(view[:2])


@given(st.binary(min_size=2, max_size=300))
def test_wipe_bytes_overwrites_the_object_itself_and_nothing_beside_it(value: bytes) -> None:
    before, target, after = fresh(value), fresh(value), fresh(value)
    wipe_bytes(target)
    assert target == bytes(len(value))
    assert before == after == value


@pytest.mark.parametrize("value", [b"", b"a"])
def test_wipe_bytes_leaves_shared_objects_alone(value: bytes) -> None:
    wipe_bytes(value)
    assert value in (b"", b"\x61")


def test_taken_moves_and_leaves_nothing_behind() -> None:
    value = fresh(b"thirty-two bytes of fresh secret")
    assert taken(value) == b"thirty-two bytes of fresh secret"
    assert value == bytes(32)


def test_every_secret_is_overwritten_and_then_refused() -> None:
    buffers = [bytearray(b"\x55" * 32) for _ in range(3)]
    host, secret = HostSecret(buffers[0]), ClassSecret("lookup", 1, buffers[1])
    key = DataKey(bytes(8), buffers[2])
    for item in (host, secret, key):
        item.wipe()
        item.wipe()
    assert buffers == [bytearray(32)] * 3
    with pytest.raises(WipedError):
        host.mac_key()
    with pytest.raises(WipedError):
        secret.wrap_key(STORE, PERSON, 1)
    with pytest.raises(WipedError):
        key.wrapped(ClassSecret.generate("customer", 1), STORE, PERSON, 1)
    with pytest.raises(WipedError):
        seal(key, Field(STORE, "t", "c", STORE, STORE, "customer"), b"value", fixed=False)


def test_a_wiped_ring_has_overwritten_its_secrets_and_signs_nothing() -> None:
    buffers = {name: bytearray(b"\x33" * 32) for name in ("mask", "customer", "case")}
    keys = PersonKeys.generate()
    ring = Ring(PERSON, keys, [ClassSecret(name, 1, buffer) for name, buffer in buffers.items()])
    with ring:
        assert ring.sign("tellertui.test/1", b"payload")
    assert set(map(bytes, buffers.values())) == {bytes(32)}
    with pytest.raises(WipedError):
        ring.sign("tellertui.test/1", b"payload")
    with pytest.raises(WipedError):
        keys.sealed_under(bytes(32))
    assert not ring.holds("mask")


def test_a_discarded_version_is_overwritten() -> None:
    buffer = bytearray(b"\x33" * 32)
    ring = Ring(PERSON, PersonKeys.generate(), [ClassSecret("case", 1, buffer)])
    ring.discard("case", 1)
    ring.discard("case", 1)
    assert buffer == bytes(32)
    assert not ring.holds("case")


def test_a_wiped_custodian_key_is_refused() -> None:
    custodian = CustodianKey.generate()
    custodian.wipe()
    with pytest.raises(WipedError):
        custodian.seed()


def test_no_secret_is_copied_stored_or_shown() -> None:
    text = "5a" * 32
    for secret in (HostSecret(bytearray.fromhex(text)), ClassSecret("case", 7, bytearray.fromhex(text))):
        shown = f"{secret!r} {secret!s}"
        assert text not in shown
        assert "ZZZ" not in shown
        with pytest.raises(TypeError):
            copy.copy(secret)
        with pytest.raises(TypeError):
            copy.deepcopy(secret)
    keys = PersonKeys.generate()
    assert repr(keys) == f"<PersonKeys {keys.public.fingerprint}>"


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_secret_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="32"):
        HostSecret(bytearray(length))
    with pytest.raises(ValueError, match="class"):
        ClassSecret("case", 1, bytearray(length))
