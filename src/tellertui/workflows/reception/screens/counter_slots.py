"""The counters as the lobby sees them: each in a slot, said as fully as there is room for."""

from collections.abc import Callable, Sequence

from textual.content import Content

from tellertui.core.refusal import N_
from tellertui.ui.look import MUTED, STRONG, Look
from tellertui.ui.text import Part, fit, flat, line, width
from tellertui.workflows.reception.screens.parts import Lexicon
from tellertui.workflows.reception.screens.words import COUNTER_STATES
from tellertui.workflows.reception.views import CounterHand

NAME = N_("Counters")
GAP = 2
LABEL = 7
ACROSS = 6
"""Counters in a row at most, while two rows are enough for all."""

Said = Callable[[CounterHand, Lexicon, Look], str]


def rows_of(counters: Sequence[CounterHand]) -> int:
    """Return how many rows so many counters take."""
    return max(2, -(-len(counters) // ACROSS))


def counter_rows(counters: Sequence[CounterHand], words: Lexicon, look: Look) -> list[Content]:
    """Return every counter; the fuller ways to say it come first."""
    rows = rows_of(counters)
    if not counters:
        return [Content("")] * rows
    label = f" {look.say(NAME)}"
    label = fit(label, max(LABEL, width(label) + 1))
    room = look.width - 1 - width(label)
    across = -(-len(counters) // rows)
    for say in (_full, _shorter, _number_and_time, _number_only, _state_only):
        texts = [flat(say(counter, words, look)) for counter in counters]
        cells = [max(map(width, texts[column::across])) for column in range(across)]
        if sum(cells) + GAP * (across - 1) <= room:
            break
    starts = [label, *[" " * width(label)] * (rows - 1)]
    return [
        line((start, MUTED), *_slots(counters[first : first + across], texts[first : first + across], cells))
        for start, first in zip(starts, range(0, rows * across, across), strict=True)
    ]


def _slots(counters: Sequence[CounterHand], texts: Sequence[str], cells: Sequence[int]) -> list[Part]:
    parts: list[Part] = []
    for counter, text, wide in zip(counters, texts, cells, strict=False):
        code = counter.counter
        parts += [" " * GAP] * bool(parts) + [(code, STRONG), fit(text, wide)[len(code) :]]
    return parts


def _full(counter: CounterHand, words: Lexicon, look: Look) -> str:
    """Say who does what since when: ``1 王敏 服務 A010 10:31起``."""
    return _busy(counter, words, look, N_("calls {number}, call {calls}"), N_("serves {number} since {at}"))


def _shorter(counter: CounterHand, words: Lexicon, look: Look) -> str:
    """Say the same in fewer words."""
    return _busy(counter, words, look, N_("calls {number}, call {calls}"), N_("serves {number} {at}"))


def _number_and_time(counter: CounterHand, words: Lexicon, look: Look) -> str:
    return _busy(counter, words, look, N_("{number} call {calls}"), "{number} {at}")


def _number_only(counter: CounterHand, words: Lexicon, look: Look) -> str:
    return _busy(counter, words, look, "{number}", "{number}")


def _state_only(counter: CounterHand, words: Lexicon, look: Look) -> str:
    return f"{counter.counter} {counter.number or look.say(COUNTER_STATES[counter.state])}"


def _busy(counter: CounterHand, words: Lexicon, look: Look, calling: str, serving: str) -> str:
    if counter.number is None:
        what = look.say(COUNTER_STATES[counter.state])
    else:
        facts = {"number": counter.number, "calls": counter.calls, "at": look.clock(counter.since)}
        what = look.say(calling if counter.ticket_state == "called" else serving).format(**facts)
    return " ".join(part for part in (counter.counter, words.person(counter.person), what) if part)
