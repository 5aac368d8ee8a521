"""One connection to the branch host: its socket checked, requests answered in order, notices passed on."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from uuid import UUID

import msgspec
from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from tellertui.core.credentials import credentials
from tellertui.core.refusal import UNREACHABLE_HOST
from tellertui.core.role import Listener
from tellertui.core.wire import SESSION_LIMIT, Error
from tellertui.host import api
from tellertui.settings import Settings, check_runtime, runtime_directory, socket_path

PATIENCE_S = 20.0
WAITS_FOR_SECRET = 423
"""HTTP status with which a host answers that waits for the passphrase of its secret."""


class Incoming(msgspec.Struct, frozen=True):
    """An answer or a notice, whichever came."""

    id: UUID | None = None
    result: msgspec.Raw = msgspec.Raw(b"")
    error: Error | None = None
    topic: str = ""
    seq: int = 0


UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_incoming = msgspec.json.Decoder(Incoming).decode


def check_socket(settings: Settings, directory: Path, listener: Listener) -> Path:
    """Return the path of a listener once its folder and owner are the host's.

    Raises:
        Refusal: ``unsafe-runtime``; ``unreachable`` when nothing listens there, ``host-locked`` while the
            host waits for its secret.
    """
    private = settings.profile == "desk"
    owners = frozenset({settings.host_uid}) if private else frozenset({0, settings.host_uid})
    path = socket_path(settings, directory, listener)
    try:
        check_runtime(runtime_directory(settings, directory), owners, private=private)
        found = path.lstat()
    except OSError:
        if _listens(socket_path(settings, directory, Listener.ADMIN)):
            raise api.HOST_LOCKED() from None
        raise UNREACHABLE_HOST(detail="no-socket") from None
    if found.st_uid not in owners:
        raise UNREACHABLE_HOST(detail="foreign-socket")
    return path


def _listens(path: Path) -> bool:
    """Say whether somebody listens on a socket; no permission to ask means yes."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        try:
            probe.connect(str(path))
        except OSError as error:
            return isinstance(error, PermissionError | BlockingIOError)
    return True


class Wire:
    """One greeted connection: requests answered in order, notices passed on."""

    def __init__(self, connection: ClientConnection, notices: Callable[[str, int], None]) -> None:
        self._connection = connection
        self._notices = notices
        self._answers: dict[UUID, asyncio.Future[Incoming]] = {}
        self._reading = asyncio.create_task(self._read())
        self.lost = asyncio.Event()

    @classmethod
    async def open(cls, path: Path, host_uid: int, notices: Callable[[str, int], None]) -> "Wire":
        """Connect; not a byte is sent before the kernel has named the host's account at the other end.

        Raises:
            Refusal: ``unreachable``, ``host-locked``.
        """
        end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        end.setblocking(False)
        with ExitStack() as undo:
            undo.callback(end.close)
            try:
                await asyncio.get_running_loop().sock_connect(end, str(path))
                if credentials(end)[1] != host_uid:
                    raise UNREACHABLE_HOST(detail="foreign-host")
                connection = await unix_connect(
                    sock=end,
                    compression=None,
                    ping_interval=None,
                    max_size=16 * SESSION_LIMIT,
                    open_timeout=PATIENCE_S,
                )
            except InvalidStatus as answer:
                waits = answer.response.status_code == WAITS_FOR_SECRET
                raise (api.HOST_LOCKED() if waits else UNREACHABLE_HOST(detail="no-answer")) from None
            except (OSError, WebSocketException, TimeoutError):
                raise UNREACHABLE_HOST(detail="no-answer") from None
            undo.pop_all()
        return cls(connection, notices)

    async def send(self, identifier: UUID, frame: bytes) -> Incoming:
        """Send a request and wait for its answer.

        Raises:
            Refusal: ``too-large`` before sending, ``unreachable`` when the connection is lost.
        """
        if len(frame) > SESSION_LIMIT:
            raise api.TOO_LARGE(limit=SESSION_LIMIT)
        future: asyncio.Future[Incoming] = asyncio.get_running_loop().create_future()
        self._answers[identifier] = future
        try:
            await self._connection.send(frame.decode())
            return await future
        except ConnectionClosed:
            raise UNREACHABLE_HOST(detail="lost") from None
        finally:
            self._answers.pop(identifier, None)

    async def close(self) -> None:
        """Close the connection."""
        if not self.lost.is_set():
            await self._connection.close()
        await self._reading

    async def _read(self) -> None:
        try:
            with suppress(ConnectionClosed):
                async for message in self._connection:
                    self._take(_incoming(message))
        except UNREADABLE:
            self._connection.transport.abort()
        finally:
            self.lost.set()
            for future in self._answers.values():
                if not future.done():
                    future.set_exception(UNREACHABLE_HOST(detail="lost"))

    def _take(self, incoming: Incoming) -> None:
        if incoming.topic:
            self._notices(incoming.topic, incoming.seq)
        elif incoming.id is None:
            for future in self._answers.values():
                if not future.done():
                    future.set_result(incoming)
        elif (waiting := self._answers.get(incoming.id)) is not None and not waiting.done():
            waiting.set_result(incoming)
