"""Drafts of one person, and what waits for them now."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import bindparam, delete
from sqlmodel import col, select

from tellertui.branch.api import Show as ShowBranch
from tellertui.branch.hours import branch_of
from tellertui.branch.records import BusinessDay
from tellertui.core.clock import DAY, at
from tellertui.core.refusal import NOT_SIGNED_ON
from tellertui.core.role import OFFICERS, Role
from tellertui.store.handlers import answers, handles, views
from tellertui.store.rows import Query, Reads, Statement
from tellertui.store.work import Work
from tellertui.vault.wiping import wipe
from tellertui.workflows.closing.api import ShowDay
from tellertui.workflows.reception.api import Queue
from tellertui.workflows.reception.views import QueueView
from tellertui.workflows.today import api
from tellertui.workflows.today.records import Draft

LOBBY = OFFICERS | {Role.LOBBY}

_OWN = Query(
    Draft,
    select(Draft)
    .where(col(Draft.person) == bindparam("person"), col(Draft.until) > bindparam("now"))
    .order_by(col(Draft.saved_at).desc()),
)
_DRAFT = Query(Draft, select(Draft).where(col(Draft.id) == bindparam("id")))
_DROP = Statement(delete(Draft).where(col(Draft.id) == bindparam("id")))
_DROP_EXPIRED = Statement(delete(Draft).where(col(Draft.until) <= bindparam("now")))
_YESTERDAY = Query(
    BusinessDay,
    select(BusinessDay)
    .where(col(BusinessDay.day) < bindparam("day"))
    .order_by(col(BusinessDay.day).desc())
    .limit(1),
)


@handles(api.SaveDraft)
def save_draft(work: Work, command: api.SaveDraft) -> tuple[UUID]:
    """Park a form until the end of the day after."""
    content = msgspec.json.encode(command.content)
    if len(content) > api.DRAFT_MAX:
        raise api.DRAFT_TOO_LARGE(limit=api.DRAFT_MAX)
    person = _person(work)
    if work.one(_DRAFT, id=command.draft) is not None:
        _own(work, command.draft)
    elif len(work.all(_OWN, person=person, now=work.now)) >= api.DRAFTS_KEPT:
        raise api.DRAFTS_FULL(most=api.DRAFTS_KEPT)
    work.sweep(_DROP, id=command.draft)
    work.note(
        Draft,
        id=command.draft,
        person=person,
        screen=command.screen,
        about=command.about,
        saved_at=work.now,
        until=_midnight(work) + DAY,
        content=work.seal_own(command.draft, content),
    )
    return (command.draft,)


@views(api.SaveDraft)
def saved(reads: Reads, result: tuple[UUID]) -> api.DraftView:
    """Show a draft as the list does."""
    return _view(_own(reads, result[0]))


@answers(api.Drafts)
def drafts(reads: Reads, _: api.Drafts) -> list[api.DraftView]:
    """List one's own drafts."""
    return [_view(row) for row in reads.all(_OWN, person=_person(reads), now=reads.now)]


@handles(api.OpenDraft)
def open_draft(work: Work, command: api.OpenDraft) -> tuple[UUID]:
    """Find one's own draft."""
    return (_own(work, command.draft).id,)


@views(api.OpenDraft)
def opened(work: Work, result: tuple[UUID]) -> api.DraftContent:
    """Show a draft with its content, opened with the key of its owner."""
    row = _own(work, result[0])
    content = work.open_own(row.id, row.content or b"")
    try:
        return api.DraftContent(
            draft=row.id,
            screen=row.screen,
            about=row.about or "",
            saved_at=row.saved_at,
            until=row.until,
            content=msgspec.json.decode(content),
        )
    finally:
        wipe(content)


@handles(api.DropDraft)
def drop_draft(work: Work, command: api.DropDraft) -> tuple[()]:
    """Drop one's own draft; one that is gone already is as good as dropped."""
    row = work.one(_DRAFT, id=command.draft)
    if row is not None and row.person == _person(work):
        work.sweep(_DROP, id=row.id)
    return ()


@views(api.DropDraft)
def dropped(_: Reads, __: tuple[()]) -> None:
    """Show nothing."""


@handles(api.DropExpired)
def drop_expired(work: Work, _: api.DropExpired) -> tuple[()]:
    """Drop what nobody took up again."""
    work.sweep(_DROP_EXPIRED, now=work.now)
    return ()


@answers(api.ShowToday)
def show_today(reads: Reads, _: api.ShowToday) -> api.TodayView:
    """Gather what waits for a person."""
    branch, lobby = reads.ask(ShowBranch()), reads.ask(Queue())
    due = [*_held(reads, lobby), *_days(reads, branch.today.state, branch.today.unsigned)]
    return api.TodayView(
        day=branch.today,
        counter=next((desk.counter for desk in lobby.counters if desk.person == reads.actor.name), ""),
        waiting=lobby.waiting,
        now=[*_help(reads, lobby), *_hands(reads, lobby)],
        due=due,
        parked=drafts(reads, api.Drafts()),
    )


@answers(api.ShowYesterday)
def show_yesterday(reads: Reads, _: api.ShowYesterday) -> api.Yesterday | None:
    """Show the last earlier day that was opened."""
    row = reads.one(_YESTERDAY, day=reads.day)
    if row is None:
        return None
    sheet = reads.ask(ShowDay(date=date.fromisoformat(row.day)))
    return api.Yesterday(
        day=row.day,
        state=row.state,
        wait_mean_s=sheet.figures.wait_mean_s,
        csat=sheet.figures.csat,
        csat_n=sheet.figures.csat_n,
        complaints=sheet.figures.complaints_received,
    )


def _help(reads: Reads, lobby: QueueView) -> Iterator[api.Task]:
    if reads.actor.roles & LOBBY:
        for call in lobby.help:
            yield api.Task(kind="help", screen="201", since=call.at, what=call.place, at=call.counter or "")


def _hands(reads: Reads, lobby: QueueView) -> Iterator[api.Task]:
    for desk in lobby.counters:
        if desk.person == reads.actor.name and desk.number is not None:
            kind = "serving" if desk.ticket_state == "serving" else "called"
            yield api.Task(kind=kind, screen="202", since=desk.since, what=desk.number, at=desk.counter)


def _held(reads: Reads, lobby: QueueView) -> Iterator[api.Task]:
    mine = {desk.counter for desk in lobby.counters if desk.person == reads.actor.name}
    for ticket in lobby.on_hold:
        if ticket.counter in mine:
            yield api.Task(
                kind="on_hold", screen="202", since=None, what=ticket.number, at=ticket.counter or ""
            )


def _days(reads: Reads, state: str, unsigned: tuple[str, ...]) -> Iterator[api.Task]:
    if not reads.actor.roles & OFFICERS:
        return
    for day in reversed(unsigned):
        yield api.Task(kind="sign_day", screen="904", since=None, what=day)
    if state == "unopened":
        yield api.Task(kind="open_day", screen="901", since=None, what=reads.day)
    elif state == "closed":
        yield api.Task(kind="sign_day", screen="904", since=None, what=reads.day)


def _own(reads: Reads, draft: UUID) -> Draft:
    row = reads.one(_DRAFT, id=draft)
    if row is None or row.person != _person(reads) or row.until <= reads.now:
        raise api.UNKNOWN_DRAFT()
    return row


def _person(reads: Reads) -> UUID:
    if reads.actor.person is None:
        raise NOT_SIGNED_ON()
    return reads.actor.person


def _midnight(reads: Reads) -> int:
    return at(reads.day, 24 * 60, ZoneInfo(branch_of(reads).time_zone))


def _view(row: Draft) -> api.DraftView:
    return api.DraftView(
        draft=row.id, screen=row.screen, about=row.about or "", saved_at=row.saved_at, until=row.until
    )
