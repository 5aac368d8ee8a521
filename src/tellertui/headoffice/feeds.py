"""Reference data on its way down: published under a rising version, signed, served as it was signed."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta
from sqlalchemy import Connection, bindparam, func, insert, or_, select

from tellertui.core.refusal import N_, USAGE, refusal
from tellertui.headoffice.tables import FEED
from tellertui.sync.wire import FEED as PURPOSE
from tellertui.sync.wire import Feed, Signed, encoded, key_id
from tellertui.vault.parties import SigningKey

BAD_FEED = refusal("bad-feed", N_("The file to publish is not right: {where}."), USAGE)

FeedName = Annotated[str, Meta(pattern=r"\A[a-z][a-z0-9-]{0,63}\Z")]
BODY_MAX = 960 * 1024
"""A courier reads answers up to 1 MiB."""
_HEADS = (
    select(FEED.c.name, func.max(FEED.c.version))
    .where(or_(FEED.c.branch == bindparam("of"), FEED.c.branch == ""))
    .group_by(FEED.c.name)
    .order_by(FEED.c.name)
)


class Given(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be published."""

    name: FeedName
    effective: date
    body: Annotated[bytes, Meta(max_length=BODY_MAX)]
    """In TOML the name of a file beside it."""
    expires: date | None = None
    branch: str = ""
    widens: bool = False


def read_given(file: Path) -> Given:
    """Return what a file asks to be published: TOML that names a body, or msgpack with the body inside.

    Raises:
        Refusal: ``bad-feed``.
    """
    try:
        data = file.read_bytes()
        if file.suffix != ".toml":
            return msgspec.msgpack.decode(data, type=Given)
        written = tomllib.loads(data.decode())
        return msgspec.convert({**written, "body": (file.parent / str(written["body"])).read_bytes()}, Given)
    except OSError as error:
        raise BAD_FEED(where=error.strerror) from None
    except KeyError:
        raise BAD_FEED(where="body") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.DecodeError) as error:
        raise BAD_FEED(
            where=type(error).__name__ if isinstance(error, UnicodeError) else str(error)
        ) from None


def publish(connection: Connection, key: SigningKey, given: Given, now: int) -> Feed:
    """Sign the next version of a feed and keep it."""
    newest = select(func.max(FEED.c.version)).where(FEED.c.name == given.name)
    version = (connection.execute(newest).scalar() or 0) + 1
    expires = "" if given.expires is None else given.expires.isoformat()
    feed = Feed(
        given.name, given.branch, version, given.effective.isoformat(), expires, given.widens, given.body
    )
    payload = encoded(feed)
    message = Signed(PURPOSE, payload, key_id(key.public), key.sign(PURPOSE, payload))
    row = {"branch": feed.branch, "name": feed.name, "version": version, "published_at": now}
    dates = {"effective": feed.effective, "expires": feed.expires, "widens": feed.widens}
    connection.execute(insert(FEED).values(**row, **dates, signed=message.to_bytes()))
    return feed


def heads(connection: Connection, branch: str) -> tuple[tuple[str, int], ...]:
    """Return the feeds that a branch may have, each with its newest version, by name."""
    return tuple((name, version) for name, version in connection.execute(_HEADS, {"of": branch}))


def newest(connection: Connection, branch: str, name: str) -> tuple[int, bytes] | None:
    """Return version and signed bytes of the newest feed of a name for a branch."""
    found = (
        select(FEED.c.version, FEED.c.signed)
        .where(or_(FEED.c.branch == branch, FEED.c.branch == ""), FEED.c.name == name)
        .order_by(FEED.c.version.desc())
        .limit(1)
    )
    row = connection.execute(found).one_or_none()
    return None if row is None else (row.version, bytes(row.signed))
