"""Attacks 18 and 19: other accounts at the sockets, the lobby's account, false hosts."""

import asyncio
import os
import pty
import select
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from attack_accounts import COLLEAGUE, KIOSK, STRANGER, TELLER, Accounts, act, false_host, needs_root
from attack_hosts import BranchProcess

from branches import PASSPHRASES, Founded
from tellertui.client import Client
from tellertui.connection import check_socket
from tellertui.core.command import METHODS
from tellertui.core.refusal import Refusal
from tellertui.core.role import Listener
from tellertui.host.services import load_apis
from tellertui.settings import Settings, runtime_directory, settings_of, socket_path

SOCKETS = list(Listener)
LOBBY_METHODS = {
    "branch.lobby",
    "hello",
    "reception.answer_page",
    "reception.board",
    "reception.check_in",
    "reception.declare",
    "reception.help",
    "reception.issue",
    "reception.leave_phone",
    "reception.page",
    "reception.panel",
    "reception.printer",
    "reception.rate",
    "reception.services",
    "unwatch",
    "watch",
}
"""Everything a kiosk and a board can ask; whatever is added here is reviewed here."""


def test_18_the_kernel_refuses_accounts_that_a_socket_is_not_for(accounts: Accounts) -> None:
    def reach(uid: int, gid: int) -> set[str]:
        found = accounts.act(uid, gid, reach=SOCKETS).reach
        assert set(found.values()) <= {"open", "EACCES"}
        return {name for name, result in found.items() if result == "open"}

    assert reach(STRANGER, STRANGER) == set()
    assert reach(KIOSK, accounts.lobby) == {"lobby"}
    assert reach(TELLER, accounts.staff) == {"staff", "signon"}
    directory = accounts.branch.directory
    files = [str(file) for file in directory.iterdir()]
    assert set(accounts.act(TELLER, accounts.staff, read=files).read.values()) == {"EACCES"}


@needs_root
def test_18_under_profile_desk_no_other_account_gets_in(served: BranchProcess) -> None:
    found = act(served.settings, STRANGER, reach=SOCKETS, directory=str(served.directory))
    assert set(found.reach.values()) == {"EACCES"}


def test_18_the_lobby_is_answered_its_own_methods_and_no_other(accounts: Accounts) -> None:
    load_apis()
    methods = sorted(set(METHODS) - {"hello"})
    found = accounts.act(KIOSK, accounts.lobby, calls=methods).calls
    assert found.keys() == set(methods)
    answered = {method for method, code in found.items() if code != "not-permitted"}
    assert answered == LOBBY_METHODS - {"hello"}
    assert found["reception.board"] == "open"
    assert not any("sign" in method for method in LOBBY_METHODS)


async def test_18_nobody_signs_on_but_at_a_terminal(served: BranchProcess) -> None:
    for listener in (Listener.LOBBY, Listener.COURIER, Listener.ADMIN):
        async with served.client(listener) as client:
            with pytest.raises(Refusal) as refused:
                await client.sign_on("M01", bytearray(PASSPHRASES["M01"]))
        assert refused.value.code == "greet-first"
    assert served.facts("session.started") == []
    shown, code = await asyncio.to_thread(at_a_terminal, served.directory)
    assert b"M01: " in shown
    assert code == 0
    assert {fact.staff for fact in served.facts("session.started")} == {"M01"}


def lookalike(settings: Settings, directory: Path) -> Path:
    return socket_path(settings, directory, Listener.STAFF)


@needs_root
async def test_19_a_folder_that_another_account_made_is_refused(founded: Founded, own_runtime: Path) -> None:
    os.chown(own_runtime, COLLEAGUE, COLLEAGUE)
    path = lookalike(founded.settings, founded.directory)
    with false_host(founded.settings, COLLEAGUE, path) as received:
        with pytest.raises(Refusal) as refused:
            await Client(founded.settings, founded.directory, Listener.STAFF).__aenter__()
        assert refused.value.code == "unsafe-runtime"
        assert refused.value.facts == {"why": "owner"}
        assert refused.value.kind.exit_code == 3
        shown, code = at_a_terminal(founded.directory)
        assert b"M01" not in shown
        assert code == 3
    assert received == [b""]


@needs_root
@pytest.mark.parametrize("bound_by_root", [False, True])
async def test_19_a_listener_that_is_not_the_hosts_account_is_refused(
    founded: Founded, own_runtime: Path, bound_by_root: bool
) -> None:
    path = lookalike(founded.settings, founded.directory)
    path.parent.parent.mkdir(mode=0o700)
    path.parent.mkdir(mode=0o700)
    if not bound_by_root:
        for folder in (own_runtime, path.parent.parent, path.parent):
            os.chown(folder, COLLEAGUE, COLLEAGUE)
    with false_host(founded.settings, COLLEAGUE, path, bound_by_root=bound_by_root) as received:
        for folder in (own_runtime, path.parent.parent, path.parent):
            os.chown(folder, 0, 0)
        with pytest.raises(Refusal) as refused:
            await Client(founded.settings, founded.directory, Listener.STAFF).__aenter__()
        detail = "foreign-host" if bound_by_root else "foreign-socket"
        assert (refused.value.code, refused.value.facts) == ("unreachable", {"detail": detail})
    assert received == [b""]


def test_19_a_link_or_a_folder_open_to_others_is_refused(founded: Founded, own_runtime: Path) -> None:
    folder = runtime_directory(founded.settings, founded.directory)
    folder.mkdir(mode=0o700, parents=True)
    folder.parent.chmod(0o700)
    found = []
    folder.chmod(0o770)
    found.append(refusal_of_socket(founded.settings, founded.directory))
    folder.rmdir()
    folder.symlink_to(own_runtime)
    found.append(refusal_of_socket(founded.settings, founded.directory))
    assert found == ["mode", "not-a-folder"]


def refusal_of_socket(settings: Settings, directory: Path) -> object:
    with pytest.raises(Refusal) as refused:
        check_socket(settings, directory, Listener.STAFF)
    return refused.value.facts["why"]


@needs_root
def test_19_settings_that_another_account_wrote_are_refused(
    founded: Founded, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = founded.directory / "settings.toml"
    os.chown(file, COLLEAGUE, COLLEAGUE)
    monkeypatch.setattr(os, "getuid", lambda: TELLER)
    with pytest.raises(Refusal) as refused:
        settings_of(founded.directory)
    assert refused.value.code == "bad-settings"


def at_a_terminal(directory: Path) -> tuple[bytes, int]:
    """Sign on at a terminal as a person does and return what the screen showed, and the exit code."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-I", "-m", "tellertui", "sign-on", "M01", "--store", str(directory)]
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as desk:
        os.close(theirs)
        shown = b""
        typed = False
        with suppress(OSError):
            while select.select([ours], [], [], 20)[0]:
                shown += os.read(ours, 4096)
                if b"M01: " in shown and not typed:
                    typed = os.write(ours, PASSPHRASES["M01"] + b"\n") > 0
    os.close(ours)
    return shown, desk.returncode
