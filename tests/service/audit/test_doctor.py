"""``doctor``: each check in each of its states."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace as replaced

from tellertui.core.clock import ManualClock
from tellertui.host.doctor import (
    FREE_LEAST,
    FREE_WISHED,
    MEBI,
    SILENT,
    Check,
    Inside,
    Screen,
    checks,
    disk,
    examine,
    file_system,
    head_office,
    look_inside,
    magic_of,
    screen_here,
    terminal,
)
from tellertui.settings import Settings
from tellertui.store.lock import StoreLock
from tellertui.sync.api import SyncView

NOW = 1_772_400_000_000
SCREEN = Screen("xterm-256color", "utf-8", 80, 24)


@pytest.fixture
def settings(founded: Any) -> Settings:
    """The settings of a founded branch whose file was made under the program's umask."""
    (founded.directory / "branch.db").chmod(0o600)
    given: Settings = founded.settings
    return given


def look(founded: Any, settings: Settings, inside: Inside | None, now: int = NOW) -> dict[str, Check]:
    found = checks(founded.directory, settings, inside, ManualClock(now), SCREEN, str)
    return {check.name: check for check in found}


def test_founded_branch_is_healthy(founded: Any, settings: Settings) -> None:
    health = examine(founded.directory, settings, host_runs=False)
    assert [check.name for check in health.checks] == [
        "sqlite",
        "pragmas",
        "accounts",
        "modes",
        "file-system",
        "key-provider",
        "calendar",
        "clock",
        "terminal",
        "disk",
        "printer",
        "head-office",
    ]
    failing = [
        check for check in health.checks if check.state == "fail" and check.name not in ("clock", "disk")
    ]
    assert failing == []
    assert health.profile == "desk"
    found = msgspec.to_builtins(health)
    assert list(found) == ["ok", "profile", "checks"]
    assert list(found["checks"][0]) == ["name", "state", "detail"]


def test_what_the_file_says(founded: Any, settings: Settings) -> None:
    inside = look_inside(founded.directory)
    assert inside is not None
    assert inside.newest is not None
    found = look(founded, settings, inside, inside.newest)
    assert found["clock"].state == "ok"
    assert found["pragmas"].detail == "11 settings read back"
    said = "This branch was founded without a head office."
    assert found["head-office"] == Check("head-office", "ok", said)
    assert look(founded, settings, inside, inside.newest - 180_000)["clock"].state == "fail"


def test_store_that_a_host_holds_is_not_opened(founded: Any, settings: Settings) -> None:
    with StoreLock(founded.directory):
        assert look_inside(founded.directory) is None
    found = look(founded, settings, None)
    assert found["pragmas"].detail == "read back by the running host"
    assert found["head-office"].state == "ok"


def test_file_that_is_no_store(founded: Any, settings: Settings) -> None:
    (founded.directory / "branch.db").write_bytes(b"not a database" * 100)
    found = look(founded, settings, look_inside(founded.directory))
    assert (found["pragmas"].state, found["pragmas"].detail) == (
        "fail",
        "branch.db is not a tellertui store.",
    )
    (founded.directory / "branch.db").unlink()
    assert look(founded, settings, look_inside(founded.directory))["pragmas"].state == "fail"


def test_modes(founded: Any, settings: Settings) -> None:
    assert look(founded, settings, None)["modes"].state == "ok"
    (founded.directory / "anchor").chmod(0o640)
    assert look(founded, settings, None)["modes"].detail == "open to other accounts: anchor"
    founded.directory.chmod(0o755)
    assert look(founded, settings, None)["modes"].detail == "open to other accounts: branch, anchor"


def test_link_and_foreign_owner(founded: Any, settings: Settings) -> None:
    (founded.directory / "link").symlink_to("/etc/passwd")
    assert look(founded, settings, None)["modes"].detail == "open to other accounts: link"
    other = replaced(settings, host_uid=settings.host_uid + 1)
    assert look(founded, other, None)["modes"].state == "fail"


def test_key_provider(founded: Any, settings: Settings) -> None:
    assert look(founded, settings, None)["key-provider"].detail == "memory: host secret present"
    production = replaced(settings, environment="production")
    assert look(founded, production, None)["key-provider"].state == "fail"
    (founded.directory / "host-secret").unlink()
    assert look(founded, settings, None)["key-provider"].state == "fail"
    assert not (founded.directory / "host-secret").exists()
    assert look(founded, replaced(settings, store_id="7"), None)["key-provider"].state == "fail"


def test_calendar_reach(founded: Any, settings: Settings) -> None:
    years = {"ok": 1_772_400_000_000, "warn": 1_797_000_000_000, "fail": 1_900_000_000_000}
    assert {state: look(founded, settings, None, now)["calendar"].state for state, now in years.items()} == {
        state: state for state in years
    }


def test_time_zone(founded: Any, settings: Settings) -> None:
    found = look(founded, replaced(settings, time_zone="Asia/Atlantis"), None)
    assert (found["clock"].state, found["calendar"].state) == ("fail", "fail")


@pytest.mark.parametrize(
    ("magic", "environment", "state"),
    [
        (0xEF53, "production", "ok"),
        (0x6969, "test", "fail"),
        (0xFF534D42, "production", "fail"),
        (0x01021997, "production", "fail"),
        (0x65735546, "production", "fail"),
        (0x01021994, "production", "fail"),
        (0x01021994, "demo", "ok"),
        (None, "production", "warn"),
    ],
)
def test_file_system(magic: int | None, environment: str, state: str) -> None:
    assert file_system(str, magic, environment).state == state


def test_magic_number_of_a_known_file_system(tmp_path: Path) -> None:
    assert magic_of(Path("/proc")) in (0x9FA0, None)
    assert magic_of(tmp_path / "missing") is None


@pytest.mark.parametrize(
    ("screen", "state"),
    [
        (SCREEN, "ok"),
        (Screen("xterm", "UTF-8", 79, 24), "warn"),
        (Screen("xterm", "UTF-8", 80, 23), "warn"),
        (Screen("dumb", "UTF-8", 80, 24), "fail"),
        (Screen("xterm", "ascii", 80, 24), "fail"),
        (Screen("", "", 0, 0), "ok"),
    ],
)
def test_terminal(screen: Screen, state: str) -> None:
    assert terminal(str, screen).state == state


def test_screen_of_this_process() -> None:
    assert screen_here({"TERM": "vt220"}).kind == "vt220"


@pytest.mark.parametrize(
    ("free", "size", "state"),
    [(FREE_LEAST - 1, 0, "fail"), (FREE_WISHED, MEBI, "warn"), (FREE_WISHED + 2 * MEBI, MEBI, "ok")],
)
def test_disk(free: int, size: int, state: str) -> None:
    assert disk(str, free, size).state == state


def test_details_are_translated(founded: Any, settings: Settings) -> None:
    found = checks(founded.directory, settings, None, ManualClock(NOW), SCREEN, lambda text: f"«{text}»")
    assert {check.name for check in found if not check.detail.startswith("«")} == {
        "sqlite",
        "clock",
        "terminal",
    }


def test_line_to_head_office(founded: Any) -> None:
    inside = look_inside(founded.directory)
    assert inside is not None
    assert inside.line is not None
    unenrolled = replaced(inside.line, standalone=False)
    ready = replaced(unenrolled, state="ready", waiting=0, acked=inside.line.head, safe=4, last_ok=NOW)
    aged = replaced(ready, waiting=3, oldest_waiting_s=90_000)

    def state(line: SyncView | None, now: int = NOW) -> str:
        return head_office(line, now, str).state

    assert (state(None), state(inside.line), state(unenrolled)) == ("ok", "ok", "warn")
    assert (state(ready), state(replaced(ready, safe=0))) == ("ok", "warn")
    assert (state(aged), state(aged, NOW + SILENT + 1), state(ready, NOW + SILENT + 1)) == (
        "ok",
        "warn",
        "ok",
    )
    for code in ("asked", "new", "behind", "forked", "contested", "closed"):
        assert state(replaced(ready, state=code)) == "warn"
    assert state(replaced(ready, last_error="timeout")) == "warn"
