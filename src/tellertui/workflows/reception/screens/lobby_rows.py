"""What the lobby desk shows, drawn purely: the queue, what can be issued, the counters, the greeting."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from textual.content import Content

from tellertui.core.refusal import N_
from tellertui.ui.chrome import Head
from tellertui.ui.look import KEY, MUTED, STRONG, WARN, Look
from tellertui.ui.text import ELLIPSIS, Part, beside, fit, line, right, width
from tellertui.workflows.reception.rules.lists import lists
from tellertui.workflows.reception.screens.counter_slots import counter_rows, rows_of
from tellertui.workflows.reception.screens.parts import (
    Lexicon,
    flow,
    minutes,
    papers_text,
    said,
    waiting_words,
)
from tellertui.workflows.reception.screens.ticket_rows import detail_rows, phone_mark
from tellertui.workflows.reception.screens.words import CARE, CARE_DIGITS, CARE_NAMES, NOBODY_WAITS
from tellertui.workflows.reception.views import Lane, QueueView, TicketView

CODE = "201"
NAME = N_("Lobby desk")
GAP = 2
BOTH = 77
"""Cells of the queue and of what can be issued, without the gap between them."""
DETAIL = 81
"""Where the detail pane begins on a wide terminal."""
USUAL = 4
"""Cells of a number such as A018; a longer one takes its cell from the gap behind the wait."""
MOST_KEYS = 7
"""Services that a digit issues; 8 is for visitors without a number, 9 stops a service."""


@dataclass(frozen=True)
class Lobby:
    """What the desk knows and where its person is."""

    view: QueueView | None = None
    words: Lexicon = Lexicon()  # noqa: RUF009 - frozen
    selected: UUID | None = None
    first: int = 0
    """The place of the row that stands first."""
    greeting: str = ""
    """Empty when it is switched off."""


@dataclass(frozen=True)
class Columns:
    """Cells of the columns that differ between languages."""

    left: int
    """Of the whole queue."""
    service: int
    care: int
    arrived: bool
    papers: int
    key: int
    waiting: int
    range: int

    @property
    def right(self) -> int:
        """Return the cells of what can be issued."""
        return BOTH - self.left


CHINESE = Columns(left=45, service=10, care=4, arrived=True, papers=4, key=3, waiting=4, range=6)
ENGLISH = Columns(left=44, service=12, care=8, arrived=False, papers=3, key=4, waiting=4, range=5)
"""Words take the room of the arrival, which follows from the wait; the detail pane has it."""


def columns(look: Look) -> Columns:
    """Return the columns of a language."""
    return ENGLISH if look.language == "en" else CHINESE


def head(lobby: Lobby, look: Look) -> Head:
    """Return the first row with its counts."""
    view, _ = lobby.view, look.say
    if view is None:
        return Head(CODE, NAME)
    parts = waiting_words(view, look)
    parts.append(_("missed {count}").format(count=len(view.missed)))
    called = _("help {count}").format(count=len(view.help))
    help_part: Part = (called, WARN) if view.help else called
    return Head(CODE, NAME, counts=line("   ".join(parts), "   ", help_part))


def body(lobby: Lobby, rows: int, look: Look) -> list[Content]:
    """Return the body above the command field, in so many rows."""
    view = lobby.view
    if view is None:
        return []
    below = [Content(""), *counter_rows(view.counters, lobby.words, look)]
    if lobby.greeting:
        told = look.say(N_("“{words}”")).format(words=lobby.greeting)
        below.append(line(" ", (look.say(N_("Greet")), MUTED), "  ", told))
    above = page_rows(rows, lobby) + 2
    below += [Content("")] * (rows - above - len(below))
    blocks = beside(_queue(lobby, view, above, look), _offered(view, above, look), columns(look).left, GAP)
    if look.wide:
        details = detail_rows(view, lobby.selected, lobby.words, look, look.width - DETAIL - 1)
        blocks = beside(blocks, at_most(details, above), DETAIL - GAP, GAP)
    return [*blocks, *below]


def page_rows(rows: int, lobby: Lobby) -> int:
    """Return how many tickets a page has where the body has so many rows.

    A free row stands over the counters, one under them where the counters need no more rows than usual.
    """
    counters = rows_of(lobby.view.counters) if lobby.view else 0
    return rows - 2 - max(1 + counters, 4) - bool(lobby.greeting)


# The queue.


def _queue(lobby: Lobby, view: QueueView, rows: int, look: Look) -> list[Content]:
    _ = look.say
    if not view.tickets:
        return [Content(""), line(" ", (_(NOBODY_WAITS), MUTED))]
    long = max(USUAL, *(len(ticket.number) for ticket in view.tickets))
    shown = view.tickets[lobby.first : lobby.first + rows - 2]
    found = [_queue_head(long, look)]
    for place, ticket in enumerate(shown, lobby.first + 1):
        found.append(_queue_row(place, ticket, long, lobby, look))
    found += [Content("")] * (rows - 1 - len(found))
    last = lobby.first + len(shown)
    return [*found, line(" ", (f"{lobby.first + 1}-{last} / {view.waiting}", MUTED))]


def _queue_head(long: int, look: Look) -> Content:
    _, cut = look.say, columns(look)
    parts = [right(_("#"), 3), " ", fit(_("No."), long), " "]
    parts += [fit(_("Service"), cut.service), " ", fit(_("Class"), cut.care)]
    parts += [" ", fit(_("Came"), 5)] if cut.arrived else []
    parts += [right(_("Min"), 4), _gap(long), fit(_("Doc"), cut.papers), " ", right(_("Over"), 4)]
    return line(("".join(parts), MUTED))


def _queue_row(place: int, ticket: TicketView, long: int, lobby: Lobby, look: Look) -> Content:
    cut, here = columns(look), ticket.id == lobby.selected
    service = fit(lobby.words.service(ticket.service, look), cut.service)
    mark: Part = (">", STRONG) if here else " "
    bound = "" if ticket.overtaken_by_at_most is None else str(ticket.overtaken_by_at_most)
    parts: list[Part] = [mark, right(str(place), 2), " ", (fit(ticket.number, long), STRONG)]
    parts += [phone_mark(ticket), service, " ", fit(look.say(CARE[ticket.care]), cut.care)]
    parts += [" ", look.clock(ticket.arrived_at)] if cut.arrived else []
    parts += [right(str(minutes(ticket.waited_s)), 4), _gap(long)]
    parts += [fit(papers_text(ticket, lobby.words, look), cut.papers), " ", right(bound, 4)]
    return line(*parts)


def _gap(long: int) -> str:
    return " " * (GAP - (long - USUAL))


# What can be issued.


def _offered(view: QueueView, rows: int, look: Look) -> list[Content]:
    lanes = [_lane_head(look)]
    lanes += [_lane_row(place, lane, view, look) for place, lane in enumerate(view.lanes, 1)]
    legend = _legend(look)
    if len(lanes) + len(legend) < rows:
        lanes.append(Content(""))
    return at_most([*lanes, *legend], rows)


def _lane_head(look: Look) -> Content:
    _, cut = look.say, columns(look)
    parts = [fit(_("Key"), cut.key), fit(_("Service"), cut.service), right(_("Line"), cut.waiting)]
    text = "".join([*parts, "  ", fit(_("about"), cut.range), " "])
    return line((text + fit(_("Where"), cut.right - width(text)), MUTED))


def _lane_row(place: int, lane: Lane, view: QueueView, look: Look) -> Content:
    cut = columns(look)
    key = str(place) if place <= MOST_KEYS else " "
    left: list[Part] = [(fit(key, cut.key), KEY), fit(lane.name.said(look.language), cut.service)]
    left += [right(str(lane.waiting), cut.waiting), " "]
    room = cut.right - line(*left).cell_length
    if lane.stopped is not None:
        return line(*left, " ", (_stopped(lane, room - 1, look), WARN))
    expected = f"{lane.wait_lo_min}-{lane.wait_hi_min}"
    if len(expected) > cut.range:
        expected = f">{lane.wait_lo_min}"
    return line(
        *left, " ", fit(expected, cut.range), " ", fit(_where(lane, view, look), room - cut.range - 2)
    )


def _stopped(lane: Lane, room: int, look: Look) -> str:
    word = look.say(N_("stopped"))
    whole = f"{word} {said(lists().suspend, lane.stopped, look)}"
    if lane.stopped_until is not None:
        whole = look.say(N_("back {at}")).format(at=look.clock(lane.stopped_until))
    return fit(whole if width(whole) <= room else word, room)


def _where(lane: Lane, view: QueueView, look: Look) -> str:
    """Return the counters that call a service now."""
    _ = look.say
    if not lane.counters:
        return _("lobby")
    opened = [counter.counter for counter in view.counters if counter.state != "closed"]
    here = [counter for counter in lane.counters if counter in opened]
    if not here:
        return _("shut")
    return _("any") if len(here) == len(opened) > 1 else short_list(here)


def short_list(codes: Sequence[str]) -> str:
    """Return counter codes; three or more in a row as a range."""
    runs: list[list[int]] = []
    for code in sorted(map(int, codes)):
        if runs and code == runs[-1][-1] + 1:
            runs[-1].append(code)
        else:
            runs.append([code])
    return " ".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else " ".join(map(str, run)) for run in runs)


def _legend(look: Look) -> list[Content]:
    _ = look.say
    classes = [f"{digit}{_(CARE_NAMES[care])}" for digit, care in CARE_DIGITS.items() if digit != "0"]
    outcomes = [f"{key}{word}" for key, word in divert_words(look)]
    cells = columns(look).right
    return [*flow(_("Class"), classes, cells, hang=0), *flow(_("No ticket"), outcomes, cells, hang=0)]


def at_most(rows: Sequence[Content], most: int) -> list[Content]:
    """Return rows, or as many as there is room for, the last of them an ellipsis."""
    return [*rows] if len(rows) <= most else [*rows[: most - 1], line((ELLIPSIS, MUTED))]


def divert_words(look: Look) -> list[tuple[str, str]]:
    """Return the keys and words of the ways to serve a visitor without a number."""
    return [
        (f"8{place}", word.said(look.language))
        for place, word in enumerate(lists().divert.values(), 1)
        if place < 10
    ]
