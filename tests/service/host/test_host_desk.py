"""The sign-on desk serves whoever speaks, one account as well as the other."""

import asyncio
import errno
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tellertui.core.enc import dec
from tellertui.core.frames import frame
from tellertui.host import signon
from tellertui.host.signon import PLACES, Attempt, Salt, SignOnDesk, Verdict

Served = Callable[[SignOnDesk], None]


async def no_salt(staff: str) -> Salt:
    raise AssertionError


async def refuse(attempt: Attempt) -> Verdict:
    return ("wrong-passphrase", 1)


class Desk(SignOnDesk):
    """A desk without children: an attempt begins when it is allowed to."""

    def __init__(self, per_uid: int = PLACES) -> None:
        super().__init__(no_salt, refuse, per_uid=per_uid)
        self.may_begin = asyncio.Event()

    async def _stretched(self, descriptor: int, uid: int) -> Attempt:
        await self.may_begin.wait()
        return Attempt(b"", "M01", uid, bytearray(32))


class Place:
    """A listening socket with a desk behind it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(str(path))
        self.listening.listen()
        self.listening.setblocking(False)
        self._serving: asyncio.Task[None] | None = None
        self._ends: list[socket.socket] = []

    def serve(self, desk: SignOnDesk) -> None:
        """Let a desk take the connections."""
        self._serving = asyncio.create_task(desk.serve(self.listening))

    async def connect(self, said: bytes = b"") -> socket.socket:
        """Connect and say something."""
        end = socket.socket(socket.AF_UNIX)
        self._ends.append(end)
        end.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(end, str(self.path))
        await loop.sock_sendall(end, said)
        return end

    async def close(self) -> None:
        """Take nobody any more."""
        if self._serving is not None:
            self._serving.cancel()
            with suppress(asyncio.CancelledError):
                await self._serving
        for end in (self.listening, *self._ends):
            end.close()


@pytest.fixture
async def place(runtime_folder: Path) -> AsyncIterator[Place]:
    """A socket for a desk."""
    place = Place(runtime_folder / "signon.sock")
    yield place
    await place.close()


async def verdict(end: socket.socket) -> str:
    """Return the code of what a desk answers, or nothing where it closes."""
    async with asyncio.timeout(5):
        answer = await asyncio.get_running_loop().sock_recv(end, 4096)
    return str(dec(answer[4:])[0]) if answer else ""


async def test_a_lack_of_descriptors_passes(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    accept, lacks = loop.sock_accept, [True]

    async def lacking(listening: socket.socket) -> tuple[socket.socket, object]:
        if lacks:
            lacks.pop()
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return await accept(listening)

    monkeypatch.setattr(loop, "sock_accept", lacking)
    monkeypatch.setattr(signon, "ACCEPT_AGAIN_S", 0)
    desk = Desk()
    desk.may_begin.set()
    place.serve(desk)
    assert await verdict(await place.connect(b"x")) == "wrong-passphrase"
    assert not lacks


async def test_who_says_nothing_takes_no_place(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signon, "SILENT_S", 0.2)
    desk = Desk()
    desk.may_begin.set()
    place.serve(desk)
    silent = [await place.connect() for _ in range(PLACES + 2)]
    assert await verdict(await place.connect(frame(b"x"))) == "wrong-passphrase"
    assert [await verdict(end) for end in silent] == [""] * len(silent)


async def test_silent_connections_of_one_account_are_bounded(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signon, "SILENT", 3)
    monkeypatch.setattr(signon, "SILENT_S", 60)
    place.serve(Desk())
    silent = [await place.connect() for _ in range(4)]
    assert await verdict(silent[-1]) == ""


async def test_one_account_takes_no_more_than_its_places(place: Place) -> None:
    desk = Desk(per_uid=2)
    place.serve(desk)
    first = [await place.connect(b"x") for _ in range(2)]
    assert await verdict(await place.connect(b"x")) == "signon-busy"
    desk.may_begin.set()
    assert [await verdict(end) for end in first] == ["wrong-passphrase"] * 2
