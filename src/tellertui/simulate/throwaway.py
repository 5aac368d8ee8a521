"""A branch for one replayed day: founded in a temporary folder, driven step by step, verified, removed."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import tellertui.branch.service
import tellertui.workflows.reception.service  # noqa: F401 - both register their handlers
from tellertui.branch.defaults import CounterDefault, Defaults, shipped
from tellertui.branch.founding import furnish
from tellertui.branch.records import Branch
from tellertui.core.clock import ManualClock, at
from tellertui.core.event import Event, decode_event
from tellertui.core.ids import TimedIds
from tellertui.core.refusal import Refusal
from tellertui.simulate.day import Course, Plan, Step, Steps
from tellertui.store import sqlite
from tellertui.store.events import StoreFounded
from tellertui.store.findings import Report
from tellertui.store.handlers import handler_of
from tellertui.store.journal import Head, entries, root
from tellertui.store.lock import StoreLock
from tellertui.store.store import ANCHOR, Identity, Store
from tellertui.store.tables import Device
from tellertui.store.verify import verify
from tellertui.store.work import Work
from tellertui.store.writer import GROUP, Outcome, Task
from tellertui.vault.host import DeviceKey, HostSecret
from tellertui.workflows.closing.api import Totals
from tellertui.workflows.closing.figures import fold

V = TypeVar("V")

ZONE = ZoneInfo("Asia/Shanghai")
CODE = "simulated"


def replay(course: Course, plan: Plan, progress: Callable[[], None]) -> tuple[Totals, Report]:
    """Take a day through the services of a branch of its own.

    Args:
        course: what happens; afterwards it is over.
        plan: the day and its counters.
        progress: called after each group of commands.

    Returns:
        The figures in the day's journal, and the verification of the file.
    """
    clock = ManualClock(at(plan.day, 0, ZONE))
    secret, device = HostSecret.generate(), DeviceKey.generate()
    with TemporaryDirectory(prefix="tellertui-") as folder, StoreLock(Path(folder)):
        store = _opened(Path(folder), clock, plan.day, secret, device)
        try:
            store.run(lambda work: _found(work, store.identity.store, secret, device, plan.counters))
            Replay(store, clock, course.steps()).run(progress)
        finally:
            store.close()
        return _read(store.path, secret)


class Replay:
    """Carries out the steps of a day, each as one command, committed in groups as in a busy branch.

    The writer takes the commands of a group without coming back in between, so each of them sets the clock
    for the next.
    """

    def __init__(self, store: Store, clock: ManualClock, steps: Steps) -> None:
        """Begin a day at the present instant of the clock, which is its midnight."""
        self._store = store
        self._clock = clock
        self._midnight = clock.now()
        self._steps = steps
        self._step: Step | None = None
        self._follow(next, steps)

    def run(self, progress: Callable[[], None]) -> None:
        """Carry out every step; ``progress`` is called after each group.

        Raises:
            Exception: whatever a handler raised and the day does not provide for.
        """
        settled: SimpleQueue[Outcome] = SimpleQueue()
        while self._step is not None:
            for _ in range(GROUP):
                self._store.submit(Task(self._take, settled.put))
            for _ in range(GROUP):
                error = settled.get().error
                if error is not None and not isinstance(error, _Provided):
                    raise error
            progress()

    def _take(self, work: Work) -> None:
        if self._step is None:
            return
        step, self._step = self._step, None
        work.actor = step.actor
        try:
            result = handler_of(type(step.command))(work, step.command)
        except Refusal as refused:
            self._follow(self._steps.throw, refused)
            raise _Provided from refused
        self._follow(self._steps.send, result)

    def _follow(self, move: Callable[[V], Step], value: V) -> None:
        """Find the next step, if there is one, and let its time come."""
        try:
            self._step = move(value)
        except StopIteration:
            return
        self._clock.set(self._midnight + self._step.at)


class _Provided(Exception):  # noqa: N818 - undoes a refused command whose refusal is part of the day
    pass


def _opened(directory: Path, clock: ManualClock, day: str, secret: HostSecret, device: DeviceKey) -> Store:
    ids = TimedIds(clock)
    identity = Identity(
        ids.new(),
        secret.mac_key(),
        lambda context, payload: (device.public, device.sign(context, payload)),
        keeps_sealed=False,
        # The business date lasts until the last customer has been served, also past midnight.
        day_of=lambda _: day,
    )
    store = Store(directory, clock, ids, identity, Head(1, 0, root(CODE, 1, 0, 0, b"", [])))
    store.start()
    return store


def _found(work: Work, store: Any, secret: HostSecret, device: DeviceKey, counters: int) -> None:
    """Write what a founding writes, without people: nobody signs on here."""
    work.insert(
        Branch,
        id=store,
        code=CODE,
        name=CODE,
        time_zone=ZONE.key,
        language="en",
        environment="test",
        profile="desk",
        standalone=True,
    )
    work.insert(Device, id="host", public=device.public, sealed=device.wrapped(secret, store), since=work.day)
    work.record(StoreFounded(store, CODE, "test", "desk", 1, 0, 0, b"", (), b""), store)
    furnish(work, _furnishing(counters))


def _furnishing(counters: int) -> Defaults:
    """Return the shipped branch with counters that all serve everything."""
    codes = tuple(service.code for service in shipped().services)
    desks = tuple(CounterDefault(str(number), codes) for number in range(1, counters + 1))
    return Defaults(shipped(), desks)


def _read(path: Path, secret: HostSecret) -> tuple[Totals, Report]:
    with closing(sqlite.connect(path, query_only=True)) as connection:
        totals = fold(_facts(connection)).totals
        return totals, verify(connection, secret.mac_key(), path.with_name(ANCHOR))


def _facts(connection: Any) -> Iterator[tuple[Event, int, str]]:
    for entry in entries(connection):
        plain = entry.read()
        yield decode_event(plain.event, plain.version, plain.facts), plain.at, plain.actor
