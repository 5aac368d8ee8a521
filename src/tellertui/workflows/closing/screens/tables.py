"""Services and staff of a day as columns. Staff stand in the order of their codes, never in one of merit."""

from collections.abc import Iterable, Mapping, Sequence

from textual.content import Content

from tellertui.branch.api import Words
from tellertui.core.refusal import N_
from tellertui.ui.look import MUTED, Look
from tellertui.ui.text import fit, line, right, width
from tellertui.workflows.closing.api import ServiceFigures, StaffFigures
from tellertui.workflows.closing.screens.measures import minutes, whole_minutes

NUMBER = 6


def service_rows(
    figures: Sequence[ServiceFigures], names: Mapping[str, Words], cells: int, look: Look
) -> list[Content]:
    """Return one row for each service: numbers given, mean wait, what 90 % waited at most, handling."""
    heads = (N_("Taken"), N_("Wait"), N_("90%"), N_("Serve"))
    rows = [_row(look.say(N_("Service")), map(look.say, heads), cells, MUTED)]
    for each in figures:
        name = names[each.service].said(look.language) if each.service in names else each.service
        numbers = (
            str(each.issued),
            minutes(each.wait_mean_s),
            whole_minutes(each.wait_p90_s),
            minutes(each.service_mean_s),
        )
        rows.append(_row(name, numbers, cells))
    return rows


def staff_rows(
    figures: Sequence[StaffFigures], people: Mapping[str, str], cells: int, look: Look
) -> list[Content]:
    """Return one row for each member of staff: served, handling, ratings and the satisfied of them."""
    heads = (N_("Served"), N_("Serve"), N_("Rated"), N_("4-5"))
    rows = [_row(look.say(N_("Staff")), map(look.say, heads), cells, MUTED)]
    for each in figures:
        share = "" if each.csat is None else f"{round(100 * each.csat)}%"
        numbers = (str(each.served), minutes(each.service_mean_s), str(each.csat_n), share)
        rows.append(_row(people.get(each.staff, each.staff), numbers, cells))
    return rows


def _row(name: str, numbers: Iterable[str], cells: int, style: str = "") -> Content:
    text = "".join(right(number, NUMBER) for number in numbers)
    return line((fit(name, cells - width(text)) + text, style))
