"""The demo branch: made by its own staff's commands, believable at 10:42, and as sound as any other."""

import shutil
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from seats import Seat
from tellertui.branch.opening import CHECKS, open_branch
from tellertui.branch.people import Names
from tellertui.core.clock import MINUTE, ManualClock
from tellertui.core.ids import TimedIds
from tellertui.core.refusal import Refusal
from tellertui.core.role import Role
from tellertui.demo.cast import cast
from tellertui.demo.making import SHOWN_AT, make
from tellertui.host.host import Host
from tellertui.settings import settings_of
from tellertui.store import sqlite
from tellertui.store.audit import check_named
from tellertui.store.handlers import answer_of
from tellertui.store.store import ANCHOR, FILE
from tellertui.store.verify import verify
from tellertui.vault.providers import provider
from tellertui.workflows.closing.api import ShowDay
from tellertui.workflows.reception.api import CallNext, Queue
from tellertui.workflows.reception.views import QueueView


@dataclass(frozen=True)
class Made:
    directory: Path
    now: int

    def queue(self) -> QueueView:
        """Return the lobby as it was left."""
        settings, clock = settings_of(self.directory), ManualClock(self.now)
        secret = provider("memory", self.directory, "demo").load(UUID(settings.store_id))
        store = open_branch(self.directory, settings, secret, clock, TimedIds(clock)).store
        store.start()
        try:
            return store.read(lambda reads: answer_of(Queue)(reads, Queue())).result()  # type: ignore[no-any-return]
        finally:
            store.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    directory = tmp_path_factory.mktemp("demo") / "branch"
    return Made(directory, make(directory, cast(), "zh_Hant"))


@pytest.fixture(scope="module")
def queue(made: Made) -> QueueView:
    return made.queue()


@pytest.fixture
async def host(made: Made, tmp_path: Path) -> AsyncIterator[Host]:
    """A host on a copy: what one test does there, no other finds."""
    directory = tmp_path / "hosted"
    shutil.copytree(made.directory, directory)
    settings, clock = settings_of(directory), ManualClock(made.now)
    secret = provider("memory", directory, "demo").load(UUID(settings.store_id))
    host = Host(directory, settings, secret, clock, TimedIds(clock))
    await host.recover()
    yield host
    await host.close()


def test_it_is_a_busy_monday_at_10_42(made: Made, queue: QueueView) -> None:
    assert (made.now // MINUTE + 8 * 60) % (24 * 60) == SHOWN_AT
    assert 10 <= queue.waiting <= 24
    assert queue.longest is not None
    assert 20 * 60 < queue.longest.waited_s < 35 * 60
    assert queue.missed
    assert [call.place for call in queue.help] == ["kiosk"]


def test_a_senior_waits_who_lacks_one_paper(queue: QueueView) -> None:
    lacking = [ticket for ticket in queue.tickets if ticket.missing]
    assert ("senior", ["address-proof"]) in [(ticket.care, ticket.missing) for ticket in lacking]


def test_counters_stand_as_the_story_says(queue: QueueView) -> None:
    desks = {desk.counter: desk for desk in queue.counters}
    assert (desks["2"].ticket_state, desks["2"].calls) == ("called", 2)
    assert (desks["3"].state, desks["3"].number, desks["3"].person) == ("open", None, "0417")
    assert desks["4"].state == "closed"
    assert sum(desk.ticket_state == "serving" for desk in queue.counters) >= 2


def test_every_row_and_signature_holds(made: Made) -> None:
    secret = provider("memory", made.directory, "demo").load(UUID(settings_of(made.directory).store_id))
    with closing(sqlite.connect(made.directory / FILE, query_only=True)) as connection:
        checks = [check_named(name) for name in CHECKS]
        report = verify(connection, secret.mac_key(), made.directory / ANCHOR, checks=checks)
    assert report.findings == []
    assert report.entries > 800


async def test_everybody_signs_on_and_has_a_name(host: Host) -> None:
    script = cast()
    for member in script.people:
        seat = Seat(host)
        assert await seat.sign_on(member.code, script.passphrase_of(member.code).encode()) == ("ok", 0)
        assert {session.staff for session in host.sessions} >= {member.code}
        if member.role is Role.AUDITOR:
            with pytest.raises(Refusal, match="not-permitted"):
                await seat.do(Names())
        else:
            names = await seat.do(Names())
            assert names == {each.code: each.name.zh_hant for each in script.people}


def test_no_name_lies_open_in_the_file(made: Made) -> None:
    kept = b"".join(file.read_bytes() for file in made.directory.glob(f"{FILE}*"))
    assert b"0417" in kept
    assert not [member for member in cast().people if member.name.zh_hant.encode() in kept]


async def test_the_day_before_was_signed_by_both_officers(host: Host) -> None:
    seat = Seat(host)
    await seat.sign_on("0401", cast().passphrase_of("0401").encode())
    sheet = await seat.do(ShowDay(date="2026-11-20"))
    assert sheet.state == "signed"
    assert [each.staff for each in sheet.signatures] == ["0401", "0431"]
    assert sheet.blocking == []
    assert sheet.figures.served > 120
    assert 0.7 < sheet.figures.csat < 1


async def test_the_demo_teller_calls_the_next_ticket_at_once(host: Host) -> None:
    seat = Seat(host)
    await seat.sign_on("0417", cast().passphrase_of("0417").encode())
    called = await seat.do(CallNext())
    assert called.service == "account"


@pytest.fixture(params=[1, 2])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Made:
    directory = tmp_path / "branch"
    return Made(directory, make(directory, cast(), "en", request.param))


def test_another_seed_is_another_morning(other: Made, queue: QueueView) -> None:
    found = other.queue()
    assert [ticket.number for ticket in found.tickets] != [ticket.number for ticket in queue.tickets]
    assert found.waiting >= 4
    assert any(ticket.missing == ["address-proof"] for ticket in found.tickets)


def test_the_same_seed_is_the_same_morning(made: Made, queue: QueueView, tmp_path: Path) -> None:
    again = Made(tmp_path / "branch", make(tmp_path / "branch", cast(), "zh_Hant")).queue()
    assert [(each.number, each.waited_s, each.missing) for each in again.tickets] == [
        (each.number, each.waited_s, each.missing) for each in queue.tickets
    ]


def test_a_demo_is_no_production_store(made: Made) -> None:
    settings = settings_of(made.directory)
    assert (settings.environment, settings.profile) == ("demo", "desk")
