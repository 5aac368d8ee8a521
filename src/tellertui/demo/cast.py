"""The demo branch as ``data/demo/branch.toml`` describes it; light, since terminals read it too."""

from functools import cache
from typing import Annotated

import msgspec
from msgspec import Meta

from tellertui.branch.api import CounterCode, ServiceCode, Time, Words
from tellertui.core.event import Day
from tellertui.core.role import OFFICERS, Role
from tellertui.core.tables import data_dir, read_data

Expected = Annotated[float, Meta(ge=0, le=600)]


class Member(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who works at the demo branch."""

    code: str
    role: Role
    name: Words
    counter: CounterCode | None = None


class Desk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A counter with what it serves."""

    code: CounterCode
    services: tuple[ServiceCode, ...]


class Days(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the branch was founded, its one earlier day, and the day that is half over."""

    founded: Day
    yesterday: Day
    today: Day


class Arrivals(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Customers expected in each half hour."""

    yesterday: dict[Time, Expected]
    today: dict[Time, Expected]


class Mix(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many of a hundred customers come for a service, and how many minutes it takes."""

    service: ServiceCode
    share: float
    minutes: tuple[float, float]


class Promise(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A time that was promised to somebody."""

    service: str
    at: str
    """Date and time on the branch's clock."""


class Cast(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file as written."""

    code: str
    name: Words
    passphrase: str
    opens: Time
    closes: Time
    weekdays: tuple[str, ...]
    days: Days
    people: tuple[Member, ...]
    counters: tuple[Desk, ...]
    arrivals: Arrivals
    mix: tuple[Mix, ...]
    appointments: tuple[Promise, ...]

    def officers(self) -> tuple[Member, Member]:
        """Return the two who founded the branch."""
        first, second = (member for member in self.people if member.role in OFFICERS)
        return first, second

    def staff(self) -> tuple[Member, ...]:
        """Return everybody else."""
        return tuple(member for member in self.people if member.role not in OFFICERS)

    def member(self, code: str) -> Member | None:
        """Return somebody by staff code."""
        return next((member for member in self.people if member.code == code), None)

    def passphrase_of(self, staff: str) -> str:
        """Return what somebody types to sign on; no secret, since everything here is made up."""
        return f"{self.passphrase} {staff}"


@cache
def cast() -> Cast:
    """Return the demo branch.

    Raises:
        TableError: the file is not usable.
    """
    return read_data(data_dir() / "demo" / "branch.toml", Cast)
