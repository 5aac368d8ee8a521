"""Where the host secret lies: one provider, named in the settings, never found out by trying.

====================  ============================================================================
``keyring``           the desktop's own key ring; ``keyring:KWallet`` names another allowed one
``systemd-creds``     read from ``$CREDENTIALS_DIRECTORY``, for hosts that start unattended
``sealed-file``       a file under a passphrase that a person types at every start
``memory``            a plain file in a throwaway folder, for demo and tests, never in production
====================  ============================================================================

A provider that finds no secret says so and makes none, and a stored secret is never written over.
"""

import hmac
import os
import shutil
import subprocess
from pathlib import Path
from typing import Annotated, Literal, Protocol
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tellertui.core.enc import enc
from tellertui.vault.apart import ChildError, stretch_apart
from tellertui.vault.host import HostSecret
from tellertui.vault.os_keyring import OsKeyring
from tellertui.vault.primitives import KEY_SIZE, SUITE, IntegrityError, Octets, aead_open, aead_seal
from tellertui.vault.private_files import UnsafeFileError, read_private, write_private
from tellertui.vault.refusals import (
    HOST_SECRET_DAMAGED,
    HOST_SECRET_LOCKED,
    HOST_SECRET_MISSING,
    HOST_SECRET_PRESENT,
    NO_KEY_PROVIDER,
)
from tellertui.vault.stretch import SALT_SIZE, Cost
from tellertui.vault.wiping import wipe

PRODUCTION = "production"
CREDENTIAL = "tellertui-host-secret"
SEALED_FILE_COST = Cost(memory_kib=131_072, passes=3, lanes=1)

_MAGIC = b"tt-host-secret-1"
_RECORD_SIZE = len(_MAGIC) + 16 + KEY_SIZE
_SEALED_LABEL: Literal["tt/sealed-file/1"] = "tt/sealed-file/1"
# The cost is read before anything proves who wrote it, so it is bounded.
_Memory = Annotated[int, msgspec.Meta(ge=8, le=1 << 20)]
_Count = Annotated[int, msgspec.Meta(ge=1, le=16)]
_sealed_decoder = msgspec.msgpack.Decoder(
    tuple[Literal["tt/sealed-file/1"], Literal[1], UUID, bytes, _Memory, _Count, _Count, bytes]
)


class HostSecretProvider(Protocol):
    """Keeps the host secret of stores outside of them."""

    name: str

    def store(self, store: UUID, secret: HostSecret) -> None:
        """Keep a secret, read it back and compare.

        Raises:
            Refusal: it already holds one for this store, or cannot keep one.
        """

    def load(self, store: UUID) -> HostSecret:
        """Return the secret of a store.

        Raises:
            Refusal: it is missing, locked or damaged; nothing is made.
        """

    def delete(self, store: UUID) -> None:
        """Forget the secret of a store, if there is one."""


def provider(
    name: str,
    directory: Path | None,
    environment: str,
    *,
    passphrase: bytearray | None = None,
    credentials: Path | None = None,
    cost: Cost = SEALED_FILE_COST,
) -> HostSecretProvider:
    """Return the provider that the settings name.

    Args:
        name: ``keyring``, ``keyring:BACK-END``, ``systemd-creds``, ``sealed-file`` or ``memory``.
        directory: the store's folder; without one, ``memory`` lives in this process only.
        environment: ``production``, ``demo`` or ``test``.
        passphrase: for ``sealed-file``; the caller overwrites it.
        credentials: where systemd put the credential; else ``$CREDENTIALS_DIRECTORY``.
        cost: of a new ``sealed-file``.

    Raises:
        Refusal: ``no-key-provider``; unknown, not allowed here, or failing its self-test.
    """
    if name == "memory":
        if environment == PRODUCTION:
            raise NO_KEY_PROVIDER(provider=name, reason="not-for-production")
        return InProcess() if directory is None else PlainFile(directory)
    if name == "keyring" or name.startswith("keyring:"):
        return OsKeyring(name.partition(":")[2])
    if name == "sealed-file" and directory is not None:
        return SealedFile(directory, passphrase, cost)
    if name == "systemd-creds" and directory is not None:
        return SystemdCredential(directory, credentials)
    raise NO_KEY_PROVIDER(provider=name, reason="not-allowed")


class InProcess:
    """Host secrets of unit tests: they end with the object."""

    name = "memory"

    def __init__(self) -> None:
        self._secrets: dict[UUID, bytearray] = {}

    def store(self, store: UUID, secret: HostSecret) -> None:
        """Keep a copy."""
        if store in self._secrets:
            raise HOST_SECRET_PRESENT(provider=self.name)
        self._secrets[store] = bytearray(secret.octets())

    def load(self, store: UUID) -> HostSecret:
        """Return a copy of what was stored."""
        if store not in self._secrets:
            raise HOST_SECRET_MISSING(provider=self.name)
        return HostSecret(bytearray(self._secrets[store]))

    def delete(self, store: UUID) -> None:
        """Overwrite and forget it."""
        wipe(self._secrets.pop(store, bytearray()))


class _FileProvider:
    name: str

    def __init__(self, path: Path) -> None:
        self._path = path

    def store(self, store: UUID, secret: HostSecret) -> None:
        """Write the file, read it back and compare."""
        content = self._encoded(store, secret)
        try:
            self._write(content)
        finally:
            wipe(content)
        kept = self.load(store)
        same = hmac.compare_digest(kept.octets(), secret.octets())
        kept.wipe()
        if not same:
            self.delete(store)
            raise NO_KEY_PROVIDER(provider=self.name, reason="self-test")

    def load(self, store: UUID) -> HostSecret:
        """Read the file."""
        try:
            content = read_private(self._path)
        except FileNotFoundError:
            raise HOST_SECRET_MISSING(provider=self.name) from None
        except UnsafeFileError:
            raise HOST_SECRET_DAMAGED(provider=self.name) from None
        try:
            return self._decoded(store, content)
        finally:
            wipe(content)

    def delete(self, store: UUID) -> None:
        """Remove the file; a folder belongs to one store."""
        self._path.unlink(missing_ok=True)

    def _encoded(self, store: UUID, secret: HostSecret) -> bytearray:
        return record_of(store, secret)

    def _decoded(self, store: UUID, content: bytearray) -> HostSecret:
        return from_record(self.name, store, content)

    def _write(self, data: bytes | bytearray) -> None:
        try:
            write_private(self._path, data)
        except FileExistsError:
            raise HOST_SECRET_PRESENT(provider=self.name) from None
        except OSError as error:
            raise NO_KEY_PROVIDER(provider=self.name, reason=error.strerror) from None


class PlainFile(_FileProvider):
    """The host secret of a demo or test store: a 0600 file in its folder."""

    name = "memory"

    def __init__(self, directory: Path) -> None:
        super().__init__(directory / "host-secret")


class SealedFile(_FileProvider):
    """A 0600 file under a passphrase: Argon2id, then AES-256-GCM over the record."""

    name = "sealed-file"

    def __init__(self, directory: Path, passphrase: bytearray | None, cost: Cost) -> None:
        super().__init__(directory / "host-secret.sealed")
        self._passphrase = passphrase
        self._cost = cost

    def _encoded(self, store: UUID, secret: HostSecret) -> bytearray:
        salt = os.urandom(SALT_SIZE)
        head = (_SEALED_LABEL, SUITE, store, salt, *self._cost)
        cipher = self._cipher(salt, self._cost)
        record = record_of(store, secret)
        try:
            return bytearray(enc(*head, aead_seal(cipher, enc(*head), record)))
        finally:
            wipe(record)

    def _decoded(self, store: UUID, content: bytearray) -> HostSecret:
        try:
            label, suite, of_store, salt, memory, passes, lanes, sealed = _sealed_decoder.decode(content)
        except msgspec.MsgspecError:
            raise HOST_SECRET_DAMAGED(provider=self.name) from None
        if of_store != store:
            raise HOST_SECRET_DAMAGED(provider=self.name)
        cost = Cost(memory, passes, lanes)
        try:
            record = aead_open(self._cipher(salt, cost), enc(label, suite, store, salt, *cost), sealed)
        except IntegrityError:
            raise HOST_SECRET_LOCKED(provider=self.name) from None
        try:
            return from_record(self.name, store, record)
        finally:
            wipe(record)

    def _cipher(self, salt: bytes, cost: Cost) -> AESGCM:
        if not self._passphrase:
            raise HOST_SECRET_LOCKED(provider=self.name)
        try:
            key = stretch_apart(self._passphrase, salt, cost)
        except ChildError:
            raise NO_KEY_PROVIDER(provider=self.name, reason="stretching-failed") from None
        try:
            return AESGCM(key)
        finally:
            wipe(key)


class SystemdCredential(_FileProvider):
    """An encrypted credential that systemd opens for the unit (``LoadCredentialEncrypted``).

    What ``store`` writes beside the store is only read by systemd, which shows it to the next start.
    """

    name = "systemd-creds"

    def __init__(self, directory: Path, credentials: Path | None) -> None:
        super().__init__(directory / f"{CREDENTIAL}.cred")
        named = os.environ.get("CREDENTIALS_DIRECTORY")
        self._credentials = credentials or (Path(named) if named else None)

    def store(self, store: UUID, secret: HostSecret) -> None:
        """Encrypt the secret to this machine with ``systemd-creds`` and write the credential."""
        tool = shutil.which("systemd-creds", path="/usr/bin:/bin")
        if tool is None:
            raise NO_KEY_PROVIDER(provider=self.name, reason="systemd-creds-not-installed")
        record = record_of(store, secret)
        try:
            done = subprocess.run(
                [tool, "encrypt", f"--name={CREDENTIAL}", "-", "-"],
                input=record,
                capture_output=True,
                check=False,
            )
        finally:
            wipe(record)
        if done.returncode or not done.stdout:
            raise NO_KEY_PROVIDER(provider=self.name, reason="systemd-creds-failed")
        self._write(done.stdout)

    def load(self, store: UUID) -> HostSecret:
        """Read what systemd decrypted for this unit."""
        if self._credentials is None:
            raise HOST_SECRET_MISSING(provider=self.name)
        content = bytearray(_RECORD_SIZE + 1)
        try:
            with (self._credentials / CREDENTIAL).open("rb", buffering=0) as file:
                size = file.readinto(content)
            return from_record(self.name, store, memoryview(content)[:size])
        except OSError:
            raise HOST_SECRET_MISSING(provider=self.name) from None
        finally:
            wipe(content)


def record_of(store: UUID, secret: HostSecret) -> bytearray:
    """Return a host secret with the store it belongs to, as providers keep it."""
    return bytearray(_MAGIC + store.bytes) + secret.octets()


def from_record(name: str, store: UUID, record: Octets) -> HostSecret:
    """Return the host secret of a record.

    Raises:
        Refusal: ``host-secret-damaged``; it is another store's, or none.
    """
    head = _MAGIC + store.bytes
    view = memoryview(record)
    if len(view) != _RECORD_SIZE or view[: len(head)] != head:
        raise HOST_SECRET_DAMAGED(provider=name)
    return HostSecret(bytearray(view[len(head) :]))
