"""901, opening the day: what was looked at, who stands where, and the one key that opens."""

from collections.abc import Iterable

from textual.content import Content
from textual.events import Key

from tellertui.branch import api as branch_api
from tellertui.branch.api import BRANCH, BranchView, DayView
from tellertui.core.refusal import N_, Fact
from tellertui.core.role import OFFICERS
from tellertui.ui.actions import Action
from tellertui.ui.chrome import Head, day_text
from tellertui.ui.look import Look
from tellertui.ui.modal import confirm
from tellertui.ui.notes import DONE, FORBIDDEN, INFO, WARNING, Note
from tellertui.ui.pump import Burst
from tellertui.ui.values import narrow
from tellertui.workflows.closing.api import Check, Opening, ShowOpening
from tellertui.workflows.closing.screens import opening_rows
from tellertui.workflows.closing.screens.comparing import Comparing
from tellertui.workflows.closing.screens.day import NOT_READ
from tellertui.workflows.closing.screens.opening_rows import KEYED, Morning
from tellertui.workflows.closing.targets import Targets, targets_on
from tellertui.workflows.reception.api import QUEUE, Appointments
from tellertui.workflows.reception.views import Promised

NO_CHECK = Note(FORBIDDEN, N_("No check has that digit."))
ALL_CHECKED = Note(INFO, N_("Everything is ticked already."))
NOT_YOURS = Note(FORBIDDEN, N_("A manager or a reviewer opens the day."))
IS_OPEN = N_("{day} is open already, since {time}.")
OPENED = N_("The day is open until {close}.")
MISSING = N_("The day is open until {close}. Still to be looked at: {count}.")


class OpenDay(Comparing):
    """The morning's checks; it opens the day and stops no ticket."""

    CODE = opening_rows.CODE
    NAME = opening_rows.NAME
    HELP = N_(
        "What is looked at before the doors open: a digit ticks a check or takes it back, F9 ticks all. "
        "At right who sits at which counter, below the hours of today and what comes over from the day "
        "before. F10 opens the day, also while checks are missing: they stay here until somebody ticks them."
    )
    TOPICS = (BRANCH, QUEUE)
    one_key = True

    def __init__(self) -> None:
        super().__init__()
        self.view: Opening | None = None
        self.house: BranchView | None = None
        self.appointments: list[Promised] = []
        self.targets: Targets | None = None

    # What is shown.

    async def reload(self) -> None:
        """Ask for checks, counters and appointments; for the day it is compared with once."""
        view = await self.ask(ShowOpening())
        self.house = await self.ask(branch_api.Show())
        self.appointments = await self.ask(Appointments())
        self.targets = targets_on(view.day.day)
        self.view = view
        await self.compare(view.compared)

    def head(self, look: Look) -> Head:
        """Return the day and the one before."""
        return opening_rows.head(self._morning(), look)

    def body(self, look: Look) -> list[Content]:
        """Return checks, counters, hours, what comes over."""
        return opening_rows.body(self._morning(), look)

    def _morning(self) -> Morning:
        people = self.teller.people
        return Morning(self.view, self.house, self.appointments, self.compared, self.targets, people)

    # What can be done.

    def actions(self) -> Iterable[Action]:
        """Yield what can be done."""
        yield Action("f9", N_("Tick all"), N_("Ticks every check that is left."), self.tick_all)
        yield Action(
            "f10",
            N_("Open day"),
            N_("Opens the day; missing checks do not stop it."),
            self.open_day,
            blocked=self.unopenable,
            guarded=True,
        )

    def on_key(self, event: Key) -> None:
        """Tick a check by its digit, or take it back."""
        if not event.is_printable:
            return
        event.stop()
        checks = self.view.checks[:KEYED] if self.view else []
        digit = narrow(event.character or "")
        place = int(digit) if digit.isascii() and digit.isdigit() else 0
        if not 1 <= place <= len(checks):
            self.reject(NO_CHECK)
            return
        check = checks[place - 1]
        self.said = None
        self.errand(self.tick((check.check,), done=check.at is None), digit)

    def on_burst(self, burst: Burst) -> None:
        """Take no scan for an answer."""
        burst.stop()
        self.app.bell()

    async def tick(self, checks: tuple[str, ...], *, done: bool) -> None:
        """Note that things were looked at, or take it back."""
        self.view = await self.ask(Check(checks=checks, done=done))

    async def tick_all(self) -> None:
        """Tick every check that is left."""
        left = tuple(check.check for check in self.view.checks if check.at is None) if self.view else ()
        if left:
            await self.tick(left, done=True)
        else:
            self.say(ALL_CHECKED if self.view else NOT_READ)

    def unopenable(self) -> Note | None:
        """Say why there is nothing to open."""
        if self.view is None:
            return NOT_READ
        day = self.view.day
        if day.state == "unopened":
            return None if self.teller.roles & OFFICERS else NOT_YOURS
        facts: dict[str, Fact] = {"day": day_text(day.day, self.look)}
        if day.state == "open":
            return Note(FORBIDDEN, IS_OPEN, {**facts, "time": self.look.clock(day.opened_at)})
        return Note(FORBIDDEN, branch_api.DAY_OPENED.text, facts)

    async def open_day(self) -> None:
        """Open the day; one without hours only after a question."""
        assert self.view is not None
        if self.view.day.open is None:
            asked = confirm(
                N_("Opening the day"),
                N_("The table has no hours for today. The day would be open from now to midnight."),
                yes=N_("Open the day"),
            )
            if await self.show(asked) != "1":
                return
        day = await self.ask(branch_api.OpenDay())
        self.changed()
        await self.reload()
        self.say(self._opened(day))

    def _opened(self, day: DayView) -> Note:
        missing = sum(check.at is None for check in self.view.checks) if self.view else 0
        facts: dict[str, Fact] = {"close": day.close, "count": missing}
        return Note(WARNING, MISSING, facts) if missing else Note(DONE, OPENED, facts)
