"""What enrolment and feeds leave in the journal; syncing itself leaves nothing there."""

from tellertui.core.event import Code, Count, Day, Digest, Event, event


@event("sync.asked")
class SyncAsked(Event):
    """Somebody asked to enrol the branch at head office."""

    attempt: Count


@event("sync.enrolled")
class SyncEnrolled(Event):
    """Head office registered the branch: whose root key is trusted, and which device it knows."""

    root: Digest
    pack: Count
    device: Digest


@event("feed.taken")
class FeedTaken(Event):
    """Head office's reference data came and was believed."""

    name: Code
    version: Count
    effective: Day
    digest: Digest
    """SHA-256 of the signed bytes."""


@event("feed.accepted")
class FeedAccepted(Event):
    """An officer of the branch signed what gives somebody more than before."""

    name: Code
    version: Count
    digest: Digest
