"""The day so far, as its manager watches it."""

from tellertui.branch.api import Counters
from tellertui.branch.hours import clock_text, hours_on, next_opening
from tellertui.branch.views import day_view
from tellertui.store.handlers import answers
from tellertui.store.rows import Reads
from tellertui.workflows.closing.api import Live, ShowLive, Tomorrow
from tellertui.workflows.closing.service.around import compared_with, day_after, day_before
from tellertui.workflows.closing.service.day import figures_of, sheet_of
from tellertui.workflows.reception.api import Appointments, LeftOver


@answers(ShowLive)
def show_live(reads: Reads, command: ShowLive) -> Live:
    """Return a business date with what stands around it."""
    day = command.date.isoformat() if command.date else reads.day
    figures = figures_of(reads, day)
    counters = reads.ask(Counters())
    return Live(
        day=day_view(reads, day),
        sheet=sheet_of(reads, day, figures),
        arrivals=figures.arrivals,
        ended=figures.totals.issued - len(reads.ask(LeftOver(day=day)).open),
        counters=len(counters),
        counters_closed=sum(counter.state == "closed" for counter in counters),
        before=day_before(reads, day),
        after=day_after(reads, day),
        compared=compared_with(reads, day),
        tomorrow=_tomorrow(reads, day),
    )


def _tomorrow(reads: Reads, day: str) -> Tomorrow | None:
    following = next_opening(reads, day)
    hours = following and hours_on(reads, following[0])
    if not following or not hours:
        return None
    promised = reads.ask(Appointments(day=following[0]))
    start, end = map(clock_text, hours)
    return Tomorrow(
        day=following[0],
        open=start,
        close=end,
        appointments=sum(appointment.state == "booked" for appointment in promised),
    )
