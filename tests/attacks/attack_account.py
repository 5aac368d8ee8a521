"""What another account of the machine can do, in a process that has become that account.

    python attack_account.py JSON

The process imports what it needs, gives up root for good, acts, and prints what it found as JSON.
"""

import asyncio
import ctypes
import errno
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import msgspec

import tellertui.connection  # noqa: F401 - loaded while the files can still be read
from tellertui.client import Client
from tellertui.core.credentials import credentials  # noqa: F401 - loaded while the files can still be read
from tellertui.core.hardening import harden
from tellertui.core.refusal import Refusal
from tellertui.core.role import Listener
from tellertui.settings import Settings, socket_path

OPEN = "open"


class Errand(msgspec.Struct, forbid_unknown_fields=True):
    """Who acts, and what is tried."""

    uid: int
    gid: int
    settings: Settings
    directory: str = "/"
    reach: list[Listener] = []
    """Sockets to connect to."""
    calls: list[str] = []
    """Methods to send on the lobby's socket, without parameters."""
    session: str = ""
    """Value to present on the staff socket."""
    terminal: str = ""
    """Terminal to claim on the staff socket."""
    read: list[str] = []
    """Files to read the first byte of."""
    peek: bool = False
    """Look into a process of the same account, as it is and hardened."""
    listen: str = ""
    """Path to listen on until standard input ends; what arrives is printed."""
    bound_by_root: bool = False
    """The socket's file was made before root was given up."""


class Found(msgspec.Struct):
    """What came of it, by name: ``open``, an error of the system or a refusal."""

    reach: dict[str, str] = {}
    calls: dict[str, str] = {}
    hello: str = ""
    read: dict[str, str] = {}
    received: str = ""


def become(uid: int, gid: int) -> None:
    """Give up root for good."""
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


def tried(action: Any) -> str:
    """Return ``open`` or the name of the system's error."""
    try:
        action()
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return OPEN


def first_byte(path: str) -> None:
    with open(path, "rb", 0) as file:
        if path.endswith("/mem"):
            file.seek(int(Path(path).with_name("maps").read_text().split("-")[0], 16))
        file.read(1)


def peek(*, hardened: bool) -> str:
    """Return what looking into the memory of another process of this account gives."""
    ready, tell = os.pipe()
    child = os.fork()
    if child == 0:
        if hardened:
            harden()
        os.write(tell, b"1")
        signal.pause()
    os.read(ready, 1)
    try:
        return tried(lambda: first_byte(f"/proc/{child}/mem"))
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def connect(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as end:
        end.connect(str(path))


async def calls(errand: Errand) -> dict[str, str]:
    found = {}
    async with Client(errand.settings, Path(errand.directory), Listener.LOBBY) as lobby:
        for method in errand.calls:
            try:
                await lobby.call(method, b"{}")
                found[method] = OPEN
            except Refusal as refused:
                found[method] = refused.code
    return found


async def hello(errand: Errand) -> str:
    given = {"machine": errand.session or None, "terminal": errand.terminal}
    try:
        async with Client(errand.settings, Path(errand.directory), Listener.STAFF, **given) as client:
            await client.call("session.show", b"{}")
    except Refusal as refused:
        return refused.code
    return OPEN


def bind(path: str) -> socket.socket:
    Path(path).parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    end = socket.socket(socket.AF_UNIX)
    end.bind(path)
    return end


def listen(end: socket.socket) -> str:
    """Listen as a false host and return every byte that came."""
    with end:
        end.listen()
        print("listening", flush=True)
        sys.stdin.read()
        end.setblocking(False)
        received = b""
        while True:
            try:
                connection, _ = end.accept()
            except BlockingIOError:
                return received.hex()
            with connection:
                received += connection.recv(65_536)


def run(errand: Errand) -> Found:
    """Carry out an errand."""
    paths = {each: socket_path(errand.settings, Path(errand.directory), each) for each in errand.reach}
    end = bind(errand.listen) if errand.bound_by_root else None
    become(errand.uid, errand.gid)
    found = Found(
        reach={listener: tried(lambda path=path: connect(path)) for listener, path in paths.items()},
        read={path: tried(lambda path=path: first_byte(path)) for path in errand.read},
    )
    if errand.peek:
        # A process that changed its account is no longer dumpable by itself; an ordinary one is.
        ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
        found.read |= {"plain": peek(hardened=False), "hardened": peek(hardened=True)}
    if errand.calls:
        found.calls = asyncio.run(calls(errand))
    if errand.session or errand.terminal:
        found.hello = asyncio.run(hello(errand))
    if errand.listen:
        found.received = listen(end or bind(errand.listen))
    return found


if __name__ == "__main__":
    print(msgspec.json.encode(run(msgspec.json.decode(sys.argv[1], type=Errand))).decode())
