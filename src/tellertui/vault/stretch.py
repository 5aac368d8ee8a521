"""Stretching passphrases with Argon2id, and the salt that unknown staff codes seem to have."""

from typing import TYPE_CHECKING, NamedTuple

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from tellertui.core.enc import enc

if TYPE_CHECKING:
    from tellertui.vault.host import HostSecret  # the sign-on child loads none of the other algorithms

SALT_SIZE = 16
STRETCHED_SIZE = 32


class Cost(NamedTuple):
    """What one guess costs: memory in KiB, passes over it, parallel lanes."""

    memory_kib: int = 65_536
    passes: int = 3
    lanes: int = 1


def stretch(passphrase: bytearray | memoryview, salt: bytes, cost: Cost) -> bytearray:
    """Return the 32 bytes of a passphrase; blocks for the whole computation.

    The library leaves one copy of the passphrase in freed memory, so a process that lives on asks
    ``apart.stretch_apart`` instead.

    Raises:
        ValueError: the salt is shorter than 8 bytes or the cost is out of Argon2's bounds.
    """
    stretched = bytearray(STRETCHED_SIZE)
    kdf = Argon2id(
        salt=salt,
        length=STRETCHED_SIZE,
        iterations=cost.passes,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
    )
    kdf.derive_into(passphrase, stretched)  # type: ignore[arg-type]
    return stretched


def dummy_salt(host_secret: "HostSecret", staff_code: str) -> bytes:
    """Return the salt for a staff code that nobody has; the same each time, like a real one."""
    return bytes(host_secret.derived(enc("tt/dummy-salt", staff_code), SALT_SIZE))
