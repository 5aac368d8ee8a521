"""The figures of a day, by the names under which branch, head office and scripts know them."""

import datetime as dt

from tellertui.branch.api import BRANCH
from tellertui.core.command import Command, View, command
from tellertui.core.event import Code, Count, Day, Digest, Event, Id, event
from tellertui.core.refusal import N_, refusal
from tellertui.core.role import OFFICERS, Listener, Role

NOTHING_TO_SIGN = refusal("nothing-to-sign", N_("{day} was never opened; there is nothing to sign."))
DAY_SIGNED = refusal("day-signed", N_("{day} is signed already."))
DAY_BLOCKED = refusal("day-blocked", N_("{day} cannot be signed yet: {count} things stand in the way."))
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
    """Tickets issued in one half hour."""

    at: int
    """Its first instant, milliseconds UTC."""
    issued: int


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
