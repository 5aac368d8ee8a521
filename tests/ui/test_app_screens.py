"""The terminal's own screens as they are seen: three languages, two sizes."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from app_sample import served, sign_on, terminal, until
from snap import check, press, screen_rows, settled
from textual.pilot import Pilot

from branches import MANAGER, Founded
from tellertui.client import Client
from tellertui.core.clock import ManualClock
from tellertui.core.refusal import UNREACHABLE_HOST
from tellertui.core.role import Listener
from tellertui.demo.place import Notes, Place
from tellertui.desk.demo import DemoApp
from tellertui.ui.incidents import Incidents
from tellertui.ui.second import SecondPerson
from tellertui.ui.veil import Lock

LANGUAGES = ("zh_Hant", "zh_Hans", "en")
SIZES = ((80, 24), (120, 40))


async def seen(pilot: Pilot[Any], name: str) -> None:
    """Compare what stands on the screen in every language and size."""
    for size in SIZES:
        await pilot.resize_terminal(*size)
        for language in LANGUAGES:
            pilot.app.speak(language)
            await settled(pilot)
            check(f"app_{name}_{language}_{size[0]}x{size[1]}", screen_rows(pilot.app), width=size[0])


@pytest.fixture
async def pilot(founded: Founded, clock: ManualClock) -> AsyncIterator[Pilot[Any]]:
    async with served(founded, clock):
        app = terminal(founded)
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            yield pilot


async def test_sign_on(pilot: Pilot[Any]) -> None:
    await seen(pilot, "sign_on")


async def test_sign_on_before_the_host_is_found(founded: Founded) -> None:
    app = terminal(founded)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await seen(pilot, "no_host")


async def test_lock(pilot: Pilot[Any]) -> None:
    await sign_on(pilot, MANAGER)
    await pilot.app.lock()
    await until(pilot, lambda: isinstance(pilot.app.screen, Lock))
    await seen(pilot, "lock")


async def test_veil(pilot: Pilot[Any]) -> None:
    await sign_on(pilot, MANAGER, "246810")
    await press(pilot, "ctrl+l")
    await seen(pilot, "veil")


async def test_second_person(pilot: Pilot[Any]) -> None:
    await sign_on(pilot, MANAGER)

    async def sign(staff: str, passphrase: bytearray) -> None:
        raise AssertionError

    about = ("End of day", "2026-11-23")
    modal = SecondPerson(sign, about, people={"R01": "何欣"}, maker="周強")
    pilot.app.push_screen(modal)
    await until(pilot, lambda: pilot.app.screen is modal)
    await press(pilot, *"R01")
    await seen(pilot, "second")


async def test_role_picker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    place = Place.new(Notes(store="00000000-0000-4000-8000-000000000000"))
    client = Client(place.settings(), place.directory, Listener.STAFF)

    async def nobody() -> None:
        raise UNREACHABLE_HOST(detail="none")

    app = DemoApp(client, nobody, place, incidents=Incidents(client, os.urandom))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        app.screen.say(None)
        await seen(pilot, "demo_picker")
