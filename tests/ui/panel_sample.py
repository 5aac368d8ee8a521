"""The customer panel of counter 1 on a host in this process."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from snap import finished, screen_rows, settled
from textual.pilot import Pilot

from panels import PanelLine
from tellertui.host.api import Hello, Welcome
from tellertui.host.host import Host
from tellertui.public.panel import PanelApp
from tellertui.ui.incidents import Incidents


class PanelClient(PanelLine):
    """A terminal's end without sockets."""

    welcome: Welcome | None = None
    refused = False

    async def connect(self) -> None:
        self.welcome = await self.do(Hello(protocol=1))

    @property
    def connected(self) -> bool:
        return self.welcome is not None

    def follow(self, state: Callable[[str], None]) -> None:
        self.line = state

    async def greet(self) -> None:
        pass

    async def close(self) -> None:
        pass

    def now(self) -> int:
        return self.host.store.clock.now()

    def boot(self) -> float:
        return self.host.store.clock.boot()


@asynccontextmanager
async def panel(host: Host) -> AsyncIterator[Pilot[Any]]:
    client = PanelClient(host)
    incidents = Incidents(host.store.clock, os.urandom)
    app = PanelApp(client, client.connect, counter="1", incidents=incidents)
    async with app.run_test(size=(40, 12)) as pilot:
        await seen(pilot)
        yield pilot


async def seen(pilot: Pilot[Any]) -> str:
    await settled(pilot)
    await finished(pilot.app.workers)
    await settled(pilot)
    return "\n".join(screen_rows(pilot.app))
