"""What the lobby desk does with one ticket: papers, class, forward, left, back in the queue."""

from collections.abc import Awaitable, Callable
from functools import partial

from tellertui.core.command import Command
from tellertui.core.refusal import N_
from tellertui.ui.modal import Choose, Option, Tick
from tellertui.ui.notes import DONE, FORBIDDEN, INFO, Note
from tellertui.workflows.reception import api
from tellertui.workflows.reception.printing import NO_PRINTER, PrintSlip, ShowPrinter
from tellertui.workflows.reception.rules.lists import List, lists
from tellertui.workflows.reception.rules.policy import CLASSES
from tellertui.workflows.reception.screens.asking import options
from tellertui.workflows.reception.screens.desk import ReceptionDesk
from tellertui.workflows.reception.screens.parts import in_words, said
from tellertui.workflows.reception.screens.ticket_rows import about, title, why
from tellertui.workflows.reception.screens.words import CARE_NAMES
from tellertui.workflows.reception.views import Found, TicketView

Do = Callable[[Found], Awaitable[None]]

NO_PAPERS = N_("{number}: this service asks for no papers.")
SLIP_SENT = N_("{number}: the slip was sent to the printer, marked as a copy.")
SLIP_WAITS = N_("{number}: the slip waits for the printer; it is marked as a copy.")
CANNOT_RETURN = Note(FORBIDDEN, N_("It came back once, or was missed too long ago; give a new number."))


class TicketVerbs(ReceptionDesk):
    """The verbs of a selected ticket."""

    def __init__(self) -> None:
        super().__init__()
        self.printer = "none"
        """Whether slips are printed, as far as this screen knows."""

    async def offer(self, ticket: Found) -> None:
        """Show a ticket with what can be done; F1 says why it stands where it stands."""
        self.printer = (await self.ask(ShowPrinter())).state
        verbs = [*self._verbs(ticket), (N_("print the slip once more"), self.print_slip, self.no_printer())]
        shown = [Option(str(place), word, why_not) for place, (word, _, why_not) in enumerate(verbs, 1)]
        modal = Choose(
            partial(title, ticket, self.words),
            shown,
            about=partial(about, ticket, self.words),
            help=partial(why, ticket),
        )
        answer = await self.show(modal)
        if answer is not None:
            await verbs[int(answer) - 1][1](ticket)

    def _verbs(self, ticket: Found) -> list[tuple[str, Do, Note | None]]:
        if ticket.state == "waiting":
            return [
                (N_("change the class"), self._reclassify, None),
                (N_("forward to another service"), self._forward, None),
                (N_("has left"), self._leave, None),
                (N_("papers"), self.precheck, None),
            ]
        if ticket.state == "missed":
            blocked = None if ticket.can_return else CANNOT_RETURN
            return [(N_("let it wait again"), self._reactivate, blocked)]
        if ticket.state == "on_hold":
            return [(N_("has left"), self._leave, None)]
        return [(N_("came back with papers"), self._return, None)] if ticket.can_return else []

    def no_printer(self) -> Note | None:
        """Say that no printer is set up."""
        return Note(FORBIDDEN, NO_PRINTER.text) if self.printer == "none" else None

    async def print_slip(self, ticket: TicketView) -> None:
        """Print the slip of a ticket once more; where the printer is off it waits for it."""
        printer = await self.ask(PrintSlip(ticket=str(ticket.id)))
        ready = printer.state == "ready"
        self.say(Note(DONE if ready else INFO, SLIP_SENT if ready else SLIP_WAITS, {"number": ticket.number}))

    async def precheck(self, ticket: TicketView) -> None:
        """Tick what papers are there."""
        if not self.words.papers(ticket.service):
            self.reject(Note(FORBIDDEN, NO_PAPERS, {"number": ticket.number}))
            return
        lacking = await self.lacking(ticket)
        if lacking is None:
            return
        await self.ask(api.Precheck(ticket=str(ticket.id), papers=lacking or "ok"))
        await self.reload()
        text = N_("{number}: papers missing: {count}") if lacking else N_("{number}: papers complete")
        self.say(Note(DONE, text, {"number": ticket.number, "count": len(lacking)}))

    async def lacking(
        self, ticket: TicketView, accepts: Callable[[list[str]], Note | None] = lambda lacking: None
    ) -> list[str] | None:
        """Ask which papers are missing; all that nobody has missed yet are ticked. None: gone back."""
        papers = self.words.papers(ticket.service)
        shown = options([in_words(paper.name) for paper in papers])
        codes = {option.key: paper.paper for option, paper in zip(shown, papers, strict=False)}

        def without(chosen: frozenset[str]) -> list[str]:
            return [code for key, code in codes.items() if key not in chosen]

        modal = Tick(
            partial(title, ticket, self.words),
            shown,
            chosen=frozenset(key for key, code in codes.items() if code not in (ticket.missing or [])),
            about=N_("Press the numbers that are missing."),
            accepts=lambda chosen: accepts(without(chosen)),
        )
        chosen = await self.show(modal)
        return None if chosen is None else without(chosen)

    async def _reclassify(self, ticket: Found) -> None:
        known = [Option(str(place), CARE_NAMES[care]) for place, care in enumerate(CLASSES)]
        care = await self.show(Choose(N_("Which class?"), known, about=partial(title, ticket, self.words)))
        if care is None:
            return
        reason = await self._reason(lists().reclassify, ticket)
        if reason is not None:
            command = api.Reclassify(ticket=str(ticket.id), care=CLASSES[int(care)], reason=reason)
            await self._did(command, N_("{number}: class changed"))

    async def _forward(self, ticket: Found) -> None:
        codes = list(self.words.offers)
        same = Note(FORBIDDEN, api.SAME_SERVICE.text, {"number": ticket.number})
        shown = options(
            [partial(self.words.service, code) for code in codes],
            lambda place: same if codes[place] == ticket.service else None,
        )
        service = await self.show(
            Choose(N_("Which service?"), shown, about=partial(title, ticket, self.words))
        )
        if service is None:
            return
        reason = await self._reason(lists().forward, ticket)
        if reason is not None:
            command = api.Forward(ticket=str(ticket.id), service=codes[int(service) - 1], reason=reason)
            await self._did(command, N_("{number}: forwarded"))

    async def _reason(self, words: List, ticket: TicketView) -> str | None:
        codes = list(words)
        shown = options([partial(said, words, code) for code in codes])
        answer = await self.show(Choose(N_("Why?"), shown, about=partial(title, ticket, self.words)))
        return None if answer is None else codes[int(answer) - 1]

    async def _leave(self, ticket: Found) -> None:
        await self._did(api.Leave(ticket=str(ticket.id)), N_("{number}: has left"))

    async def _reactivate(self, ticket: Found) -> None:
        await self._did(api.Reactivate(ticket=str(ticket.id)), N_("{number}: waits again"))

    async def _return(self, ticket: Found) -> None:
        await self._did(api.Return(ticket=str(ticket.id)), N_("{number}: waits again"))

    async def _did(self, command: Command[TicketView], text: str) -> None:
        view = await self.ask(command)
        await self.reload()
        self.say(Note(DONE, text, {"number": view.number}))
