"""A command that writes a record of twelve sealed fields, against the same command with twelve plain ones."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from uuid import UUID

import pytest
from sqlalchemy.orm import registry
from sqlalchemy.schema import CreateTable

from branches import Founded, opened_at
from tellertui.core.clock import ManualClock
from tellertui.core.command import Command, View, command
from tellertui.core.event import Event, Id, event
from tellertui.core.role import COUNTER
from tellertui.core.wire import encode
from tellertui.store import columns as c
from tellertui.store import sqlite
from tellertui.store.dialect import DIALECT
from tellertui.store.handlers import handles, views
from tellertui.store.repeats import Envelope
from tellertui.store.rows import Reads
from tellertui.store.store import Store
from tellertui.store.work import Work
from tellertui.vault.classes import ClassSecret
from tellertui.vault.person import PersonKeys
from tellertui.vault.ring import Ring

pytestmark = pytest.mark.bench

COMMANDS = 100
ROUNDS = 15


class Bench(c.Record, registry=registry()):
    """Tables of this bench only."""


class Sealed(Bench, table=True):
    __tablename__ = "bench_sealed"
    id: UUID = c.ident(key=True)
    name: bytes | None = c.sealed("customer")
    latin_name: bytes | None = c.sealed("customer")
    document: bytes | None = c.sealed("customer", fixed=True)
    phone: bytes | None = c.sealed("customer", fixed=True)
    second_phone: bytes | None = c.sealed("customer", fixed=True)
    address: bytes | None = c.sealed("customer")
    email: bytes | None = c.sealed("customer")
    employer: bytes | None = c.sealed("customer")
    occupation: bytes | None = c.sealed("customer")
    income: bytes | None = c.sealed("customer", fixed=True)
    account: bytes | None = c.sealed("customer", fixed=True)
    remark: bytes | None = c.sealed("customer")


class Plain(Bench, table=True):
    __tablename__ = "bench_plain"
    id: UUID = c.ident(key=True)
    name: str = c.text()
    latin_name: str = c.text()
    document: str = c.text()
    phone: str = c.text()
    second_phone: str = c.text()
    address: str = c.text()
    email: str = c.text()
    employer: str = c.text()
    occupation: str = c.text()
    income: str = c.text()
    account: str = c.text()
    remark: str = c.text()


FIELDS = [name for name in Plain.model_fields if name != "id"]
VALUES = {name: f"{name} of somebody".ljust(20, ".") for name in FIELDS}


class Written(View):
    id: UUID


@event("bench.written")
class BenchWritten(Event):
    row: Id


@command("bench.write_sealed", roles=COUNTER, events=("bench.written",))
class WriteSealed(Command[Written]):
    values: dict[str, str]
    customer: UUID | None = None


@command("bench.write_plain", roles=COUNTER, events=("bench.written",))
class WritePlain(Command[Written]):
    values: dict[str, str]


@handles(WriteSealed)
def write_sealed(work: Work, command: WriteSealed) -> tuple[UUID]:
    row = work.ids.new()
    work.insert(Sealed, id=row, **work.seal(Sealed, row, command.customer or row, **command.values))
    work.record(BenchWritten(row), row)
    return (row,)


@handles(WritePlain)
def write_plain(work: Work, command: WritePlain) -> tuple[UUID]:
    row = work.ids.new()
    work.insert(Plain, id=row, **command.values)
    work.record(BenchWritten(row), row)
    return (row,)


@views(WriteSealed)
@views(WritePlain)
def written(reads: Reads, result: tuple[UUID]) -> Written:
    return Written(id=result[0])


@dataclass
class Desk:
    """A store and a person who holds the keys."""

    store: Store
    ring: Ring

    def took(self, asked: Command[Written]) -> float:
        """Carry a command out many times and return the seconds of one."""
        started = perf_counter()
        for _ in range(COMMANDS):
            self._carry_out(asked)
        return (perf_counter() - started) / COMMANDS

    def _carry_out(self, asked: Command[Written]) -> None:
        store = self.store
        envelope = Envelope(store.ids.new(), "staff:bench", asked, store.journal.mac(encode(asked)))
        store.run(lambda work: envelope.carry_out(work, store.journal, lambda _: None), ring=self.ring)


@pytest.fixture
def desk(founded: Founded, clock: ManualClock) -> Iterator[Desk]:
    store = opened_at(founded, clock).store
    # As with a head office, which gets what is sealed: both parts of each entry are written.
    store.journal.keeps_sealed = True
    with closing(sqlite.connect(store.path)) as connection:
        for model in (Sealed, Plain):
            connection.execute(str(CreateTable(model.__table__).compile(dialect=DIALECT)))
    store.start()
    yield Desk(store, Ring(UUID(int=1), PersonKeys.generate(), [ClassSecret.generate("customer", 1)]))
    store.close()


@pytest.mark.parametrize(
    ("who", "customer", "most"), [("a customer on file", UUID(int=2), 1.5), ("a new customer", None, 1.75)]
)
def test_sealed_against_plain(desk: Desk, who: str, customer: UUID | None, most: float) -> None:
    """Of a new customer the data key is made, wrapped and stored as well, once for all later records."""
    sealed, plain = WriteSealed(values=VALUES, customer=customer), WritePlain(values=VALUES)
    rounds = [(desk.took(sealed), desk.took(plain)) for _ in range(ROUNDS)]
    shut, open_ = (median(times) * 1e6 for times in zip(*rounds, strict=True))
    ratio = median(mine / other for mine, other in rounds)
    print(f"\n12 fields of {who}: sealed {shut:,.0f} µs, plain {open_:,.0f} µs, ratio {ratio:.2f}")
    assert ratio <= most
