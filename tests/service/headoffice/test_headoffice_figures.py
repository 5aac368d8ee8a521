"""Head office's figures are the branch's own, however the entries come and whoever stops in between."""

from datetime import date
from pathlib import Path
from uuid import uuid5

import msgspec
import pytest
from sqlalchemy import update

from lobby import LI, WANG, Lobby
from offices import DAY, Branch, Office, grown, plain_of
from tellertui.core.clock import ManualClock
from tellertui.core.event import EVENTS, Event
from tellertui.core.ids import NIL
from tellertui.core.refusal import Refusal
from tellertui.headoffice.days import BAD_FACTS, UNKNOWN_EVENT, UNKNOWN_VERSION, UNREADABLE
from tellertui.headoffice.packing import packed
from tellertui.headoffice.projector import Projector
from tellertui.headoffice.reports import FiguresLine, branches, figures, rejects
from tellertui.headoffice.safety import back_up, landed_before, mark
from tellertui.headoffice.tables import BATCH as BATCHES
from tellertui.store.journal import entries
from tellertui.store.store import Store
from tellertui.sync.wire import BATCH, HELLO
from tellertui.workflows.closing.api import ShowDay
from tellertui.workflows.closing.service.day import figures_of
from tellertui.workflows.reception import api
from tellertui.workflows.reception import events as e

TICKETS = [uuid5(NIL, f"ticket {number}") for number in range(8)]


def issued(number: int) -> bytes:
    """Return the entry of a number given."""
    fact = e.TicketIssued(TICKETS[number], f"A{number:03d}", "cash", "normal", "zh_Hans", "kiosk")
    return plain_of(fact, number, (TICKETS[number],))


def left(number: int) -> bytes:
    """Return the entry of a customer gone."""
    return plain_of(e.TicketLeft(TICKETS[number], "cash", "waiting", 60), number, (TICKETS[number],))


def listed(office: Office, day: str | None = DAY) -> list[FiguresLine]:
    """Return figures as the command line shows them."""
    with office.store.reading() as connection:
        return figures(connection, day)


def shipped(store: Store, office: Office, step: int) -> Branch:
    """Send a branch's whole journal in batches, folding after each second one."""
    branch = office.enrolled()
    plains = store.read(lambda reads: [entry.plain for entry in entries(reads.connection)]).result()
    branch.write(*plains)
    for turn, first in enumerate(range(1, len(plains) + 1, step)):
        office.answer(branch.batch(first, min(first + step - 1, len(plains))), BATCH)
        if turn % 2:
            office.projector.project(branch.code)
    office.projector.catch_up()
    return branch


def two_days(lobby: Lobby) -> None:
    """Take a branch through a busy Monday and the Tuesday after it."""
    for _ in range(2):
        lobby.open("1", WANG, "cash", "non-cash")
        lobby.open("2", LI, "account", "cash")
        for minutes in (3, 7, 1):
            lobby.visit(minutes)
        lobby.visit(4, "missing_papers", LI)
        lobby.serving()
        lobby.do(api.Hold(reason="copy"), WANG)
        lobby.clock.advance(300)
        lobby.do(api.Resume(), WANG)
        lobby.clock.advance(60)
        lobby.do(api.NextService(service="non-cash"), WANG)
        lobby.clock.advance(120)
        lobby.do(api.Finish(result="done"), WANG)
        lobby.issue("account")
        lobby.call(LI)
        lobby.miss(LI)
        lobby.do(api.CounterClose(), WANG)
        lobby.do(api.CounterClose(), LI)
        lobby.clock.advance(24 * 3600 - 1800)


@pytest.mark.parametrize("step", [1, 7, 500])
def test_figures_equal_the_branchs_own(
    store: Store, clock: ManualClock, tmp_path: Path, office: Office, step: int
) -> None:
    lobby = Lobby(store, clock)
    two_days(lobby)
    shipped(store, office, step)
    for day in ("2026-11-23", "2026-11-24"):
        own = store.read(lambda reads, day=day: figures_of(reads, day)).result()
        assert own.totals.served == 5
        (line,) = listed(office, day)
        sheet = msgspec.to_builtins(lobby.ask(ShowDay(date=date.fromisoformat(day))).figures)
        del sheet["unsynced"]
        assert line.figures == sheet
        assert (line.services, line.staff) == (own.services, own.staff)
    assert [line.date for line in listed(office, None)] == ["2026-11-24"]


def test_a_stop_at_any_point_counts_nothing_twice(office: Office, tmp_path: Path) -> None:
    branch = office.enrolled().write(*map(issued, range(8)))
    for first in range(1, 9, 2):
        office.answer(branch.batch(first, first + 1), BATCH)
        # A fresh projector knows nothing but what is stored.
        Projector(office.store, office.clock.now).catch_up()
    (line,) = listed(office)
    assert (line.entries, line.figures["issued"]) == (8, 8)


def test_two_projectors_do_not_get_in_each_others_way(office: Office) -> None:
    one, two = office.projector, Projector(office.store, office.clock.now)
    branch = office.enrolled().write(*map(issued, range(8)))
    for turn, first in enumerate(range(1, 9)):
        office.answer(branch.batch(first, first), BATCH)
        (one, two)[turn % 2].project("B001")
    (line,) = listed(office)
    assert line.figures["issued"] == 8


def test_what_cannot_be_applied_parks_its_own_ticket_only(office: Office) -> None:
    strange = plain_of(("ticket.vanished", 1, [1]), 1, (TICKETS[1],))
    newer = plain_of(("ticket.left", 9, [TICKETS[2].bytes]), 2, (TICKETS[2],))
    wrong = plain_of(("ticket.left", 1, ["no id"]), 3, (TICKETS[3],))
    branch = office.enrolled().write(*map(issued, range(4)))
    branch.write(strange, left(1), left(0), newer, wrong, b"\xc1no entry", left(2), left(3))
    assert office.answer(branch.batch(1, 12), BATCH).code == "ok"
    office.projector.catch_up()
    (line,) = listed(office)
    assert (line.figures["issued"], line.figures["abandoned"]) == (4, 1)
    receipt = office.answer(branch.hello(), HELLO)
    assert [(each.seq, each.code) for each in receipt.rejections] == [
        (5, UNKNOWN_EVENT),
        (8, UNKNOWN_VERSION),
        (9, BAD_FACTS),
        (10, UNREADABLE),
    ]
    assert receipt.rejections[0].subject == TICKETS[1].bytes
    with office.store.reading() as connection:
        assert [each.held for each in rejects(connection, office.clock.now())] == [1, 1, 1, 0]
        assert branches(connection, office.clock.now())[0].rejections == 4
    branch.write(left(0))
    office.answer(branch.batch(13, 13), BATCH)
    Projector(office.store, office.clock.now).catch_up()
    assert listed(office)[0].figures["abandoned"] == 2


def test_a_release_that_knows_the_event_applies_what_waited(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = plain_of(("ticket.vanished", 1, []), 1, (TICKETS[1],))
    branch = office.enrolled().write(issued(0), issued(1), later, left(1), left(0))
    office.answer(branch.batch(1, 5), BATCH)
    office.projector.catch_up()
    assert listed(office)[0].figures["abandoned"] == 1

    class TicketVanished(Event):
        """An event of the next release."""

    monkeypatch.setitem(EVENTS, ("ticket.vanished", 1), TicketVanished)
    Projector(office.store, office.clock.now).catch_up()
    (line,) = listed(office)
    assert (line.figures["issued"], line.figures["abandoned"], line.rejections) == (2, 2, 0)
    assert office.answer(branch.hello(), HELLO).rejections == ()


def test_hostile_words_in_an_entry_stop_nobody(office: Office) -> None:
    odd = plain_of(("x\0" * 200, 2**63, [[]]), 1, (TICKETS[1],))
    elsewhere = plain_of(e.TicketLeft(TICKETS[1], "cash", "waiting", 60), 2, (), day="not a day")
    branch = office.enrolled().write(odd, elsewhere, issued(0))
    office.answer(branch.batch(1, 3), BATCH)
    office.projector.catch_up()
    (line,) = listed(office)
    assert line.figures["issued"] == 1
    assert [each.event for each in office.answer(branch.hello(), HELLO).rejections] == ["?", ""]


def test_safe_moves_with_the_time_of_a_dump_and_never_back(office: Office) -> None:
    branch = office.enrolled().write(*map(issued, range(6)))
    office.answer(branch.batch(1, 2), BATCH)
    office.clock.advance(60)
    between = office.clock.now()
    office.answer(branch.batch(3, 6), BATCH)
    for instant, safe in ((between, 2), (between + 1, 6), (between, 6)):
        with office.store.reading() as connection:
            held = landed_before(connection, instant)
        office.store.write(lambda connection, held=held: mark(connection, held))
        assert office.answer(branch.hello(), HELLO).safe == safe


def test_what_a_restored_branch_brings_again_counts_once(office: Office) -> None:
    branch = office.enrolled().write(*map(issued, range(4)))
    office.answer(branch.batch(1, 4), BATCH)
    office.projector.catch_up()
    restored = grown(branch, 2).write(issued(3), issued(2), issued(4))
    office.answer(restored.batch(1, 3), BATCH)
    office.projector.catch_up()
    office.answer(restored.batch(4, 4), BATCH)
    Projector(office.store, office.clock.now).catch_up()
    (line,) = listed(office)
    assert line.figures["issued"] == 5


def test_a_backup_proves_itself_before_anything_is_called_safe(office: Office, tmp_path: Path) -> None:
    branch = office.enrolled().write(*map(issued, range(6)))
    office.answer(branch.batch(1, 3), BATCH)
    office.answer(branch.batch(4, 6), BATCH)
    if not office.store.embedded:
        with pytest.raises(Refusal) as caught:
            back_up(office.store, tmp_path / "copy.db")
        assert caught.value.code == "dump-instead"
        return
    assert back_up(office.store, tmp_path / "good.db") == {("B001", 1): 6}
    assert office.answer(branch.hello(), HELLO).safe == 6
    branch.write(issued(6))
    office.answer(branch.batch(7, 7), BATCH)
    edited = update(BATCHES).where(BATCHES.c.first == 4).values(plains=packed(branch.plains[:3]))
    office.store.write(lambda connection: connection.execute(edited))
    with pytest.raises(Refusal) as caught:
        back_up(office.store, tmp_path / "bad.db")
    assert (caught.value.code, caught.value.facts) == ("backup-bad", {"where": "B001 1/4"})
    assert office.answer(branch.hello(), HELLO).safe == 6
