"""Times that a person writes, and whether the branch gives numbers at a time."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from tellertui.branch.hours import clock_text, hours_on, minute_of
from tellertui.branch.records import BusinessDay, Service
from tellertui.core.clock import SECOND, at, local, millis
from tellertui.store.rows import Reads
from tellertui.workflows.reception.api import (
    BAD_MOMENT,
    BRANCH_CLOSED,
    LAST_NUMBER,
    SERVICE_STOPPED,
)
from tellertui.workflows.reception.service.find import zone_of

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")


def moment(text: str, day: str, zone: ZoneInfo, after: int) -> int:
    """Return the instant of a written time.

    Args:
        text: ``HH:MM``, or a date with a time.
        day: the date meant by ``HH:MM``.
        zone: where it is meant, unless it says so itself.
        after: it must be later than this instant.

    Raises:
        Refusal: ``bad-moment``.
    """
    try:
        instant = at(day, minute_of(text), zone) if _TIME.fullmatch(text) else _written(text, zone)
    except (ValueError, OverflowError):
        raise BAD_MOMENT() from None
    if instant <= after:
        raise BAD_MOMENT()
    return instant


def _written(text: str, zone: ZoneInfo) -> int:
    written = datetime.fromisoformat(text)
    return millis(written if written.tzinfo is not None else written.replace(tzinfo=zone))


def time_of(instant: int, zone: ZoneInfo) -> str:
    """Return an instant as ``HH:MM`` on the branch's wall."""
    return local(instant, zone).strftime("%H:%M")


def stopped(service: Service, now: int) -> bool:
    """Say whether a service gives no numbers; a suspension ends by itself at its time."""
    until = service.suspended_until
    return service.suspended_reason is not None and (until is None or now < until)


def require_open(reads: Reads) -> None:
    """Refuse numbers after closing; before opening they are given in door order.

    The second in which the branch closes still counts as open.

    Raises:
        Refusal: ``branch-closed``.
    """
    opened = reads.get(BusinessDay, reads.day)
    hours = hours_on(reads, reads.day)
    if hours is None or (opened is not None and opened.state != "open") or past(reads, hours[1]):
        raise BRANCH_CLOSED()


def require_numbers(reads: Reads, service: Service) -> None:
    """Refuse numbers of a service that is stopped or past its last number.

    Raises:
        Refusal: ``service-stopped`` or ``last-number``.
    """
    if stopped(service, reads.now):
        until = service.suspended_until
        written = None if until is None else time_of(until, zone_of(reads))
        raise SERVICE_STOPPED(service=service.code, reason=service.suspended_reason, until=written)
    if service.last_minute is not None and past(reads, service.last_minute):
        raise LAST_NUMBER(service=service.code, at=clock_text(service.last_minute))


def past(reads: Reads, minute: int) -> bool:
    """Say whether a minute of today is over by a full second."""
    return reads.now - at(reads.day, minute, zone_of(reads)) >= SECOND
