"""What a receipt says, read in the transaction that decided it."""

from sqlalchemy import Connection, bindparam, select

from tellertui.headoffice import feeds
from tellertui.headoffice.tables import PARKED, REJECTED
from tellertui.sync.landing import Verdict
from tellertui.sync.wire import Receipt, Rejection

REJECTIONS = 100
"""A receipt lists at most so many rejections, oldest first."""

_REJECTED = (
    select(PARKED)
    .where((PARKED.c.branch == bindparam("of")) & REJECTED)
    .order_by(PARKED.c.incarnation, PARKED.c.seq)
    .limit(REJECTIONS)
)


def receipt(
    connection: Connection, branch: str, verdict: Verdict, nonce: bytes, at: int, pack: int
) -> Receipt:
    """Return the content of a receipt; it names what head office holds after the request."""
    known = verdict.known
    return Receipt(
        branch=branch,
        incarnation=0 if known is None else known.incarnation,
        cursor=0 if known is None else known.cursor,
        hash=b"" if known is None else known.hash,
        safe=0 if known is None else known.safe,
        nonce=nonce,
        at=at,
        code=verdict.code,
        pack=pack,
        feeds=feeds.heads(connection, branch),
        marks=verdict.marks,
        rejections=rejections(connection, branch),
    )


def rejections(connection: Connection, branch: str) -> tuple[Rejection, ...]:
    """Return the entries of a branch that wait for a person."""
    return tuple(
        Rejection(row.incarnation, row.seq, row.event, row.code, bytes(row.subject), "", row.state)
        for row in connection.execute(_REJECTED, {"of": branch})
    )
