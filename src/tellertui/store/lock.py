"""One host per store: a lock file decides who opens the SQLite file."""

import fcntl
import os
from pathlib import Path

from tellertui.core.refusal import N_, UNREACHABLE, Refusal, refusal

STORE_IN_USE = refusal("store-in-use", N_("Another process ({holder}) holds this store."), UNREACHABLE)


class StoreLock:
    """An advisory lock in a folder; the kernel releases it when the process ends."""

    def __init__(self, directory: Path, name: str = "store.lock") -> None:
        self._path = directory / name
        self._descriptor: int | None = None

    def take(self) -> "StoreLock":
        """Take the lock and write who holds it.

        Raises:
            Refusal: ``store-in-use`` with the holder's process id.
        """
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "?"
            os.close(descriptor)
            raise STORE_IN_USE(holder=holder) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor
        return self

    def held(self) -> bool:
        """Say whether some process holds the lock now."""
        try:
            with StoreLock(self._path.parent, self._path.name):
                return False
        except Refusal:
            return True

    def release(self) -> None:
        """Let go of the lock."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> "StoreLock":
        """Take the lock."""
        return self.take()

    def __exit__(self, *_: object) -> None:
        self.release()
