"""The key folder of head office: what signs, what batches are sealed to, and what its line is known by.

The folder has mode 0700 and every file in it 0600. ``root``, ``publish`` and ``custodian`` are needed for
packs, feeds and recovery alone; where policy keeps them offline, their files are moved away after ``init``.
"""

import os
import stat
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from tellertui.core.clock import DAY, day_of
from tellertui.core.refusal import N_, UNREACHABLE, USAGE, refusal
from tellertui.sync.folder import BAD_FOLDER, PACK_FILE
from tellertui.sync.wire import PACK, Pack, Signed, decoded, encoded, key_id, signed
from tellertui.vault.certificates import Certificate, covers, issue, make_authority
from tellertui.vault.custodian import CustodianKey
from tellertui.vault.parties import SealingKey, SigningKey, fingerprint
from tellertui.vault.private_files import UnsafeFileError, read_private, write_private
from tellertui.vault.wiping import wipe

SETTINGS = "settings.toml"
CUSTODIAN_FILE = "custodian.pub"
PACK_LIFE = 730 * DAY
NAMES = ("root", "publish", "receipt", "ingest", "custodian")
RENEWED_BEFORE = 30 * DAY

NO_HEAD_OFFICE = refusal(
    "no-head-office",
    N_("There is no head office in {folder}. Make one with: tellertui headoffice init --url URL"),
    UNREACHABLE,
)
HEAD_OFFICE_EXISTS = refusal(
    "head-office-exists", N_("{folder} already holds a head office's keys; choose an empty folder."), USAGE
)
BAD_KEY_FOLDER = refusal(
    "bad-key-folder", N_("The key folder is not safe or not whole: {name}."), UNREACHABLE
)

K = TypeVar("K")


@dataclass(frozen=True)
class Place:
    """Where head office lives: its keys and its database."""

    folder: Path
    url: str

    @property
    def certificate(self) -> Path:
        """Return the file of the server certificate."""
        return self.folder / "server.pem"

    @property
    def certificate_key(self) -> Path:
        """Return the file of its private key."""
        return self.folder / "server.key"


class PublicKeys(msgspec.Struct, frozen=True):
    """Fingerprints of head office's public keys, for people to compare."""

    root: str
    publish: str
    receipt: str
    ingest: str
    custodian: str


def refuse_full(folder: Path) -> None:
    """Refuse a folder that holds anything.

    Raises:
        Refusal: ``head-office-exists``; ``bad-folder``, it is no folder or cannot be read.
    """
    try:
        full = folder.exists() and any(folder.iterdir())
    except OSError:
        raise BAD_FOLDER(folder=str(folder)) from None
    if full:
        raise HEAD_OFFICE_EXISTS(folder=str(folder))


def found(folder: Path, url: str, now: int) -> PublicKeys:
    """Make every key of a new head office in an empty folder.

    Args:
        folder: where they are written.
        url: of its database.
        now: the instant from which its certificates are good, milliseconds UTC.

    Raises:
        Refusal: ``head-office-exists``; ``bad-folder``, keys cannot be written there.
    """
    refuse_full(folder)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        return _founded(folder, url, now)
    except OSError:
        raise BAD_FOLDER(folder=str(folder)) from None


def _founded(folder: Path, url: str, now: int) -> PublicKeys:
    root, publish, receipt = (SigningKey.generate() for _ in range(3))
    ingest, custodian = SealingKey.generate(), CustodianKey.generate()
    authority = make_authority("tellertui head office", now)
    keys: tuple[Any, ...] = (root, publish, receipt, ingest, custodian)
    for name, key in zip(NAMES, keys, strict=True):
        seed = key.seed()
        write_private(folder / f"{name}.key", seed)
        wipe(seed)
    write_private(folder / "authority.pem", authority.public)
    write_private(folder / "authority.key", authority.private)
    pack = Pack(
        1,
        root.public,
        publish.public,
        (receipt.public,),
        (ingest.public,),
        custodian.public,
        authority.public.decode(),
        day_of(now + PACK_LIFE, ZoneInfo("UTC")),
    )
    payload = encoded(pack)
    signature = root.sign(PACK, payload)
    write_private(folder / PACK_FILE, Signed(PACK, payload, key_id(root.public), signature).to_bytes())
    write_private(folder / CUSTODIAN_FILE, f"{custodian.public.hex()}\n".encode())
    write_private(folder / SETTINGS, b"url = %b\n" % msgspec.json.encode(url))
    return fingerprints(pack)


def place_of(folder: Path) -> Place:
    """Return the head office in a folder.

    Raises:
        Refusal: ``no-head-office``; ``bad-key-folder``, where others may read it.
    """
    settings = folder / SETTINGS
    if not settings.exists():
        raise NO_HEAD_OFFICE(folder=str(folder))
    status = folder.stat()
    if status.st_uid != os.geteuid() or stat.S_IMODE(status.st_mode) & 0o077:
        raise BAD_KEY_FOLDER(name=folder.name)
    try:
        given = tomllib.loads(_read(settings).decode())
        return Place(folder, str(given["url"]))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError):
        raise BAD_KEY_FOLDER(name=SETTINGS) from None


class Keys:
    """Keys that head office's line needs: its pack, receipts and the opening of batches."""

    def __init__(self, place: Place) -> None:
        """Read them.

        Raises:
            Refusal: ``bad-key-folder``.
        """
        folder = place.folder
        self.signed_pack = bytes(_read(folder / PACK_FILE))
        self.pack = decoded(signed(self.signed_pack).payload, Pack)
        self.receipt = signing_key(place, "receipt")
        self._ingests = [_key(file, SealingKey.from_seed) for file in sorted(folder.glob("ingest*.key"))]

    def ingest(self, identifier: bytes) -> SealingKey | None:
        """Return the key that batches are sealed to under this id; None for a retired or foreign one."""
        return next((key for key in self._ingests if key_id(key.public) == identifier), None)


def signing_key(place: Place, name: str) -> SigningKey:
    """Return the key ``root``, ``publish`` or ``receipt``.

    Raises:
        Refusal: ``bad-key-folder``; its file is not here, or not private.
    """
    return _key(place.folder / f"{name}.key", SigningKey.from_seed)


def fingerprints(pack: Pack) -> PublicKeys:
    """Return the characters by which people compare head office's keys."""
    publics = (pack.root, pack.publish, pack.receipts[0], pack.ingests[0], pack.custodian)
    return PublicKeys(*(fingerprint(public) for public in publics))


def certify(place: Place, hosts: list[str], now: int) -> None:
    """See to it that the server certificate names these hosts and is good for another month.

    Raises:
        Refusal: ``bad-key-folder``; the authority's key is needed and not here.
    """
    file = place.certificate
    if file.exists() and covers(bytes(_read(file)), hosts, now + RENEWED_BEFORE):
        return
    folder = place.folder
    authority = Certificate(bytes(_read(folder / "authority.pem")), bytes(_read(folder / "authority.key")))
    made = issue(authority, hosts, now)
    for path, content in ((place.certificate_key, made.private), (file, made.public)):
        path.unlink(missing_ok=True)
        write_private(path, content)


def _key(file: Path, make: Callable[[bytearray], K]) -> K:
    seed = _read(file)
    try:
        return make(seed)
    except ValueError:
        raise BAD_KEY_FOLDER(name=file.name) from None
    finally:
        wipe(seed)


def _read(file: Path) -> bytearray:
    try:
        return read_private(file)
    except (OSError, UnsafeFileError):
        raise BAD_KEY_FOLDER(name=file.name) from None
