"""Other accounts of the machine, with or without a branch that runs under profile ``branch``."""

import grp
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from attack_account import Errand, Found
from attack_hosts import PATIENCE_S, TESTS, BranchProcess

from tellertui.settings import Settings, write_settings

STRANGER, KIOSK, TELLER, COLLEAGUE = 61_001, 61_002, 61_003, 61_004
NO_GROUP = 61_001
needs_root = pytest.mark.skipif(os.getuid() != 0, reason="needs root, to act as several accounts")
SCRIPT = TESTS / "attacks" / "attack_account.py"


@dataclass(frozen=True)
class Accounts:
    """A branch under profile ``branch`` and the groups of its sockets."""

    branch: BranchProcess
    staff: int
    lobby: int

    @classmethod
    def beside(cls, branch: BranchProcess, runtime: Path) -> "Accounts":
        """Turn a founded branch to profile ``branch``, with groups that every machine has, and start it."""
        groups = {"staff_group": "users", "lobby_group": "games", "courier_group": "mail"}
        try:
            gids = {name: grp.getgrnam(group).gr_gid for name, group in groups.items()}
        except KeyError as missing:
            pytest.skip(f"this machine has no group {missing}")
        runtime.chmod(0o755)
        settings = msgspec.structs.replace(branch.settings, profile="branch", runtime=str(runtime), **groups)
        write_settings(branch.directory, settings)
        branch.start()
        return cls(branch, gids["staff_group"], gids["lobby_group"])

    def act(self, uid: int, gid: int = NO_GROUP, **errand: Any) -> Found:
        """Let an account try something at this branch."""
        return act(self.branch.settings, uid, gid, **errand)


def act(settings: Settings, uid: int, gid: int = NO_GROUP, **errand: Any) -> Found:
    """Let an account try something and return what came of it."""
    done = subprocess.run(
        _command(settings, uid, gid, errand), capture_output=True, timeout=PATIENCE_S, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return msgspec.json.decode(done.stdout, type=Found)


@contextmanager
def false_host(settings: Settings, uid: int, path: Path, **errand: Any) -> Iterator[list[bytes]]:
    """Let an account listen on a path meanwhile; afterwards the list holds every byte that it was sent."""
    received: list[bytes] = []
    command = _command(settings, uid, NO_GROUP, {"listen": str(path), **errand})
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as host:
        assert host.stdout is not None
        assert host.stderr is not None
        try:
            assert host.stdout.readline() == b"listening\n", host.stderr.read().decode()
            yield received
        finally:
            out, _ = host.communicate(timeout=PATIENCE_S)
        received.append(bytes.fromhex(msgspec.json.decode(out, type=Found).received))


def _command(settings: Settings, uid: int, gid: int, errand: dict[str, Any]) -> list[str]:
    given = Errand(uid=uid, gid=gid, settings=settings, **errand)
    return [sys.executable, str(SCRIPT), msgspec.json.encode(given).decode()]
