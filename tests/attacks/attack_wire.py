"""Bytes and frames in a test's own hand, for attacks on the sockets of a host."""

import asyncio
import json
from contextlib import suppress

import pytest
from attack_hosts import BranchProcess, command_id
from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.exceptions import ConnectionClosed

from tellertui.core.role import Listener
from tellertui.core.wire import PROTOCOL

GARBAGE = [
    b"\0" * 4096,
    b"GET / HTTP/1.1\r\n\r\n",
    b"\xff\xfe" * 4096,
    b"SSH-2.0-OpenSSH_9.6\r\n",
    b"\x00\x00\x00\x05hello",
]
MIB = 1024 * 1024


UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def frame(text: str) -> bytes:
    """Return a text frame, masked with zeros."""
    return b"\x81\xfe" + len(text).to_bytes(2, "big") + bytes(4) + text.encode()


def request(method: str, params: str = "{}") -> str:
    return f'{{"jsonrpc":"2.0","id":"{command_id()}","method":"{method}","params":{params}}}'


async def raw(branch: BranchProcess, listener: Listener = Listener.LOBBY) -> ClientConnection:
    """Connect and greet, with every frame in the test's own hand."""
    connection = await unix_connect(str(branch.path(listener)), compression=None)
    await connection.send(request("hello", f'{{"protocol":{PROTOCOL}}}'))
    assert "result" in json.loads(await connection.recv())
    return connection


async def code_of(connection: ClientConnection, frame: str | bytes) -> str:
    await connection.send(frame)
    return str(json.loads(await connection.recv())["error"]["data"]["code"])


async def closing_code(connection: ClientConnection) -> int:
    with pytest.raises(ConnectionClosed):
        await connection.recv()
    assert connection.close_code is not None
    return connection.close_code


async def answer_to(branch: BranchProcess, listener: Listener, garbage: bytes) -> bytes:
    """Send bytes and nothing more, and return what comes until the host closes."""
    reader, writer = await asyncio.open_unix_connection(branch.path(listener))
    found = b""
    with suppress(ConnectionResetError, BrokenPipeError):
        writer.write(garbage)
        writer.write_eof()
        while more := await reader.read(4096):
            found += more
    writer.close()
    with suppress(ConnectionResetError, BrokenPipeError):
        await writer.wait_closed()
    return found


def alive(branch: BranchProcess) -> None:
    assert branch.process is not None
    assert branch.process.poll() is None
    assert "Traceback" not in branch.log.read_text(encoding="utf-8")
