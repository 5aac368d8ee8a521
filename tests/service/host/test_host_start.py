"""Starting on what a crash or a forger left, stopping at once, and one host per socket folder."""

import asyncio
import os
import resource
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import UUID

import pytest

from branches import MANAGER, Founded, cheap_settings
from hosts import LocalBranch
from seats import Seat
from tellertui.core.clock import ManualClock
from tellertui.core.ids import TimedIds
from tellertui.core.refusal import Refusal
from tellertui.core.role import Listener
from tellertui.host import auditing
from tellertui.host.host import SOCKETS, Host
from tellertui.host.listeners import runtime
from tellertui.host.server import OPENING, SHARED
from tellertui.settings import runtime_directory, socket_path
from tellertui.store import sqlite
from tellertui.store.store import FILE
from tellertui.vault.providers import provider


def start(founded: Founded, clock: ManualClock) -> Host:
    secret = provider("memory", founded.directory, "test").load(UUID(founded.settings.store_id))
    return Host(founded.directory, founded.settings, secret, clock, TimedIds(clock))


async def leave_open(founded: Founded, clock: ManualClock) -> None:
    """Run a host that goes while somebody is signed on."""
    host = start(founded, clock)
    assert await Seat(host).sign_on(MANAGER) == ("ok", 0)
    host.store.close()


def events(founded: Founded) -> list[str]:
    with closing(sqlite.connect(founded.directory / FILE, query_only=True)) as connection:
        return [event for (event,) in connection.execute("SELECT event FROM journal ORDER BY seq")]


async def test_a_red_store_with_a_lost_session_is_opened(founded: Founded, clock: ManualClock) -> None:
    await leave_open(founded, clock)
    red = start(founded, clock)
    red.store.writer.red = "forged"
    await red.recover()
    await red.close()
    assert "session.lost" not in events(founded)
    green = start(founded, clock)
    await green.recover()
    await green.close()
    assert events(founded).count("session.lost") == 1


async def test_an_entry_that_nobody_can_read_does_not_keep_a_host_from_starting(
    founded: Founded, clock: ManualClock
) -> None:
    await leave_open(founded, clock)
    with closing(sqlite.connect(founded.directory / FILE)) as connection:
        triggers = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journal'"
        ).fetchall()
        for (name,) in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE journal SET plain = x'c1' WHERE event = 'session.started'")
    host = start(founded, clock)
    await host.recover()
    assert host.store.writer.red is not None
    await host.close()


def test_two_hosts_do_not_share_a_socket_folder(tmp_path: Path) -> None:
    settings = cheap_settings(profile="branch", runtime=str(tmp_path))
    second = runtime(settings, tmp_path / "two")
    with runtime(settings, tmp_path / "one"), pytest.raises(Refusal) as refused:
        second.__enter__()
    assert (refused.value.code, refused.value.facts["holder"]) == ("runtime-in-use", str(os.getpid()))
    with runtime(settings, tmp_path / "two"):
        pass


async def test_a_stop_does_not_wait_for_a_verification(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    copied = asyncio.Event()

    async def endless(*_: object) -> None:
        copied.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(auditing, "verify_in_child", endless)
    asking = asyncio.create_task(LocalBranch(host, Listener.ADMIN).call("audit.verify"))
    await copied.wait()
    assert list(host.directory.glob("audit-*"))
    host.stopping.set()
    async with asyncio.timeout(5):
        with pytest.raises(Refusal) as refused:
            await asking
    assert refused.value.code == "stopping"
    assert not list(host.directory.glob("audit-*"))


async def test_copies_that_a_killed_host_left_are_removed(host: Host) -> None:
    left = host.directory / "audit-left"
    left.mkdir()
    (left / FILE).write_bytes(b"\0")
    await host.recover()
    assert not left.exists()


@contextmanager
def descriptors(soft: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


async def test_a_host_of_which_a_part_fails_stops_as_a_whole(
    host: Host, runtime_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken() -> None:
        raise ValueError

    monkeypatch.setattr(host.jobs, "run", broken)
    with descriptors(512):
        async with asyncio.timeout(5):
            with pytest.raises(ExceptionGroup):
                await host.serve()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 512
    assert not list(runtime_directory(host.settings, host.directory).glob("*.sock"))
    assert not socket_path(host.settings, host.directory, Listener.SIGNON).exists()


def test_silent_connections_of_one_account_leave_descriptors_to_others() -> None:
    assert len(SOCKETS) * (SHARED + OPENING) <= 512
