"""Events of access: sessions, refused attempts and failed sign-ons."""

from tellertui.core.event import Code, Count, Event, Id, event


@event("session.started")
class SessionStarted(Event):
    """A person signed on, or kept the session for ``tellertui call``."""

    staff: Code
    machine: Count
    """0 at the terminal; 1 when the session became one of ``tellertui call``."""


@event("session.ended")
class SessionEnded(Event):
    """A session ended: ``sign-off idle newer expired revoked closed stolen failed stop``."""

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
    """A failed sign-on; for a code that nobody has, ``staff`` is ``unknown:`` and a keyed digest of it."""

    staff: Code
    terminal: Code
    person_failures: Count
    terminal_failures: Count


@event("access.locked")
class AccessLocked(Event):
    """Sign-on of a person is closed for a while."""

    staff: Code
    until: Count
