"""A host that waits for the passphrase of its secret says so to everybody, and goes when it is told to."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from branches import Founded
from tellertui.cli import unlocking
from tellertui.client import Client
from tellertui.core.refusal import Refusal
from tellertui.core.role import Listener
from tellertui.host.listeners import runtime
from tellertui.settings import Settings, socket_path
from tellertui.vault.host import HostSecret
from tellertui.vault.providers import provider
from tellertui.vault.refusals import HOST_SECRET_LOCKED

RIGHT = b"three blue herons by the lock"


class Waiting:
    """A host that waits, and where it does."""

    def __init__(self, founded: Founded) -> None:
        self.directory = founded.directory
        self.settings = msgspec.structs.replace(founded.settings, host_secret="sealed-file")
        self.task = asyncio.create_task(unlocking.host_secret(self.settings, self.directory))

    @property
    def socket(self) -> Path:
        """Return where it listens."""
        return socket_path(self.settings, self.directory, Listener.ADMIN)

    async def unlock(self, typed: bytes) -> None:
        """Type a passphrase."""
        passphrase = bytearray(typed)
        await asyncio.to_thread(unlocking.send_unlock, self.settings, self.directory, passphrase)


@pytest.fixture
async def waiting(
    founded: Founded, runtime_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Waiting]:
    """A host whose sealed file opens with one passphrase."""
    secret = provider("memory", founded.directory, "test").load(UUID(founded.settings.store_id))

    def opened(settings: Settings, directory: Path, store: UUID, passphrase: bytearray) -> HostSecret:
        if passphrase != RIGHT:
            raise HOST_SECRET_LOCKED(provider="sealed-file")
        return secret

    monkeypatch.setattr(unlocking, "_opened", opened)
    host = Waiting(founded)
    await asyncio.sleep(0)
    assert host.socket.exists()
    yield host
    host.task.cancel()
    await asyncio.gather(host.task, return_exceptions=True)


@pytest.mark.parametrize("listener", [Listener.ADMIN, Listener.STAFF, Listener.LOBBY])
async def test_everybody_hears_that_it_waits(waiting: Waiting, listener: Listener) -> None:
    for _ in range(2):
        with pytest.raises(Refusal) as refused:
            await Client(waiting.settings, waiting.directory, listener).__aenter__()
        assert refused.value.code == "host-locked"


async def test_a_wrong_passphrase_is_told_in_full_and_the_right_one_opens(waiting: Waiting) -> None:
    with pytest.raises(Refusal) as refused:
        await waiting.unlock(b"not the right one")
    assert (refused.value.code, refused.value.facts) == ("host-secret-locked", {"provider": "sealed-file"})
    await waiting.unlock(RIGHT)
    async with asyncio.timeout(5):
        assert isinstance(await waiting.task, HostSecret)
    assert not waiting.socket.exists()


async def test_it_goes_when_it_is_told_to(waiting: Waiting) -> None:
    waiting.task.cancel()
    async with asyncio.timeout(5):
        await asyncio.gather(waiting.task, return_exceptions=True)
    assert not waiting.socket.exists()
    with runtime(waiting.settings, waiting.directory):
        pass


async def test_without_a_host_nobody_waits(founded: Founded, runtime_folder: Path) -> None:
    with pytest.raises(Refusal) as refused:
        await Client(founded.settings, founded.directory, Listener.LOBBY).__aenter__()
    assert refused.value.code == "unreachable"
