"""Sealed fields and the data keys under them.

A sealed field is ``0x01 | suite | data key id (8) | nonce (12) | ciphertext | tag (16)``; its context
(store, table, column, row, subject, class, data key id, suite) is authenticated with it, so that a blob
opens in its own place only. The value is padded before sealing (ISO/IEC 7816-4: ``0x80``, then zeros), so
that its length and whether it is empty stay unknown.
"""

import os
from typing import NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tellertui.core.enc import enc
from tellertui.vault.classes import ClassSecret
from tellertui.vault.primitives import (
    KEY_SIZE,
    NONCE_SIZE,
    SUITE,
    TAG_SIZE,
    IntegrityError,
    aead_open,
    aead_seal,
    hpke_seal,
    key_unwrap,
    key_wrap,
    random_key,
)
from tellertui.vault.wiping import Secret, WipedError, wipe

ID_SIZE = 8
FREE_BLOCK = 16
FIXED_BLOCK = 24
_VERSION = 1
_PREFIX = bytes([_VERSION, SUITE])
_HEAD_SIZE = len(_PREFIX) + ID_SIZE
MIN_BLOB_SIZE = _HEAD_SIZE + NONCE_SIZE + TAG_SIZE
"""38 bytes, which is also the CHECK on every sealed column."""


class Field(NamedTuple):
    """The one place in which a sealed value opens."""

    store: UUID
    table: str
    column: str
    row: UUID
    subject: UUID
    class_name: str


class DataKey(Secret):
    """The key of one subject in one class; destroying its wrap erases the subject. Takes over the buffer."""

    __slots__ = ("_cipher", "head", "id")

    def __init__(self, key_id: bytes, key: bytearray) -> None:
        if len(key_id) != ID_SIZE or len(key) != KEY_SIZE:
            msg = "not a data key"
            raise IntegrityError(msg)
        super().__init__(key)
        self.id = key_id
        self.head = _PREFIX + key_id
        """The first ten bytes of every field under this key."""
        self._cipher: AESGCM | None = AESGCM(key)

    @classmethod
    def new(cls) -> "DataKey":
        """Make a new one under a random id."""
        return cls(os.urandom(ID_SIZE), random_key())

    def wrapped(self, secret: ClassSecret, store: UUID, subject: UUID, n: int) -> bytes:
        """Return the key as the ``dek`` row holds it when the writer holds the class."""
        wrap_key = secret.wrap_key(store, subject, n)
        try:
            return key_wrap(wrap_key, self.octets())
        finally:
            wipe(wrap_key)

    @classmethod
    def unwrapped(
        cls, key_id: bytes, secret: ClassSecret, store: UUID, subject: UUID, n: int, wrapped: bytes
    ) -> "DataKey":
        """Return the key behind ``wrapped``.

        Raises:
            IntegrityError: it was wrapped for another subject, number, class or version, or was changed.
        """
        wrap_key = secret.wrap_key(store, subject, n)
        try:
            return cls(key_id, key_unwrap(wrap_key, wrapped))
        finally:
            wipe(wrap_key)

    def sealed_to_class(
        self, public: bytes, store: UUID, class_name: str, version: int, subject: UUID, n: int
    ) -> bytes:
        """Return the key as the ``dek`` row holds it when the writer does not hold the class."""
        info = _write_only_info(self.id, store, class_name, version, subject, n)
        return hpke_seal(public, info, self.octets())

    @classmethod
    def opened_by_class(
        cls, key_id: bytes, secret: ClassSecret, store: UUID, subject: UUID, n: int, sealed: bytes
    ) -> "DataKey":
        """Return the key behind ``sealed_to_class``.

        Raises:
            IntegrityError: it was sealed for another place, class or version, or was changed.
        """
        info = _write_only_info(key_id, store, secret.name, secret.version, subject, n)
        return cls(key_id, secret.open(store, info, sealed))

    @property
    def cipher(self) -> AESGCM:
        """Return the cipher of the fields.

        Raises:
            WipedError: the key was overwritten.
        """
        if self._cipher is None:
            raise WipedError
        return self._cipher

    def wipe(self) -> None:
        """Overwrite the key and drop its cipher; a second time does nothing."""
        super().wipe()
        self._cipher = None


def seal(key: DataKey, field: Field, value: bytes, fixed: bool) -> bytes:
    """Seal a value for its place.

    Args:
        key: the data key of the field's subject and class.
        field: where the blob will lie.
        value: the value, usually UTF-8.
        fixed: a fixed format (number, code), padded to 24 bytes instead of 16.
    """
    block = FIXED_BLOCK if fixed else FREE_BLOCK
    padded = value + b"\x80" + bytes(-(len(value) + 1) % block)
    return key.head + aead_seal(key.cipher, _context(key, field), padded)


def open_field(key: DataKey, field: Field, blob: bytes) -> bytes:
    """Open a sealed value in its place.

    Raises:
        IntegrityError: version, suite or data key are others, or the blob was changed or comes from
            another place.
    """
    if len(blob) < MIN_BLOB_SIZE or not blob.startswith(key.head):
        msg = "not sealed under this data key"
        raise IntegrityError(msg)
    padded = aead_open(key.cipher, _context(key, field), memoryview(blob)[_HEAD_SIZE:]).rstrip(b"\0")
    if not padded.endswith(b"\x80"):
        msg = "not padded"
        raise IntegrityError(msg)
    return bytes(padded[:-1])


def dek_id_of(blob: bytes) -> bytes:
    """Return the id of the data key under which a blob is sealed.

    Raises:
        IntegrityError: it is not a sealed field of this version and suite.
    """
    if len(blob) < MIN_BLOB_SIZE or not blob.startswith(_PREFIX):
        msg = "not a sealed field"
        raise IntegrityError(msg)
    return blob[len(_PREFIX) : _HEAD_SIZE]


def _context(key: DataKey, field: Field) -> bytes:
    return enc("tt/f1", *field, key.id, SUITE)


def _write_only_info(
    key_id: bytes, store: UUID, class_name: str, version: int, subject: UUID, n: int
) -> bytes:
    return enc("tt/write-only", key_id, store, class_name, version, subject, n)
