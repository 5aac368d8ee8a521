"""The smallest command with an entry, and the means to make a group of commands and to make SQLite fail."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from tellertui.branch.records import Paper
from tellertui.core.event import Code, Event, event
from tellertui.store import sqlite
from tellertui.store.actor import SYSTEM
from tellertui.store.store import Store
from tellertui.store.work import Work
from tellertui.store.writer import Outcome, Task

PATIENCE_S = 10
Body = Callable[[Work], Any]


@event("tests.paper_added")
class PaperAdded(Event):
    """A paper was added by a test."""

    code: Code


def add(code: str) -> Body:
    """Return a body that adds a paper with its entry and returns its code."""

    def body(work: Work) -> str:
        work.insert(Paper, code=code, name_zh_hant="x", name_zh_hans="x", name_en="x")
        work.record(PaperAdded(code))
        work.notify("branch")
        return code

    return body


def papers(store: Store) -> set[str]:
    """Return the codes of the papers that are there, as a reader sees them."""
    return store.read(lambda reads: {paper.code for paper in reads.every(Paper)}).result(PATIENCE_S)


def group(store: Store, *bodies: Body) -> list[Outcome]:
    """Run bodies as one group and return what became of each."""
    waiting: list[Future[Outcome]] = [Future() for _ in bodies]
    # While this thread holds the writer's queue, nothing is taken from it.
    with store.writer._ready:
        for body, future in zip(bodies, waiting, strict=True):
            store.submit(Task(body, future.set_result, SYSTEM))
    return [future.result(PATIENCE_S) for future in waiting]


class Failing:
    """The writer's cursor, with statements that fail for the next few times."""

    def __init__(self, store: Store, statements: tuple[str, ...], code: str, times: int) -> None:
        self.left = times
        self._cursor = store.writer._cursor
        self._statements, self._code = statements, code
        store.writer._cursor = self

    def execute(self, sql: str, *parameters: Any) -> Any:
        if self.left and sql.startswith(self._statements):
            self.left -= 1
            raise failure(self._code)
        return self._cursor.execute(sql, *parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


def failure(code: str) -> Exception:
    """Return the error of the driver with a result code of SQLite."""
    error: Exception = sqlite.dbapi.OperationalError("made by a test")
    error.sqlite_errorname = code  # type: ignore[attr-defined]
    return error
