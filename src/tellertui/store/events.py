"""Events of the store itself."""

from tellertui.core.event import Code, Count, Digest, Event, Id, Instant, event

FOUNDING = "tellertui.founding/1"
"""Purpose of the founders' signatures over the facts of the first entry."""


@event("store.founded")
class StoreFounded(Event):
    """The first entry of a store: who founded it, and what the chain hangs from."""

    store: Id
    branch: Code
    environment: Code
    profile: Code
    incarnation: Count
    parent: Count
    k: Count
    hash_k: Digest
    founders: tuple[Digest, ...]
    custodian: Digest


@event("journal.checkpoint")
class Checkpoint(Event):
    """The device vouches for the chain up to an entry."""

    incarnation: Count
    seq: Count
    hash: Digest
    cause: Code


@event("schema.migrated")
class SchemaMigrated(Event):
    """The tables were changed by a release."""

    before: Count
    after: Count


@event("schema.redigested")
class RowsRedigested(Event):
    """Rows of a table that a migration altered were recorded as they stand."""

    table: Code
    rows: Count


@event("clock.stepped")
class ClockStepped(Event):
    """The wall clock moved by more than two minutes against the time that passed."""

    milliseconds: Count
    wall: Instant
