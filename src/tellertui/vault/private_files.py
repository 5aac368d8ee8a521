"""Small files that only their owner may read: written once, whole, and never through a link."""

import os
import stat
from pathlib import Path

from tellertui.vault.wiping import wipe

_SIZE_LIMIT = 4096


class UnsafeFileError(Exception):
    """The file is not a plain one of this account that nobody else may read."""


def write_private(path: Path, data: bytes | bytearray) -> None:
    """Write a new file with mode 0600; when this returns it is on disk.

    Raises:
        FileExistsError: the path is taken.
        OSError: it cannot be written; nothing is left behind.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(path, flags, 0o600)
    try:
        try:
            if os.write(descriptor, data) != len(data):
                msg = "short write"
                raise OSError(msg)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        _sync_folder(path.parent)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def read_private(path: Path) -> bytearray:
    """Return the content of such a file; the caller overwrites it.

    Raises:
        FileNotFoundError: there is none.
        UnsafeFileError: others may read or replace it, or it is a link, no file, or too long.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError:
        raise UnsafeFileError from None
    try:
        status = os.fstat(descriptor)
        own = stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid()
        if not own or stat.S_IMODE(status.st_mode) & 0o077 or status.st_size > _SIZE_LIMIT:
            raise UnsafeFileError
        content = bytearray(status.st_size)
        if os.readv(descriptor, [content]) != status.st_size:
            wipe(content)
            raise UnsafeFileError
        return content
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
