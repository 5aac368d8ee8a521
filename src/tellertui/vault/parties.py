"""Keys of head office: those that sign, and those that messages are sealed to."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tellertui.vault.host import fingerprint
from tellertui.vault.primitives import Octets, hpke_open, hpke_seal, raw_private, sign, verify

__all__ = ["SealingKey", "SigningKey", "fingerprint", "seal_to", "verify"]


class SigningKey:
    """An Ed25519 key of head office: root, publish or receipt."""

    __slots__ = ("_private", "public")

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public = private.public_key().public_bytes_raw()

    @classmethod
    def generate(cls) -> "SigningKey":
        """Make a new one."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_seed(cls, seed: bytearray) -> "SigningKey":
        """Return the key behind its 32 bytes; the caller overwrites them."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    def seed(self) -> bytearray:
        """Return the 32 bytes of the key; the caller overwrites them."""
        return raw_private(self._private)

    def sign(self, context: str, payload: bytes) -> bytes:
        """Sign a payload for one purpose."""
        return sign(self._private, context, payload)

    def __repr__(self) -> str:
        return f"<SigningKey {fingerprint(self.public)}>"


class SealingKey:
    """An X25519 key of head office that batches are sealed to."""

    __slots__ = ("_private", "public")

    def __init__(self, private: X25519PrivateKey) -> None:
        self._private = private
        self.public = private.public_key().public_bytes_raw()

    @classmethod
    def generate(cls) -> "SealingKey":
        """Make a new one."""
        return cls(X25519PrivateKey.generate())

    @classmethod
    def from_seed(cls, seed: bytearray) -> "SealingKey":
        """Return the key behind its 32 bytes; the caller overwrites them."""
        return cls(X25519PrivateKey.from_private_bytes(seed))

    def seed(self) -> bytearray:
        """Return the 32 bytes of the key; the caller overwrites them."""
        return raw_private(self._private)

    def open(self, info: bytes, sealed: bytes) -> bytearray:
        """Open what was sealed to this key.

        Raises:
            IntegrityError: it was not, or for another place.
        """
        return hpke_open(self._private, info, sealed)

    def __repr__(self) -> str:
        return f"<SealingKey {fingerprint(self.public)}>"


def seal_to(public: bytes, info: bytes, plaintext: Octets) -> bytes:
    """Seal to head office's public key.

    Raises:
        ValueError: the public key is not usable.
    """
    return hpke_seal(public, info, plaintext)
