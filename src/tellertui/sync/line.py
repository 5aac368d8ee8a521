"""The branch's end of the line to head office, in the host: what is sent next and what an answer changes.

The courier carries bytes it cannot read or sign. An answer moves something only where head office's own
signature, the branch, the request in flight and the branch's own chain all agree.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

import msgspec

from tellertui.branch.records import Branch
from tellertui.core.tables import lay
from tellertui.store.rows import Reads
from tellertui.store.store import Store
from tellertui.store.tables import Device
from tellertui.store.work import Work
from tellertui.sync import api, feeds, sending
from tellertui.sync.batches import BadBatch
from tellertui.sync.marks import Heard, Marks, bring, enrolled, head_office, marks_of, pinned, received
from tellertui.sync.records import HeadOffice
from tellertui.sync.requests import LINE, POLL_S, Flying, Requests, enrol_nonce, pack_of
from tellertui.sync.trust import Disbelieved, believed_pack, believed_receipt
from tellertui.sync.wire import FEED, PACK, Pack, Receipt, signed

T = TypeVar("T")
Carry = Callable[[Callable[[Work], T]], Awaitable[T]]

PAUSE_S = 0.01
"""Between two requests, in which the branch's own commands go first."""
RENEWING = frozenset({"certificate", "not-signed", "unknown-ingest"})
"""Head office may have changed its keys: they are asked for before the next attempt."""
NO_LINE = frozenset({"unreachable", "timeout", "tls", "certificate", "certificate-time"})
"""What a courier says when head office did not answer."""
PROVING = frozenset({"ok", "duplicate", "gap"})
"""What a receipt in a file may say; what needs people to decide counts only as an answer of the moment."""


class Line:
    """One request at a time; every step that counts is a row before the next one begins."""

    def __init__(self, store: Store, carry: Carry[Any]) -> None:
        self._store = store
        self._carry = carry
        self._requests = Requests(store.identity)
        self._flying: Flying | None = None
        self._one = asyncio.Lock()
        self.moved: Callable[[], None] = lambda: None
        """Told when there is something new for the courier."""

    async def begin(self) -> None:
        """Let the anchor carry head office's furthest receipt from now on, and its rule tables hold."""
        marks = await asyncio.wrap_future(self._store.read(marks_of))
        self._store.receipt = marks.receipt or b""
        lay(await asyncio.wrap_future(self._store.read(feeds.in_force)))

    # The courier.

    async def next(self) -> api.Exchange:
        """Return what the courier is to carry now."""
        async with self._one:
            if self._flying is None:
                await asyncio.sleep(PAUSE_S)
                try:
                    found = await asyncio.wrap_future(self._store.read(self._requests.next))
                except BadBatch as bad:
                    await self._fail(bad.code, None)
                    found = POLL_S
                if isinstance(found, float):
                    return api.Exchange(kind="idle", wait_s=min(POLL_S, found))
                self._flying = found
            return self._flying.exchange

    async def answered(self, identifier: str, body: bytes) -> None:
        """Take an answer to the request in flight; one to another request means nothing any more."""
        async with self._one:
            flying = self._flying
            if flying is None or flying.exchange.id != identifier:
                return
            try:
                await self._carry(partial(self._take, flying=flying, body=body))
            except Disbelieved as why:
                await self._miss(flying, why.code, None)
            self._flying = None

    async def failed(self, identifier: str, code: str, retry_after_s: int | None) -> None:
        """Note that there was no answer, and when the next attempt is due."""
        async with self._one:
            if self._flying is not None and self._flying.exchange.id == identifier:
                await self._miss(self._flying, code, retry_after_s)
                self._flying = None

    @property
    def flying(self) -> tuple[int, int, int] | None:
        """Return first and last entry and bytes of the batch in flight; None while none is."""
        flying = self._flying
        return (flying.first, flying.last, len(flying.exchange.body)) if flying and flying.last else None

    def forget(self) -> None:
        """Drop the request in flight: what it was made for has changed."""
        self._flying = None

    async def _miss(self, flying: Flying, code: str, retry_after_s: int | None) -> None:
        if flying.exchange.kind == "feed" and retry_after_s is None and code not in NO_LINE:
            # The line works; one feed that is not right holds nothing else up.
            await self._carry(partial(feeds.refused, name=flying.exchange.name, code=code))
        else:
            await self._fail(code, retry_after_s)

    async def _fail(self, code: str, retry_after_s: int | None) -> None:
        jitter = int.from_bytes(os.urandom(4)) / 2**32

        def body(work: Work) -> None:
            marks = marks_of(work)
            state = sending.failed(marks.state, code, retry_after_s, work.now, jitter)
            bring(work, msgspec.structs.replace(marks, state=state, renew=code in RENEWING))

        await self._carry(body)

    def _take(self, work: Work, *, flying: Flying, body: bytes) -> None:
        office, marks = head_office(work), marks_of(work)
        if office is None:
            raise Disbelieved("not-asked")
        if flying.exchange.kind == "pack":
            self._keys(work, office, marks, body)
            return
        if flying.exchange.kind == "feed":
            feeds.taken(work, _trusted(office, marks), body, asked=flying.exchange.name)
            return
        receipt = _believed(work, office, marks, body)
        if receipt.nonce != flying.nonce:
            raise Disbelieved("other-request")
        if flying.exchange.kind == "enrol":
            enrolled(work, marks, receipt)
            return
        size = len(flying.exchange.body) if flying.last else 0
        heard = Heard(receipt, body, flying.first, flying.last, size)
        self._moved(work, received(work, marks, heard, sending.answered))

    def _keys(self, work: Work, office: HeadOffice, marks: Marks, body: bytes) -> None:
        """Take head office's keys: at first by the enrolment code, later by the root key known from it."""
        if office.state == "asked":
            pinned(marks, body, work.day)
        else:
            known = pack_of(office, marks)
            believed_pack(body, work.day, at_least=known.version if known else 0, root=office.root)
        state = msgspec.structs.replace(marks.state, next_at=0)
        bring(work, msgspec.structs.replace(marks, state=state, pack=body, renew=False))

    def _moved(self, work: Work, marks: Marks) -> None:
        work.after_commit(partial(setattr, self._store, "receipt", marks.receipt or b""))

    # People.

    async def push(self) -> None:
        """Send at once.

        Raises:
            Refusal: ``not-enrolled``, ``by-file``.
        """

        def body(work: Work) -> None:
            office, marks = head_office(work), marks_of(work)
            if office is None:
                raise api.NOT_ENROLLED()
            if not office.url.startswith(LINE):
                raise api.BY_FILE()
            bring(work, msgspec.structs.replace(marks, state=sending.pushed(marks.state)))

        await self._carry(body)
        self.moved()

    async def export(self, first: int) -> api.FileView | None:
        """Return the next message for head office as a file.

        Raises:
            Refusal: ``not-enrolled``.
        """
        return await asyncio.wrap_future(self._store.read(partial(self._requests.file, first=first)))

    async def take_in(self, body: bytes) -> None:
        """Take a file from head office.

        Raises:
            Refusal: ``not-taken``, ``not-enrolled``.
        """
        try:
            await self._carry(partial(self._take_file, body=body))
        except Disbelieved as why:
            raise api.NOT_TAKEN(why=why.code) from None
        self.moved()

    def _take_file(self, work: Work, *, body: bytes) -> None:
        office, marks = head_office(work), marks_of(work)
        if office is None:
            raise api.NOT_ENROLLED()
        if _context(body) == PACK:
            self._keys(work, office, marks, body)
            return
        if _context(body) == FEED and office.state == "enrolled":
            feeds.taken(work, _trusted(office, marks), body)
            return
        receipt = _believed(work, office, marks, body)
        if office.state != "asked":
            if receipt.code not in PROVING:
                raise Disbelieved(receipt.code)
            self._moved(work, received(work, marks, Heard(receipt, body), sending.imported))
            return
        (device,) = work.every(Device)
        if receipt.nonce != enrol_nonce(marks, device.public):
            raise Disbelieved("other-request")
        enrolled(work, marks, receipt)


def _believed(reads: Reads, office: HeadOffice, marks: Marks, body: bytes) -> Receipt:
    known = _trusted(office, marks)
    (branch,) = reads.every(Branch)
    return believed_receipt(body, known, branch.code)


def _trusted(office: HeadOffice, marks: Marks) -> Pack:
    known = pack_of(office, marks)
    if known is None:
        raise Disbelieved("not-asked")
    return known


def _context(body: bytes) -> str:
    with suppress(msgspec.DecodeError, RecursionError):
        return signed(body).context
    return ""
