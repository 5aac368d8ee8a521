"""The verifying process: its own interpreter, a copy of a store that is in use, the key through a pipe."""

import asyncio
import sys
from pathlib import Path

import pytest

from tellertui.branch.grants_check import NAME
from tellertui.branch.opening import Opened
from tellertui.store.audit import AuditFailed, check_named, copy_apart, verify_file, verify_in_child
from tellertui.store.store import ANCHOR


async def test_store_in_use_is_verified_on_a_copy(branch: Opened, tmp_path: Path) -> None:
    store, folder = branch.store, tmp_path / "copy"
    folder.mkdir()
    store.run(lambda work: store.checkpoint(work, "test"))
    copy = copy_apart(store.path, folder)
    assert copy.stat().st_mode & 0o777 == 0o600
    report = await verify_in_child(copy, store.identity.mac_key, folder / ANCHOR, [NAME])
    assert report.findings == []
    assert report.head is not None
    assert report.head.hash == store.journal.head.hash.hex()
    assert report == verify_file(copy, store.identity.mac_key, folder / ANCHOR, [check_named(NAME)])


async def test_another_key_is_the_first_finding(branch: Opened, tmp_path: Path) -> None:
    copy = copy_apart(branch.store.path, tmp_path)
    report = await verify_in_child(copy, bytes(32), tmp_path / ANCHOR)
    assert [(finding.kind, finding.seq) for finding in report.findings] == [("mac", 1), ("anchor", None)]


async def test_no_store_is_no_report(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    other.write_bytes(b"not a database" * 100)
    with pytest.raises(AuditFailed, match="3"):
        await verify_in_child(other, bytes(32), tmp_path / ANCHOR)


async def test_child_says_the_code_of_a_refusal(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    other.write_bytes(b"not a database" * 100)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-I", "-m", "tellertui.store.audit", str(other), str(tmp_path / ANCHOR)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    answer, said = await process.communicate(bytes(32))
    assert (process.returncode, answer, said) == (3, b"", b"foreign-file\n")


def test_a_check_lies_in_this_package() -> None:
    with pytest.raises(ValueError, match="not a check"):
        check_named("os:system")
