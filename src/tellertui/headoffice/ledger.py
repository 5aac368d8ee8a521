"""Head office's chain of every branch, as the protocol sees it, within one transaction."""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, TextClause, bindparam, insert, select, text, update

from tellertui.headoffice.packing import packed, unpacked
from tellertui.headoffice.tables import BATCH, BRANCH, INCARNATION
from tellertui.store.journal import link
from tellertui.sync.landing import CLOSED, CONTESTED, OPEN, Known, Landed, Opening, Verdict
from tellertui.sync.wire import Header, Signed

SEALED_ROWS = 24
"""Sealed parts written by one statement; psycopg parses one of more than 50 values anew each time."""
NEAR_MARKS = 50
"""Newest ends of batches that a branch is told of; older ones stand ever further apart."""

_KNOWN = select(
    INCARNATION.c.incarnation,
    INCARNATION.c.state,
    INCARNATION.c.cursor,
    INCARNATION.c.hash,
    INCARNATION.c.parent,
    INCARNATION.c.fork,
    INCARNATION.c.safe,
)
_HERE = (INCARNATION.c.branch == bindparam("of")) & (INCARNATION.c.incarnation == bindparam("at"))
_ONE = _KNOWN.where(_HERE)
_CURRENT = _KNOWN.join(
    BRANCH, (BRANCH.c.branch == INCARNATION.c.branch) & (BRANCH.c.incarnation == INCARNATION.c.incarnation)
).where(INCARNATION.c.branch == bindparam("of"))
_ROOT = select(INCARNATION.c.root).where(_HERE)
_MOVE = (
    update(INCARNATION)
    .where(
        _HERE & (INCARNATION.c.cursor == bindparam("before")) & (INCARNATION.c.hash == bindparam("previous"))
    )
    .values(cursor=bindparam("last"), hash=bindparam("value"), landed_at=bindparam("now"))
)
_STATE = update(INCARNATION).where(_HERE).values(state=bindparam("new"))
_LAND = insert(BATCH)
_BATCH_WITH = (
    select(BATCH.c.first, BATCH.c.last, BATCH.c.previous, BATCH.c.hash, BATCH.c.plains)
    .where((BATCH.c.branch == bindparam("of")) & (BATCH.c.incarnation == bindparam("at")))
    .where(BATCH.c.first <= bindparam("seq"))
    .order_by(BATCH.c.first.desc())
    .limit(1)
)


@cache
def _sealing(rows: int) -> TextClause:
    """Return one statement for so many rows; a statement for each row costs several times more."""
    values = ", ".join(f"(:of, :at, :seq{at}, :sealed{at})" for at in range(rows))
    return text(f"INSERT INTO sealed (branch, incarnation, seq, sealed) VALUES {values}")  # noqa: S608


class Proof(NamedTuple):
    """A batch as it came, whose signed header is kept with what lands, and the instant of landing."""

    message: Signed
    now: int


class SqlLedger:
    """The ledger of ``sync.landing`` over one connection; nothing in it outlives a transaction."""

    def __init__(self, connection: Connection) -> None:
        """Look through a connection in a transaction."""
        self.connection = connection

    def current(self, branch: str) -> Known | None:
        """Return the incarnation that a branch lives in."""
        return _known(self.connection.execute(_CURRENT, {"of": branch}).one_or_none())

    def known(self, branch: str, incarnation: int) -> Known | None:
        """Return an incarnation of a branch."""
        return _known(self.connection.execute(_ONE, {"of": branch, "at": incarnation}).one_or_none())

    def hash_at(self, branch: str, incarnation: int, seq: int) -> bytes | None:
        """Return the chain's value at an entry; None where head office does not hold it."""
        if seq == 0:
            return self._root(branch, incarnation)
        batch = self._batch_with(branch, incarnation, seq)
        if batch is None or batch.last < seq:
            return None
        if batch.last == seq:
            return bytes(batch.hash)
        value = bytes(batch.previous)
        for plain in unpacked(batch.plains)[: seq - batch.first + 1]:
            value = link(value, plain)
        return value

    def marks(self, branch: str, incarnation: int) -> tuple[tuple[int, bytes], ...]:
        """Return chain values at ends of batches, newest first: the last 50, then at doubling distances."""
        ends = (
            select(BATCH.c.last, BATCH.c.hash)
            .where((BATCH.c.branch == branch) & (BATCH.c.incarnation == incarnation))
            .order_by(BATCH.c.first.desc())
        )
        found = list(self.connection.execute(ends.limit(NEAR_MARKS)))
        distance = 1
        while distance < NEAR_MARKS:
            distance *= 2
        while found and (one := self.connection.execute(ends.offset(distance).limit(1)).one_or_none()):
            found.append(one)
            distance *= 2
        return tuple((row.last, bytes(row.hash)) for row in found)

    def take(self, header: Header, verdict: Verdict, proof: Proof) -> bool:
        """Write what was decided on a batch; False where another request was faster."""
        if verdict.opening is not None:
            self._begin(header.branch, verdict.opening)
        return verdict.landing is None or self._land(header, verdict.landing, proof)

    def _land(self, header: Header, raw: Landed, proof: Proof) -> bool:
        place = {"branch": header.branch, "incarnation": header.incarnation}
        here = {"of": header.branch, "at": header.incarnation}
        moved = {
            "before": raw.first - 1,
            "previous": raw.previous,
            "last": header.last,
            "value": header.hash,
            "now": proof.now,
        }
        if self.connection.execute(_MOVE, {**here, **moved}).rowcount != 1:
            return False
        row = {
            "first": raw.first,
            "last": header.last,
            "previous": raw.previous,
            "hash": header.hash,
            "landed_at": proof.now,
            "header": proof.message.payload,
            "key": proof.message.key,
            "signature": proof.message.signature,
            "plains": packed(raw.plains),
        }
        self.connection.execute(_LAND, {**place, **row})
        sealed = [(seq, part) for seq, part in enumerate(raw.sealed, raw.first) if part]
        for start in range(0, len(sealed), SEALED_ROWS):
            some = sealed[start : start + SEALED_ROWS]
            given: dict[str, object] = dict(here)
            for at, (seq, part) in enumerate(some):
                given[f"seq{at}"], given[f"sealed{at}"] = seq, part
            self.connection.execute(_sealing(len(some)), given)
        return True

    def _begin(self, branch: str, opening: Opening) -> None:
        """Register an incarnation: it replaces its parent, or waits beside its sibling for people."""
        place = {"branch": branch, "incarnation": opening.incarnation}
        chain = {"root": opening.root, "hash": opening.root, "parent": opening.parent, "fork": opening.fork}
        self.connection.execute(insert(INCARNATION).values(**place, **chain, state=opening.state))
        current = self.current(branch)
        if current is None:
            return
        if opening.state == OPEN:
            self._set_state(branch, current.incarnation, CLOSED)
            here = update(BRANCH).where(BRANCH.c.branch == branch)
            self.connection.execute(here.values(incarnation=opening.incarnation))
        elif current.incarnation != opening.parent:
            self._set_state(branch, current.incarnation, CONTESTED)

    def settle(self, branch: str, incarnation: int) -> bool:
        """Let a contested incarnation live on and close the others; False where it is not contested."""
        chosen = self.known(branch, incarnation)
        if chosen is None or chosen.state != CONTESTED:
            return False
        others = update(INCARNATION).where(INCARNATION.c.branch == branch)
        self.connection.execute(others.values(state=CLOSED))
        self._set_state(branch, incarnation, OPEN)
        self.connection.execute(
            update(BRANCH).where(BRANCH.c.branch == branch).values(incarnation=incarnation)
        )
        return True

    def _set_state(self, branch: str, incarnation: int, state: str) -> None:
        self.connection.execute(_STATE, {"of": branch, "at": incarnation, "new": state})

    def _root(self, branch: str, incarnation: int) -> bytes | None:
        found = self.connection.execute(_ROOT, {"of": branch, "at": incarnation}).scalar()
        return None if found is None else bytes(found)

    def _batch_with(self, branch: str, incarnation: int, seq: int) -> Any:
        wanted = {"of": branch, "at": incarnation, "seq": seq}
        return self.connection.execute(_BATCH_WITH, wanted).one_or_none()


def _known(row: Any) -> Known | None:
    if row is None:
        return None
    return Known(
        incarnation=row.incarnation,
        state=row.state,
        cursor=row.cursor,
        hash=bytes(row.hash),
        parent=row.parent,
        fork=row.fork,
        safe=row.safe,
    )
