"""One ticket in words: what it is for, how it stands, and why it is called when it is (R-Q-01)."""

from collections.abc import Iterable
from uuid import UUID

from textual.content import Content

from tellertui.core.refusal import N_
from tellertui.ui.look import MUTED, STRONG, Look
from tellertui.ui.text import fit, line, wrap
from tellertui.workflows.reception.screens.parts import Lexicon, flow, minutes
from tellertui.workflows.reception.screens.words import CARE_NAMES, LANGUAGES, TICKET_STATES
from tellertui.workflows.reception.views import Found, QueueView, TicketView

RULE = "R-Q-01"


def phone_mark(ticket: TicketView) -> str:
    """Return the cell behind a number: whether its customer can be called by telephone."""
    return "*" if ticket.phone else " "


def known_tickets(view: QueueView) -> Iterable[TicketView]:
    """Return every ticket of the lobby that can still be served."""
    return (*view.tickets, *view.missed, *view.on_hold)


def title(ticket: TicketView, words: Lexicon, look: Look) -> str:
    """Return number, service and class."""
    return "  ".join((ticket.number, words.service(ticket.service, look), look.say(CARE_NAMES[ticket.care])))


def about(ticket: TicketView, words: Lexicon, look: Look) -> str:
    """Return how a ticket stands, in a few lines."""
    _ = look.say
    first = _("{state}   came {at}   waited {minutes} min").format(
        state=_(TICKET_STATES[ticket.state]),
        at=look.clock(ticket.arrived_at),
        minutes=minutes(ticket.waited_s),
    )
    parts = [first]
    if told := papers_line(ticket, words, look):
        parts.append(told)
    if ticket.phone:
        parts.append(_("* left a telephone number, which a counter can call"))
    if ticket.overtaken_by_at_most is not None:
        parts.append(
            _("can be overtaken {count} times more at most").format(count=ticket.overtaken_by_at_most)
        )
    return "\n".join(parts)


def papers_line(ticket: TicketView, words: Lexicon, look: Look) -> str:
    """Return what is known of the papers; nothing where none are asked for."""
    _ = look.say
    papers = words.papers(ticket.service)
    if not papers:
        return ""
    if ticket.missing is None:
        return _("papers not looked at yet")
    if not ticket.missing:
        return _("papers complete")
    missing = [paper.name.said(look.language) for paper in papers if paper.paper in ticket.missing]
    return _("missing: {papers}").format(papers="  ".join(missing))


def why(ticket: Found, look: Look) -> str:
    """Return why a ticket is called when it is."""
    _ = look.say
    if ticket.state != "waiting":
        return _("Only numbers that wait have a place in the order.")
    facts = {
        "number": ticket.number,
        "minutes": minutes(ticket.waited_s),
        "credit": ticket.credit_min,
        "sum": minutes(ticket.waited_s) + ticket.credit_min,
        "care": _(CARE_NAMES[ticket.care]),
        "ahead": ticket.ahead or 0,
        "most": ticket.overtaken_by_at_most or 0,
    }
    texts = [
        N_("{number} has waited {minutes} min; class {care} adds {credit}: it counts as {sum}."),
        N_("The highest count is called first; {ahead} are called before it."),
        N_("Whoever came later can be called before it {most} times more at most, then it is its turn."),
    ]
    if ticket.front:
        texts.insert(1, N_("It has waited so long that it belongs to the front group, before all others."))
    return "\n".join([*(_(text).format(**facts) for text in texts), RULE])


def detail_rows(
    view: QueueView, selected: UUID | None, words: Lexicon, look: Look, cells: int
) -> list[Content]:
    """Return the detail pane: the selected ticket, then who was missed and who is on hold."""
    _ = look.say
    rows: list[Content] = []
    ticket = next((each for each in known_tickets(view) if each.id == selected), None)
    if ticket is not None:
        rows += [line((fit(title(ticket, words, look), cells), STRONG))]
        rows += [line(row) for row in wrap(about(ticket, words, look), cells)]
        rows += [line((_(LANGUAGES[ticket.language]), MUTED)), Content("")]
    for label, tickets in ((N_("Missed"), view.missed), (N_("On hold"), view.on_hold)):
        if tickets:
            rows += [*flow(_(label), [each.number for each in tickets], cells), Content("")]
    return rows
