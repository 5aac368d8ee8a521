"""A client takes no other store's host for its own, and outlives whatever ends a connection."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from websockets.asyncio.server import ServerConnection, unix_serve

from branches import cheap_settings
from tellertui import client
from tellertui.client import Client
from tellertui.connection import Incoming, Wire, check_socket
from tellertui.core.refusal import UNREACHABLE_HOST, Refusal
from tellertui.core.role import Listener
from tellertui.host.host import Host


async def test_a_host_of_another_store_is_not_talked_to(listening: Host) -> None:
    settings = msgspec.structs.replace(listening.settings, store_id=str(uuid4()))
    with pytest.raises(Refusal) as refused:
        await Client(settings, listening.directory, Listener.LOBBY).__aenter__()
    assert refused.value.facts == {"detail": "other-store"}
    async with Client(listening.settings, listening.directory, Listener.LOBBY) as lobby:
        assert lobby.welcome is not None
        assert UUID(lobby.welcome.store) == UUID(listening.settings.store_id)


def test_a_socket_folder_that_cannot_be_looked_at_is_an_unreachable_host(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings = cheap_settings(profile="branch", runtime=str(tmp_path / "file" / "folder"))
    with pytest.raises(Refusal) as refused:
        check_socket(settings, tmp_path, Listener.STAFF)
    assert refused.value.kind is UNREACHABLE_HOST


@pytest.mark.parametrize("garbage", ["{", "[" * 100_000, '{"id": 7}'])
async def test_an_answer_that_nobody_can_read_ends_the_connection(runtime_folder: Path, garbage: str) -> None:
    async def babble(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.send(garbage)
        await connection.wait_closed()

    path = runtime_folder / "staff.sock"
    async with unix_serve(babble, str(path)):
        wire = await Wire.open(path, owner(path), lambda topic, seq: None)
        async with asyncio.timeout(5):
            with pytest.raises(Refusal) as refused:
                await wire.send(uuid4(), b"{}")
            assert refused.value.facts == {"detail": "lost"}
            await wire.lost.wait()
            await wire.close()


def owner(path: Path) -> int:
    return path.stat().st_uid


class Line:
    """A connection that answers, or is lost when a newer one has taken its place."""

    def __init__(self, client: Client, newer: "Line | None" = None) -> None:
        self._client, self._newer = client, newer

    async def send(self, identifier: UUID, frame: bytes) -> Incoming:
        """Answer or be lost."""
        if self._newer is None:
            return Incoming(identifier)
        self._client._wire = self._newer  # type: ignore[assignment]
        raise UNREACHABLE_HOST(detail="lost")


async def test_a_late_loss_does_not_hold_up_the_new_connection(listening: Host) -> None:
    async with Client(listening.settings, listening.directory, Listener.LOBBY) as lobby:
        lobby.follow()
        kept = lobby._wire
        lobby._wire = Line(lobby, Line(lobby))  # type: ignore[assignment]
        async with asyncio.timeout(5):
            await lobby.call("reception.board", b"{}")
        lobby._wire = kept


async def test_reconnecting_goes_on_after_a_greeting_that_nobody_can_read(
    listening: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Client(listening.settings, listening.directory, Listener.LOBBY) as lobby:
        first, greet, unreadable = lobby._wire, lobby._greet, [True]
        assert first is not None

        async def greeted(*given: Any, **more: Any) -> None:
            if unreadable:
                unreadable.pop()
                raise msgspec.DecodeError
            await greet(*given, **more)

        monkeypatch.setattr(lobby, "_greet", greeted)
        monkeypatch.setattr(client, "RETRY_S", (0.0,))
        lobby.follow()
        await first.close()
        async with asyncio.timeout(5):
            assert await lobby.call("branch.lobby", b"{}")
        assert not unreadable
