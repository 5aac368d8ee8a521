"""The branch as rows show it, ready for the socket."""

from collections.abc import Iterable

from sqlalchemy import bindparam
from sqlmodel import col, select

from tellertui.branch import api
from tellertui.branch.defaults import shipped
from tellertui.branch.hours import branch_of, clock_text, hours_on, next_opening
from tellertui.branch.records import BusinessDay, Counter, Hours, Paper, Person, Service, Terminal
from tellertui.store.rows import Query, Reads

UNSIGNED_SHOWN = 10

UNSIGNED = Query(
    BusinessDay,
    select(BusinessDay)
    .where(col(BusinessDay.state) != "signed", col(BusinessDay.day) < bindparam("day"))
    .order_by(col(BusinessDay.day).desc())
    .limit(UNSIGNED_SHOWN),
)


def branch_view(reads: Reads) -> api.BranchView:
    """Return the branch for its staff."""
    branch = branch_of(reads)
    return api.BranchView(
        code=branch.code,
        name=branch.name,
        time_zone=branch.time_zone,
        language=branch.language,
        environment=branch.environment,
        profile=branch.profile,
        standalone=bool(branch.standalone),
        today=day_view(reads, reads.day),
        counters=counter_views(reads),
        services=service_views(reads),
    )


def lobby_view(reads: Reads) -> api.LobbyView:
    """Return the branch for its customers."""
    branch, words = branch_of(reads), shipped()
    hours, following = hours_on(reads, reads.day), next_opening(reads, reads.day)
    today = reads.get(BusinessDay, reads.day)
    return api.LobbyView(
        name=branch.name,
        time_zone=branch.time_zone,
        language=branch.language,
        day=reads.day,
        open=time_text(hours and hours[0]),
        close=time_text(hours and hours[1]),
        next_day=following and following[0],
        next_open=time_text(following and following[1]),
        closed=today is not None and today.state != "open",
        greeting=words.greeting,
        notices=[*words.notices],
        offers=words.offers(),
        papers=words.bring(),
    )


def day_view(reads: Reads, day: str) -> api.DayView:
    """Return a business date with its hours."""
    row, hours = reads.get(BusinessDay, day), hours_on(reads, day)
    start, end = (None, None) if hours is None else map(clock_text, hours)
    unsigned = tuple(earlier.day for earlier in reads.all(UNSIGNED, day=day))
    if row is None:
        return api.DayView(day=day, state="unopened", open=start, close=end, unsigned=unsigned)
    return api.DayView(
        day=day,
        state=row.state,
        open=start,
        close=end,
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        unsigned=unsigned,
    )


def hours_views(reads: Reads) -> list[api.HoursView]:
    """Return the week from Monday on, then the single dates that are not over."""
    known = {row.when for row in reads.every(Hours)} - {*api.WEEKDAYS}
    dates = sorted(when for when in known if when >= reads.day)
    return [hours_view(reads, when) for when in (*api.WEEKDAYS, *dates)]


def hours_view(reads: Reads, when: str) -> api.HoursView:
    """Return the hours of one weekday or date; without a row it is closed."""
    row = reads.get(Hours, when)
    start, end = (None, None) if row is None else (row.open_minute, row.close_minute)
    return api.HoursView(when=when, open=time_text(start), close=time_text(end))


def counter_views(reads: Reads) -> list[api.CounterView]:
    """Return every counter in the order of their numbers."""
    return [
        api.CounterView(
            counter=row.code,
            services=row.services.split(),
            state=row.state,
            reason=row.reason,
            person=row.person,
            continuous=bool(row.continuous),
        )
        for row in sorted(reads.every(Counter), key=lambda row: int(row.code))
    ]


def services_in_order(reads: Reads) -> list[Service]:
    """Return the rows of every service as they are offered."""
    return sorted(reads.every(Service), key=lambda row: row.position)


def service_views(reads: Reads) -> list[api.ServiceView]:
    """Return every service as it is offered, with the counters that call it."""
    papers = {row.code: api.PaperView(paper=row.code, name=_words(row)) for row in reads.every(Paper)}
    counters = counter_views(reads)
    return [_service_view(row, papers, counters) for row in services_in_order(reads)]


def _service_view(
    row: Service, papers: dict[str, api.PaperView], counters: Iterable[api.CounterView]
) -> api.ServiceView:
    return api.ServiceView(
        service=row.code,
        prefix=row.prefix,
        name=_words(row),
        minutes=row.minutes,
        papers=[papers[code] for code in row.papers.split()],
        last_number=time_text(row.last_minute),
        enabled=bool(row.enabled),
        suspended_reason=row.suspended_reason,
        suspended_until=row.suspended_until,
        counters=[view.counter for view in counters if row.code in view.services],
    )


def terminal_views(reads: Reads) -> list[api.TerminalView]:
    """Return every terminal by name."""
    return [
        api.TerminalView(
            terminal=row.code,
            kind=row.kind,
            counter=row.counter,
            uids=[int(uid) for uid in row.uids.split()],
            state=row.state,
        )
        for row in reads.every(Terminal)
    ]


def person_views(reads: Reads) -> list[api.PersonView]:
    """Return every member of staff by code."""
    found = sorted(reads.every(Person), key=lambda row: row.code)
    return [api.PersonView(person=row.code, roles=row.roles.split(), state=row.state) for row in found]


def time_text(minute: int | None) -> str | None:
    """Return a minute of the day as ``HH:MM``, or None without one."""
    return None if minute is None else clock_text(minute)


def _words(row: Service | Paper) -> api.Words:
    return api.Words(zh_hant=row.name_zh_hant, zh_hans=row.name_zh_hans, en=row.name_en)
