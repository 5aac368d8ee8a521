"""904, the end of day: what stands in the way of signing, how the day was, and two people who sign it."""

from collections.abc import Iterable, Mapping
from datetime import date

from textual.content import Content
from textual.events import Key

from tellertui.branch.api import BRANCH, Services, Words
from tellertui.core.refusal import N_
from tellertui.core.role import OFFICERS
from tellertui.ui.actions import Action
from tellertui.ui.chrome import Head, day_text
from tellertui.ui.look import Look
from tellertui.ui.notes import DONE, FORBIDDEN, INFO, Note
from tellertui.ui.pump import Burst
from tellertui.ui.second import countersigned
from tellertui.ui.values import narrow
from tellertui.workflows.closing import api
from tellertui.workflows.closing.api import Live, ShowLive, SignDay
from tellertui.workflows.closing.screens import day_rows
from tellertui.workflows.closing.screens.comparing import Comparing
from tellertui.workflows.closing.screens.day_rows import Day, Task, head_code, tasks
from tellertui.workflows.closing.targets import Targets, targets_on
from tellertui.workflows.reception.api import QUEUE

NOT_READ = Note(FORBIDDEN, N_("Nothing is shown yet; F5 reads it again."))
NO_ITEM = Note(FORBIDDEN, N_("Nothing to go to has that digit."))
NO_EARLIER = Note(INFO, N_("There is no earlier day."))
NO_LATER = Note(INFO, N_("There is no later day."))
FIRST_DO = N_("It cannot be signed yet: first {items}.")
NOT_YOURS = Note(FORBIDDEN, N_("A manager or a reviewer signs the day."))
SIGNED = N_("{day} is signed. Head code {code}.")


class DayEnd(Comparing):
    """The sheet of a business date, from its first ticket to its two signatures."""

    CODE = day_rows.CODE
    NAME = day_rows.NAME
    HELP = N_(
        "At left what stands in the way of signing: a digit and Enter go there, F12 comes back. At right the "
        "figures beside those of the day they are compared with; ! where one misses its target. Below when "
        "it was busy. F7 and F8 turn to other days, also to one that nobody signed. F10 signs: a second "
        "person types their passphrase at this terminal. A day that is still open is closed by it."
    )
    TOPICS = (QUEUE, BRANCH)
    one_key = True

    def __init__(self) -> None:
        super().__init__()
        self.date: str | None = None
        """The business date that is shown; None for today."""
        self.live: Live | None = None
        self.targets: Targets | None = None
        self.services: Mapping[str, Words] = {}
        self.today = ""
        self.chosen = 0
        self.details = False

    # What is shown.

    async def reload(self) -> None:
        """Ask for the day; for the one it is compared with, and for names, only where they are not known."""
        live = await self.ask(ShowLive(date=date.fromisoformat(self.date) if self.date else None))
        if not self.services:
            self.services = {each.service: each.name for each in await self.ask(Services())}
        self.targets = targets_on(live.day.day)
        self.live = live
        self.today = self.today if self.date else live.day.day
        numbers = {task.number for task in tasks(live.sheet)}
        self.chosen = self.chosen if self.chosen in numbers else 0
        await self.compare(live.compared)

    def head(self, look: Look) -> Head:
        """Return the day and the one before."""
        return day_rows.head(self._day(), look)

    def body(self, look: Look) -> list[Content]:
        """Return the sheet."""
        return day_rows.body(self._day(), look)

    def _day(self) -> Day:
        return Day(
            self.live,
            self.compared,
            self.targets,
            self.services,
            self.teller.people,
            self.today,
            self.chosen,
            self.details,
        )

    # What can be done.

    def actions(self) -> Iterable[Action]:
        """Yield what can be done."""
        if not self.look.wide:
            yield Action(
                "f6", N_("Services"), N_("Shows services and staff, or the sheet again."), self.turn_over
            )
        yield Action("f7", N_("Earlier"), N_("Shows the day before."), lambda: self.turn(-1))
        yield Action("f8", N_("Later"), N_("Shows the day after."), lambda: self.turn(1))
        yield Action(
            "f10",
            N_("Sign"),
            N_("Signs the day with a second person at this terminal."),
            self.sign,
            blocked=self.unsignable,
            guarded=True,
        )

    def on_key(self, event: Key) -> None:
        """Choose an item by its digit; Enter goes there."""
        if event.key == "enter" and self.chosen:
            event.stop()
            self.go(self.chosen)
        elif event.is_printable:
            event.stop()
            self.choose(narrow(event.character or ""))

    def on_burst(self, burst: Burst) -> None:
        """Take no scan for an answer."""
        burst.stop()
        self.app.bell()

    def _tasks(self) -> dict[int, Task]:
        found = tasks(self.live.sheet) if self.live else []
        return {task.number: task for task in found if task.number}

    def choose(self, digit: str) -> None:
        """Put the cursor on an item."""
        number = int(digit) if digit.isascii() and digit.isdigit() else 0
        if number not in self._tasks():
            self.reject(NO_ITEM)
            return
        self.chosen, self.details = number, False
        self.say(None)

    def go(self, number: int) -> None:
        """Go to where an item is worked off: another screen, or another day."""
        goal = self._tasks()[number].goal
        if goal.isdigit():
            self.teller.go(goal, self)
        else:
            self._show_day(goal)

    def back(self) -> None:
        """Go back from services to the sheet, from another day to today, else leave."""
        if self.details:
            self.turn_over()
        elif self.date is not None:
            self._show_day(None)
        else:
            super().back()

    def turn_over(self) -> None:
        """Show services and staff, or the sheet again."""
        self.details = not self.details
        self.repaint()

    def turn(self, by: int) -> None:
        """Show the day before or after; behind the last one that was opened comes today."""
        live = self.live
        if live is None:
            self.reject(NOT_READ)
            return
        mark = live.before if by < 0 else live.after
        if mark is None and (by < 0 or self.date is None):
            self.reject(NO_EARLIER if by < 0 else NO_LATER)
            return
        self._show_day(None if mark is None or mark.day == self.today else mark.day)

    def _show_day(self, day: str | None) -> None:
        self.date, self.chosen, self.said = day, 0, None
        self.errand(self.reload())

    def unsignable(self) -> Note | None:
        """Say what stands in the way of signing."""
        live = self.live
        if live is None:
            return NOT_READ
        day = day_text(live.day.day, self.look)
        if live.day.state == "signed":
            return Note(FORBIDDEN, api.DAY_SIGNED.text, {"day": day})
        if live.day.state == "unopened":
            return Note(FORBIDDEN, api.NOTHING_TO_SIGN.text, {"day": day})
        if not self.teller.roles & OFFICERS:
            return NOT_YOURS
        if live.sheet.blocking:
            items = " ".join(str(task.number) for task in tasks(live.sheet)[: len(live.sheet.blocking)])
            return Note(FORBIDDEN, FIRST_DO, {"items": items})
        return None

    async def sign(self) -> None:
        """Let two people sign what is shown."""
        live = self.live
        assert live is not None
        day = live.day.day
        signed = await countersigned(self, SignDay(date=date.fromisoformat(day)), self._about(live))
        if signed is None:
            return
        self.changed()
        await self.reload()
        facts = {"day": day_text(day, self.look), "code": head_code(signed.head)}
        self.say(Note(DONE, SIGNED, facts))

    def _about(self, live: Live) -> list[str]:
        """Return what the second person is shown."""
        _, sheet = self.look.say, live.sheet
        figures = sheet.figures
        told = [
            f"{_(self.NAME)}   {day_text(live.day.day, self.look)}",
            _("tickets {issued}, served {served}").format(issued=figures.issued, served=figures.served),
        ]
        if live.day.state == "open":
            told.append(_("The day is closed by it: no more numbers are given."))
        return told
