"""A page of the kiosk in large print: 40×12, for a terminal whose letters are twice as large."""

from collections.abc import Sequence

from textual.content import Content

from tellertui.ui.chrome import rule_row
from tellertui.ui.look import CURSOR, KEY, STRONG, WARN, Look
from tellertui.ui.text import Part, fit, fitted, line, width, wrap
from tellertui.workflows.reception.screens.kiosk_pages import Answer, Page
from tellertui.workflows.reception.screens.kiosk_rows import (
    Block,
    Sheet,
    Spot,
    answer_blocks,
    closest,
    list_rows,
    number_block,
    placed,
    typing_blocks,
)

LEAST = (40, 12)
"""The smallest window that a kiosk is drawn in."""
HEAD = 2
INDENT = 2
BETWEEN = 3
ROOMY = (60, 24)
"""From this size on digits are drawn."""


def large(page: Page, look: Look, cursor: str = "") -> Sheet:
    """Lay a page out in large print."""
    room = look.width - 2 * INDENT
    answers = _answers(page.answers, look, cursor)
    number = number_block(page, look, INDENT)
    answers += typing_blocks(page, look, INDENT, tall=False)
    fixed = HEAD + 1 + sum(len(block.rows) for block in [*answers, *number])
    keys = _keys(page.foot, cursor, room, one_each=fixed + len(page.foot) + _least(page, room) <= look.height)
    tall = look.height - HEAD - 1 - len(keys.rows)
    text = _texts(page, look, room, look.height - fixed - len(keys.rows))
    body = placed([*number, *text, *answers], tall)
    head = line(" " * INDENT, (page.question or page.title, STRONG))
    rows = [head, rule_row(look), *body.rows, rule_row(look), *keys.rows]
    spots = [spot.moved(HEAD) for spot in body.spots]
    spots += [spot.moved(look.height - len(keys.rows)) for spot in keys.spots]
    return Sheet([fitted(row, look.width) for row in rows], spots)


def _least(page: Page, room: int) -> int:
    """Return how many rows the words of a page take that may not be left out."""
    if page.answers:
        return len(page.listed) + 1 if page.listed else 0
    return sum(len(wrap(text, room)) for text in page.says if text)


def _texts(page: Page, look: Look, room: int, free: int) -> list[Block]:
    """Return as much of what a page says as has room, the most needed first."""
    listed = list_rows(page.listed, look, room)
    if len(listed) > free:
        listed = list_rows(page.brief, look, room)
    says = [] if page.answers else [text for text in page.says if text]
    blocks: list[Block] = []
    for style, texts in ((STRONG, says), ("", listed), ("", page.more)):
        rows = [line(" " * INDENT, (row, style)) for text in texts for row in wrap(text, room)]
        if rows and (len(rows) <= free or texts is not page.more):
            blocks.append(Block(rows))
            free -= len(rows)
    return blocks


def _answers(answers: Sequence[Answer], look: Look, cursor: str) -> list[Block]:
    if look.width >= ROOMY[0] and look.height >= ROOMY[1]:
        return answer_blocks(answers, look, cursor, 1, INDENT - 1)
    rows = [_row(place, answer, look.width, cursor) for place, answer in enumerate(answers)]
    return [Block([row for row, _ in rows], [spot for _, spot in rows])] if rows else []


def _row(place: int, answer: Answer, cells: int, cursor: str) -> tuple[Content, Spot]:
    chosen = answer.key == cursor
    mark = f"{answer.mark} " if answer.mark else ""
    room = cells - 5 - width(mark)
    words: Part = (fit(answer.text, room), f"{STRONG} {CURSOR}" if chosen else STRONG)
    row = line(" ", ">" if chosen else " ", (answer.key, KEY), "  ", words, (mark, WARN))
    return row, Spot(answer.key, 0, place, cells, 1)


def _keys(foot: Sequence[Answer], cursor: str, room: int, *, one_each: bool) -> Block:
    """Return the keys of the foot, each in its own row where there is room, else as few rows as hold them."""
    rows: list[list[Answer]] = []
    used = 0
    between = closest(room - sum(_cells(each) for each in foot), len(foot), BETWEEN)
    if sum(_cells(each) + between for each in foot) - between > room:
        between = BETWEEN
    for answer in foot:
        needs = _cells(answer) + between
        if not rows or one_each or used + needs - between > room:
            rows.append([])
            used = 0
        rows[-1].append(answer)
        used += needs
    drawn = [_key_row(row, cursor, room, between, "  " if one_each else " ") for row in rows]
    spots = [spot.moved(y) for y, block in enumerate(drawn) for spot in block.spots]
    return Block([row for block in drawn for row in block.rows], spots)


def _cells(answer: Answer) -> int:
    return len(answer.sign) + 1 + width(answer.text)


def _key_row(answers: Sequence[Answer], cursor: str, room: int, between: int, gap: str) -> Block:
    parts: list[Part] = []
    spots: list[Spot] = []
    x = INDENT - 1
    for answer in answers:
        chosen = answer.key == cursor
        text = fit(answer.text, min(width(answer.text), room - len(answer.sign) - len(gap)))
        key = line(">" if chosen else " ", (answer.sign, KEY), gap, (text, CURSOR if chosen else STRONG))
        spots.append(Spot(answer.key, x, 0, key.cell_length + 1, 1))
        parts += [key] if not parts else [" " * (between - 1), key]
        x += key.cell_length + between - 1
    return Block([line(" " * (INDENT - 1), *parts)], spots)
