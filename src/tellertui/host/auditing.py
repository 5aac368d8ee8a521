"""Verification and the journal's plain parts, for operators and auditors, while the host runs."""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from itertools import islice
from pathlib import Path
from typing import Any

from tellertui.branch.opening import CHECKS
from tellertui.core.command import Command
from tellertui.host import api
from tellertui.host.methods import Method
from tellertui.host.peer import Peer
from tellertui.store.audit import copy_apart, verify_in_child
from tellertui.store.findings import Report
from tellertui.store.rows import Reads
from tellertui.store.show import show
from tellertui.store.store import ANCHOR, Store
from tellertui.store.writer import STOPPING

COPY = "audit-"
PAGE = 500
"""Entries in one answer."""


class Auditing:
    """The whole verification runs in a child on a copy, so that no command waits for it."""

    def __init__(self, store: Store, stopping: asyncio.Event) -> None:
        self._store = store
        self._stopping = stopping
        self._one = asyncio.Lock()

    def table(self) -> dict[type[Command[Any]], Method]:
        """Return what answers which command."""
        return {api.VerifyAudit: self.verify, api.ShowAudit: self.show}

    async def verify(self, peer: Peer, command: api.VerifyAudit) -> Report:
        """Copy the store and verify the copy; a host that stops does not wait for it.

        Raises:
            Refusal: ``stopping``.
        """
        async with self._one:
            with tempfile.TemporaryDirectory(
                prefix=COPY, dir=self._store.path.parent, ignore_cleanup_errors=True
            ) as folder:
                return await self._unless_stopped(self._verified(Path(folder)))

    async def _verified(self, folder: Path) -> Report:
        copy = await asyncio.to_thread(copy_apart, self._store.path, folder)
        return await verify_in_child(copy, self._store.identity.mac_key, copy.with_name(ANCHOR), CHECKS)

    async def _unless_stopped(self, work: Coroutine[Any, Any, Report]) -> Report:
        verifying, stopping = asyncio.create_task(work), asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait((verifying, stopping), return_when=asyncio.FIRST_COMPLETED)
            if stopping.done():
                raise STOPPING()
            return verifying.result()
        finally:
            verifying.cancel()
            stopping.cancel()
            await asyncio.gather(verifying, stopping, return_exceptions=True)

    def clear(self) -> None:
        """Remove copies that a host left which was killed."""
        for left in self._store.path.parent.glob(f"{COPY}*"):
            shutil.rmtree(left, ignore_errors=True)

    async def show(self, peer: Peer, command: api.ShowAudit) -> api.AuditPage:
        """Return a page of entries from a seq on."""

        def body(reads: Reads) -> api.AuditPage:
            found = list(islice(show(reads.connection, command.since, command.event), PAGE + 1))
            return api.AuditPage(entries=found[:PAGE], next=found[PAGE].seq if len(found) > PAGE else None)

        return await asyncio.wrap_future(self._store.read(body))
