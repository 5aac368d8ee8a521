"""What crosses the socket about slips: asking for one again, and the courier's work.

The courier looks for jobs, reaches the printer, takes a job, prints it and says so. A job that was taken
before comes out marked as a copy, because nobody can know whether the first sending was printed.
"""

from typing import Literal
from uuid import UUID

from tellertui.core.command import Command, View, command
from tellertui.core.refusal import N_, refusal
from tellertui.core.role import EVERYONE, FLOOR, Listener
from tellertui.core.topic import topic
from tellertui.workflows.reception.api import PUBLIC, Language, TicketRef

COURIER = frozenset({Listener.COURIER})

SLIPS = topic("slips", EVERYONE, PUBLIC | COURIER)

NO_PRINTER = refusal("no-printer", N_("No printer is set up for slips."))

Size = Literal["plain", "strong", "large"]
Trouble = Literal["away", "silent", "paper", "broken", "file"]
"""Why a slip did not come out: not reached, no answer, no paper, cut off midway, folder not writable."""


class Line(View):
    """One line of a slip before it is wrapped; empty for a gap."""

    text: str
    size: Size = "plain"
    centred: bool = False


class Slip(View):
    """A slip as any printer can set it: lines, then the ticket as a QR code."""

    language: Language
    lines: list[Line]
    qr: str
    """Branch, business date and number; nothing of a person."""


class Job(View):
    """One slip to be printed."""

    id: UUID
    copy: bool
    """Printed before, or perhaps so: the slip says that it is a copy."""
    slip: Slip


class PrinterView(View):
    """Whether slips come out."""

    state: Literal["none", "ready", "off"]
    why: Trouble | None
    since: int | None
    waiting: int
    """Slips that are still to be printed."""


@command("reception.print_slip", roles=FLOOR, events=("slip.queued",), topics=(SLIPS,))
class PrintSlip(Command[PrinterView]):
    """Print the slip of a ticket of today again, marked as a copy."""

    ticket: TicketRef


@command("reception.printer", roles=EVERYONE, listeners=PUBLIC, reads=True)
class ShowPrinter(Command[PrinterView]):
    """Whether slips come out now; that changes without an entry, so it is read anew each time."""


@command("courier.printer", roles=frozenset(), listeners=COURIER, topics=(SLIPS,))
class ReportPrinter(Command[None]):
    """The courier has started: whether a printer is set up; without one nothing waits for it."""

    present: bool


@command("courier.jobs", roles=frozenset(), listeners=COURIER, reads=True)
class Jobs(Command[list[UUID]]):
    """Slips to be printed, the oldest first."""


@command("courier.take", roles=frozenset(), listeners=COURIER)
class Take(Command[Job | None]):
    """The content of a slip that is printed now; None for one that is no longer wanted."""

    id: UUID


@command("courier.printed", roles=frozenset(), listeners=COURIER, events=("slip.printed",), topics=(SLIPS,))
class Printed(Command[None]):
    """A slip has come out; it is never printed again."""

    id: UUID


@command("courier.failed", roles=frozenset(), listeners=COURIER, topics=(SLIPS,))
class Failed(Command[None]):
    """A slip has not come out, or not wholly."""

    id: UUID
    why: Trouble
