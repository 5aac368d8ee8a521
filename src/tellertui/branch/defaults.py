"""The branch as it is founded, and the words of its lobby, from ``data/branch/default.toml``."""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from tellertui.branch.api import WEEKDAYS, Offer, PaperText, ServiceCode, Time, Words
from tellertui.branch.hours import minute_of
from tellertui.branch.records import Counter, Hours, Paper, Service
from tellertui.core.tables import TableError, data_dir, parse_data
from tellertui.store.columns import Record

PREFIXES = "ACEFHJKLNPTUXY"
"""Letters that cannot be taken for digits on the board."""

MOST_COUNTERS = 999


class PaperDefault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A paper: its word at the counter, and the line that tells a customer what to bring."""

    code: ServiceCode
    name: Words
    bring: Words


class ServiceDefault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A service: its word among staff, and what the lobby says of it."""

    code: ServiceCode
    prefix: str
    minutes: Annotated[int, Meta(ge=1, le=480)]
    name: Words
    offer: Words
    note: Words | None = None
    papers: tuple[ServiceCode, ...] = ()


class Desk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one counter serves."""

    services: tuple[ServiceCode, ...]


class Shipped(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file as written, validated."""

    greeting: Words
    hours: dict[str, tuple[Time, Time]]
    notices: tuple[Words, ...] = msgspec.field(name="notice")
    services: tuple[ServiceDefault, ...] = msgspec.field(name="service")
    papers: tuple[PaperDefault, ...] = msgspec.field(name="paper")
    desks: tuple[Desk, ...] = msgspec.field(name="desk")

    def offers(self) -> list[Offer]:
        """Return what the lobby says of each service."""
        return [Offer(service=each.code, offer=each.offer, note=each.note) for each in self.services]

    def bring(self) -> list[PaperText]:
        """Return what the lobby says of each paper."""
        return [PaperText(paper=each.code, bring=each.bring) for each in self.papers]


class CounterDefault(msgspec.Struct, frozen=True):
    """A counter by its number, with what it serves."""

    code: str
    services: tuple[str, ...]


class Defaults(msgspec.Struct, frozen=True):
    """A branch ready to be founded with as many counters as it has."""

    branch: Shipped
    counters: tuple[CounterDefault, ...]

    def rows(self) -> Iterator[tuple[type[Record], dict[str, Any]]]:
        """Yield what founding inserts: each table with the attributes of one row."""
        for position, service in enumerate(self.branch.services, 1):
            yield Service, _service_row(service, position)
        for paper in self.branch.papers:
            yield Paper, {"code": paper.code, **_names(paper.name)}
        for counter in self.counters:
            services = " ".join(counter.services)
            yield Counter, {"code": counter.code, "services": services, "state": "closed", "continuous": 0}
        for when in WEEKDAYS:
            yield Hours, {"when": when, **_hours_row(self.branch.hours.get(when))}


def load_defaults(counters: int) -> Defaults:
    """Return the shipped branch with counters 1 to N; every service is served by one of them at least.

    Raises:
        ValueError: not between 1 and 999 counters.
        TableError: the file is not usable.
    """
    if not 1 <= counters <= MOST_COUNTERS:
        msg = f"a branch has 1 to {MOST_COUNTERS} counters"
        raise ValueError(msg)
    branch = shipped()
    return Defaults(branch, _counters(branch, counters))


@cache
def shipped() -> Shipped:
    """Return the shipped file, validated.

    Raises:
        TableError: the file is not usable.
    """
    path = data_dir() / "branch" / "default.toml"
    return parse_branch(path.read_text(encoding="utf-8"), path.name)


def parse_branch(text: str, name: str) -> Shipped:
    """Read and validate a branch file.

    Raises:
        TableError: the message names the file and what is wrong in it.
    """
    file = parse_data(text, name, Shipped)
    for finding in _findings(file):
        msg = f"{name}: {finding}"
        raise TableError(msg)
    return file


def _findings(file: Shipped) -> Iterator[str]:
    services = [service.code for service in file.services]
    papers = [paper.code for paper in file.papers]
    served = {code for desk in file.desks for code in desk.services}
    needed = {code for service in file.services for code in service.papers}
    yield from (f"service {code} is given twice" for code in _twice(services))
    yield from (f"paper {code} is given twice" for code in _twice(papers))
    yield from (f"prefix {letter} is given twice" for letter in _twice(each.prefix for each in file.services))
    yield from (f"{each.prefix} is no prefix" for each in file.services if each.prefix not in [*PREFIXES])
    yield from (f"paper {code} is not described" for code in sorted(needed - {*papers}))
    yield from (f"no desk serves {code}" for code in services if code not in served)
    yield from (f"a desk serves {code}, which is no service" for code in sorted(served - {*services}))
    yield from (f"{when} is no weekday" for when in file.hours if when not in WEEKDAYS)
    yield from (f"{when} closes before it opens" for when, (start, end) in file.hours.items() if end <= start)


def _twice(codes: Iterable[str]) -> list[str]:
    return [code for code, following in pairwise(sorted(codes)) if code == following]


def _counters(file: Shipped, number: int) -> tuple[CounterDefault, ...]:
    size = max(number, len(file.desks))
    desks = [file.desks[place % len(file.desks)] for place in range(size)]
    counters = []
    for first in range(number):
        served = {code for desk in desks[first::number] for code in desk.services}
        codes = tuple(service.code for service in file.services if service.code in served)
        counters.append(CounterDefault(str(first + 1), codes))
    return tuple(counters)


def _service_row(service: ServiceDefault, position: int) -> dict[str, Any]:
    return {
        "code": service.code,
        "position": position,
        "prefix": service.prefix,
        "minutes": service.minutes,
        "papers": " ".join(service.papers),
        "enabled": True,
        **_names(service.name),
    }


def _hours_row(span: tuple[str, str] | None) -> dict[str, int | None]:
    start, end = (None, None) if span is None else map(minute_of, span)
    return {"open_minute": start, "close_minute": end}


def _names(words: Words) -> dict[str, str]:
    return {"name_zh_hant": words.zh_hant, "name_zh_hans": words.zh_hans, "name_en": words.en}
