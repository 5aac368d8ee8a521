"""Sign-on: one passphrase frame, read and stretched by a short-lived child, never by this process.

The host hands the accepted descriptor of ``signon.sock`` unread to the child, answers its question for
a salt, gets 32 bytes back and opens the person's slot with them. The verdict goes back over the
same connection as ``enc(code, seconds)``.
"""

import asyncio
import socket
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import msgspec

from tellertui.core.credentials import credentials
from tellertui.core.enc import dec, enc
from tellertui.core.frames import FRAME_LIMIT, HEADER, frame
from tellertui.host.peer import NOBODY
from tellertui.vault.apart import child_command

CHILDREN = 2
WAITING = 8
PATIENCE_S = 20


@dataclass(frozen=True, slots=True)
class Salt:
    """What a child needs to stretch a passphrase."""

    salt: bytes
    memory_kib: int
    passes: int
    lanes: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """One stretched passphrase with the connection that announced it."""

    nonce: bytes
    staff: str
    uid: int
    stretched: bytearray


Verdict = tuple[str, int]
"""A refusal code or ``ok``, and seconds to wait."""


class SignOnDesk:
    """Takes connections on ``signon.sock`` and runs the children, two at once and one per account."""

    def __init__(
        self, salt_of: Callable[[str], Awaitable[Salt]], judge: Callable[[Attempt], Awaitable[Verdict]]
    ) -> None:
        self._salt_of = salt_of
        self._judge = judge
        self._children = asyncio.Semaphore(CHILDREN)
        self._by_uid: dict[int, asyncio.Lock] = {}
        self._waiting: Counter[int] = Counter()

    async def serve(self, listening: socket.socket) -> None:
        """Accept until cancelled."""
        loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as group:
            while True:
                connection, _ = await loop.sock_accept(listening)
                group.create_task(self._attend(connection))

    async def _attend(self, connection: socket.socket) -> None:
        with connection, suppress(OSError, TimeoutError):
            connection.setblocking(False)
            _, uid = credentials(connection)
            if uid == NOBODY or self._waiting.total() >= WAITING + CHILDREN:
                await self._answer(connection, ("signon-busy", 1))
                return
            self._waiting[uid] += 1
            try:
                async with self._by_uid.setdefault(uid, asyncio.Lock()), self._children:
                    verdict = await self._attempt(connection, uid)
            finally:
                self._waiting[uid] -= 1
            await self._answer(connection, verdict)

    async def _attempt(self, connection: socket.socket, uid: int) -> Verdict:
        try:
            async with asyncio.timeout(PATIENCE_S):
                attempt = await self._stretched(connection.fileno(), uid)
        except (TimeoutError, OSError, asyncio.IncompleteReadError, ValueError, msgspec.DecodeError):
            return ("bad-frame", 0)
        try:
            return await self._judge(attempt)
        finally:
            attempt.stretched[:] = bytes(len(attempt.stretched))

    async def _stretched(self, descriptor: int, uid: int) -> Attempt:
        child = await asyncio.create_subprocess_exec(
            *child_command(descriptor),
            pass_fds=(descriptor,),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={},
        )
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            nonce, staff = dec(await _read_frame(child.stdout))
            found = await self._salt_of(staff)
            child.stdin.write(frame(enc(found.salt, found.memory_kib, found.passes, found.lanes)))
            stretched = bytearray(await child.stdout.readexactly(32))
        finally:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
        return Attempt(nonce, staff, uid, stretched)

    @staticmethod
    async def _answer(connection: socket.socket, verdict: Verdict) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.get_running_loop().sock_sendall(connection, frame(enc(*verdict)))


async def _read_frame(stream: asyncio.StreamReader) -> bytes:
    (length,) = HEADER.unpack(await stream.readexactly(HEADER.size))
    if length > FRAME_LIMIT:
        msg = "frame too long"
        raise ValueError(msg)
    return await stream.readexactly(length)
