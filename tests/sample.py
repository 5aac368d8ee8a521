"""A host with one more workflow: records of twelve sealed fields and cases, as later workflows write them.

    python tests/sample.py DIRECTORY OFFSET [permit-all]

serves the store until it is stopped; the branch's clock runs OFFSET milliseconds off the machine's. With
``permit-all`` the check of roles is switched off. The host remembers the complement of every secret it
opens, so that a test can look for the secret itself in its memory.
"""

import asyncio
import sys
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import registry
from sqlalchemy.schema import CreateTable

from tellertui.core.clock import SystemClock
from tellertui.core.command import Command, View, command
from tellertui.core.event import Event, Id, event
from tellertui.core.hardening import harden
from tellertui.core.ids import TimedIds
from tellertui.core.role import COUNTER, EVERYONE, FLOOR, Role
from tellertui.host import access
from tellertui.host.host import Host
from tellertui.host.peer import Peer
from tellertui.host.signon import Attempt, Verdict
from tellertui.settings import settings_of
from tellertui.store import columns as c
from tellertui.store import schema, sqlite
from tellertui.store.dialect import DIALECT
from tellertui.store.handlers import handles, views
from tellertui.store.lock import StoreLock
from tellertui.store.store import FILE
from tellertui.store.work import Work
from tellertui.vault.classes import ClassSecret
from tellertui.vault.fields import DataKey
from tellertui.vault.person import PersonKeys
from tellertui.vault.primitives import Octets, raw_private
from tellertui.vault.providers import provider
from tellertui.vault.wiping import wipe

READY = "ready"


class Sample(c.Record, registry=registry()):
    """Tables of these tests only, apart from those of the product."""


class Customer(Sample, table=True):
    __tablename__ = "sample_customer"
    id: UUID = c.ident(key=True)
    name_mask: bytes | None = c.sealed("mask")
    phone_mask: bytes | None = c.sealed("mask", fixed=True)
    name: bytes | None = c.sealed("customer")
    phone: bytes | None = c.sealed("customer", fixed=True)
    document: bytes | None = c.sealed("customer", fixed=True)
    address: bytes | None = c.sealed("customer")
    employer: bytes | None = c.sealed("customer")
    income: bytes | None = c.sealed("customer", fixed=True)
    account: bytes | None = c.sealed("customer", fixed=True)
    email: bytes | None = c.sealed("customer")
    consultation: bytes | None = c.sealed("customer")
    remark: bytes | None = c.sealed("customer", ships=False)


class Case(Sample, table=True):
    __tablename__ = "sample_case"
    id: UUID = c.ident(key=True)
    narrative: bytes | None = c.sealed("case")


FIELDS = tuple(name for name in Customer.model_fields if name != "id")


class Written(View):
    id: UUID


@event("sample.written")
class SampleWritten(Event):
    row: Id


@event("sample.revealed")
class SampleRevealed(Event):
    row: Id


@command("sample.write", roles=COUNTER, events=("sample.written",))
class Write(Command[Written]):
    values: dict[str, str]
    id: UUID | None = None


@command("sample.reveal", roles=COUNTER, events=("sample.revealed",))
class Reveal(Command[dict[str, str]]):
    id: UUID


@command("sample.write_case", roles=FLOOR, events=("sample.written",))
class WriteCase(Command[Written]):
    narrative: str


@command("sample.read_case", roles=frozenset({Role.COMPLAINT_OFFICER}), events=("sample.revealed",))
class ReadCase(Command[dict[str, str]]):
    id: UUID


@command("sample.secrets", roles=EVERYONE, reads=True)
class Secrets(Command[dict[str, list[str]]]):
    """The complements of what this host has opened so far, hexadecimal."""


@handles(Write)
def write(work: Work, command: Write) -> tuple[UUID]:
    row = command.id or work.ids.new()
    sealed = work.seal(Customer, row, row, **command.values)
    if command.id is None:
        work.insert(Customer, id=row, **sealed)
    else:
        work.update(Customer, row, **sealed)
    work.record(SampleWritten(row), row)
    return (row,)


@handles(WriteCase)
def write_case(work: Work, command: WriteCase) -> tuple[UUID]:
    row = work.ids.new()
    work.insert(Case, id=row, **work.seal(Case, row, row, narrative=command.narrative))
    work.record(SampleWritten(row), row)
    return (row,)


@views(Write)
@views(WriteCase)
def written(work: Work, result: tuple[UUID]) -> Written:
    return Written(id=result[0])


@handles(Reveal)
@handles(ReadCase)
def reveal(work: Work, command: Reveal | ReadCase) -> tuple[UUID]:
    work.record(SampleRevealed(command.id), command.id)
    return (command.id,)


@views(Reveal)
def revealed(work: Work, result: tuple[UUID]) -> dict[str, str | None]:
    row = work.get(Customer, result[0])
    assert row is not None
    return {name: work.open(Customer, row, row.id, name) for name in FIELDS}


@views(ReadCase)
def case_read(work: Work, result: tuple[UUID]) -> dict[str, str | None]:
    row = work.get(Case, result[0])
    assert row is not None
    return {"narrative": work.open(Case, row, row.id, "narrative")}


class Seen:
    """Complements of secrets, which are no copies of them, taken wherever the host opens one."""

    def __init__(self) -> None:
        self.complements: dict[str, list[str]] = {}

    def note(self, name: str, value: Octets) -> None:
        """Remember one."""
        self.complements.setdefault(name, []).append(bytes(255 - byte for byte in value).hex())

    def watch(self) -> None:
        """From now on note class secrets, data keys, person keys and slot keys as they are opened."""
        self._after_making(ClassSecret, lambda made: self.note("class secret", made.octets()))
        self._after_making(DataKey, lambda made: self.note("data key", made.octets()))
        self._after_making(PersonKeys, self._person)
        slot_key = access.slot_key

        def noted(*given: Any) -> bytearray:
            key = slot_key(*given)
            self.note("slot key", key)
            return key

        access.slot_key = noted

    def stretched(self, host: Host) -> Any:
        """Return the host's judgement of a sign-on, with the stretched passphrase noted."""
        judge = host.access.judge

        async def noted(attempt: Attempt) -> Verdict:
            self.note("stretched", attempt.stretched)
            return await judge(attempt)

        return noted

    async def show(self, peer: Peer, command: Secrets) -> dict[str, list[str]]:
        """Answer ``sample.secrets``."""
        return self.complements

    def _person(self, made: PersonKeys) -> None:
        for private in made._keys():
            seed = raw_private(private)
            self.note("person key", seed)
            wipe(seed)

    @staticmethod
    def _after_making(kind: Any, note: Any) -> None:
        make = kind.__init__

        def made(self: Any, *given: Any) -> None:
            make(self, *given)
            note(self)

        kind.__init__ = made


def add_tables(file: Path) -> frozenset[schema.SchemaObject]:
    """Create the tables beside those of the product, once, and return what the schema then has more."""
    with closing(sqlite.connect(file)) as connection:
        before = schema.built_in()
        if not schema.objects(connection) - before:
            for model in (Customer, Case):
                connection.execute(str(CreateTable(model.__table__).compile(dialect=DIALECT)))
        return schema.objects(connection) - before


async def serve(directory: Path, offset: int, *, permit_all: bool) -> None:
    """Serve a store until it is stopped."""
    settings = settings_of(directory)
    secret = provider("memory", directory, "test").load(UUID(settings.store_id))
    clock, seen = SystemClock(offset), Seen()
    host = Host(directory, settings, secret, clock, TimedIds(clock), extra=add_tables(directory / FILE))
    seen.watch()
    host.access.judge = seen.stretched(host)  # type: ignore[method-assign]
    host.dispatcher.methods[Secrets] = seen.show
    if permit_all:
        host.dispatcher.permitted = lambda *_: True
    try:
        await host.recover()
        await host.serve()
    finally:
        await host.close()


def run(directory: Path, offset: int, *options: str) -> None:
    """Hold the store's lock and serve it."""
    harden()
    with StoreLock(directory):
        asyncio.run(serve(directory, offset, permit_all="permit-all" in options))


if __name__ == "__main__":
    run(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
