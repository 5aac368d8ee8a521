"""Small pieces that several screens of reception draw alike."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from textual.content import Content

from tellertui.branch.api import PaperView, Words
from tellertui.core.clock import SECOND
from tellertui.core.refusal import N_
from tellertui.ui.look import MUTED, Look
from tellertui.ui.text import line, width
from tellertui.workflows.reception.rules.lists import List
from tellertui.workflows.reception.views import DeskView, QueueView, ServiceOffer, TicketView

MINUTE_S = 60


@dataclass(frozen=True)
class Lexicon:
    """What the branch calls its services and papers, and its people, as far as this session may know."""

    offers: Mapping[str, ServiceOffer] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, offers: Iterable[ServiceOffer], people: Mapping[str, str]) -> "Lexicon":
        """Return the words of services by code."""
        return cls({offer.service: offer for offer in offers}, people)

    def service(self, code: str, look: Look) -> str:
        """Return the name of a service; its code where it is not offered any more."""
        offer = self.offers.get(code)
        return offer.name.said(look.language) if offer else code

    def papers(self, code: str) -> Sequence[PaperView]:
        """Return the papers that a service asks for."""
        offer = self.offers.get(code)
        return offer.papers if offer else ()

    def person(self, code: str | None) -> str:
        """Return the name of a member of staff; the code where it may not be read."""
        return self.people.get(code, code) if code else ""


def said(words: List, code: str | None, look: Look) -> str:
    """Return a word of a closed list; its code where the list does not have it any more."""
    found: Words | None = words.get(code or "")
    return found.said(look.language) if found else code or ""


def in_words(words: Words) -> Callable[[Look], str]:
    """Return what says words of the branch in the language of the moment."""
    return lambda look: words.said(look.language)


def minutes(seconds: int) -> int:
    """Return whole minutes that have passed."""
    return seconds // MINUTE_S


def waiting_words(view: QueueView | DeskView, look: Look) -> list[str]:
    """Return how many wait and who has waited longest, as heads say it."""
    _ = look.say
    parts = [_("waiting {count}").format(count=view.waiting)]
    if view.longest is not None:
        longest = {"minutes": minutes(view.longest.waited_s), "number": view.longest.number}
        parts.append(_("longest {minutes} min {number}").format(**longest))
    return parts


def seconds_left(until: int | None, now: int) -> int:
    """Return how many seconds are left until an instant, rounded up; 0 when it is over."""
    return 0 if until is None else max(0, -(-(until - now) // SECOND))


def papers_text(ticket: TicketView, words: Lexicon, look: Look) -> str:
    """Return in four cells what is known of a ticket's papers; nothing where none are asked for."""
    if not words.papers(ticket.service):
        return ""
    if ticket.missing is None:
        return look.say(N_("see"))
    if not ticket.missing:
        return look.say(N_("ok"))
    return look.say(N_("-{count}")).format(count=len(ticket.missing))


def flow(label: str, items: Iterable[str], cells: int, *, hang: int | None = None) -> list[Content]:
    """Return items behind a label, in as many rows as they need.

    Args:
        label: what stands before the first item.
        items: what is kept on one row each.
        cells: width of a row.
        hang: where further rows begin; under the first item without it.
    """
    first = width(label) + 1
    indent = first if hang is None else hang
    rows: list[list[str]] = [[]]
    for item in items:
        start = first if len(rows) == 1 else indent
        used = sum(width(each) + 1 for each in rows[-1])
        if rows[-1] and start + used + width(item) > cells:
            rows.append([])
        rows[-1].append(item)
    labels = [f"{label} ", *[" " * indent] * (len(rows) - 1)]
    return [line((start, MUTED), " ".join(row)) for start, row in zip(labels, rows, strict=True)]
