"""Where a demo lies, who watches it, and how its host is started, cut off and begun anew; light.

A demo is a folder of its own in a private one of this account. Every terminal on it holds a shared lock; the
last one out takes the folder away, unless it is to be kept.
"""

import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from tellertui.core.hardening import clean_environment
from tellertui.core.refusal import N_, UNREACHABLE, USAGE, refusal
from tellertui.settings import FILE as SETTINGS
from tellertui.settings import Settings, check_runtime

NOTES = "demo.json"
LOG = "host.log"
PID = "host.pid"
HOST_LOCK = "host.lock"
TERMINALS = "terminals"
LATEST = "latest"

NO_DEMO = refusal("no-demo", N_("No demo is running for you; start one with: tellertui demo"), UNREACHABLE)
NOT_A_DEMO = refusal("not-a-demo", N_("{directory} is not empty and holds no demo branch."), USAGE)


DEMO_HOSTED = refusal("demo-hosted", N_("This demo has a host already."), UNREACHABLE)


class Notes(msgspec.Struct, frozen=True):
    """What every terminal and every host of a demo must agree on."""

    store: str
    """The store's id; it stays when the morning begins anew, so that terminals find their way back."""
    seed: int | None = None
    language: str = "en"
    keep: bool = False
    offset: int | None = None
    """How far the branch's clock runs from this machine's, in milliseconds; None before it was made."""


class Place:
    """One demo, as one terminal holds it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._watching: int | None = None
        self._started: subprocess.Popen[bytes] | None = None

    # Which one.

    @classmethod
    def new(cls, notes: Notes, keep: Path | None = None) -> "Place":
        """Lay out a new demo, or take up a kept one.

        Raises:
            Refusal: ``not-a-demo``; the folder to keep it in holds something else.
        """
        directory = keep.absolute() if keep else home() / secrets.token_hex(4)
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        directory.chmod(0o700)
        place = cls(directory)
        if not (directory / NOTES).exists():
            if any(directory.iterdir()):
                raise NOT_A_DEMO(directory=str(directory))
            place.write(notes)
        _write(home() / LATEST, str(directory).encode())
        return place

    @classmethod
    def running(cls) -> "Place":
        """Return the demo that was started last and still is there.

        Raises:
            Refusal: ``no-demo``.
        """
        with suppress(OSError):
            place = cls(Path(os.fsdecode((home() / LATEST).read_bytes())))
            if (place.directory / NOTES).exists():
                return place
        raise NO_DEMO()

    @property
    def notes(self) -> Notes:
        """Return what was agreed on."""
        return msgspec.json.decode((self.directory / NOTES).read_bytes(), type=Notes)

    def write(self, notes: Notes) -> None:
        """Agree on something else."""
        _write(self.directory / NOTES, msgspec.json.encode(notes))

    def settings(self) -> Settings:
        """Return what a terminal needs to know of the host, also before the branch is made."""
        return Settings(store_id=self.notes.store, environment="demo", host_uid=os.getuid())

    @property
    def made(self) -> bool:
        """Say whether the branch is there, and not only its folder."""
        return (self.directory / SETTINGS).exists() and self.notes.offset is not None

    # Who watches.

    def enter(self) -> None:
        """Watch this demo from now on."""
        self._watching = os.open(self.directory / TERMINALS, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._watching, fcntl.LOCK_SH)

    def leave(self) -> None:
        """Watch no more; the last one out stops the host and takes the folder away."""
        if self._watching is None:
            return
        try:
            # Of several that leave at the same moment, the last to let go finds nobody else watching.
            fcntl.flock(self._watching, fcntl.LOCK_UN)
            fcntl.flock(self._watching, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return
        else:
            self.stop()
            self.remove()
        finally:
            os.close(self._watching)
            self._watching = None

    @property
    def deserted(self) -> bool:
        """Say whether no terminal watches any more."""
        return _free(self.directory / TERMINALS)

    def remove(self) -> None:
        """Take the folder away unless it is kept."""
        with suppress(OSError):
            if not self.notes.keep:
                shutil.rmtree(self.directory)

    # Its host.

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the only host of this demo, also while the branch is being made.

        Raises:
            Refusal: ``demo-hosted``.
        """
        descriptor = os.open(self.directory / HOST_LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise DEMO_HOSTED() from None
            (self.directory / PID).write_text(str(os.getpid()), encoding="ascii")
            yield
        finally:
            os.close(descriptor)

    def start_host(self) -> None:
        """Start a host for this demo; where one runs already, the new one gives way to it."""
        log = self.directory / LOG
        with log.open("ab") as sink:
            log.chmod(0o600)
            self._started = subprocess.Popen(
                [sys.executable, "-I", "-m", "tellertui", "demo-host", str(self.directory)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=sink,
                start_new_session=True,
                env=clean_environment(os.environ),
            )

    def cut_power(self) -> bool:
        """Kill the host as a power cut would; say whether there was one."""
        return self._signal(signal.SIGKILL)

    def stop(self) -> bool:
        """Ask the host to stop, also one that is only beginning."""
        if self._started is not None and self._started.poll() is None:
            self._started.terminate()
        return self._signal(signal.SIGTERM)

    def forget_branch(self) -> None:
        """Take the branch away and leave the folder: the morning begins anew with the next host."""
        self.cut_power()
        notes = self.notes
        for found in self.directory.iterdir():
            if found.name not in (NOTES, LOG, TERMINALS, HOST_LOCK):
                shutil.rmtree(found) if found.is_dir() else found.unlink(missing_ok=True)
        self.write(msgspec.structs.replace(notes, offset=None))

    def _signal(self, number: int) -> bool:
        if _free(self.directory / HOST_LOCK):
            return False
        try:
            os.kill(int((self.directory / PID).read_text(encoding="ascii")), number)
        except (OSError, ValueError):
            return False
        return True


def home() -> Path:
    """Return this account's folder of demos.

    Raises:
        Refusal: ``unsafe-runtime``; somebody else could have made it or can write to it.
    """
    found = Path(tempfile.gettempdir()) / f"tellertui-demo-{os.getuid()}"
    with suppress(FileExistsError):
        found.mkdir(mode=0o700)
    check_runtime(found, frozenset({os.getuid()}), private=False)
    return found


def _free(lock: Path) -> bool:
    """Say whether nobody holds a lock file."""
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def _write(file: Path, content: bytes) -> None:
    """Write a whole file at once."""
    fresh = file.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(content)
    fresh.chmod(0o600)
    fresh.replace(file)
