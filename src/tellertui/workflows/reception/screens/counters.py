"""206, what each counter serves: a counter's digit, then the digits of services, F10."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.events import Key

from tellertui.branch.api import BRANCH, SetCounter
from tellertui.core.refusal import N_
from tellertui.ui.actions import Action
from tellertui.ui.chrome import Head
from tellertui.ui.frame import Frame
from tellertui.ui.look import KEY, MUTED, STRONG, Look
from tellertui.ui.notes import DONE, FORBIDDEN, Note
from tellertui.ui.pump import Burst
from tellertui.ui.text import Part, fit, line, right
from tellertui.ui.values import narrow
from tellertui.workflows.reception.api import QUEUE, Queue, Services
from tellertui.workflows.reception.screens.parts import Lexicon
from tellertui.workflows.reception.screens.words import COUNTER_STATES, COUNTER_WORK
from tellertui.workflows.reception.views import CounterHand

CODE = "206"
NAME = N_("Counters")
CODE_CELLS, STATE, PERSON, NUMBER = 9, 12, 20, 7
SERVED = 3
"""Cells of a service in the row of a counter."""
MOST_DIGITS = 9
PACE = "0"
"""The digit by which a counter calls the next ticket by itself when one is finished."""
ACROSS = 3
CHOICE = 25
CHOOSE_FIRST = Note(FORBIDDEN, N_("First choose a counter by its digit."))
NOTHING_CHANGED = Note(FORBIDDEN, N_("Nothing is changed; digits turn services on and off."))
ONE_AT_LEAST = Note(FORBIDDEN, N_("A counter serves one service at least."))
NO_PAGE = Note(FORBIDDEN, N_("There is nothing more to show."))
CHANGED = N_("Counter {counter} is changed, from its next call on.")


@dataclass(frozen=True)
class Counting:
    """What the screen knows and where its person is."""

    counters: Sequence[CounterHand] = ()
    words: Lexicon = Lexicon()  # noqa: RUF009 - frozen
    chosen: str = ""
    typed: str = ""
    """Digits of a counter that may still become a longer one."""
    services: frozenset[str] = frozenset()
    continuous: bool = False
    first: int = 0


def head(counting: Counting, look: Look) -> Head:
    """Return which counter is chosen, and how many are open."""
    _ = look.say
    if not counting.counters:
        return Head(CODE, NAME)
    chosen = _("counter {counter}").format(counter=counting.chosen) if counting.chosen else counting.typed
    states = [counter.state for counter in counting.counters]
    counts = (
        _("open {count}").format(count=states.count("open")),
        _("paused {count}").format(count=states.count("paused")),
        _("shut {count}").format(count=states.count("closed")),
    )
    return Head(CODE, NAME, chosen, "   ".join(counts))


def body(counting: Counting, look: Look) -> list[Content]:
    """Return the counters, and the services of the chosen one."""
    _ = look.say
    if not counting.counters:
        return []
    page = page_rows(counting, look)
    labels = (fit(_("Counters"), CODE_CELLS), fit(_("State"), STATE), fit(_("Staff"), PERSON))
    digits = "".join(right(digit, SERVED) for digit in (*_services(counting), PACE))
    rows = [line((" " + "".join(labels) + fit(_("No."), NUMBER) + digits, MUTED))]
    rows += [_row(counter, counting, look) for counter in counting.counters[counting.first :][:page]]
    rows += [Content("")] * (page + 1 - len(rows))
    last = min(counting.first + page, len(counting.counters))
    rows.append(line(" ", (f"{counting.first + 1}-{last} / {len(counting.counters)}", MUTED)))
    return [*rows, Content(""), *_choices(counting, look)]


def page_rows(counting: Counting, look: Look) -> int:
    """Return how many counters a page has."""
    return look.rows - 4 - -(-(len(_services(counting)) + 1) // ACROSS)


def _services(counting: Counting) -> dict[str, str]:
    """Return the services that a digit can turn on and off, by that digit."""
    return {str(place): code for place, code in enumerate([*counting.words.offers][:MOST_DIGITS], 1)}


def _row(counter: CounterHand, counting: Counting, look: Look) -> Content:
    here = counter.counter == counting.chosen
    state = COUNTER_STATES[counter.state]
    if counter.ticket_state is not None:
        state = COUNTER_WORK[counter.ticket_state]
    parts: list[Part] = [(">" if here else " ", STRONG), (right(counter.counter, 3), KEY)]
    parts += [" " * (CODE_CELLS - 3), fit(look.say(state), STATE)]
    parts += [fit(counting.words.person(counter.person), PERSON - 1), " "]
    parts += [(fit(counter.number or "", NUMBER), STRONG)]
    ticked = [code in counter.services for code in _services(counting).values()]
    parts += [right("✓" if each else "-", SERVED) for each in (*ticked, counter.continuous)]
    return line(*parts)


def _choices(counting: Counting, look: Look) -> list[Content]:
    _ = look.say
    title = line((_("A digit chooses a counter; then digits turn its services on and off."), MUTED))
    if counting.chosen:
        told = _("Counter {counter}, from its next call on").format(counter=counting.chosen)
        title = line((told, STRONG))
    offered = [
        (digit, code in counting.services, counting.words.service(code, look))
        for digit, code in _services(counting).items()
    ]
    offered.append((PACE, counting.continuous, _("calls by itself")))
    items = [line((digit, KEY), " ", ("✓ " if on else "  ", STRONG), name) for digit, on, name in offered]
    rows = []
    for start in range(0, len(items), ACROSS):
        parts: list[Part] = [" "]
        for item in items[start : start + ACROSS]:
            parts += [item, " " * (CHOICE - item.cell_length)]
        rows.append(line(*parts))
    return [line(" ", title), *rows]


class Counters(Frame):
    """Changes what a counter serves, from its next call on."""

    CODE = CODE
    NAME = NAME
    HELP = N_(
        "What each counter serves. A digit chooses a counter, then digits turn its services on and off, and "
        "F10 commits. Who is being served is not touched: it holds from the counter's next call on. 0 lets "
        "the counter call the next number by itself whenever one is finished."
    )
    TOPICS = (QUEUE, BRANCH)
    one_key = True

    def __init__(self) -> None:
        super().__init__()
        self.counters: Sequence[CounterHand] = ()
        self.words = Lexicon()
        self.chosen = ""
        self.typed = ""
        self.wanted: dict[str, bool] = {}
        """The services that were turned on or off; the others stay as the branch knows them."""
        self.pace: bool | None = None
        """Whether it is to call by itself, where that was changed."""
        self.first = 0

    async def reload(self) -> None:
        """Ask for counters and services."""
        self.counters = (await self.ask(Queue())).counters
        offers = await self.ask(Services())
        self.words = Lexicon.of(offers, self.teller.people)

    def actions(self) -> Iterable[Action]:
        """Yield what can be done."""
        yield Action("f7", N_("Page up"), N_("Shows the lines before."), lambda: self.turn(-1))
        yield Action("f8", N_("Page dn"), N_("Shows the next lines."), lambda: self.turn(1))
        help_text = N_("Lets the counter serve what is ticked, from its next call on.")
        yield Action("f10", N_("Commit"), help_text, self.commit, blocked=self.uncommittable)

    def head(self, look: Look) -> Head:
        """Return the first row."""
        return head(self._counting(), look)

    def body(self, look: Look) -> list[Content]:
        """Return counters and services."""
        return body(self._counting(), look)

    def _counting(self) -> Counting:
        services, paced = self.services, self.continuous
        return Counting(self.counters, self.words, self.chosen, self.typed, services, paced, self.first)

    @property
    def counter(self) -> CounterHand | None:
        """Return the chosen counter as the branch knows it."""
        return next((each for each in self.counters if each.counter == self.chosen), None)

    @property
    def stored(self) -> frozenset[str]:
        """Return what the chosen counter serves by what the branch knows."""
        return frozenset(self.counter.services if self.counter else ())

    @property
    def continuous(self) -> bool:
        """Say whether the chosen counter is to call by itself."""
        stored = self.counter is not None and self.counter.continuous
        return stored if self.pace is None else self.pace

    @property
    def services(self) -> frozenset[str]:
        """Return what the chosen counter is to serve."""
        stored = self.stored
        return frozenset(code for code in self.words.offers if self.wanted.get(code, code in stored))

    def on_key(self, event: Key) -> None:
        """Choose a counter, or turn one of its services on or off."""
        if event.key == "enter" and self.typed and not self.chosen:
            event.stop()
            self._choose(self.typed)
        elif event.key == "backspace" and (self.typed or self.chosen):
            event.stop()
            self._unchoose()
        elif event.is_printable:
            event.stop()
            digit = narrow(event.character or "")
            if self.chosen:
                self._toggle(digit)
            else:
                self._choose_by(self.typed + digit)

    def on_burst(self, burst: Burst) -> None:
        """Take no scan for an answer."""
        burst.stop()
        self.app.bell()

    def _choose_by(self, typed: str) -> None:
        known = [counter.counter for counter in self.counters if counter.counter.startswith(typed)]
        if not known:
            self.typed = ""
            self.reject(Note(FORBIDDEN, N_("There is no counter {counter}."), {"counter": typed}))
        elif known == [typed]:
            self._choose(typed)
        else:
            self.typed = typed
            self.repaint()

    def _choose(self, code: str) -> None:
        codes = [counter.counter for counter in self.counters]
        if code not in codes:
            self.app.bell()
            return
        self._unchoose()
        self.chosen = code
        place = codes.index(code)
        page = page_rows(self._counting(), self.look)
        if not self.first <= place < self.first + page:
            self.first = place // page * page
        self.say(None)

    def _unchoose(self) -> None:
        self.chosen, self.typed, self.wanted, self.pace = "", "", {}, None
        self.repaint()

    def _toggle(self, digit: str) -> None:
        known = _services(self._counting())
        if digit == PACE:
            self.pace = not self.continuous
        elif digit in known:
            self.wanted[known[digit]] = known[digit] not in self.services
        else:
            self.app.bell()
            return
        self.say(None)

    def uncommittable(self) -> Note | None:
        """Say why there is nothing to commit."""
        if not self.chosen:
            return CHOOSE_FIRST
        if not self.services:
            return ONE_AT_LEAST
        counter = self.counter
        same = counter is not None and self.continuous == counter.continuous
        return NOTHING_CHANGED if same and self.services == self.stored else None

    async def commit(self) -> None:
        """Let the counter serve what is ticked."""
        services = tuple(code for code in self.words.offers if code in self.services)
        await self.ask(
            SetCounter(
                counter=self.chosen,
                services=services if self.services != self.stored else None,
                continuous=self.pace,
            )
        )
        changed = Note(DONE, CHANGED, {"counter": self.chosen})
        self._unchoose()
        await self.reload()
        self.say(changed)

    def back(self) -> None:
        """Give the chosen counter up, else leave."""
        if self.chosen or self.typed:
            self._unchoose()
        else:
            super().back()

    def turn(self, by: int) -> None:
        """Turn the page."""
        page = page_rows(self._counting(), self.look)
        first = self.first + by * page
        if not -page < first < len(self.counters):
            self.reject(NO_PAGE)
            return
        self.first = max(0, first)
        self.repaint()
