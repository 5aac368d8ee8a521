"""Slots, holdings, rings, the device key, escrows and the founding of a store."""

from uuid import UUID

import pytest

from tellertui.core.enc import enc
from tellertui.core.refusal import Refusal
from tellertui.core.role import CLASSES, Role, classes_of
from tellertui.vault.classes import ClassSecret, Holding
from tellertui.vault.codes import open_custodian
from tellertui.vault.custodian import CustodianKey, escrow_host_secret
from tellertui.vault.founding import Founder, Founding, found
from tellertui.vault.host import DeviceKey, HostSecret, fingerprint
from tellertui.vault.person import PersonKeys, slot_key
from tellertui.vault.primitives import IntegrityError, hkdf, hpke_seal, verify
from tellertui.vault.ring import Ring
from tellertui.vault.stretch import Cost, dummy_salt

STORE, OTHER_STORE = UUID(int=1), UUID(int=2)
ANNA, BERT = UUID(int=11), UUID(int=12)
HOST = HostSecret(bytearray(b"h" * 32))
STRETCHED = bytearray(b"s" * 32)


def test_the_slot_key_is_the_specified_derivation() -> None:
    expected = hkdf(STRETCHED, bytes(HOST.octets()), enc("tt/slot", STORE, ANNA, 1))
    assert slot_key(STRETCHED, HOST, STORE, ANNA, 1) == expected
    assert HOST.mac_key() == hkdf(HOST.octets(), None, b"tt/mac")
    assert HOST.device_wrap() == hkdf(HOST.octets(), None, b"tt/device")


def test_a_slot_opens_with_passphrase_and_host_secret_of_this_person_and_generation() -> None:
    keys = PersonKeys.generate()
    slot = keys.sealed_under(slot_key(STRETCHED, HOST, STORE, ANNA, 1))
    opened = PersonKeys.opened(slot_key(STRETCHED, HOST, STORE, ANNA, 1), slot)
    assert opened.public == keys.public
    assert verify(keys.public.ed25519, "tellertui.test/1", b"p", opened.sign("tellertui.test/1", b"p"))
    wrong = [
        slot_key(bytearray(b"t" * 32), HOST, STORE, ANNA, 1),
        slot_key(STRETCHED, HostSecret(bytearray(b"i" * 32)), STORE, ANNA, 1),
        slot_key(STRETCHED, HOST, OTHER_STORE, ANNA, 1),
        slot_key(STRETCHED, HOST, STORE, BERT, 1),
        slot_key(STRETCHED, HOST, STORE, ANNA, 2),
    ]
    for key in wrong:
        with pytest.raises(IntegrityError):
            PersonKeys.opened(key, slot)


def test_a_slot_of_another_suite_or_shape_is_refused() -> None:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from tellertui.vault.primitives import aead_seal

    slot = PersonKeys.generate().sealed_under(bytes(32))
    with pytest.raises(IntegrityError):
        PersonKeys.opened(bytes(32), b"\x02" + slot[1:])
    with pytest.raises(IntegrityError):
        PersonKeys.opened(bytes(32), b"\x01" + aead_seal(AESGCM(bytes(32)), b"tt/slot", bytes(63)))


def test_a_draft_opens_for_its_owner_only() -> None:
    keys = PersonKeys.generate()
    draft = hpke_seal(keys.public.x25519, enc("tt/draft", STORE, ANNA), b"half a form")
    assert keys.open(enc("tt/draft", STORE, ANNA), draft) == b"half a form"
    with pytest.raises(IntegrityError):
        PersonKeys.generate().open(enc("tt/draft", STORE, ANNA), draft)


def test_a_dummy_salt_looks_like_a_salt_and_stays_the_same() -> None:
    assert len(dummy_salt(HOST, "T099")) == 16
    assert dummy_salt(HOST, "T099") == dummy_salt(HOST, "T099")
    assert dummy_salt(HOST, "T099") != dummy_salt(HOST, "T098")
    assert dummy_salt(HostSecret(bytearray(b"i" * 32)), "T099") != dummy_salt(HOST, "T099")


def test_the_device_key_opens_on_its_host_and_store_only() -> None:
    device = DeviceKey.generate()
    wrapped = device.wrapped(HOST, STORE)
    opened = DeviceKey.opened(HOST, STORE, wrapped)
    assert verify(device.public, "tellertui.batch/1", b"header", opened.sign("tellertui.batch/1", b"header"))
    for host, store in ((HostSecret(bytearray(b"i" * 32)), STORE), (HOST, OTHER_STORE)):
        with pytest.raises(IntegrityError):
            DeviceKey.opened(host, store, wrapped)


def test_fingerprints_are_sixteen_characters_in_fours() -> None:
    # SHA-256 of the empty string begins e3b0c44298fc1c149afb.
    assert fingerprint(b"") == "4OYM-IQUY-7QOB-JGX3"
    assert fingerprint(b"a") != fingerprint(b"b")


def test_a_holding_opens_for_its_person_class_and_version_only() -> None:
    keys, secret = PersonKeys.generate(), ClassSecret.generate("case", 2)
    holding = secret.hold(keys.public.x25519, STORE, ANNA)
    assert len(holding.sealed) == 81
    assert ClassSecret.from_holding(keys, STORE, ANNA, holding).octets() == secret.octets()
    wrong: list[tuple[PersonKeys, UUID, UUID, Holding]] = [
        (PersonKeys.generate(), STORE, ANNA, holding),
        (keys, OTHER_STORE, ANNA, holding),
        (keys, STORE, BERT, holding),
        (keys, STORE, ANNA, holding._replace(version=1)),
        (keys, STORE, ANNA, holding._replace(name="customer")),
    ]
    for case in wrong:
        with pytest.raises(IntegrityError):
            ClassSecret.from_holding(*case)


def test_the_class_key_pair_follows_from_the_secret() -> None:
    secret = ClassSecret("case", 1, bytearray(b"c" * 32))
    assert secret.public_key(STORE) == ClassSecret("case", 1, bytearray(b"c" * 32)).public_key(STORE)
    others = [
        ClassSecret("case", 2, bytearray(b"c" * 32)).public_key(STORE),
        ClassSecret("customer", 1, bytearray(b"c" * 32)).public_key(STORE),
        secret.public_key(OTHER_STORE),
    ]
    assert secret.public_key(STORE) not in others


def test_a_ring_gives_the_newest_version_or_the_one_asked_for() -> None:
    old, new = ClassSecret.generate("case", 1), ClassSecret.generate("case", 2)
    ring = Ring(ANNA, PersonKeys.generate(), [new, old])
    assert ring.secret("case") is new
    assert ring.secret("case", 1) is old
    for name, version in (("case", 3), ("customer", None), ("aml", 1)):
        with pytest.raises(Refusal) as caught:
            ring.secret(name, version)
        assert caught.value.code == "no-key"
        assert caught.value.facts == {"class_name": name}
    ring.discard("case", 2)
    assert ring.secret("case") is old


def test_a_ring_shows_person_and_classes_and_no_key() -> None:
    secret = ClassSecret("case", 1, bytearray(b"Q" * 32))
    ring = Ring(ANNA, PersonKeys.generate(), [secret])
    assert repr(ring) == f"<Ring of {ANNA}: case>"
    assert repr(Ring(ANNA, PersonKeys.generate())) == f"<Ring of {ANNA}: no class>"


def test_a_ring_with_a_foreign_holding_stays_shut() -> None:
    keys, secret = PersonKeys.generate(), ClassSecret.generate("case", 1)
    good = secret.hold(keys.public.x25519, STORE, ANNA)
    foreign = secret.hold(PersonKeys.generate().public.x25519, STORE, ANNA)
    assert Ring.opened(STORE, ANNA, keys, [good]).holds("case")
    with pytest.raises(IntegrityError):
        Ring.opened(STORE, ANNA, keys, [good, foreign])


def test_two_rings_share_nothing() -> None:
    first, second = Ring(ANNA, PersonKeys.generate()), Ring(BERT, PersonKeys.generate())
    first.add(ClassSecret.generate("case", 1))
    assert not second.holds("case")


def founders() -> tuple[Founder, Founder]:
    cost = Cost(64, 1, 1)
    return (
        Founder(ANNA, frozenset({Role.MANAGER}), b"salt-of-anna-...", cost, bytearray(b"a" * 32)),
        Founder(BERT, frozenset({Role.REVIEWER}), b"salt-of-bert-...", cost, bytearray(b"b" * 32)),
    )


def ring_of(founding: Founding, seat: int, stretched: bytes) -> Ring:
    person = founding.founders[seat]
    key = slot_key(stretched, HOST, STORE, person.person, person.generation)
    return Ring.opened(STORE, person.person, PersonKeys.opened(key, person.slot), person.holdings)


def test_a_standalone_founding_stores_everything_that_opens_again() -> None:
    seats = founders()
    founding = found(STORE, seats, HOST)
    rings = [ring_of(founding, 0, b"a" * 32), ring_of(founding, 1, b"b" * 32)]
    for ring, person, seat in zip(rings, founding.founders, seats, strict=True):
        held = tuple(name for name in CLASSES if ring.holds(name))
        assert held == person.classes == classes_of(seat.roles)
        assert person.public == seat.keys.public == ring.public
        assert seat.stretched == bytes(32)
    assert not any(ring.holds("aml") for ring in rings)
    assert rings[0].secret("customer").octets() == rings[1].secret("customer").octets()

    assert founding.codes is not None
    assert founding.custodian_wrapped is not None
    custodian = open_custodian(*founding.codes, STORE, founding.custodian_wrapped)
    assert custodian.public == founding.custodian_public
    assert fingerprint(custodian.public) == founding.custodian_fingerprint
    assert custodian.open_host_secret(STORE, founding.host_secret_escrow).octets() == HOST.octets()
    assert tuple(item.name for item in founding.classes) == CLASSES
    for item in founding.classes:
        secret = custodian.open_class(STORE, item.name, item.version, item.escrow)
        assert secret.public_key(STORE) == item.public
        if rings[0].holds(item.name):
            assert secret.octets() == rings[0].secret(item.name).octets()
    device = DeviceKey.opened(HOST, STORE, founding.device_wrapped)
    assert device.public == founding.device_public


def test_a_founding_under_head_office_escrows_to_its_custodian_and_prints_no_codes() -> None:
    custodian = CustodianKey.generate()
    founding = found(STORE, founders(), HOST, custodian.public)
    assert founding.codes is None
    assert founding.custodian_wrapped is None
    assert custodian.open_host_secret(STORE, founding.host_secret_escrow).octets() == HOST.octets()
    for item in founding.classes:
        assert custodian.open_class(STORE, item.name, 1, item.escrow).public_key(STORE) == item.public


def test_escrows_open_in_their_own_place_only() -> None:
    custodian = CustodianKey.generate()
    founding = found(STORE, founders(), HOST, custodian.public)
    case = next(item for item in founding.classes if item.name == "case")
    with pytest.raises(IntegrityError):
        custodian.open_class(STORE, "customer", 1, case.escrow)
    with pytest.raises(IntegrityError):
        custodian.open_class(STORE, "case", 2, case.escrow)
    with pytest.raises(IntegrityError):
        custodian.open_class(OTHER_STORE, "case", 1, case.escrow)
    with pytest.raises(IntegrityError):
        custodian.open_host_secret(STORE, case.escrow)
    with pytest.raises(IntegrityError):
        CustodianKey.generate().open_host_secret(STORE, founding.host_secret_escrow)


def test_a_host_secret_travels_to_a_recovery_key() -> None:
    recovery = CustodianKey.generate()
    assert (
        recovery.open_host_secret(STORE, escrow_host_secret(recovery.public, STORE, HOST)).octets()
        == HOST.octets()
    )


def test_one_person_or_one_key_in_both_seats_is_refused() -> None:
    anna, bert = founders()
    same_person = Founder(ANNA, bert.roles, bert.salt, bert.cost, bert.stretched)
    same_keys = Founder(BERT, bert.roles, bert.salt, bert.cost, bert.stretched, anna.keys)
    for second in (same_person, same_keys):
        with pytest.raises(Refusal) as caught:
            found(STORE, (anna, second), HOST)
        assert caught.value.code == "same-person"


def test_a_founding_shows_neither_codes_nor_stretched_passphrases() -> None:
    seats = founders()
    assert "aaaa" not in repr(seats[0])
    founding = found(STORE, seats, HOST)
    assert founding.codes is not None
    assert not any(code in repr(founding) for code in founding.codes)
