"""What the branch leaves in the journal about its days, hours, counters, services and terminals."""

from tellertui.core.event import Code, Count, Day, Event, Id, event


@event("field.revealed")
class FieldRevealed(Event):
    """A sealed field is about to be shown to the actor; the reason is a code."""

    table: Code
    column: Code
    row: Id
    reason: Code


@event("day.opened")
class DayOpened(Event):
    """A business date was opened; ``kind`` is ``ordinary`` or ``special`` (outside the table of hours)."""

    day: Day
    open_minute: Count
    close_minute: Count
    kind: Code
    unsigned: Count
    """Earlier days that nobody had signed by then."""


@event("day.closed")
class DayClosed(Event):
    """A business date gives no more numbers."""

    day: Day
    expired: Count


@event("day.hours_set")
class DayHoursSet(Event):
    """The hours of the open day were changed."""

    day: Day
    open_minute: Count
    close_minute: Count


@event("hours.set")
class HoursSet(Event):
    """The hours of a weekday or of one date; no minutes mean closed."""

    when: Code
    open_minute: Count | None
    close_minute: Count | None


@event("counter.assigned")
class CounterAssigned(Event):
    """What a counter serves, from its next call on."""

    counter: Code
    services: tuple[Code, ...]


@event("counter.paced")
class CounterPaced(Event):
    """Whether a counter calls the next ticket by itself when one is finished."""

    counter: Code
    continuous: Count


@event("counter.added")
class CounterAdded(Event):
    """A new counter."""

    counter: Code
    services: tuple[Code, ...]


@event("service.set")
class ServiceSet(Event):
    """How a service stands after a change."""

    service: Code
    enabled: Count
    last_minute: Count | None
    minutes: Count


@event("terminal.added")
class TerminalAdded(Event):
    """A terminal may connect."""

    terminal: Code
    kind: Code
    counter: Code | None
    uids: tuple[Count, ...]


@event("terminal.closed")
class TerminalClosed(Event):
    """A terminal may no longer connect."""

    terminal: Code
