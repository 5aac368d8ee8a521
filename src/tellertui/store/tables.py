"""The store's own tables, and the one list of tables that are operational."""

from uuid import UUID

from sqlalchemy import Index
from sqlalchemy import text as sql

from tellertui.store import columns as c

OPERATIONAL = frozenset(
    {
        "command",
        "draft",
        "print_job",
        "printer",
        "safe_mark",
        "sync_mark",
        "sync_batch",
        "sync_rejection",
        "feed_head",
    }
)
"""Written without an entry: nothing in them decides a right, a figure or money."""

OUTSIDE = frozenset({"journal", "journal_sealed", "alembic_version"})
"""The journal itself and the migration mark, which carry their own proof."""


GRANT_EVENTS = ("store.founded", "staff.granted", "staff.revoked")
"""Entries from which every right follows; few, and read at every start."""


class JournalRow(c.Record, table=True):
    """One entry; the columns after ``mac`` are caches of the plain part."""

    __tablename__ = "journal"
    __table_args__ = (
        Index("journal_day", "day", "incarnation", "seq"),
        Index("journal_grants", "incarnation", "seq", sqlite_where=sql(f"event IN {GRANT_EVENTS}")),
        {"sqlite_strict": True, "sqlite_with_rowid": False},
    )
    incarnation: int = c.position()
    seq: int = c.position()
    plain: bytes = c.blob()
    hash: bytes = c.blob()
    mac: bytes = c.blob()
    day: str = c.day()
    event: str = c.code()


class SealedRow(c.Record, table=True):
    """The sealed part of an entry, kept apart so that it can be pruned once it is safe."""

    __tablename__ = "journal_sealed"
    incarnation: int = c.position()
    seq: int = c.position()
    sealed: bytes = c.blob()


class SafeMark(c.Record, table=True):
    """How far head office holds the journal; sealed parts may go up to where it has a verified backup."""

    __tablename__ = "safe_mark"
    incarnation: int = c.position()
    seq: int = c.count()
    """The last entry in a verified backup."""
    acked: int = c.count()
    """The last entry that head office has confirmed."""


TRIGGERS = (
    "CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal"
    " BEGIN SELECT RAISE(ABORT, 'the journal is never changed'); END",
    "CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal"
    " BEGIN SELECT RAISE(ABORT, 'the journal is never changed'); END",
    "CREATE TRIGGER journal_sealed_no_update BEFORE UPDATE ON journal_sealed"
    " BEGIN SELECT RAISE(ABORT, 'the journal is never changed'); END",
    "CREATE TRIGGER journal_sealed_no_delete BEFORE DELETE ON journal_sealed"
    " WHEN NOT EXISTS (SELECT 1 FROM safe_mark"
    " WHERE safe_mark.incarnation = OLD.incarnation AND OLD.seq <= safe_mark.seq)"
    " BEGIN SELECT RAISE(ABORT, 'head office does not hold this entry yet'); END",
)
"""Guards of the journal, part of the built-in schema."""


class Command(c.Record, table=True):
    """A command that was carried out, so that a repeat is answered and not executed again."""

    __tablename__ = "command"
    id: UUID = c.ident(key=True)
    seq: int = c.count()
    caller: str = c.code()
    method: str = c.code()
    mac: bytes = c.blob()
    result: bytes = c.blob()
    at: int = c.utc()


class Dek(c.Record, table=True):
    """The data key of one subject in one class, wrapped; destroying it erases the subject's fields."""

    __tablename__ = "dek"
    __table_args__ = (
        Index("dek_subject", "subject", "class_name"),
        {"sqlite_strict": True, "sqlite_with_rowid": False},
    )
    id: bytes = c.blob(key=True)
    subject: UUID = c.ident()
    class_name: str = c.code()
    n: int = c.count()
    version: int = c.count()
    kind: str = c.code()
    wrap: bytes = c.key_bytes()


class ClassKey(c.Record, table=True):
    """One version of a class secret: its public half and whether new writes use it."""

    __tablename__ = "class_key"
    id: str = c.code(key=True)
    class_name: str = c.code()
    version: int = c.count()
    public: bytes = c.blob()
    state: str = c.code()


class Holding(c.Record, table=True):
    """A class secret sealed to one holder."""

    __tablename__ = "holding"
    __table_args__ = (
        Index("holding_person", "person", "class_name", "version", unique=True),
        {"sqlite_strict": True},
    )
    id: UUID = c.ident(key=True)
    person: UUID = c.ident()
    class_name: str = c.code()
    version: int = c.count()
    sealed: bytes = c.key_bytes()


class Escrow(c.Record, table=True):
    """A secret of the branch sealed to the custodian."""

    __tablename__ = "escrow"
    id: str = c.code(key=True)
    sealed: bytes = c.key_bytes()


class Slot(c.Record, table=True):
    """A person's keys under their passphrase and the host secret."""

    __tablename__ = "slot"
    person: UUID = c.ident(key=True)
    generation: int = c.count()
    salt: bytes = c.blob()
    memory_kib: int = c.count()
    passes: int = c.count()
    lanes: int = c.count()
    sealed: bytes = c.key_bytes()


class Device(c.Record, table=True):
    """The signing key of this branch's host."""

    __tablename__ = "device"
    id: str = c.code(key=True)
    public: bytes = c.blob()
    sealed: bytes = c.key_bytes()
    since: str = c.day()
