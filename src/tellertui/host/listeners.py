"""The sockets of a host: where they lie, who may reach them, who is at the other end."""

import grp
import os
import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tellertui.core.refusal import N_, UNREACHABLE, Refusal, refusal
from tellertui.core.role import Listener
from tellertui.settings import SOCKET_PATH_MAX, Settings, check_runtime, runtime_directory, socket_path
from tellertui.store.lock import StoreLock

BACKLOG = 128
DESCRIPTORS = 65_536

NO_GROUP = refusal(
    "no-group", N_("The group {group} does not exist; create it or set it in the settings."), UNREACHABLE
)
LONG_PATH = refusal(
    "long-path",
    N_("The socket path is longer than {limit} bytes; choose another runtime folder."),
    UNREACHABLE,
)
RUNTIME_IN_USE = refusal(
    "runtime-in-use", N_("Another host ({holder}) has its sockets in {folder}."), UNREACHABLE
)

MODES = {
    Listener.STAFF: 0o660,
    Listener.SIGNON: 0o660,
    Listener.LOBBY: 0o660,
    Listener.COURIER: 0o660,
    Listener.ADMIN: 0o600,
}


def prepare(settings: Settings, directory: Path) -> Path:
    """Make the socket folder private (``desk``) or check the one of the system (``branch``).

    Raises:
        Refusal: ``unsafe-runtime``; somebody else could have made it or can write to it.
    """
    folder = runtime_directory(settings, directory)
    if settings.profile == "branch":
        check_runtime(folder, frozenset({0, os.getuid()}), private=False)
        return folder
    for part in (folder.parent, folder):
        with suppress(FileExistsError):
            part.mkdir(mode=0o700)
    check_runtime(folder, frozenset({os.getuid()}), private=True)
    return folder


@contextmanager
def runtime(settings: Settings, directory: Path) -> Iterator[None]:
    """Hold the socket folder, so that no other host replaces the sockets meanwhile.

    Raises:
        Refusal: ``unsafe-runtime``, or ``runtime-in-use`` with the process id of the other host.
    """
    folder = prepare(settings, directory)
    lock = StoreLock(folder, "host.lock")
    try:
        lock.take()
    except Refusal as held:
        raise RUNTIME_IN_USE(folder=str(folder), holder=held.facts["holder"]) from None
    try:
        yield
    finally:
        lock.release()


def allow_connections() -> None:
    """Let this process hold as many descriptors as its limits permit; each connection is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS if most == resource.RLIM_INFINITY else min(most, DESCRIPTORS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def listen(settings: Settings, directory: Path, listener: Listener) -> socket.socket:
    """Bind one listener's socket with its mode and group.

    Raises:
        Refusal: the group does not exist, or the path is too long.
    """
    path = socket_path(settings, directory, listener)
    if len(os.fsencode(path)) > SOCKET_PATH_MAX:
        raise LONG_PATH(limit=SOCKET_PATH_MAX)
    with suppress(FileNotFoundError):
        path.unlink()
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    bound.setblocking(False)
    before = os.umask(0o777)
    try:
        bound.bind(str(path))
    finally:
        os.umask(before)
    if settings.profile == "branch" and listener is not Listener.ADMIN:
        os.chown(path, -1, _group(settings, listener))
    path.chmod(MODES[listener] if settings.profile == "branch" else 0o600)
    bound.listen(BACKLOG)
    return bound


def _group(settings: Settings, listener: Listener) -> int:
    names = {
        Listener.STAFF: settings.staff_group,
        Listener.SIGNON: settings.staff_group,
        Listener.LOBBY: settings.lobby_group,
        Listener.COURIER: settings.courier_group,
    }
    try:
        return grp.getgrnam(names[listener]).gr_gid
    except KeyError as error:
        raise NO_GROUP(group=names[listener]) from error
