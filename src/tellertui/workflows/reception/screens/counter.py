"""202, the counter desk: call, start, finish, and everything that can happen in between."""

from collections.abc import Awaitable, Iterable, Mapping
from uuid import UUID

from textual.content import Content

from tellertui.branch.api import Counters
from tellertui.core.refusal import N_, Refusal
from tellertui.ui.actions import Action, Slot
from tellertui.ui.chrome import Head
from tellertui.ui.commandline import Nothing, TicketEnd, TicketNumber, Typed, Verb
from tellertui.ui.look import MUTED, Look
from tellertui.ui.notes import DONE, FORBIDDEN, INFO, Note
from tellertui.ui.picker import Item, Picker
from tellertui.ui.text import line
from tellertui.workflows.reception import api
from tellertui.workflows.reception.rules.life import CALLED, SERVING
from tellertui.workflows.reception.screens import counter_rows
from tellertui.workflows.reception.screens.counter_verbs import CounterVerbs
from tellertui.workflows.reception.screens.desk import NO_PAGE
from tellertui.workflows.reception.screens.parts import seconds_left
from tellertui.workflows.reception.screens.words import NOBODY_WAITS
from tellertui.workflows.reception.views import DeskView

EVERY_COUNTER_TAKEN = Note(FORBIDDEN, N_("Every counter is taken."))


class CounterDesk(CounterVerbs):
    """Calls, serves and finishes tickets at one counter."""

    CODE = counter_rows.CODE
    NAME = counter_rows.NAME
    HELP = N_(
        "F10 is always the next step: call, start, finish. The numbered verbs keep their places; one that "
        "cannot be used now is dim and says why. .18 shows a number of today and what can be done with it; "
        "F1 there says why it is called when it is. 00 asks for help without a sound."
    )
    BELOW_COMMAND = 1

    def __init__(self) -> None:
        super().__init__()
        self.known = False
        self.first = 0
        self._waits = False
        """A recall has to wait still."""

    # What is shown.

    async def reload(self) -> None:
        """Ask for the counter; for words only where they are not known."""
        before = self._standing()
        self.view = await self._desk()
        if not self.words.offers or not set(self._services()) <= set(self.words.offers):
            await self.learn()
        hand = self.hand
        self.teller.sits_at(self.view.counter.counter if self.view else "")
        self.teller.idle.serving = hand is not None and hand.state == SERVING
        self.first = max(0, min(self.first, len(self.view.next) - 1)) if self.view else 0
        self._waits = self._recall_waits()
        if self.known and before != self._standing():
            self.changed()
        self.known = True

    async def _desk(self) -> DeskView | None:
        try:
            return await self.ask(api.Desk())
        except Refusal as refused:
            if refused.kind is not api.OWN_COUNTER:
                raise
            return None

    def _services(self) -> list[str]:
        return self.view.counter.services if self.view else []

    def _standing(self) -> tuple[UUID | None, str]:
        return (self.hand.id, self.hand.state) if self.hand else (None, "")

    def tick(self) -> None:
        """Light the recall up once it may be pressed."""
        super().tick()
        if self.phone is not None and self._now() >= self.phone.until:
            self.hide_phone()
        if self._waits and not self._recall_waits():
            self._waits = False
            self.repaint()

    def _recall_waits(self) -> bool:
        return self.hand is not None and seconds_left(self.hand.recall_at, self._now()) > 0

    def head(self, look: Look) -> Head:
        """Return counter and counts."""
        return counter_rows.head(self._counter({}), look)

    def body(self, look: Look) -> list[Content]:
        """Return the ticket in hand, what is next, the verbs."""
        slots = self.all_actions().slots(look.say, self.busy)
        return counter_rows.body(self._counter(slots), self.body_rows, look)

    def _counter(self, slots: Mapping[str, Slot]) -> counter_rows.Counter:
        return counter_rows.Counter(self.view, self.words, slots, self.first, self.known, self.phone)

    def hint(self, typed: Typed, look: Look) -> Content:
        """Say what Enter would do."""
        _ = look.say
        if isinstance(typed, Nothing):
            text = _("digit: verb   .18 number   three digits: screen")
        elif isinstance(typed, Verb) and (action := self.all_actions().get(typed.digits)) is not None:
            text = look.say(action.name or action.label)
        else:
            text = _("Enter shows it") if isinstance(typed, TicketEnd | TicketNumber) else ""
        return line((text, MUTED))

    # What can be done.

    def actions(self) -> Iterable[Action]:
        """Yield the next step, the verbs, and the pages of who comes next."""
        yield Action("f6", N_("My list"), N_("Goes to everything that waits for you."), self._mine)
        yield Action("f7", N_("Page up"), N_("Shows the lines before."), lambda: self.turn(-1))
        yield Action("f8", N_("Page dn"), N_("Shows the next lines."), lambda: self.turn(1))
        if self.known:
            yield self._next_step()
        yield from self.verbs()

    def _next_step(self) -> Action:
        hand = self.hand
        if hand is None and not self.open:
            step = (N_("Open up"), N_("Takes a counter, or ends its pause."), self.take)
        elif hand is None:
            step = (N_("Call"), N_("Calls the next number."), self.call)
        elif hand.state == CALLED:
            step = (N_("Start"), N_("Begins to serve the called number."), self.start)
        else:
            step = (N_("Finish"), N_("Ends the visit as done."), self.finish)
        return Action("f10", *step, guarded=True)

    # The ordinary way.

    async def take(self) -> None:
        """End the pause, or take the counter of this terminal; where it has none, ask which."""
        try:
            await self.ask(api.CounterOpen())
        except Refusal as refused:
            if refused.kind is not api.OWN_COUNTER:
                raise
            if (code := await self._which()) is None:
                return
            await self.ask(api.CounterOpen(counter=code))
        await self.reload()
        counter = self.view.counter.counter if self.view else ""
        self.say(Note(DONE, N_("Counter {counter} is open."), {"counter": counter}))

    async def _which(self) -> str | None:
        free = [counter for counter in await self.ask(Counters()) if counter.person is None]
        if not free:
            self.reject(EVERY_COUNTER_TAKEN)
            return None
        look = self.look
        items = [
            Item(
                counter.counter,
                "  ".join(self.words.service(code, look) for code in counter.services),
                counter.counter,
            )
            for counter in free
        ]
        return await self.show(Picker(N_("Which counter?"), items))

    async def call(self) -> None:
        """Call the next number."""
        called = await self.ask(api.CallNext())
        await self.reload()
        if called is None:
            self.say(Note(INFO, NOBODY_WAITS))

    async def start(self) -> None:
        """Begin to serve."""
        await self.ask(api.Arrive(ticket=str(self._served().id)))
        await self.reload()

    async def finish(self) -> None:
        """End the visit as done; a counter that calls by itself calls the next number."""
        await self._finished(api.Finish(ticket=str(self._served().id)), N_("{number}: finished"))

    def _mine(self) -> Awaitable[object] | None:
        self.teller.go("100", self)
        return None

    def turn(self, by: int) -> None:
        """Turn the page of who comes next."""
        page = counter_rows.middle_rows(self.body_rows) - 1
        first, last = self.first + by * page, len(self.view.next) if self.view else 0
        if not -page < first < last:
            self.reject(NO_PAGE)
            return
        self.first = max(0, first)
        self.repaint()
