"""Attacks 20 and 21: recorded bytes, values of ``tellertui call``, other people's processes and terminals."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from attack_accounts import COLLEAGUE, TELLER, Accounts, act, needs_root
from attack_hosts import BranchProcess, facts, journal, until

from branches import PASSPHRASES, Founded
from hosts import LocalBranch, signed_on
from tellertui import client
from tellertui.core.clock import ManualClock
from tellertui.core.enc import dec, enc
from tellertui.core.frames import send_passphrase_frame
from tellertui.core.refusal import Refusal
from tellertui.core.role import Listener
from tellertui.core.wire import PROTOCOL
from tellertui.host.host import Host

HELLO = {"protocol": PROTOCOL}


async def code_of(branch: LocalBranch, method: str = "session.show", **params: object) -> str:
    with pytest.raises(Refusal) as caught:
        await branch.call(method, params)
    return caught.value.code


async def presented(host: Host, value: str, uid: int = 1000) -> LocalBranch:
    """Return a new connection that presents a value."""
    branch = LocalBranch(host, Listener.STAFF, uid)
    await branch.call("hello", {**HELLO, "session": value})
    return branch


async def ended(host: Host) -> list[str]:
    return [fact.cause for fact in facts(await journal(host), "session.ended")]


async def kept_value(host: Host) -> str:
    """Return the value of a session that its terminal has kept for scripts."""
    kept = await signed_on(host, "M01").call("session.machine")
    assert len(bytes.fromhex(kept["session"])) == 32
    await presented(host, kept["session"])
    return str(kept["session"])


async def refused_value(host: Host, value: str, uid: int = 1000) -> str:
    with pytest.raises(Refusal) as caught:
        await presented(host, value, uid)
    return caught.value.code


async def test_20_a_value_from_another_account_is_refused_and_revoked(host: Host) -> None:
    value = await kept_value(host)
    assert await refused_value(host, value, uid=1001) == "not-signed-on"
    assert await refused_value(host, value) == "not-signed-on"
    assert await ended(host) == ["stolen"]


@pytest.mark.parametrize(
    ("pauses", "cause"), [([299, 302], "idle"), ([290] * 13, "expired")], ids=["idle", "absolute"]
)
async def test_20_a_value_is_refused_after_lock_and_after_expiry(
    host: Host, clock: ManualClock, pauses: list[int], cause: str
) -> None:
    value = await kept_value(host)
    for pause in pauses[:-1]:
        clock.advance(pause)
        await (await presented(host, value)).call("session.show")
    clock.advance(pauses[-1])
    assert await refused_value(host, value) == "not-signed-on"
    assert await ended(host) == [cause]


async def test_20_a_value_is_refused_after_sign_off_and_another_sign_on(host: Host) -> None:
    value = await kept_value(host)
    await (await presented(host, value)).call("session.sign_off")
    assert await refused_value(host, value) == "not-signed-on"
    second = await kept_value(host)
    signed_on(host, "M01")
    assert await refused_value(host, second) == "not-signed-on"
    assert await ended(host) == ["sign-off", "newer"]


async def test_20_guessed_and_malformed_values_are_refused(host: Host) -> None:
    await kept_value(host)
    for value in ("00" * 32, "", "xyz", "ff" * 4096):
        assert await refused_value(host, value) == "not-signed-on"


async def test_20_idle_locks_a_terminal_and_drops_its_keys(served: BranchProcess) -> None:
    terminal = await served.signed_on("M01")
    async with served.client(Listener.ADMIN) as operator:
        await operator.call("clock.advance", b'{"seconds":400}')
        await terminal.call("session.touch", b"{}")
        await operator.call("clock.advance", b'{"seconds":400}')
        await terminal.call("session.show", b"{}")
        await operator.call("clock.advance", b'{"seconds":100}')
    with pytest.raises(Refusal) as refused:
        await terminal.call("session.show", b"{}")
    assert refused.value.code == "not-signed-on"
    await terminal.close()
    assert served.stop() == 0
    assert [fact.cause for fact in served.facts("session.ended")] == ["idle"]


async def test_20_recorded_bytes_sign_nobody_on_on_another_connection(
    served: BranchProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded: list[bytes] = []

    def recording(end: socket.socket, nonce: bytes, staff: str, passphrase: bytearray) -> None:
        recorded.append(enc(nonce, staff, bytes(passphrase)))
        send_passphrase_frame(end, nonce, staff, passphrase)

    monkeypatch.setattr(client, "send_passphrase_frame", recording)
    terminal = await served.signed_on("M01")
    async with served.client(Listener.STAFF) as other:
        assert await replayed(served, recorded[0]) == "greet-first"
        with pytest.raises(Refusal) as refused:
            await other.call("reception.queue", b"{}")
        assert refused.value.code == "not-signed-on"
    await terminal.close()
    async with served.client(Listener.STAFF):
        assert await replayed(served, recorded[0]) == "greet-first"


async def replayed(branch: BranchProcess, payload: bytes) -> str:
    """Send a recorded passphrase frame on a fresh connection and return the verdict."""
    reader, writer = await asyncio.open_unix_connection(branch.path(Listener.SIGNON))
    writer.write(len(payload).to_bytes(4, "big") + payload)
    size = int.from_bytes(await reader.readexactly(4), "big")
    verdict, _ = dec(await reader.readexactly(size))
    writer.close()
    return str(verdict)


def test_20_another_account_reads_neither_host_nor_terminal_nor_uses_a_value(
    accounts: Accounts,
) -> None:
    branch = accounts.branch
    value = branch.cli("sign-on", "M01", typed=PASSPHRASES["M01"] + b"\n").stdout.strip()
    assert branch.cli("call", "session.show", TELLERTUI_SESSION=value).returncode == 0
    with waiting_terminal(branch) as pid:
        looked = [f"/proc/{each}/{file}" for each in (branch.pid, pid) for file in ("environ", "mem")]
        found = accounts.act(TELLER, accounts.staff, session=value, read=looked)
    assert found.read == dict.fromkeys(looked, "EACCES")
    assert found.hello == "not-signed-on"
    assert branch.cli("call", "session.show", TELLERTUI_SESSION=value).returncode == 4
    until(lambda: branch.facts("session.ended"))
    assert [fact.cause for fact in branch.facts("session.ended")] == ["stolen"]


@contextmanager
def waiting_terminal(branch: BranchProcess) -> Iterator[int]:
    """Run a terminal that waits for a passphrase."""
    command = [sys.executable, "-I", "-m", "tellertui", "sign-on", "R01", "--store", str(branch.directory)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as terminal:
        yield terminal.pid
        terminal.kill()


@needs_root
def test_20_not_even_the_same_account_looks_into_a_hardened_process(founded: Founded) -> None:
    found = act(founded.settings, TELLER, peek=True).read
    assert found == {"plain": "open", "hardened": "EACCES"}


async def test_21_the_terminal_of_another_account_is_refused_with_an_entry(host: Host) -> None:
    manager = signed_on(host, "M01")
    await manager.call("branch.add_terminal", {"terminal": "desk-1", "kind": "desk", "uids": [1001]})
    thief = LocalBranch(host, Listener.STAFF, 1002)
    for claimed in ("desk-1", "desk-2"):
        assert await code_of(thief, "hello", **HELLO, terminal=claimed) == "terminal-refused"
    assert thief.peer.terminal == ""
    owner = LocalBranch(host, Listener.STAFF, 1001)
    await owner.call("hello", {**HELLO, "terminal": "desk-1"})
    assert owner.peer.terminal == "desk-1"
    await manager.call("branch.close_terminal", {"terminal": "desk-1"})
    assert await code_of(owner, "hello", **HELLO, terminal="desk-1") == "terminal-refused"
    refused = [each for each in await journal(host) if each.event == "access.refused"]
    left = zip(refused, facts(refused, "access.refused"), strict=True)
    assert [(entry.uid, fact.method, fact.code, fact.times) for entry, fact in left] == [
        (1002, "hello", "terminal-refused", 2),
        (1001, "hello", "terminal-refused", 1),
    ]


def test_21_the_kernel_and_not_the_claim_says_who_is_at_a_terminal(accounts: Accounts) -> None:
    branch = accounts.branch
    value = branch.cli("sign-on", "M01", typed=PASSPHRASES["M01"] + b"\n").stdout.strip()
    added = branch.cli("terminals", "add", "desk-1", "--uid", str(TELLER), TELLERTUI_SESSION=value)
    assert added.returncode == 0, added.stderr
    assert accounts.act(TELLER, accounts.staff, terminal="desk-1").hello == "not-signed-on"
    assert accounts.act(COLLEAGUE, accounts.staff, terminal="desk-1").hello == "terminal-refused"
