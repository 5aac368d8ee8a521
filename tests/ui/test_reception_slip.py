"""Printing a slip once more from the lobby desk, and at the counter for the number in hand."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from local_app import LocalApp, note, text, told, typed
from snap import settled
from textual.pilot import Pilot

from branches import MANAGER, REVIEWER
from hosts import LocalBranch, signed_on
from tellertui.branch.api import OpenDay, SetCounter
from tellertui.core.role import Listener, Role
from tellertui.host.host import Host
from tellertui.workflows.reception import api
from tellertui.workflows.reception import printing as p
from tellertui.workflows.reception.screens.counter import CounterDesk
from tellertui.workflows.reception.screens.lobby import LobbyDesk


@pytest.fixture
async def manager(host: Host) -> LocalBranch:
    manager = signed_on(host, MANAGER)
    await manager.do(OpenDay())
    await manager.do(SetCounter(counter="1", services=("account",)))
    return manager


@pytest.fixture
async def courier(host: Host, manager: LocalBranch) -> LocalBranch:
    courier = LocalBranch(host, Listener.COURIER)
    await courier.do(p.ReportPrinter(present=True))
    return courier


@pytest.fixture
async def lobby(host: Host, manager: LocalBranch) -> AsyncIterator[Pilot[Any]]:
    app = LocalApp(signed_on(host, REVIEWER, Role.LOBBY), LobbyDesk)
    async with app.run_test(size=(80, 24)) as pilot:
        await told(pilot)
        yield pilot


async def copies(courier: LocalBranch) -> list[tuple[bool, bool]]:
    """Return of every job that waits whether it is a copy, and whether the number stands on it."""
    jobs = [await courier.do(p.Take(id=job)) for job in await courier.do(p.Jobs())]
    return [(job.copy, "E001" in [line.text for line in job.slip.lines]) for job in jobs]


async def issue(pilot: Pilot[Any], host: Host) -> None:
    await LocalBranch(host).do(api.Issue(service="account"))
    await told(pilot)


async def test_three_keys_send_it_to_the_printer(lobby: Pilot[Any], host: Host, courier: LocalBranch) -> None:
    await issue(lobby, host)
    assert await typed(lobby, "89⏎") == 3
    assert note(lobby) == "E001: the slip was sent to the printer, marked as a copy."
    assert await copies(courier) == [(True, True)]


async def test_with_the_printer_off_it_waits(lobby: Pilot[Any], host: Host, courier: LocalBranch) -> None:
    await LocalBranch(host).do(api.Issue(service="account", slip=True))
    (job,) = await courier.do(p.Jobs())
    await courier.do(p.Take(id=job))
    await courier.do(p.Failed(id=job, why="paper"))
    await told(lobby)
    await typed(lobby, "89⏎")
    assert note(lobby) == "E001: the slip waits for the printer; it is marked as a copy."
    assert len(await courier.do(p.Jobs())) == 2


async def test_without_a_printer_it_is_dim_and_says_why(
    lobby: Pilot[Any], host: Host, manager: LocalBranch
) -> None:
    await issue(lobby, host)
    assert lobby.app.screen.all_actions().slots(str)["89"].dim
    await typed(lobby, "89⏎")
    assert note(lobby) == "No printer is set up for slips."
    await typed(lobby, ".001⏎")
    assert "print the slip once more" in text(lobby)
    await typed(lobby, "5")
    assert "No printer is set up for slips." in text(lobby)
    await LocalBranch(host, Listener.COURIER).do(p.ReportPrinter(present=True))
    await typed(lobby, "F12")
    await told(lobby)
    assert not lobby.app.screen.all_actions().slots(str)["89"].dim


async def test_without_a_number_it_says_so(lobby: Pilot[Any], courier: LocalBranch) -> None:
    await told(lobby)
    await typed(lobby, "89⏎")
    assert note(lobby) == "No number is selected; .18 selects one."
    assert await courier.do(p.Jobs()) == []


async def test_the_palette_lists_it(lobby: Pilot[Any]) -> None:
    lobby.app.screen.command()
    await settled(lobby)
    await typed(lobby, "slip")
    assert "89" in text(lobby)


async def test_a_chosen_number_at_the_lobby_desk(lobby: Pilot[Any], host: Host, courier: LocalBranch) -> None:
    await issue(lobby, host)
    await typed(lobby, ".001⏎ 5")
    assert note(lobby) == "E001: the slip was sent to the printer, marked as a copy."
    assert await copies(courier) == [(True, True)]


async def test_the_number_in_hand_at_the_counter(
    host: Host, manager: LocalBranch, courier: LocalBranch
) -> None:
    teller = signed_on(host, REVIEWER, Role.TELLER)
    await teller.do(api.CounterOpen(counter="1"))
    await LocalBranch(host).do(api.Issue(service="account"))
    await teller.do(api.CallNext())
    app = LocalApp(teller, CounterDesk)
    async with app.run_test(size=(80, 24)) as pilot:
        await told(pilot)
        await typed(pilot, ".001⏎ 1")
        assert note(pilot) == "E001: the slip was sent to the printer, marked as a copy."
    assert await copies(courier) == [(True, True)]
