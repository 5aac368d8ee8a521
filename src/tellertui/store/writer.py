"""The one thread that writes: a group of waiting commands, a savepoint each, one commit for all.

Nobody is answered before the commit with ``synchronous=FULL`` has returned. A failing command rolls back
to its own savepoint, chain head included. When the transaction is gone or the commit fails, each command of
the group runs again alone, in order; nothing was acknowledged.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tellertui.core.refusal import BUSY, N_, RED, UNREACHABLE, Refusal, refusal
from tellertui.store import sqlite
from tellertui.store.actor import SYSTEM, Actor
from tellertui.store.journal import Head, Journal, newest
from tellertui.store.work import Work
from tellertui.vault.ring import Ring

log = logging.getLogger(__name__)

GROUP = 64
WAITING = 256
GATHER_S = 0.0003
IDLE_S = 0.25
CHECKPOINT_TASKS = 1_000
"""Tasks after which the log is moved into the file even when the writer is never idle."""
JOB_WAITS_S = 0.05
"""How long a job whose turn has come stands back while commands wait."""

DISK_FULL = refusal(
    "disk-full", N_("The disk is full. Nothing was changed; free some space and try again."), UNREACHABLE
)
STOPPING = refusal("stopping", N_("The branch host is stopping; try again in a moment."), UNREACHABLE)


@dataclass(slots=True)
class Outcome:
    """What became of a task once its group was committed or given up."""

    value: Any = None
    error: Exception | None = None
    seq: int = 0
    notices: frozenset[str] = frozenset()
    effects: list[Callable[[], None]] = field(default_factory=list)


@dataclass(slots=True)
class Task:
    """A body to run in a transaction, and who is told."""

    body: Callable[[Work], Any]
    settle: Callable[[Outcome], None]
    actor: Actor = SYSTEM
    ring: Ring | None = None
    second: Ring | None = None


class _Lost(Exception):  # noqa: N818 - not a fault of the program: SQLite ended the transaction
    """The transaction ended inside a savepoint."""


class Writer:
    """Takes tasks from any thread and writes them on its own."""

    def __init__(
        self,
        connection: Any,
        journal: Journal,
        begin: Callable[[Any, Task], Work],
        between: Callable[[Any, Work], None],
        deliver: Callable[[list[tuple[Task, Outcome]]], None],
    ) -> None:
        self.journal = journal
        self.committed = journal.head
        """The newest entry that is on disk; ``journal.head`` runs ahead of it inside a transaction."""
        self.red: str | None = None
        self._connection = connection
        self._cursor = connection.cursor()
        self._begin = begin
        self._between = between
        self._deliver = deliver
        self._tasks: deque[Task] = deque()
        self._jobs: deque[Task] = deque()
        self._ready = threading.Condition()
        self._stopping = False
        self._last_group = 0
        self._job_due = 0.0
        """When the next job may run: one rests for as long as the last one took."""
        self._job_runs = False
        self._unmoved = 0
        """Tasks since the write-ahead log was moved into the file."""
        self._thread = threading.Thread(target=self._loop, name="writer", daemon=True)

    def start(self) -> None:
        """Begin to take tasks."""
        self._thread.start()

    def submit(self, task: Task) -> None:
        """Queue a command.

        Raises:
            Refusal: ``busy`` with 256 commands waiting, ``stopping`` after ``stop``.
        """
        with self._ready:
            if self._stopping:
                raise STOPPING()
            if len(self._tasks) >= WAITING:
                raise BUSY(retry_after_s=1)
            self._tasks.append(task)
            self._ready.notify()

    def submit_job(self, task: Task) -> None:
        """Queue a chunk of background work of at most 20 ms; commands go first."""
        with self._ready:
            if self._stopping:
                raise STOPPING()
            self._jobs.append(task)
            self._ready.notify()

    @property
    def waiting(self) -> int:
        """Return how many commands wait."""
        return len(self._tasks)

    def stop(self) -> None:
        """Finish what waits, truncate the write-ahead log and close the connection."""
        with self._ready:
            self._stopping = True
            self._ready.notify()
        self._thread.join()

    def _loop(self) -> None:
        while (batch := self._take()) is not None:
            started = time.monotonic()
            if batch:
                self._deliver(self._outcomes(batch))
                self._unmoved += len(batch)
            if not batch or self._unmoved >= CHECKPOINT_TASKS:
                self._checkpoint()
            if self._job_runs:
                self._job_due = 2 * time.monotonic() - started
        with suppress(sqlite.dbapi.DatabaseError):
            self._cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.close()

    def _take(self) -> list[Task] | None:
        """Return the next group, an empty list when idle, None when stopped."""
        with self._ready:
            if not self._tasks and not self._stopping:
                self._ready.wait(self._patience())
        if self._last_group > 1:
            time.sleep(GATHER_S)
        with self._ready:
            self._job_runs = self._job_is_due()
            if self._job_runs:
                return [self._jobs.popleft()]
            batch = [self._tasks.popleft() for _ in range(min(GROUP, len(self._tasks)))]
            if not batch and self._stopping:
                return None
        self._last_group = len(batch)
        return batch

    def _patience(self) -> float | None:
        """Return for how many seconds to wait for a command."""
        if self._jobs:
            return max(0.0, self._job_due - time.monotonic())
        return IDLE_S if self._unmoved else None

    def _job_is_due(self) -> bool:
        if not self._jobs:
            return False
        if self._stopping:
            return not self._tasks
        return time.monotonic() - self._job_due >= (JOB_WAITS_S if self._tasks else 0)

    def _outcomes(self, batch: list[Task]) -> list[tuple[Task, Outcome]]:
        try:
            return self._group(batch)
        except Exception as error:  # noqa: BLE001 - whoever waits is answered, whatever went wrong
            log.error("the writer gave up: %s", type(error).__name__)
            self.red = "writer"
            return self._group(batch)

    def _group(self, batch: list[Task]) -> list[tuple[Task, Outcome]]:
        if self.red is not None:
            return [(task, Outcome(error=RED(finding=self.red))) for task in batch]
        before = self.journal.head
        try:
            results = self._transaction(batch)
        except (_Lost, sqlite.dbapi.DatabaseError) as error:
            return self._undone(batch, before, error)
        return results

    def _transaction(self, batch: list[Task]) -> list[tuple[Task, Outcome]]:
        self._cursor.execute("BEGIN IMMEDIATE")
        results = [(task, self._one(task)) for task in batch]
        self._cursor.execute("COMMIT")
        self.committed = self.journal.head
        return results

    def _one(self, task: Task) -> Outcome:
        cursor, before = self._cursor, self.journal.head
        cursor.execute("SAVEPOINT command")
        try:
            work = self._begin(cursor, task)
            try:
                value = task.body(work)
                work.finish()
                self._between(cursor, work)
            finally:
                work.forget()
            cursor.execute("RELEASE command")
        except StopIteration as error:
            # No future takes a StopIteration.
            return self._rolled_back(RuntimeError().with_traceback(error.__traceback__), before)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises undoes that command alone
            return self._rolled_back(error, before)
        return Outcome(value, None, self.journal.head.seq, frozenset(work.notices), work.effects)

    def _rolled_back(self, error: Exception, before: Head) -> Outcome:
        if not self._connection.in_transaction:
            raise _Lost from error
        self._cursor.execute("ROLLBACK TO command")
        self._cursor.execute("RELEASE command")
        self.journal.head = before
        if isinstance(error, sqlite.dbapi.DatabaseError):
            if _code(error) in _TROUBLE:
                raise error
            error = self._in_words(error)
        return Outcome(error=error)

    def _undone(self, batch: list[Task], before: Head, error: Exception) -> list[tuple[Task, Outcome]]:
        trouble = _code(error) in _TROUBLE
        try:
            if self._connection.in_transaction:
                self._cursor.execute("ROLLBACK")
            self.committed = self.journal.head = newest(self._cursor) or before
        except sqlite.dbapi.DatabaseError:
            trouble = True
        if trouble:
            self.red = "disk"
            return [(task, Outcome(error=RED(finding="disk"))) for task in batch]
        if len(batch) > 1:
            return [pair for task in batch for pair in self._group([task])]
        cause = (
            error.__cause__ if isinstance(error, _Lost) and isinstance(error.__cause__, Exception) else error
        )
        return [(batch[0], Outcome(error=self._in_words(cause)))]

    @staticmethod
    def _in_words(error: Exception) -> Exception:
        if isinstance(error, Refusal) or _code(error) != "SQLITE_FULL":
            return error
        return DISK_FULL()

    def _checkpoint(self) -> None:
        """Move the write-ahead log into the file, between groups only.

        Passive, so that no reader is waited for; once all was moved the next commit starts the log anew.
        """
        self._unmoved = 0
        if self.red is None:
            with suppress(sqlite.dbapi.DatabaseError):
                self._cursor.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()


_TROUBLE = frozenset({"SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_READONLY"})


def _code(error: BaseException) -> str:
    """Return the primary result code by name, such as ``SQLITE_FULL``."""
    name = str(getattr(error, "sqlite_errorname", ""))
    return "_".join(name.split("_")[:2])
