"""The end-of-day sheet, computed from the journal at the moment it is asked for."""

from datetime import date
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from sqlalchemy import bindparam
from sqlmodel import col, select

from tellertui.branch.api import CloseDay, Counters
from tellertui.branch.api import Show as ShowBranch
from tellertui.branch.calendar import calendar, ends_soon
from tellertui.branch.four_eyes import Countersigned, countersigned
from tellertui.branch.hours import branch_of
from tellertui.branch.records import BusinessDay
from tellertui.core.clock import at
from tellertui.core.event import EVENTS, Event, decode_event
from tellertui.core.role import OFFICERS, Role
from tellertui.store.handlers import answers, handles, views
from tellertui.store.journal import Head, decode_plain, newest
from tellertui.store.rows import Query, Reads
from tellertui.store.tables import SafeMark
from tellertui.store.work import Work
from tellertui.vault.host import fingerprint
from tellertui.vault.requests import read_decision, read_statement
from tellertui.workflows.closing import api
from tellertui.workflows.closing.api import (
    DaySheet,
    Figures,
    HeadView,
    Item,
    ShowDay,
    SignatureView,
    SignedDay,
)
from tellertui.workflows.closing.figures import Fold
from tellertui.workflows.closing.records import DaySignature
from tellertui.workflows.reception.api import LeftOver

_SIGNED = Query(
    DaySignature,
    select(DaySignature)
    .where(col(DaySignature.day) == bindparam("day"))
    .order_by(col(DaySignature.signed_at).desc())
    .limit(1),
)
_ENTRIES = "SELECT event, plain FROM journal WHERE day = ? ORDER BY incarnation, seq"


@answers(ShowDay)
def show_day(reads: Reads, command: ShowDay) -> DaySheet:
    """Return the sheet of a business date."""
    day = command.date.isoformat() if command.date else reads.day
    return sheet_of(reads, day, figures_of(reads, day))


def sheet_of(reads: Reads, day: str, figures: Figures) -> DaySheet:
    """Return the sheet of a business date with these figures."""
    branch = reads.ask(ShowBranch())
    row = reads.get(BusinessDay, day)
    left_over = reads.ask(LeftOver(day=day))
    signed = signing_of(reads, day) if row is not None and row.state == "signed" else None
    head = _head(reads) if signed is None else _head_of(signed)
    unsynced = 0 if branch.standalone else max(0, head.seq - _acked(reads, head.incarnation))
    return DaySheet(
        date=day,
        branch=branch.code,
        state="open" if signed is None else "signed",
        blocking=_blocking(reads, day, left_over.open),
        notes=_notes(reads, day, left_over.expired, branch.today.unsigned),
        figures=replace(figures.totals, unsynced=unsynced),
        services=figures.services,
        staff=figures.staff,
        head=_head_view(head),
        signatures=[] if signed is None else _signatures(signed),
    )


def _acked(reads: Reads, incarnation: int) -> int:
    mark = reads.get(SafeMark, incarnation)
    return mark.acked if mark else 0


def signing_of(reads: Reads, day: str) -> DaySignature | None:
    """Return the newest signing of a day."""
    return reads.one(_SIGNED, day=day)


@handles(api.SignDay)
def sign_day(work: Work, command: api.SignDay) -> tuple[str]:
    """Sign a business date: both people, over the chain as it stands."""
    day = command.date.isoformat() if command.date else work.day
    row = work.get(BusinessDay, day)
    if row is None:
        raise api.NOTHING_TO_SIGN(day=day)
    if row.state == "signed":
        raise api.DAY_SIGNED(day=day)
    if blocking := _blocking(work, day, work.ask(LeftOver(day=day)).open):
        raise api.DAY_BLOCKED(day=day, count=len(blocking))
    if row.state == "open":
        work.do(CloseDay())
    head = _head(work)
    midnight = at(work.day, 24 * 60, ZoneInfo(branch_of(work).time_zone))
    facts = (day, head.incarnation, head.seq, head.hash.hex())
    pair = countersigned(work, "closing.sign_day", facts, roles=OFFICERS, expires_at=midnight)
    if Role.MANAGER not in {Role(name) for name in f"{pair.maker.roles} {pair.second.roles}".split()}:
        raise api.NO_MANAGER()
    _sign(work, day, head, pair)
    return (day,)


def _sign(work: Work, day: str, head: Head, pair: Countersigned) -> None:
    """Write what both signed, with its entry; the device vouches for the chain behind it."""
    work.update(BusinessDay, day, state="signed")
    work.insert(
        DaySignature,
        id=pair.request,
        day=day,
        signed_at=work.now,
        incarnation=head.incarnation,
        seq=head.seq,
        head=head.hash,
        maker=pair.maker.code,
        second=pair.second.code,
        statement=pair.statement,
        maker_signature=pair.maker_signature,
        decision=pair.decision,
        second_signature=pair.second_signature,
    )
    fact = api.DaySigned(
        day, pair.request, pair.maker.code, pair.second.code, head.incarnation, head.seq, head.hash, 1
    )
    work.record(fact, pair.request, signatures=pair.signatures)
    work.vouch = "closing"


@views(api.SignDay)
def signed_day(reads: Reads, result: tuple[str]) -> SignedDay:
    """Return the newest signing of a day."""
    (signed,) = reads.all(_SIGNED, day=result[0])
    return SignedDay(date=signed.day, head=_head_view(_head_of(signed)), signatures=_signatures(signed))


def _signatures(signed: DaySignature) -> list[SignatureView]:
    asked, decided = read_statement(signed.statement), read_decision(signed.decision)
    same = bool(decided.same_terminal)
    seats = (
        ("maker", signed.maker, asked.made_at, asked.maker_key),
        ("second", signed.second, decided.at, decided.checker_key),
    )
    return [
        SignatureView(staff=staff, seat=seat, at=at, key=fingerprint(key), same_terminal=same)
        for seat, staff, at, key in seats
    ]


def _head(reads: Reads) -> Head:
    return newest(reads.connection) or Head(1, 0, b"")


def _head_of(signed: DaySignature) -> Head:
    return Head(signed.incarnation, signed.seq, signed.head)


def _head_view(head: Head) -> HeadView:
    return HeadView(incarnation=head.incarnation, seq=head.seq, hash=head.hash.hex())


def figures_of(reads: Reads, day: str) -> Figures:
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
