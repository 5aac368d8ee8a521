"""The branch over a socket: one greeted connection that reconnects and repeats what was not answered."""

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from tellertui.core.clock import Clock, SystemClock
from tellertui.core.command import SPECS, Command
from tellertui.core.credentials import credentials
from tellertui.core.enc import dec
from tellertui.core.frames import NONCE_SIZE, receive_frame, send_passphrase_frame
from tellertui.core.ids import TimedIds
from tellertui.core.refusal import NOT_SIGNED_ON, REFUSALS, UNREACHABLE_HOST, Refusal
from tellertui.core.role import Listener
from tellertui.core.wire import PROTOCOL, SESSION_LIMIT, Error, encode, refusal_of
from tellertui.host import api
from tellertui.settings import Settings, check_runtime, runtime_directory, socket_path

A = TypeVar("A")

PATIENCE_S = 20.0
RETRY_S = (0.05, 0.1, 0.2, 0.5, 1.0)


class Incoming(msgspec.Struct, frozen=True):
    """An answer or a notice, whichever came."""

    id: UUID | None = None
    result: msgspec.Raw = msgspec.Raw(b"")
    error: Error | None = None
    topic: str = ""
    seq: int = 0


_incoming = msgspec.json.Decoder(Incoming).decode


def check_socket(settings: Settings, directory: Path, listener: Listener) -> Path:
    """Return the path of a listener once its folder and owner are the host's.

    Raises:
        Refusal: ``unsafe-runtime``; ``unreachable`` when nothing listens there.
    """
    private = settings.profile == "desk"
    owners = frozenset({settings.host_uid}) if private else frozenset({0, settings.host_uid})
    check_runtime(runtime_directory(settings, directory), owners, private=private)
    path = socket_path(settings, directory, listener)
    try:
        found = path.lstat()
    except OSError:
        raise UNREACHABLE_HOST(detail="no-socket") from None
    if found.st_uid not in owners:
        raise UNREACHABLE_HOST(detail="foreign-socket")
    return path


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
        """Connect and check that the kernel names the host's account at the other end.

        Raises:
            Refusal: ``unreachable``.
        """
        try:
            connection = await unix_connect(
                str(path),
                compression=None,
                ping_interval=None,
                max_size=16 * SESSION_LIMIT,
                open_timeout=PATIENCE_S,
            )
        except (OSError, WebSocketException, TimeoutError):
            raise UNREACHABLE_HOST(detail="no-answer") from None
        if credentials(connection.transport.get_extra_info("socket"))[1] != host_uid:
            await connection.close()
            raise UNREACHABLE_HOST(detail="foreign-host")
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
        await self._connection.close()
        await self._reading

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for message in self._connection:
                self._take(_incoming(message))
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


class Client:
    """A terminal's or a script's end; reconnects by itself and repeats what was not answered, once."""

    def __init__(
        self,
        settings: Settings,
        directory: Path,
        listener: Listener,
        *,
        terminal: str = "",
        machine: str | None = None,
        state: Callable[[str], None] = lambda state: None,
        clock: Clock | None = None,
    ) -> None:
        self.welcome: api.Welcome | None = None
        self.session: api.SessionView | None = None
        self._settings = settings
        self._directory = directory
        self._listener = listener
        self._terminal = terminal
        self._machine = machine
        self._state = state
        self._clock = clock or SystemClock()
        self._offset = 0
        self._nonce = b""
        self._wire: Wire | None = None
        self._ready = asyncio.Event()
        self._watched: dict[str, list[Callable[[int], Any]]] = {}
        self._staff = ""
        self._following: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Client":
        """Connect.

        Raises:
            Refusal: the host cannot be reached or refuses the greeting.
        """
        await self._connect()
        self._ready.set()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def follow(self) -> None:
        """From now on reconnect whenever the connection is lost."""
        self._following = asyncio.create_task(self._follow())

    async def close(self) -> None:
        """Close the connection and stop reconnecting."""
        if self._following is not None:
            self._following.cancel()
        if self._wire is not None:
            await self._wire.close()

    async def do(self, command: Command[A]) -> A:
        """Carry out a command and return its view; lost connections are outlived when following.

        Raises:
            Refusal: what the branch refused, or ``unreachable`` when not following.
        """
        spec = SPECS[type(command)]
        raw = await self.call(spec.method, msgspec.json.encode(command))
        answer: A = msgspec.json.decode(raw, type=spec.answer)
        return answer

    async def call(self, method: str, params: bytes, identifier: UUID | None = None) -> bytes:
        """Send one request by name and return the raw result.

        Raises:
            Refusal: as the branch refused it.
        """
        made = identifier or self.new_id()
        frame = encode({"jsonrpc": "2.0", "id": made, "method": method, "params": msgspec.Raw(params)})
        incoming = await self._answered(made, frame)
        if incoming.error is not None:
            raise refusal_of(incoming.error)
        return bytes(incoming.result)

    async def watch(self, topic: str, changed: Callable[[int], Any]) -> None:
        """Call ``changed`` at every notice of a topic, and after each reconnection."""
        self._watched.setdefault(topic, []).append(changed)
        await self.do(api.Watch(topic=topic))

    async def sign_on(self, staff: str, passphrase: bytearray) -> api.SessionView:
        """Sign on this connection; what another person left unanswered is dropped, not sent.

        Raises:
            Refusal: ``wrong-passphrase``, ``wait``, ``locked``, ``signon-busy``.
        """
        if self._wire is None or self._wire.lost.is_set():
            raise UNREACHABLE_HOST(detail="lost")
        code, seconds = await asyncio.to_thread(self._prove, staff, passphrase)
        if code != "ok":
            kind = REFUSALS.get(code, api.WRONG_PASSPHRASE)
            raise kind(retry_after_s=seconds, until=f"{seconds} s")
        self._staff = staff
        self._ready.set()
        self.session = await self.do(api.ShowSession())
        return self.session

    def new_id(self) -> UUID:
        """Return a command id by the branch's clock."""
        return TimedIds(_Shifted(self._clock, self._offset)).new()

    async def _answered(self, identifier: UUID, frame: bytes) -> Incoming:
        owner = self._staff
        while True:
            if self._following is not None:
                await self._ready.wait()
            if self._staff != owner or self._wire is None:
                raise NOT_SIGNED_ON()
            try:
                return await self._wire.send(identifier, frame)
            except Refusal as refused:
                if refused.kind is not UNREACHABLE_HOST or self._following is None:
                    raise
                self._ready.clear()

    async def _connect(self) -> None:
        path = check_socket(self._settings, self._directory, self._listener)
        wire = await Wire.open(path, self._settings.host_uid, self._noticed)
        self._wire = wire
        self._nonce = os.urandom(NONCE_SIZE)
        hello = api.Hello(
            protocol=PROTOCOL, terminal=self._terminal, nonce=self._nonce.hex(), session=self._machine
        )
        identifier = self.new_id()
        frame = encode({"jsonrpc": "2.0", "id": identifier, "method": "hello", "params": hello})
        incoming = await wire.send(identifier, frame)
        if incoming.error is not None:
            await wire.close()
            raise refusal_of(incoming.error)
        self.welcome = msgspec.json.decode(incoming.result, type=api.Welcome)
        self._offset = self.welcome.now - self._clock.now()

    async def _follow(self) -> None:
        while True:
            assert self._wire is not None
            await self._wire.lost.wait()
            self._ready.clear()
            self._state("away")
            await self._reconnect()
            for topic, callbacks in self._watched.items():
                await self._rewatch(topic, callbacks)
            self._state("locked" if self._staff and self._machine is None else "back")
            if not self._staff or self._machine is not None:
                self._ready.set()

    async def _rewatch(self, topic: str, callbacks: list[Callable[[int], Any]]) -> None:
        assert self._wire is not None
        identifier = self.new_id()
        frame = encode({"jsonrpc": "2.0", "id": identifier, "method": "watch", "params": {"topic": topic}})
        with suppress(Refusal):
            await self._wire.send(identifier, frame)
        for callback in callbacks:
            callback(0)

    async def _reconnect(self) -> None:
        attempt = 0
        while True:
            try:
                await self._connect()
            except Refusal:
                await asyncio.sleep(RETRY_S[min(attempt, len(RETRY_S) - 1)])
                attempt += 1
            else:
                return

    def _noticed(self, topic: str, seq: int) -> None:
        for changed in self._watched.get(topic, ()):
            changed(seq)

    def _prove(self, staff: str, passphrase: bytearray) -> tuple[str, int]:
        path = check_socket(self._settings, self._directory, Listener.SIGNON)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(PATIENCE_S)
            try:
                connection.connect(str(path))
                if credentials(connection)[1] != self._settings.host_uid:
                    raise UNREACHABLE_HOST(detail="foreign-host")
                send_passphrase_frame(connection, self._nonce, staff, passphrase)
                code, seconds = dec(bytes(receive_frame(connection.recv_into)))
            except (OSError, ValueError):
                raise UNREACHABLE_HOST(detail="sign-on") from None
        return code, seconds


class _Shifted:
    """A clock that runs beside another by a fixed offset."""

    def __init__(self, clock: Clock, offset: int) -> None:
        self._clock = clock
        self._offset = offset

    def now(self) -> int:
        return self._clock.now() + self._offset

    def boot(self) -> float:
        return self._clock.boot()
