"""A terminal of the product on a host behind real sockets, both in this process; and one more form."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

from snap import press, settled
from textual.pilot import Pilot

from branches import PASSPHRASES, Founded
from tellertui.app import TellerApp
from tellertui.client import Client
from tellertui.core.clock import Clock
from tellertui.core.ids import TimedIds
from tellertui.core.role import EVERYONE, Listener
from tellertui.host.host import Host
from tellertui.settings import socket_path
from tellertui.ui.entry import Entry
from tellertui.ui.fields import Field
from tellertui.ui.form import Form, Section
from tellertui.ui.incidents import Incidents
from tellertui.ui.places import Place
from tellertui.ui.values import Kind
from tellertui.vault.providers import provider
from tellertui.workflows.reception.api import Issue

NAME = "陳大文"


class Report(Entry):
    """A form as later workflows have them; F10 leaves something in the journal."""

    CODE = "304"
    NAME = "Report"

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []

    def make(self) -> Form:
        fields = (
            Field("name", "Name", Kind(), required=True),
            Field("remark", "Remark", Kind(), required=True),
            Field("pin", "Secret", Kind(), secret=True),
        )
        return Form(Section("1", "Report", fields), id="form")

    async def commit(self, values: dict[str, Any]) -> None:
        issued = await self.ask(Issue(service="cash"))
        self.done.append(issued.number)
        self.form.restore({})


@asynccontextmanager
async def served(founded: Founded, clock: Clock) -> AsyncIterator[Host]:
    """Serve a branch in this process."""
    secret = provider("memory", founded.directory, "test").load(UUID(founded.settings.store_id))
    host = Host(founded.directory, founded.settings, secret, clock, TimedIds(clock))
    await host.recover()
    serving = asyncio.create_task(host.serve())
    path = socket_path(founded.settings, founded.directory, Listener.SIGNON)
    await come_true(path.exists)
    try:
        yield host
    finally:
        host.stopping.set()
        with suppress(asyncio.CancelledError):
            await serving
        await host.close()


def terminal(founded: Founded, language: str = "en", **more: Any) -> TellerApp:
    """Return a terminal of a branch, not started yet."""
    client = Client(founded.settings, founded.directory, Listener.STAFF)
    app = TellerApp(
        client, client.__aenter__, incidents=Incidents(client, os.urandom), language=language, **more
    )
    app.places.add(Place("304", "Report", Report, lambda: bool(app.roles & EVERYONE)))
    return app


async def sign_on(pilot: Pilot[Any], staff: str, short: str = "") -> None:
    """Type staff code, passphrase and short code, as a person does."""
    await press(pilot, *staff, "enter", *keys(PASSPHRASES[staff].decode()), "enter", *short, "enter")
    await until(pilot, lambda: pilot.app.current_mode == "100")
    await settled(pilot)


def keys(text: str) -> list[str]:
    """Return a text as keys."""
    return ["space" if character == " " else character for character in text]


async def come_true(true: Callable[[], Any]) -> None:
    """Wait for something that another process, or a worker, brings about."""
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)


async def until(pilot: Pilot[Any], true: Callable[[], Any]) -> None:
    """Wait for something, and until nothing is being done any more."""
    await come_true(true)
    await settled(pilot)
