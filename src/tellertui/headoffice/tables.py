"""What head office keeps, in SQL that SQLite and PostgreSQL both speak.

Every primary key begins with the branch, so that the tables can be spread over servers by it.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    LargeBinary,
    MetaData,
    String,
    Table,
)

METADATA = MetaData()


def _branch() -> Column[str]:
    return Column("branch", String(32), primary_key=True)


def _key(name: str) -> Column[int]:
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


def _count(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, default=0)


def _bytes(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False)


def _text(name: str, length: int = 64, *, key: bool = False) -> Column[str]:
    return Column(name, String(length), primary_key=key, nullable=False, default="")


BRANCH = Table(
    "branch",
    METADATA,
    _branch(),
    _text("name", 200),
    _bytes("store"),
    _bytes("device"),
    _bytes("founders"),
    _count("incarnation"),
    _count("enrolled_at"),
    _count("heard_at"),
    _count("told_incarnation"),
    _count("told_seq"),
    _count("pack"),
    _text("build", 200),
)
"""A registered branch; ``incarnation`` is the current one, ``told_*`` the head it named last."""

INCARNATION = Table(
    "incarnation",
    METADATA,
    _branch(),
    _key("incarnation"),
    _text("state", 16),
    _count("parent"),
    _count("fork"),
    _bytes("root"),
    _count("cursor"),
    _bytes("hash"),
    _count("safe"),
    _count("landed_at"),
    _count("entry_at"),
    _count("projected"),
)
"""One life of a branch's journal: the chain's value at the cursor, and how far figures have come."""

BATCH = Table(
    "batch",
    METADATA,
    _branch(),
    _key("incarnation"),
    _key("first"),
    _count("last"),
    _bytes("previous"),
    _bytes("hash"),
    _count("landed_at"),
    _bytes("header"),
    _bytes("key"),
    _bytes("signature"),
    _bytes("plains"),
)
"""Entries as they came: plain parts compressed, the chain's value at both ends, and the signed header that
proves them. Where a batch overlapped what was known, only its tail is here."""

SEALED = Table("sealed", METADATA, _branch(), _key("incarnation"), _key("seq"), _bytes("sealed"))
"""Sealed parts, each by itself, so that head office can erase one as well."""

FIGURES = Table(
    "day_figures",
    METADATA,
    _branch(),
    _text("day", 10, key=True),
    _count("incarnation"),
    _count("first"),
    _count("entries"),
    _bytes("figures"),
)
"""Figures of a business date; its entries begin in the batch that starts at ``incarnation``, ``first``."""

PARKED = Table(
    "parked",
    METADATA,
    _branch(),
    _key("incarnation"),
    _key("seq"),
    _text("day", 10),
    _text("event"),
    _count("version"),
    _text("code", 32),
    Column("subject", LargeBinary, nullable=False, default=b""),
    _text("state", 16),
    _count("at"),
)
"""Entries that could not be applied, and those of the same aggregate that wait behind them."""

BEHIND = "behind"
"""Code of a parked entry that is itself right; an earlier one of its aggregate waits."""
REJECTED = (PARKED.c.state == "open") & (PARKED.c.code != BEHIND)
"""Parked entries that wait for a person."""

FEED = Table(
    "feed",
    METADATA,
    _branch(),
    _text("name", key=True),
    _key("version"),
    _text("effective", 10),
    _text("expires", 10),
    Column("widens", Boolean, nullable=False),
    _count("published_at"),
    _bytes("signed"),
)
"""Reference data as it is sent; branch is empty where it is for everybody."""

CODE = Table(
    "code",
    METADATA,
    _branch(),
    Column("digest", LargeBinary(32), primary_key=True),
    _count("expires_at"),
    _count("used_at"),
    Column("used_by", LargeBinary, nullable=False, default=b""),
)
"""One-time codes of enrolment by their digests, and the device that used one."""
