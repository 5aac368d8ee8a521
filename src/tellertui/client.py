"""The branch over a socket: one greeted connection that reconnects and repeats what was not answered."""

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import msgspec

from tellertui.core.clock import Clock, SystemClock
from tellertui.core.command import SPECS, Command
from tellertui.core.credentials import credentials
from tellertui.core.enc import dec
from tellertui.core.frames import NONCE_SIZE, receive_frame, send_passphrase_frame
from tellertui.core.ids import TimedIds
from tellertui.core.refusal import NOT_SIGNED_ON, REFUSALS, UNREACHABLE_HOST, Refusal
from tellertui.core.role import Listener
from tellertui.core.wire import PROTOCOL, encode, refusal_of
from tellertui.host import api
from tellertui.settings import Settings

if TYPE_CHECKING:
    from tellertui.connection import Incoming, Wire

A = TypeVar("A")

PROVING_S = 20.0
"""How long a verdict on a passphrase is waited for."""

RETRY_S = (0.05, 0.1, 0.2, 0.5, 1.0)


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
        self.refused = False
        """The host came back and no longer knows this terminal."""
        self._settings = settings
        self._directory = directory
        self._listener = listener
        self._terminal = terminal
        self._machine = machine
        self._state = state
        self._clock = clock or SystemClock()
        self._offset = 0
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

    def follow(self, state: Callable[[str], None] | None = None) -> None:
        """From now on reconnect whenever the connection is lost.

        Args:
            state: told ``away``, then ``locked`` where a person must sign on again, else ``back``.
        """
        self._state = state or self._state
        if self._following is None:
            self._following = asyncio.create_task(self._follow())

    async def close(self) -> None:
        """Close the connection and stop reconnecting."""
        if self._following is not None:
            self._following.cancel()
        if self._wire is not None:
            await self._wire.close()

    async def do(self, command: Command[A], identifier: UUID | None = None) -> A:
        """Carry out a command and return its view; lost connections are outlived when following.

        Args:
            command: what is asked.
            identifier: its id, where a second person has signed for it already.

        Raises:
            Refusal: what the branch refused, or ``unreachable`` when not following.
        """
        spec = SPECS[type(command)]
        raw = await self.call(spec.method, msgspec.json.encode(command), identifier)
        answer: A = msgspec.json.decode(raw, type=spec.answer)
        return answer

    async def call(self, method: str, params: bytes, identifier: UUID | None = None) -> bytes:
        """Send one request by name and return the raw result.

        Raises:
            Refusal: as the branch refused it.
        """
        made = identifier or self.new_id()
        incoming = await self._answered(made, _frame(made, method, msgspec.Raw(params)))
        if incoming.error is not None:
            raise refusal_of(incoming.error)
        return bytes(incoming.result)

    async def watch(self, topic: str, changed: Callable[[int], Any]) -> None:
        """Call ``changed`` at every notice of a topic, and after each reconnection."""
        self._watched.setdefault(topic, []).append(changed)
        await self.do(api.Watch(topic=topic))

    async def greet(self) -> None:
        """Greet once more: a terminal learns whether it is still registered.

        Raises:
            Refusal: ``terminal-refused``.
        """
        assert self._wire is not None
        await self._greet(self._wire, session=self._machine)

    async def sign_on(self, staff: str, passphrase: bytearray) -> api.SessionView:
        """Sign on this connection; what another person left unanswered is dropped, not sent.

        Raises:
            Refusal: ``wrong-passphrase``, ``wait``, ``locked``, ``signon-busy``.
        """
        assert self._wire is not None
        nonce = os.urandom(NONCE_SIZE)
        await self._greet(self._wire, nonce=nonce.hex())
        await self._prove(nonce, staff, passphrase)
        if self._staff not in ("", staff):
            self._watched.clear()
        self._staff = staff
        self._ready.set()
        self.session = await self.do(api.ShowSession())
        await self._rewatch()
        return self.session

    async def sign_off(self) -> None:
        """End the session; this end is nobody's then."""
        with suppress(Refusal):
            await self.do(api.SignOff())
        self.forget()

    def forget(self) -> None:
        """Belong to nobody: what somebody left unanswered is dropped, not sent."""
        self._staff = ""
        self.session = None
        self._watched.clear()
        if self._wire is not None and not self._wire.lost.is_set():
            self._ready.set()

    @property
    def connected(self) -> bool:
        """Say whether the host answers at this moment."""
        return self._wire is not None and not self._wire.lost.is_set()

    def now(self) -> int:
        """Return the branch's time as far as this end knows it, milliseconds UTC."""
        return self._clock.now() + self._offset

    def boot(self) -> float:
        """Return seconds since boot, sleep included."""
        return self._clock.boot()

    async def second(self, staff: str, passphrase: bytearray, command: UUID) -> None:
        """Let a second person at this terminal sign the command that is sent with this id next.

        Raises:
            Refusal: as for ``sign_on``; ``same-person`` for who is signed on here.
        """
        nonce = os.urandom(NONCE_SIZE)
        await self.do(api.ExpectSecond(nonce=nonce.hex(), command=command))
        await self._prove(nonce, staff, passphrase)

    def new_id(self) -> UUID:
        """Return a command id by the branch's clock."""
        return TimedIds(self).new()

    async def _answered(self, identifier: UUID, frame: bytes) -> "Incoming":
        owner = self._staff
        while True:
            if self._following is not None:
                await self._ready.wait()
            if self._staff != owner or self._wire is None:
                raise NOT_SIGNED_ON()
            wire = self._wire
            try:
                return await wire.send(identifier, frame)
            except Refusal as refused:
                if refused.kind is not UNREACHABLE_HOST or self._following is None:
                    raise
                if self._wire is wire:
                    self._ready.clear()

    async def _connect(self) -> None:
        # The library of the transport is loaded behind a terminal's first paint.
        from tellertui.connection import Wire, check_socket

        path = check_socket(self._settings, self._directory, self._listener)
        wire = await Wire.open(path, self._settings.host_uid, self._noticed)
        self._wire = wire
        try:
            await self._greet(wire, session=self._machine)
        except BaseException:
            await wire.close()
            raise

    async def _ask(self, wire: "Wire", command: Command[Any]) -> "Incoming":
        """Ask over one connection, also while requests wait for it to be ready."""
        made, method = self.new_id(), SPECS[type(command)].method
        return await wire.send(made, _frame(made, method, command))

    async def _greet(self, wire: "Wire", **more: str | None) -> None:
        incoming = await self._ask(wire, api.Hello(protocol=PROTOCOL, terminal=self._terminal, **more))
        if incoming.error is not None:
            raise refusal_of(incoming.error)
        welcome = msgspec.json.decode(incoming.result, type=api.Welcome)
        if UUID(welcome.store) != UUID(self._settings.store_id):
            raise UNREACHABLE_HOST(detail="other-store")
        self.welcome, self._offset = welcome, welcome.now - self._clock.now()

    async def _follow(self) -> None:
        while True:
            assert self._wire is not None
            await self._wire.lost.wait()
            self._ready.clear()
            self._state("away")
            await self._reconnect()
            await self._rewatch()
            self._state("locked" if self._staff and self._machine is None else "back")
            if not self._staff or self._machine is not None:
                self._ready.set()

    async def _rewatch(self) -> None:
        """Watch again what was watched; a terminal without a session is refused until sign-on."""
        assert self._wire is not None
        for topic, callbacks in self._watched.items():
            with suppress(Refusal):
                await self._ask(self._wire, api.Watch(topic=topic))
            for callback in callbacks:
                callback(0)

    async def _reconnect(self) -> None:
        for pause in chain(RETRY_S, repeat(RETRY_S[-1])):
            try:
                await self._connect()
            except (Refusal, msgspec.DecodeError) as error:
                if isinstance(error, Refusal) and error.kind is api.TERMINAL_REFUSED:
                    self.refused = True
                await asyncio.sleep(pause)
            else:
                return

    def _noticed(self, topic: str, seq: int) -> None:
        for changed in self._watched.get(topic, ()):
            changed(seq)

    async def _prove(self, nonce: bytes, staff: str, passphrase: bytearray) -> None:
        code, seconds = await asyncio.to_thread(self._verdict, nonce, staff, passphrase)
        if code != "ok":
            kind = REFUSALS.get(code, api.WRONG_PASSPHRASE)
            finding = self.welcome.red if self.welcome else None
            raise kind(retry_after_s=seconds, until=f"{seconds} s", finding=finding)

    def _verdict(self, nonce: bytes, staff: str, passphrase: bytearray) -> tuple[str, int]:
        from tellertui.connection import check_socket

        path = check_socket(self._settings, self._directory, Listener.SIGNON)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(PROVING_S)
            try:
                connection.connect(str(path))
                if credentials(connection)[1] != self._settings.host_uid:
                    raise UNREACHABLE_HOST(detail="foreign-host")
                with suppress(BrokenPipeError):  # a busy host answers without listening
                    send_passphrase_frame(connection, nonce, staff, passphrase)
                code, seconds = dec(bytes(receive_frame(connection.recv_into)))
            except (OSError, ValueError):
                raise UNREACHABLE_HOST(detail="sign-on") from None
        return code, seconds


def _frame(identifier: UUID, method: str, params: Any) -> bytes:
    return encode({"jsonrpc": "2.0", "id": identifier, "method": method, "params": params})
