"""Who is at the other end of a Unix socket, as the kernel says; no claim of the other end is believed."""

import struct
from socket import SO_PEERCRED, SOL_SOCKET, socket


def credentials(connection: socket) -> tuple[int, int]:
    """Return process id and user id of the other end."""
    packed = connection.getsockopt(SOL_SOCKET, SO_PEERCRED, struct.calcsize("3i"))
    pid, uid, _ = struct.unpack("3i", packed)
    return pid, uid
