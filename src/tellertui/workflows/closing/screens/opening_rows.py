"""What the opening of the day shows, drawn purely: checks, who stands where, hours, what comes over."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from textual.content import Content

from tellertui.branch.api import BranchView, CounterView, DayView, ServiceView
from tellertui.core.refusal import N_
from tellertui.ui.chrome import Head, day_text
from tellertui.ui.look import BAD, GOOD, KEY, MUTED, STRONG, WARN, Look
from tellertui.ui.text import Part, beside, fit, line, right, width
from tellertui.workflows.closing.api import DaySheet, Opening
from tellertui.workflows.closing.screens.day_rows import LABEL, as_many, before_part, labelled
from tellertui.workflows.closing.screens.measures import Measure, measures
from tellertui.workflows.closing.targets import Targets
from tellertui.workflows.reception.views import Promised

CODE = "901"
NAME = N_("Opening the day")
KEYED = 9
"""Checks that a digit ticks."""
BELOW = 9
"""Rows that hours, appointments, what comes over and the morning talk take at most, gaps included."""
STATES = {
    "unopened": N_("not opened"),
    "open": N_("opened {time}"),
    "closed": N_("closed {time}"),
    "signed": N_("signed"),
}
SHUT = N_("shut")
DAYS = 24
"""Cells of the days that nobody signed."""


@dataclass(frozen=True)
class Morning:
    """What the screen knows."""

    view: Opening | None = None
    branch: BranchView | None = None
    appointments: Sequence[Promised] = ()
    compared: DaySheet | None = None
    targets: Targets | None = None
    people: Mapping[str, str] = field(default_factory=dict)

    def person(self, code: str | None) -> str:
        """Return the name of a member of staff; the code where it may not be read."""
        return self.people.get(code, code) if code else ""


def head(morning: Morning, look: Look) -> Head:
    """Return the day and how it stands; at right the day before it."""
    view = morning.view
    if view is None:
        return Head(CODE, NAME)
    day = view.day
    at = day.opened_at if day.state == "open" else day.closed_at
    state = look.say(STATES[day.state]).format(time=look.clock(at))
    style = {"unopened": WARN, "open": GOOD}.get(day.state, MUTED)
    hand = line(day_text(day.day, look), "   ", (state, style))
    return Head(CODE, NAME, hand, before_part(view.before, look))


def body(morning: Morning, look: Look) -> list[Content]:
    """Return the whole screen."""
    view, branch = morning.view, morning.branch
    if view is None or branch is None:
        return []
    checks, left = _checks(view, morning, look)
    most = max(len(checks), look.rows - BELOW)
    counters = _counters(branch, morning, most, look.width - left - 3, look)
    above = beside(checks, counters, left)
    below = [*_today(view, branch, look), _appointments(morning, branch, look), _carried(view, look)]
    talk = _talk(morning, look)
    gap = [Content("")] if len(above) + len(below) + len(talk) + 2 <= look.rows else []
    return [*above, Content(""), *below, *gap, *talk]


# Checks.


def _checks(view: Opening, morning: Morning, look: Look) -> tuple[list[Content], int]:
    """Return the checks, and the cells that they take."""
    _ = look.say
    done = sum(check.at is not None for check in view.checks)
    name = max((width(check.name.said(look.language)) for check in view.checks), default=0)
    person = max((width(morning.person(check.person)) for check in view.checks), default=0)
    rows = [line(" ", (_("Checks"), STRONG), f"  {done}/{len(view.checks)}")]
    for place, check in enumerate(view.checks, 1):
        digit = str(place) if place <= KEYED else ""
        parts: list[Part] = [" ", (right(digit, 2), KEY), " ", fit(check.name.said(look.language), name)]
        if check.at is None:
            parts.append((" [ ]", WARN))
        else:
            who = fit(morning.person(check.person), person)
            parts += [(" ✓ ", GOOD), who, " ", look.clock(check.at)]
        rows.append(line(*parts))
    return rows, 4 + name + 3 + person + 6


# Who stands where.


def _counters(branch: BranchView, morning: Morning, rows: int, cells: int, look: Look) -> list[Content]:
    _ = look.say
    manned = sum(counter.person is not None for counter in branch.counters)
    found = [line((_("On duty"), STRONG), f"  {manned}/{len(branch.counters)}")]
    kept = branch.counters if len(branch.counters) < rows else branch.counters[: rows - 2]
    names = {service.service: service.name.said(look.language) for service in branch.services}
    whos = [morning.person(counter.person) if counter.person is not None else _(SHUT) for counter in kept]
    longest = max(map(width, whos), default=0)
    for counter, who in zip(kept, whos, strict=True):
        found.append(_counter_row(counter, fit(who, longest), names, cells, look))
    if rest := len(branch.counters) - len(kept):
        found.append(line((_("{count} more: 206").format(count=rest), MUTED)))
    return found


def _counter_row(counter: CounterView, who: str, names: Mapping[str, str], cells: int, look: Look) -> Content:
    manned = counter.person is not None
    parts: list[Part] = [(right(counter.counter, 2), KEY if manned else MUTED), " "]
    parts += [(who, STRONG if manned else MUTED), "  "]
    services = [names.get(code, code) for code in counter.services]
    text = as_many(services, cells - line(*parts).cell_length, gap="  ")
    return line(*parts, (text, "" if manned else MUTED))


# Hours, appointments, what comes over.


def _today(view: Opening, branch: BranchView, look: Look) -> list[Content]:
    _, day = look.say, view.day
    if day.open is None:
        return [
            labelled(N_("Today"), (_("no hours in the table: F10 opens from now to midnight"), WARN), look)
        ]
    rows = [labelled(N_("Today"), f"{day.open}-{day.close}", look)]
    return rows + _flow(N_("Last no."), _last_numbers(branch.services, day, look), look)


def _last_numbers(services: Sequence[ServiceView], day: DayView, look: Look) -> list[str]:
    """Return the times after which no number is given: of single services, then of all others."""
    names: dict[str, list[str]] = {}
    for service in services:
        if service.enabled:
            time = service.last_number or day.close or ""
            names.setdefault(time, []).append(service.name.said(look.language))
    if not names:
        return []
    most = max(names, key=lambda time: len(names[time]))
    texts = [f"{time} {'  '.join(names[time])}" for time in sorted(names) if time != most]
    rest = look.say(N_("{time} all others")).format(time=most) if texts else most
    return [*texts, rest]


def _appointments(morning: Morning, branch: BranchView, look: Look) -> Content:
    _ = look.say
    names = {service.service: service.name.said(look.language) for service in branch.services}
    booked = [each for each in morning.appointments if each.state == "booked"]
    texts = [f"{look.clock(each.at)} {names.get(each.service, each.service)}" for each in booked]
    count = f"{len(booked)}   " if booked else "0"
    return labelled(N_("Booked"), count + as_many(texts, look.width - LABEL - 2 - width(count), "   "), look)


def _carried(view: Opening, look: Look) -> Content:
    _ = look.say
    parts: list[Part] = []
    if view.day.unsigned:
        days = as_many([day_text(day, look) for day in view.day.unsigned], DAYS, "  ")
        parts += [(_("not signed {days}").format(days=days), BAD), "   "]
    parts.append(_("numbers not served {count}").format(count=len(view.expired)))
    numbers = as_many(view.expired, look.width - LABEL - 4 - line(*parts).cell_length)
    if not numbers.startswith("+"):
        parts.append(f"   {numbers}")
    return labelled(N_("Carried"), line(*parts), look)


# The morning talk.


def _talk(morning: Morning, look: Look) -> list[Content]:
    """Return what missed its target on the day that today is compared with."""
    _, other, targets = look.say, morning.compared, morning.targets
    if other is None or targets is None or not other.figures.issued:
        return []
    missed = [each for each in measures(other.figures, targets, look) if each.missed]
    when = day_text(other.date, look)
    if not missed:
        met = _("{day}: every target was met").format(day=when)
        return [labelled(N_("Talk"), met, look)]
    first = _("{day} missed:").format(day=when)
    return _flow(N_("Talk"), [first, *(_missed(each, look) for each in missed)], look)


def _missed(measure: Measure, look: Look) -> str:
    value = measure.share or f"{measure.value} {measure.unit}".strip()
    words = look.say(N_("{figure} {value} (target {target})"))
    return words.format(figure=look.say(measure.label), value=value, target=measure.target)


def _flow(label: str, texts: Iterable[str], look: Look) -> list[Content]:
    """Return texts behind a label, in as many rows as they need, none cut."""
    cells = look.width - LABEL - 1
    rows: list[str] = []
    for text in texts:
        if rows and width(f"{rows[-1]}   {text}") <= cells:
            rows[-1] += f"   {text}"
        else:
            rows.append(text)
    return [labelled(label if place == 0 else "", row, look) for place, row in enumerate(rows)]
