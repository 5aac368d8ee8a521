"""205, appointments: who is expected on a day, booking, check-in, and what became of each."""

from collections.abc import Awaitable, Iterable
from datetime import date, timedelta

from textual.content import Content

from tellertui.branch.api import Show
from tellertui.core.clock import MINUTE
from tellertui.core.refusal import N_
from tellertui.ui.actions import Action
from tellertui.ui.chrome import Head, day_text
from tellertui.ui.commandline import Nothing, Typed, Unknown, Verb
from tellertui.ui.fields import Field
from tellertui.ui.form import Ask
from tellertui.ui.look import MUTED, Look
from tellertui.ui.modal import Choose, Option
from tellertui.ui.notes import DONE, FORBIDDEN, Note
from tellertui.ui.text import line
from tellertui.ui.values import Clock, Day
from tellertui.workflows.reception import api
from tellertui.workflows.reception.rules.policy import policy_on
from tellertui.workflows.reception.screens import appointment_rows
from tellertui.workflows.reception.screens.asking import options
from tellertui.workflows.reception.screens.desk import ReceptionDesk
from tellertui.workflows.reception.views import Found, Promised

CODE_CELLS = 4
NO_LINE = N_("There is no line {number}.")
NO_CODE = Note(FORBIDDEN, N_("Nobody is expected on this day with that code."))
OTHER_DAY = Note(FORBIDDEN, N_("Check-in is possible on its own day only."))
NOT_EXPECTED = Note(FORBIDDEN, api.CHECKED_IN.text)
BOOKED = N_("{service}, {day} {time}: code {code}")
CAME = N_("{number}: came for {time}")
GAVE_UP = N_("{time} {service}: cancelled")


class AppointmentDesk(ReceptionDesk):
    """Promises times and takes in who comes for them."""

    CODE = appointment_rows.CODE
    NAME = appointment_rows.NAME
    HELP = N_(
        "Who is expected on a day, in the order of the times. F10 books: service, day, time; the code is all "
        "the customer needs. A line's number, or the four digits of a code, and Enter check somebody in or "
        "cancel. F7 and F8 turn pages, then days: F8 on the last page shows tomorrow."
    )

    def __init__(self) -> None:
        super().__init__()
        self.today = self.day = ""
        self.promised: list[Promised] | None = None
        self.first = 0

    async def reload(self) -> None:
        """Ask for the day shown; for words only where they are not known."""
        branch = await self.ask(Show())
        if self.day in ("", self.today):
            self.day = branch.today.day
        self.today = branch.today.day
        if not self.words.offers:
            await self.learn()
        self.promised = await self.ask(api.Appointments(day=self.day))
        self.first = min(self.first, max(0, len(self.promised) - 1))

    def head(self, look: Look) -> Head:
        """Return the day and its counts."""
        return appointment_rows.head(self._shown(), look)

    def body(self, look: Look) -> list[Content]:
        """Return the appointments."""
        return appointment_rows.body(self._shown(), self.body_rows, look)

    def _shown(self) -> appointment_rows.Appointments:
        late = policy_on(self.today).appointments.late_minutes * MINUTE if self.today else 0
        return appointment_rows.Appointments(
            self.day, self.today, self.promised, self.words, self._now(), late, self.first
        )

    def hint(self, typed: Typed, look: Look) -> Content:
        """Say what Enter would do."""
        text = N_("line or code Enter: check in or cancel") if isinstance(typed, Nothing) else ""
        return line((look.say(text), MUTED))

    def actions(self) -> Iterable[Action]:
        """Yield booking, and the pages and days."""
        yield Action("f7", N_("Earlier"), N_("Shows the page or the day before."), lambda: self.turn(-1))
        yield Action("f8", N_("Later"), N_("Shows the next page or day."), lambda: self.turn(1))
        yield Action("f10", N_("Book"), N_("Promises a time for a service."), self.book)

    def turn(self, by: int) -> Awaitable[object] | None:
        """Turn the page; beyond the first or last one turn the day."""
        page = appointment_rows.page_rows(self.body_rows)
        if 0 <= self.first + by * page < len(self.promised or ()):
            self.first += by * page
            self.repaint()
            return None
        self.day = (date.fromisoformat(self.day) + timedelta(days=by)).isoformat()
        self.first = 0
        return self.reload()

    # Booking.

    async def book(self) -> None:
        """Ask for service, day and time."""
        codes = list(self.words.offers)
        shown = options([self.words.service(code, self.look) for code in codes])
        service = await self.show(Choose(N_("Book an appointment"), shown))
        if service is None:
            return
        code = codes[int(service) - 1]
        today = date.fromisoformat(self.today)
        day = Field("day", N_("Day"), Day(today=lambda: today, first=today), cells=11, required=True)
        time = Field("time", N_("Time"), Clock(), cells=6, required=True)
        day.value = self.day
        about = self.words.service(code, self.look)
        values = await self.show(Ask(N_("Book an appointment"), (day, time), about=about))
        if values is None:
            return
        wanted = values["day"].isoformat()
        booked = await self.ask(api.Book(service=code, at=f"{wanted}T{values['time']}"))
        self.day = wanted
        await self.reload()
        facts = {"service": about, "day": day_text(wanted, self.look), "time": values["time"]}
        self.say(Note(DONE, BOOKED, {**facts, "code": booked.code}))

    # Check-in and cancelling.

    def verb(self, typed: Verb) -> Awaitable[object] | None:
        """Open a line by its number."""
        place, promised = int(typed.digits) - 1, self.promised or []
        if not 0 <= place < len(promised):
            self.reject(Note(FORBIDDEN, NO_LINE, {"number": typed.digits}))
            return None
        return self.open(promised[place])

    def own(self, typed: Unknown) -> Awaitable[object] | None:
        """Open a line by its code."""
        if not (len(typed.text) == CODE_CELLS and typed.text.isdigit()):
            return None
        return self._open_by_code(typed.text)

    async def _open_by_code(self, code: str) -> None:
        found = [each for each in self.promised or [] if each.code == code]
        if found:
            await self.open(found[0])
        else:
            self.reject(NO_CODE)

    async def open(self, promised: Promised) -> None:
        """Ask what is to be done with an appointment."""
        closed = None if promised.state == "booked" else NOT_EXPECTED
        shown = (
            Option("1", N_("check in"), closed or (None if self.day == self.today else OTHER_DAY)),
            Option("2", N_("cancel"), closed),
        )
        time = self.look.clock(promised.at)
        service = self.words.service(promised.service, self.look)
        answer = await self.show(
            Choose(N_("Appointment"), shown, about=f"{time}  {service}  {promised.code}")
        )
        if answer == "1":
            issued = await self.ask(api.CheckIn(appointment=promised.code))
            await self.reload()
            self.say(Note(DONE, CAME, {"number": issued.number, "time": time}))
        elif answer == "2":
            await self.ask(api.Cancel(appointment=str(promised.id)))
            await self.reload()
            self.say(Note(DONE, GAVE_UP, {"time": time, "service": service}))

    async def chosen(self, ticket: Found) -> None:
        """Tickets are worked at the other desks."""
        self.reject(NO_CODE)
