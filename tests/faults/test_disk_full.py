"""A full disk: commands are refused, reading goes on, and with space again everything does."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest
from papers import add, group, papers

from branches import Founded, opened_at
from tellertui.branch.grants_check import check_grants
from tellertui.core.clock import ManualClock
from tellertui.core.refusal import Refusal
from tellertui.store import sqlite
from tellertui.store.store import ANCHOR, FILE, Store
from tellertui.store.verify import verify
from tellertui.vault.providers import provider

SIZE = "8m"
LEFT = 96 * 1024
"""Free bytes with which a store begins on the small disk."""


@pytest.fixture
def small(tmp_path: Path, founded: Founded) -> Iterator[Founded]:
    """A founded branch on a disk of its own that is nearly full."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(disk)]
    if os.getuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        directory = disk / "branch"
        shutil.copytree(founded.directory, directory)
        yield Founded(directory, founded.settings, founded.sheet)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def fill(directory: Path, left: int) -> Path:
    """Leave so many bytes free and return the file that takes the rest."""
    filler = directory.parent / "filler"
    free = os.statvfs(directory)
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_bsize - left)
    return filler


def add_until_refused(store: Store) -> set[str]:
    """Add papers until one is refused and return those that were acknowledged."""
    done: set[str] = set()
    for number in count():
        (outcome,) = group(store, add(f"p{number}"))
        if outcome.error is not None:
            assert isinstance(outcome.error, Refusal)
            assert outcome.error.code == "disk-full"
            return done
        done.add(outcome.value)
    raise AssertionError


def check(founded: Founded, clock: ManualClock, expected: set[str]) -> None:
    """The store opens without a finding, holds what was acknowledged, and verifies."""
    store = opened_at(founded, clock).store
    assert store.writer.red is None
    store.start()
    assert {code for code in papers(store) if code[0] == "p"} == expected
    store.close()
    secret = provider("memory", founded.directory, "test").load(UUID(founded.settings.store_id))
    with closing(sqlite.connect(founded.directory / FILE, query_only=True)) as connection:
        report = verify(connection, secret.mac_key(), founded.directory / ANCHOR, [check_grants])
    assert report.findings == []


def known(store: Store) -> set[str]:
    return {code for code in papers(store) if code[0] == "p"}


def test_on_a_full_disk_nothing_is_lost_and_with_space_again_all_goes_on(
    small: Founded, clock: ManualClock
) -> None:
    store = opened_at(small, clock).store
    store.start()
    before = known(store)
    filler = fill(small.directory, LEFT)
    done = before | add_until_refused(store)
    refused = group(store, *[add(f"p-{number}") for number in range(3)])
    assert {outcome.error.code for outcome in refused if isinstance(outcome.error, Refusal)} == {"disk-full"}
    assert [outcome.value for outcome in refused] == [None] * 3
    assert known(store) == done
    store.anchor()
    filler.unlink()
    assert store.run(add("p-again")) == "p-again"
    store.close()
    assert len(done) > len(before) + 1
    check(small, clock, done | {"p-again"})


def test_a_store_that_closes_on_a_full_disk_is_as_good_as_before(small: Founded, clock: ManualClock) -> None:
    store = opened_at(small, clock).store
    store.start()
    filler = fill(small.directory, LEFT)
    done = known(store) | add_until_refused(store)
    store.close()
    filler.unlink()
    check(small, clock, done)


def test_a_file_that_may_not_grow_refuses_command_by_command(store: Store) -> None:
    (pages,) = store.writer._cursor.execute("PRAGMA page_count").fetchone()
    store.writer._cursor.execute(f"PRAGMA max_page_count={pages + 2}")
    done = known(store) | add_until_refused(store)
    outcomes = group(store, add("p-x"), add("p-y"))
    assert [outcome.value for outcome in outcomes] == [None, None]
    assert known(store) == done
    assert store.writer.red is None
    store.writer._cursor.execute("PRAGMA max_page_count=1000000")
    assert store.run(add("p-z")) == "p-z"
    assert known(store) == done | {"p-z"}
