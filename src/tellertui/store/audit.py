"""The whole verification in a process of its own, on a copy or on a store that no host has open.

    python -I -m tellertui.store.audit FILE ANCHOR [CHECK …]

reads the store's MAC key from standard input and prints the report as JSON. A check is
``module:function`` of this package. Exit code 0 when verified, 1 with findings, 3 when FILE cannot be
opened; then standard error has the code of the refusal.
"""

import asyncio
import importlib
import os
import shutil
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import msgspec

from tellertui.core.hardening import harden
from tellertui.core.refusal import NO, UNREACHABLE, Refusal
from tellertui.store import schema, sqlite
from tellertui.store.findings import Report
from tellertui.store.store import ANCHOR, FILE
from tellertui.store.verify import Check, verify

PACKAGE = "tellertui."
KEY_SIZE = 32
NICE = 10


class AuditFailed(RuntimeError):  # noqa: N818 - names what happened
    """The verifying process gave no report; the message is the code it ended with."""


def copy_apart(store: Path, folder: Path) -> Path:
    """Write a consistent copy of an open store into a folder, with the anchor as it was before.

    For the process that holds the store; it takes a connection of its own for as long as the copy lasts.

    Returns:
        The copied file; its anchor lies beside it.
    """
    anchor = store.with_name(ANCHOR)
    if anchor.exists():
        shutil.copyfile(anchor, folder / ANCHOR)
    copy = folder / FILE
    with closing(sqlite.connect(store)) as connection:
        schema.copy_into(connection, copy)
    return copy


def verify_file(path: Path, mac_key: bytes | bytearray, anchor: Path, checks: Sequence[Check] = ()) -> Report:
    """Verify a file that no other process has open.

    Raises:
        Refusal: the file cannot be opened as a store.
    """
    with closing(sqlite.connect(path, query_only=True)) as connection:
        return verify(connection, mac_key, anchor, checks)


async def verify_in_child(
    path: Path, mac_key: bytes | bytearray, anchor: Path, checks: Sequence[str] = ()
) -> Report:
    """Verify a file in a process of its own, which gets the key through a pipe.

    Args:
        path: a copy, or a store that no host has open.
        mac_key: the store's MAC key.
        anchor: the anchor file that belongs to it.
        checks: names of further checks, ``module:function``.

    Raises:
        AuditFailed: there is no report.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-I", "-m", __name__, str(path), str(anchor), *checks),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )
    try:
        answer, _ = await process.communicate(bytes(mac_key))
    except BaseException:
        process.kill()
        await process.wait()
        raise
    if process.returncode not in (0, NO):
        raise AuditFailed(str(process.returncode))
    return msgspec.json.decode(answer, type=Report)


def check_named(name: str) -> Check:
    """Return a check of this package by its name.

    Raises:
        ValueError: it lies elsewhere.
    """
    module, _, function = name.partition(":")
    if not module.startswith(PACKAGE):
        msg = "not a check of this package"
        raise ValueError(msg)
    check: Check = getattr(importlib.import_module(module), function)
    return check


def main(arguments: Sequence[str]) -> int:
    """Verify the file that the arguments name, print the report and return the exit code."""
    harden()
    os.nice(NICE)
    path, anchor, *names = arguments
    mac_key = bytearray(sys.stdin.buffer.read(KEY_SIZE))
    try:
        report = verify_file(Path(path), mac_key, Path(anchor), [check_named(name) for name in names])
    except Refusal as refused:
        sys.stderr.write(f"{refused.code}\n")
        return UNREACHABLE
    sys.stdout.buffer.write(msgspec.json.encode(report) + b"\n")
    return 0 if report.verified else NO


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
