"""Stores to verify: made once per worker, copied for each test."""

from pathlib import Path

import pytest
from audit_store import Keys, TrialStore, fill, found, make_file

from tellertui.vault.classes import ClassSecret
from tellertui.vault.host import DeviceKey, HostSecret
from tellertui.vault.person import PersonKeys


@pytest.fixture(scope="session")
def keys() -> Keys:
    officers = PersonKeys.generate(), PersonKeys.generate()
    return Keys(HostSecret.generate(), DeviceKey.generate(), officers, ClassSecret.generate("customer", 1))


@pytest.fixture(scope="session")
def empty_template(tmp_path_factory: pytest.TempPathFactory, keys: Keys) -> TrialStore:
    """A store that is founded, with nothing in it yet."""
    trial = TrialStore(tmp_path_factory.mktemp("empty"), keys)
    make_file(trial.folder)
    with trial.running() as desk:
        desk.run(lambda work: found(work, keys))
    return trial


@pytest.fixture(scope="session")
def full_template(tmp_path_factory: pytest.TempPathFactory, empty_template: TrialStore) -> TrialStore:
    trial = empty_template.copied(tmp_path_factory.mktemp("full") / "store")
    with trial.running() as desk:
        fill(desk)
    return trial


@pytest.fixture
def empty(empty_template: TrialStore, tmp_path: Path) -> TrialStore:
    return empty_template.copied(tmp_path / "store")


@pytest.fixture
def trial(full_template: TrialStore, tmp_path: Path) -> TrialStore:
    return full_template.copied(tmp_path / "store")
