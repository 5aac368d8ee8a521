"""The host of the benches: the real one, with a command that makes everybody wait again and a long job.

    python tests/bench/benchhost.py DIRECTORY OFFSET

prints its process id and serves the store until it is stopped.
"""

import os
import sys
from pathlib import Path
from uuid import UUID

import realhost
from tellertui.branch.records import Counter
from tellertui.core.command import Command, command
from tellertui.core.event import Event, event
from tellertui.core.role import EVERYONE
from tellertui.host.api import Done
from tellertui.host.host import Host
from tellertui.host.peer import Peer
from tellertui.store.handlers import handles, views
from tellertui.store.redigest import redigest
from tellertui.store.rows import Reads
from tellertui.store.work import Work
from tellertui.store.writer import Outcome, Task
from tellertui.workflows.reception.records import Ticket, VisitService
from tellertui.workflows.reception.service.calls import UNCALLED


@event("bench.reset")
class LobbyReset(Event):
    """Whoever was called waits again."""


@command("bench.reset", roles=EVERYONE, events=("bench.reset",))
class Reset(Command[None]):
    """Let everybody who was called wait again."""


@command("bench.slices", roles=EVERYONE, reads=True)
class Slices(Command[Done]):
    """Begin to record every visit anew, a slice at a time."""


@handles(Reset)
def reset(work: Work, command: Reset) -> tuple[()]:
    """Free every counter."""
    for counter in work.every(Counter):
        if counter.ticket is not None:
            work.update(Counter, counter.code, ticket=None)
            work.update(Ticket, counter.ticket, state="waiting", **UNCALLED)
    work.record(LobbyReset())
    return ()


@views(Reset)
def done(reads: Reads, result: tuple[()]) -> None:
    """Say nothing."""


class Slicing:
    """A job over all visits that begins anew whenever it is through."""

    def __init__(self, host: Host) -> None:
        self.rows = 0
        self._host = host
        self._after: UUID | str | bytes | None = ""
        host.dispatcher.methods[Slices] = self.begin

    async def begin(self, peer: Peer, command: Slices) -> Done:
        """Begin."""
        self._next()
        return Done()

    def _next(self) -> None:
        self._host.store.writer.submit_job(Task(self._slice, self._settled))

    def _slice(self, work: Work) -> None:
        self._after = redigest(work, VisitService, after=self._after or "")

    def _settled(self, outcome: Outcome) -> None:
        if not self._host.stopping.is_set():
            self._next()


if __name__ == "__main__":
    print(os.getpid(), flush=True)
    realhost.run(Path(sys.argv[1]), int(sys.argv[2]), lambda host: Slicing(host) and None)
