"""A made day of the demo branch from ``data/simulate/sample.toml``; the same seed makes the same day."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import accumulate
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from tellertui.branch.api import Time
from tellertui.branch.hours import minute_of
from tellertui.core.clock import MINUTE, SECOND
from tellertui.core.tables import data_dir, read_data
from tellertui.simulate.csv import Arrival

T = TypeVar("T")

HALF_HOUR_S = 1_800
Positive = Annotated[float, Meta(gt=0)]


class Mix(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many of a hundred customers come for a service, and how many minutes it takes (R-Q-06)."""

    service: str
    share: Positive
    minutes: tuple[Positive, Positive]
    """Shortest and longest; lengths in the middle are the usual ones."""


class Sample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A day in numbers."""

    counters: Annotated[int, Meta(ge=1)]
    seed: int
    """The day that is made where no other is asked for."""
    arrivals: dict[Time, Annotated[float, Meta(ge=0, le=HALF_HOUR_S)]]
    """Customers expected in the half hour that begins at a time."""
    classes: dict[str, Positive]
    """How many of a hundred customers are of a class."""
    mix: tuple[Mix, ...]


def shipped_sample() -> Sample:
    """Return the shipped day.

    Raises:
        TableError: the file is not usable.
    """
    return read_data(data_dir() / "simulate" / "sample.toml", Sample)


def made_arrivals(day: Sample, seed: int | None = None) -> list[Arrival]:
    """Return the customers of a made day, earliest first, one at most in each second."""
    chance = Chance(day.seed if seed is None else seed)
    services = [each.share for each in day.mix]
    classes = list(day.classes)
    arrivals = []
    for second in _seconds(day, chance):
        mix = chance.one_of(day.mix, services)
        care = chance.one_of(classes, list(day.classes.values()))
        arrivals.append(Arrival(second * SECOND, _length(mix, chance), mix.service, care))
    return arrivals


def _seconds(day: Sample, chance: "Chance") -> Iterator[int]:
    for start in sorted(day.arrivals):
        first = minute_of(start) * 60
        likely = day.arrivals[start] / HALF_HOUR_S
        yield from (first + second for second in range(HALF_HOUR_S) if chance.share() < likely)


def _length(mix: Mix, chance: "Chance") -> int:
    shortest, longest = mix.minutes
    minutes = shortest + (longest - shortest) * (chance.share() + chance.share()) / 2
    return round(minutes * MINUTE / SECOND) * SECOND


class Chance:
    """Numbers that look random and follow from a seed alone, on every machine and release."""

    def __init__(self, seed: int) -> None:
        self._seed = str(seed).encode()
        self._drawn = 0

    def share(self) -> float:
        """Return the next number from 0 to below 1."""
        self._drawn += 1
        digest = sha256(b"%b:%d" % (self._seed, self._drawn)).digest()
        return (int.from_bytes(digest[:8], "big") >> 11) / 2**53

    def one_of(self, choices: Sequence[T], shares: Sequence[float]) -> T:
        """Return one of several, each as likely as its share."""
        reached = list(accumulate(shares))
        drawn = self.share() * reached[-1]
        return next(choice for choice, upto in zip(choices, reached, strict=True) if drawn < upto)
