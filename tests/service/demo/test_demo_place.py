"""A demo's folder: private, shared by its terminals, and gone with the last of them."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tellertui.core.refusal import Refusal
from tellertui.demo.place import LATEST, NOTES, PID, Notes, Place, home

STORE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))


def new(keep: Path | None = None) -> Place:
    return Place.new(Notes(store=STORE, keep=keep is not None), keep)


def test_a_new_demo_is_private() -> None:
    place = new()
    assert place.directory.parent == home()
    assert {found.stat().st_mode & 0o077 for found in (home(), place.directory)} == {0}
    assert (place.directory / NOTES).stat().st_mode & 0o077 == 0


def test_somebody_elses_folder_is_refused(tmp_path: Path) -> None:
    home().chmod(0o777)
    with pytest.raises(Refusal, match="unsafe-runtime"):
        new()


def test_the_last_one_out_cleans_up() -> None:
    first = new()
    second = Place.running()
    assert second.directory == first.directory
    first.enter()
    second.enter()
    first.leave()
    assert first.directory.exists()
    assert not first.deserted
    second.leave()
    assert not first.directory.exists()
    with pytest.raises(Refusal, match="no-demo"):
        Place.running()


def test_a_terminal_that_is_killed_counts_no_more() -> None:
    place = new()
    program = (
        "import sys, pathlib; from tellertui.demo.place import Place; "
        f"Place(pathlib.Path({str(place.directory)!r})).enter(); print('in', flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"in\n"
        assert not place.deserted
        child.kill()
        child.wait()
    assert place.deserted


def test_a_kept_demo_stays_and_is_taken_up_again(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    place = new(folder)
    place.enter()
    place.leave()
    assert (folder / NOTES).exists()
    again = Place.new(Notes(store="another"), folder)
    assert again.notes.store == STORE


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "letter.txt").write_text("dear")
    with pytest.raises(Refusal, match="not-a-demo"):
        new(folder)
    assert (folder / "letter.txt").exists()
    assert not (home() / LATEST).exists()


def test_the_power_is_cut_with_sigkill() -> None:
    place = new()
    program = (
        "import sys, pathlib; from tellertui.demo.place import Place\n"
        f"with Place(pathlib.Path({str(place.directory)!r})).alone():\n"
        " print('in', flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"in\n"
        assert place.cut_power()
        assert child.wait() == -signal.SIGKILL
    assert not place.cut_power()


def test_a_process_that_only_has_the_number_of_a_host_is_left_alone() -> None:
    place = new()
    (place.directory / PID).write_text(str(os.getpid()))
    assert not place.cut_power()


def test_there_may_be_no_host_to_cut_off() -> None:
    assert not new().cut_power()


def test_one_host_at_a_time() -> None:
    place = new()
    with place.alone():
        assert (place.directory / PID).read_text() == str(os.getpid())
        with pytest.raises(Refusal, match="demo-hosted"), Place(place.directory).alone():
            raise AssertionError
    with place.alone():
        pass


def test_the_morning_begins_anew_in_the_same_folder() -> None:
    place = new()
    place.write(Notes(store=STORE, offset=7))
    (place.directory / "branch.db").write_bytes(b"x")
    (place.directory / "settings.toml").write_text("")
    assert place.made
    place.forget_branch()
    assert not place.made
    assert {found.name for found in place.directory.iterdir()} == {NOTES}
    assert place.notes == Notes(store=STORE)
