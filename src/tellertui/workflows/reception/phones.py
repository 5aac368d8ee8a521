"""What crosses the socket about telephone numbers: one is left at the kiosk, and shown to who may call it.

A customer may leave a number right after taking a ticket. It is sealed to those who may read it, stands in no
entry, and is gone with its key once the day is over.
"""

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from tellertui.core.command import Command, View, command
from tellertui.core.refusal import N_, refusal
from tellertui.core.role import COUNTER, Listener
from tellertui.workflows.reception.api import AT_COUNTER, QUEUE, TicketRef

MOST_DIGITS = 15
"""Of any telephone number (E.164)."""
SHOWN_S = 30
"""For so long a number is shown, and for so long the same question is answered again."""

PHONE_WRONG = refusal("phone-wrong", N_("That is no telephone number that can be called."))
PHONE_LATE = refusal(
    "phone-late", N_("A telephone number can be left only right after number {number} was taken.")
)
PHONE_LEFT = refusal("phone-left", N_("A telephone number was left with number {number} already."))
NO_PHONE = refusal("no-phone", N_("No telephone number was left with number {number}."))
PHONE_NOT_NOW = refusal(
    "phone-not-now", N_("Number {number} is not in hand here, not missed, and not near its turn.")
)
TOO_MANY_SHOWN = refusal(
    "too-many-shown", N_("You were shown {count} telephone numbers within an hour; no more now.")
)


class PhoneView(View):
    """A telephone number in the clear, for a screen that drops it by itself."""

    ticket: UUID
    number: str
    """Of the ticket."""
    phone: str
    """E.164."""
    until: int
    """When it is to be taken away."""


@command(
    "reception.leave_phone",
    roles=frozenset(),
    listeners=frozenset({Listener.LOBBY}),
    events=("ticket.phone_left",),
    topics=(QUEUE, AT_COUNTER),
)
class LeavePhone(Command[None]):
    """Leave a telephone number with a ticket that was just taken, once.

    The ticket is named by its id, which only the terminal that gave it has.
    """

    ticket: Annotated[str, Meta(pattern=r"\A[0-9A-Fa-f-]{36}\Z")]
    phone: Annotated[str, Meta(pattern=rf"\A[0-9]{{1,{MOST_DIGITS}}}\Z")]


@command("reception.phone", roles=COUNTER, events=("field.revealed",))
class ShowPhone(Command[PhoneView]):
    """Show the telephone number that was left with a ticket in hand here, missed, or near its turn.

    The entry is durable before the number leaves the host; how the ticket stands is the reason in it.
    """

    ticket: TicketRef


@command("reception.drop_phones", roles=frozenset(), listeners=frozenset(), events=("ticket.phones_dropped",))
class DropPhones(Command[None]):
    """Delete what an earlier day has left, also where nobody opens the next one; the host's own work."""
