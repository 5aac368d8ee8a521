"""Both ends of a business day: what was looked at in the morning, what two people signed at night."""

from uuid import UUID

from sqlalchemy import Index

from tellertui.store import columns as c


class DaySignature(c.Record, table=True):
    """One signing of a business day: the chain as it stood, and what the two people signed about it."""

    __tablename__ = "day_signature"
    __table_args__ = (Index("day_signature_day", "day"), {"sqlite_strict": True})
    id: UUID = c.ident(key=True)
    """The request."""
    day: str = c.day()
    signed_at: int = c.utc()
    incarnation: int = c.count()
    seq: int = c.count()
    """The newest entry before the signing."""
    head: bytes = c.blob()
    maker: str = c.code()
    second: str = c.code()
    statement: bytes = c.blob()
    maker_signature: bytes = c.blob()
    decision: bytes = c.blob()
    second_signature: bytes = c.blob()


class OpeningCheck(c.Record, table=True):
    """One thing that somebody looked at before the doors opened."""

    __tablename__ = "opening_check"
    __table_args__ = (Index("opening_check_day", "day", "item", unique=True), {"sqlite_strict": True})
    id: UUID = c.ident(key=True)
    day: str = c.day()
    item: str = c.code()
    person: str = c.code()
    at: int = c.utc()
