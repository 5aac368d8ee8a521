"""Who and where: the branch, its counters, services, hours, days, terminals and people."""

from uuid import UUID

from sqlalchemy import Index

from tellertui.store import columns as c


class Branch(c.Record, table=True):
    """The branch this store belongs to; exactly one row."""

    __tablename__ = "branch"
    id: UUID = c.ident(key=True)
    code: str = c.code()
    name: str = c.text()
    time_zone: str = c.code()
    language: str = c.code()
    environment: str = c.code()
    profile: str = c.code()
    standalone: bool = c.flag()


class Service(c.Record, table=True):
    """A line that customers can queue for; words are data, in three languages."""

    __tablename__ = "service"
    code: str = c.code(key=True)
    position: int = c.count()
    prefix: str = c.code()
    name_zh_hant: str = c.text()
    name_zh_hans: str = c.text()
    name_en: str = c.text()
    minutes: int = c.count()
    """Seed of the expected service time, until there are samples."""
    papers: str = c.text()
    """Codes of the papers needed, separated by spaces."""
    last_minute: int | None = c.count(null=True)
    """Minute of the day of the last number, where it is earlier than closing."""
    enabled: bool = c.flag()
    suspended_reason: str | None = c.code(null=True)
    suspended_until: int | None = c.utc(null=True)


class Paper(c.Record, table=True):
    """A paper a customer may have to bring."""

    __tablename__ = "paper"
    code: str = c.code(key=True)
    name_zh_hant: str = c.text()
    name_zh_hans: str = c.text()
    name_en: str = c.text()


class Counter(c.Record, table=True):
    """A counter: what it serves, whether it is open, who sits there and which ticket is in hand."""

    __tablename__ = "counter"
    code: str = c.code(key=True)
    services: str = c.text()
    """Codes of the services it calls, separated by spaces."""
    state: str = c.code()
    """``closed``, ``open`` or ``paused``."""
    reason: str | None = c.code(null=True)
    person: str | None = c.code(null=True)
    """Staff code of who opened it."""
    continuous: int = c.flag()
    """Whether it calls the next ticket by itself when one is finished."""
    ticket: UUID | None = c.ident(null=True)
    """The ticket that is called or being served here."""


class Hours(c.Record, table=True):
    """When the branch is open: a weekday (``mon`` … ``sun``) or a single date that overrides it."""

    __tablename__ = "hours"
    when: str = c.code(key=True)
    open_minute: int | None = c.count(null=True)
    """Minute of the day; NULL means closed on that day."""
    close_minute: int | None = c.count(null=True)


class BusinessDay(c.Record, table=True):
    """One business date: opened, closed, signed."""

    __tablename__ = "business_day"
    day: str = c.day(key=True)
    state: str = c.code()
    """``open``, ``closed`` (no more tickets) or ``signed``."""
    open_minute: int = c.count()
    close_minute: int = c.count()
    opened_at: int = c.utc()
    opened_by: str = c.code()
    closed_at: int | None = c.utc(null=True)
    closed_by: str | None = c.code(null=True)


class Person(c.Record, table=True):
    """A member of staff; a cache of the grants in the journal, which decide."""

    __tablename__ = "person"
    __table_args__ = (Index("person_code", "code", unique=True), {"sqlite_strict": True})
    id: UUID = c.ident(key=True)
    code: str = c.code()
    roles: str = c.text()
    """Role names separated by spaces."""
    state: str = c.code()
    """``active`` or ``revoked``."""
    generation: int = c.count()
    x25519: bytes = c.blob()
    ed25519: bytes = c.blob()
    name: bytes | None = c.sealed("mask")


class Terminal(c.Record, table=True):
    """A terminal that may connect, and from which operating-system accounts."""

    __tablename__ = "terminal"
    code: str = c.code(key=True)
    kind: str = c.code()
    """``desk``, ``kiosk``, ``board`` or ``panel``."""
    uids: str = c.text()
    """Numeric user ids separated by spaces; empty means the host's own account only."""
    counter: str | None = c.code(null=True)
    state: str = c.code()
    """``active`` or ``closed``."""
