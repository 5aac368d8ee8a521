"""Signing on at a terminal, landing on Today, and signing off."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from app_sample import served, sign_on, terminal, until
from snap import press, screen_rows, settled
from textual.pilot import Pilot

from branches import MANAGER, REVIEWER, Founded
from tellertui.core.clock import ManualClock
from tellertui.host.host import Host
from tellertui.ui.veil import Lock, Veil


@pytest.fixture
async def pilot(founded: Founded, branch_host: Host) -> AsyncIterator[Pilot[Any]]:
    app = terminal(founded)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        yield pilot


def text(pilot: Pilot[Any]) -> str:
    return "\n".join(screen_rows(pilot.app))


async def test_without_a_host_no_passphrase_is_asked_for(founded: Founded) -> None:
    app = terminal(founded)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        shown = text(pilot)
        assert "Staff number" in shown
        assert "Passphrase" not in shown
        assert "cannot be reached" in shown
        await press(pilot, "M", "0", "1", "enter", "s", "e", "c", "r", "e", "t", "enter")
        assert app.staff == ""


async def test_f5_finds_a_host_that_came_later(founded: Founded, clock: ManualClock) -> None:
    app = terminal(founded)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        async with served(founded, clock):
            await press(pilot, "f5")
            assert "Passphrase" in text(pilot)


async def test_the_first_screen_names_the_branch_and_its_trust(pilot: Pilot[Any]) -> None:
    shown = text(pilot)
    assert "城南支行" in shown
    assert "one trust domain" in shown
    assert "test" in screen_rows(pilot.app)[-3]


async def test_everybody_lands_on_today(pilot: Pilot[Any]) -> None:
    await sign_on(pilot, MANAGER)
    shown = text(pilot)
    assert shown.startswith(" 100 Today   M01   manager")
    assert "The day is not opened yet" in shown
    assert pilot.app.roles == {"manager"}


async def test_the_passphrase_stays_nowhere(pilot: Pilot[Any]) -> None:
    await press(pilot, *MANAGER, "enter", *"wrong", "enter")
    fields = [(field.key, field.password) for field in pilot.app.screen.form.fields()]
    assert fields == [("staff", False), ("passphrase", True), ("short", True)]
    assert "wrong" not in text(pilot)
    await press(pilot, "enter")
    await until(pilot, lambda: "do not match" in text(pilot))
    assert pilot.app.screen.form["passphrase"].value == ""
    assert pilot.app.screen.form["staff"].value == MANAGER


async def test_a_repeated_failure_tells_how_long_to_wait(pilot: Pilot[Any]) -> None:
    await press(pilot, *MANAGER, "enter", *"wrong", "enter", "enter")
    await until(pilot, lambda: "do not match" in text(pilot))
    await press(pilot, *"wrong", "enter", "enter")
    await until(pilot, lambda: "wait 1 s" in text(pilot))


async def test_signing_off_asks_and_gives_a_clean_terminal(pilot: Pilot[Any], branch_host: Host) -> None:
    await sign_on(pilot, MANAGER)
    await press(pilot, "f3", "2")
    assert pilot.app.current_mode == "100"
    await press(pilot, "f3", "1")
    await until(pilot, lambda: pilot.app.current_mode == "000")
    assert pilot.app.staff == ""
    assert pilot.app.people == {}
    assert list(branch_host.sessions) == []
    assert "M01" not in text(pilot)
    await sign_on(pilot, REVIEWER)
    assert text(pilot).startswith(" 100 Today   R01   reviewer")


async def test_the_short_code_lifts_the_veil(pilot: Pilot[Any]) -> None:
    await sign_on(pilot, MANAGER, "246810")
    await press(pilot, "ctrl+l")
    assert isinstance(pilot.app.screen, Veil)
    assert "100 Today" not in text(pilot)
    await press(pilot, *"246810", "enter")
    assert pilot.app.current_mode == "100"
    assert "100 Today" in text(pilot)


async def test_three_wrong_codes_lock_and_the_keys_are_dropped(pilot: Pilot[Any], branch_host: Host) -> None:
    await sign_on(pilot, MANAGER, "246810")
    await press(pilot, "ctrl+l")
    for _ in range(3):
        await press(pilot, *"111111", "enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, Lock))
    assert list(branch_host.sessions) == []
    assert pilot.app.people == {}
    shown = text(pilot)
    assert "100 Today" not in shown
    assert "M01: your passphrase opens this terminal again" in shown


async def test_the_language_changes_at_run_time_on_every_screen(pilot: Pilot[Any]) -> None:
    await sign_on(pilot, MANAGER)
    await press(pilot, "ctrl+g")
    first = pilot.app.language
    await press(pilot, "ctrl+g", "ctrl+g")
    assert first == "zh_Hant"
    assert pilot.app.language == "en"
    assert "Today" in text(pilot)


async def test_a_newer_session_elsewhere_locks_this_terminal(
    founded: Founded, pilot: Pilot[Any], branch_host: Host
) -> None:
    await sign_on(pilot, MANAGER)
    (session,) = branch_host.sessions
    branch_host.sessions.end(session, "newer")
    await press(pilot, "f5")
    await until(pilot, lambda: isinstance(pilot.app.screen, Lock))
