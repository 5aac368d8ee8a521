"""Reaching the host of a store, and under profile ``desk`` starting one for the command."""

import asyncio
import os
import socket
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from tellertui.client import Client
from tellertui.connection import check_socket
from tellertui.core.hardening import clean_environment
from tellertui.core.refusal import N_, UNREACHABLE, UNREACHABLE_HOST, Refusal, refusal
from tellertui.core.role import Listener
from tellertui.settings import Settings
from tellertui.store.lock import StoreLock

LOG = "host.log"
START_S = 20.0
POLL_S = 0.05

NOT_YOURS = refusal(
    "not-your-store", N_("No host runs, and the folder {directory} is not private to you."), UNREACHABLE
)
START_FAILED = refusal("start-failed", N_("The branch host did not start: {detail}"), UNREACHABLE)


async def reach(
    settings: Settings, directory: Path, listener: Listener, *, machine: str | None = None, terminal: str = ""
) -> Client:
    """Return a connected client; a missing host is started where the profile allows it.

    Raises:
        Refusal: the host cannot be reached or started, or refuses the greeting.
    """
    client = Client(settings, directory, listener, machine=machine, terminal=terminal)
    return await connect(client, settings, directory)


async def connect(client: Client, settings: Settings, directory: Path) -> Client:
    """Connect a client; a missing host is started where the profile allows it.

    Raises:
        Refusal: as for ``reach``.
    """
    try:
        return await client.__aenter__()
    except Refusal as refused:
        if refused.kind is not UNREACHABLE_HOST or settings.profile != "desk":
            raise
    lock = StoreLock(directory)
    process = None if lock.held() else start_host(directory)
    loop = asyncio.get_running_loop()
    until = loop.time() + START_S
    while True:
        try:
            return await client.__aenter__()
        except Refusal as refused:
            if refused.kind is not UNREACHABLE_HOST or loop.time() > until:
                raise
        # A host that lost the race for the lock is no failure: the winner is on its way.
        if process is not None and process.poll() and not lock.held():
            raise START_FAILED(detail=_last_line(directory / LOG))
        await asyncio.sleep(POLL_S)


def start_host(directory: Path) -> "subprocess.Popen[bytes]":
    """Start a host in the background that stops sixty seconds after its last terminal.

    Raises:
        Refusal: ``not-your-store``; the folder is not private to this account.
    """
    found = directory.stat()
    if found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) != 0o700:
        raise NOT_YOURS(directory=str(directory))
    log = directory / LOG
    with log.open("ab") as sink:
        log.chmod(0o600)
        return subprocess.Popen(
            [sys.executable, "-I", "-m", "tellertui", "host", "--store", str(directory), "--auto"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=sink,
            start_new_session=True,
            env=clean_environment(os.environ),
        )


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1].removeprefix("tellertui: ") if lines else "?"


def running(settings: Settings, directory: Path) -> bool:
    """Say whether a host's socket is there and answers to this account."""
    with suppress(Refusal, OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.connect(str(check_socket(settings, directory, Listener.ADMIN)))
        return True
    return False
