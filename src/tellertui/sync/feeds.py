"""Feeds from head office: what is fetched, what is taken, and the rule tables that hold by them.

A feed ``rules-NAME`` is a rule table that takes over from the shipped ``data/rules/NAME.toml`` on its
effective date. Every version stays: on any day the newest one that was effective by then decides, so a past
day keeps the rules it was judged by.
"""

from collections.abc import Callable
from datetime import date
from functools import partial
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, delete
from sqlmodel import col

from tellertui.branch.calendar import Calendar
from tellertui.branch.records import Branch
from tellertui.core.clock import MINUTE
from tellertui.core.enc import enc
from tellertui.core.refusal import NOT_SIGNED_ON
from tellertui.core.tables import Table, TableError, data_dir, laid_over, lay, parse_table, shipped
from tellertui.store.handlers import handles, views
from tellertui.store.rows import Reads, Statement
from tellertui.store.work import Work
from tellertui.sync import api
from tellertui.sync.events import FeedAccepted, FeedTaken
from tellertui.sync.records import FeedHead, HeldFeed
from tellertui.sync.trust import Disbelieved, believed_feed
from tellertui.sync.wire import Feed, Pack, decoded, signed
from tellertui.workflows.closing.targets import Targets
from tellertui.workflows.reception.rules.policy import read_policy

RULES = "rules-"
IN_FORCE, WAITING = "in-force", "waiting"
ACCEPTANCE = "tellertui.feed-accepted/1"
AGAIN = 60 * MINUTE
"""A version that was not taken is asked for again after this long, milliseconds."""

_NEWEST = "SELECT name, max(version) FROM feed GROUP BY name ORDER BY name"
_DROP_HEADS = Statement(delete(FeedHead))
_DROP_HEAD = Statement(delete(FeedHead).where(col(FeedHead.name) == bindparam("name")))


# What is fetched.


def held(reads: Reads) -> dict[str, int]:
    """Return the newest version here of each feed, by name."""
    return dict(reads.raw(_NEWEST))


def note_heads(work: Work, heads: tuple[tuple[str, int], ...]) -> None:
    """Note the newest versions that head office names; what is known of a version is kept."""
    before = {(head.name, head.version): head for head in work.every(FeedHead)}
    work.sweep(_DROP_HEADS)
    for name, version in dict(heads).items():
        known = before.get((name, version))
        code, tried_at = (known.code, known.tried_at) if known else (None, None)
        work.note(FeedHead, name=name, version=version, code=code, tried_at=tried_at)


def wanted(reads: Reads) -> str | None:
    """Return a feed to be fetched now; None when there is none."""
    have = held(reads)
    for head in reads.every(FeedHead):
        due = head.tried_at is None or not head.tried_at <= reads.now < head.tried_at + AGAIN
        if due and _rules_of(head.name) is not None and head.version > have.get(head.name, 0):
            return head.name
    return None


def refused(work: Work, *, name: str, code: str) -> None:
    """Note why a feed was not taken; what was in force stays so."""
    version = next((head.version for head in work.every(FeedHead) if head.name == name), 0)
    work.sweep(_DROP_HEAD, name=name)
    work.note(FeedHead, name=name, version=version, code=code, tried_at=work.now)


# What is taken.


def taken(work: Work, pack: Pack, data: bytes, *, asked: str = "") -> None:
    """Take a feed, whole or not at all.

    Args:
        work: the transaction.
        pack: head office's keys.
        data: the signed feed.
        asked: the name asked for; empty for a file.

    Raises:
        Disbelieved: why it is not believed, ``other-request``, ``unknown-feed`` or ``bad-feed``.
    """
    (branch,) = work.every(Branch)
    have = held(work)
    if any(row.signed == data for row in work.every(HeldFeed)):
        return
    feed = believed_feed(data, pack, branch.code, work.day, lambda name: have.get(name, 0))
    if asked not in ("", feed.name):
        raise Disbelieved("other-request")
    _judge(work, feed)
    work.insert(
        HeldFeed,
        # Head office has it, and a batch is no place for it.
        frozenset({"signed"}),
        id=_key(feed.name, feed.version),
        name=feed.name,
        version=feed.version,
        effective=feed.effective,
        expires=feed.expires or None,
        widens=feed.widens,
        state=WAITING if feed.widens else IN_FORCE,
        signed=data,
    )
    work.record(FeedTaken(feed.name, feed.version, feed.effective, sha256(data).digest()))
    _enforce(work)


@handles(api.AcceptFeed)
def accept(work: Work, command: api.AcceptFeed) -> tuple[()]:
    """Let what widens access hold, signed by the officer of this session.

    Raises:
        Refusal: ``no-feed-waits``, ``feed-expired``, ``not-signed-on``, ``not-taken``.
    """
    row = work.get(HeldFeed, _key(command.name, command.version))
    if row is None or row.state != WAITING:
        raise api.NOT_WAITING()
    if row.expires is not None and row.expires <= work.day:
        raise api.FEED_EXPIRED()
    if work.ring is None:
        raise NOT_SIGNED_ON()
    try:
        _judge(work, _feed_of(row))
    except Disbelieved as why:
        raise api.NOT_TAKEN(why=why.code) from None
    digest = sha256(row.signed).digest()
    statement = enc(work.store.bytes, row.name, row.version, digest)
    signature = (ACCEPTANCE, work.ring.public.ed25519, work.ring.sign(ACCEPTANCE, statement))
    work.update(HeldFeed, row.id, state=IN_FORCE)
    work.record(FeedAccepted(row.name, row.version, digest), signatures=[signature])
    _enforce(work)
    return ()


@views(api.AcceptFeed)
def accepted(reads: Reads, _: tuple[()]) -> api.Done:
    """Answer that it holds."""
    return api.Done()


def _key(name: str, version: int) -> str:
    return f"{name}/{version}"


def _feed_of(row: HeldFeed) -> Feed:
    return decoded(signed(row.signed).payload, Feed)


# What holds.


def in_force(reads: Reads) -> dict[str, Table]:
    """Return the tables that hold instead of shipped ones.

    A version that no longer fits what this release ships is passed over; what it was laid over stays.
    """
    found: dict[str, Table] = {}
    for row in _layers(reads):
        name = _rules_of(row.name)
        if name is None:
            continue
        try:
            found[name] = _laid(found.get(name) or shipped(name), _feed_of(row))
        except Disbelieved:
            continue
    return found


def _layers(reads: Reads) -> list[HeldFeed]:
    """Return the versions in force of every name, oldest first, without those that a newer one covers."""
    newest_first = sorted(reads.every(HeldFeed), key=lambda row: -row.version)
    first: dict[str, str] = {}
    kept: list[HeldFeed] = []
    for row in newest_first:
        if row.state == IN_FORCE and row.effective < first.get(row.name, "~"):
            first[row.name] = row.effective
            kept.append(row)
    return kept[::-1]


def _enforce(work: Work) -> None:
    work.after_commit(partial(lay, in_force(work)))


def _rules_of(name: str) -> str | None:
    """Return the shipped table that a feed of that name takes over from."""
    rules = name.removeprefix(RULES)
    known = rules != name and rules in {path.stem for path in (data_dir() / "rules").glob("*.toml")}
    return rules if known else None


def _judge(reads: Reads, feed: Feed) -> None:
    """Check that a feed can hold here.

    Raises:
        Disbelieved: ``unknown-feed``, ``bad-feed``.
    """
    name = _rules_of(feed.name)
    if name is None:
        raise Disbelieved("unknown-feed")
    _laid(in_force(reads).get(name) or shipped(name), feed)


def _laid(old: Table, feed: Feed) -> Table:
    """Return a table with a feed laid over it, all that anybody reads of it having been read.

    Raises:
        Disbelieved: ``bad-feed``.
    """
    name = feed.name.removeprefix(RULES)
    try:
        effective = date.fromisoformat(feed.effective)
        new = parse_table(feed.body.decode(), feed.name)
        _check_known(new, shipped(name), effective)
        both = laid_over(old, new, effective)
        for day in {effective, *(rule.effective_from for rule in new.rule)}:
            if day >= effective:
                _READERS.get(name, _read_nothing)(both, day)
    except (ValueError, LookupError, OverflowError, RecursionError):
        raise Disbelieved("bad-feed") from None
    return both


def _check_known(new: Table, old: Table, effective: date) -> None:
    """Check that a table says as much as the shipped one, in the same form.

    Raises:
        TableError: a rule, or a value of one, is missing, unknown or of another kind.
    """
    forms: dict[str, list[dict[str, Any]]] = {}
    for rule in old.rule:
        forms.setdefault(rule.id, []).append(rule.values)
        if rule.covers(effective) and not any(
            each.id == rule.id and each.covers(effective) for each in new.rule
        ):
            raise TableError(rule.id)
    if not forms.keys() <= {rule.id for rule in new.rule}:
        raise TableError(new.version)
    for rule in new.rule:
        known = forms.get(rule.id)
        if known is not None and not _fits(rule.values, known):
            raise TableError(rule.id)


def _fits(given: dict[str, Any], known: list[dict[str, Any]]) -> bool:
    """Say whether values have the names and kinds of those known: all that stand everywhere, no others."""
    every = set.intersection(*map(set, known))
    samples = {name: value for values in known for name, value in values.items()}
    return every <= given.keys() <= samples.keys() and all(
        _like(given[name], samples[name]) for name in given
    )


def _like(given: Any, sample: Any) -> bool:
    """Say whether a value is of the kind of another, in depth where both name the same."""
    if type(given) is not type(sample):
        return False
    if isinstance(given, dict):
        return all(_like(value, sample[name]) for name, value in given.items() if name in sample)
    if isinstance(given, list):
        return not sample or all(any(_like(value, each) for each in sample) for value in given)
    return True


def _read_reception(rules: Table, day: date) -> None:
    read_policy(rules, day)
    rules.on("R-Q-04", day).read(Targets)


def _read_calendar(rules: Table, day: date) -> None:
    for rule_id in {rule.id for rule in rules.rule if "off" in rule.values}:
        Calendar(rules, rule_id)


def _read_nothing(rules: Table, day: date) -> None:
    pass


_READERS: dict[str, Callable[[Table, date], None]] = {
    "reception": _read_reception,
    "calendar": _read_calendar,
}
"""Tables whose readers demand more than form."""


# What people see.


def feeds_view(reads: Reads) -> tuple[api.FeedView, ...]:
    """Return the newest version of each name that holds or waits, and newer ones that were not taken."""
    shown: dict[tuple[str, str], api.FeedView] = {}
    for row in sorted(reads.every(HeldFeed), key=lambda row: row.version):
        state: api.FeedState = "in-force" if row.state == IN_FORCE else "waiting"
        shown[row.name, state] = api.FeedView(
            name=row.name, version=row.version, effective=row.effective, state=state
        )
    have = held(reads)
    for head in reads.every(FeedHead):
        code = head.code or ("" if _rules_of(head.name) else "unknown-feed")
        if code and head.version > have.get(head.name, 0):
            shown[head.name, "refused"] = api.FeedView(
                name=head.name, version=head.version, effective="", state="refused", code=code
            )
    return tuple(shown[key] for key in sorted(shown))
