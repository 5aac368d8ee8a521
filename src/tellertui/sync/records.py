"""The branch's side of sync: whom it trusts, where it stands, what it sent."""

from tellertui.store import columns as c


class HeadOffice(c.Record, table=True):
    """Head office as this branch knows it; a change of it stands in the journal."""

    __tablename__ = "head_office"
    id: str = c.code(key=True)
    url: str = c.text()
    state: str = c.code()
    """``asked`` until head office has registered the branch, then ``enrolled``."""
    attempt: int = c.count()
    root: bytes | None = c.blob(null=True)
    """Root key whose signature alone makes keys of head office valid."""
    enrolled_at: int | None = c.utc(null=True)


class SyncMark(c.Record, table=True):
    """Schedule and watermarks, and what head office signed: its keys and its furthest receipt."""

    __tablename__ = "sync_mark"
    id: str = c.code(key=True)
    state: bytes = c.blob()
    pack: bytes | None = c.blob(null=True)
    renew: bool = c.flag()
    """Its keys are asked for before anything else."""
    code: bytes | None = c.blob(null=True)
    """The one-time code, until head office has registered the branch."""
    receipt: bytes | None = c.blob(null=True)


class SyncBatch(c.Record, table=True):
    """A batch that head office has taken, for the list on screen."""

    __tablename__ = "sync_batch"
    first: int = c.position()
    last: int = c.count()
    size: int = c.count()
    at: int = c.utc()


class HeldFeed(c.Record, table=True):
    """Reference data that head office signed, one version; what it says counts from a date on."""

    __tablename__ = "feed"
    id: str = c.code(key=True)
    """``NAME/VERSION``."""
    name: str = c.code()
    version: int = c.count()
    effective: str = c.day()
    expires: str | None = c.day(null=True)
    widens: int = c.flag()
    state: str = c.code()
    """``in-force``; ``waiting`` until an officer here has accepted what widens access."""
    signed: bytes = c.blob(ships=False)


class FeedHead(c.Record, table=True):
    """The newest version that head office names, and why it was not taken."""

    __tablename__ = "feed_head"
    name: str = c.code(key=True)
    version: int = c.count()
    code: str | None = c.code(null=True)
    tried_at: int | None = c.utc(null=True)


class SyncRejection(c.Record, table=True):
    """An entry that head office holds and could not apply, as its newest receipt says."""

    __tablename__ = "sync_rejection"
    place: int = c.position()
    """In the receipt, oldest first."""
    incarnation: int = c.count()
    seq: int = c.count()
    event: str = c.code()
    code: str = c.code()
