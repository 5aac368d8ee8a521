"""The custodian's key and what is escrowed to it: the host secret and every class secret, no personal value.

The same seal carries a host secret to the recovery key that a new host shows.
"""

from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tellertui.core.enc import enc
from tellertui.vault.classes import ClassSecret
from tellertui.vault.host import HostSecret, fingerprint
from tellertui.vault.primitives import hpke_open, hpke_seal, raw_private
from tellertui.vault.wiping import WipedError


class CustodianKey:
    """An X25519 key that opens escrows: head office's, a standalone branch's, or a host's recovery key."""

    __slots__ = ("_private", "public")

    def __init__(self, private: X25519PrivateKey) -> None:
        self._private: X25519PrivateKey | None = private
        self.public = private.public_key().public_bytes_raw()

    @classmethod
    def generate(cls) -> "CustodianKey":
        """Make a new one."""
        return cls(X25519PrivateKey.generate())

    @classmethod
    def from_seed(cls, seed: bytearray) -> "CustodianKey":
        """Return the key behind its 32 bytes; the caller overwrites them."""
        return cls(X25519PrivateKey.from_private_bytes(seed))

    def seed(self) -> bytearray:
        """Return the 32 bytes of the key; the caller overwrites them."""
        return raw_private(self._key())

    def open_host_secret(self, store: UUID, escrow: bytes) -> HostSecret:
        """Open the escrow of a host secret.

        Raises:
            IntegrityError: it is not of this store and key.
        """
        return HostSecret(hpke_open(self._key(), _host_info(store), escrow))

    def open_class(self, store: UUID, name: str, version: int, escrow: bytes) -> ClassSecret:
        """Open the escrow of a class secret.

        Raises:
            IntegrityError: it is not of this store, class, version and key.
        """
        return ClassSecret(name, version, hpke_open(self._key(), _class_info(store, name, version), escrow))

    def wipe(self) -> None:
        """Drop the private key; the library overwrites it as it frees it."""
        self._private = None

    def _key(self) -> X25519PrivateKey:
        if self._private is None:
            raise WipedError
        return self._private

    def __repr__(self) -> str:
        return f"<CustodianKey {fingerprint(self.public)}>"


def escrow_host_secret(public: bytes, store: UUID, secret: HostSecret) -> bytes:
    """Seal the host secret to a custodian or recovery key."""
    return hpke_seal(public, _host_info(store), secret.octets())


def escrow_class(public: bytes, store: UUID, secret: ClassSecret) -> bytes:
    """Seal a class secret to a custodian key."""
    return hpke_seal(public, _class_info(store, secret.name, secret.version), secret.octets())


def _host_info(store: UUID) -> bytes:
    return enc("tt/escrow", store, "host-secret")


def _class_info(store: UUID, name: str, version: int) -> bytes:
    return enc("tt/escrow", store, "class", name, version)
