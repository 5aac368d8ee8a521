"""The morning: what is looked at before the doors open, and what comes over from the day before."""

from sqlalchemy import bindparam
from sqlmodel import col, select

from tellertui.branch.views import day_view
from tellertui.store.handlers import answers, handles, views
from tellertui.store.rows import Query, Reads
from tellertui.store.work import Work
from tellertui.workflows.closing import api
from tellertui.workflows.closing.api import Check, CheckView, Opening, ShowOpening
from tellertui.workflows.closing.checks import checks
from tellertui.workflows.closing.records import OpeningCheck
from tellertui.workflows.closing.service.around import compared_with, day_before
from tellertui.workflows.reception.api import LeftOver

_OF_DAY = Query(OpeningCheck, select(OpeningCheck).where(col(OpeningCheck.day) == bindparam("day")))


@answers(ShowOpening)
def show_opening(reads: Reads, _: ShowOpening) -> Opening:
    """Return the checks of today and what was left behind."""
    before = day_before(reads, reads.day)
    expired = [] if before is None else reads.ask(LeftOver(day=before.day)).expired
    done = _done(reads)
    return Opening(
        day=day_view(reads, reads.day),
        checks=[
            CheckView(
                check=code,
                name=name,
                person=done[code].person if code in done else None,
                at=done[code].at if code in done else None,
            )
            for code, name in checks().items()
        ],
        before=before,
        expired=expired,
        compared=compared_with(reads, reads.day),
    )


@handles(Check)
def check(work: Work, command: Check) -> tuple[()]:
    """Write who looked at what; a repeat of what is known changes nothing."""
    unknown = set(command.checks) - checks().keys()
    if unknown:
        raise api.UNKNOWN_CHECK(allowed=", ".join(checks()))
    done = _done(work)
    changed = [code for code in dict.fromkeys(command.checks) if (code in done) != command.done]
    for code in changed:
        if command.done:
            row = {"day": work.day, "item": code, "person": work.actor.name, "at": work.now}
            work.insert(OpeningCheck, id=work.ids.new(), **row)
        else:
            work.delete(OpeningCheck, done[code].id)
    if changed:
        work.record(api.DayChecked(work.day, tuple(changed), int(command.done)))
    return ()


@views(Check)
def checked(reads: Reads, _: tuple[()]) -> Opening:
    """Return the morning as it stands."""
    return show_opening(reads, ShowOpening())


def _done(reads: Reads) -> dict[str, OpeningCheck]:
    return {row.item: row for row in reads.all(_OF_DAY, day=reads.day)}
