"""Tickets, the services of a visit, appointments and calls for help.

No table here knows a customer, but for the telephone number that somebody left for the day.
"""

from uuid import UUID

from sqlalchemy import Index, text

from tellertui.store import columns as c

_WAITING = text("state = 'waiting'")
_IN_HAND = text("state IN ('called', 'serving')")
_SERVED = text("state = 'served'")
_OPEN = text("state IN ('waiting', 'called', 'serving', 'on_hold')")


class Ticket(c.Record, table=True):
    """One number of one day, from the door to the rating."""

    __tablename__ = "ticket"
    __table_args__ = (
        Index("ticket_place", "day", "place", unique=True),
        Index("ticket_number", "day", "prefix", "ordinal", unique=True),
        Index("ticket_queue", "day", "service", "rank", "ranked_at", "place", sqlite_where=_WAITING),
        Index("ticket_joined", "day", "service", "ranked_at", "place", sqlite_where=_WAITING),
        Index("ticket_in_hand", "counter", unique=True, sqlite_where=_IN_HAND),
        Index("ticket_open", "day", "place", sqlite_where=_OPEN),
        Index("ticket_served", "day", "counter", "ended_at", sqlite_where=_SERVED),
        {"sqlite_strict": True},
    )
    id: UUID = c.ident(key=True)
    day: str = c.day()
    place: int = c.count()
    """Place in the order in which the day's numbers were issued, from 1."""
    prefix: str = c.code()
    ordinal: int = c.count()
    number: str = c.code()
    """As shown and spoken: prefix and ordinal, such as ``A012``."""
    service: str = c.code()
    care: str = c.code()
    """Class: ``normal``, ``senior`` …"""
    language: str = c.code()
    source: str = c.code()
    """``kiosk``, ``lobby`` or ``appointment``."""
    state: str = c.code()
    arrived_at: int = c.utc()
    ranked_at: int = c.utc()
    """When it joined, as far as the order is concerned."""
    rank: int = c.utc()
    """``ranked_at`` less the credit of its class: the order of R-Q-01."""
    overtaken: int = c.count()
    """How many calls passed over it in favour of one that joined later."""
    returned_at: int | None = c.utc(null=True)
    """When the customer came back with papers; the wait starts anew then."""
    papers: str | None = c.code(null=True)
    """``ok``, or the missing ones separated by spaces; NULL where nobody has looked."""
    prechecked_by: str | None = c.code(null=True)
    """Who looked at the papers."""
    counter: str | None = c.code(null=True)
    """Where it was called last."""
    person: str | None = c.code(null=True)
    """Who called or served it last."""
    calls: int = c.count()
    first_called_at: int | None = c.utc(null=True)
    """The first call of this calling."""
    called_at: int | None = c.utc(null=True)
    """The last call."""
    started_at: int | None = c.utc(null=True)
    """When serving began at the counter."""
    hold_since: int | None = c.utc(null=True)
    hold_reason: str | None = c.code(null=True)
    held_ms: int = c.count()
    """Time on hold since it arrived, or came back."""
    missed_at: int | None = c.utc(null=True)
    reactivated: bool = c.flag()
    ended_at: int | None = c.utc(null=True)
    result: str | None = c.code(null=True)
    rating: int | None = c.count(null=True)
    phone: bool = c.flag()
    """A telephone number was left with it."""


class TicketPhone(c.Record, table=True):
    """A telephone number that was left with a ticket, until the day is over; it stands in no entry."""

    __tablename__ = "ticket_phone"
    ticket: UUID = c.ident(key=True)
    day: str = c.day()
    phone: bytes | None = c.sealed("customer", ships=False, fixed=True)
    """E.164; sealed under a key of its own, which is deleted with it."""
    shown_to: str | None = c.code(null=True)
    """Who saw it last."""
    shown_at: int | None = c.utc(null=True)


class VisitService(c.Record, table=True):
    """One service of a visit at one counter, with its own clock."""

    __tablename__ = "visit_service"
    __table_args__ = (
        Index("visit_service_ticket", "ticket"),
        Index("visit_service_day", "day", "service", "service_ms"),
        {"sqlite_strict": True},
    )
    id: UUID = c.ident(key=True)
    ticket: UUID = c.ident()
    day: str = c.day()
    service: str = c.code()
    counter: str = c.code()
    person: str = c.code()
    started_at: int = c.utc()
    held_ms: int = c.count()
    ended_at: int | None = c.utc(null=True)
    service_ms: int | None = c.count(null=True)
    """Length of a finished service less its holds; NULL where it ended otherwise."""
    result: str | None = c.code(null=True)
    """A result of finishing, or ``forwarded``, ``left``, ``expired``."""


class Appointment(c.Record, table=True):
    """A promised time; whoever knows the code has the appointment."""

    __tablename__ = "appointment"
    __table_args__ = (
        Index("appointment_code", "day", "code", unique=True),
        {"sqlite_strict": True},
    )
    id: UUID = c.ident(key=True)
    day: str = c.day()
    code: str = c.code()
    service: str = c.code()
    at: int = c.utc()
    state: str = c.code()
    """``booked``, ``arrived`` or ``lapsed``."""
    ticket: UUID | None = c.ident(null=True)


class HelpCall(c.Record, table=True):
    """A call for a person, until somebody answers it."""

    __tablename__ = "help_call"
    __table_args__ = (
        Index("help_call_open", "at", sqlite_where=text("answered_at IS NULL")),
        {"sqlite_strict": True},
    )
    id: UUID = c.ident(key=True)
    place: str = c.code()
    counter: str | None = c.code(null=True)
    terminal: str = c.code()
    at: int = c.utc()
    answered_at: int | None = c.utc(null=True)
    answered_by: str | None = c.code(null=True)


class PrintJob(c.Record, table=True):
    """A slip to be printed, with what was true when it was asked for; operational, gone once printed."""

    __tablename__ = "print_job"
    id: UUID = c.ident(key=True)
    day: str = c.day()
    ticket: UUID = c.ident()
    kind: str = c.code()
    """``ticket`` or ``return``."""
    copy_of: bool = c.flag()
    """It was asked for again."""
    queued_at: int = c.utc()
    sent: int = c.count()
    """How often it was handed to the courier: one that was may be on paper."""
    ahead: int = c.count()
    wait_lo_min: int = c.count()
    wait_hi_min: int = c.count()


class Printer(c.Record, table=True):
    """What the courier last said about the printer of slips; operational, one row at most."""

    __tablename__ = "printer"
    code: str = c.code(key=True)
    state: str = c.code()
    """``ready`` or ``off``; without a row no printer is set up."""
    why: str | None = c.code(null=True)
    since: int = c.utc()
