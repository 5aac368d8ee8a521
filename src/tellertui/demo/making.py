"""Making the demo branch: founded on a Thursday, a Friday from door to signature, a Monday until 10:42."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from tellertui.branch.defaults import CounterDefault, Defaults, shipped
from tellertui.branch.founding import SALT, Officer, Plan, found_branch
from tellertui.branch.hours import minute_of
from tellertui.branch.opening import open_branch
from tellertui.branch.records import Person
from tellertui.branch.staff import admit, name
from tellertui.core.clock import MINUTE, ManualClock, at
from tellertui.core.ids import TimedIds
from tellertui.core.role import CLASSES, Listener, Role
from tellertui.demo.cast import Cast, Desk, Member
from tellertui.demo.floor import Day, Ending, Floor
from tellertui.host.services import load_services
from tellertui.settings import Settings, settings_of
from tellertui.simulate.csv import Arrival
from tellertui.simulate.sample import Mix, made_arrivals, shipped_sample
from tellertui.simulate.throwaway import Replay
from tellertui.store.actor import Actor
from tellertui.store.handlers import handler_of
from tellertui.store.lock import StoreLock
from tellertui.store.rows import Reads
from tellertui.store.store import Store
from tellertui.store.tables import Holding, Slot
from tellertui.store.work import Work
from tellertui.vault.classes import Holding as Held
from tellertui.vault.founding import Founder, enrolled
from tellertui.vault.host import HostSecret
from tellertui.vault.person import PersonKeys, slot_key
from tellertui.vault.providers import provider
from tellertui.vault.ring import Ring
from tellertui.vault.stretch import Cost, stretch
from tellertui.workflows.closing.api import SignDay

ZONE = ZoneInfo("Asia/Shanghai")
CHEAP = Cost(64, 1, 1)
"""Passphrases of the demo are printed on its screens; stretching them long would only cost time."""
SHOWN_AT = 10 * 60 + 42
"""Minute of the day at which the demo opens."""
SIGNED_AT = 18 * 60 + 6
SEED = 13
BOOKED_AT = 8 * 60 + 20
"""When the appointments of the morning and of the next day were made."""
SENIOR = Arrival((10 * 60 + 28) * MINUTE, 28 * MINUTE, "account", "senior")
"""Somebody who waits for counter 3 and lacks a paper."""


def make(directory: Path, script: Cast, language: str, seed: int = SEED, store_id: str = "") -> int:
    """Found the demo branch in an empty folder and lead it through its days.

    Args:
        directory: the folder.
        script: who works there, and what the days are like.
        language: in which the branch and its people are named.
        seed: of what happens by chance.
        store_id: the id of the store; a new one without it.

    Returns:
        The instant at which it is to be shown.
    """
    load_services()
    clock = ManualClock(at(script.days.founded, 17 * 60 + 30, ZONE))
    _found(directory, script, language, store_id or str(uuid4()), clock)
    with StoreLock(directory):
        secret = provider("memory", directory, "demo").load(UUID(settings_of(directory).store_id))
        store = open_branch(directory, settings_of(directory), secret, clock, TimedIds(clock)).store
        store.start()
        try:
            _Making(store, clock, script, language, secret, seed).run()
        finally:
            store.close()
    return clock.now()


def _found(directory: Path, script: Cast, language: str, store: str, clock: ManualClock) -> None:
    settings = Settings(
        store_id=store,
        environment="demo",
        host_secret="memory",  # noqa: S106 - the name of a provider
        time_zone=ZONE.key,
        host_uid=os.getuid(),
        argon_memory_kib=CHEAP.memory_kib,
        argon_passes=CHEAP.passes,
    )
    hours = dict.fromkeys(script.weekdays, (script.opens, script.closes))
    counters = tuple(CounterDefault(desk.code, desk.services) for desk in script.counters)
    defaults = Defaults(replace(shipped(), hours=hours), counters)
    plan = Plan(script.code, script.name.said(language), language, settings, defaults)
    officers = [
        Officer(member.code, member.role, bytearray(script.passphrase_of(member.code), "utf-8"))
        for member in script.officers()
    ]
    found_branch(directory, plan, officers, provider("memory", directory, "demo"), clock, TimedIds(clock))


class _Making:
    """The days of one demo branch."""

    def __init__(
        self,
        store: Store,
        clock: ManualClock,
        script: Cast,
        language: str,
        secret: HostSecret,
        seed: int,
    ) -> None:
        self._store = store
        self._clock = clock
        self._script = script
        self._language = language
        self._secret = secret
        self._seed = seed
        self._people: dict[str, Person] = {}

    def run(self) -> None:
        """Let the staff join, then take both days through the handlers."""
        with (
            self._ring(self._script.officers()[0]) as first,
            self._ring(self._script.officers()[1]) as second,
        ):
            self._join(first, second)
            self._yesterday()
            self._sign(first, second)
        self._today()

    # People.

    def _join(self, first: Ring, second: Ring) -> None:
        secrets = [
            (first if first.holds(name) else second).secret(name)
            for name in CLASSES
            if first.holds(name) or second.holds(name)
        ]
        for member in self._script.staff():
            salt = os.urandom(SALT)
            typed = bytearray(self._script.passphrase_of(member.code), "utf-8")
            joiner = Founder(
                self._store.ids.new(), frozenset({member.role}), salt, CHEAP, stretch(typed, salt, CHEAP)
            )
            person = enrolled(self._store.identity.store, joiner, self._secret, secrets)
            joiner.keys.wipe()
            self._store.run(
                lambda work, code=member.code, person=person: admit(  # type: ignore[misc]
                    work, self._store.identity.store, code, person, (first, second)
                )
            )
        self._people = {row.code: row for row in self._store.read(_everybody).result()}
        self._store.run(self._name_all, self._actors()[self._script.officers()[0].code], first)

    def _name_all(self, work: Work) -> None:
        for member in self._script.people:
            name(work, self._people[member.code], member.name.said(self._language))

    def _ring(self, member: Member) -> Ring:
        """Open the keys of an officer as a sign-on does."""
        store = self._store.identity.store
        person, slot, held = self._store.read(lambda reads: _kept(reads, member.code)).result()
        typed = bytearray(self._script.passphrase_of(member.code), "utf-8")
        stretched = stretch(typed, slot.salt, CHEAP)
        keys = PersonKeys.opened(
            slot_key(stretched, self._secret, store, person.id, slot.generation), slot.sealed
        )
        return Ring.opened(store, person.id, keys, held)

    def _actors(self) -> dict[str, Actor]:
        return {
            member.code: Actor(
                member.code,
                self._people[member.code].id,
                frozenset({member.role}),
                Listener.STAFF,
                b"",
                "",
                os.getuid(),
            )
            for member in self._script.people
        }

    # Days.

    def _yesterday(self) -> None:
        day = self._day(until=24 * 60)
        floor = self._floor(day, self._seed)
        floor.populate(self._arrivals(self._script.arrivals.yesterday, self._seed))
        self._replay(self._script.days.yesterday, floor)

    def _sign(self, first: Ring, second: Ring) -> None:
        self._clock.set(at(self._script.days.yesterday, SIGNED_AT, ZONE))
        maker = self._actors()[self._script.officers()[0].code]
        self._store.run(lambda work: handler_of(SignDay)(work, SignDay()), maker, first, second)

    def _today(self) -> None:
        ending = Ending({"3": SHOWN_AT - 16, "2": SHOWN_AT - 6}, calls_in_vain="2")
        floor = self._floor(self._day(until=SHOWN_AT, ending=ending), self._seed + 1)
        floor.populate(self._arrivals(self._script.arrivals.today, self._seed + 1))
        floor.begin(floor.customer(SENIOR, missing="address-proof"))
        floor.begin(floor.help_at(SHOWN_AT - 0.8))
        for promised in self._script.appointments:
            floor.begin(floor.promise(BOOKED_AT, promised.service, promised.at))
        self._replay(self._script.days.today, floor)
        self._clock.set(at(self._script.days.today, SHOWN_AT, ZONE))

    def _replay(self, day: str, floor: Floor) -> None:
        self._clock.set(at(day, 0, ZONE))
        Replay(self._store, self._clock, floor.steps()).run(lambda: None)

    def _day(self, *, until: int, ending: Ending = Ending()) -> Day:  # noqa: B008 - frozen
        script, desks = self._script, {desk.code: desk for desk in self._script.counters}
        seats: Mapping[str, Desk] = {
            member.code: desks[member.counter] for member in script.people if member.counter
        }
        return Day(minute_of(script.opens), minute_of(script.closes), until, seats, ending)

    def _floor(self, day: Day, seed: int) -> Floor:
        by_role = {member.role: member.code for member in self._script.people}
        return Floor(day, self._actors(), by_role[Role.LOBBY], by_role[Role.REVIEWER], seed)

    def _arrivals(self, expected: Mapping[str, float], seed: int) -> Sequence[Arrival]:
        mix = tuple(Mix(each.service, each.share, each.minutes) for each in self._script.mix)
        return made_arrivals(replace(shipped_sample(), arrivals=dict(expected), mix=mix), seed)


def _everybody(reads: Reads) -> list[Person]:
    return list(reads.every(Person))


def _kept(reads: Reads, code: str) -> tuple[Person, Slot, list[Held]]:
    (person,) = (row for row in reads.every(Person) if row.code == code)
    slot = reads.get(Slot, person.id)
    assert slot is not None
    held = [row for row in reads.every(Holding) if row.person == person.id]
    return person, slot, [Held(row.class_name, row.version, row.sealed) for row in held]
