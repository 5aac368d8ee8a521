"""What reception leaves in the journal. Entries name the ticket, never the customer."""

from tellertui.core.event import Code, Count, Event, Id, Instant, Seconds, event, upcaster


@event("ticket.issued")
class TicketIssued(Event):
    """A number was given."""

    ticket: Id
    number: Code
    service: Code
    care: Code
    language: Code
    source: Code


@event("ticket.prechecked")
class TicketPrechecked(Event):
    """The papers were looked at before the call; none missing means complete."""

    ticket: Id
    missing: tuple[Code, ...]


@event("ticket.reclassified")
class TicketReclassified(Event):
    """The care class of a waiting ticket was changed."""

    ticket: Id
    before: Code
    after: Code
    reason: Code


@event("ticket.called")
class TicketCalled(Event):
    """A ticket was called to a counter; a reason stands where staff chose it out of turn."""

    ticket: Id
    number: Code
    service: Code
    care: Code
    counter: Code
    waited_s: Seconds
    reason: Code | None


@event("queue.overtaken")
class QueueOvertaken(Event):
    """A call passed over older tickets, the subjects of the entry."""

    ticket: Id
    counter: Code


@event("ticket.recalled")
class TicketRecalled(Event):
    """A called ticket was called again."""

    ticket: Id
    counter: Code
    calls: Count


@event("ticket.arrived")
class TicketArrived(Event):
    """The customer came to the counter; the wait ends with the first call of this calling."""

    ticket: Id
    service: Code
    care: Code
    counter: Code
    waited_s: Seconds


@event("ticket.missed")
class TicketMissed(Event):
    """Nobody came after the last call."""

    ticket: Id
    service: Code
    counter: Code
    calls: Count


@event("ticket.reactivated")
class TicketReactivated(Event):
    """A missed ticket waits again."""

    ticket: Id


@event("ticket.held")
class TicketHeld(Event):
    """Serving was interrupted and the counter freed."""

    ticket: Id
    counter: Code
    reason: Code


@event("ticket.resumed")
class TicketResumed(Event):
    """Serving goes on, perhaps at another counter."""

    ticket: Id
    counter: Code
    held_s: Seconds


@event("ticket.forwarded")
class TicketForwarded(Event):
    """A ticket waits for another service and keeps its arrival; the counter is None if it was waiting."""

    ticket: Id
    before: Code
    after: Code
    counter: Code | None
    reason: Code
    service_s: Seconds


@event("ticket.continued")
class TicketContinued(Event):
    """One service of the visit is done and the next begins at the same counter."""

    ticket: Id
    service: Code
    counter: Code
    service_s: Seconds
    next: Code


@event("ticket.finished")
class TicketFinished(Event):
    """The visit is over; ``rating_asked`` is 1 where the customer was asked to rate."""

    ticket: Id
    service: Code
    care: Code
    counter: Code
    result: Code
    service_s: Seconds
    rating_asked: Count


@event("ticket.returned")
class TicketReturned(Event):
    """The customer came back with the papers that were missing."""

    ticket: Id
    service: Code


@event("ticket.left")
class TicketLeft(Event):
    """The customer left while waiting or on hold."""

    ticket: Id
    service: Code
    state: Code
    waited_s: Seconds


@event("ticket.rated")
class TicketScored(Event):
    """The first version of a rating, without reasons."""

    ticket: Id
    service: Code
    staff: Code
    score: Count


@event("ticket.rated", 2)
class TicketRated(Event):
    """The visit was rated, 1 to 5, and why where that is 1 or 2; the member of staff is who finished it."""

    ticket: Id
    service: Code
    staff: Code
    score: Count
    reasons: tuple[Code, ...] = ()


@upcaster("ticket.rated", 1)
def _rated(old: TicketScored) -> TicketRated:
    return TicketRated(old.ticket, old.service, old.staff, old.score)


@event("ticket.expired")
class TicketExpired(Event):
    """The day closed over an open ticket."""

    ticket: Id
    service: Code
    state: Code
    waited_s: Seconds


@event("ticket.phone_left")
class TicketPhoneLeft(Event):
    """A telephone number was left with a ticket; the number itself stands in no entry."""

    ticket: Id


@event("ticket.phones_dropped")
class PhonesDropped(Event):
    """The telephone numbers of a day that is over, and their keys, are gone; its tickets are the subjects."""

    count: Count


@event("visitor.diverted")
class VisitorDiverted(Event):
    """A visitor needed no ticket."""

    outcome: Code


@event("appointment.booked")
class AppointmentBooked(Event):
    """A time was promised for a service; nobody is named."""

    appointment: Id
    code: Code
    service: Code
    at: Instant


@event("appointment.checked_in")
class AppointmentCheckedIn(Event):
    """Who had the appointment is here and gets a ticket."""

    appointment: Id
    ticket: Id


@event("appointment.cancelled")
class AppointmentCancelled(Event):
    """Who had the appointment does not come and said so."""

    appointment: Id
    service: Code


@event("appointment.lapsed")
class AppointmentLapsed(Event):
    """The day closed and nobody had come."""

    appointment: Id
    service: Code


@event("service.suspended")
class ServiceSuspended(Event):
    """No numbers for a service, until an instant or until it is lifted."""

    service: Code
    reason: Code
    until: Instant | None


@event("service.unsuspended")
class ServiceUnsuspended(Event):
    """Numbers for a service again."""

    service: Code


@event("help.called")
class HelpCalled(Event):
    """Somebody asks for a person."""

    help: Id
    place: Code
    counter: Code | None


@event("help.answered")
class HelpAnswered(Event):
    """A person is on the way; how long the call stood."""

    help: Id
    waited_s: Seconds


@event("counter.opened")
class CounterOpened(Event):
    """A counter takes calls; the actor of the entry sits there."""

    counter: Code


@event("counter.paused")
class CounterPaused(Event):
    """A counter calls nobody for now."""

    counter: Code
    reason: Code


@event("counter.closed")
class CounterClosed(Event):
    """Nobody sits at the counter any more."""

    counter: Code


@event("slip.queued")
class SlipQueued(Event):
    """A slip of a ticket is to be printed: ``ticket`` or ``return``, and whether it is a copy."""

    job: Id
    ticket: Id
    kind: Code
    copy: Count


@event("slip.printed")
class SlipPrinted(Event):
    """A slip has come out."""

    job: Id
    ticket: Id


@event("page.shown")
class PageShown(Event):
    """A page of a kind was shown to the customer at the panel of the counter."""

    ticket: Id
    kind: Code


@event("page.answered")
class PageAnswered(Event):
    """The customer said of a page ``confirmed`` or ``corrected``."""

    ticket: Id
    kind: Code
    answer: Code
