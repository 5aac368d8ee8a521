"""Class secrets: one per sensitivity and version, sealed to each holder; other keys hang on them."""

from typing import NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tellertui.core.enc import enc
from tellertui.core.role import CLASSES
from tellertui.vault.person import PersonKeys
from tellertui.vault.primitives import KEY_SIZE, hkdf, hpke_open, hpke_seal, random_key
from tellertui.vault.wiping import Secret, wipe


class Holding(NamedTuple):
    """A class secret as sealed to one holder: the content of a ``holding`` row."""

    name: str
    version: int
    sealed: bytes


class ClassSecret(Secret):
    """32 bytes that open every data key of one sensitivity class in one version; takes over the buffer."""

    __slots__ = ("name", "version")

    def __init__(self, name: str, version: int, secret: bytearray) -> None:
        if name not in CLASSES or len(secret) != KEY_SIZE:
            msg = "not a class secret"
            raise ValueError(msg)
        super().__init__(secret)
        self.name = name
        self.version = version

    @classmethod
    def generate(cls, name: str, version: int) -> "ClassSecret":
        """Make a new one."""
        return cls(name, version, random_key())

    def wrap_key(self, store: UUID, subject: UUID, n: int) -> bytearray:
        """Return the key under which the ``n``-th data key of a subject is wrapped."""
        return hkdf(self.octets(), None, enc("tt/wrap", store, self.name, self.version, subject, n))

    def public_key(self, store: UUID) -> bytes:
        """Return the X25519 key to which roles seal that write this class and may not read it."""
        return self._private_key(store).public_key().public_bytes_raw()

    def open(self, store: UUID, info: bytes, sealed: bytes) -> bytearray:
        """Open what was sealed to the class public key.

        Raises:
            IntegrityError: it was sealed to another key, for another context, or was changed.
        """
        return hpke_open(self._private_key(store), info, sealed)

    def index_key(self, table: str, column: str, norm: int) -> bytearray:
        """Return the key of the look-up tokens of a column under one version of its normal form.

        Raises:
            ValueError: this is not the class ``lookup``.
        """
        if self.name != "lookup":
            msg = "only the class lookup has index keys"
            raise ValueError(msg)
        return hkdf(self.octets(), None, enc("tt/bi", table, column, norm))

    def hold(self, public: bytes, store: UUID, person: UUID) -> Holding:
        """Seal the secret to a holder's X25519 key."""
        info = _holding_info(store, person, self.name, self.version)
        return Holding(self.name, self.version, hpke_seal(public, info, self.octets()))

    @classmethod
    def from_holding(cls, keys: PersonKeys, store: UUID, person: UUID, holding: Holding) -> "ClassSecret":
        """Open a holding.

        Raises:
            IntegrityError: it is not this person's, or class or version beside it are not those sealed.
        """
        name, version, sealed = holding
        return cls(name, version, keys.open(_holding_info(store, person, name, version), sealed))

    def _private_key(self, store: UUID) -> X25519PrivateKey:
        seed = hkdf(self.octets(), None, enc("tt/class", store, self.name, self.version))
        try:
            return X25519PrivateKey.from_private_bytes(seed)
        finally:
            wipe(seed)

    def __repr__(self) -> str:
        return f"<ClassSecret {self.name} {self.version}>"


def _holding_info(store: UUID, person: UUID, name: str, version: int) -> bytes:
    return enc("tt/hold", store, person, name, version)
