"""A page of the kiosk in ordinary print: 80×24, and as much larger as the terminal is."""

from collections.abc import Iterable, Sequence

import msgspec
from textual.content import Content

from tellertui.core.refusal import N_
from tellertui.ui.chrome import rule_row
from tellertui.ui.look import CURSOR, KEY, LEAST, MUTED, STRONG, WARN, Look
from tellertui.ui.text import Part, fit, fitted, line, spread, width, wrap
from tellertui.workflows.reception.screens import glyphs
from tellertui.workflows.reception.screens.digits import TALL, WIDE, drawn
from tellertui.workflows.reception.screens.kiosk_pages import Answer, Page
from tellertui.workflows.reception.screens.kiosk_typing import field_rows, pad_row

FOOT = 4
"""Rule, blank, keys, note."""
HEAD = 2
MOST_BLANK = 3
MARGIN = 2
BETWEEN = 5
LEAST_BETWEEN = 2
"""Cells between two keys of the foot: usually, and where there is little room."""


class Spot(msgspec.Struct, frozen=True):
    """Where a digit can be touched."""

    key: str
    x: int
    y: int
    cells: int
    rows: int

    def holds(self, x: int, y: int) -> bool:
        """Say whether a cell belongs to it."""
        return self.x <= x < self.x + self.cells and self.y <= y < self.y + self.rows

    def moved(self, y: int) -> "Spot":
        """Return the same spot so many rows lower."""
        return msgspec.structs.replace(self, y=self.y + y)


class Sheet(msgspec.Struct, frozen=True):
    """A page laid out: its rows, and what can be touched on them."""

    rows: list[Content]
    spots: list[Spot]

    def touched(self, x: int, y: int) -> str:
        """Return the digit at a cell; nothing beside all of them."""
        return next((spot.key for spot in self.spots if spot.holds(x, y)), "")

    def beside(self, key: str, direction: str) -> str:
        """Return the digit that an arrow leads to from another; the first one from nowhere."""
        here = next((spot for spot in self.spots if spot.key == key), None)
        if here is None:
            return self.spots[0].key if self.spots else ""
        ways = [(_distance(here, spot, direction), spot.key) for spot in self.spots if spot is not here]
        reached = [(way, key) for way, key in ways if way is not None]
        return min(reached)[1] if reached else key


def _distance(here: Spot, there: Spot, direction: str) -> tuple[int, int] | None:
    """Return how far away a spot is in a direction, first along it, then across; None behind."""
    right, down = there.x - here.x, there.y - here.y
    if direction in ("up", "down"):
        along, across = (down if direction == "down" else -down), abs(right)
    else:
        along, across = (right if direction == "right" else -right), abs(down)
    return (along + 4 * across, across) if along > 0 else None


class Block(msgspec.Struct, frozen=True):
    """Rows that stay together."""

    rows: Sequence[Content]
    spots: Sequence[Spot] = ()


def ordinary(page: Page, look: Look, cursor: str = "") -> Sheet:
    """Lay a page out in ordinary print."""
    indent = MARGIN + 1 + max(0, look.width - LEAST[0]) // 20
    head = spread(
        line(" " * indent, (page.title, STRONG)), line((page.side, MUTED), " " * MARGIN), look.width
    )
    columns = 2 if len(page.answers) > 1 else 1
    body = placed(
        [
            *number_block(page, look, indent),
            *says_blocks(page, look, indent),
            *typing_blocks(page, look, indent, tall=True),
            *answer_blocks(page.answers, look, cursor, columns, indent - 1),
        ],
        look.height - HEAD - FOOT,
    )
    keys = keys_row(page.foot, cursor, indent, look.width)
    foot = [rule_row(look), Content(""), *keys.rows, line(" " * indent, (page.note, MUTED))]
    rows = [head, rule_row(look), *body.rows, *foot]
    spots = [spot.moved(HEAD) for spot in body.spots]
    spots += [spot.moved(look.height - FOOT + 2) for spot in keys.spots]
    return Sheet([fitted(row, look.width) for row in rows], spots)


def placed(blocks: Iterable[Block], tall: int) -> Sheet:
    """Put blocks below one another in exactly so many rows, with equal gaps as far as there is room."""
    blocks = list(blocks)
    free = tall - sum(len(block.rows) for block in blocks)
    gap = min(MOST_BLANK, max(0, free) // (len(blocks) + 1))
    rows: list[Content] = []
    spots: list[Spot] = []
    for place, block in enumerate(blocks):
        # Where there is no room for every gap, blocks are parted before the first is moved off the rule.
        blank = gap or (place > 0 and free >= place) or (place == 0 and free >= len(blocks))
        rows += [Content("")] * int(blank)
        spots += [spot.moved(len(rows)) for spot in block.spots]
        rows += block.rows
    rows = rows[:tall] + [Content("")] * (tall - len(rows))
    return Sheet(rows, [spot for spot in spots if spot.y < tall])


def number_block(page: Page, look: Look, indent: int) -> list[Block]:
    """Return the number of a ticket, twice as large where there is room for it."""
    if not page.number:
        return []
    rows = glyphs.drawn(page.number)
    twice = look.height >= 36 and look.width >= indent + 2 * glyphs.cells(page.number)
    if twice:
        rows = ["".join(2 * cell for cell in row) for row in rows for _ in range(2)]
    return [Block([line(" " * indent, (row, STRONG)) for row in rows])]


def typing_blocks(page: Page, look: Look, indent: int, *, tall: bool) -> list[Block]:
    """Return what is typed, and the digits to be touched in one row or two; nothing on other pages."""
    if page.typed is None:
        return []
    blocks = [Block(field_rows(page, look, indent, tall=tall))]
    across = len(page.pad) if tall else len(page.pad) // 2
    cells = (look.width - 2 * indent) // across
    rows: list[Content] = []
    spots: list[Spot] = []
    for first in range(0, len(page.pad), across):
        here = page.pad[first : first + across]
        spots += [Spot(each.key, indent + at * cells, len(rows), cells, 1) for at, each in enumerate(here)]
        rows.append(line(" " * indent, *pad_row(here, cells)))
    return [*blocks, Block(rows, spots)]


def says_blocks(page: Page, look: Look, indent: int) -> list[Block]:
    """Return what a page says above its answers."""
    room = look.width - 2 * indent
    says = [line(" " * indent, (row, STRONG)) for text in page.says if text for row in wrap(text, room)]
    more = [line(" " * indent, row) for text in page.more for row in wrap(text, room)]
    listed = [line(" " * indent, "  ", row) for row in list_rows(page.listed, look, room - 2)]
    return [Block(rows) for rows in (says, listed, more) if rows]


def list_rows(items: Iterable[str], look: Look, room: int) -> list[str]:
    """Return a list with 一 二 三 or a b c before its items: digits are keys and nothing else."""
    signs = look.say(N_("a b c d e f g h i j")).split()
    rows = []
    for sign, item in zip(signs, items, strict=False):
        first, *rest = wrap(item, room - width(sign) - 2)
        rows += [f"{sign}  {first}", *(" " * (width(sign) + 2) + row for row in rest)]
    return rows


def answer_blocks(
    answers: Sequence[Answer], look: Look, cursor: str, columns: int, indent: int
) -> list[Block]:
    """Return the answers in columns, each from top to bottom, one block to a row of answers."""
    if not answers:
        return []
    tall = -(-len(answers) // columns)
    cells = (look.width - indent) // columns
    blocks = []
    for place in range(tall):
        here = [answers[at] for at in range(place, len(answers), tall)]
        drawn_rows = [answer_rows(answer, cells, cursor, plain=look.plain) for answer in here]
        rows = [line(" " * indent, *parts) for parts in zip(*drawn_rows, strict=True)]
        spots = [Spot(each.key, indent + at * cells, 0, cells, TALL) for at, each in enumerate(here)]
        blocks.append(Block(rows, spots))
    return blocks


def answer_rows(answer: Answer, cells: int, cursor: str, *, plain: bool) -> list[Content]:
    """Return one answer in three rows: its digit drawn, its words, and what is to be known about it."""
    digits = [f" {answer.key} ", *[" " * WIDE] * (TALL - 1)] if plain else drawn(answer.key)
    room = cells - WIDE - 3
    texts = [(row, STRONG) for row in wrap(answer.text, room)]
    texts += [(row, WARN if answer.mark else MUTED) for row in wrap(answer.about, room) if answer.about]
    texts = (texts + [("", "")] * TALL)[:TALL]
    chosen = answer.key == cursor
    rows = []
    for place, (digit, (text, style)) in enumerate(zip(digits, texts, strict=True)):
        words: Part = (fit(text, room), f"{style} {CURSOR}" if chosen and text else style or STRONG)
        rows.append(fitted(line(">" if chosen and place == 0 else " ", (digit, KEY), "  ", words), cells))
    return rows


def keys_row(foot: Sequence[Answer], cursor: str, indent: int, cells: int) -> Block:
    """Return the keys of the foot in one row, without what is said about them where that is too long."""
    free = cells - indent - sum(len(each.sign) + 1 + width(each.text) for each in foot)
    about = sum(width(each.about) + 3 for each in foot if each.about)
    if free - about >= LEAST_BETWEEN * (len(foot) - 1):
        free -= about
    else:
        foot = [msgspec.structs.replace(each, about="") for each in foot]
    between = closest(free, len(foot), BETWEEN)
    parts: list[Part] = [" " * (indent - 1)]
    spots, x = [], indent - 1
    for answer in foot:
        chosen = answer.key == cursor
        told: Part = (f"   {answer.about}", MUTED) if answer.about else ""
        words: Part = (answer.text, f"{STRONG} {CURSOR}" if chosen else STRONG)
        key = line(">" if chosen else " ", (answer.sign, KEY), " ", words, told)
        spots.append(Spot(answer.key, x, -1, key.cell_length + 1, 3))
        parts += [" " * (between - 1), key] if x >= indent else [key]
        x += key.cell_length + between - 1
    return Block([line(*parts)], spots)


def closest(free: int, keys: int, most: int) -> int:
    """Return the cells between so many keys in a row: as many as usual, or what there is room for."""
    return most if keys < 2 else max(1, min(most, free // (keys - 1)))
