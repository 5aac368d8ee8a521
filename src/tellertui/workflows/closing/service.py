"""The end-of-day sheet, computed from the journal at the moment it is asked for."""

from datetime import date

from msgspec.structs import replace

from tellertui.branch.api import Counters
from tellertui.branch.api import Show as ShowBranch
from tellertui.branch.calendar import calendar, ends_soon
from tellertui.branch.records import BusinessDay
from tellertui.core.event import EVENTS, Event, decode_event
from tellertui.store.handlers import answers
from tellertui.store.journal import Head, decode_plain, newest
from tellertui.store.rows import Reads
from tellertui.workflows.closing.api import DaySheet, Figures, HeadView, Item, ShowDay
from tellertui.workflows.closing.figures import Fold
from tellertui.workflows.reception.api import LeftOver

_ENTRIES = "SELECT event, plain FROM journal WHERE day = ? ORDER BY incarnation, seq"


@answers(ShowDay)
def show_day(reads: Reads, command: ShowDay) -> DaySheet:
    """Return the sheet of a business date."""
    day = command.date.isoformat() if command.date else reads.day
    branch = reads.ask(ShowBranch())
    row = reads.get(BusinessDay, day)
    figures = _figures(reads, day)
    left_over = reads.ask(LeftOver(day=day))
    head = newest(reads.connection) or Head(1, 0, b"")
    unsynced = 0 if branch.standalone else head.seq
    return DaySheet(
        date=day,
        branch=branch.code,
        state="signed" if row is not None and row.state == "signed" else "open",
        blocking=_blocking(reads, day, left_over.open),
        notes=_notes(reads, day, left_over.expired, branch.today.unsigned),
        figures=replace(figures.totals, unsynced=unsynced),
        services=figures.services,
        staff=figures.staff,
        head=HeadView(incarnation=head.incarnation, seq=head.seq, hash=head.hash.hex()),
        signatures=[],
    )


def _figures(reads: Reads, day: str) -> Figures:
    """Fold the day's entries."""
    fold = Fold()
    for event, plain in reads.raw(_ENTRIES, day):
        entry = decode_plain(plain)
        if (event, entry.version) not in EVENTS:
            continue
        fact: Event = decode_event(entry.event, entry.version, entry.facts)
        fold.add(fact, entry.at, entry.actor)
    return fold.figures()


def _blocking(reads: Reads, day: str, open_tickets: list[str]) -> list[Item]:
    found = []
    if open_tickets:
        found.append(Item(item="open_tickets", count=len(open_tickets), detail=open_tickets))
    if day == reads.day:
        counters = [each.counter for each in reads.ask(Counters()) if each.state != "closed"]
        if counters:
            found.append(Item(item="counters_open", count=len(counters), detail=counters))
    return found


def _notes(reads: Reads, day: str, expired: list[str], unsigned: tuple[str, ...]) -> list[Item]:
    found = []
    if expired:
        found.append(Item(item="tickets_expired", count=len(expired), detail=expired))
    earlier = [each for each in unsigned if each < day]
    if earlier:
        found.append(Item(item="days_unsigned", count=len(earlier), detail=earlier))
    if ends_soon(calendar(), date.fromisoformat(day)):
        found.append(Item(item="calendar_ends", count=1, detail=[]))
    return found
