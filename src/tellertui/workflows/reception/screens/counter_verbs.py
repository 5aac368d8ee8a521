"""The verbs of the counter desk, why one cannot be used now, and what can be done with a chosen number."""

from collections.abc import Iterable, Sequence
from functools import partial

from tellertui.core.refusal import N_
from tellertui.ui.actions import Action
from tellertui.ui.look import Look
from tellertui.ui.modal import Choose, Option
from tellertui.ui.notes import DONE, FORBIDDEN, WARNING, Note
from tellertui.workflows.reception import api
from tellertui.workflows.reception.paging import ShowPapers
from tellertui.workflows.reception.phones import PhoneView, ShowPhone
from tellertui.workflows.reception.rules.life import CALLED, SERVING
from tellertui.workflows.reception.rules.lists import lists
from tellertui.workflows.reception.screens.asking import Question, Questions, options
from tellertui.workflows.reception.screens.at_panel import UNASKED, at_panel
from tellertui.workflows.reception.screens.lobby_tickets import Do, TicketVerbs
from tellertui.workflows.reception.screens.parts import said, seconds_left
from tellertui.workflows.reception.screens.ticket_rows import title
from tellertui.workflows.reception.views import DeskView, Found, Hand, Held

NO_COUNTER = Note(FORBIDDEN, N_("You sit at no counter; F10 takes one."))
NO_HAND = Note(FORBIDDEN, N_("No number is in hand; F10 calls the next one."))
NOT_CALLED = Note(FORBIDDEN, N_("Only a number that is called can be called again or missed."))
NOT_SERVED = Note(FORBIDDEN, N_("First start to serve the number with F10."))
NO_PAPERS = Note(FORBIDDEN, N_("This service asks for no papers."))
NOTHING_HELD = Note(FORBIDDEN, N_("No number is in hand, and none is on hold here."))
NONE_MISSING = Note(FORBIDDEN, N_("Nothing is missing; F10 on the desk finishes the number."))
HELP_IS_CALLED = Note(DONE, N_("Lobby and reviewer see that you want help."))
CLOSE = N_("close the counter")
BRING = N_("What is to be brought")
SENT = N_("{number}: sent for papers: {count}")
PAPERS_READ = N_("{number}: sent for papers: {count}; the customer has confirmed that")
PAPERS_WRONG = N_("{number}: the customer says at the panel that something is wrong.")


class CounterVerbs(TicketVerbs):
    """What can be done with the ticket in hand beside the ordinary way."""

    def __init__(self) -> None:
        super().__init__()
        self.view: DeskView | None = None
        """None while the person sits at no counter."""
        self.phone: PhoneView | None = None
        """A telephone number that is shown for a moment."""

    @property
    def hand(self) -> Hand | None:
        """Return the ticket in hand."""
        return self.view.hand if self.view else None

    @property
    def open(self) -> bool:
        """Say whether this person's counter is open."""
        return self.view is not None and self.view.counter.state == "open"

    def verbs(self) -> Iterable[Action]:
        """Yield the verbs in the order of their numbers."""
        yield from self._while_called()
        yield from self._while_served()
        yield from self._elsewhere()
        yield Action("0", N_("Pause"), N_("Calls nobody for now, or leaves."), self.pause, self.no_counter)
        yield Action("00", N_("Aid"), N_("Asks lobby and reviewer for help, without a sound."), self.aid)

    def _while_called(self) -> Iterable[Action]:
        recall, missed = N_("Calls the number once more."), N_("Gives the number up after the last call.")
        yield Action("1", N_("Recall"), recall, self.recall, self.no_recall)
        yield Action("2", N_("No show"), missed, self.no_show, self.no_missing)

    def _while_served(self) -> Iterable[Action]:
        hold = N_("Puts the number on hold, or takes one back.")
        forward = N_("Sends the number on to another service; its arrival still counts.")
        add, papers = N_("Begins one more service of this visit."), N_("Ends the visit with papers missing.")
        yield Action("3", N_("Hold"), hold, self.hold, self.no_hold)
        yield Action("4", N_("Forward"), forward, self.forward, self.not_served)
        yield Action("5", N_("Add"), add, self.add, self.not_served)
        yield Action("6", N_("No papers"), papers, self.papers_missing, self.no_papers)

    def _elsewhere(self) -> Iterable[Action]:
        for key, label, code, help_text in (
            ("7", N_("Enquiry"), "210", N_("Writes down a question and its answer.")),
            ("8", N_("Complaint"), "501", N_("Takes a complaint.")),
            ("9", N_("Refer"), "300", N_("Refers the customer to a colleague.")),
        ):
            run, blocked = self.place(code)
            yield Action(key, label, help_text, run, blocked)

    # Why something cannot be done now.

    def no_counter(self) -> Note | None:
        """Say that there is no counter."""
        return None if self.view else NO_COUNTER

    def no_recall(self) -> Note | None:
        """Say why the number cannot be called again now (R-Q-05)."""
        hand = self.hand
        if hand is None or hand.state != CALLED:
            return NOT_CALLED
        if not hand.calls_left:
            return Note(FORBIDDEN, api.NO_MORE_CALLS.text, {"number": hand.number, "calls": hand.calls})
        left = seconds_left(hand.recall_at, self._now())
        return Note(FORBIDDEN, api.TOO_EARLY.text, {"retry_after_s": left}) if left else None

    def no_missing(self) -> Note | None:
        """Say why the number cannot be given up yet (R-Q-05)."""
        hand = self.hand
        if hand is None or hand.state != CALLED:
            return NOT_CALLED
        left = hand.calls_left
        return Note(FORBIDDEN, api.CALLS_LEFT.text, {"number": hand.number, "left": left}) if left else None

    def not_served(self) -> Note | None:
        """Say that nobody is being served."""
        if self.hand is None:
            return NO_HAND
        return None if self.hand.state == SERVING else NOT_SERVED

    def no_hold(self) -> Note | None:
        """Say why nothing can be put on hold or taken back."""
        if self.hand is None:
            return None if self.view and self.view.on_hold else NOTHING_HELD
        return self.not_served()

    def no_papers(self) -> Note | None:
        """Say why nobody can be sent for papers."""
        why = self.not_served()
        if why is None and self.hand and not self.words.papers(self.hand.service):
            return NO_PAPERS
        return why

    def not_free(self) -> Note | None:
        """Say why nobody can be called to this counter."""
        if self.hand is not None:
            facts = {"number": self.hand.number, "counter": self.view.counter.counter if self.view else ""}
            return Note(FORBIDDEN, api.TICKET_IN_HAND.text, facts)
        return None if self.open else NO_COUNTER

    # The verbs.

    async def recall(self) -> None:
        """Call the number once more."""
        await self._did(api.Recall(ticket=str(self._served().id)), N_("{number}: called again"))

    async def no_show(self) -> None:
        """Give the number up."""
        await self._did(api.NoShow(ticket=str(self._served().id)), N_("{number}: nobody came"))

    async def hold(self) -> None:
        """Put the number on hold, or take one back."""
        hand = self.hand
        if hand is None:
            await self._take_back()
            return
        reason = await self._reason(lists().hold, hand)
        if reason is not None:
            await self._did(api.Hold(ticket=str(hand.id), reason=reason), N_("{number}: on hold"))

    async def _take_back(self) -> None:
        held = self.view.on_hold if self.view else []
        answer = await self.show(
            Choose(N_("Take which one back?"), options([partial(_held, each) for each in held]))
        )
        if answer is not None:
            command = api.Resume(ticket=str(held[int(answer) - 1].id))
            await self._did(command, N_("{number}: taken back"))

    async def forward(self) -> None:
        """Send the number on to another service."""
        hand = self._served()
        codes, reasons = list(self.words.offers), list(lists().forward)
        same = Note(FORBIDDEN, api.SAME_SERVICE.text, {"number": hand.number})
        services = options(
            [partial(self.words.service, code) for code in codes],
            lambda place: same if codes[place] == hand.service else None,
        )
        why = options([partial(said, lists().forward, code) for code in reasons])
        asked = (Question(N_("Which service?"), services), Question(N_("Why?"), why))
        answer = await self.show(Questions(N_("Forward"), asked, about=partial(title, hand, self.words)))
        if answer is not None:
            service, reason = codes[int(answer[0]) - 1], reasons[int(answer[1]) - 1]
            command = api.Forward(ticket=str(hand.id), service=service, reason=reason)
            await self._did(command, N_("{number}: forwarded"))

    async def add(self) -> None:
        """Begin one more service of this visit."""
        hand, codes = self._served(), list(self.words.offers)
        shown = options([partial(self.words.service, code) for code in codes])
        about = partial(title, hand, self.words)
        answer = await self.show(Choose(N_("Which service?"), shown, about=about))
        if answer is not None:
            command = api.NextService(ticket=str(hand.id), service=codes[int(answer) - 1])
            await self._did(command, N_("{number}: one more service"))

    async def papers_missing(self) -> None:
        """End the visit and say what is to be brought; where a panel is on, the customer reads it there."""
        hand = self._served()
        lacking = await self.lacking(hand, accepts=some_missing)
        if lacking is None:
            return
        missing, read = tuple(lacking), UNASKED
        if self.view is not None and self.view.panel:
            read = await at_panel(self, ShowPapers(ticket=str(hand.id), missing=missing), BRING)
        if read == "corrected":
            self.say(Note(WARNING, PAPERS_WRONG, {"number": hand.number}))
        elif read is not None:
            command = api.Finish(ticket=str(hand.id), result="missing_papers", missing=missing)
            await self._finished(command, PAPERS_READ if read == "confirmed" else SENT)

    async def pause(self) -> None:
        """Call nobody for now, or leave the counter."""
        codes = list(lists().pause)
        shown = options([*(partial(said, lists().pause, code) for code in codes), CLOSE])
        if self.hand is not None:
            shown[-1] = Option(shown[-1].key, CLOSE, self.not_free())
        answer = await self.show(Choose(N_("Pause"), shown))
        if answer is None:
            return
        if answer == shown[-1].key:
            await self.ask(api.CounterClose())
        else:
            await self.ask(api.CounterPause(reason=codes[int(answer) - 1]))
        await self.reload()

    async def aid(self) -> None:
        """Ask for help without a sound here."""
        await self.ask(api.Help(place="counter"))
        self.say(HELP_IS_CALLED)

    def _served(self) -> Hand:
        """Return the ticket that the person saw; a command about any other must not be carried out."""
        assert self.hand is not None
        return self.hand

    # A chosen number, and where else one can go.

    async def chosen(self, ticket: Found) -> None:
        """Show a ticket with what can be done with it here."""
        await self.offer(ticket)

    def _verbs(self, ticket: Found) -> list[tuple[str, Do, Note | None]]:
        ordinary = super()._verbs(ticket)
        if ticket.phone:
            ordinary.append((N_("show the telephone number"), self._show_phone, None))
        if ticket.state == "waiting":
            return [(N_("call it now"), self._call_chosen, self.not_free()), *ordinary]
        if ticket.state == "on_hold":
            return [(N_("take it back"), self._resume, self.not_free()), *ordinary]
        return ordinary

    async def _show_phone(self, ticket: Found) -> None:
        self.phone = await self.ask(ShowPhone(ticket=str(ticket.id)))

    def hide_phone(self) -> None:
        """Show no telephone number any more."""
        self.phone = None
        self.repaint()

    def veiled(self) -> None:
        """Drop the telephone number that is shown: the screen is being covered."""
        self.hide_phone()

    async def _call_chosen(self, ticket: Found) -> None:
        reason = await self._reason(lists().call, ticket)
        if reason is not None:
            await self.ask(api.CallTicket(ticket=str(ticket.id), reason=reason))
            await self.reload()

    async def _resume(self, ticket: Found) -> None:
        await self._did(api.Resume(ticket=str(ticket.id)), N_("{number}: taken back"))

    async def _finished(self, command: api.Finish, text: str) -> None:
        view = await self.ask(command)
        if self.open and self.view and self.view.counter.continuous:
            await self.ask(api.CallNext())
        await self.reload()
        self.say(Note(DONE, text, {"number": view.number, "count": len(command.missing)}))


def _held(ticket: Held, look: Look) -> str:
    """Return a ticket on hold and why."""
    return f"{ticket.number}  {said(lists().hold, ticket.reason, look)}"


def some_missing(lacking: Sequence[str]) -> Note | None:
    """Refuse to send somebody for papers where none is missing."""
    return None if lacking else NONE_MISSING
