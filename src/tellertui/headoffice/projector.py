"""Folds what has landed into figures, branch by branch in the order of the chain, with the branch's own fold.

Figures and the position up to which they count change in one transaction, so a stop at any point repeats
nothing and leaves nothing out. Days are kept in memory while they grow and folded again from what is stored
when they are needed later.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select, update

from tellertui.core.event import EVENTS
from tellertui.headoffice.days import UNREADABLE, Aside, Day, Days, read
from tellertui.headoffice.packing import unpacked
from tellertui.headoffice.store import Store
from tellertui.headoffice.tables import BATCH, FIGURES, INCARNATION, PARKED, REJECTED

BATCHES = 20
"""Batches folded in one transaction."""
BRANCHES = 256
"""Branches whose newest days stay in memory."""
DAYS = 2
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

Positions = tuple[tuple[int, int], ...]
"""Incarnations of a branch with the entry up to which each is folded."""


class Projector:
    """The fold of every branch; one thread uses it at a time."""

    def __init__(self, store: Store, now: Callable[[], int]) -> None:
        self._store = store
        self._now = now
        self._memory: OrderedDict[str, tuple[Positions, Days]] = OrderedDict()

    def catch_up(self) -> None:
        """Take in whatever has landed, and entries that waited for a release that knows them."""
        for branch in self._known_at_last():
            self._store.write(partial(_begin_again, branch))
        behind = INCARNATION.c.projected < INCARNATION.c.cursor
        with self._store.reading() as connection:
            found = connection.execute(select(INCARNATION.c.branch).where(behind).distinct()).scalars().all()
        for branch in found:
            self.project(branch)

    def project(self, branch: str) -> None:
        """Take in what a branch has landed."""
        while self._step(branch):
            pass

    def _step(self, branch: str) -> bool:
        with self._store.reading() as connection:
            lives = _lives(connection, branch)
            life = next((life for life in lives if life.projected < life.cursor), None)
            if life is None:
                return False
            positions = tuple((each.incarnation, each.projected) for each in lives)
            step = _Step(
                connection, branch, lives, life, self._recalled(connection, branch, positions, lives)
            )
            step.run()
        # What is in memory is ahead of what is stored until the commit; after a failure it is read again.
        self._memory.pop(branch, None)
        if self._store.write(lambda connection: step.save(connection, self._now())):
            self._remember(branch, step.positions(positions), step.days)
        return True

    def _recalled(self, connection: Connection, branch: str, positions: Positions, lives: list[Any]) -> Days:
        known = self._memory.get(branch)
        if known is not None and known[0] == positions:
            return known[1]
        return Days(waiting=_waiting(connection, branch), elsewhere=_elsewhere(connection, branch, lives))

    def _remember(self, branch: str, positions: Positions, days: Days) -> None:
        for old in sorted(days.by_day)[:-DAYS]:
            del days.by_day[old]
        self._memory[branch] = positions, days
        while len(self._memory) > BRANCHES:
            self._memory.popitem(last=False)

    def _known_at_last(self) -> list[str]:
        waiting = select(PARKED.c.branch, PARKED.c.event, PARKED.c.version).where(PARKED.c.state == "open")
        with self._store.reading() as connection:
            found = connection.execute(waiting.where(PARKED.c.code.like("unknown-%"))).all()
        return sorted({row.branch for row in found if (row.event, row.version) in EVENTS})


class _Step:
    """Some batches of one incarnation, folded and then saved."""

    def __init__(self, connection: Connection, branch: str, lives: list[Any], life: Any, days: Days) -> None:
        self._connection = connection
        self._branch = branch
        self._lives = lives
        self._life = life
        self._last = life.projected
        self._at = life.entry_at
        self._touched: dict[str, Day] = {}
        self._aside: list[Aside] = []
        self.days = days

    def run(self) -> None:
        """Fold the next batches."""
        incarnation = self._life.incarnation
        for batch in _batches(self._connection, self._branch, incarnation, self._life.projected + 1, BATCHES):
            for seq, plain in read(unpacked(batch.plains), batch.first):
                if plain is None or not _DAY.fullmatch(plain.day):
                    self._aside.append(Aside(seq, UNREADABLE))
                    continue
                self._at = min(max(plain.at, 0), 2**53)
                day = self._touched.get(plain.day) or self._touch(plain.day, batch.first)
                aside = self.days.take(day, plain, incarnation, seq)
                if aside is not None:
                    self._aside.append(aside)
            self._last = batch.last

    def positions(self, before: Positions) -> Positions:
        """Return where every incarnation stands afterwards."""
        here = self._life.incarnation
        return tuple((each, self._last if each == here else projected) for each, projected in before)

    def save(self, connection: Connection, now: int) -> bool:
        """Store figures and position; False where another process was faster."""
        moved = (
            update(INCARNATION)
            .where(INCARNATION.c.branch == self._branch)
            .where(INCARNATION.c.incarnation == self._life.incarnation)
            .where(INCARNATION.c.projected == self._life.projected)
            .values(projected=self._last, entry_at=self._at)
        )
        if connection.execute(moved).rowcount != 1:
            return False
        for name, day in self._touched.items():
            self._save_day(connection, name, day)
        for aside in self._aside:
            self._set_aside(connection, aside, now)
        return True

    def _touch(self, name: str, first: int) -> Day:
        day = self.days.by_day.get(name)
        if day is None:
            day = self.days.by_day[name] = self._folded_again(name) or Day(self._life.incarnation, first)
        self._touched[name] = day
        return day

    def _folded_again(self, name: str) -> Day | None:
        """Return a stored date as far as it counts in the figures, from its entries."""
        wanted = (FIGURES.c.branch == self._branch) & (FIGURES.c.day == name)
        begun = self._connection.execute(
            select(FIGURES.c.incarnation, FIGURES.c.first).where(wanted)
        ).one_or_none()
        if begun is None:
            return None
        day = Day(begun.incarnation, begun.first)
        for life in self._lives:
            if life.incarnation >= begun.incarnation:
                first = begun.first if life.incarnation == begun.incarnation else 1
                self._fold_life(day, name, life, first)
        return day

    def _fold_life(self, day: Day, name: str, life: Any, first: int) -> None:
        aside = _aside(self._connection, self._branch, life.incarnation)
        for batch in _batches(self._connection, self._branch, life.incarnation, first):
            if batch.first > life.projected:
                return
            for seq, plain in read(unpacked(batch.plains), batch.first):
                if plain is not None and plain.day == name and seq not in aside:
                    self.days.count(day, plain, life.incarnation)

    def _save_day(self, connection: Connection, name: str, day: Day) -> None:
        figures = msgspec.json.encode(day.fold.figures())
        row = {"incarnation": day.incarnation, "first": day.first, "entries": day.entries, "figures": figures}
        here = (FIGURES.c.branch == self._branch) & (FIGURES.c.day == name)
        if connection.execute(update(FIGURES).where(here).values(**row)).rowcount == 0:
            connection.execute(insert(FIGURES).values(branch=self._branch, day=name, **row))

    def _set_aside(self, connection: Connection, aside: Aside, now: int) -> None:
        row = {
            "day": aside.day,
            "event": aside.event,
            "version": aside.version,
            "code": aside.code,
            "subject": aside.subject,
            "state": "open",
            "at": now,
        }
        place = {"branch": self._branch, "incarnation": self._life.incarnation, "seq": aside.seq}
        here = (
            (PARKED.c.branch == self._branch)
            & (PARKED.c.incarnation == self._life.incarnation)
            & (PARKED.c.seq == aside.seq)
        )
        if connection.execute(update(PARKED).where(here).values(**row)).rowcount == 0:
            connection.execute(insert(PARKED).values(**place, **row))


def _lives(connection: Connection, branch: str) -> list[Any]:
    found = select(INCARNATION).where(INCARNATION.c.branch == branch).order_by(INCARNATION.c.incarnation)
    return list(connection.execute(found))


def _batches(
    connection: Connection, branch: str, incarnation: int, first: int, limit: int | None = None
) -> Iterator[Any]:
    found = (
        select(BATCH.c.first, BATCH.c.last, BATCH.c.plains)
        .where((BATCH.c.branch == branch) & (BATCH.c.incarnation == incarnation) & (BATCH.c.first >= first))
        .order_by(BATCH.c.first)
        .limit(limit)
    )
    yield from connection.execute(found)


def _aside(connection: Connection, branch: str, incarnation: int) -> set[int]:
    here = (PARKED.c.branch == branch) & (PARKED.c.incarnation == incarnation) & (PARKED.c.state == "open")
    return set(connection.execute(select(PARKED.c.seq).where(here)).scalars())


def _waiting(connection: Connection, branch: str) -> set[bytes]:
    here = (PARKED.c.branch == branch) & REJECTED
    found = connection.execute(select(PARKED.c.subject).where(here)).scalars()
    return {bytes(subject) for subject in found if subject}


def _elsewhere(connection: Connection, branch: str, lives: list[Any]) -> dict[bytes, int]:
    """Return the records in tails that a later incarnation left behind, with where they are."""
    found: dict[bytes, int] = {}
    for life in lives:
        if life.parent:
            for record in _records(connection, branch, life.parent, life.fork):
                found.setdefault(record, life.parent)
    return found


def _records(connection: Connection, branch: str, incarnation: int, after: int) -> Iterator[bytes]:
    held = (BATCH.c.branch == branch) & (BATCH.c.incarnation == incarnation) & (BATCH.c.last > after)
    for batch in connection.execute(select(BATCH.c.first, BATCH.c.plains).where(held)):
        for seq, plain in read(unpacked(batch.plains), batch.first):
            if plain is not None and seq > after:
                yield plain.record


def _begin_again(branch: str, connection: Connection) -> None:
    connection.execute(update(INCARNATION).where(INCARNATION.c.branch == branch).values(projected=0))
    here = (PARKED.c.branch == branch) & (PARKED.c.state == "open")
    connection.execute(update(PARKED).where(here).values(state="applied"))
