"""The keys of a person: one to receive class secrets, one to sign; passphrase and host secret open them."""

from dataclasses import dataclass
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tellertui.core.enc import enc
from tellertui.vault import primitives
from tellertui.vault.host import HostSecret, fingerprint
from tellertui.vault.primitives import KEY_SIZE, IntegrityError, Octets
from tellertui.vault.wiping import WipedError, wipe

_SLOT_AAD = b"tt/slot"


@dataclass(frozen=True)
class PersonPublic:
    """The public halves, as the grant carries them."""

    x25519: bytes
    ed25519: bytes

    @property
    def fingerprint(self) -> str:
        """Return the 16 characters by which people compare this person's keys."""
        return fingerprint(self.x25519 + self.ed25519)


class PersonKeys:
    """X25519 and Ed25519 private keys of one person; they live in a ring and in a slot, nowhere else."""

    __slots__ = ("_pair", "public")

    def __init__(self, receiving: X25519PrivateKey, signing: Ed25519PrivateKey) -> None:
        self._pair: tuple[X25519PrivateKey, Ed25519PrivateKey] | None = (receiving, signing)
        self.public = PersonPublic(
            receiving.public_key().public_bytes_raw(), signing.public_key().public_bytes_raw()
        )

    @classmethod
    def generate(cls) -> "PersonKeys":
        """Make new ones."""
        return cls(X25519PrivateKey.generate(), Ed25519PrivateKey.generate())

    def sealed_under(self, slot_key: Octets) -> bytes:
        """Return the keys as the ``slot`` row holds them."""
        receiving, signing = self._keys()
        first, second = primitives.raw_private(receiving), primitives.raw_private(signing)
        seeds = first + second
        try:
            return primitives.with_suite(primitives.aead_seal(AESGCM(slot_key), _SLOT_AAD, seeds))
        finally:
            for buffer in (first, second, seeds):
                wipe(buffer)

    @classmethod
    def opened(cls, slot_key: Octets, blob: bytes) -> "PersonKeys":
        """Return the keys behind a ``slot`` row; the caller compares ``public`` with the live grant.

        Raises:
            IntegrityError: the passphrase, the host secret, the person or the generation is another one,
                or the row was changed.
        """
        seeds = primitives.aead_open(AESGCM(slot_key), _SLOT_AAD, primitives.without_suite(blob))
        try:
            if len(seeds) != 2 * KEY_SIZE:
                msg = "not a slot"
                raise IntegrityError(msg)
            view = memoryview(seeds)
            return cls(
                X25519PrivateKey.from_private_bytes(view[:KEY_SIZE]),
                Ed25519PrivateKey.from_private_bytes(view[KEY_SIZE:]),
            )
        finally:
            wipe(seeds)

    def sign(self, context: str, payload: bytes) -> bytes:
        """Sign for one purpose."""
        return primitives.sign(self._keys()[1], context, payload)

    def open(self, info: bytes, sealed: bytes) -> bytearray:
        """Open what was sealed to this person's X25519 key: holdings, drafts.

        Raises:
            IntegrityError: it was sealed to another key, for another context, or was changed.
        """
        return primitives.hpke_open(self._keys()[0], info, sealed)

    def wipe(self) -> None:
        """Drop the private keys; the library overwrites them as it frees them."""
        self._pair = None

    def _keys(self) -> tuple[X25519PrivateKey, Ed25519PrivateKey]:
        if self._pair is None:
            raise WipedError
        return self._pair

    def __repr__(self) -> str:
        return f"<PersonKeys {self.public.fingerprint}>"


def slot_key(
    stretched: Octets, host_secret: HostSecret, store: UUID, person: UUID, generation: int
) -> bytearray:
    """Return the key that opens a slot, from a stretched passphrase (32 bytes) and the host secret."""
    return host_secret.salting(stretched, enc("tt/slot", store, person, generation))
