"""The two printed recovery codes of a standalone branch, one per founding officer.

A code is seven groups of six characters in Crockford's base 32, which has no I, L, O and U; O, I and L are
read as 0 and 1, case and separators do not matter. The sixth character of a group checks the first five
and the place of the group. The first group says which code it is and of which store; the other six hold
128 random bits and 22 bits that check the whole.
"""

from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tellertui.core.enc import enc
from tellertui.vault.custodian import CustodianKey
from tellertui.vault.primitives import (
    IntegrityError,
    aead_open,
    aead_seal,
    hkdf,
    random_key,
    with_suite,
    without_suite,
)
from tellertui.vault.refusals import CODE_FOREIGN, CODE_INCOMPLETE, CODE_MISTYPED, CODE_TWICE, CODE_WRONG
from tellertui.vault.wiping import wipe

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SIDES = "AB"
_GROUP = 5
_GROUPS = 7
_SECRET_SIZE = 16
_CHECK_BITS = 22
_TAG_BITS = 20


class _Code(NamedTuple):
    side: str
    tag: int
    secret: bytearray


def make_codes(store: UUID) -> tuple[str, str]:
    """Return two new codes of a store, to be printed once."""
    first, second = (_printed(side, store) for side in _SIDES)
    return first, second


def custodian_wrap(code_a: str, code_b: str, custodian: CustodianKey) -> bytes:
    """Wrap the custodian key under both codes together.

    Raises:
        Refusal: a code is mistyped, both are the same one, or they are of different stores.
    """
    key, tag = _pair(code_a, code_b)
    seed = custodian.seed()
    try:
        return with_suite(aead_seal(AESGCM(key), _aad(tag), seed))
    finally:
        wipe(key)
        wipe(seed)


def open_custodian(code_a: str, code_b: str, store: UUID, wrapped: bytes) -> CustodianKey:
    """Open the custodian key of a store with both codes, in either order.

    Raises:
        Refusal: a code is mistyped, both are the same one, one is of another store, or together they
            do not open the key.
    """
    key, tag = _pair(code_a, code_b)
    try:
        if tag != _tag(store):
            raise CODE_FOREIGN()
        seed = aead_open(AESGCM(key), _aad(tag), without_suite(wrapped))
    except IntegrityError:
        raise CODE_WRONG() from None
    finally:
        wipe(key)
    try:
        return CustodianKey.from_seed(seed)
    finally:
        wipe(seed)


def _pair(code_a: str, code_b: str) -> tuple[bytearray, int]:
    first, second = sorted((_read(code_a), _read(code_b)), key=lambda code: code.side)
    both = first.secret + second.secret
    try:
        if first.side == second.side:
            raise CODE_TWICE()
        if first.tag != second.tag:
            raise CODE_FOREIGN()
        return hkdf(both, None, enc("tt/codes", first.tag)), first.tag
    finally:
        for buffer in (first.secret, second.secret, both):
            wipe(buffer)


def _aad(tag: int) -> bytes:
    return enc("tt/custodian", tag)


def _tag(store: UUID) -> int:
    return int.from_bytes(sha256(enc("tt/store-tag", store)).digest()) >> (256 - _TAG_BITS)


def _printed(side: str, store: UUID) -> str:
    secret = random_key(_SECRET_SIZE)
    tag = _tag(store)
    number = int.from_bytes(secret) << _CHECK_BITS | _check(side, tag, secret)
    wipe(secret)
    characters = side + _digits(tag, 4) + _digits(number, (_GROUPS - 1) * _GROUP)
    groups = [characters[start : start + _GROUP] for start in range(0, len(characters), _GROUP)]
    return "-".join(group + _check_character(place, group) for place, group in enumerate(groups))


def _read(text: str) -> _Code:
    plain = text.upper().translate(str.maketrans("OIL", "011", " -\t"))
    groups = [plain[start : start + _GROUP + 1] for start in range(0, len(plain), _GROUP + 1)]
    if len(plain) != _GROUPS * (_GROUP + 1):
        raise CODE_INCOMPLETE(groups=_GROUPS)
    for place, group in enumerate(groups):
        known = all(character in _ALPHABET for character in group)
        if not known or _check_character(place, group[:_GROUP]) != group[_GROUP]:
            raise CODE_MISTYPED(group=place + 1)
    characters = "".join(group[:_GROUP] for group in groups)
    side, tag, number = characters[0], _number(characters[1:_GROUP]), _number(characters[_GROUP:])
    secret = bytearray((number >> _CHECK_BITS).to_bytes(_SECRET_SIZE))
    if side not in _SIDES:
        raise CODE_MISTYPED(group=1)
    if number & ((1 << _CHECK_BITS) - 1) != _check(side, tag, secret):
        wipe(secret)
        raise CODE_MISTYPED(group=_GROUPS)
    return _Code(side, tag, secret)


def _check(side: str, tag: int, secret: bytearray) -> int:
    return int.from_bytes(sha256(enc("tt/code", side, tag, secret)).digest()) >> (256 - _CHECK_BITS)


def _check_character(place: int, group: str) -> str:
    # Odd weights have inverses modulo 32, so every single wrong character changes the sum.
    total = sum((2 * at + 1) * _ALPHABET.index(character) for at, character in enumerate(group))
    return _ALPHABET[(place + total) % len(_ALPHABET)]


def _digits(number: int, count: int) -> str:
    return "".join(_ALPHABET[number >> 5 * (count - 1 - at) & 31] for at in range(count))


def _number(digits: str) -> int:
    number = 0
    for character in digits:
        number = number << 5 | _ALPHABET.index(character)
    return number
