"""The customer's panel of a counter: pages as rows, from 40x12 on. Pure: what is shown in, rows out."""

from collections.abc import Iterable, Sequence

import msgspec
from textual.content import Content

from tellertui.core.refusal import N_
from tellertui.ui.look import KEY, MUTED, RULE, STRONG, Look
from tellertui.ui.text import fit, fitted, line, width, wrap
from tellertui.workflows.reception.paging import Answer, PageView, Row
from tellertui.workflows.reception.rules.lists import lists
from tellertui.workflows.reception.views import PanelView

MARGIN = 2
LARGE = 20
"""From this height on every row of a list has a row of its own and one between."""

SCORES = {
    "5": N_("very satisfied"),
    "4": N_("satisfied"),
    "3": N_("fair"),
    "2": N_("dissatisfied"),
    "1": N_("very dissatisfied"),
}
SKIP = "0"
HELP = "9"
REASONS = tuple(lists().rating)
"""Codes of the reasons in the order of their keys, from 1."""

AWAY = N_("This panel is waiting for the branch. Please go on at the counter.")
STATES = {
    "open": N_("Please watch the board; your number is called there."),
    "paused": N_("This counter is paused. Please watch the board."),
    "closed": N_("This counter is closed. Please watch the board."),
}


class Asked(msgspec.Struct, frozen=True):
    """A question of the panel: its words, its keys and what they mean, and the key that leaves it."""

    number: str
    title: str
    options: Sequence[tuple[str, str]]
    leave: tuple[str, str]
    chosen: frozenset[str] = frozenset()


RIGHT, AMISS = "1", "2"
CONFIRM = {RIGHT: N_("yes, it is right"), AMISS: N_("something is wrong")}
MEANT: dict[str, Answer] = {RIGHT: "confirmed", AMISS: "corrected"}
ON, ANEW = N_("read on"), N_("read once more")
TURN = "3"
"""Turns to the next part of a page that is longer than the window."""


def confirm_parts(page: PageView, look: Look) -> int:
    """Return in how many parts a page is read."""
    return len(_parts(page, look))


def confirm_keys(page: PageView, part: int, look: Look) -> list[tuple[str, str]]:
    """Return the keys of a part and what they mean; a page is right once its last part has been seen."""
    last = confirm_parts(page, look) - 1
    keys = [(key, words) for key, words in CONFIRM.items() if key != RIGHT or part == last]
    return [*keys, (TURN, ANEW if part == last else ON)] if last else keys


def confirm_page(counter: str, page: PageView, part: int, look: Look) -> list[Content]:
    """Return a part of a page that the customer confirms; no word of it is cut off."""
    _ = look.say
    parts = _parts(page, look)
    title = _(page.title) if len(parts) == 1 else f"{_(page.title)}  {part + 1}/{len(parts)}"
    rows = _framed(counter, page.number, [line(" " * MARGIN, (title, STRONG)), *parts[part]], look)
    keys = confirm_keys(page, part, look)
    for y, (key, words) in enumerate(keys, start=look.height - 1 - len(keys)):
        rows[y] = fitted(line(" " * MARGIN, (key, KEY), "  ", _(words)), look.width)
    return rows


def confirm_key_at(y: int, page: PageView, part: int, look: Look) -> str | None:
    """Return the key whose row a finger has touched."""
    keys = confirm_keys(page, part, look)
    place = y - (look.height - 1 - len(keys))
    return keys[place][0] if 0 <= place < len(keys) else None


def _parts(page: PageView, look: Look) -> list[list[Content]]:
    """Return the rows between title and keys, part by part; a fact stays whole where it fits a part."""
    gap = [Content("")] * (_step(look) - 1)
    facts = [_fact(row, look) for row in page.rows]
    whole = [row for fact in facts for row in (*gap, *fact)]
    room = look.height - 4 - len(CONFIRM)
    if len(whole) <= room:
        return [whole]
    room -= 1  # for the key that turns
    parts: list[list[Content]] = [[]]
    for fact in facts:
        if parts[-1] and len(parts[-1]) + len(gap) + len(fact) > room:
            parts.append([])
        parts[-1] += [*gap, *fact]
        while len(parts[-1]) > room:
            parts.append(parts[-1][room:])
            del parts[-2][room:]
    return parts


def _fact(row: Row, look: Look) -> list[Content]:
    """Return a label with its value behind it, or under it where the label takes too much of the window."""
    label, room = look.say(row.label) if row.label else "", look.width - 2 * MARGIN
    hang = width(label) + 2 if label else 0
    if hang > room // 2:
        said = [line(" " * MARGIN, (each, MUTED)) for each in wrap(label, room)]
        return [*said, *_said(row.value, look, STRONG)]
    rows = [line(" " * (MARGIN + hang), (each, STRONG)) for each in wrap(row.value, room - hang)]
    rows[0] = line(" " * MARGIN, (fit(label, hang), MUTED), rows[0][MARGIN + hang :])
    return rows


def amiss_page(counter: str, look: Look) -> list[Content]:
    """Return the page after somebody has said that something is wrong."""
    words = look.say(N_("Thank you. Please say at the counter what is wrong."))
    return _framed(counter, "", _said(words, look), look)


def rating_page(counter: str, number: str, look: Look) -> list[Content]:
    """Return the question how the visit went."""
    _ = look.say
    options = [(key, _(words)) for key, words in SCORES.items()]
    asked = Asked(number, _(N_("How did it go today?")), options, (SKIP, _(N_("rather not say"))))
    return _question(counter, asked, look)


def reasons_page(counter: str, number: str, chosen: Iterable[str], look: Look) -> list[Content]:
    """Return the question why; several reasons can be marked."""
    _ = look.say
    options = [(str(place), _reason(code, look)) for place, code in enumerate(REASONS, start=1)]
    marked = frozenset(str(REASONS.index(code) + 1) for code in chosen)
    asked = Asked(number, _(N_("What was not right?")), options, (SKIP, _(N_("that is all"))), marked)
    return _question(counter, asked, look)


def thanks_page(counter: str, look: Look) -> list[Content]:
    """Return the page after an answer."""
    return _framed(counter, "", _said(look.say(N_("Thank you. Your answer has been noted.")), look), look)


def idle_page(view: PanelView, look: Look) -> list[Content]:
    """Return who is served here and for what the counter is."""
    _ = look.say
    if view.number is not None:
        words = (
            N_("Number {number} is being served.") if view.serving else N_("Number {number}, please come.")
        )
        rows = _said(_(words).format(number=view.number), look, STRONG)
    else:
        rows = _said(_(STATES[view.state]), look)
    services = _(N_(", ")).join(each.said(look.language) for each in view.services)
    rows += [Content(""), *_said(_(N_("Here: {services}")).format(services=services), look, MUTED)]
    page = _framed(view.counter, view.number or "", rows, look)
    page[-2] = _key_row(HELP, _(N_("call somebody to me")), look)
    return page


def coming_page(counter: str, look: Look) -> list[Content]:
    """Return the page after a call for help."""
    return _framed(counter, "", _said(look.say(N_("Somebody is coming.")), look), look)


def away_page(counter: str, look: Look) -> list[Content]:
    """Return the page while the host does not answer."""
    return _framed(counter, "", _said(look.say(AWAY), look), look)


def option_at(y: int, look: Look, keys: Sequence[str], leave: str) -> str | None:
    """Return the key whose row a finger has touched."""
    step, first = _step(look), _first(look)
    place, off = divmod(y - first, step)
    if 0 <= place < len(keys) and off == 0:
        return keys[place]
    return leave if y == look.height - 2 else None


def _reason(code: str, look: Look) -> str:
    return lists().rating[code].said(look.language)


def _step(look: Look) -> int:
    return 2 if look.height >= LARGE else 1


def _first(look: Look) -> int:
    return 6 if look.height >= LARGE else 4


def _question(counter: str, asked: Asked, look: Look) -> list[Content]:
    gap = [Content("")] * (_step(look) - 1)
    body: list[Content] = [*gap, line(" " * MARGIN, (asked.title, STRONG)), Content(""), *gap]
    for key, words in asked.options:
        mark = "*" if key in asked.chosen else " "
        body += [line(f"{mark:>{MARGIN}}", (key, KEY), "  ", words), *gap]
    rows = _framed(counter, asked.number, body, look)
    rows[-2] = _key_row(*asked.leave, look)
    return rows


def _key_row(key: str, words: str, look: Look) -> Content:
    return fitted(line(" " * MARGIN, (key, KEY), "  ", (words, MUTED)), look.width)


def _said(text: str, look: Look, style: str = "") -> list[Content]:
    return [line(" " * MARGIN, (row, style)) for row in wrap(text, look.width - 2 * MARGIN)]


def _framed(counter: str, number: str, body: Sequence[Content], look: Look) -> list[Content]:
    """Return a whole screen: number and counter, a rule, the body, a rule."""
    place = look.say(N_("counter {counter}")).format(counter=counter)
    head = line(" " * MARGIN, (number, STRONG), "   " if number else "", place)
    rule = line(("─" * look.width, RULE))
    room = look.height - 3
    rows = [head, rule, *body[:room], *[Content("")] * (room - len(body)), rule]
    assert width(rule) == look.width
    return [fitted(row, look.width) for row in rows]
