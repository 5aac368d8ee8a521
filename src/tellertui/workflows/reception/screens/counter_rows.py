"""What the counter desk shows, drawn purely: the ticket in hand, its visit, what is next, one's own day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from textual.content import Content

from tellertui.core.clock import local
from tellertui.core.refusal import N_
from tellertui.ui.actions import Slot
from tellertui.ui.chrome import Head, verb_rows
from tellertui.ui.look import KEY, MUTED, STRONG, WARN, Look
from tellertui.ui.text import Part, beside, fit, line, right, spread
from tellertui.workflows.reception.phones import PhoneView
from tellertui.workflows.reception.rules.life import CALLED, SERVING
from tellertui.workflows.reception.rules.lists import lists
from tellertui.workflows.reception.rules.policy import LAW_BACKED
from tellertui.workflows.reception.screens.digits import TALL, WIDE, drawn
from tellertui.workflows.reception.screens.parts import Lexicon, minutes, papers_text, said, waiting_words
from tellertui.workflows.reception.screens.ticket_rows import papers_line, phone_mark
from tellertui.workflows.reception.screens.words import CARE, CARE_NAMES, LANGUAGES, NOBODY_WAITS
from tellertui.workflows.reception.views import DeskView, Hand, TicketView

CODE = "202"
NAME = N_("Counter desk")
VERBS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "00")
CHOSEN = N_("Call one")
LEFT = 37
"""Cells of the visit and of what is on hold; what comes next stands two cells further at right."""
DETAIL = 81
"""Where the detail pane begins on a wide terminal."""
ROOM = DETAIL - 1
"""Cells of what a narrow terminal shows too."""
BELOW = 6
"""Rows under the middle: one's own day, the verbs, and what keeps them apart."""
SERVICE, CARE_CELLS, WAIT, PAPERS = 12, 8, 4, 4
LOBBY_TOLD = 2
"""From this call on the lobby knows that a customer needs an arm."""


@dataclass(frozen=True)
class Counter:
    """What the desk knows and where its person is."""

    view: DeskView | None = None
    """None while the person sits at no counter."""
    words: Lexicon = Lexicon()  # noqa: RUF009 - frozen
    slots: Mapping[str, Slot] = field(default_factory=dict)
    first: int = 0
    """The place of the next ticket that stands first."""
    known: bool = True
    """The branch has answered, if only that there is no counter."""
    phone: PhoneView | None = None
    """A telephone number that is shown for a moment."""


def head(counter: Counter, look: Look) -> Head:
    """Return the counter and its counts."""
    view, _ = counter.view, look.say
    if view is None:
        return Head(CODE, NAME)
    parts = waiting_words(view, look)
    parts.append(_("on hold {count}").format(count=len(view.on_hold)))
    return Head(CODE, NAME, _("counter {counter}").format(counter=view.counter.counter), "   ".join(parts))


def body(counter: Counter, rows: int, look: Look) -> list[Content]:
    """Return the body above the command field, in so many rows."""
    if not counter.known:
        return []
    top = _top(counter, look)
    middle = middle_rows(rows)
    blocks = [Content("")] * middle
    own = Content("")
    if counter.view is not None:
        blocks = beside(_left(counter.view, counter.words, look), _next(counter, middle, look), LEFT)
        blocks = [*blocks, *[Content("")] * middle][:middle]
        own = _own(counter.view, look) if counter.phone is None else _phone(counter.phone, look)
    pad = verb_rows([*(counter.slots[key] for key in VERBS), Slot(".18", look.say(CHOSEN))], look)
    above = [*top, Content(""), *blocks]
    if look.wide and counter.view is not None and counter.view.hand is not None:
        details = _details(counter.view.hand, counter.words, look)
        above = beside(above, details[: len(above)], ROOM, gap=1)
    return [*above, Content(""), own, Content(""), *pad, Content("")]


def middle_rows(rows: int) -> int:
    """Return how many rows the visit and the next tickets have where the body has so many."""
    return rows - TALL - 1 - BELOW


# The ticket in hand.


def _top(counter: Counter, look: Look) -> list[Content]:
    view = counter.view
    if view is None or view.hand is None:
        return _empty_hand(view, counter.words, look)
    hand = view.hand
    number = drawn(hand.number)
    room = ROOM - 3 - WIDE * len(hand.number) - 3
    facts = _facts(hand, counter.words, room, look)
    state = _standing(view, hand, look)
    rows = [spread(fact, beyond, room - 1) for fact, beyond in zip(facts, state, strict=True)]
    return [line("   ", (drawing, STRONG), "   ", row) for drawing, row in zip(number, rows, strict=True)]


def _facts(hand: Hand, words: Lexicon, room: int, look: Look) -> list[Content]:
    _ = look.say
    care: Part = _(CARE_NAMES[hand.care])
    if hand.care in LAW_BACKED:
        care = (_(CARE_NAMES[hand.care]), WARN)
    came = _("came {at}   waited {minutes} min")
    return [
        line((words.service(hand.service, look), STRONG), "   ", care, "   ", _(LANGUAGES[hand.language])),
        line(came.format(at=look.clock(hand.arrived_at), minutes=minutes(hand.waited_s))),
        _papers(hand, words, room, look),
    ]


def _papers(hand: Hand, words: Lexicon, room: int, look: Look) -> Content:
    """Return each paper with its mark, or where that is too long how they stand as a whole."""
    _ = look.say
    papers = words.papers(hand.service)
    if not papers:
        return line((_("This service asks for no papers."), MUTED))
    parts: list[Part] = [(_("Papers"), MUTED)]
    for place, paper in enumerate(papers, 1):
        mark: Part = ""
        if hand.missing is not None:
            mark = (_("missing"), WARN) if paper.paper in hand.missing else "✓"
        parts += ["  ", (str(place), KEY), " ", paper.name.said(look.language), " ", mark]
    for seen in (line(*parts, "   ", (words.person(hand.prechecked_by), MUTED)), line(*parts)):
        if seen.cell_length < room:
            return seen
    return line((_("Papers"), MUTED), "  ", papers_line(hand, words, look))


def _standing(view: DeskView, hand: Hand, look: Look) -> list[Content]:
    """Return where the ticket is on its way: called so often, or served since when."""
    _ = look.say
    rows = []
    if hand.state == CALLED:
        called = _("called, time {calls}").format(calls=hand.calls)
        rows.append(line((called, STRONG)))
        if hand.care in LAW_BACKED and hand.calls >= LOBBY_TOLD:
            rows.append(line((_("the lobby was told"), MUTED)))
        elif not hand.calls_left:
            rows.append(line((_("that was the last call"), MUTED)))
    else:
        served = _("serving since {at}").format(at=look.clock(hand.started_at))
        rows.append(line((served, STRONG)))
    if view.counter.state == "paused":
        rows.append(line((_paused(view, look), WARN)))
    return [*rows, *[Content("")] * (TALL - len(rows))][:TALL]


def _paused(view: DeskView, look: Look) -> str:
    return look.say(N_("paused: {reason}")).format(reason=said(lists().pause, view.counter.reason, look))


def _empty_hand(view: DeskView | None, words: Lexicon, look: Look) -> list[Content]:
    """Return what can be done while nobody is served."""
    _ = look.say
    if view is None or view.counter.state == "closed":
        texts = (_("You sit at no counter."), _("F10 takes one."))
    elif view.counter.state == "paused":
        texts = (_paused(view, look), _("F10 opens the counter again."))
    elif not view.next:
        texts = (_("No number is in hand."), _(NOBODY_WAITS))
    else:
        number = view.next[0].number
        service = words.service(view.next[0].service, look)
        calls = _("F10 calls {number}, {service}.").format(number=number, service=service)
        texts = (_("No number is in hand."), calls)
    by_itself = view is not None and view.counter.continuous
    third = _("After each customer it calls the next by itself.") if by_itself else ""
    return [line("   ", (texts[0], STRONG)), line("   ", texts[1]), line("   ", (third, MUTED))]


# The visit, what is on hold, what is next.


def _left(view: DeskView, words: Lexicon, look: Look) -> list[Content]:
    _ = look.say
    rows: list[Content] = []
    if view.hand is not None:
        rows += [line(" ", (_("This visit"), MUTED)), *_visit(view.hand, words, look)]
    if view.on_hold:
        rows.append(line(" ", (_("On hold"), MUTED)))
    for place, held in enumerate(view.on_hold, 1):
        since, why = look.clock(held.held_since), said(lists().hold, held.reason, look)
        rows.append(line(" ", (str(place), KEY), " ", (held.number, STRONG), "  ", since, "  ", why))
    return rows


def _visit(hand: Hand, words: Lexicon, look: Look) -> Iterable[Content]:
    _ = look.say
    if hand.state == CALLED:
        yield line(" ", ("1", KEY), " ", fit(words.service(hand.service, look), SERVICE), "  ", _("to begin"))
    for place, visit in enumerate(hand.visit, 1):
        start, end = look.clock(visit.started_at), look.clock(visit.ended_at)
        result = said(lists().result, visit.result, look) if visit.ended_at else _("in hand")
        named = fit(words.service(visit.service, look), SERVICE)
        yield line(" ", (str(place), KEY), " ", named, "  ", f"{start}-{end}".ljust(11), " ", result)


def _next(counter: Counter, rows: int, look: Look) -> list[Content]:
    """Return what this counter would call, and nothing else."""
    _, view = look.say, counter.view
    assert view is not None
    if not view.next:
        return [line((_(NOBODY_WAITS), MUTED))]
    shown = view.next[counter.first : counter.first + rows - 1]
    long = max(len(_("Next")), *(len(ticket.number) for ticket in view.next))
    titles = [fit(_("Next"), long + 1), fit(_("Service"), SERVICE + 1), fit(_("Class"), CARE_CELLS)]
    titles += [right(_("Min"), WAIT), "  ", fit(_("Docs"), PAPERS)]
    return [
        line(("".join(titles), MUTED)),
        *(_next_row(ticket, long, counter.words, look) for ticket in shown),
    ]


def _next_row(ticket: TicketView, long: int, words: Lexicon, look: Look) -> Content:
    care = fit(look.say(CARE[ticket.care]), CARE_CELLS)
    parts: list[Part] = [(fit(ticket.number, long), STRONG), phone_mark(ticket)]
    parts += [fit(words.service(ticket.service, look), SERVICE), " ", care]
    parts += [right(str(minutes(ticket.waited_s)), WAIT), "  "]
    return line(*parts, fit(papers_text(ticket, words, look), PAPERS))


def _phone(shown: PhoneView, look: Look) -> Content:
    """Return a telephone number in place of one's own day; it goes away by itself."""
    _ = look.say
    told = _("{number}: telephone {phone}").format(number=shown.number, phone=shown.phone)
    gone = _("hidden at {time}").format(time=f"{local(shown.until, look.zone):%H:%M:%S}")
    return line(" ", (told, STRONG), "   ", (gone, MUTED))


def _own(view: DeskView, look: Look) -> Content:
    """Return one's own day."""
    _, mine = look.say, view.mine
    parts = [_("finished {count}").format(count=mine.finished)]
    if mine.service_mean_s is not None:
        parts.append(_("mean {minutes} min").format(minutes=max(1, minutes(mine.service_mean_s))))
    parts += [
        _("no-shows {count}").format(count=mine.no_show),
        _("ratings {count}").format(count=mine.ratings),
        _("papers missing {count}").format(count=mine.papers_missing),
    ]
    return line(" ", (_("My day"), MUTED), "   ", "   ".join(parts))


# The detail pane.


def _details(hand: Hand, words: Lexicon, look: Look) -> list[Content]:
    """Return the papers of the ticket in hand, one to a row."""
    _ = look.say
    papers = words.papers(hand.service)
    if not papers or hand.state not in (CALLED, SERVING):
        return []
    rows = [line((_("Papers"), MUTED))]
    for place, paper in enumerate(papers, 1):
        name = paper.name.said(look.language)
        mark = "" if hand.missing is None else _("missing") if paper.paper in hand.missing else "✓"
        rows.append(line((str(place), KEY), " ", fit(name, 18), " ", (mark, WARN if mark != "✓" else "")))
    seen = _("seen by {person}").format(person=words.person(hand.prechecked_by))
    rows.append(line((seen if hand.prechecked_by else _("papers not looked at yet"), MUTED)))
    return rows
