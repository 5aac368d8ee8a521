"""One row per service: who waits and what a newcomer may expect."""

import json
from collections.abc import Iterable
from typing import Any

from tellertui.branch.api import PaperView, Words
from tellertui.branch.hours import clock_text
from tellertui.branch.records import Counter, Paper, Service
from tellertui.store.rows import Reads
from tellertui.workflows.reception.rules.policy import policy_on
from tellertui.workflows.reception.rules.wait import expected
from tellertui.workflows.reception.service.moments import stopped
from tellertui.workflows.reception.service.waiting import capacity, counts, means
from tellertui.workflows.reception.views import Lane, ServiceOffer


def lanes(reads: Reads, counters: list[Counter]) -> list[Lane]:
    """Return every service that is offered, in its place."""
    return [Lane(**fields) for _, fields in _rows(reads, counters)]


def offers(reads: Reads, counters: list[Counter]) -> list[ServiceOffer]:
    """Return every service with its papers and its usual length."""
    names = {paper.code: words_of(paper) for paper in reads.every(Paper)}
    return [
        ServiceOffer(
            minutes=service.minutes,
            papers=[PaperView(paper=code, name=names[code]) for code in service.papers.split()],
            **fields,
        )
        for service, fields in _rows(reads, counters)
    ]


def _rows(reads: Reads, counters: list[Counter]) -> Iterable[tuple[Service, dict[str, Any]]]:
    waiting, mean, rule = counts(reads), means(reads), policy_on(reads.day).range
    for service in sorted(reads.every(Service), key=lambda each: each.position):
        if not service.enabled:
            continue
        here, own = capacity(counters, service.code), mean[service.code]
        ahead = sum(waiting.get(code, 0) for code in json.loads(here.services))
        wait = expected(ahead, own.ms, here.counters, own.samples, rule)
        yield (
            service,
            {
                "service": service.code,
                "prefix": service.prefix,
                "name": words_of(service),
                "waiting": waiting.get(service.code, 0),
                "wait_lo_min": wait.lo,
                "wait_hi_min": wait.hi,
                "counters": [each.code for each in counters if service.code in each.services.split()],
                **_stop(service, reads.now),
                "last_number": None if service.last_minute is None else clock_text(service.last_minute),
            },
        )


def _stop(service: Service, now: int) -> dict[str, Any]:
    if not stopped(service, now):
        return {"stopped": None, "stopped_until": None}
    return {"stopped": service.suspended_reason, "stopped_until": service.suspended_until}


def words_of(row: Service | Paper) -> Words:
    """Return the name of a service or a paper in the three languages."""
    return Words(zh_hant=row.name_zh_hant, zh_hans=row.name_zh_hans, en=row.name_en)
