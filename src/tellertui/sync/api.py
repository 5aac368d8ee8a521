"""What crosses the socket about head office: the courier's exchanges, and what people see and ask."""

from typing import Annotated, Literal

from msgspec import Meta

from tellertui.core.command import Command, View, command
from tellertui.core.refusal import N_, UNREACHABLE, USAGE, refusal
from tellertui.core.role import OFFICERS, Listener, Role
from tellertui.core.topic import topic

COURIER = frozenset({Listener.COURIER})
PEOPLE = frozenset({Listener.STAFF, Listener.ADMIN})
READERS = OFFICERS | {Role.AUDITOR}

SYNC = topic("sync", READERS, PEOPLE | COURIER)

NOT_ENROLLED = refusal(
    "not-enrolled", N_("This branch is not enrolled at head office: tellertui sync enrol.")
)
STANDALONE = refusal(
    "standalone", N_("This branch was founded standalone; its keys must be escrowed before it can enrol.")
)
ENROLLED = refusal("enrolled", N_("This branch is enrolled at head office already."))
BAD_URL = refusal("bad-url", N_("Head office's address begins with https:// or names a folder."), USAGE)
NOT_PINNED = refusal("not-pinned", N_("These are not the keys that the enrolment code names."))
NOT_TAKEN = refusal("not-taken", N_("This file was not taken ({why})."))
NOT_WAITING = refusal("no-feed-waits", N_("No such version waits to be accepted."))
FEED_EXPIRED = refusal("feed-expired", N_("Head office let this version expire; ask it for another."))
OTHER_COURIER = refusal(
    "other-courier", N_("Another courier, process {pid}, carries for this branch."), UNREACHABLE
)
BY_FILE = refusal(
    "by-file", N_("Head office is reached by files: tellertui sync export, and sync import for its receipts.")
)
NO_COURIER = refusal("no-courier", N_("No courier answered; start one with tellertui courier."), UNREACHABLE)

State = Literal["none", "asked", "new", "ready", "behind", "forked", "contested", "closed"]
Reached = Literal["waiting", "sent", "accepted", "safe"]
Kind = Literal["idle", "pack", "enrol", "hello", "batch", "feed"]
FeedState = Literal["in-force", "waiting", "refused"]
Why = Annotated[str, Meta(pattern=r"\A[a-z][a-z0-9-]{0,40}\Z")]
Text = Annotated[str, Meta(max_length=200)]
FeedName = Annotated[str, Meta(pattern=r"\A[a-z][a-z0-9-]{0,63}\Z")]


class Exchange(View):
    """One request to head office, as it travels; ``idle`` while there is none."""

    kind: Kind
    id: str = ""
    url: str = ""
    authority: str = ""
    """The only certificate authority to be trusted (PEM); empty for the public keys themselves."""
    name: str = ""
    """Which feed is asked for."""
    body: bytes = b""
    wait_s: float = 0.0
    """How long there is nothing, seconds."""


class Done(View):
    """It was taken."""

    done: bool = True


class BatchView(View):
    """One batch, newest first."""

    first: int
    last: int
    size: int
    state: Reached
    at: int


class RejectionView(View):
    """An entry that head office could not apply."""

    seq: int
    event: str
    code: str
    incarnation: int = 1


class FeedView(View):
    """Reference data from head office, by name."""

    name: str
    version: int
    effective: str
    """The date from which it counts, possibly ahead; empty for a version that was not taken."""
    state: FeedState
    code: str = ""
    """Why it was refused."""


class SyncView(View):
    """Where the branch stands towards head office; instants in milliseconds UTC."""

    state: State
    incarnation: int
    head: int
    acked: int
    safe: int
    waiting: int
    oldest_waiting_s: int | None
    last_ok: int | None
    last_error: str | None
    error_at: int | None
    failures: int
    next_at: int | None
    url: str
    device: str
    """Fingerprint of this host's key."""
    head_office: str
    """Fingerprint of head office's root key; empty before enrolment."""
    rejections: list[RejectionView]
    batches: list[BatchView]
    feeds: tuple[FeedView, ...] = ()
    standalone: bool = False
    """Founded without head office."""
    courier: bool = False
    """A courier is connected."""


class FileView(View):
    """A message as a file."""

    name: str
    body: bytes
    last: int
    """The last entry in it; 0 for a message without entries."""


@command("sync.next", roles=frozenset(), listeners=COURIER, reads=True)
class NextExchange(Command[Exchange]):
    """What the courier is to carry now; the same again until it was answered or has failed."""


@command(
    "sync.answer",
    roles=frozenset(),
    listeners=COURIER,
    events=("sync.enrolled", "feed.taken"),
    topics=(SYNC,),
)
class Answered(Command[Done]):
    """What head office answered, unread by the courier."""

    id: str
    body: bytes


@command("sync.failed", roles=frozenset(), listeners=COURIER, topics=(SYNC,))
class ExchangeFailed(Command[Done]):
    """No answer, or one without a signature."""

    id: str
    code: Why
    retry_after_s: int | None = None


@command("sync.show", roles=READERS, listeners=PEOPLE, reads=True)
class ShowSync(Command[SyncView]):
    """Where the branch stands towards head office."""


@command("sync.now", roles=OFFICERS, listeners=PEOPLE, topics=(SYNC,))
class SendNow(Command[Done]):
    """Send what waits at once, unless head office asked to wait."""


@command(
    "sync.enrol", roles=frozenset({Role.MANAGER}), listeners=PEOPLE, events=("sync.asked",), topics=(SYNC,)
)
class AskEnrolment(Command[SyncView]):
    """Enrol at head office with the one-time code it gave out."""

    url: Text
    code: Text


@command("sync.export", roles=OFFICERS, listeners=PEOPLE, reads=True)
class Export(Command[FileView | None]):
    """The next message for head office as a file, from an entry on; None when there is no more."""

    first: int = 0


@command(
    "sync.import", roles=OFFICERS, listeners=PEOPLE, events=("sync.enrolled", "feed.taken"), topics=(SYNC,)
)
class TakeIn(Command[Done]):
    """Take a file from head office: its public keys while enrolling, a receipt, or a feed."""

    body: bytes


@command("sync.accept", roles=OFFICERS, events=("feed.accepted",), topics=(SYNC,))
class AcceptFeed(Command[Done]):
    """Accept, as the second signature, a version from head office that gives somebody more than before."""

    name: FeedName
    version: int
