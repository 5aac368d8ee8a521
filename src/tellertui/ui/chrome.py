"""The frame around every body, drawn purely: head, rule, message line, status line, key bar."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec
from textual.content import Content

from tellertui.core.refusal import N_
from tellertui.ui.actions import SLOTS, Slot, key_name
from tellertui.ui.look import BAD, DIM, GOOD, KEY, LEAST, MUTED, RULE, STRONG, WARN, Look
from tellertui.ui.notes import DONE, FORBIDDEN, WARNING, Note
from tellertui.ui.text import Part, fit, fitted, line, spread, wrap

SLOT = 13
"""Cells of one slot of the key bar."""
_STYLES = {DONE: GOOD, WARNING: WARN, FORBIDDEN: BAD}
DAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))


class Head(msgspec.Struct, frozen=True):
    """The first row: code, name, the thing in hand; at right the counts that matter."""

    code: str
    name: str
    """Message id."""
    hand: Part = ""
    counts: Part = ""


class Line(msgspec.Struct, frozen=True):
    """The line to head office as a point in time: since when it is as it is, and what waits."""

    up: bool
    since: str = ""
    """``HH:MM``; empty when it is not known."""
    waiting: int = 0


class Status(msgspec.Struct, frozen=True):
    """Who sits where, on which day, and how the line is."""

    branch: str = ""
    role: str = ""
    """Message id."""
    person: str = ""
    counter: str = ""
    day: str = ""
    """Business date, ``YYYY-MM-DD``."""
    line: Line | None = None
    marker: str = ""
    """Message id of what must stay in sight, such as the training or demo mark."""


def day_text(day: str, look: Look) -> str:
    """Return a business date with its weekday, as short as the status line wants it: ``Mon 11-23``."""
    if not day:
        return ""
    return f"{look.say(DAYS[date.fromisoformat(day).weekday()])} {day[5:]}"


def line_text(state: Line | None, look: Look) -> str:
    """Return how the line to head office is, in words."""
    if state is None:
        return ""
    _ = look.say
    if state.up:
        text = _("line up {since}, {waiting} wait") if state.since else _("line up, {waiting} wait")
    else:
        text = _("line down {since}, {waiting} wait") if state.since else _("line down, {waiting} wait")
    return text.format(since=state.since, waiting=state.waiting)


def head_rows(head: Head, look: Look) -> list[Content]:
    """Return the head and the rule under it."""
    left = line(" ", (head.code, STRONG), " ", (look.say(head.name), STRONG), "   ", head.hand)
    counts = line(head.counts, " ")
    return [spread(left, counts, look.width), rule_row(look)]


def rule_row(look: Look, *inside: Part) -> Content:
    """Return a rule over the whole width, with text set into it two cells from the left."""
    if not inside:
        return line(("─" * look.width, RULE))
    text = fitted_most(line(" ", *inside, " "), look.width - 4)
    rest = look.width - 2 - text.cell_length
    return line(("─" * 2, RULE), text, ("─" * rest, RULE))


def fitted_most(row: Content, cells: int) -> Content:
    """Return a row as it is, or cut with an ellipsis to so many cells."""
    return row if row.cell_length <= cells else fitted(row, cells)


def note_row(note: Note | None, look: Look) -> Content:
    """Return the message line."""
    if note is None:
        return fitted(Content(""), look.width)
    mark = (note.mark, _STYLES.get(note.mark, STRONG))
    return fitted(line(" ", mark, " ", note.said(look.say)), look.width)


def status_row(status: Status, look: Look) -> Content:
    """Return the status line set into its rule; parts that say nothing are left out."""
    _ = look.say
    who = " ".join(part for part in (_(status.role) if status.role else "", status.person) if part)
    counter = _("counter {counter}").format(counter=status.counter) if status.counter else ""
    texts = (status.branch, who, counter, day_text(status.day, look), line_text(status.line, look))
    parts: list[Part] = ["  ".join(text for text in texts if text)]
    if status.marker:
        parts += ["  ", (_(status.marker), WARN)]
    return rule_row(look, *parts)


def key_rows(slots: Mapping[str, Slot], look: Look) -> list[Content]:
    """Return the two rows of keys, six slots of thirteen cells each."""
    rows = []
    for row in (SLOTS[:6], SLOTS[6:]):
        parts: list[Part] = [" "]
        for key in row:
            parts += _slot(slots.get(key))
        rows.append(fitted(line(*parts), look.width))
    return rows


def _slot(slot: Slot | None) -> list[Part]:
    if slot is None:
        return [" " * SLOT]
    name = key_name(slot.key)
    label = fit(slot.label, SLOT - 2 - len(name)) if slot.label else ""
    text = f"{name} {label}"
    if slot.dim:
        return [(fit(text, SLOT), DIM)]
    return [(name, KEY), fit(f" {label}", SLOT - len(name))]


def verb_rows(verbs: Sequence[Slot], look: Look, columns: int = 6) -> list[Content]:
    """Return verbs as a caller pad shows them: numbered, each always in its place, dim when blocked."""
    rows = []
    for start in range(0, len(verbs), columns):
        parts: list[Part] = [" "]
        for verb in verbs[start : start + columns]:
            text = fit(f"{verb.key} {verb.label}", SLOT - 1) + " "
            parts.append((text, DIM) if verb.dim else line((verb.key, KEY), text[len(verb.key) :]))
        rows.append(fitted(line(*parts), look.width))
    return rows


def frame_rows(
    head: Head,
    body: Iterable[Content],
    note: Note | None,
    status: Status,
    slots: Mapping[str, Slot],
    look: Look,
) -> list[Content]:
    """Return a whole screen: what the frame shows, without an app."""
    return [
        *head_rows(head, look),
        *body_rows(body, look),
        note_row(note, look),
        status_row(status, look),
        *key_rows(slots, look),
    ]


def body_rows(body: Iterable[Content], look: Look) -> list[Content]:
    """Return the rows of a body, exactly as many and as wide as the frame gives it."""
    rows = [fitted(row, look.width) for row in body][: look.rows]
    return rows + [fitted(Content(""), look.width)] * (look.rows - len(rows))


def small_rows(look: Look) -> list[Content]:
    """Return what stands on a terminal that is too small."""
    _ = look.say
    least = _("This window is {width}×{height}; the desk needs {least_width}×{least_height}.").format(
        width=look.width, height=look.height, least_width=LEAST[0], least_height=LEAST[1]
    )
    texts = (least, _("Make it larger: everything is kept."))
    return [line((row, MUTED)) for text in texts for row in wrap(text, max(1, look.width))]
