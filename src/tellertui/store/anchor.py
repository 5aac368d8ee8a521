"""The anchor: a small file beside the store that proves how far the journal once reached."""

import errno
import hmac
import os
from hashlib import sha256
from pathlib import Path

import msgspec

from tellertui.core.enc import dec, enc
from tellertui.store.journal import Head


class AnchorBroken(ValueError):  # noqa: N818 - a finding, not a fault of the program
    """The anchor file does not carry a valid MAC."""


def write_anchor(path: Path, head: Head, receipt: bytes, mac_key: bytes | bytearray) -> None:
    """Replace the anchor so that a crash leaves the old one or the new one."""
    body = enc(head.incarnation, head.seq, head.hash, receipt)
    data = enc(body, _mac(mac_key, body))
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        if os.write(descriptor, data) != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    fresh.replace(path)
    sync_directory(path.parent)


def read_anchor(path: Path, mac_key: bytes | bytearray) -> tuple[Head, bytes] | None:
    """Return head and newest receipt, or None where no anchor was written yet.

    Raises:
        AnchorBroken: the file was changed.
    """
    try:
        body, mac = dec(path.read_bytes())
        incarnation, seq, value, receipt = dec(body)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, msgspec.DecodeError) as error:
        raise AnchorBroken from error
    if not hmac.compare_digest(_mac(mac_key, body), mac):
        raise AnchorBroken
    return Head(incarnation, seq, value), receipt


def _mac(mac_key: bytes | bytearray, body: bytes) -> bytes:
    # Labelled, so that it is never the MAC of an entry's hash.
    return hmac.digest(mac_key, enc("tt/anchor", body), sha256)[:16]


def sync_directory(directory: Path) -> None:
    """Make renames and unlinks in a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
