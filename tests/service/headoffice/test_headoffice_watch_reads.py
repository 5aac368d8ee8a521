"""What the dashboard reads, on both databases, from what real branches have sent."""

from sqlalchemy import func, select, update
from test_headoffice_figures import TICKETS, issued, left

from offices import DAY as TODAY
from offices import Branch, Office, plain_of
from tellertui.core.clock import DAY, SECOND
from tellertui.headoffice.safety import landed_before, mark
from tellertui.headoffice.tables import BATCH, INCARNATION
from tellertui.headoffice.watch_reads import Place, Source, code_of, detail, overview
from tellertui.headoffice.watch_views import Alarm, Detail, Overview
from tellertui.sync.wire import BATCH as BATCHES
from tellertui.sync.wire import HELLO

HOURS_S = 3600
ALL = Place(0, 10, False)


def listed(office: Office, place: Place = ALL) -> Overview:
    with office.store.reading() as connection:
        return overview(connection, place, office.clock.now(), None)


def one(office: Office, branch: str = "B001") -> Detail:
    with office.store.reading() as connection:
        found = detail(connection, branch, office.clock.now())
    assert found is not None
    return found


def alarms(office: Office) -> list[Alarm]:
    return one(office).branch.alarms


def sent(office: Office, code: str = "B001") -> Branch:
    """Return a branch of eight entries that head office has."""
    branch = office.enrolled(code).write(*map(issued, range(8)))
    office.answer(branch.hello(), HELLO)
    office.clock.advance(1)
    office.answer(branch.batch(1, 8), BATCHES)
    office.projector.catch_up()
    return branch


def test_a_branch_that_has_sent_everything_has_no_alarm(office: Office) -> None:
    sent(office)
    view = listed(office)
    assert (view.branches, view.alarmed, view.coming, view.counts) == (1, 0, 0, {})
    assert (view.sums.day, view.sums.branches, view.sums.issued) == (TODAY, 1, 8)
    assert view.figures["B001"].issued == 8
    assert [(batch.first, batch.last, batch.safe) for batch in one(office).batches] == [(1, 8, False)]


def test_what_a_branch_named_and_did_not_send_waits(office: Office) -> None:
    branch = sent(office).write(*[plain_of(("x.y", 1, {}), number) for number in range(5)])
    office.clock.advance(1)
    office.answer(branch.hello(), HELLO)
    assert listed(office).coming == one(office).branch.coming == 5
    assert not alarms(office)


def test_only_a_hello_after_the_newest_batch_says_that_a_branch_was_set_back(office: Office) -> None:
    branch = office.enrolled().write(*map(issued, range(8)))
    office.answer(branch.hello(seq=2), HELLO)
    office.clock.advance(1)
    office.answer(branch.batch(1, 8), BATCHES)
    assert not alarms(office)
    office.clock.advance(1)
    office.answer(branch.hello(seq=3), HELLO)
    assert alarms(office) == ["behind"]


def test_silence_counts_from_the_last_word_of_any_kind(office: Office) -> None:
    branch = sent(office)
    office.clock.advance(4 * HOURS_S)
    assert not alarms(office)
    office.clock.advance(0.001)
    assert alarms(office) == ["silent"]
    branch.write(issued(0))
    office.answer(branch.batch(9, 9), BATCHES)
    assert not alarms(office)


def test_an_entry_that_no_release_knows_is_counted_once_and_named(office: Office) -> None:
    branch = sent(office).write(plain_of(("x.y", 3, {}), 99, (TICKETS[7],)), left(7))
    office.answer(branch.batch(9, 10), BATCHES)
    office.projector.catch_up()
    assert (alarms(office), listed(office).rejections) == (["rejected"], 1)
    assert [(each.seq, each.event, each.code) for each in one(office).rejects] == [
        (9, "x.y", "unknown-event")
    ]


def test_a_backup_is_asked_for_after_a_day(office: Office) -> None:
    branch = sent(office)
    office.clock.advance(DAY / SECOND)
    office.answer(branch.hello(), HELLO)
    assert alarms(office) == ["unsafe"]
    office.store.write(lambda connection: mark(connection, landed_before(connection, office.clock.now())))
    assert not alarms(office)
    assert (one(office).branch.lag, one(office).batches[0].safe) == (0, True)


def test_two_claims_and_a_closed_history_are_told_apart(office: Office) -> None:
    branch = sent(office)
    with office.store.writing() as connection:
        connection.execute(update(INCARNATION).values(state="contested"))
    assert alarms(office) == ["contested"]
    with office.store.writing() as connection:
        connection.execute(update(INCARNATION).values(state="open", incarnation=2))
        connection.exec_driver_sql("UPDATE branch SET incarnation = 2")
    office.clock.advance(1)
    office.answer(branch.hello(), HELLO)
    assert alarms(office) == ["old"]


def test_pages_are_ordered_by_silence_and_filtered(office: Office) -> None:
    for number in range(5):
        office.enrolled(f"B00{number}")
        office.clock.advance(HOURS_S)
    names = ["B000", "B001", "B002", "B003", "B004"]
    assert [row.branch for row in listed(office).rows] == names
    last = listed(office, Place(99, 2, False))
    assert ([row.branch for row in last.rows], last.top) == (["B004"], 4)
    office.clock.advance(HOURS_S)
    silent = listed(office, Place(0, 1, True))
    assert ([row.branch for row in silent.rows], silent.alarmed) == (["B000"], 2)
    assert (silent.counts, silent.names) == ({"silent": 2}, {"silent": ["B000", "B001"]})


def test_codes_are_found_as_they_are_typed(office: Office) -> None:
    office.enrolled("cd-0007-a")
    with office.store.reading() as connection:
        found = [code_of(connection, typed) for typed in ("CD-0007-A", "CD0007A", "CD", "%")]
        assert found == ["cd-0007-a", "cd-0007-a", None, None]
        assert detail(connection, "CD-0007-A", 0) is None


async def test_a_source_reads_either_database(office: Office) -> None:
    sent(office)
    source = Source(office.place.url)
    assert (
        await source.read(lambda connection: connection.execute(select(func.count(BATCH.c.first))).scalar())
        == 1
    )
    source.close()
