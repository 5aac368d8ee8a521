"""Branches with a full lobby: open counters, customers who wait."""

from pathlib import Path

from branches import MONDAY, Founded, cheap_settings, found, opened_at
from tellertui.branch.records import Counter, Service
from tellertui.core.clock import ManualClock, SystemClock
from tellertui.host.services import load_services
from tellertui.store.work import Work
from tellertui.workflows.reception.events import CounterOpened
from tellertui.workflows.reception.service.tickets import give


def monday_offset() -> int:
    """Return how far the branch's clock must run off the machine's for Monday morning to begin now."""
    return MONDAY - SystemClock().now()


def busy_branch(directory: Path, *, counters: int, waiting: int, **settings: object) -> Founded:
    """Found a branch where every counter is open, with the services of the shipped desks in turn."""
    load_services()
    founded = found(directory, cheap_settings(lobby_rate=1_000_000, **settings))
    opened = opened_at(founded, ManualClock(MONDAY))
    opened.store.start()
    opened.store.run(lambda work: _open_counters(work, counters))
    opened.store.run(lambda work: _give_numbers(work, waiting))
    opened.store.close()
    return founded


def _open_counters(work: Work, number: int) -> None:
    desks = [counter.services for counter in work.every(Counter)]
    for place in range(number):
        code = str(place + 1)
        if place >= len(desks):
            work.insert(Counter, code=code, services=desks[place % len(desks)], state="closed", continuous=0)
        work.update(Counter, code, state="open", person=f"T{code}")
        work.record(CounterOpened(code))


def _give_numbers(work: Work, number: int) -> None:
    services = [service for service in work.every(Service) if service.enabled]
    for place in range(number):
        give(work, services[place % len(services)], "normal", "kiosk")
