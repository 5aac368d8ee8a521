"""Hosts to attack: real processes on a copy of a founded branch, behind sockets of their own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from attack_accounts import Accounts
from attack_hosts import BranchProcess

from branches import Founded


@contextmanager
def socket_folder() -> Iterator[Path]:
    """Make a folder whose path is short enough for sockets."""
    folder = Path(tempfile.mkdtemp(prefix="tt-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module", autouse=True)
def runtime() -> Iterator[Path]:
    """The folder of sockets of a module's hosts, which every process of its tests finds."""
    with socket_folder() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        yield folder


@pytest.fixture
def own_runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of sockets of one test's own, to be tampered with."""
    with socket_folder() as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
        yield folder


@contextmanager
def ended(branch: BranchProcess) -> Iterator[BranchProcess]:
    """End the host of a branch afterwards, if it still runs."""
    yield branch
    if branch.process is not None and branch.process.poll() is None:
        branch.stop()


@pytest.fixture
def process(founded: Founded) -> Iterator[BranchProcess]:
    """A founded branch whose host is not started yet."""
    with ended(BranchProcess(founded.directory)) as branch:
        yield branch


@pytest.fixture
def served(process: BranchProcess) -> BranchProcess:
    """A branch whose host runs, on a Monday from nine o'clock on."""
    return process.start()


@pytest.fixture(scope="module")
def copied(founded_template: Founded, tmp_path_factory: pytest.TempPathFactory) -> BranchProcess:
    """A founded branch of a module's own."""
    directory = tmp_path_factory.mktemp("shared") / "branch"
    shutil.copytree(founded_template.directory, directory)
    return BranchProcess(directory)


@pytest.fixture(scope="module")
def shared(copied: BranchProcess) -> Iterator[BranchProcess]:
    """A branch whose host runs for all tests of a module."""
    with ended(copied.start()) as branch:
        yield branch


@pytest.fixture(scope="module")
def accounts(copied: BranchProcess) -> Iterator[Accounts]:
    """A running branch whose lobby and staff have accounts of their own."""
    if os.getuid():
        pytest.skip("needs root, to act as several accounts of the machine")
    with socket_folder() as folder, ended(copied):
        yield Accounts.beside(copied, folder)
