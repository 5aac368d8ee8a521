"""The journal against what head office has confirmed: its receipts are signed and no host can make one."""

from collections.abc import Iterator
from typing import Any

import msgspec

from tellertui.store import sqlite
from tellertui.store.findings import Finding, entry_place
from tellertui.store.verify_chain import stored_hash
from tellertui.sync.trust import Disbelieved, believed_pack, believed_receipt

NAME = f"{__name__}:check_receipt"
"""The name by which a verifying process finds this check."""

_MARK = (
    "SELECT branch.code, head_office.root, sync_mark.pack, sync_mark.receipt"
    " FROM branch, head_office, sync_mark WHERE sync_mark.receipt IS NOT NULL"
)


def check_receipt(connection: Any) -> Iterator[Finding]:
    """Yield a finding where head office's furthest receipt is not head office's, or names another history."""
    try:
        found = connection.execute(_MARK).fetchone()
    except sqlite.dbapi.DatabaseError:
        return
    if found is None:
        return
    branch, root, pack, body = found
    try:
        receipt = believed_receipt(body, believed_pack(pack, "", root=root), branch)
    except (Disbelieved, msgspec.MsgspecError, TypeError):
        yield Finding("receipt", "sync_mark line", None, "the receipt kept here is not head office's")
        return
    where, seq = entry_place(receipt.incarnation, receipt.cursor), receipt.cursor
    stored = stored_hash(connection, receipt.incarnation, seq)
    if stored is None:
        yield Finding("receipt", where, seq, f"head office has confirmed up to {seq}; the journal is shorter")
    elif stored[0] != receipt.hash:
        yield Finding("receipt", where, seq, f"head office has confirmed another history up to {seq}")
