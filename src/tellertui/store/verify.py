"""Verification: does the file still say what was written into it?

It goes both ways: from every entry to its predecessor, its rows and its sealed part, and from every row to
its newest entry. Beside them stand the schema, the anchor file and checks that other packages bring along,
such as the grants.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tellertui.store import schema, sqlite
from tellertui.store.anchor import AnchorBroken, read_anchor
from tellertui.store.findings import Finding, Findings, Reached, Report, entry_place, printable
from tellertui.store.journal import Head
from tellertui.store.schema import SchemaObject
from tellertui.store.verify_chain import Chain, founding, proofs, stored_hash
from tellertui.store.verify_rows import Rows, business_tables, lenient

Check = Callable[[Any], Iterable[Finding]]
"""A check of another package: from a query-only connection to findings."""

_FOUNDING = "SELECT plain FROM journal ORDER BY incarnation, seq LIMIT 1"
_LAST_CHECKPOINT = (
    "SELECT incarnation, seq - 1 FROM journal WHERE event = 'journal.checkpoint'"
    " ORDER BY incarnation DESC, seq DESC LIMIT 1"
)


def _quiet(_entries: int) -> None:
    pass


def verify(
    connection: Any,
    mac_key: bytes | bytearray,
    anchor: Path,
    checks: Iterable[Check] = (),
    *,
    extra: frozenset[SchemaObject] = frozenset(),
    progress: Callable[[int], None] = _quiet,
) -> Report:
    """Verify a whole file.

    Args:
        connection: a query-only connection; it is read in one transaction.
        mac_key: the store's MAC key.
        anchor: the anchor file beside the store.
        checks: checks of other packages.
        extra: objects that the schema may have beside those of this release.
        progress: told the number of entries read so far.
    """
    findings = Findings()
    chain = Chain(connection, mac_key, findings)
    with _snapshot(connection):
        _check_schema(connection, extra, findings)
        chain.run(progress)
        _check_anchor(connection, chain, mac_key, anchor, findings)
        known = {name for kind, name, _ in schema.built_in() | extra if kind == "table"}
        tables = [name for name in business_tables(connection) if name in known]
        with _any_text(connection):
            Rows(connection, chain.newest, chain.doubtful, findings).run(tables)
        return _concluded(connection, chain, checks, findings)


def verify_tail(
    connection: Any,
    mac_key: bytes | bytearray,
    anchor: Path,
    device: bytes,
    checks: Iterable[Check] = (),
    *,
    extra: frozenset[SchemaObject] = frozenset(),
) -> Report:
    """Verify what a start needs: the entries since the last checkpoint, schema, anchor and checks.

    Args:
        connection: a connection that nobody else uses.
        mac_key: the store's MAC key.
        anchor: the anchor file beside the store.
        device: public key of this host's device, which signed the last checkpoint.
        checks: checks of other packages.
        extra: objects that the schema may have beside those of this release.
    """
    findings = Findings()
    chain = Chain(connection, mac_key, findings)
    with _snapshot(connection):
        _check_schema(connection, extra, findings)
        _start_at_checkpoint(connection, chain, device)
        chain.run(_quiet)
        _check_anchor(connection, chain, mac_key, anchor, findings)
        return _concluded(connection, chain, checks, findings)


def _concluded(connection: Any, chain: Chain, checks: Iterable[Check], findings: Findings) -> Report:
    with _any_text(connection):
        for check in checks:
            for finding in check(connection):
                findings.take(finding)
    head, found = chain.head, findings.all()
    reached = None if head is None else Reached(head.incarnation, head.seq, head.hash.hex())
    return Report(chain.entries, reached, not found, found)


def _start_at_checkpoint(connection: Any, chain: Chain, device: bytes) -> None:
    """Stand before the newest checkpoint; where that cannot be done, the whole journal is read."""
    try:
        incarnation, seq = connection.execute(_LAST_CHECKPOINT).fetchone() or (1, 0)
        before = stored_hash(connection, incarnation, seq)
        fact = founding(connection.execute(_FOUNDING).fetchone()[0]) if before else None
    except sqlite.dbapi.DatabaseError:
        return
    if before is not None and fact is not None:
        chain.start_after(Head(incarnation, seq, before[0]), fact.store, {device})


def _check_schema(connection: Any, extra: frozenset[SchemaObject], findings: Findings) -> None:
    wanted = {f"{kind} {name}" for kind, name, _ in schema.built_in() | extra}
    found = {f"{kind} {name}" for kind, name, _ in schema.objects(connection)}
    for name in schema.differences(connection, extra):
        what = "changed" if name in wanted & found else "added" if name in found else "removed"
        findings.add("schema", printable(name), None, f"it was {what}")
    version = schema.version(connection)
    if version != schema.VERSION:
        findings.add("schema", "user_version", None, f"{version} instead of {schema.VERSION}")
    try:
        marks = [mark for (mark,) in connection.execute("SELECT version_num FROM alembic_version")]
    except sqlite.dbapi.DatabaseError:
        marks = []
    if marks != [f"{schema.VERSION:04d}"]:
        findings.add("schema", "alembic_version", None, "it does not name this release's migration")


def _check_anchor(
    connection: Any, chain: Chain, mac_key: bytes | bytearray, path: Path, findings: Findings
) -> None:
    try:
        anchored = read_anchor(path, mac_key)
    except AnchorBroken:
        findings.add("anchor", path.name, None, "its MAC is not of this branch")
        return
    if anchored is None:
        findings.add("anchor", path.name, None, "there is none beside the store")
        return
    proven, head = anchored[0], chain.head or Head(0, 0, b"")
    where = entry_place(proven.incarnation, proven.seq)
    if (proven.incarnation, proven.seq) > (head.incarnation, head.seq):
        chain.doubtful.append(proven.seq)
        detail = f"shorter than proven: it ends at {head.seq} and once reached {proven.seq}"
        findings.add("anchor", where, proven.seq, detail)
        return
    found = stored_hash(connection, proven.incarnation, proven.seq)
    # A hash without a genuine MAC and a missing entry are findings of the chain already.
    if found is not None and found[0] != proven.hash and proofs(mac_key)(found[0]) == found[1]:
        findings.add("anchor", where, proven.seq, f"another history than the one that reached {proven.seq}")


@contextmanager
def _snapshot(connection: Any) -> Iterator[None]:
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


@contextmanager
def _any_text(connection: Any) -> Iterator[None]:
    connection.text_factory = lenient
    try:
        yield
    finally:
        connection.text_factory = str
