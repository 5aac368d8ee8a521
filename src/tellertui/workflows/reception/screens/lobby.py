"""201, the lobby desk: numbers, papers, visitors without a number, calls for help."""

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from uuid import UUID

from textual.content import Content

from tellertui.branch.api import Lobby as ShowLobby
from tellertui.branch.api import Words
from tellertui.core.clock import MINUTE, rfc3339
from tellertui.core.refusal import N_, Fact
from tellertui.ui.actions import Action
from tellertui.ui.chrome import Head
from tellertui.ui.commandline import Nothing, TicketEnd, TicketNumber, Typed, Verb
from tellertui.ui.look import MUTED, Look
from tellertui.ui.modal import Choose
from tellertui.ui.notes import DONE, FORBIDDEN, WARNING, Note
from tellertui.ui.text import line
from tellertui.workflows.reception import api
from tellertui.workflows.reception.printing import SLIPS, ShowPrinter
from tellertui.workflows.reception.rules.lists import lists
from tellertui.workflows.reception.rules.policy import LAW_BACKED
from tellertui.workflows.reception.screens import lobby_rows
from tellertui.workflows.reception.screens.asking import Search, options
from tellertui.workflows.reception.screens.desk import NO_PAGE, ReceptionDesk
from tellertui.workflows.reception.screens.lobby_tickets import TicketVerbs
from tellertui.workflows.reception.screens.parts import in_words
from tellertui.workflows.reception.screens.ticket_rows import known_tickets
from tellertui.workflows.reception.screens.words import CARE_DIGITS, CARE_NAMES
from tellertui.workflows.reception.views import (
    Found,
    HelpView,
    Issued,
    Lane,
    Promised,
    QueueView,
    TicketView,
)

BEEP_S = 5
SPANS = (15, 30, 60)
"""Minutes for which a service can be stopped."""
NO_SERVICE = Note(FORBIDDEN, N_("No service, class or way has that number; F1 lists them."))
NOTHING_ISSUED = Note(FORBIDDEN, N_("No number was given at this desk yet."))
NOTHING_SELECTED = Note(FORBIDDEN, N_("No waiting number is selected; .18 selects one."))
NO_NUMBER_SELECTED = Note(FORBIDDEN, N_("No number is selected; .18 selects one."))
SLIP = "89"
NO_PAPERS = N_("{number}: this service asks for no papers.")
FIRST_F6 = Note(FORBIDDEN, N_("F6 opens the papers of the selected number; there F10 completes them."))
GIVEN = N_("{number} {service}: {ahead} ahead, {lo}-{hi} min, overtaken {most} times at most")
PLACE_CALLS = N_("Help wanted: {place}, {at}")
COUNTER_CALLS = N_("Help wanted: counter {counter}, {at}")
CALLS = (PLACE_CALLS, COUNTER_CALLS)
PLEASE_HELP = N_("Please help {number} to counter {counter}.")
WAY = N_("Enter: on the way")


def _span(minutes: int) -> Callable[[Look], str]:
    return lambda look: look.say(N_("for {minutes} min")).format(minutes=minutes)


class LobbyDesk(TicketVerbs, ReceptionDesk):
    """Gives numbers, looks at papers, sees everything that waits."""

    CODE = lobby_rows.CODE
    NAME = lobby_rows.NAME
    TOPICS = (*ReceptionDesk.TOPICS, SLIPS)
    HELP = N_(
        "The queue in calling order: how long each waits, what is known of the papers, how often each can "
        "still be overtaken. A service's digit and Enter give a number, a second digit the class: 31 is the "
        "third service for a senior. 81 to 85 record a visitor who needs no number. 9 and a service's digit "
        "stop it or let it go on. The number given last is selected; .18 selects another and shows what can "
        "be done with it. Enter in the empty field answers a call for help."
    )

    def __init__(self) -> None:
        super().__init__()
        self.view: QueueView | None = None
        self.selected: UUID | None = None
        self.first = 0
        self.greeting: Words | None = None
        self.greets = True
        self.last: tuple[str, str] | None = None
        """Service and class of the number given last."""
        self._beats = 0

    # What is shown.

    async def reload(self) -> None:
        """Ask for the queue; for words only where they are not known."""
        before = self.view
        self.printer = (await self.ask(ShowPrinter())).state
        view = await self.ask(api.Queue())
        if {lane.service for lane in view.lanes} != set(self.words.offers):
            await self.learn()
        if self.greeting is None:
            self.greeting = (await self.ask(ShowLobby())).greeting
        self.view = view
        known = {ticket.id for ticket in known_tickets(view)}
        if self.selected not in known:
            newest = max(view.tickets, key=lambda ticket: ticket.arrived_at, default=None)
            self.selected = newest.id if newest else None
        page = lobby_rows.page_rows(self.body_rows, self._lobby(self.look))
        if self.first >= len(view.tickets):
            self.first = max(0, len(view.tickets) - 1) // page * page
        self._announce(before, view)

    def _announce(self, before: QueueView | None, view: QueueView) -> None:
        """Say what nobody here has done: a call for help, a customer who needs an arm."""
        known = {call.id for call in before.help} if before else set()
        if any(call.id not in known for call in view.help):
            self.say(self._calls(view.help[0]))
            self.app.bell()
        elif self.said is None or self.said.text in CALLS:
            self.said = self.worded(self._calls(view.help[0])) if view.help else None
        if before is not None:
            called = {(desk.counter, desk.number, desk.calls) for desk in before.counters}
            for desk in view.counters:
                again = desk.calls == 2 and (desk.counter, desk.number, 2) not in called
                if again and desk.number and desk.care in LAW_BACKED:
                    self.say(Note(WARNING, PLEASE_HELP, {"number": desk.number, "counter": desk.counter}))

    def _calls(self, call: HelpView) -> Note:
        at = self.look.clock(call.at)
        if call.counter is not None:
            return Note(WARNING, COUNTER_CALLS, {"counter": call.counter, "at": at}, way=WAY)
        return Note(WARNING, PLACE_CALLS, {"place": call.place, "at": at}, way=WAY)

    def tick(self) -> None:
        """Beep for as long as somebody waits for help."""
        super().tick()
        self._beats += 1
        if self._beats % BEEP_S == 0 and self.view and self.view.help and self in self.app.screen_stack:
            self.app.bell()

    def head(self, look: Look) -> Head:
        """Return the counts."""
        return lobby_rows.head(self._lobby(look), look)

    def body(self, look: Look) -> list[Content]:
        """Return queue, services, counters and greeting."""
        return lobby_rows.body(self._lobby(look), self.body_rows, look)

    def _lobby(self, look: Look) -> lobby_rows.Lobby:
        greeting = ""
        if self.greets and self.greeting is not None:
            ticket = self.ticket_selected()
            greeting = self.greeting.said(ticket.language if ticket else look.language)
        return lobby_rows.Lobby(self.view, self.words, self.selected, self.first, greeting)

    def ticket_selected(self) -> TicketView | None:
        """Return the ticket that is selected."""
        tickets = known_tickets(self.view) if self.view else ()
        return next((ticket for ticket in tickets if ticket.id == self.selected), None)

    def hint(self, typed: Typed, look: Look) -> Content:
        """Say what Enter would do."""
        _ = look.say
        if isinstance(typed, Nothing):
            text = _("digit: a number   .18 selects   three digits: screen")
        elif isinstance(typed, Verb):
            text = self._means(typed.digits, look)
        else:
            text = _("Enter selects it") if isinstance(typed, TicketEnd | TicketNumber) else ""
        return line((text, MUTED))

    def _means(self, digits: str, look: Look) -> str:
        action = self.all_actions().get(digits)
        if action is not None:
            return look.say(action.name or action.label)
        given = self._given(digits)
        if given is None:
            return ""
        lane, care = given
        return f"{lane.name.said(look.language)} + {look.say(CARE_NAMES[care])}"

    # What can be done.

    def actions(self) -> Iterable[Action]:
        """Yield keys, services, ways without a number."""
        yield Action("f4", N_("Find"), N_("Finds a number, or checks an appointment in."), self.search)
        yield Action("f6", N_("Precheck"), N_("Opens the papers of the selected number."), self.papers)
        yield Action("f7", N_("Page up"), N_("Shows the lines before."), lambda: self.turn(-1))
        yield Action("f8", N_("Page dn"), N_("Shows the next lines."), lambda: self.turn(1))
        yield Action("f9", N_("One more"), N_("Gives one more number of the same kind."), self.again)
        yield Action(
            "f10",
            N_("Checked"),
            N_("Completes the papers that F6 opened."),
            self.papers,
            blocked=lambda: FIRST_F6,
        )
        language = self.look.language
        for key, lane in self._keyed().items():
            name = lane.name.said(language)
            issue = partial(self.issue, lane.service, "normal")
            yield Action(key, name, N_("Gives a number for this service."), issue)
        for key, word, code in self._outcomes():
            yield Action(key, word, N_("Records a visitor who needs no number."), partial(self.divert, code))
        print_help = N_("Prints the slip of the selected number once more, marked as a copy.")
        yield Action(SLIP, N_("Slip"), print_help, self.slip, self.no_slip)
        yield Action("80", N_("Greeting"), N_("Shows the greeting, or hides it."), self.greet)
        for key, lane in self._keyed().items():
            name = self.look.say(N_("stop or resume {service}")).format(service=lane.name.said(language))
            stop = N_("Stops giving numbers for this service, or goes on.")
            yield Action(f"9{key}", N_("Stop"), stop, partial(self.stop, lane), name=name)

    def _keyed(self) -> dict[str, Lane]:
        lanes = self.view.lanes if self.view else []
        return {str(place): lane for place, lane in enumerate(lanes[: lobby_rows.MOST_KEYS], 1)}

    def _outcomes(self) -> list[tuple[str, str, str]]:
        words = lobby_rows.divert_words(self.look)
        return [(key, word, code) for (key, word), code in zip(words, lists().divert, strict=False)]

    def _given(self, digits: str) -> tuple[Lane, str] | None:
        """Return service and class that two digits mean."""
        lane, care = self._keyed().get(digits[0]), CARE_DIGITS.get(digits[1:])
        return (lane, care) if lane and care else None

    def verb(self, typed: Verb) -> Awaitable[object] | None:
        """Give a number with a class, or do what the digits stand for."""
        if self.all_actions().get(typed.digits) is not None:
            self.action_press(typed.digits)
            return None
        given = self._given(typed.digits)
        if given is None:
            self.reject(NO_SERVICE)
            return None
        lane, care = given
        return self.issue(lane.service, care)

    def nothing(self) -> Awaitable[object] | None:
        """Enter in the empty field: somebody is on the way to help, once the call has been read."""
        calls = self.view.help if self.view else []
        if not calls:
            return None
        if self._coded is None or self._coded[0].text not in CALLS:
            self.say(self._calls(calls[0]))
            return None
        return self._answer(calls[0])

    async def _answer(self, call: HelpView) -> None:
        await self.ask(api.HelpAnswer(id=str(call.id)))
        await self.reload()

    async def issue(self, service: str, care: str) -> None:
        """Give a number."""
        issued = await self.ask(api.Issue(service=service, care=care))
        self.last = (service, care)
        await self._issued(issued, service)

    async def _issued(self, issued: Issued, service: str) -> None:
        self.selected = issued.id
        await self.reload()
        facts: dict[str, Fact] = {
            "number": issued.number,
            "service": service,
            "ahead": issued.ahead,
            "lo": issued.wait_lo_min,
            "hi": issued.wait_hi_min,
            "most": issued.overtaken_by_at_most,
        }
        self.say(Note(DONE, GIVEN, facts))

    def again(self) -> Awaitable[object] | None:
        """Give one more number of the same kind."""
        if self.last is None:
            self.reject(NOTHING_ISSUED)
            return None
        return self.issue(*self.last)

    async def divert(self, outcome: str) -> None:
        """Record a visitor who needs no number."""
        await self.ask(api.Divert(outcome=outcome))
        self.say(Note(DONE, N_("Without a number: {outcome}"), {"outcome": outcome}))

    def greet(self) -> None:
        """Show the greeting, or hide it."""
        self.greets = not self.greets
        self.repaint()

    async def stop(self, lane: Lane) -> None:
        """Stop a service, or let it go on."""
        if lane.stopped is not None:
            await self.ask(api.Unsuspend(service=lane.service))
            text = N_("{service}: numbers are given again.")
        else:
            suspension = await self._suspension(lane)
            if suspension is None:
                return
            await self.ask(suspension)
            text = N_("{service}: no numbers are given for now.")
        await self.reload()
        self.say(Note(DONE, text, {"service": lane.service}))

    async def _suspension(self, lane: Lane) -> api.Suspend | None:
        codes, name = list(lists().suspend), in_words(lane.name)
        reasons = options([in_words(words) for words in lists().suspend.values()])
        reason = await self.show(Choose(N_("Stop a service"), reasons, about=name))
        if reason is None:
            return None
        spans = options([N_("until it is lifted"), *map(_span, SPANS)])
        span = await self.show(Choose(N_("How long?"), spans, about=name, default="1"))
        if span is None:
            return None
        until = None if span == "1" else rfc3339(self._now() + SPANS[int(span) - 2] * MINUTE)
        return api.Suspend(service=lane.service, reason=codes[int(reason) - 1], until=until)

    def turn(self, by: int) -> None:
        """Turn the page."""
        page = lobby_rows.page_rows(self.body_rows, self._lobby(self.look))
        first, last = self.first + by * page, len(self.view.tickets) if self.view else 0
        if not -page < first < last:
            self.reject(NO_PAGE)
            return
        self.first = max(0, first)
        self.repaint()

    def papers(self) -> Awaitable[object] | None:
        """Open the papers of the selected ticket, everything ticked."""
        ticket = self.ticket_selected()
        if ticket is None or ticket.state != "waiting":
            self.reject(NOTHING_SELECTED)
            return None
        return self.precheck(ticket)

    def no_slip(self) -> Note | None:
        """Say why no slip can be printed once more."""
        return self.no_printer() or (NO_NUMBER_SELECTED if self.ticket_selected() is None else None)

    async def slip(self) -> None:
        """Print the slip of the selected number once more."""
        ticket = self.ticket_selected()
        assert ticket is not None
        await self.print_slip(ticket)

    async def search(self) -> None:
        """Find a number, or check an appointment in."""
        appointments = await self.ask(api.Appointments())
        wanted = await self.show(Search(appointments, self.words))
        if isinstance(wanted, Promised):
            issued = await self.ask(api.CheckIn(appointment=wanted.code))
            await self._issued(issued, wanted.service)
        elif wanted is not None:
            await self._ticket(wanted.digits if isinstance(wanted, TicketEnd) else wanted.number)

    async def chosen(self, ticket: Found) -> None:
        """Select a ticket and show what can be done with it."""
        self.selected = ticket.id
        self.repaint()
        await self.offer(ticket)
