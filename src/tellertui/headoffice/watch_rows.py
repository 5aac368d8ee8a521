"""The dashboard as rows: alarms in words, the branches by age, and one branch with its figures."""

from collections.abc import Iterator, Sequence
from datetime import date

from textual.content import Content

from tellertui.core.clock import DAY, MINUTE, local
from tellertui.core.refusal import N_
from tellertui.core.tables import OutOfTable, TableError
from tellertui.headoffice.watch_views import Alarm, Batch, Branch, Detail, Overview, Page, Reject, Sums
from tellertui.ui.chrome import day_text, rule_row
from tellertui.ui.look import BAD, CURSOR, GOOD, KEY, LEAST, MUTED, STRONG, WARN, Look
from tellertui.ui.text import Part, beside, fit, fitted, line, right, width
from tellertui.workflows.closing.api import Totals
from tellertui.workflows.closing.screens.day_rows import as_many
from tellertui.workflows.closing.screens.measures import (
    NOTHING,
    Measure,
    measures,
    more_measures,
    whole_minutes,
)
from tellertui.workflows.closing.screens.tables import service_rows
from tellertui.workflows.closing.targets import Targets, targets_on

SENTENCES: dict[Alarm, str] = {
    "contested": N_("claimed by two machines"),
    "old": N_("speaks from a closed history"),
    "behind": N_("set back: holds less than head office"),
    "silent": N_("silent for more than 4 h"),
    "rejected": N_("rejected entries wait for a person"),
    "unsafe": N_("in no verified backup"),
}
WORDS: dict[Alarm, str] = {
    "contested": N_("contested"),
    "old": N_("old line"),
    "behind": N_("set back"),
    "silent": N_("silent"),
    "rejected": N_("rejects"),
    "unsafe": N_("no backup"),
}
"""The same in nine cells."""
GRAVE = frozenset({"contested", "old", "behind"})
"""Somebody must decide; the others may heal by themselves."""
ALARM_ROWS = len(SENTENCES)
FIXED = ALARM_ROWS + 3
"""Rows of the list that are no branch: alarms, two rules, titles."""
MOST = 99
"""Two digits name a row."""
LEFT = 38
"""Cells of a branch's figures."""
LABEL = 11
FIGURE, VALUE, SHARE, TARGET = 10, 6, 6, 6

AWAY = N_("Database away since {time}, asked again every 2 s: {why}")
READING = N_("The database is being read.")
TITLES = (
    N_("Silent"),
    N_("Queued"),
    N_("Unsafe"),
    N_("Rej."),
    N_("Taken"),
    N_("Served"),
    N_("90%"),
    N_("4-5"),
)
NUMBERS = (6, 7, 7, 5, 6, 7, 5, 5)


def page_size(rows: int) -> int:
    """Return how many branches a body of so many rows lists."""
    return max(1, min(MOST, rows - FIXED))


def list_rows(page: Page, look: Look, rows: int) -> list[Content]:
    """Return the body of the list in so many rows."""
    view = page.view
    above = [*away_rows(page.away, look), *(_alarm_rows(view, look) if view else ())][:ALARM_ROWS]
    if view is None:
        return above or [line(" ", (look.say(READING), MUTED))]
    above += [Content("")] * (ALARM_ROWS - len(above))
    listed = [_row(place, row, page, look) for place, row in enumerate(view.rows)]
    if not listed:
        told = N_("No branch has an alarm.") if page.only_alarms else N_("No branch is enrolled yet.")
        listed = [line(" ", (look.say(told), MUTED))]
    listed += [Content("")] * (rows - FIXED - len(listed))
    return [*above, _place(page, view, look), _titles(look), *listed, _sums(view.sums, look)]


def away_rows(away: tuple[int, str] | None, look: Look) -> list[Content]:
    """Return the sentence about a database that does not answer."""
    if away is None:
        return []
    text = look.say(AWAY).format(time=look.clock(away[0]), why=away[1])
    return [line(" ", ("!", BAD), " ", (text, BAD))]


def counts_text(view: Overview | None, look: Look) -> str:
    """Return what stands at the right end of the head."""
    if view is None:
        return ""
    text = look.say(N_("{count} branches, {alarmed} with alarms, {time}"))
    return text.format(count=view.branches, alarmed=view.alarmed, time=look.clock(view.at))


# The list.


def _alarm_rows(view: Overview, look: Look) -> list[Content]:
    if not view.counts:
        return [_no_alarms(look)] if view.branches else []
    return [_alarm_row(name, view, look) for name in SENTENCES if name in view.counts]


def _alarm_row(name: Alarm, view: Overview, look: Look) -> Content:
    count, codes = view.counts[name], [fit(code, min(12, width(code))) for code in view.names[name]]
    left = line(" ! ", right(str(count), 6), "  ", look.say(SENTENCES[name]), "  ")
    room = look.width - left.cell_length
    hidden = count - len(codes)
    text = as_many(codes, room) if not hidden else ""
    while hidden and codes and width(text := " ".join([*codes, f"+{hidden}"])) > room:
        codes.pop()
        hidden += 1
    return line((left.plain, BAD if name in GRAVE else WARN), text)


def _cells(look: Look) -> tuple[int, int, int]:
    """Return the cells of code, name and state; a wider window gives them more."""
    more = max(0, look.width - LEAST[0])
    code, state = min(6, more // 4), min(10, more // 4)
    return 7 + code, 9 + more - code - state, 12 + state


def _titles(look: Look) -> Content:
    code, name, state = _cells(look)
    _ = look.say
    text = "    " + fit(_(N_("Branch")), code) + fit(_(N_("Name")), name) + fit(_(N_("State")), state)
    return line((text + "".join(map(right, map(_, TITLES), NUMBERS)), MUTED))


def _row(place: int, row: Branch, page: Page, look: Look) -> Content:
    view = page.view
    assert view is not None
    code, name, state = _cells(look)
    here = place == page.chosen
    numbers = [
        since(view.at - row.heard_at, look),
        str(row.coming),
        str(row.lag),
        str(row.rejections),
        *_figures(view.figures.get(row.branch)),
    ]
    words = fit(row.branch, code - 1) + " " + fit(row.name, name - 1) + " "
    told = line(
        (">" if here else " ", STRONG),
        (right(str(place + 1), 2), KEY),
        " ",
        (words, CURSOR) if here else words,
        _state(row, state, look),
        "".join(map(right, numbers, NUMBERS)),
    )
    return fitted(told, look.width)


def _state(row: Branch, cells: int, look: Look) -> tuple[str, str]:
    if not row.alarms:
        return fit(look.say(N_("in order")), cells), ""
    first = look.say(WORDS[row.alarms[0]])
    text = first + (f"+{len(row.alarms) - 1}" if row.alarms[1:] else "")
    return fit(text, cells - 1) + " ", BAD if GRAVE & set(row.alarms) else WARN


def _figures(totals: Totals | None) -> Iterator[str]:
    if totals is None:
        yield from (NOTHING,) * 4
        return
    yield from (str(totals.issued), str(totals.served), whole_minutes(totals.wait_p90_s))
    yield NOTHING if totals.csat is None else f"{round(100 * totals.csat)}%"


def since(elapsed: int, look: Look) -> str:
    """Return an age in six cells: hours and minutes, then days."""
    elapsed = max(0, elapsed)
    if elapsed >= 4 * DAY:
        return look.say(N_("{n} d")).format(n=min(elapsed // DAY, 9999))
    return f"{elapsed // (60 * MINUTE)}:{elapsed // MINUTE % 60:02}"


def _place(page: Page, view: Overview, look: Look) -> Content:
    """Return the rule above the list: which part of it is shown, and what waits over all branches."""
    _ = look.say
    listed = view.alarmed if page.only_alarms else view.branches
    where = f"{view.top + 1}-{view.top + len(view.rows)}/{listed}" if view.rows else "0/0"
    queued = _("queued {count}").format(count=view.coming)
    rejected = _("rejected {count}").format(count=view.rejections)
    return rule_row(look, f"{where}  {queued}  {rejected}")


def _sums(sums: Sums, look: Look) -> Content:
    """Return the rule under the list: the date of the figures, and their sums."""
    if not sums.day:
        return rule_row(look, look.say(N_("no figures yet")))
    text = look.say(N_("{day}: {branches} branches, taken {issued}, served {served}"))
    facts = {"branches": sums.branches, "issued": sums.issued, "served": sums.served}
    return rule_row(look, text.format(day=shown_day(sums.day, look), **facts))


def shown_day(day: str, look: Look) -> str:
    """Return a business date that a branch has named, which need not be one of the calendar."""
    try:
        date.fromisoformat(day)
    except ValueError:
        return day
    return day_text(day, look)


# One branch.


def detail_rows(detail: Detail, top: int, away: tuple[int, str] | None, look: Look) -> list[Content]:
    """Return a branch: its figures at left, everything else at right from a row on."""
    above, room = _said(detail, away, look), detail_room(detail, away, look)
    about = about_rows(detail, look)[top : top + room]
    return [*above, Content(""), *beside(_day(detail, look)[:room], about, LEFT)]


def detail_room(detail: Detail, away: tuple[int, str] | None, look: Look) -> int:
    """Return how many rows there are below the alarms."""
    return look.rows - len(_said(detail, away, look)) - 1


def _said(detail: Detail, away: tuple[int, str] | None, look: Look) -> list[Content]:
    alarms = detail.branch.alarms
    rows = [line(" ", ("! " + look.say(SENTENCES[name]), BAD if name in GRAVE else WARN)) for name in alarms]
    return [*away_rows(away, look), *(rows or [_no_alarms(look)])]


def _no_alarms(look: Look) -> Content:
    return line(" ", ("✓", GOOD), " ", look.say(N_("No alarms.")))


def _day(detail: Detail, look: Look) -> list[Content]:
    _, figures = look.say, detail.figures
    targets = _targets(detail.day)
    if figures is None or targets is None:
        return [line(" ", (_("No figures that can be shown."), MUTED))]
    heading = fit(shown_day(detail.day, look), FIGURE + VALUE + SHARE) + right(_("Target"), TARGET)
    rows = [line(" ", (heading, STRONG))]
    rows += [
        _measure(each, look)
        for each in (*measures(figures.totals, targets, look), *more_measures(figures.totals))
    ]
    return [
        *rows,
        Content(""),
        *(line(" ", row) for row in service_rows(figures.services, {}, LEFT - 1, look)),
    ]


def _targets(day: str) -> Targets | None:
    try:
        return targets_on(day)
    except (OutOfTable, TableError, ValueError):
        return None


def _measure(each: Measure, look: Look) -> Content:
    share = right(each.share, SHARE) if each.share else fit(f" {each.unit}", SHARE)
    told: list[Part] = [
        " ",
        (fit(look.say(each.label), FIGURE), MUTED),
        (right(each.value, VALUE), STRONG),
        share,
    ]
    return line(*told, right(each.target, TARGET), (" !", BAD) if each.missed else "")


def about_rows(detail: Detail, look: Look) -> list[Content]:
    """Return where the branch stands, rejected entries, batches, and what people compare."""
    _, row = look.say, detail.branch
    labelled = [
        (N_("Heard"), f"{moment(row.heard_at, look)}  ({since(detail.at - row.heard_at, look)})"),
        (N_("Up to"), f"{detail.incarnation}/{detail.cursor}"),
        (N_("Queued"), str(row.coming)),
        (N_("Verified"), _("up to {seq}, {count} behind").format(seq=detail.safe, count=row.lag)),
        (N_("Unfolded"), str(detail.unfolded)),
    ]
    rows = [_labelled(label, text, look) for label, text in labelled]
    rows += _section(
        N_("Rejected entries"), row.rejections, [_reject(each, look) for each in detail.rejects], look
    )
    rows += _section(
        N_("Batches"), len(detail.batches), [_batch(each, look) for each in detail.batches], look
    )
    compared = [(N_("Device"), detail.device), *((N_("Founder"), mark) for mark in detail.founders)]
    compared += [
        (N_("Store"), detail.store),
        (N_("Enrolled"), moment(detail.enrolled_at, look)),
        (N_("Build"), detail.build),
    ]
    return [
        *rows,
        Content(""),
        line((_("To compare"), STRONG)),
        *(_labelled(label, text, look) for label, text in compared),
    ]


def _section(title: str, count: int, rows: Sequence[Content], look: Look) -> list[Content]:
    told = list(rows) or [line((look.say(N_("none")), MUTED))]
    return [Content(""), line((look.say(title), STRONG), f"  {count}" if rows else ""), *told]


def _labelled(label: str, text: str, look: Look) -> Content:
    return line((fit(look.say(label), LABEL - 1) + " ", MUTED), text)


def _reject(each: Reject, look: Look) -> Content:
    return line(
        f"{each.incarnation}/{each.seq}  ", (each.code, WARN), f"  {each.event}  {moment(each.at, look)}"
    )


def _batch(each: Batch, look: Look) -> Content:
    reached = look.say(N_("verified") if each.safe else N_("landed"))
    text = fit(f"{each.incarnation}/{each.first}-{each.last}", 18)
    return line(f"{text} {moment(each.landed_at, look)}  ", (reached, GOOD if each.safe else MUTED))


def moment(instant: int, look: Look) -> str:
    """Return a day and a time on head office's clock."""
    return f"{local(instant, look.zone):%m-%d %H:%M}" if instant else NOTHING
