"""The now-serving board as rows: a sign that is read across a lobby.

The newest call stands at the top; in a larger window it is larger than all others. What has been answered
stays for as long as there is room. The language of the branch comes first; heads and the lowest two rows are
said in a second one as well. No person and no reason of a pause is ever shown.
"""

from collections.abc import Iterable, Sequence

import msgspec
from msgspec.structs import replace
from textual.content import Content

from tellertui.branch.api import LobbyView
from tellertui.core.clock import MINUTE
from tellertui.core.refusal import N_
from tellertui.ui.look import BAD, LEAST, MUTED, RULE, STRONG, Look
from tellertui.ui.text import Part, beside, fitted, line, spread
from tellertui.workflows.reception.screens import glyphs
from tellertui.workflows.reception.screens.board_panel import both, panel_rows
from tellertui.workflows.reception.screens.kiosk_hall import Hall, door_time, shut
from tellertui.workflows.reception.views import BoardCall, BoardView

BESIDE = {"zh_Hant": "en", "zh_Hans": "en", "en": "zh_Hans"}
"""The other language of heads and of the lowest rows."""
HEAD_ROWS = 2
FOOT_ROWS = 3
MARGIN = 3
APART = 2
"""Cells between the counters and the panel."""
PANEL_CELLS = 28
"""What the panel at right should have."""
LIT = "bold reverse"
"""A new call, while it blinks."""
LARGER = (60, 20)
"""Each time so many cells and rows make the newest call larger."""

FAR = 12
"""From so many free cells on a rule leads from a number to its counter."""

SERVING = N_("NOW SERVING")
NUMBER, COUNTER = N_("Number"), N_("Counter")
WATCH = N_("Please watch for your number")
AWAY = N_("Screen paused since {at}, please listen to our staff")


class Board(msgspec.Struct, frozen=True):
    """What the board shows at one moment."""

    lobby: LobbyView | None
    view: BoardView | None
    now: int
    away: int | None = None
    """Since when the host does not answer."""
    lit: frozenset[str] = frozenset()
    """Numbers in reverse for the moment: they blink."""


def board_rows(board: Board, look: Look) -> list[Content]:
    """Return every row of the board, as many and as wide as the window."""
    other = replace(look, language=BESIDE[look.language])
    room = look.height - HEAD_ROWS - FOOT_ROWS
    body = _body(board, room, look, other)[:room]
    body += [Content("")] * (room - len(body))
    rows = [*_head(board, look, other), *body, *_foot(board, look, other)]
    return [fitted(row, look.width) for row in rows]


def at_rest(board: Board, look: Look) -> bool:
    """Say whether the branch is closed and nobody is called or waits any more."""
    lobby, view = board.lobby, board.view
    if lobby is None or view is None or view.calls or any(lane.waiting for lane in view.lanes):
        return False
    return bool(shut(Hall(lobby, (), board.now), look))


# The frame.


def _head(board: Board, look: Look, other: Look) -> list[Content]:
    name = board.lobby.name if board.lobby else ""
    said = "   ".join(part for part in (name, look.say(SERVING), other.say(SERVING)) if part)
    clock = line((look.clock(board.now), STRONG), " ")
    return [spread(line(" ", (said, STRONG)), clock, look.width), line(("─" * look.width, RULE))]


def _foot(board: Board, look: Look, other: Look) -> list[Content]:
    """Return one message in two languages: what is wrong, else greeting and notices, one each minute."""
    style = STRONG if board.away is None else BAD
    rows = [line(" ", (_told(board, look), style)), line(" ", (_told(board, other), MUTED))]
    return [line(("─" * look.width, RULE)), *rows]


def _told(board: Board, look: Look) -> str:
    if board.away is not None:
        return f"! {look.say(AWAY).format(at=look.clock(board.away))}"
    if board.lobby is None:
        return ""
    said = [board.lobby.greeting, *board.lobby.notices]
    notice = said[board.now // MINUTE % len(said)].said(look.language)
    closed = "  ".join(shut(Hall(board.lobby, (), board.now), look))
    return notice if not closed or at_rest(board, look) else closed


# What fills the board.


def _body(board: Board, room: int, look: Look, other: Look) -> list[Content]:
    lobby, view = board.lobby, board.view
    if lobby is None or view is None:
        text, at = WATCH if board.away is None else AWAY, look.clock(board.away)
        return _sign([look.say(text).format(at=at)], [other.say(text).format(at=at)], room, look)
    if not at_rest(board, look):
        return _serving(board, view, room, look, other)
    hall = Hall(lobby, (), board.now)
    before = not lobby.closed and lobby.open is not None and look.clock(board.now) < lobby.open
    opening = door_time(lobby.open if before else lobby.next_open)
    return _sign(shut(hall, look), shut(hall, other), room, look, opening)


def _sign(own: Sequence[str], other: Sequence[str], room: int, look: Look, large: str = "") -> list[Content]:
    """Return words in the middle in two languages, under a time that is read from afar."""
    scale = _scales(look)[0]
    drawn = glyphs.drawn(large, gap=scale + 1, scale=scale) if large else []
    rows = [line((row, STRONG)) for row in drawn] + [Content("")] * (2 * bool(drawn))
    rows += [line((text, STRONG)) for text in own] + [line((text, MUTED)) for text in other]
    above = [Content("")] * max(0, (room - len(rows)) // 2)
    return [*above, *[line(" " * max(0, (look.width - row.cell_length) // 2), row) for row in rows]]


# Numbers and counters.


class Grid(msgspec.Struct, frozen=True):
    """Where numbers and counters stand, in cells, and how large they are."""

    scale: int
    """Of the newest call."""
    others: int
    margin: int
    gap: int
    """Between two characters of the newest call."""
    number: int
    arrow: int
    """Nothing where numbers are so long that it has no room."""
    counter: int

    @property
    def between(self) -> int:
        """Return the cells on each side of the arrow."""
        return self.scale + 1

    @property
    def cells(self) -> int:
        """Return the cells of a call with its margin."""
        ways = 1 + bool(self.arrow)
        return self.margin + self.number + self.arrow + self.counter + ways * self.between


def _scales(look: Look) -> tuple[int, int]:
    """Return how many times as large the newest call and all others are."""
    others = max(1, min(look.width // LEAST[0], look.height // LEAST[1]))
    return max(others, min(look.width // LARGER[0], look.height // LARGER[1])), others


def _grid(calls: Iterable[BoardCall], look: Look) -> Grid:
    """Return the widest spacing that leaves room for the panel."""
    numbers = max(["0000", *[call.number for call in calls]], key=len)
    counters = max(["0", *[call.counter for call in calls]], key=len)
    newest, others = _scales(look)
    tried = [
        (newest, newest + 1, MARGIN, ">"),
        (others, others + 1, MARGIN, ">"),
        (others, others, 1, ">"),
        (others, others, 1, ""),
    ]
    for scale, gap, margin, arrow in tried:
        parts = [glyphs.cells(text, gap=gap, scale=scale) for text in (numbers, arrow, counters)]
        grid = Grid(scale, others, margin, gap, *parts)
        if grid.cells + APART + PANEL_CELLS < look.width:
            break
    return grid


def _slot(scale: int) -> int:
    """Return the rows of a call and of the free one under it."""
    return glyphs.TALL * scale + 1


def _serving(board: Board, view: BoardView, room: int, look: Look, other: Look) -> list[Content]:
    ordered = [*view.calls, *view.before]
    grid = _grid(ordered, look)
    # The lowest call needs no free row under it.
    large = 1 + max(0, room - _slot(grid.scale)) // _slot(grid.others)
    left = [_heads(grid, look, other)]
    for place, call in enumerate(ordered[:large]):
        style = STRONG if place < len(view.calls) else MUTED
        style = LIT if call.number in board.lit else style
        left += _call_rows(call, grid.others if place else grid.scale, style, grid)
    if not ordered:
        left = _sign([look.say(WATCH)], [other.say(WATCH)], room, look.sized(grid.cells, look.height))
    pane = look.sized(look.width - grid.cells - APART - 1, look.height)
    panel = panel_rows(
        view, large, room, pane, replace(pane, language=other.language), fresh=board.away is None
    )
    return beside(left[:room], panel, grid.cells, APART)


def _heads(grid: Grid, look: Look, other: Look) -> Content:
    left = line(" " * grid.margin, (both(NUMBER, look, other), MUTED))
    return spread(left, line((both(COUNTER, look, other), MUTED)), grid.cells)


def _call_rows(call: BoardCall, scale: int, style: str, grid: Grid) -> list[Content]:
    gap = grid.gap if scale == grid.scale else scale + 1
    number = glyphs.drawn(call.number, gap=gap, scale=scale)
    counter = glyphs.drawn(call.counter, gap=gap, scale=scale)
    arrow = glyphs.drawn(">", scale=scale) if grid.arrow else [""] * len(number)
    between = " " * grid.between
    rows = []
    for place, (left, way, to) in enumerate(zip(number, arrow, counter, strict=True)):
        led = _led(left, grid, lead=place == len(number) // 2)
        parts: list[Part] = [" " * grid.margin, (left, style), (led, RULE), between]
        parts += [(way.rjust(grid.arrow), MUTED), between] if grid.arrow else []
        rows.append(line(*parts, (to, style)))
    return [*rows, Content("")]


def _led(left: str, grid: Grid, *, lead: bool) -> str:
    """Return what fills the cells behind a number: a rule to its counter where that stands far away."""
    free = grid.number - len(left)
    return f"  {'─' * (free - 2)}" if lead and free >= FAR else " " * free
