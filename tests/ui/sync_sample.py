"""Where a made-up branch stands towards head office on the Monday of the sketches, and one that says so."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from monday import at

from tellertui.core.clock import ManualClock
from tellertui.core.refusal import Refusal
from tellertui.sync import api
from tellertui.sync.api import BatchView, FeedView, RejectionView, SyncView

NOW = at("10:44")


def batches(*more: BatchView) -> list[BatchView]:
    kept = [
        BatchView(first=18021, last=18204, size=37_600, state="accepted", at=at("10:31")),
        BatchView(first=17521, last=18020, size=96_000, state="safe", at=at("10:28")),
        BatchView(first=17021, last=17520, size=94_100, state="safe", at=at("10:12")),
    ]
    older = [
        BatchView(
            first=17021 - 500 * each,
            last=17520 - 500 * each,
            size=95_000 + each,
            state="safe",
            at=at("10:12") - each * 3_600_000,
        )
        for each in range(1, 17)
    ]
    return [*more, *kept, *older]


def view(**more: Any) -> SyncView:
    """Return the sketch: the line is down, 42 entries wait."""
    waits = BatchView(first=18205, last=18246, size=0, state="waiting", at=at("10:33"))
    given: dict[str, Any] = {
        "state": "ready",
        "incarnation": 1,
        "head": 18246,
        "acked": 18204,
        "safe": 18020,
        "waiting": 42,
        "oldest_waiting_s": 660,
        "last_ok": at("10:31"),
        "last_error": "unreachable",
        "error_at": at("10:43"),
        "failures": 3,
        "next_at": at("10:47"),
        "url": "https://head.example:8443",
        "device": "ABCD-EFGH-IJKL-MNOP",
        "head_office": "QRST-UVWX-YZ23-4567",
        "rejections": [
            RejectionView(seq=18100, event="ticket.recategorised", code="unknown-event"),
        ],
        "batches": batches(waits),
        "courier": True,
        "feeds": [
            FeedView(name="rules-holidays", version=12, effective="2026-11-01", state="in-force"),
            FeedView(name="targets", version=3, effective="2026-12-01", state="waiting"),
        ],
    }
    return SyncView(**{**given, **more})


def up(**more: Any) -> SyncView:
    """Return the line up and nothing waiting."""
    given: dict[str, Any] = {"last_error": None, "error_at": None, "failures": 0, "next_at": None}
    given |= {"acked": 18246, "waiting": 0, "oldest_waiting_s": None, "last_ok": at("10:43")}
    given |= {"rejections": [], "batches": batches()}
    return view(**{**given, **more})


def unenrolled(**more: Any) -> SyncView:
    """Return a branch that knows no head office."""
    given: dict[str, Any] = {"state": "none", "acked": 0, "safe": 0, "waiting": 18246, "last_ok": None}
    given |= {"url": "", "head_office": "", "rejections": [], "batches": [], "next_at": None, "feeds": ()}
    return up(**{**given, **more})


def asked(**more: Any) -> SyncView:
    """Return a branch whose enrolment was not answered yet."""
    given: dict[str, Any] = {"state": "asked", "url": "https://head.example:8443", "failures": 2}
    given |= {"last_error": "bad-code", "error_at": at("10:40"), "next_at": at("10:45")}
    return unenrolled(**{**given, **more})


def files(**more: Any) -> SyncView:
    """Return a branch whose entries travel as files."""
    given: dict[str, Any] = {"url": "file:/media/stick", "last_error": None, "failures": 0, "next_at": None}
    return view(**{**given, **more})


def stopped(state: str) -> SyncView:
    """Return a branch for which people must decide."""
    return view(state=state, last_error=state, failures=0, next_at=None, last_ok=at("10:43"), rejections=[])


def much() -> SyncView:
    """Return as much as a screen must hold."""
    codes = ("unreadable", "unknown-version", "bad-facts", "behind", "other")
    wrong = [
        RejectionView(seq=18100 + place, event="appointment.cancelled", code=codes[place % 5])
        for place in range(11)
    ]
    refused = FeedView(name="rules-cn", version=13, effective="", state="refused", code="bad-table")
    return view(
        last_error="certificate",
        failures=4321,
        rejections=[RejectionView(seq=9, event="ticket.issued", code="behind", incarnation=2), *wrong],
        feeds=[*view().feeds, refused],
        oldest_waiting_s=90_000,
    )


class FakeBranch:
    """Answers as a branch does and keeps what was asked; ``state`` is what it says of sync."""

    def __init__(self, state: SyncView) -> None:
        self.state = state
        self.clock = ManualClock(NOW)
        self.done: list[Any] = []
        self.files = [
            api.FileView(name="B001-1-18205-18240.ttb", body=b"one", last=18240),
            api.FileView(name="B001-1-18241-18246.ttb", body=b"two", last=18246),
        ]
        self.taken: list[bytes] = []
        self.refuses: Callable[[Any], Refusal | None] = lambda command: None
        self.told: Callable[[int], Any] = lambda seq: None

    async def do(self, command: Any, identifier: UUID | None = None) -> Any:
        self.done.append(command)
        if (refused := self.refuses(command)) is not None:
            raise refused
        if isinstance(command, api.ShowSync):
            return self.state
        if isinstance(command, api.Export):
            return next((file for file in self.files if file.last >= command.first), None)
        if isinstance(command, api.TakeIn):
            if command.body.startswith(b"other"):
                raise api.NOT_TAKEN(why="other-branch")
            self.taken.append(command.body)
        return api.Done()

    async def watch(self, topic: str, changed: Callable[[int], Any]) -> None:
        assert topic == api.SYNC
        self.told = changed

    def count(self, kind: type[Any]) -> int:
        """Return how often a command was sent."""
        return sum(isinstance(command, kind) for command in self.done)
