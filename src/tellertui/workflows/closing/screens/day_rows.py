"""What the end-of-day screen shows, drawn purely: what stands in the way, how the day was, who signs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from textual.content import Content

from tellertui.branch.api import DayView, Words
from tellertui.core.clock import at
from tellertui.core.refusal import N_
from tellertui.ui.chrome import Head, day_text
from tellertui.ui.look import BAD, GOOD, KEY, MUTED, STRONG, WARN, Look
from tellertui.ui.text import Part, beside, fit, line, right, spread, width
from tellertui.workflows.closing.api import DayMark, DaySheet, HeadView, Item, Live, Totals
from tellertui.workflows.closing.screens.charts import Axis, axis, bars
from tellertui.workflows.closing.screens.measures import Measure, measures, more_measures, whole_minutes
from tellertui.workflows.closing.screens.tables import service_rows, staff_rows
from tellertui.workflows.closing.targets import Targets

CODE = "904"
NAME = N_("End of day")
LEFT = 38
"""Cells of what is to be done; the figures stand two cells further at right."""
PANE = 82
"""Where services and staff begin on a wide terminal."""
LABEL = 10
CHART = 36
WORD, COUNT = 13, 3
FIGURE, VALUE, SHARE, TARGET = 10, 5, 5, 5
COLUMN = VALUE + 1 + SHARE
FIXED = 18
"""Rows of the body on the smallest terminal; more of them go into figures and charts."""
MOST_CHART_ROWS = 7
BLANK = 12
"""Cells where a name is missing."""

SCREENS = {"open_tickets": "201", "counters_open": "206"}
"""Where an item is worked off."""
ITEMS = {
    "open_tickets": N_("Open tickets"),
    "counters_open": N_("Open counters"),
    "tickets_expired": N_("Expired"),
    "days_unsigned": N_("Unsigned days"),
    "calendar_ends": N_("Calendar ends"),
}
"""Items in thirteen cells."""
STATES = {
    "unopened": N_("day not opened"),
    "open": N_("the day so far"),
    "closed": N_("not signed"),
    "signed": N_("signed {time}"),
}


@dataclass(frozen=True)
class Day:
    """What the screen knows and where its person is."""

    live: Live | None = None
    compared: DaySheet | None = None
    targets: Targets | None = None
    services: Mapping[str, Words] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    today: str = ""
    """The business date of now."""
    chosen: int = 0
    """The number of the item under the cursor; 0 for none."""
    details: bool = False
    """Services and staff are shown in place of everything else."""


@dataclass(frozen=True)
class Task:
    """An item of the sheet and where it is worked off."""

    item: Item
    goal: str = ""
    """A screen, or a business date; empty where there is nothing to go to."""
    number: int = 0
    """Its digit; 0 without a goal."""


def tasks(sheet: DaySheet) -> list[Task]:
    """Return what is in the way, then what is to be noted, numbered where a digit leads somewhere."""
    found: list[Task] = []
    number = 0
    for item in (*sheet.blocking, *sheet.notes):
        goal = item.detail[0] if item.item == "days_unsigned" else SCREENS.get(item.item, "")
        number += bool(goal)
        found.append(Task(item, goal, number if goal else 0))
    return found


# The first row.


def head(day: Day, look: Look) -> Head:
    """Return the day and how it stands; at right the day before it."""
    live = day.live
    if live is None:
        return Head(CODE, NAME)
    over = live.day.state == "open" and live.day.day != day.today
    state = "closed" if over else live.day.state
    text = look.say(STATES[state]).format(time=look.clock(signed_at(live.sheet)))
    style = {"signed": GOOD, "closed": WARN}.get(state, MUTED)
    hand = line(day_text(live.day.day, look), "   ", (text, style))
    return Head(CODE, NAME, hand, before_part(live.before, look))


def signed_at(sheet: DaySheet) -> int | None:
    """Return when the second person signed."""
    return max((signature.at for signature in sheet.signatures), default=None)


def before_part(before: DayMark | None, look: Look) -> Content:
    """Return the day before and whether it is signed; one that is not stands out."""
    _ = look.say
    if before is None:
        return line((_("no day before"), MUTED))
    when = day_text(before.day, look)
    if before.state != "signed":
        return line((_("last day {day} not signed").format(day=when), BAD))
    text = _("last day {day} signed {time}").format(day=when, time=look.clock(before.signed_at))
    return line((text, MUTED))


# The body.


def body(day: Day, look: Look) -> list[Content]:
    """Return the sheet; on a wide terminal with services and staff beside it."""
    live, targets = day.live, day.targets
    if live is None or targets is None:
        return []
    cells = PANE - 2
    if look.wide:
        services, staff = _pane(day, live, look.width - PANE - 1, look)
        pane = [*services, Content(""), *staff]
        return beside(_sheet(day, live, targets, look), pane[: look.rows], cells)
    if day.details:
        services, staff = _pane(day, live, LEFT, look)
        return beside([line(" ", row) for row in services], staff[: look.rows], LEFT + 1)
    return _sheet(day, live, targets, look)


def _pane(day: Day, live: Live, cells: int, look: Look) -> tuple[list[Content], list[Content]]:
    services = service_rows(live.sheet.services, day.services, cells, look)
    return services, staff_rows(live.sheet.staff, day.people, cells, look)


def _sheet(day: Day, live: Live, targets: Targets, look: Look) -> list[Content]:
    spare = max(0, look.rows - FIXED)
    figures = _figures(day, live, targets, look, tall=spare > 0)
    above = beside(_todo(day, live, look), figures, LEFT)
    tall = min(MOST_CHART_ROWS, max(1, (look.rows - len(above) - 5) // 2))
    below = [Content(""), *_charts(live, tall, look), _tomorrow(live, look)]
    gap = [Content("")] * (look.rows - len(above) - len(below) - 1)
    return [*above, *below, *gap, _signatures(day, live, look)]


# What is to be done.


def _todo(day: Day, live: Live, look: Look) -> list[Content]:
    _, sheet = look.say, live.sheet
    found = tasks(sheet)
    blocking, notes = found[: len(sheet.blocking)], found[len(sheet.blocking) :]
    hint = line((_("digit, Enter: go"), MUTED)) if any(task.goal for task in found) else Content("")
    title = line(" ", (_("Must be done"), STRONG), f"  {len(blocking)}")
    rows = [spread(title, hint, LEFT)]
    rows += [_task_row(task, day, look, BAD) for task in blocking]
    if not blocking:
        rows.append(line("  ", ("✓", GOOD), " ", _("Nothing stands in the way.")))
    if notes:
        rows += [Content(""), line(" ", (_("To note"), STRONG), f"  {len(notes)}")]
        rows += [_task_row(task, day, look, BAD if _red(task) else "") for task in notes]
    return [*rows, Content(""), line(" ", (_("Done"), STRONG)), *_done(day, live, look)]


def _red(task: Task) -> bool:
    return task.item.item == "days_unsigned"


def _task_row(task: Task, day: Day, look: Look, style: str) -> Content:
    here = bool(task.number) and task.number == day.chosen
    parts: list[Part] = [(">" if here else " ", STRONG)]
    parts += [(right(str(task.number), 2) if task.number else "  ", KEY), " "]
    parts += [(fit(look.say(ITEMS[task.item.item]), WORD), style)]
    parts += [right(str(task.item.count), COUNT), "  "]
    details = [day_text(each, look) if _red(task) else each for each in task.item.detail]
    return line(*parts, as_many(details, LEFT - line(*parts).cell_length))


def as_many(words: Sequence[str], cells: int, gap: str = " ") -> str:
    """Return as many words as fit, and how many more there are."""
    text = gap.join(words)
    kept = len(words)
    while kept and width(text) > cells:
        kept -= 1
        text = gap.join([*words[:kept], f"+{len(words) - kept}"])
    return text


def _done(day: Day, live: Live, look: Look) -> list[Content]:
    rows = [(N_("Tickets ended"), live.ended, live.sheet.figures.issued)]
    if live.day.day == day.today:
        rows.insert(0, (N_("Counters shut"), live.counters_closed, live.counters))
    return [
        line("  ", ("✓" if done == of else " ", GOOD), " ", fit(look.say(label), WORD), f"  {done}/{of}")
        for label, done, of in rows
    ]


# How the day was.


def _figures(day: Day, live: Live, targets: Targets, look: Look, *, tall: bool) -> list[Content]:
    _ = look.say
    other = day.compared
    first = _("Today") if live.day.day == day.today else day_text(live.day.day, look)
    target = _("Target")
    titles = [_title(first), _title(day_text(other.date, look) if other else "")]
    titles.append(right(target, max(TARGET, width(target) + 1)))
    rows = [line((fit("", FIGURE) + "".join(titles), MUTED))]
    ours = _measured(live.sheet.figures, targets, look, tall=tall)
    theirs = _measured(other.figures, targets, look, tall=tall) if other else [None] * len(ours)
    return rows + [_figure_row(one, two, look) for one, two in zip(ours, theirs, strict=True)]


def _measured(totals: Totals, targets: Targets, look: Look, *, tall: bool) -> list[Measure]:
    return [*measures(totals, targets, look), *(more_measures(totals) if tall else ())]


def _title(word: str) -> str:
    """Return the title of a column whose numbers end in its fifth cell."""
    return fit(right(word, VALUE) if width(word) < VALUE else word, COLUMN)


def _figure_row(one: Measure, two: Measure | None, look: Look) -> Content:
    parts: list[Part] = [(fit(look.say(one.label), FIGURE), MUTED), *_value(one, STRONG)]
    parts += _value(two, "") if two else [" " * COLUMN]
    parts.append(right(one.target, TARGET))
    return line(*parts, (" !", BAD) if one.missed else "")


def _value(measure: Measure, style: str) -> list[Part]:
    share = right(measure.share, SHARE) if measure.share else fit(measure.unit, SHARE)
    return [(right(measure.value, VALUE), style), " ", share]


# When it was busy, and what comes.


def _charts(live: Live, tall: int, look: Look) -> list[Content]:
    _ = look.say
    if not live.arrivals:
        return [line(" ", (_("No tickets yet"), MUTED)), Content(""), Content("")]
    scale = _scale(live, look)
    came, waits = [0] * scale.columns, [0] * scale.columns
    for each in live.arrivals:
        place = scale.place(each.at)
        came[place] += each.issued
        waits[place] = max(waits[place], each.wait_mean_s or 0)
    told = (
        (N_("Arrivals"), came, N_("most {count} from {time}"), str(max(came))),
        (N_("Waits"), waits, N_("mean up to {count} min from {time}"), whole_minutes(max(waits))),
    )
    rows: list[Content] = []
    for label, values, words, count in told:
        start = scale.start + values.index(max(values)) * scale.step
        text = _(words).format(count=count, time=look.clock(start)) if max(values) else ""
        rows += [Content("")] * bool(rows and tall > 1)
        rows += _chart(_(label), bars(values, tall, scale.cells), text)
    return [*rows, line(" " * LABEL, (_ticks(scale, look), MUTED))]


def _chart(label: str, drawn: Sequence[str], told: str) -> list[Content]:
    labels = [*[""] * (len(drawn) - 1), label]
    ends = [*[""] * (len(drawn) - 1), told]
    return [
        line(" ", (fit(name, LABEL - 1), MUTED), fit(bar, CHART), " ", (end, MUTED))
        for name, bar, end in zip(labels, drawn, ends, strict=True)
    ]


def _scale(live: Live, look: Look) -> Axis:
    """Return an axis over the hours of the day, and over what came outside them."""
    instants = [each.at for each in live.arrivals]
    first, last = min(instants), max(instants) + 1
    if live.day.open and live.day.close:
        first = min(first, _instant(live.day, live.day.open, look))
        last = max(last, _instant(live.day, live.day.close, look))
    return axis(first, last, CHART)


def _instant(day: DayView, clock: str, look: Look) -> int:
    return at(day.day, int(clock[:2]) * 60 + int(clock[3:]), look.zone)


def _ticks(scale: Axis, look: Look) -> str:
    """Return the time of every fourth or eighth column under it."""
    every = 8 // scale.cells
    times = [look.clock(scale.start + place * scale.step) for place in range(0, scale.columns, every)]
    return "".join(fit(time, 8) for time in times)


def _tomorrow(live: Live, look: Look) -> Content:
    _, following = look.say, live.tomorrow
    if following is None:
        return labelled(N_("Next day"), _("no hours within two weeks"), look)
    parts = [day_text(following.day, look), f"{following.open}-{following.close}"]
    parts.append(_("booked {count}").format(count=following.appointments))
    return labelled(N_("Next day"), "   ".join(parts), look)


def labelled(label: str, text: Part, look: Look) -> Content:
    """Return a row with its label in the column of labels."""
    return line(" ", (fit(look.say(label), LABEL - 1), MUTED), text)


# Who signs.


def _signatures(day: Day, live: Live, look: Look) -> Content:
    _, sheet = look.say, live.sheet
    signed = sheet.signatures
    if signed:
        names = [f"{day.people.get(each.staff, each.staff)} {look.clock(each.at)}" for each in signed]
        left = labelled(N_("Signed"), "   ".join(names), look)
    else:
        seats = [f"{word} {'_' * BLANK}" for word in (_("maker"), _("second"))]
        left = labelled(N_("Sign"), "   ".join(seats), look)
    told = _("journal {count}  {code}").format(count=f"{sheet.head.seq:,}", code=head_code(sheet.head))
    return spread(left, line((told, MUTED), " "), PANE - 2)


def head_code(head: HeadView) -> str:
    """Return the beginning of the newest entry's hash, as two people read it to each other."""
    return f"{head.hash[:4]}-{head.hash[4:8]}" if head.hash else ""
