"""100 Today: the first screen after sign-on for everybody."""

from collections.abc import Awaitable, Iterable
from typing import TYPE_CHECKING, cast

from textual.content import Content

from tellertui.branch.api import BRANCH
from tellertui.core.refusal import N_
from tellertui.desk import today_rows
from tellertui.desk.places import DESKS, first_role
from tellertui.desk.today_rows import Item
from tellertui.ui.actions import Action
from tellertui.ui.chrome import Head
from tellertui.ui.commandline import Nothing, Typed, Verb
from tellertui.ui.desk import Desk
from tellertui.ui.look import MUTED, Look
from tellertui.ui.modal import confirm
from tellertui.ui.notes import FORBIDDEN, INFO, Note
from tellertui.ui.text import line
from tellertui.workflows.reception.api import QUEUE
from tellertui.workflows.today.api import TODAY, ShowToday, ShowYesterday, TodayView, Yesterday

if TYPE_CHECKING:
    from tellertui.app import TellerApp

NO_LINE = N_("There is no line {number}.")
NO_PAGE = Note(INFO, N_("There is nothing more to show."))


class Today(Desk):
    """Own work of all roles in one list, in the order in which it must be done."""

    CODE = "100"
    NAME = N_("Today")
    HELP = N_(
        "Everything that waits for you, whatever your role: what is in hand, what is due, what you parked. "
        "A line's number and Enter open it; three digits go to any other screen."
    )
    TOPICS = (TODAY, BRANCH, QUEUE)
    BELOW_COMMAND = 3

    def __init__(self) -> None:
        super().__init__()
        self.view: TodayView | None = None
        self.yesterday: Yesterday | None = None
        self.listed: list[Item] = []
        self.first = 0

    @property
    def terminal(self) -> "TellerApp":
        """Return the app as what it is."""
        return cast("TellerApp", self.app)

    async def reload(self) -> None:
        """Ask what waits; how the day before went is asked once."""
        self.view = await self.ask(ShowToday())
        self.terminal.sits_at(self.view.counter, self.view.day.day)
        role = first_role(self.terminal.roles)
        self.listed = today_rows.items(self.view, DESKS.get(role, "") if role else "")
        self.first = min(self.first, max(0, len(self.listed) - 1))
        if self.yesterday is None:
            self.yesterday = await self.ask(ShowYesterday())

    def actions(self) -> Iterable[Action]:
        """Yield what can be done from here."""
        yield Action("f3", N_("Leave"), N_("Signs off; what is half filled stays parked."), self.sign_off)
        yield Action("f7", N_("Page up"), N_("Shows the lines before."), lambda: self.turn(-1))
        yield Action("f8", N_("Page dn"), N_("Shows the next lines."), lambda: self.turn(1))
        yield Action("f10", N_("Open"), N_("Opens the first line."), lambda: self.open_line(self.first))

    def head(self, look: Look) -> Head:
        """Return who is here and which day it is."""
        terminal = self.terminal
        return today_rows.head(self.view, terminal.status.person, first_role(terminal.roles), look)

    def body(self, look: Look) -> list[Content]:
        """Return the lines."""
        rows = self.body_rows
        return today_rows.body(self.view, self.yesterday, self.listed, self.first, rows, look)

    def hint(self, typed: Typed, look: Look) -> Content:
        """Say what the command field takes, or what Enter would open."""
        if isinstance(typed, Nothing):
            return line((look.say(N_("line number Enter opens it;  three digits = screen")), MUTED))
        return Content("")

    def verb(self, typed: Verb) -> Awaitable[object] | None:
        """Open a line by its number."""
        return self.open_line(int(typed.digits) - 1)

    def nothing(self) -> Awaitable[object] | None:
        """Open the first line of this page."""
        return self.open_line(self.first)

    def back(self) -> None:
        """Go back to where one came from."""
        super().leave()

    def turn(self, by: int) -> None:
        """Turn the page."""
        step = today_rows.page_rows(self.body_rows, self.yesterday)
        first = self.first + by * step
        if not -step < first < len(self.listed):
            self.reject(NO_PAGE)
            return
        self.first = max(0, first)
        self.repaint()

    def open_line(self, place: int) -> Awaitable[object] | None:
        """Go to the screen of a line, with its draft where it has one."""
        if not 0 <= place < len(self.listed):
            self.reject(Note(FORBIDDEN, NO_LINE, {"number": place + 1}))
            return None
        item = self.listed[place]
        if item.draft is not None:
            return self.terminal.take_up(item.draft.draft, self)
        self.teller.go(item.screen, self)
        return None

    async def sign_off(self) -> None:
        """Ask, then end the session."""
        asked = confirm(N_("Sign off"), N_("What is half filled stays parked for you."), yes=N_("Sign off"))
        if await self.show(asked) == "1":
            self.terminal.walk(self.terminal.sign_off())
