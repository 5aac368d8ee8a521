"""Counters: taken, paused and left by the people who sit there."""

from tellertui.branch.api import CounterView
from tellertui.branch.records import Counter, Terminal
from tellertui.store.handlers import handles, views
from tellertui.store.rows import Reads
from tellertui.store.work import Work
from tellertui.workflows.reception import api
from tellertui.workflows.reception import events as e
from tellertui.workflows.reception.rules.lists import lists
from tellertui.workflows.reception.service.find import (
    acting_counter,
    counter_named,
    listed,
    own_counter,
    require_empty,
)
from tellertui.workflows.reception.service.show import counter_view


@handles(api.CounterOpen)
def counter_open(work: Work, command: api.CounterOpen) -> tuple[str]:
    """Take a counter; one person has one, so an idle former one is closed."""
    own = own_counter(work)
    counter = own if own is not None and command.counter is None else _wanted(work, command.counter)
    if counter.person not in (None, work.actor.name):
        raise api.COUNTER_TAKEN(counter=counter.code, person=counter.person)
    if own is not None and own.code != counter.code:
        require_empty(work, own)
        close(work, own)
    if counter.state != "open":
        work.update(Counter, counter.code, state="open", reason=None, person=work.actor.name)
        work.record(e.CounterOpened(counter.code))
        work.notify(f"{api.AT_COUNTER}:{counter.code}")
    return (counter.code,)


def _wanted(work: Work, code: str | None) -> Counter:
    """Return the named counter, else the one where the terminal stands."""
    if code is not None:
        return counter_named(work, code)
    terminal = work.get(Terminal, work.actor.terminal)
    if terminal is None or terminal.counter is None:
        raise api.OWN_COUNTER()
    return counter_named(work, terminal.counter)


@handles(api.CounterPause)
def counter_pause(work: Work, command: api.CounterPause) -> tuple[str]:
    """Call nobody for now; a ticket in hand is still served."""
    counter = acting_counter(work, command.counter)
    reason = listed(command.reason, lists().pause)
    if counter.state == "closed":
        raise api.COUNTER_CLOSED(counter=counter.code)
    work.update(Counter, counter.code, state="paused", reason=reason)
    work.record(e.CounterPaused(counter.code, reason))
    work.notify(f"{api.AT_COUNTER}:{counter.code}")
    return (counter.code,)


@handles(api.CounterClose)
def counter_close(work: Work, command: api.CounterClose) -> tuple[str]:
    """Leave a counter."""
    counter = acting_counter(work, command.counter)
    require_empty(work, counter)
    if counter.state != "closed":
        close(work, counter)
    return (counter.code,)


def close(work: Work, counter: Counter) -> None:
    """Write that nobody sits at a counter any more."""
    work.update(Counter, counter.code, state="closed", reason=None, person=None)
    work.record(e.CounterClosed(counter.code))
    work.notify(f"{api.AT_COUNTER}:{counter.code}")


def _view(reads: Reads, result: tuple[str]) -> CounterView:
    return counter_view(counter_named(reads, result[0]))


for _command in (api.CounterOpen, api.CounterPause, api.CounterClose):
    views(_command)(_view)
