"""What 100 Today shows, drawn purely: all that waits for one person, numbered in the order to do it."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from tellertui.core.refusal import N_
from tellertui.core.role import Role
from tellertui.desk.places import NAMES, ROLES
from tellertui.ui.chrome import Head, day_text
from tellertui.ui.look import KEY, MUTED, STRONG, WARN, Look
from tellertui.ui.text import Part, fit, line, right, spread
from tellertui.workflows.reception.rules.lists import lists
from tellertui.workflows.today.api import DraftView, Task, TodayView, Yesterday

LABEL_CELLS = 11
PLACE_CELLS = 20

WORDS = {
    "called": N_("{what} called to counter {at}"),
    "serving": N_("{what} being served at counter {at}"),
    "on_hold": N_("{what} on hold at counter {at}"),
    "help": N_("Help wanted: {what}, since {since}"),
    "open_day": N_("The day is not opened yet"),
    "sign_day": N_("{what} is not signed"),
    "desk": N_("Your desk"),
}
NOTHING = N_("Nothing else waits for you.")


@dataclass(frozen=True)
class Item:
    """A line that can be opened by its number."""

    label: str
    """Message id of the group; empty after its first line."""
    screen: str
    task: Task | None = None
    draft: DraftView | None = None


def items(view: TodayView, desk: str) -> list[Item]:
    """Return the lines in order: what is in hand, the own desk, what is due, what is parked."""
    now = [Item("", task.screen, task) for task in view.now]
    if desk and desk not in {item.screen for item in now}:
        now.append(Item("", desk, Task(kind="desk", screen=desk, since=None, what="")))
    groups = (
        (N_("Now"), now),
        (N_("Due today"), [Item("", task.screen, task) for task in view.due]),
        (N_("Parked"), [Item("", draft.screen, draft=draft) for draft in view.parked]),
    )
    return [
        Item(label if place == 0 else "", item.screen, item.task, item.draft)
        for label, group in groups
        for place, item in enumerate(group)
    ]


def head(view: TodayView | None, person: str, role: Role | None, look: Look) -> Head:
    """Return the first row: who, as what, which day and since when it is open."""
    _ = look.say
    who = "   ".join(part for part in (person, _(ROLES[role]) if role else "") if part)
    if view is None:
        return Head("100", N_("Today"), who)
    opened = view.day.opened_at
    state = _("day opened {time}").format(time=look.clock(opened)) if opened else _("day not opened")
    return Head("100", N_("Today"), who, f"{day_text(view.day.day, look)}   {state}")


def body(
    view: TodayView | None,
    yesterday: Yesterday | None,
    listed: Sequence[Item],
    first: int,
    rows: int,
    look: Look,
) -> list[Content]:
    """Return the body above the command field.

    Args:
        view: what waits; None before it is known.
        yesterday: the last earlier day.
        listed: the lines, all of them.
        first: the line that stands first on this page.
        rows: how many rows there are.
        look: how to draw.
    """
    if view is None:
        return []
    below = [Content(""), _ahead(view, look), *([_yesterday(yesterday, look)] if yesterday else [])]
    shown: list[Content] = []
    for number, item in enumerate(listed[first:], first + 1):
        gap = 1 if item.label and shown else 0
        if len(shown) + gap + 1 > page_rows(rows, yesterday):
            break
        shown += [Content("")] * gap
        shown.append(_row(number, item, look))
    if len(listed) < 2:
        shown += [Content(""), line(" ", fit("", LABEL_CELLS), (look.say(NOTHING), MUTED))]
    return [*shown, *below][:rows]


def page_rows(rows: int, yesterday: Yesterday | None) -> int:
    """Return how many rows lines and the gaps between them may take."""
    return rows - (3 if yesterday else 2)


def _row(number: int, item: Item, look: Look) -> Content:
    place = f"{item.screen} {look.say(NAMES.get(item.screen, ''))}"
    left: list[Part] = [" ", (fit(look.say(item.label), LABEL_CELLS), MUTED)]
    left += [(right(str(number), 2), KEY), "  ", *_what(item, look)]
    return spread(line(*left), line((fit(place, PLACE_CELLS), MUTED)), look.width)


def _what(item: Item, look: Look) -> list[Part]:
    _ = look.say
    if item.draft is not None:
        about = f"{item.draft.about}  " if item.draft.about else ""
        return [about, _("half filled, kept {time}").format(time=look.clock(item.draft.saved_at))]
    task = item.task
    assert task is not None
    words = _(WORDS[task.kind]).format(what=_named(task, look), at=task.at, since=look.clock(task.since))
    return [(words, WARN if task.kind in ("help", "sign_day", "open_day") else STRONG)]


def _named(task: Task, look: Look) -> str:
    if task.kind == "help":
        known = lists().place.get(task.what.partition(":")[0])
        place = known.said(look.language) if known else task.what
        return f"{place} {task.at}".strip()
    return day_text(task.what, look) if task.kind in ("sign_day", "open_day") else task.what


def _ahead(view: TodayView, look: Look) -> Content:
    _ = look.say
    parts = [_("{count} waiting in the lobby").format(count=view.waiting)]
    if view.day.close and view.day.state in ("open", "unopened"):
        parts.append(_("closing {time}").format(time=view.day.close))
    return _told(N_("Lobby"), parts, look)


def _yesterday(day: Yesterday, look: Look) -> Content:
    _ = look.say
    parts = [day_text(day.day, look)]
    if day.wait_mean_s is not None:
        parts.append(_("mean wait {minutes} min").format(minutes=f"{day.wait_mean_s / 60:.1f}"))
    if day.csat is not None:
        parts.append(_("rating {share}% of {count}").format(share=round(100 * day.csat), count=day.csat_n))
    parts.append(_("complaints {count}").format(count=day.complaints))
    if day.state != "signed":
        parts.append(_("not signed"))
    return _told(N_("Before"), parts, look)


def _told(label: str, parts: Sequence[str], look: Look) -> Content:
    return line(" ", (fit(look.say(label), LABEL_CELLS), MUTED), "   ".join(parts))
