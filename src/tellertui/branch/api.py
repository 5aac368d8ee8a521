"""What crosses the socket about the branch itself: its days, hours, counters, services and terminals.

Times of the day are written ``HH:MM`` in the time zone of the branch; ``24:00`` ends a day.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from tellertui.core.command import Command, View, command
from tellertui.core.event import Day
from tellertui.core.refusal import N_, USAGE, refusal
from tellertui.core.role import EVERYONE, OFFICERS, Listener, Role
from tellertui.core.topic import topic

Time = Annotated[str, Meta(pattern=r"\A(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)\Z")]
CounterCode = Annotated[str, Meta(pattern=r"\A[1-9][0-9]{0,2}\Z")]
ServiceCode = Annotated[str, Meta(pattern=r"\A[a-z][a-z0-9-]{0,31}\Z")]
TerminalCode = Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9-]{0,31}\Z")]
TerminalKind = Literal["desk", "kiosk", "board", "panel"]
Uid = Annotated[int, Meta(ge=0, lt=2**32 - 1)]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

BRANCH = topic("branch", EVERYONE, frozenset({Listener.STAFF, Listener.LOBBY}))
STAFF_AND_OPERATOR = frozenset({Listener.STAFF, Listener.ADMIN})
LOBBY_DESK = OFFICERS | {Role.LOBBY}
OVERSIGHT = OFFICERS | {Role.AUDITOR}

DAY_OPENED = refusal("day-opened", N_("{day} has been opened already."))
DAY_NOT_OPEN = refusal("day-not-open", N_("No day is open; open the day first."))
DAY_IS_OPEN = refusal("day-is-open", N_("{day} is open: close the day, not its hours."))
DAY_PAST = refusal("day-past", N_("{day} is over; its hours stay as they were."))
CLOSING_PAST = refusal(
    "closing-past", N_("It is {now}: closing at {close} is already over; give a later closing time.")
)
HOURS_ORDER = refusal("hours-order", N_("Closing must come after opening: {open} to {close}."))
HOURS_HALF = refusal(
    "hours-half", N_("Give an opening and a closing time, or neither for a closed day."), USAGE
)
NOT_A_DAY = refusal("not-a-day", N_("Give a date as YYYY-MM-DD or one of {weekdays}."), USAGE)
UNKNOWN_COUNTER = refusal("unknown-counter", N_("There is no such counter; there are {counters}."))
COUNTER_EXISTS = refusal("counter-exists", N_("Counter {counter} exists already."))
UNKNOWN_SERVICE = refusal("unknown-service", N_("There is no such service; there are {services}."))
NOTHING_GIVEN = refusal("nothing-given", N_("Say what to change: {fields}."), USAGE)
UNKNOWN_TERMINAL = refusal("unknown-terminal", N_("No active terminal has that name."))
TERMINAL_EXISTS = refusal("terminal-exists", N_("Terminal {terminal} is active already; close it first."))
TERMINAL_COUNTER = refusal(
    "terminal-counter", N_("A panel belongs to a counter and a desk may; a kiosk or a board does not."), USAGE
)
TERMINAL_UID = refusal(
    "terminal-uid", N_("User id {uid} is nobody's own; no terminal may connect with it."), USAGE
)


class Words(View):
    """One wording in the three languages of the branch."""

    zh_hant: str = msgspec.field(name="zh_Hant")
    zh_hans: str = msgspec.field(name="zh_Hans")
    en: str

    def said(self, language: str) -> str:
        """Return the wording in a language; English where it is none of the three."""
        return {"zh_Hant": self.zh_hant, "zh_Hans": self.zh_hans}.get(language, self.en)


class DayView(View):
    """One business date; the hours are None where the branch stays closed."""

    day: str
    state: str
    """``unopened``, ``open``, ``closed`` (no more tickets) or ``signed``."""
    open: str | None
    close: str | None
    opened_at: int | None = None
    opened_by: str | None = None
    closed_at: int | None = None
    closed_by: str | None = None
    unsigned: tuple[str, ...] = ()
    """Earlier days that nobody signed, newest first, ten at most."""


class HoursView(View):
    """The hours of a weekday, or of a single date that overrides it."""

    when: str
    open: str | None
    close: str | None


class CounterView(View):
    """A counter: what it serves, whether it is open and who sits there."""

    counter: str
    services: list[str]
    state: str
    reason: str | None
    person: str | None
    continuous: bool
    """It calls the next ticket by itself when one is finished."""


class PaperView(View):
    """A paper that a customer may have to bring."""

    paper: str
    name: Words


class ServiceView(View):
    """A line that customers can queue for, and the counters that call it."""

    service: str
    prefix: str
    name: Words
    minutes: int
    papers: list[PaperView]
    last_number: str | None
    enabled: bool
    suspended_reason: str | None
    suspended_until: int | None
    counters: list[str]


class BranchView(View):
    """The branch as its staff see it."""

    code: str
    name: str
    time_zone: str
    language: str
    environment: str
    profile: str
    standalone: bool
    today: DayView
    counters: list[CounterView]
    services: list[ServiceView]


class Offer(View):
    """What kiosk and board say of a service: what it is for, and who must bring more."""

    service: str
    offer: Words
    note: Words | None = None


class PaperText(View):
    """What kiosk and slip tell a customer to bring."""

    paper: str
    bring: Words


class LobbyView(View):
    """The branch as customers see it: no person, no counter, no earlier day."""

    name: str
    time_zone: str
    language: str
    day: str
    open: str | None
    close: str | None
    next_day: str | None
    """The next date with hours after today, within two weeks."""
    next_open: str | None
    greeting: Words
    notices: list[Words]
    offers: list[Offer]
    papers: list[PaperText]
    closed: bool = False
    """Today was closed already: no more numbers, whatever its hours say."""


class TerminalView(View):
    """A terminal that may connect; no uid means the host's own account only."""

    terminal: str
    kind: str
    counter: str | None
    uids: list[int]
    state: str


class PersonView(View):
    """A member of staff by code; names are behind a key."""

    person: str
    roles: list[str]
    state: str


@command("branch.show", roles=EVERYONE, listeners=STAFF_AND_OPERATOR, reads=True)
class Show(Command[BranchView]):
    """The branch, its day, counters and services."""


@command("branch.lobby", roles=EVERYONE, listeners=frozenset({Listener.STAFF, Listener.LOBBY}), reads=True)
class Lobby(Command[LobbyView]):
    """What kiosk and board show of the branch."""


@command(
    "branch.open_day",
    roles=OFFICERS,
    events=("day.opened", "day.closed", "ticket.expired", "appointment.lapsed"),
    topics=(BRANCH,),
)
class OpenDay(Command[DayView]):
    """Open today; an earlier day that is still open is closed first, and what it left waiting expires.

    Where the table has no hours left today, the day runs from now to midnight unless times are given.
    """

    open: Time | None = None
    close: Time | None = None


@command(
    "branch.close_day",
    roles=OFFICERS,
    events=("day.closed", "ticket.expired", "appointment.lapsed", "counter.closed"),
    topics=(BRANCH,),
)
class CloseDay(Command[DayView]):
    """Close the open day: no more numbers, and open tickets expire."""


@command("branch.counters", roles=EVERYONE, listeners=STAFF_AND_OPERATOR, reads=True)
class Counters(Command[list[CounterView]]):
    """Every counter."""


@command(
    "branch.set_counter", roles=LOBBY_DESK, events=("counter.assigned", "counter.paced"), topics=(BRANCH,)
)
class SetCounter(Command[CounterView]):
    """Change what a counter serves, from its next call on, and how it calls; what is not given stays."""

    counter: CounterCode
    services: Annotated[tuple[ServiceCode, ...], Meta(min_length=1, max_length=64)] | None = None
    continuous: bool | None = None


@command("branch.add_counter", roles=OFFICERS, events=("counter.added",), topics=(BRANCH,))
class AddCounter(Command[CounterView]):
    """Add a counter; it starts closed."""

    counter: CounterCode
    services: Annotated[tuple[ServiceCode, ...], Meta(min_length=1, max_length=64)]


@command("branch.services", roles=EVERYONE, listeners=STAFF_AND_OPERATOR, reads=True)
class Services(Command[list[ServiceView]]):
    """Every service in the order in which it is offered."""


@command("branch.set_service", roles=OFFICERS, events=("service.set",), topics=(BRANCH,))
class SetService(Command[ServiceView]):
    """Change a service; what is left out stays, ``last_number: null`` means up to closing."""

    service: ServiceCode
    enabled: bool | UnsetType = UNSET
    last_number: Time | UnsetType | None = UNSET
    minutes: Annotated[int, Meta(ge=1, le=480)] | UnsetType = UNSET


@command("branch.hours", roles=EVERYONE, listeners=STAFF_AND_OPERATOR, reads=True)
class HoursList(Command[list[HoursView]]):
    """The hours of the week, then the single dates from today on."""


@command("branch.set_hours", roles=OFFICERS, events=("hours.set", "day.hours_set"), topics=(BRANCH,))
class SetHours(Command[HoursView]):
    """Set the hours of a weekday (``mon`` to ``sun``) or of one date; without times it is closed.

    For the date of the open day the change holds at once.
    """

    when: str
    open: Time | None = None
    close: Time | None = None


@command("branch.terminals", roles=OVERSIGHT, listeners=STAFF_AND_OPERATOR, reads=True)
class Terminals(Command[list[TerminalView]]):
    """Every terminal that was ever registered."""


@command("branch.add_terminal", roles=OFFICERS, events=("terminal.added",), topics=(BRANCH,))
class AddTerminal(Command[TerminalView]):
    """Let a terminal connect, from these operating-system accounts only."""

    terminal: TerminalCode
    kind: TerminalKind
    counter: CounterCode | None = None
    uids: Annotated[tuple[Uid, ...], Meta(max_length=16)] = ()


@command("branch.close_terminal", roles=OFFICERS, events=("terminal.closed",), topics=(BRANCH,))
class CloseTerminal(Command[TerminalView]):
    """Let a terminal connect no more."""

    terminal: TerminalCode


@command("branch.staff", roles=OVERSIGHT, listeners=STAFF_AND_OPERATOR, reads=True)
class Staff(Command[list[PersonView]]):
    """Every member of staff by code."""


@command("reception.expire_open", roles=frozenset(), listeners=frozenset(), events=("ticket.expired",))
class ExpireOpen(Command[int]):
    """Expire every open ticket issued up to and on a day; the result is how many.

    No listener takes it: closing a day carries it out in its own transaction, and reception handles it.
    """

    day: Day
