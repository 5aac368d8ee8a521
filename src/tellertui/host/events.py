"""Events of access: sessions, refused attempts and failed sign-ons."""

from tellertui.core.event import Code, Count, Event, Id, event


@event("session.started")
class SessionStarted(Event):
    """A person signed on."""

    staff: Code
    machine: Count
    """1 for a session of ``tellertui call``."""


@event("session.ended")
class SessionEnded(Event):
    """A session ended: ``sign-off idle newer expired revoked closed stolen stop``."""

    staff: Code
    session: Id
    cause: Code


@event("session.lost")
class SessionLost(Event):
    """The host stopped with a person signed on; found at the next start."""

    staff: Code
    session: Id


@event("access.refused")
class AccessRefused(Event):
    """Refused commands of one caller and method, counted over a minute."""

    method: Code
    code: Code
    times: Count


@event("access.failed")
class AccessFailed(Event):
    """A failed sign-on."""

    staff: Code
    terminal: Code
    person_failures: Count
    terminal_failures: Count


@event("access.locked")
class AccessLocked(Event):
    """Sign-on of a person is closed for a while."""

    staff: Code
    until: Count
