"""905 with real keys: send now, files in a folder, who may not, notices, and a real branch."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from app_sample import come_true, keys
from local_app import LocalApp, note, text, told, typed
from snap import press
from sync_sample import FakeBranch, asked, files, much, stopped, unenrolled, up, view
from textual.pilot import Pilot

from branches import MANAGER, cheap_settings, found
from hosts import LocalBranch, signed_on
from offices import Office
from tellertui.core.clock import ManualClock
from tellertui.core.ids import TimedIds
from tellertui.core.refusal import NOT_PERMITTED, Refusal
from tellertui.core.role import Role
from tellertui.headoffice.files import take_in
from tellertui.host.host import Host
from tellertui.sync import api, folder, words
from tellertui.sync.screens.sync import AskFolder, Rejections, Sync
from tellertui.ui.modal import Choose
from tellertui.vault.custodian import CustodianKey
from tellertui.vault.providers import provider


@asynccontextmanager
async def running(branch: Any, *roles: Role) -> AsyncIterator[Pilot[Any]]:
    app = LocalApp(branch, Sync, clock=branch.clock if isinstance(branch, FakeBranch) else None)
    if roles:
        app.roles = frozenset(roles)
    async with app.run_test(size=(80, 24)) as pilot:
        await told(pilot)
        yield pilot


@pytest.fixture
def branch() -> FakeBranch:
    return FakeBranch(view())


@pytest.fixture
async def pilot(branch: FakeBranch) -> AsyncIterator[Pilot[Any]]:
    async with running(branch) as pilot:
        yield pilot


async def answered(pilot: Pilot[Any], *kinds: type[Any]) -> None:
    """Wait for what a thread that reads or writes files brings about."""

    def there() -> bool:
        screen = pilot.app.screen
        return isinstance(screen, kinds) and not getattr(screen, "busy", "")

    await come_true(there)
    await told(pilot)


async def export_to(pilot: Pilot[Any], place: Path | str, *kinds: type[Any]) -> None:
    """Press F9, type a folder and Enter."""
    await press(pilot, "f9", *keys(str(place)), "enter")
    await answered(pilot, *kinds)


@pytest.fixture
async def belonging(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Host]:
    """A branch whose keys are escrowed at head office, with a host in this process."""
    founded = found(tmp_path / "branch", cheap_settings(), custodian=CustodianKey.generate().public)
    secret = provider("memory", founded.directory, "test").load(UUID(founded.settings.store_id))
    host = Host(founded.directory, founded.settings, secret, clock, TimedIds(clock))
    await host.recover()
    yield host
    await host.close()


def lying_in(place: Path) -> dict[str, bytes]:
    """Return what lies in a folder."""
    return {file.name: file.read_bytes() for file in place.iterdir()}


# Send now.


async def test_send_now_keeps_its_budget(pilot: Pilot[Any], branch: FakeBranch) -> None:
    pressed = await typed(pilot, "F10")
    assert branch.count(api.SendNow) == 1
    assert note(pilot) == "It leaves as soon as the courier reaches head office."
    # 905 ⏎ from the command field of a desk, F10.
    assert len("905") + 1 + pressed <= 5


async def test_without_a_courier_it_says_so(pilot: Pilot[Any], branch: FakeBranch) -> None:
    branch.state = view(courier=False)
    await typed(pilot, "F10")
    assert branch.count(api.SendNow) == 1
    assert note(pilot) == words.NO_CARRIER


async def test_f10_pressed_twice_sends_once(pilot: Pilot[Any], branch: FakeBranch) -> None:
    bells = pilot.app.bells
    await press(pilot, "f10", "f10")
    await told(pilot)
    assert branch.count(api.SendNow) == 1
    assert pilot.app.bells == bells + 1


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (unenrolled(), words.NONE),
        (asked(), words.ASKED),
        (files(), "Entries travel as files here; F9 writes them."),
        *((stopped(each), words.DECIDE[each]) for each in words.STOPPED),
    ],
    ids=lambda each: each.state if isinstance(each, api.SyncView) else "",
)
async def test_what_cannot_be_sent_says_why(state: api.SyncView, why: str) -> None:
    branch = FakeBranch(state)
    async with running(branch) as pilot:
        bells = pilot.app.bells
        await typed(pilot, "F10")
        assert branch.count(api.SendNow) == 0
        assert note(pilot) == why
        assert pilot.app.bells == bells + 1


async def test_a_refusal_is_said_and_the_screen_stays(pilot: Pilot[Any], branch: FakeBranch) -> None:
    branch.refuses = lambda command: api.NOT_ENROLLED() if isinstance(command, api.SendNow) else None
    await typed(pilot, "F10")
    assert note(pilot) == api.NOT_ENROLLED.text
    assert "42 entries wait here" in text(pilot)


async def test_an_auditor_looks_and_does_nothing(branch: FakeBranch) -> None:
    async with running(branch, Role.AUDITOR) as pilot:
        assert "42 entries wait here" in text(pilot)
        for key in ("F10", "F9"):
            await typed(pilot, key)
            assert note(pilot) == "A manager or a reviewer does that."
        assert branch.count(api.SendNow) == branch.count(api.Export) == 0


# What is shown.


async def test_a_notice_reads_it_again(pilot: Pilot[Any], branch: FakeBranch) -> None:
    branch.state = up()
    branch.told(7)
    await told(pilot)
    assert "Head office has everything." in text(pilot)
    assert "line up 10:43" in text(pilot)


async def test_every_minute_it_is_read_again(pilot: Pilot[Any], branch: FakeBranch) -> None:
    branch.state = view(oldest_waiting_s=720)
    pilot.app.screen.tick()
    await told(pilot)
    assert "for 11 min" in text(pilot)
    branch.clock.advance(60)
    pilot.app.screen.tick()
    await told(pilot)
    assert "for 12 min" in text(pilot)


async def test_pages_of_batches(pilot: Pilot[Any]) -> None:
    assert "18,205-18,246" in text(pilot)
    await typed(pilot, "F8")
    assert "18,205-18,246" not in text(pilot)
    assert "16,521-17,020" in text(pilot)
    await typed(pilot, "F7")
    assert "18,205-18,246" in text(pilot)
    await typed(pilot, "F7")
    assert note(pilot) == "There is nothing more to show."


async def test_what_needs_a_person_is_listed() -> None:
    async with running(FakeBranch(much())) as pilot:
        await typed(pilot, "F6")
        assert isinstance(pilot.app.screen, Rejections)
        assert "2/9  ticket.issued" in text(pilot)
        assert "an earlier entry must be mended first" in text(pilot)
        await press(pilot, "f8")
        assert "18,110  appointment.cancelled" in text(pilot)
        await press(pilot, "f12")
        assert isinstance(pilot.app.screen, Sync)


async def test_nothing_to_mend() -> None:
    async with running(FakeBranch(up())) as pilot:
        await typed(pilot, "F6")
        assert note(pilot) == "Nothing needs a person."
        assert isinstance(pilot.app.screen, Sync)


# Files in a folder.


async def test_what_waits_is_written_as_files(pilot: Pilot[Any], branch: FakeBranch, tmp_path: Path) -> None:
    await export_to(pilot, tmp_path, Sync)
    assert note(pilot) == "Files written: 2, read: 0."
    assert lying_in(tmp_path) == {"B001-1-18205-18240.ttb": b"one", "B001-1-18241-18246.ttb": b"two"}
    # The folder is offered from now on: 905 ⏎ F9 ⏎.
    branch.clock.advance(2)
    assert len("905") + 1 + await typed(pilot, "F9 ⏎") <= 6
    await answered(pilot, Sync)
    assert branch.count(api.Export) == 6


async def test_receipts_are_read_back_in_the_same_step(
    pilot: Pilot[Any], branch: FakeBranch, tmp_path: Path
) -> None:
    for name, body in {
        "a.ttb.receipt": b"ok",
        "b.receipt": b"other branch",
        "pack.bin": b"keys",
        "c": b"",
    }.items():
        (tmp_path / name).write_bytes(body)
    await export_to(pilot, tmp_path, Choose)
    assert "Files from head office lie in this folder: 3." in text(pilot).replace("│", "").replace("\n", "")
    await press(pilot, "1")
    await answered(pilot, Sync)
    assert branch.taken == [b"keys", b"ok"]
    assert note(pilot) == "Files written: 2, read: 2, not taken: 1 (other-branch)."


async def test_receipts_can_be_left_alone(pilot: Pilot[Any], branch: FakeBranch, tmp_path: Path) -> None:
    (tmp_path / "a.receipt").write_bytes(b"ok")
    await export_to(pilot, tmp_path, Choose)
    await press(pilot, "f12")
    await answered(pilot, AskFolder)
    assert not branch.taken
    await press(pilot, "enter")
    await answered(pilot, Choose)
    await press(pilot, "2")
    await answered(pilot, Sync)
    assert not branch.taken
    assert note(pilot) == "Files written: 2, read: 0."


async def test_nothing_waits_and_nothing_is_written(
    pilot: Pilot[Any], branch: FakeBranch, tmp_path: Path
) -> None:
    branch.files = []
    await export_to(pilot, tmp_path, Sync)
    assert note(pilot) == "Nothing waits here; no file was written."
    assert not lying_in(tmp_path)


async def test_a_folder_that_is_not_there_keeps_what_was_typed(
    pilot: Pilot[Any], branch: FakeBranch, tmp_path: Path
) -> None:
    await export_to(pilot, tmp_path / "gone", AskFolder)
    assert pilot.app.screen.form["folder"].value == str(tmp_path / "gone")
    assert pilot.app.screen.said.text == folder.NO_FOLDER.text
    assert branch.count(api.Export) == 0
    (tmp_path / "gone").mkdir()
    await press(pilot, "enter")
    await answered(pilot, Sync)
    assert note(pilot) == "Files written: 2, read: 0."


async def test_a_folder_that_cannot_be_written_to(
    pilot: Pilot[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder.os, "fsync", full)
    await export_to(pilot, tmp_path, AskFolder)
    assert pilot.app.screen.form["folder"].value == str(tmp_path)
    assert pilot.app.screen.said.text == folder.BAD_FOLDER.text
    assert not lying_in(tmp_path)
    await press(pilot, "f12")
    await answered(pilot, Sync)


async def test_paths_that_are_none(pilot: Pilot[Any], branch: FakeBranch) -> None:
    await press(pilot, "f9", "enter")
    assert isinstance(pilot.app.screen, AskFolder)
    await press(pilot, *"stick", "f10")
    assert isinstance(pilot.app.screen, AskFolder)
    assert pilot.app.screen.said is not None
    pilot.app.screen.form["folder"].value = "/tmp/\0"
    await press(pilot, "enter")
    await answered(pilot, AskFolder)
    assert pilot.app.screen.said.text == folder.NO_FOLDER.text
    assert branch.count(api.Export) == 0


async def test_a_branch_that_travels_by_files_offers_its_folder() -> None:
    async with running(FakeBranch(files())) as pilot:
        await press(pilot, "f9")
        assert pilot.app.screen.form["folder"].value == "/media/stick"


async def test_another_refusal_of_the_branch_stops_the_reading(branch: FakeBranch, tmp_path: Path) -> None:
    (tmp_path / "a.receipt").write_bytes(b"ok")
    branch.refuses = lambda command: NOT_PERMITTED(method="x") if isinstance(command, api.TakeIn) else None
    with pytest.raises(Refusal):
        await folder.take(branch.do, folder.from_office(tmp_path))


def test_what_is_no_receipt_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.receipt")
    (tmp_path / "folder.receipt").mkdir()
    (tmp_path / "large.receipt").write_bytes(b"x" * (folder.LARGEST + 1))
    for name in ("pipe.receipt", "folder.receipt", "large.receipt", "gone.receipt"):
        with pytest.raises(Refusal) as refused:
            folder.contents(tmp_path / name)
        assert refused.value.kind is folder.BAD_FILE


# A real branch.


async def test_a_branch_that_is_not_enrolled(belonging: Host) -> None:
    async with running(signed_on(belonging, MANAGER)) as pilot:
        assert words.NONE in text(pilot)
        assert "tellertui headoffice enrol-code --branch-code CODE" in text(pilot)
        await typed(pilot, "F9")
        assert note(pilot) == words.NONE
        assert isinstance(pilot.app.screen, Sync)


async def test_a_branch_founded_without_head_office(host: Host) -> None:
    async with running(signed_on(host, MANAGER)) as pilot:
        assert words.STANDALONE in text(pilot)
        assert "enrol-code" not in text(pilot)
        await typed(pilot, "F10")
        assert note(pilot) == words.STANDALONE


async def carried(pilot: Pilot[Any], office: Office, stick: Path) -> None:
    """Press F9 for the folder that is offered, read what lies there, and take it to head office."""
    office.clock.advance(2)
    await press(pilot, "f9", "enter")
    await answered(pilot, Choose)
    await press(pilot, "1")
    await answered(pilot, Sync)
    take_in(
        office.receiver, [stick / name for name in lying_in(stick) if name.endswith((".tte", ".ttb"))], stick
    )


async def test_from_enrolling_to_everything_by_a_stick(belonging: Host, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    clock: Any = belonging.store.clock
    office = Office.made(tmp_path / "office" / "keys", f"sqlite:///{tmp_path / 'office.db'}", clock)
    (stick / folder.PACK_FILE).write_bytes(office.keys.signed_pack)
    manager = signed_on(belonging, MANAGER)
    await manager.do(api.AskEnrolment(url=f"file:{stick}", code=office.code("B001")))
    try:
        async with running(manager) as pilot:
            assert words.ASKED in text(pilot)
            await carried(pilot, office, stick)
            assert [file.name for file in stick.glob("*.tte")] == ["B001-enrol.tte"]
            await carried(pilot, office, stick)
            assert "They are safe on this machine and leave as files." in text(pilot)
            await carried(pilot, office, stick)
            assert "Head office has everything." in text(pilot)
            state = await manager.do(api.ShowSync())
            assert state.acked == state.head
            assert f"head office {state.head_office}" in text(pilot)
    finally:
        office.store.close()


async def test_the_lobby_is_told_nothing(host: Host) -> None:
    with pytest.raises(Refusal) as refused:
        await LocalBranch(host).do(api.ShowSync())
    assert refused.value.code in ("not-permitted", "not-signed-on", "wrong-listener", "unknown-method")
