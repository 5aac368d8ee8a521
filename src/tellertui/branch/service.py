"""Handlers of the branch: days, hours, counters, services and terminals."""

from collections.abc import Iterable
from datetime import date, timedelta

from msgspec import UNSET
from sqlalchemy import bindparam
from sqlmodel import col, select

from tellertui.branch import api, events
from tellertui.branch.hours import clock_text, is_special, minute_now, minute_of, opening_span, table_hours
from tellertui.branch.records import BusinessDay, Counter, Hours, Service, Terminal
from tellertui.branch.views import (
    UNSIGNED,
    branch_view,
    counter_views,
    day_view,
    hours_view,
    hours_views,
    lobby_view,
    person_views,
    service_views,
    services_in_order,
    terminal_views,
)
from tellertui.store.handlers import answers, handles, views
from tellertui.store.rows import Query, Reads
from tellertui.store.work import Work

NOBODY = 65534

_OPEN = Query(
    BusinessDay,
    select(BusinessDay)
    .where(col(BusinessDay.state) == "open", col(BusinessDay.day) <= bindparam("day"))
    .order_by(col(BusinessDay.day)),
)


@answers(api.Show)
def show(reads: Reads, _: api.Show) -> api.BranchView:
    """Show the branch to its staff."""
    return branch_view(reads)


@answers(api.Lobby)
def lobby(reads: Reads, _: api.Lobby) -> api.LobbyView:
    """Show the branch to its customers."""
    return lobby_view(reads)


@handles(api.OpenDay)
def open_day(work: Work, command: api.OpenDay) -> tuple[str]:
    """Open today, after closing what an earlier day left open."""
    day, now = work.day, minute_now(work)
    if work.get(BusinessDay, day) is not None:
        raise api.DAY_OPENED(day=day)
    table = table_hours(work, day)
    start, end = span = opening_span(table, now, _minute(command.open), _minute(command.close))
    _check_span(start, end, now)
    for earlier in work.all(_OPEN, day=day):
        _close(work, earlier)
    # Numbers are also given on a day that nobody opened; they end here at the latest.
    work.do(api.ExpireOpen(day=_day_before(day)))
    work.insert(
        BusinessDay,
        day=day,
        state="open",
        open_minute=start,
        close_minute=end,
        opened_at=work.now,
        opened_by=work.actor.name,
    )
    kind = "special" if is_special(table, span) else "ordinary"
    work.record(events.DayOpened(day, start, end, kind, len(work.all(UNSIGNED, day=day))))
    work.notify(api.BRANCH)
    return (day,)


@handles(api.CloseDay)
def close_day(work: Work, _: api.CloseDay) -> tuple[str]:
    """Close today, or the earlier day that is still open."""
    days = work.all(_OPEN, day=work.day)
    if not days:
        raise api.DAY_NOT_OPEN()
    for day in days:
        _close(work, day)
    work.notify(api.BRANCH)
    return (days[-1].day,)


def _close(work: Work, day: BusinessDay) -> None:
    (expired,) = work.do(api.ExpireOpen(day=day.day))
    work.update(BusinessDay, day.day, state="closed", closed_at=work.now, closed_by=work.actor.name)
    work.record(events.DayClosed(day.day, expired))


def _check_span(start: int, end: int, now: int) -> None:
    _check_order(start, end)
    if end <= now:
        raise api.CLOSING_PAST(now=clock_text(now), close=clock_text(end))


def _check_order(start: int, end: int) -> None:
    if end <= start:
        raise api.HOURS_ORDER(open=clock_text(start), close=clock_text(end))


@views(api.OpenDay)
@views(api.CloseDay)
def day_of(reads: Reads, result: tuple[str]) -> api.DayView:
    """Show a business date."""
    return day_view(reads, result[0])


@answers(api.HoursList)
def hours(reads: Reads, _: api.HoursList) -> list[api.HoursView]:
    """Show the week and the single dates."""
    return hours_views(reads)


@handles(api.SetHours)
def set_hours(work: Work, command: api.SetHours) -> tuple[str]:
    """Set the hours of a weekday or a date; of the open day at once."""
    when, start, end = command.when, _minute(command.open), _minute(command.close)
    _check_when(work, when)
    if (start is None) != (end is None):
        raise api.HOURS_HALF()
    if start is not None and end is not None:
        _check_order(start, end)
    if work.get(Hours, when) is None:
        work.insert(Hours, when=when, open_minute=start, close_minute=end)
    else:
        work.update(Hours, when, open_minute=start, close_minute=end)
    work.record(events.HoursSet(when, start, end))
    opened = work.get(BusinessDay, when)
    if opened is not None:
        _set_opened(work, opened, start, end)
    work.notify(api.BRANCH)
    return (when,)


def _set_opened(work: Work, day: BusinessDay, start: int | None, end: int | None) -> None:
    if day.state != "open":
        raise api.DAY_PAST(day=day.day)
    if start is None or end is None:
        raise api.DAY_IS_OPEN(day=day.day)
    _check_span(start, end, minute_now(work))
    work.update(BusinessDay, day.day, open_minute=start, close_minute=end)
    work.record(events.DayHoursSet(day.day, start, end))


def _check_when(work: Work, when: str) -> None:
    if when in api.WEEKDAYS:
        return
    try:
        exact = date.fromisoformat(when).isoformat() == when
    except ValueError:
        exact = False
    if not exact:
        raise api.NOT_A_DAY(weekdays=", ".join(api.WEEKDAYS))
    if when < work.day:
        raise api.DAY_PAST(day=when)


@views(api.SetHours)
def hours_of(reads: Reads, result: tuple[str]) -> api.HoursView:
    """Show the hours of one weekday or date."""
    return hours_view(reads, result[0])


@answers(api.Counters)
def counters(reads: Reads, _: api.Counters) -> list[api.CounterView]:
    """Show every counter."""
    return counter_views(reads)


@handles(api.SetCounter)
def set_counter(work: Work, command: api.SetCounter) -> tuple[str]:
    """Change what a counter serves and how it calls."""
    code = command.counter
    _check_counter(work, code)
    if command.services is not None:
        services = _in_order(work, command.services)
        work.update(Counter, code, services=" ".join(services))
        work.record(events.CounterAssigned(code, services))
    if command.continuous is not None:
        work.update(Counter, code, continuous=int(command.continuous))
        work.record(events.CounterPaced(code, int(command.continuous)))
    work.notify(api.BRANCH)
    return (code,)


@handles(api.AddCounter)
def add_counter(work: Work, command: api.AddCounter) -> tuple[str]:
    """Add a counter, closed until somebody opens it."""
    code = command.counter
    if work.get(Counter, code) is not None:
        raise api.COUNTER_EXISTS(counter=code)
    services = _in_order(work, command.services)
    work.insert(Counter, code=code, services=" ".join(services), state="closed", continuous=0)
    work.record(events.CounterAdded(code, services))
    work.notify(api.BRANCH)
    return (code,)


@views(api.SetCounter)
@views(api.AddCounter)
def counter_of(reads: Reads, result: tuple[str]) -> api.CounterView:
    """Show one counter."""
    (view,) = (view for view in counter_views(reads) if view.counter == result[0])
    return view


@answers(api.Services)
def services(reads: Reads, _: api.Services) -> list[api.ServiceView]:
    """Show every service."""
    return service_views(reads)


@handles(api.SetService)
def set_service(work: Work, command: api.SetService) -> tuple[str]:
    """Change what is given of a service."""
    (code,) = _in_order(work, (command.service,))
    changes: dict[str, int | None] = {}
    if command.enabled is not UNSET:
        changes["enabled"] = int(command.enabled)
    if command.last_number is not UNSET:
        changes["last_minute"] = _minute(command.last_number)
    if command.minutes is not UNSET:
        changes["minutes"] = command.minutes
    if not changes:
        raise api.NOTHING_GIVEN(fields="enabled, last_number, minutes")
    row = work.update(Service, code, **changes)
    work.record(events.ServiceSet(code, int(row.enabled), row.last_minute, row.minutes))
    work.notify(api.BRANCH)
    return (code,)


@views(api.SetService)
def service_of(reads: Reads, result: tuple[str]) -> api.ServiceView:
    """Show one service."""
    (view,) = (view for view in service_views(reads) if view.service == result[0])
    return view


@answers(api.Terminals)
def terminals(reads: Reads, _: api.Terminals) -> list[api.TerminalView]:
    """Show every terminal."""
    return terminal_views(reads)


@handles(api.AddTerminal)
def add_terminal(work: Work, command: api.AddTerminal) -> tuple[str]:
    """Register a terminal, or one that was closed anew."""
    code, kind, counter = command.terminal, command.kind, command.counter
    if (kind == "panel" and counter is None) or (kind in ("kiosk", "board") and counter is not None):
        raise api.TERMINAL_COUNTER()
    if counter is not None:
        _check_counter(work, counter)
    if NOBODY in command.uids:
        raise api.TERMINAL_UID(uid=NOBODY)
    uids = tuple(sorted({*command.uids}))
    columns = {"kind": kind, "uids": " ".join(map(str, uids)), "counter": counter, "state": "active"}
    known = work.get(Terminal, code)
    if known is None:
        work.insert(Terminal, code=code, **columns)
    elif known.state == "closed":
        work.update(Terminal, code, **columns)
    else:
        raise api.TERMINAL_EXISTS(terminal=code)
    work.record(events.TerminalAdded(code, kind, counter, uids))
    work.notify(api.BRANCH)
    return (code,)


@handles(api.CloseTerminal)
def close_terminal(work: Work, command: api.CloseTerminal) -> tuple[str]:
    """Close a terminal; what it said in the journal stays."""
    known = work.get(Terminal, command.terminal)
    if known is None or known.state != "active":
        raise api.UNKNOWN_TERMINAL()
    work.update(Terminal, known.code, state="closed")
    work.record(events.TerminalClosed(known.code))
    work.notify(api.BRANCH)
    return (known.code,)


@views(api.AddTerminal)
@views(api.CloseTerminal)
def terminal_of(reads: Reads, result: tuple[str]) -> api.TerminalView:
    """Show one terminal."""
    (view,) = (view for view in terminal_views(reads) if view.terminal == result[0])
    return view


@answers(api.Staff)
def staff(reads: Reads, _: api.Staff) -> list[api.PersonView]:
    """Show the staff by code."""
    return person_views(reads)


def _check_counter(reads: Reads, code: str) -> None:
    if reads.get(Counter, code) is None:
        raise api.UNKNOWN_COUNTER(counters=", ".join(view.counter for view in counter_views(reads)))


def _in_order(reads: Reads, codes: Iterable[str]) -> tuple[str, ...]:
    """Return services once each, as they are offered."""
    wanted = {*codes}
    known = [row.code for row in services_in_order(reads)]
    if not wanted <= {*known}:
        raise api.UNKNOWN_SERVICE(services=", ".join(known))
    return tuple(code for code in known if code in wanted)


def _day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def _minute(text: str | None) -> int | None:
    return None if text is None else minute_of(text)
