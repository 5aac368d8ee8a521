"""The figures of a day, by the names under which branch, head office and scripts know them."""

import datetime as dt
from typing import Annotated

from msgspec import Meta

from tellertui.branch.api import BRANCH, DayView, Words
from tellertui.core.command import Command, View, command
from tellertui.core.event import Code, Count, Day, Digest, Event, Id, event
from tellertui.core.refusal import N_, refusal
from tellertui.core.role import OFFICERS, Listener, Role

CheckCode = Annotated[str, Meta(pattern=r"\A[a-z][a-z0-9-]{0,31}\Z")]

NOTHING_TO_SIGN = refusal("nothing-to-sign", N_("{day} was never opened; there is nothing to sign."))
DAY_SIGNED = refusal("day-signed", N_("{day} is signed already."))
DAY_BLOCKED = refusal("day-blocked", N_("{day} cannot be signed yet; things in the way: {count}."))
UNKNOWN_CHECK = refusal("unknown-check", N_("There is no such check; there are {allowed}."))
NO_MANAGER = refusal("no-manager", N_("One of the two who sign a day is a branch manager."))


class Totals(View):
    """The day as a whole. Times in seconds, shares from 0 to 1, None where there is nothing to measure."""

    issued: int = 0
    served: int = 0
    """Tickets whose visit was finished."""
    no_show: int = 0
    """Tickets that were called in vain."""
    abandoned: int = 0
    wait_mean_s: int | None = None
    """Of tickets whose serving began: first call that led to it, less arrival and hold (B9)."""
    wait_p90_s: int | None = None
    wait_max_s: int | None = None
    service_mean_s: int | None = None
    """Of finished services, less hold."""
    diverted: int = 0
    """Visitors served without a ticket."""
    returned: int = 0
    """Customers who came back with papers."""
    papers_missing: int = 0
    rating_asked: int = 0
    csat: float | None = None
    """Share of answers 4 and 5."""
    csat_n: int = 0
    consultations: int = 0
    consultations_due: int = 0
    applications: int = 0
    complaints_received: int = 0
    complaints_closed: int = 0
    complaints_overdue: int = 0
    oldest_approval_s: int | None = None
    unsynced: int = 0


class ServiceFigures(View):
    """One service; its waits are those of tickets that were first served in it."""

    service: str
    issued: int
    served: int
    no_show: int
    wait_mean_s: int | None
    wait_p90_s: int | None
    service_mean_s: int | None
    papers_missing: int


class StaffFigures(View):
    """One member of staff, by code."""

    staff: str
    served: int
    no_show: int
    service_mean_s: int | None
    papers_missing: int
    csat: float | None
    csat_n: int


class Arrivals(View):
    """One half hour of a day: tickets issued, and how long those had waited who came to a counter."""

    at: int
    """Its first instant, milliseconds UTC."""
    issued: int
    wait_mean_s: int | None = None
    """Of tickets whose serving began in it."""


class Figures(View):
    """What a day amounted to."""

    totals: Totals
    services: list[ServiceFigures]
    staff: list[StaffFigures]
    arrivals: list[Arrivals]


class Item(View):
    """Something that stands in the way of signing, or is to be noted."""

    item: str
    count: int
    detail: list[str]


class HeadView(View):
    """The newest journal entry behind a sheet; ``hash`` in hexadecimal."""

    incarnation: int
    seq: int
    hash: str


class SignatureView(View):
    """One of the two who signed a day."""

    staff: str
    seat: str
    """``maker`` or ``second``."""
    at: int
    key: str
    """The 16 characters of the signing key, as on the founding sheet of an officer."""
    same_terminal: bool
    """The second person signed at the maker's terminal."""


class SignedDay(View):
    """A business date that two people signed, and the entry up to which they vouch for the journal."""

    date: str
    head: HeadView
    signatures: list[SignatureView]


class DaySheet(View):
    """The end-of-day sheet of one business date (C9)."""

    date: str
    branch: str
    state: str
    """``open`` or ``signed``."""
    blocking: list[Item]
    notes: list[Item]
    figures: Totals
    services: list[ServiceFigures]
    staff: list[StaffFigures]
    head: HeadView
    signatures: list[SignatureView]


class DayMark(View):
    """Another business date and how it stands."""

    day: str
    state: str
    """``open``, ``closed`` or ``signed``."""
    signed_at: int | None


class Tomorrow(View):
    """The next date with hours."""

    day: str
    open: str
    close: str
    appointments: int


class Live(View):
    """A business date as its manager watches it: the sheet so far, and what is around it."""

    day: DayView
    sheet: DaySheet
    arrivals: list[Arrivals]
    ended: int
    """Tickets that are not open any more."""
    counters: int
    counters_closed: int
    before: DayMark | None
    after: DayMark | None
    compared: str | None
    """The date it is compared with: the same weekday a week ago, else the last one before it."""
    tomorrow: Tomorrow | None


class CheckView(View):
    """One thing to look at before the doors open, and who did."""

    check: str
    name: Words
    person: str | None
    at: int | None


class Opening(View):
    """What stands before the opening of today."""

    day: DayView
    checks: list[CheckView]
    before: DayMark | None
    expired: list[str]
    """Numbers that the day before left unserved."""
    compared: str | None
    """The date whose figures the morning talk is about."""


@command(
    "closing.day",
    roles=OFFICERS | {Role.AUDITOR},
    listeners=frozenset({Listener.STAFF, Listener.ADMIN}),
    reads=True,
)
class ShowDay(Command[DaySheet]):
    """The sheet of a business date; today without one."""

    date: dt.date | None = None


@event("day.signed")
class DaySigned(Event):
    """Two people signed a business day; the statement they signed stands in the row of the same request."""

    day: Day
    request: Id
    maker: Code
    second: Code
    incarnation: Count
    seq: Count
    """The newest entry before the signing."""
    head: Digest
    same_terminal: Count


@command(
    "closing.sign_day",
    roles=OFFICERS,
    events=("day.signed", "day.closed", "ticket.expired"),
    topics=(BRANCH,),
)
class SignDay(Command[SignedDay]):
    """Sign a business date with a second person; a day that is still open is closed by it."""

    date: dt.date | None = None


@command("closing.live", roles=OFFICERS | {Role.AUDITOR}, reads=True, shared=True)
class ShowLive(Command[Live]):
    """A business date so far, with what stands around it; today without one."""

    date: dt.date | None = None


@event("day.checked")
class DayChecked(Event):
    """Things were looked at before the doors opened; ``done`` is 0 where that is taken back."""

    day: Day
    checks: tuple[Code, ...]
    done: Count


@command("closing.opening", roles=OFFICERS | {Role.LOBBY}, reads=True, shared=True)
class ShowOpening(Command[Opening]):
    """The checks of this morning, and what comes over from the day before."""


@command("closing.check", roles=OFFICERS | {Role.LOBBY}, events=("day.checked",), topics=(BRANCH,))
class Check(Command[Opening]):
    """Note that things were looked at; what was noted before keeps its time."""

    checks: Annotated[tuple[CheckCode, ...], Meta(min_length=1, max_length=32)]
    done: bool = True
