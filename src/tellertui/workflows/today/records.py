"""Drafts: half-filled forms, each readable by the person who parked it and by nobody else."""

from uuid import UUID

from sqlalchemy import Index

from tellertui.store import columns as c


class Draft(c.Record, table=True):
    """A parked form; operational, so no entry of the journal speaks of it."""

    __tablename__ = "draft"
    __table_args__ = (Index("draft_person", "person", "saved_at"), {"sqlite_strict": True})
    id: UUID = c.ident(key=True)
    person: UUID = c.ident()
    screen: str = c.code()
    about: str | None = c.code(null=True)
    """The ticket or case it belongs to."""
    saved_at: int = c.utc()
    until: int = c.utc()
    content: bytes | None = c.sealed("own", ships=False)
