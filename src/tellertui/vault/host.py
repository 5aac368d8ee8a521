"""The host secret, and what hangs on it alone: MACs of the store and the device key."""

from base64 import b32encode
from hashlib import sha256
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tellertui.core.enc import enc
from tellertui.vault.primitives import (
    KEY_SIZE,
    Octets,
    aead_open,
    aead_seal,
    hkdf,
    random_key,
    raw_private,
    sign,
    with_suite,
    without_suite,
)
from tellertui.vault.wiping import Secret, wipe


class HostSecret(Secret):
    """32 bytes without which no slot opens; alone they open nothing personal. Takes over the buffer."""

    __slots__ = ()

    def __init__(self, octets: bytearray) -> None:
        if len(octets) != KEY_SIZE:
            msg = "a host secret is 32 bytes"
            raise ValueError(msg)
        super().__init__(octets)

    @classmethod
    def generate(cls) -> "HostSecret":
        """Make a new one."""
        return cls(random_key())

    def mac_key(self) -> bytearray:
        """Return the store MAC key: journal, parameters of commands, anchor file."""
        return self.derived(b"tt/mac")

    def device_wrap(self) -> bytearray:
        """Return the key under which the device key is stored."""
        return self.derived(b"tt/device")

    def derived(self, info: bytes, length: int = KEY_SIZE) -> bytearray:
        """Derive key bytes from the secret."""
        return hkdf(self.octets(), None, info, length)

    def salting(self, ikm: Octets, info: bytes) -> bytearray:
        """Derive a key from other secret bytes with this secret as the salt."""
        return hkdf(ikm, self.octets(), info)


class DeviceKey:
    """Ed25519 key of this host: signs batches, checkpoints and backups unattended; decrypts nothing."""

    __slots__ = ("_private", "public")

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public = private.public_key().public_bytes_raw()

    @classmethod
    def generate(cls) -> "DeviceKey":
        """Make a new one."""
        return cls(Ed25519PrivateKey.generate())

    def wrapped(self, host_secret: HostSecret, store: UUID) -> bytes:
        """Return the key as the ``device`` row holds it."""
        seed = raw_private(self._private)
        try:
            return with_suite(aead_seal(_device_cipher(host_secret), enc("tt/device", store), seed))
        finally:
            wipe(seed)

    @classmethod
    def opened(cls, host_secret: HostSecret, store: UUID, blob: bytes) -> "DeviceKey":
        """Return the key behind a ``device`` row.

        Raises:
            IntegrityError: the row is not of this host and store.
        """
        seed = aead_open(_device_cipher(host_secret), enc("tt/device", store), without_suite(blob))
        try:
            return cls(Ed25519PrivateKey.from_private_bytes(seed))
        finally:
            wipe(seed)

    def sign(self, context: str, payload: bytes) -> bytes:
        """Sign for one purpose."""
        return sign(self._private, context, payload)

    def __repr__(self) -> str:
        return f"<DeviceKey {fingerprint(self.public)}>"


def _device_cipher(host_secret: HostSecret) -> AESGCM:
    key = host_secret.device_wrap()
    try:
        return AESGCM(key)
    finally:
        wipe(key)


def fingerprint(public: bytes) -> str:
    """Return the 16 characters by which people compare a public key, in groups of four."""
    text = b32encode(sha256(public).digest())[:16].decode()
    return "-".join(text[start : start + 4] for start in range(0, 16, 4))
