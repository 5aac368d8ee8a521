"""The sockets of a host: where they lie, who may reach them, who is at the other end."""

import grp
import os
import socket
from contextlib import suppress
from pathlib import Path

from tellertui.core.refusal import N_, UNREACHABLE, refusal
from tellertui.core.role import Listener
from tellertui.settings import SOCKET_PATH_MAX, Settings, check_runtime, runtime_directory, socket_path

BACKLOG = 128

NO_GROUP = refusal(
    "no-group", N_("The group {group} does not exist; create it or set it in the settings."), UNREACHABLE
)
LONG_PATH = refusal(
    "long-path",
    N_("The socket path is longer than {limit} bytes; choose another runtime folder."),
    UNREACHABLE,
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
