"""The right part of the board: who waits and how long, missed numbers, further calls, counters in words."""

from collections.abc import Iterable, Sequence

from textual.content import Content

from tellertui.core.refusal import N_
from tellertui.ui.look import MUTED, STRONG, WARN, Look
from tellertui.ui.text import ELLIPSIS, fit, line, right, spread, width, wrap
from tellertui.workflows.reception.screens.kiosk_hall import range_text
from tellertui.workflows.reception.screens.lobby_rows import short_list
from tellertui.workflows.reception.views import BoardCall, BoardCounter, BoardView, Lane

WAITING = N_("Waiting")
STATES = {"paused": N_("service paused"), "closed": N_("not open")}
NAME = 3
"""Where the name of a service begins, behind the letter of its numbers."""
WAIT_CELLS = 3
RANGE_CELLS = 8
"""A range of minutes with the gap before it."""
MISSED_ROWS = 2
"""Rows of missed numbers in the smallest window."""
FEW_WORDS = 8
"""A row of words is never asked to be narrower."""


def panel_rows(
    view: BoardView, large: int, room: int, look: Look, beside: Look, *, fresh: bool
) -> list[Content]:
    """Return so many rows at most; blank rows give way first where there is little room.

    Args:
        view: what everybody may see.
        large: how many calls are drawn large, the awaited ones before the answered ones.
        room: rows there are.
        look: how to draw, in the language of the branch and as wide as the panel.
        beside: the same in the other language.
        fresh: the host answers; without it no wait is shown.
    """
    further = view.calls[large:]
    answered = view.before[max(0, large - len(view.calls)) :]
    blocks = [
        _lanes(view.lanes, look, beside, fresh=fresh),
        _missed(view.missed, max(MISSED_ROWS, room // 8), look),
        [*_calls(N_("Also"), further, STRONG, look), *_just_now(answered, look)],
        _counters(view, look),
    ]
    blocks = [block for block in blocks if block]
    blanks = room - sum(map(len, blocks))
    rows: list[Content] = []
    for place, block in enumerate(blocks):
        rows += [Content("")] if 0 < place <= blanks else []
        rows += block
    return rows if len(rows) <= room else [*rows[: room - 1], line((ELLIPSIS, MUTED))]


def both(text: str, look: Look, beside: Look) -> str:
    """Return a head in the language of the branch and in the other one."""
    return f"{look.say(text)} {beside.say(text)}"


# Who waits.


def _lane_head(look: Look, beside: Look) -> Content:
    people, minutes = look.say(N_("people")), right(look.say(N_("min.")), RANGE_CELLS)
    units = line((f"{people}{minutes}", MUTED))
    head = both(WAITING, look, beside)
    if width(head) + 1 + units.cell_length > look.width:
        head = look.say(WAITING)
    return spread(line((head, MUTED)), units, look.width)


def _lanes(lanes: Sequence[Lane], look: Look, beside: Look, *, fresh: bool) -> list[Content]:
    """Return who waits for each service and what a newcomer may expect; nothing that is old.

    Names are in both languages where all of them have room for it.
    """
    names = [lane.name.said(look.language) for lane in lanes]
    pairs = [f"{name}  {lane.name.said(beside.language)}" for name, lane in zip(names, lanes, strict=True)]
    room = look.width - NAME - WAIT_CELLS - RANGE_CELLS
    shown = pairs if all(width(pair) <= room for pair in pairs) else names
    rows = [_lane(lane, name, look, fresh=fresh) for lane, name in zip(lanes, shown, strict=True)]
    return [_lane_head(look, beside), *rows]


def _lane(lane: Lane, name: str, look: Look, *, fresh: bool) -> Content:
    left = line((fit(lane.prefix, NAME - 2), STRONG), "  ", name)
    if lane.stopped is not None:
        return spread(left, line(" ", (_stopped(lane, look), WARN)), look.width)
    span = range_text(lane.wait_lo_min, lane.wait_hi_min)
    if len(span) >= RANGE_CELLS:
        span = f">{lane.wait_lo_min}"
    waits = line((right(str(lane.waiting), WAIT_CELLS), STRONG), right(span, RANGE_CELLS))
    return spread(left, waits if fresh else Content(""), look.width)


def _stopped(lane: Lane, look: Look) -> str:
    if lane.stopped_until is None:
        return look.say(N_("stopped"))
    return look.say(N_("back {at}")).format(at=look.clock(lane.stopped_until))


# Numbers that were called.


def _missed(numbers: Sequence[str], most: int, look: Look) -> list[Content]:
    if not numbers:
        return []
    label = look.say(N_("Missed: ask our staff"))
    return [line((label, MUTED)), *_flow(numbers, look.width, most, WARN)]


def _calls(label: str, calls: Iterable[BoardCall], style: str, look: Look) -> list[Content]:
    """Return calls on one row behind a word."""
    items = [f"{call.number} > {call.counter}" for call in calls]
    said = look.say(label)
    rows = _flow(items, look.width - width(said) - 2, 1, style)
    return [line((said, MUTED), "  ", row) for row in rows]


def _just_now(calls: Sequence[BoardCall], look: Look) -> list[Content]:
    """Return as many answered calls as one row has room for, the newest first."""
    for most in range(len(calls), 0, -1):
        rows = _calls(N_("Just now"), calls[:most], "", look)
        if most == 1 or "+" not in rows[0].plain:
            return rows
    return []


def _flow(items: Sequence[str], cells: int, most: int, style: str) -> list[Content]:
    """Return items in so many rows at most; what has no room is counted."""
    rows: list[list[str]] = []
    for place, item in enumerate(items):
        rest = f"+{len(items) - place}"
        more = len(rows) == most and place + 1 < len(items)
        if rows and width("  ".join([*rows[-1], item, *([f"+{len(items) - place - 1}"] * more)])) <= cells:
            rows[-1].append(item)
        elif len(rows) < most:
            rows.append([item])
        else:
            rows[-1].append(rest)
            break
    return [line(("  ".join(row), style)) for row in rows]


# Counters.


def _counters(view: BoardView, look: Look) -> list[Content]:
    """Return counters that serve the same on one row, with what they serve or that they do not."""
    every = set.intersection(*(set(each.services) for each in view.counters)) if view.counters else set()
    groups: dict[str, list[BoardCounter]] = {}
    for counter in view.counters:
        groups.setdefault(_serves(counter, every, view.lanes, look), []).append(counter)
    rows: list[Content] = []
    for words, counters in groups.items():
        codes = short_list([each.counter for each in counters])
        label = look.say(N_("At {counters}")).format(counters=codes)
        serving = counters[0].state == "open"
        texts = wrap(words, max(FEW_WORDS, look.width - width(label) - 2))
        labels = [label, *[" " * width(label)] * (len(texts) - 1)]
        for start, text in zip(labels, texts, strict=True):
            rows.append(line((start, STRONG if serving else MUTED), "  ", (text, "" if serving else MUTED)))
    return rows


def _serves(counter: BoardCounter, every: set[str], lanes: Sequence[Lane], look: Look) -> str:
    if counter.state in STATES:
        return look.say(STATES[counter.state])
    names = {lane.service: lane.name.said(look.language) for lane in lanes}
    own = [code for code in counter.services if code not in every] or counter.services
    return look.say(N_(", ")).join(names[code] for code in own if code in names)
