"""What the dashboard reads: counts over all branches, one page of them, one branch; never the whole.

Reading happens in a thread of its own, which the end of the program does not wait for.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from tellertui.core.clock import DAY, MINUTE
from tellertui.core.enc import dec
from tellertui.headoffice.store import NO_DATABASE, Store, read_url
from tellertui.headoffice.tables import BATCH, BRANCH, FIGURES, INCARNATION, PARKED, REJECTED
from tellertui.headoffice.watch_views import Alarm, Batch, Branch, Detail, Overview, Reject, Sums
from tellertui.sync.landing import CONTESTED
from tellertui.vault.parties import fingerprint
from tellertui.workflows.closing.api import Figures, Totals

SILENT = 240 * MINUTE
"""A branch says hello every few minutes while it can; without one for so long somebody must ask."""
UNSAFE = DAY
"""So long a new branch may wait for the first verified backup."""
PATIENCE_S = 5.0
"""A read that takes longer is given up."""
NAMES = 16
"""Branches that are named with an alarm; the others are counted."""
LISTED = 50
"""Batches and rejected entries of one branch."""

T = TypeVar("T")


class Source:
    """The database by its URL, opened when it is first read and again after every failure."""

    def __init__(self, url: str) -> None:
        """Name it.

        Raises:
            Refusal: ``bad-database-url``.
        """
        parts = read_url(url)
        self._url = url
        self._file = Path(str(parts.database)) if parts.get_backend_name() == "sqlite" else None
        self.name = (
            self._file.name if self._file else f"{parts.host or parts.query.get('host', '')} {parts.database}"
        )
        """What people know it by."""
        self._seen: tuple[int, int] | None = None
        self._store: Store | None = None
        self._jobs: SimpleQueue[tuple[Future[Any], Callable[[Connection], Any]] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Carry out a query in one state of the database.

        Raises:
            Refusal: ``no-database``; it is away, or too slow.
        """
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="watch", daemon=True)
            self._thread.start()
        future: Future[T] = Future()
        self._jobs.put((future, query))
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await asyncio.wrap_future(future)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            raise NO_DATABASE(why=type(error).__name__) from None

    def close(self) -> None:
        """Let the thread close the database once it has nothing to do."""
        self._jobs.put(None)

    def _work(self) -> None:
        while job := self._jobs.get():
            future, query = job
            if future.set_running_or_notify_cancel():
                self._answer(future, query)
        self._drop()

    def _answer(self, future: Future[Any], query: Callable[[Connection], Any]) -> None:
        try:
            answer = self._read(query)
        except Exception as error:  # noqa: BLE001 - whoever asked is told
            self._drop()
            future.set_exception(error)
        else:
            future.set_result(answer)

    def _read(self, query: Callable[[Connection], T]) -> T:
        found = self._found()
        if self._store is None:
            self._store, self._seen = Store(self._url), found
        elif found != self._seen:
            # An open file lives on when its name is gone, and would be shown for ever.
            raise FileNotFoundError
        with self._store.reading() as connection:
            return query(connection)

    def _found(self) -> tuple[int, int] | None:
        """Return which file the name stands for now; none is ever made.

        Raises:
            OSError: there is none.
        """
        if self._file is None:
            return None
        status = self._file.stat()
        return status.st_dev, status.st_ino

    def _drop(self) -> None:
        store, self._store = self._store, None
        if store is not None:
            with suppress(SQLAlchemyError, OSError):
                store.close()


# What counts as what.

_HEARD = case((BRANCH.c.heard_at > INCARNATION.c.landed_at, BRANCH.c.heard_at), else_=INCARNATION.c.landed_at)
_SAME = BRANCH.c.told_incarnation == BRANCH.c.incarnation
_COMING = case(
    (_SAME & (BRANCH.c.told_seq > INCARNATION.c.cursor), BRANCH.c.told_seq - INCARNATION.c.cursor), else_=0
)
_COUNTED = (
    select(PARKED.c.branch, func.count().label("n")).where(REJECTED).group_by(PARKED.c.branch).subquery()
)
_REJECTIONS = func.coalesce(_COUNTED.c.n, 0)
_LIVES = BRANCH.join(
    INCARNATION,
    and_(INCARNATION.c.branch == BRANCH.c.branch, INCARNATION.c.incarnation == BRANCH.c.incarnation),
).outerjoin(_COUNTED, _COUNTED.c.branch == BRANCH.c.branch)


def _alarms(now: int) -> dict[Alarm, ColumnElement[bool]]:
    """Return what raises each alarm; the gravest first."""
    contested = select(INCARNATION.c.branch).where(INCARNATION.c.state == CONTESTED)
    # Batches move the cursor on past what the last hello named; only a later hello says where it stands.
    said_since = BRANCH.c.heard_at > INCARNATION.c.landed_at
    return {
        "contested": BRANCH.c.branch.in_(contested),
        "old": said_since
        & (BRANCH.c.told_incarnation > 0)
        & (BRANCH.c.told_incarnation < BRANCH.c.incarnation),
        "behind": said_since & _SAME & (BRANCH.c.told_seq < INCARNATION.c.cursor),
        "silent": now - SILENT > _HEARD,
        "rejected": _REJECTIONS > 0,
        "unsafe": and_(
            INCARNATION.c.safe == 0, INCARNATION.c.cursor > 0, now - UNSAFE > BRANCH.c.enrolled_at
        ),
    }


def _flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


class Place(msgspec.Struct, frozen=True):
    """Which part of the list is wanted."""

    top: int
    """Branches before it."""
    size: int
    only_alarms: bool


def overview(connection: Connection, place: Place, now: int, sums: Sums | None) -> Overview:
    """Return counts over all branches and one page of them, those heard of longest ago first.

    Args:
        connection: reads one state.
        place: which page.
        now: milliseconds UTC.
        sums: of the day, where they are still good; they cost more than all else.
    """
    alarms = _alarms(now)
    counted = {name: func.sum(_flag(condition)) for name, condition in alarms.items()}
    given: list[Any] = [
        func.count(),
        func.sum(_COMING),
        func.sum(_REJECTIONS),
        func.sum(_flag(or_(*alarms.values()))),
    ]
    totals = [
        int(n or 0) for n in connection.execute(select(*given, *counted.values()).select_from(_LIVES)).one()
    ]
    branches, coming, rejections, alarmed = totals[:4]
    counts = {name: n for name, n in zip(alarms, totals[4:], strict=True) if n}
    listed = alarmed if place.only_alarms else branches
    top = max(0, min(place.top, listed - 1)) // place.size * place.size
    page = _select(alarms).order_by(_HEARD, BRANCH.c.branch).limit(place.size).offset(top)
    if place.only_alarms:
        page = page.where(or_(*alarms.values()))
    found = [_branch(row._mapping, alarms) for row in connection.execute(page)]
    sums = sums or day_sums(connection, now)
    return Overview(
        at=now,
        branches=branches,
        alarmed=alarmed,
        coming=coming,
        rejections=rejections,
        counts=counts,
        names={name: _first(connection, alarms[name]) for name in counts},
        top=top,
        rows=found,
        sums=sums,
        figures=_figures(connection, [row.branch for row in found], sums.day),
    )


def day_sums(connection: Connection, now: int) -> Sums:
    """Return the figures of the business date that most branches have come to, over all of them."""
    newest = select(func.max(FIGURES.c.day)).where(FIGURES.c.branch == BRANCH.c.branch).scalar_subquery()
    days = select(newest.label("day")).select_from(BRANCH).subquery()
    counted = connection.execute(select(days.c.day, func.count()).group_by(days.c.day))
    _, day = max(((n, day) for day, n in counted if day is not None), default=(0, ""))
    held = select(FIGURES.c.figures).join(BRANCH, BRANCH.c.branch == FIGURES.c.branch)
    branches = issued = served = 0
    for (figures,) in connection.execute(held.where(FIGURES.c.day == day).execution_options(yield_per=500)):
        if (totals := _totals(figures)) is not None:
            branches, issued, served = branches + 1, issued + totals.issued, served + totals.served
    return Sums(now, day, branches, issued, served)


def code_of(connection: Connection, typed: str) -> str | None:
    """Return the branch that somebody typed the code of, in capitals and perhaps without its hyphens."""
    capitals = func.upper(BRANCH.c.branch)
    found = select(BRANCH.c.branch).where(or_(capitals == typed, func.replace(capitals, "-", "") == typed))
    return connection.execute(found.order_by(BRANCH.c.branch).limit(1)).scalar()


def detail(connection: Connection, branch: str, now: int) -> Detail | None:
    """Return everything about one branch; None where there is no such branch."""
    alarms = _alarms(now)
    more = (BRANCH.c.device, BRANCH.c.store, BRANCH.c.founders, BRANCH.c.enrolled_at, BRANCH.c.build)
    life = (INCARNATION.c.incarnation, INCARNATION.c.cursor, INCARNATION.c.safe, INCARNATION.c.projected)
    wanted = _select(alarms).add_columns(*more, *life).where(BRANCH.c.branch == branch)
    row = connection.execute(wanted).one_or_none()
    if row is None:
        return None
    dated = select(FIGURES.c.day, FIGURES.c.figures).where(FIGURES.c.branch == branch)
    newest = connection.execute(dated.order_by(FIGURES.c.day.desc()).limit(1)).one_or_none()
    return Detail(
        at=now,
        branch=_branch(row._mapping, alarms),
        incarnation=row.incarnation,
        cursor=row.cursor,
        safe=row.safe,
        unfolded=row.cursor - row.projected,
        enrolled_at=row.enrolled_at,
        build=row.build,
        day=newest.day if newest is not None else "",
        figures=_read(newest.figures, Figures) if newest is not None else None,
        batches=_batches(connection, branch),
        rejects=_rejects(connection, branch),
        store=str(UUID(bytes=bytes(row.store))) if len(row.store) == 16 else bytes(row.store).hex(),
        device=fingerprint(bytes(row.device)),
        founders=[fingerprint(key) for key in dec(bytes(row.founders))],
    )


# The parts.


def _select(alarms: dict[Alarm, ColumnElement[bool]]) -> Any:
    flags = [_flag(condition).label(f"is_{name}") for name, condition in alarms.items()]
    heard, coming = _HEARD.label("heard"), _COMING.label("coming")
    lag, rejections = (
        (INCARNATION.c.cursor - INCARNATION.c.safe).label("lag"),
        _REJECTIONS.label("rejections"),
    )
    return select(BRANCH.c.branch, BRANCH.c.name, heard, coming, lag, rejections, *flags).select_from(_LIVES)


def _branch(row: Any, alarms: dict[Alarm, ColumnElement[bool]]) -> Branch:
    return Branch(
        branch=row["branch"],
        name=row["name"],
        alarms=[name for name in alarms if row[f"is_{name}"]],
        heard_at=row["heard"],
        coming=row["coming"],
        lag=row["lag"],
        rejections=row["rejections"],
    )


def _first(connection: Connection, condition: ColumnElement[bool]) -> list[str]:
    found = select(BRANCH.c.branch).select_from(_LIVES).where(condition)
    return list(connection.execute(found.order_by(_HEARD, BRANCH.c.branch).limit(NAMES)).scalars())


def _figures(connection: Connection, branches: list[str], day: str) -> dict[str, Totals]:
    held = select(FIGURES.c.branch, FIGURES.c.figures).where(FIGURES.c.day == day)
    found = connection.execute(held.where(FIGURES.c.branch.in_(branches)))
    read = {branch: _totals(figures) for branch, figures in found}
    return {branch: totals for branch, totals in read.items() if totals is not None}


class _OfDay(msgspec.Struct):
    """The part of a day's figures that is shown of many branches."""

    totals: Totals


def _totals(figures: bytes) -> Totals | None:
    read = _read(figures, _OfDay)
    return None if read is None else read.totals


def _read(figures: bytes, kind: type[T]) -> T | None:
    """Return figures; none where another release has written what this one cannot read."""
    try:
        return msgspec.json.decode(figures, type=kind)
    except msgspec.DecodeError:
        return None


def _batches(connection: Connection, branch: str) -> list[Batch]:
    columns = (BATCH.c.incarnation, BATCH.c.first, BATCH.c.last, BATCH.c.landed_at, INCARNATION.c.safe)
    life = and_(INCARNATION.c.branch == BATCH.c.branch, INCARNATION.c.incarnation == BATCH.c.incarnation)
    found = select(*columns).join(INCARNATION, life).where(BATCH.c.branch == branch)
    newest = found.order_by(BATCH.c.incarnation.desc(), BATCH.c.first.desc()).limit(LISTED)
    return [
        Batch(row.incarnation, row.first, row.last, row.landed_at, row.last <= row.safe)
        for row in connection.execute(newest)
    ]


def _rejects(connection: Connection, branch: str) -> list[Reject]:
    columns = (PARKED.c.incarnation, PARKED.c.seq, PARKED.c.event, PARKED.c.code, PARKED.c.at)
    found = select(*columns).where((PARKED.c.branch == branch) & REJECTED)
    first = found.order_by(PARKED.c.incarnation, PARKED.c.seq).limit(LISTED)
    return [Reject(*row) for row in connection.execute(first)]
