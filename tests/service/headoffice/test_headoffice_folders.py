"""Folders that cannot be written to are named, and nothing is changed."""

from pathlib import Path

import pytest

from offices import Office
from tellertui.core.refusal import Refusal
from tellertui.headoffice.files import take_in
from tellertui.headoffice.keys import found
from tellertui.headoffice.safety import back_up
from tellertui.sync.folder import from_office


@pytest.fixture
def taken(tmp_path: Path) -> Path:
    """A file where a folder is wanted."""
    file = tmp_path / "taken"
    file.write_text("")
    return file


@pytest.mark.parametrize("below", ["", "deeper"])
def test_keys(taken: Path, below: str) -> None:
    with pytest.raises(Refusal, match="bad-folder"):
        found(taken / below, "sqlite:///x.db", 0)


@pytest.mark.parametrize("below", ["", "deeper"])
def test_receipts(embedded: Office, taken: Path, below: str) -> None:
    with pytest.raises(Refusal, match="bad-folder"):
        take_in(embedded.receiver, [], taken / below)


def test_a_backup(embedded: Office, taken: Path) -> None:
    with pytest.raises(Refusal, match="backup-not-written"):
        back_up(embedded.store, taken / "backup.db")
    assert back_up(embedded.store, taken.with_name("backup.db")) == {}


def test_what_head_office_wrote_is_what_a_branch_looks_for(embedded: Office, tmp_path: Path) -> None:
    embedded.enrolled()
    folder = tmp_path / "stick"
    take_in(embedded.receiver, [tmp_path / "none.ttb"], folder)
    assert [file.name for file in from_office(folder)] == ["pack.bin"]
