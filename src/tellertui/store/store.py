"""An open store: the lock, the writer, the readers and the state of its checks."""

import logging
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from tellertui.core.clock import Clock
from tellertui.core.enc import enc
from tellertui.core.ids import Ids
from tellertui.core.refusal import Refusal
from tellertui.store import schema, sqlite
from tellertui.store.actor import SYSTEM, Actor
from tellertui.store.anchor import write_anchor
from tellertui.store.events import Checkpoint, ClockStepped, SchemaMigrated
from tellertui.store.journal import Head, Journal, decode_plain, newest
from tellertui.store.keydesk import KeyDesk
from tellertui.store.memory import Memory
from tellertui.store.rows import Reads
from tellertui.store.timekeeper import Timekeeper
from tellertui.store.work import Work
from tellertui.store.writer import Outcome, Task, Writer
from tellertui.vault.ring import Ring

T = TypeVar("T")

log = logging.getLogger(__name__)

FILE = "branch.db"
ANCHOR = "anchor"
CHECKPOINT_EVERY = 1_000
READERS = 2


@dataclass(frozen=True)
class Identity:
    """What a store is, and the keys its journal is written with."""

    store: UUID
    mac_key: bytes | bytearray = field(repr=False)
    sign: Callable[[str, bytes], tuple[bytes, bytes]] = field(repr=False)
    """Signs as the device: context and payload to public key and signature."""
    keeps_sealed: bool = True
    """A standalone branch writes no sealed parts."""
    day_of: Callable[[int], str] = field(repr=False, default=lambda instant: "1970-01-01")


class Store:
    """One open SQLite file with one writer and a few query-only readers."""

    def __init__(
        self, directory: Path, clock: Clock, ids: Ids, identity: Identity, head: Head | None = None
    ) -> None:
        """Open the file for writing; the caller holds the store's lock.

        Args:
            directory: the store's folder.
            clock: where instants come from.
            ids: where identifiers come from.
            identity: the store's id and keys.
            head: the root of the chain, for a store that has no entry yet.
        """
        self.path = directory / FILE
        self.clock = clock
        self.ids = ids
        self.identity = identity
        self.memory = Memory()
        self._keys = KeyDesk(identity.store)
        connection = sqlite.connect(self.path)
        self._migrated = schema.migrate(self.path, connection)
        stored_head = newest(connection)
        self.journal = Journal(
            stored_head or head or Head(1, 0, b""), identity.mac_key, keeps_sealed=identity.keeps_sealed
        )
        last = _last_instant(connection)
        self._time = Timekeeper(clock, identity.day_of, last)
        self._checkpointed = _last_checkpoint(connection)
        self._stepped, self._stepped_at = ClockStepped(0, 0), 0
        self.settle: Callable[[list[tuple[Task, Outcome]]], None] = settle_here
        self.receipt = b""
        """Head office's newest receipt, which the anchor keeps as well."""
        self.writer = Writer(connection, self.journal, self._begin, self._between, self._deliver)
        self._local = threading.local()
        self._opened: list[Any] = []
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")

    def start(self) -> None:
        """Start the writer; a migration just done is the first entry."""
        self.writer.start()
        before, after = self._migrated
        if 0 < before < after:
            self.run(lambda work: work.record(SchemaMigrated(before, after)))

    def close(self) -> None:
        """Finish what waits, vouch for all of it, rewrite the anchor and close every connection."""
        # Behind the jobs, so that no entry of this run is left out.
        with suppress(Refusal):
            self.writer.submit_job(Task(self._vouch, lambda outcome: None))
        self.writer.stop()
        self._readers.shutdown()
        for connection in self._opened:
            connection.close()
        self.anchor()

    def now(self) -> int:
        """Return the branch's time: the later of the wall clock and the newest entry, milliseconds UTC."""
        return self._time.now()

    def submit(self, task: Task) -> None:
        """Queue a command for the writer."""
        self.writer.submit(task)

    def run(
        self,
        body: Callable[[Work], T],
        actor: Actor = SYSTEM,
        ring: Ring | None = None,
        second: Ring | None = None,
    ) -> T:
        """Run a body as one command and wait for its commit.

        Raises:
            Exception: whatever the body raised; nothing was changed then.
        """
        settled: Future[T] = Future()
        self.writer.submit(Task(body, lambda outcome: _resolve(settled, outcome), actor, ring, second))
        return settled.result()

    def read(self, body: Callable[[Reads], T], actor: Actor = SYSTEM) -> "Future[T]":
        """Run a body on a query-only connection."""
        return self._readers.submit(self._on_reader, body, actor)

    def anchor(self) -> None:
        """Rewrite the anchor beside the store; where that fails, the older one still holds."""
        if self.writer.red is None:
            head, key = self.writer.committed, self.identity.mac_key
            try:
                write_anchor(self.path.with_name(ANCHOR), head, self.receipt, key)
            except OSError as error:
                log.error("the anchor was not rewritten: %s", error.strerror)

    def checkpoint(self, work: Work, cause: str) -> int:
        """Let the device vouch for the chain as it stands."""
        head = self.journal.head
        payload = enc(self.identity.store, head.incarnation, head.seq, head.hash)
        public, signature = self.identity.sign("tellertui.checkpoint/1", payload)
        event = Checkpoint(head.incarnation, head.seq, head.hash, cause)
        self._checkpointed = work.record(event, signatures=[("device", public, signature)])
        return self._checkpointed

    def _vouch(self, work: Work) -> None:
        if self.journal.head.seq > self._checkpointed:
            self.checkpoint(work, "stop")

    def _begin(self, cursor: Any, task: Task) -> Work:
        if self._checkpointed > self.journal.head.seq:
            self._checkpointed = _last_checkpoint(cursor)
        now, step = self._time.tick()
        work = Work(
            cursor,
            self.journal,
            self._keys,
            self.ids,
            now=now,
            day=self._time.day(now),
            actor=task.actor,
            memory=self.memory,
            ring=task.ring,
            second=task.second,
        )
        if step:
            self._stepped, self._stepped_at = ClockStepped(step, self.clock.now()), sys.maxsize
        if self._stepped_at > self.journal.head.seq:
            # Not recorded yet, or undone together with the command before whose entry it stood.
            self._stepped_at = work.as_system().record(self._stepped)
            work.actor = task.actor
        return work

    def _between(self, cursor: Any, work: Work) -> None:
        if work.vouch or self.journal.head.seq - self._checkpointed >= CHECKPOINT_EVERY:
            self.checkpoint(work.as_system(), work.vouch or "count")

    def _deliver(self, results: list[tuple[Task, Outcome]]) -> None:
        for _, outcome in results:
            for effect in outcome.effects:
                _happen(effect)
        self.settle(results)

    def _on_reader(self, body: Callable[[Reads], T], actor: Actor) -> T:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = sqlite.connect(self.path, query_only=True)
            self._opened.append(connection)
        now = self.now()
        cursor = connection.cursor()
        cursor.execute("BEGIN")
        try:
            return body(Reads(cursor, now, self.identity.day_of(now), actor, self.memory))
        finally:
            cursor.execute("COMMIT")


def settle_here(results: list[tuple[Task, Outcome]]) -> None:
    """Settle a group on this thread, the writer's; a host replaces this by one hop into its loop."""
    for task, outcome in results:
        _happen(partial(task.settle, outcome))


def _happen(effect: Callable[[], None]) -> None:
    """Do what follows a commit; the next one and the writer go on whatever becomes of it."""
    try:
        effect()
    except Exception as error:  # noqa: BLE001 - the commit stands, there is nobody to refuse
        log.error("what follows a commit failed: %s", type(error).__name__)


def _resolve(settled: "Future[Any]", outcome: Outcome) -> None:
    if outcome.error is not None:
        settled.set_exception(outcome.error)
    else:
        settled.set_result(outcome.value)


def _last_instant(connection: Any) -> int:
    """Return the time of the newest entry; 0 without one, or where it is damaged (verification says so)."""
    found = connection.execute(
        "SELECT plain FROM journal ORDER BY incarnation DESC, seq DESC LIMIT 1"
    ).fetchone()
    with suppress(msgspec.DecodeError):
        return 0 if found is None else decode_plain(found[0]).at
    return 0


def _last_checkpoint(connection: Any) -> int:
    found = connection.execute(
        "SELECT seq FROM journal WHERE event = 'journal.checkpoint'"
        " ORDER BY incarnation DESC, seq DESC LIMIT 1"
    ).fetchone()
    return 0 if found is None else int(found[0])
