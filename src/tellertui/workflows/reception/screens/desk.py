"""What the desks of reception have in common: words of the branch, the minute, tickets by their numbers."""

from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any, ClassVar

from msgspec.structs import replace

from tellertui.branch.api import BRANCH
from tellertui.core.clock import MINUTE
from tellertui.core.refusal import N_
from tellertui.ui.actions import Run
from tellertui.ui.base import NO_SCREEN
from tellertui.ui.commandline import TicketEnd, TicketNumber
from tellertui.ui.desk import Desk
from tellertui.ui.notes import FORBIDDEN, Note
from tellertui.ui.picker import Item, Picker
from tellertui.workflows.reception.api import QUEUE, UNKNOWN_TICKET, Find, Services
from tellertui.workflows.reception.rules.lists import lists
from tellertui.workflows.reception.screens.parts import Lexicon, said
from tellertui.workflows.reception.screens.words import CARE_NAMES, TICKET_STATES
from tellertui.workflows.reception.views import Found

TICK_S = 1.0
NO_TICKET = Note(FORBIDDEN, UNKNOWN_TICKET.text)
NOTHING_TO_DO = Note(FORBIDDEN, N_("Nothing can be done with that number here now."))
NO_PAGE = Note(FORBIDDEN, N_("There is nothing more to show."))


class ReceptionDesk(Desk):
    """A desk that shows tickets."""

    TOPICS: ClassVar[tuple[str, ...]] = (QUEUE, BRANCH)

    def __init__(self) -> None:
        super().__init__()
        self.words = Lexicon()
        self._minute = 0
        self._coded: tuple[Note, Note] | None = None
        """The message as it was given, with codes in it, and in words."""

    async def on_mount(self) -> None:
        """Look at the clock every second."""
        self._minute = self._now() // MINUTE
        self.set_interval(TICK_S, self.tick)

    def tick(self) -> None:
        """Show the new minute, unless somebody is typing."""
        minute = self._now() // MINUTE
        if minute != self._minute and not self.field.value:
            self._minute = minute
            self.noticed()

    def _now(self) -> int:
        return self.teller.clock.now()

    def say(self, note: Note | None) -> None:
        """Put a message on the message line, with the branch's words for the codes in it."""
        super().say(note and self.worded(note))

    def repaint(self) -> None:
        """Draw everything, the message in the language of the moment."""
        if self._coded is not None and self.said is self._coded[1]:
            self.said = self.worded(self._coded[0])
        super().repaint()

    def worded(self, note: Note) -> Note:
        """Return a message with words for the codes in it; it is said anew in every language."""
        facts = {name: self._word(name, str(code)) or code for name, code in note.facts.items()}
        self._coded = note, replace(note, facts=facts)
        return self._coded[1]

    def _word(self, name: str, code: str) -> str:
        look = self.look
        if name == "service":
            return self.words.service(code, look)
        if name == "person":
            return self.words.person(code)
        if name == "state":
            return look.say(TICKET_STATES.get(code, ""))
        known = {"reason": lists().suspend, "place": lists().place, "outcome": lists().divert}
        return said(known[name], code, look) if name in known else ""

    async def learn(self) -> None:
        """Ask what the branch calls its services and papers."""
        offers = await self.ask(Services())
        self.words = Lexicon.of(offers, self.teller.people)

    def place(self, code: str) -> tuple[Run, Callable[[], Note | None]]:
        """Return how to go to a screen, and why that cannot be done now."""

        def blocked() -> Note | None:
            known = self.teller.places.get(code)
            return None if known else Note(FORBIDDEN, NO_SCREEN, {"code": code})

        return partial(self.teller.go, code, self), blocked

    def ticket(self, typed: TicketEnd | TicketNumber) -> Awaitable[object] | None:
        """Look for a ticket and do with it what this desk is for."""
        number = typed.digits if isinstance(typed, TicketEnd) else typed.number
        return self._ticket(number)

    async def _ticket(self, number: str) -> None:
        found = await self.ask(Find(number=number))
        if not found:
            self.reject(NO_TICKET)
            return
        useful = [each for each in found if self.useful(each)] or found
        if len(useful) == 1:
            await self.chosen(useful[0])
        elif (picked := await self.show(self._picker(useful))) is not None:
            await self.chosen(picked)

    def useful(self, ticket: Found) -> bool:
        """Say whether something can be done with a ticket here."""
        return ticket.state in ("waiting", "on_hold") or ticket.can_return

    def chosen(self, ticket: Found) -> Coroutine[Any, Any, None]:
        """Do with a ticket what this desk is for."""
        raise NotImplementedError

    def _picker(self, found: list[Found]) -> Picker[Found]:
        look = self.look
        items = [
            Item(
                each,
                f"{self.words.service(each.service, look)}  {look.say(CARE_NAMES[each.care])}",
                each.number,
                look.say(TICKET_STATES[each.state]),
            )
            for each in found
        ]
        return Picker(N_("Which number?"), items)
