"""Getting the host secret at start; a sealed file waits for a person who types its passphrase."""

import asyncio
import os
import socket
import sys
from contextlib import ExitStack, suppress
from pathlib import Path
from uuid import UUID

import msgspec

from tellertui.connection import WAITS_FOR_SECRET, check_socket
from tellertui.core.credentials import credentials
from tellertui.core.enc import dec, enc
from tellertui.core.frames import NONCE_SIZE, frame, receive_frame, send_passphrase_frame
from tellertui.core.refusal import N_, REFUSALS, UNREACHABLE, UNREACHABLE_HOST, Refusal, refusal
from tellertui.core.role import Listener
from tellertui.host.listeners import listen, runtime
from tellertui.settings import Settings, socket_path
from tellertui.vault.host import HostSecret
from tellertui.vault.providers import provider

WAITER = "host"
PATIENCE_S = 30.0
FRAME_S = 5.0
NO_FRAME = f"HTTP/1.1 {WAITS_FOR_SECRET} Locked\r\nContent-Length: 0\r\n\r\n".encode()
"""What a client hears that begins a conversation with the host which it cannot lead yet."""

NOT_WAITING = refusal("not-waiting", N_("The host does not wait for a passphrase."), UNREACHABLE)


async def host_secret(settings: Settings, directory: Path) -> HostSecret:
    """Return the host secret from the provider that the settings name.

    Raises:
        Refusal: the provider is not there, or the secret is missing; nothing new is made.
    """
    store = UUID(settings.store_id)
    if settings.host_secret != "sealed-file":
        return provider(settings.host_secret, directory, settings.environment).load(store)
    if sys.stdin.isatty():
        from tellertui.cli.passphrases import read_passphrase

        return _opened(settings, directory, store, read_passphrase(WAITER))
    return await _wait_for_unlock(settings, directory, store)


def _opened(settings: Settings, directory: Path, store: UUID, passphrase: bytearray) -> HostSecret:
    try:
        return provider(settings.host_secret, directory, settings.environment, passphrase=passphrase).load(
            store
        )
    finally:
        passphrase[:] = bytes(len(passphrase))


async def _wait_for_unlock(settings: Settings, directory: Path, store: UUID) -> HostSecret:
    """Take passphrases on the admin socket until one opens the file."""
    loop, path = asyncio.get_running_loop(), socket_path(settings, directory, Listener.ADMIN)
    with ExitStack() as stack:
        stack.enter_context(runtime(settings, directory))
        listening = stack.enter_context(listen(settings, directory, Listener.ADMIN))
        stack.callback(path.unlink, missing_ok=True)
        sys.stderr.write("tellertui: the host waits for its secret: tellertui host unlock\n")
        while True:
            connection, _ = await loop.sock_accept(listening)
            with connection:
                secret = await asyncio.to_thread(_try, connection, settings, directory, store)
            if secret is not None:
                return secret


def _try(connection: socket.socket, settings: Settings, directory: Path, store: UUID) -> HostSecret | None:
    connection.settimeout(FRAME_S)
    try:
        if credentials(connection)[1] != os.getuid():
            return None
        _, who, passphrase = dec(bytes(receive_frame(connection.recv_into)))
        if who != WAITER:
            return None
        secret = _opened(settings, directory, store, bytearray(passphrase))
    except Refusal as refused:
        _answer(connection, frame(enc(refused.code, refused.facts)))
        return None
    except (OSError, ValueError, TypeError, msgspec.DecodeError):
        _answer(connection, NO_FRAME)
        return None
    _answer(connection, frame(enc("ok", {})))
    return secret


def _answer(connection: socket.socket, answer: bytes) -> None:
    with suppress(OSError):
        connection.sendall(answer)


def send_unlock(settings: Settings, directory: Path, passphrase: bytearray) -> None:
    """Send the passphrase to a waiting host.

    Raises:
        Refusal: no host waits, or the passphrase does not open the file.
    """
    path = check_socket(settings, directory, Listener.ADMIN)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(PATIENCE_S)
        try:
            connection.connect(str(path))
            if credentials(connection)[1] != settings.host_uid:
                raise UNREACHABLE_HOST(detail="foreign-host")
            send_passphrase_frame(connection, bytes(NONCE_SIZE), WAITER, passphrase)
            code, facts = dec(bytes(receive_frame(connection.recv_into)))
        except (OSError, ValueError, TypeError, msgspec.DecodeError):
            raise NOT_WAITING() from None
        finally:
            passphrase[:] = bytes(len(passphrase))
    if code != "ok":
        raise REFUSALS[code](**facts)
