"""What a connection asks of the host itself: greeting, session, clock, watching."""

from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta

from tellertui.core.command import Command, View, command
from tellertui.core.refusal import N_, REFUSED, UNREACHABLE, USAGE, refusal
from tellertui.core.role import EVERYONE, OFFICERS, Listener, Role
from tellertui.core.topic import topic

ANY = frozenset({Listener.STAFF, Listener.LOBBY, Listener.ADMIN, Listener.COURIER})
AUDITORS = OFFICERS | {Role.AUDITOR}
STAFF_AND_ADMIN = frozenset({Listener.STAFF, Listener.ADMIN})

NEWER_CLIENT = refusal(
    "newer-client", N_("This terminal speaks a newer protocol than the host; update the host."), USAGE
)
TERMINAL_REFUSED = refusal("terminal-refused", N_("This terminal is not registered for your account."))
UNKNOWN_TOPIC = refusal("unknown-topic", N_("There is no topic of that name for you."))
NO_CLOCK = refusal("clock-fixed", N_("The clock of a production store cannot be moved."))
BEYOND_CALENDAR = refusal("beyond-calendar", N_("The clock cannot be moved beyond the year 2100."), USAGE)
WRONG_PASSPHRASE = refusal("wrong-passphrase", N_("Staff code and passphrase do not match."))
LOCKED = refusal("locked", N_("Sign-on is locked until {until}. Two officers can lift it earlier."))
WAIT = refusal("wait", N_("Too many attempts: wait {retry_after_s} s."))
SIGNON_BUSY = refusal("signon-busy", N_("Many people are signing on; try again in a moment."), REFUSED)
TOO_LARGE = refusal("too-large", N_("The text is too large to be sent ({limit} bytes at most)."), USAGE)
GREET_FIRST = refusal("greet-first", N_("The connection must begin with hello."), USAGE)
HOST_LOCKED = refusal("host-locked", N_("The host waits for its secret: tellertui host unlock."), UNREACHABLE)

SESSION_TOPIC = topic("session", EVERYONE)

Hex32 = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]


class Welcome(View):
    """What the host says of itself; ``now`` lets a client make ids by the branch's clock."""

    protocol: int
    build: str
    store: str
    branch: str
    name: str
    now: int
    time_zone: str
    profile: str
    environment: str
    red: str | None = None


class SessionView(View):
    """The session of a connection."""

    staff: str
    roles: list[str]
    expires: str


class MachineSession(View):
    """The value that ``tellertui call`` presents."""

    session: str
    roles: list[str]
    expires: str


class Done(View):
    """It is done."""

    done: bool = True


class ClockView(View):
    """The branch's clock."""

    now: str


class HostView(View):
    """The state of the host, for operators."""

    pid: int
    build: str
    connections: int
    sessions: int
    waiting: int
    entries: int
    head: str
    red: str | None


@command("hello", roles=EVERYONE, listeners=ANY, reads=True)
class Hello(Command[Welcome]):
    """The first request on every connection."""

    protocol: int
    terminal: Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_.-]{0,32}\Z")] = ""
    nonce: Hex32 | None = None
    session: str | None = None


@command("watch", roles=EVERYONE, listeners=ANY, reads=True)
class Watch(Command[Done]):
    """Ask for notices of a topic."""

    topic: Annotated[str, Meta(max_length=64)]


@command("unwatch", roles=EVERYONE, listeners=ANY, reads=True)
class Unwatch(Command[Done]):
    """Ask for no more notices of a topic."""

    topic: Annotated[str, Meta(max_length=64)]


@command("session.show", roles=EVERYONE, reads=True)
class ShowSession(Command[SessionView]):
    """Who is signed on here."""


@command("session.machine", roles=EVERYONE, reads=True)
class KeepForScripts(Command[MachineSession]):
    """Keep this session for ``tellertui call`` after the connection closes."""


@command("session.sign_off", roles=EVERYONE, reads=True)
class SignOff(Command[Done]):
    """End this session."""


@command("session.touch", roles=EVERYONE, reads=True)
class Touch(Command[Done]):
    """Somebody pressed a key: the session stays awake. Reading does not keep it so, nor do notices."""


@command("session.expect_second", roles=EVERYONE, reads=True)
class ExpectSecond(Command[Done]):
    """Wait for a second person: a passphrase with this nonce signs one command, sent within a minute."""

    nonce: Hex32
    command: UUID


@command("clock.advance", roles=EVERYONE, listeners=STAFF_AND_ADMIN, reads=True)
class AdvanceClock(Command[ClockView]):
    """Move the clock of a store that is not in production.

    Time passes for sessions as well: one that is advanced past its idle limit has ended.
    """

    seconds: Annotated[int, Meta(ge=0, le=400 * 86_400)]


@command("host.show", roles=EVERYONE, listeners=STAFF_AND_ADMIN, reads=True)
class ShowHost(Command[HostView]):
    """The state of the host."""


@command("audit.verify", roles=AUDITORS, listeners=STAFF_AND_ADMIN, reads=True)
class VerifyAudit(Command[Any]):
    """Verify the whole store; the answer is the report."""


class AuditPage(View):
    """Journal entries in order, and the seq to ask from for the rest."""

    entries: list[Any]
    next: int | None


@command("audit.show", roles=AUDITORS, listeners=STAFF_AND_ADMIN, reads=True)
class ShowAudit(Command[AuditPage]):
    """Journal entries from a seq on, plain parts only."""

    since: Annotated[int, Meta(ge=1)] = 1
    event: Annotated[str, Meta(max_length=64)] = "*"


@command("host.stop", roles=frozenset(), listeners=frozenset({Listener.ADMIN}), reads=True)
class StopHost(Command[Done]):
    """Stop the host after what waits is done."""
