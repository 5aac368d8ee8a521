"""The cryptographic operations of suite 1, each in one place; everything else here is put together from them.

Every stored wrap begins with the suite byte. What does not open raises ``IntegrityError``, which carries
no value, and nothing is tried a second way.
"""

import hmac
import os
from typing import TypeAlias

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from tellertui.vault.wiping import wipe_bytes

Octets: TypeAlias = bytes | bytearray | memoryview

SUITE = 1
KEY_SIZE = 32
NONCE_SIZE = 12
TAG_SIZE = 16
_SUITE_BYTE = bytes([SUITE])
_HPKE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class IntegrityError(Exception):
    """Sealed or wrapped bytes do not open: changed, moved, of another suite, or the wrong key."""


def with_suite(body: bytes) -> bytes:
    """Put the suite byte before a wrap that is stored."""
    return _SUITE_BYTE + body


def without_suite(blob: Octets) -> memoryview:
    """Return what follows the suite byte.

    Raises:
        IntegrityError: the suite is another one.
    """
    if blob[:1] != _SUITE_BYTE:
        msg = "unknown suite"
        raise IntegrityError(msg)
    return memoryview(blob)[1:]


def aead_seal(key: AESGCM, aad: bytes, plaintext: Octets) -> bytes:
    """Seal with AES-256-GCM: nonce (12 bytes, from the operating system), ciphertext, tag (16 bytes)."""
    nonce = os.urandom(NONCE_SIZE)
    return nonce + key.encrypt(nonce, plaintext, aad)


def aead_open(key: AESGCM, aad: bytes, sealed: Octets) -> bytearray:
    """Open what ``aead_seal`` made.

    Raises:
        IntegrityError: it is too short, or key, context or content are not those of the sealing.
    """
    opened = bytearray(max(0, len(sealed) - NONCE_SIZE - TAG_SIZE))
    view = memoryview(sealed)
    try:
        key.decrypt_into(view[:NONCE_SIZE], view[NONCE_SIZE:], aad, opened)
    except (InvalidTag, ValueError):
        raise _not_sealed() from None
    return opened


def hpke_seal(public: bytes, info: bytes, plaintext: Octets) -> bytes:
    """Seal to an X25519 public key; 49 bytes longer than the plaintext, suite byte first.

    Raises:
        ValueError: the public key is not usable.
    """
    return with_suite(_HPKE.encrypt(plaintext, X25519PublicKey.from_public_bytes(public), info))


def hpke_open(private: X25519PrivateKey, info: bytes, sealed: Octets) -> bytearray:
    """Open what ``hpke_seal`` made for the public half of this key.

    Raises:
        IntegrityError: another suite, or key, context or content are not those of the sealing.
    """
    try:
        fresh = _HPKE.decrypt(without_suite(sealed), private, info)
    except (InvalidTag, ValueError):
        raise _not_sealed() from None
    return taken(fresh)


def key_wrap(wrapping_key: Octets, key: Octets) -> bytes:
    """Wrap a key (AES-256 key wrap); 9 bytes longer than the key, suite byte first."""
    return with_suite(aes_key_wrap(wrapping_key, key))


def key_unwrap(wrapping_key: Octets, wrapped: Octets) -> bytearray:
    """Unwrap a key.

    Raises:
        IntegrityError: another suite, or not wrapped under this key.
    """
    try:
        fresh = aes_key_unwrap(wrapping_key, without_suite(wrapped))
    except (InvalidUnwrap, ValueError):
        raise _not_sealed() from None
    return taken(fresh)


def hkdf(ikm: Octets, salt: Octets | None, info: bytes, length: int = KEY_SIZE) -> bytearray:
    """Derive key bytes with HKDF-SHA256."""
    derived = bytearray(length)
    fresh = None if salt is None else bytes(memoryview(salt))
    HKDF(SHA256(), length, fresh, info).derive_into(ikm, derived)
    if fresh is not None:
        wipe_bytes(fresh)
    return derived


def mac16(key: Octets, data: Octets) -> bytes:
    """Return the first 16 bytes of HMAC-SHA256."""
    return hmac.digest(key, data, "sha256")[:16]


def pae(context: str, payload: bytes) -> bytes:
    """Return DSSE's pre-authentication encoding, which no other pair of context and payload shares."""
    kind = context.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def sign(private: Ed25519PrivateKey, context: str, payload: bytes) -> bytes:
    """Sign a payload for one purpose."""
    return private.sign(pae(context, payload))


def verify(public: bytes, context: str, payload: bytes, signature: bytes) -> bool:
    """Say whether the signature is this key's over this payload for this purpose."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, pae(context, payload))
    except (InvalidSignature, ValueError):
        return False
    return True


def random_key(size: int = KEY_SIZE) -> bytearray:
    """Return fresh random bytes from the operating system."""
    return taken(os.urandom(size))


def raw_private(private: X25519PrivateKey | Ed25519PrivateKey) -> bytearray:
    """Return the 32 bytes behind a private key."""
    return taken(private.private_bytes_raw())


def taken(fresh: bytes) -> bytearray:
    """Move fresh ``bytes`` into a buffer that can be wiped, and overwrite them."""
    moved = bytearray(fresh)
    wipe_bytes(fresh)
    return moved


def _not_sealed() -> IntegrityError:
    return IntegrityError("not sealed by this key for this place")
