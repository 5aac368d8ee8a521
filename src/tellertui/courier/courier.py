"""The courier's loop: connected to the host, waiting for work until it is stopped."""

import asyncio
from pathlib import Path

from tellertui.client import Client
from tellertui.core.refusal import Refusal
from tellertui.core.role import Listener
from tellertui.settings import Settings

RETRY_S = 1.0


class Courier:
    """Holds the connection on ``courier.sock`` over which sealed work comes and results go back."""

    def __init__(self, settings: Settings, directory: Path) -> None:
        self._settings = settings
        self._directory = directory

    async def run(self, stopping: asyncio.Event) -> None:
        """Stay connected until told to stop."""
        client = await self._connected(stopping)
        if client is not None:
            client.follow()
            await stopping.wait()
            await client.close()

    async def _connected(self, stopping: asyncio.Event) -> Client | None:
        while not stopping.is_set():
            client = Client(self._settings, self._directory, Listener.COURIER)
            try:
                return await client.__aenter__()
            except Refusal:
                try:
                    await asyncio.wait_for(stopping.wait(), RETRY_S)
                except TimeoutError:
                    continue
        return None
