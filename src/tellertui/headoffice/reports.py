"""What head office knows, for people and scripts: branches, figures, rejected entries."""

from typing import Any

import msgspec
from sqlalchemy import Connection, and_, func, select

from tellertui.core.clock import SECOND
from tellertui.core.enc import dec
from tellertui.headoffice.tables import BEHIND, BRANCH, FIGURES, INCARNATION, PARKED, REJECTED
from tellertui.vault.parties import fingerprint
from tellertui.workflows.closing.api import Figures, ServiceFigures, StaffFigures


class BranchLine(msgspec.Struct, frozen=True):
    """A branch as head office knows it; ages in seconds, None where nothing came yet."""

    branch: str
    name: str
    state: str
    """``open``; ``contested``, where two hosts claim to be the branch; ``closed``."""
    device: str
    founders: list[str]
    incarnation: int
    cursor: int
    safe: int
    waiting: int
    """Entries that the branch named last and head office does not have yet."""
    unfolded: int
    heard_s: int
    """Since the branch was heard of."""
    age_s: int | None
    """Of the newest entry that counts in the figures."""
    rejections: int


class FiguresLine(msgspec.Struct, frozen=True):
    """A business date of one branch."""

    branch: str
    name: str
    date: str
    entries: int
    rejections: int
    """Entries of the branch that wait for a person, of any date."""
    figures: dict[str, Any]
    """By the names of the end-of-day sheet; what waits to be sent is the branch's to know."""
    services: list[ServiceFigures]
    staff: list[StaffFigures]


class RejectLine(msgspec.Struct, frozen=True):
    """An entry that could not be applied."""

    branch: str
    incarnation: int
    seq: int
    date: str
    event: str
    version: int
    code: str
    subject: str
    held: int
    """Later entries of the same aggregate that wait behind it."""
    since_s: int


def branches(connection: Connection, now: int) -> list[BranchLine]:
    """Return every branch; those heard of longest ago come first."""
    current = and_(INCARNATION.c.branch == BRANCH.c.branch, INCARNATION.c.incarnation == BRANCH.c.incarnation)
    found = select(BRANCH, INCARNATION).join(INCARNATION, current).order_by(BRANCH.c.branch)
    waiting = _rejections(connection)
    lines = [_branch_line(row._mapping, waiting, now) for row in connection.execute(found)]
    return sorted(lines, key=lambda line: -line.heard_s)


def figures(connection: Connection, day: str | None) -> list[FiguresLine]:
    """Return each branch's figures of a business date, or of its newest one."""
    wanted = select(FIGURES, BRANCH.c.name).join(BRANCH, BRANCH.c.branch == FIGURES.c.branch)
    if day is not None:
        wanted = wanted.where(FIGURES.c.day == day)
    else:
        newest = (
            select(FIGURES.c.branch, func.max(FIGURES.c.day).label("day"))
            .group_by(FIGURES.c.branch)
            .subquery()
        )
        wanted = wanted.join(newest, and_(newest.c.branch == FIGURES.c.branch, newest.c.day == FIGURES.c.day))
    waiting = _rejections(connection)
    return [_figures_line(row, waiting) for row in connection.execute(wanted.order_by(FIGURES.c.branch))]


def rejects(connection: Connection, now: int) -> list[RejectLine]:
    """Return the entries that wait for a person."""
    found = (
        select(PARKED)
        .where(PARKED.c.state == "open")
        .order_by(PARKED.c.branch, PARKED.c.incarnation, PARKED.c.seq)
    )
    rows = list(connection.execute(found))
    held: dict[tuple[str, bytes], int] = {}
    for row in rows:
        if row.code == BEHIND:
            place = (row.branch, bytes(row.subject))
            held[place] = held.get(place, 0) + 1
    return [
        RejectLine(
            branch=row.branch,
            incarnation=row.incarnation,
            seq=row.seq,
            date=row.day,
            event=row.event,
            version=row.version,
            code=row.code,
            subject=bytes(row.subject).hex(),
            held=held.get((row.branch, bytes(row.subject)), 0),
            since_s=(now - row.at) // SECOND,
        )
        for row in rows
        if row.code != BEHIND
    ]


def _rejections(connection: Connection) -> dict[str, int]:
    counted = select(PARKED.c.branch, func.count()).where(REJECTED).group_by(PARKED.c.branch)
    return {row[0]: row[1] for row in connection.execute(counted)}


def _branch_line(row: Any, waiting: dict[str, int], now: int) -> BranchLine:
    branch, life = BRANCH.c, INCARNATION.c
    told = row[branch.told_seq] if row[branch.told_incarnation] == row[life.incarnation] else 0
    entry_at = row[life.entry_at]
    return BranchLine(
        branch=row[branch.branch],
        name=row[branch.name],
        state=row[life.state],
        device=fingerprint(bytes(row[branch.device])),
        founders=[fingerprint(key) for key in dec(bytes(row[branch.founders]))],
        incarnation=row[life.incarnation],
        cursor=row[life.cursor],
        safe=row[life.safe],
        waiting=max(0, told - row[life.cursor]),
        unfolded=row[life.cursor] - row[life.projected],
        heard_s=(now - max(row[branch.heard_at], row[life.landed_at])) // SECOND,
        age_s=(now - entry_at) // SECOND if entry_at else None,
        rejections=waiting.get(row[branch.branch], 0),
    )


def _figures_line(row: Any, waiting: dict[str, int]) -> FiguresLine:
    read = msgspec.json.decode(row.figures, type=Figures)
    totals = msgspec.structs.asdict(read.totals)
    del totals["unsynced"]
    return FiguresLine(
        branch=row.branch,
        name=row.name,
        date=row.day,
        entries=row.entries,
        rejections=waiting.get(row.branch, 0),
        figures=totals,
        services=read.services,
        staff=read.staff,
    )
