"""Sign-on: one passphrase frame, read and stretched by a short-lived child, never by this process.

The host hands the accepted descriptor of ``signon.sock`` unread to the child, answers its question for
a salt, gets 32 bytes back and opens the person's slot with them. The verdict goes back over the
same connection as ``enc(code, seconds)``.
"""

import asyncio
import logging
import socket
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import msgspec

from tellertui.core.credentials import credentials
from tellertui.core.enc import dec, enc
from tellertui.core.frames import FRAME_LIMIT, HEADER, frame
from tellertui.core.refusal import Refusal
from tellertui.host.peer import NOBODY
from tellertui.vault.apart import child_command

log = logging.getLogger(__name__)

CHILDREN = 2
PLACES = CHILDREN + 8
"""Those whose passphrase is stretched and those who wait for it."""
SILENT = 64
"""Connections of one account that have not said anything yet."""
SILENT_S = 2
PATIENCE_S = 20
ACCEPT_AGAIN_S = 1


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
        self,
        salt_of: Callable[[str], Awaitable[Salt]],
        judge: Callable[[Attempt], Awaitable[Verdict]],
        *,
        per_uid: int = PLACES,
    ) -> None:
        """Judge attempts.

        Args:
            salt_of: returns what stretches the passphrase of a staff code.
            judge: gives the verdict on a stretched passphrase.
            per_uid: how many of the places one account may take.
        """
        self._per_uid = per_uid
        self._salt_of = salt_of
        self._judge = judge
        self._children = asyncio.Semaphore(CHILDREN)
        self._by_uid: dict[int, asyncio.Lock] = {}
        self._waiting: Counter[int] = Counter()
        self._silent: Counter[int] = Counter()

    async def serve(self, listening: socket.socket) -> None:
        """Accept until cancelled."""
        loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as group:
            while True:
                try:
                    connection, _ = await loop.sock_accept(listening)
                except OSError as error:  # no descriptor is left; some come back
                    log.warning("sign-on waits: %s", error.strerror)
                    await asyncio.sleep(ACCEPT_AGAIN_S)
                else:
                    group.create_task(self._attend(connection))

    async def _attend(self, connection: socket.socket) -> None:
        with connection, suppress(OSError, TimeoutError):
            connection.setblocking(False)
            _, uid = credentials(connection)
            if not await self._speaks(connection, uid):
                return
            if uid == NOBODY or not self._has_place(uid):
                await self._answer(connection, ("signon-busy", 1))
                return
            self._waiting[uid] += 1
            try:
                async with self._by_uid.setdefault(uid, asyncio.Lock()), self._children:
                    verdict = await self._attempt(connection, uid)
            finally:
                self._waiting[uid] -= 1
            await self._answer(connection, verdict)

    def _has_place(self, uid: int) -> bool:
        return self._waiting.total() < PLACES and self._waiting[uid] < self._per_uid

    async def _speaks(self, connection: socket.socket, uid: int) -> bool:
        """Wait for the first byte, which stays unread; only who says something takes a place.

        Raises:
            TimeoutError: nothing came.
        """
        if self._silent[uid] >= SILENT:
            return False
        loop, spoken = asyncio.get_running_loop(), asyncio.Event()
        self._silent[uid] += 1
        loop.add_reader(connection, spoken.set)
        try:
            async with asyncio.timeout(SILENT_S):
                return await spoken.wait()
        finally:
            loop.remove_reader(connection)
            self._silent[uid] -= 1

    async def _attempt(self, connection: socket.socket, uid: int) -> Verdict:
        try:
            return await self._judged(connection, uid)
        except Refusal as refused:
            return (refused.code, int(refused.facts.get("retry_after_s") or 0))
        except Exception as error:  # noqa: BLE001 - the boundary: one fault ends one attempt
            log.error("sign-on failed: %s", type(error).__name__)
            return ("failed", 0)

    async def _judged(self, connection: socket.socket, uid: int) -> Verdict:
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
