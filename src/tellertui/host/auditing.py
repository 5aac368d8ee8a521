"""Verification and the journal's plain parts, for operators and auditors, while the host runs."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from tellertui.branch.opening import CHECKS
from tellertui.host import api
from tellertui.host.peer import Peer
from tellertui.store.audit import copy_apart, verify_in_child
from tellertui.store.findings import Report
from tellertui.store.show import ShownEntry, show
from tellertui.store.store import ANCHOR, Store

SHOWN = 10_000
"""Entries in one answer."""


class Auditing:
    """The whole verification runs in a child on a copy, so that no command waits for it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._one = asyncio.Lock()

    async def verify(self, peer: Peer, command: api.VerifyAudit) -> Report:
        """Copy the store and verify the copy."""
        async with self._one:
            with tempfile.TemporaryDirectory(prefix="audit-", dir=self._store.path.parent) as folder:
                copy = await asyncio.to_thread(copy_apart, self._store.path, Path(folder))
                key = self._store.identity.mac_key
                return await verify_in_child(copy, key, copy.with_name(ANCHOR), CHECKS)

    async def show(self, peer: Peer, command: api.ShowAudit) -> list[ShownEntry]:
        """Return entries from a seq on."""

        def body(reads: Any) -> list[ShownEntry]:
            found = show(reads.connection, command.since, command.event)
            return [entry for entry, _ in zip(found, range(SHOWN), strict=False)]

        return await asyncio.wrap_future(self._store.read(body))
