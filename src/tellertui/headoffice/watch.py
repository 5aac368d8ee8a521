"""``headoffice watch``: every branch by age, alarms in words, figures; it only reads, and holds no key."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.screen import Screen

from tellertui.core.clock import SECOND, Clock
from tellertui.core.refusal import N_, Refusal
from tellertui.headoffice import watch_reads as reads
from tellertui.headoffice.store import NO_DATABASE
from tellertui.headoffice.watch_reads import Place
from tellertui.headoffice.watch_rows import (
    about_rows,
    away_rows,
    counts_text,
    detail_room,
    detail_rows,
    list_rows,
    page_size,
)
from tellertui.headoffice.watch_views import Detail, Overview, Page
from tellertui.i18n import LANGUAGES
from tellertui.ui.actions import Action
from tellertui.ui.base import FIRST, AppBase
from tellertui.ui.branch import Branch
from tellertui.ui.chrome import Head, Status
from tellertui.ui.commandline import Case, Lookup, TicketEnd, TicketNumber, Typed, Unknown, Verb
from tellertui.ui.desk import Desk
from tellertui.ui.frame import Frame
from tellertui.ui.incidents import Incidents
from tellertui.ui.look import STRONG, UTC, Look
from tellertui.ui.notes import FORBIDDEN, INFO, Note
from tellertui.ui.text import line
from tellertui.ui.theme import CONTRAST

REFRESH_S = 2.0
SUMS_AGE = 30 * SECOND
"""Sums read a row of every branch, so they are made less often than the list."""
LIST = "list"
NO_ROW = Note(FORBIDDEN, N_("No branch on this page has that number."))
NO_BRANCH = Note(FORBIDDEN, N_("No branch has that code."))
AWAY_MARK = N_("database away")
GONE = Note(FORBIDDEN, N_("The branch is not there any more."))
FIRST_PAGE = Note(INFO, N_("This is the first page."))
LAST_PAGE = Note(INFO, N_("This is the last page."))


class Shown(Frame):
    """A screen of the dashboard: it is read again by itself, and nothing can be covered by a code."""

    @property
    def watch_app(self) -> "WatchApp":
        """Return the app as what it is."""
        return cast("WatchApp", self.app)

    def common(self) -> Iterable[Action]:
        """Yield the keys of every screen but the veil, and the language."""
        yield from (action for action in super().common() if action.key != "ctrl+l")
        yield Action(
            "f9", N_("Language"), N_("Speaks the next language."), self.watch_app.action_next_language
        )

    async def reload(self) -> None:
        """Read what is shown; a database that is away leaves it as it was."""
        await self.watch_app.refresh_now(self)

    async def fetch(self) -> None:
        """Read what this screen shows.

        Raises:
            Refusal: ``no-database``.
        """


class Branches(Desk, Shown):
    """The list of branches."""

    CODE = "HO"
    NAME = N_("Head office")
    HELP = N_(
        "Branches, the one heard of longest ago first. Above them the alarms in words. A number of the list "
        "or the code of a branch and Enter open it; arrows move the cursor, Enter in the empty field opens "
        "what it is on. Silent: hours and minutes since the branch was heard. Queued: entries that wait at "
        "the branch. Unsafe: entries in no verified backup. Rej.: rejected entries. Then numbers taken and "
        "served, the minutes that 90% waited at most, and satisfied customers, all of the date below."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "press('f7')", show=False),
        Binding("pagedown", "press('f8')", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.view: Overview | None = None
        self.only_alarms = False
        self.top = 0
        self.chosen = 0

    def actions(self) -> Iterable[Action]:
        """Yield what can be done."""
        label = N_("All") if self.only_alarms else N_("Alarms")
        yield Action("f3", N_("Leave"), N_("Ends the dashboard."), self.leave)
        yield Action("f6", label, N_("Lists branches with alarms only, or all again."), self.turn_over)
        yield Action("f7", N_("Page up"), N_("Shows the page before."), lambda: self.turn(-1))
        yield Action("f8", N_("Page dn"), N_("Shows the page after."), lambda: self.turn(1))

    # What is shown.

    async def fetch(self) -> None:
        """Read one page; an earlier page where there is none at this place any more."""
        now, place, known = self.watch_app.clock.now(), self._place(), self.view
        sums = known.sums if known is not None and 0 <= now - known.sums.at < SUMS_AGE else None
        view = await self.watch_app.source.read(partial(reads.overview, place=place, now=now, sums=sums))
        if place != self._place():
            # Somebody has turned the page meanwhile; that page is being read as well.
            return
        self.view, self.top = view, view.top
        self.chosen = max(0, min(self.chosen, len(view.rows) - 1))

    def _place(self) -> Place:
        return Place(self.top, page_size(self.body_rows), self.only_alarms)

    def head(self, look: Look) -> Head:
        """Return how many branches there are, and when they were read."""
        hand = look.say(N_("only alarms")) if self.only_alarms else ""
        return Head(self.CODE, self.NAME, hand, counts_text(self.view, look))

    def body(self, look: Look) -> list[Content]:
        """Return alarms and branches."""
        page = Page(self.view, self.chosen, self.only_alarms, self.watch_app.away)
        return list_rows(page, look, self.body_rows)

    def hint(self, typed: Typed, look: Look) -> Content:
        """Return which branch a number would open."""
        branch = self._at(int(typed.digits) - 1) if isinstance(typed, Verb) else ""
        return line((branch, STRONG)) if branch else Content("")

    def on_resize(self, event: Resize) -> None:
        """Read as many branches as there is room for."""
        self.errand(self.reload())

    # What the keys do.

    def action_move(self, steps: int) -> None:
        """Move the cursor."""
        rows = len(self.view.rows) if self.view is not None else 0
        if not 0 <= self.chosen + steps < rows:
            self.app.bell()
            return
        self.chosen += steps
        self.repaint()

    def turn(self, by: int) -> Awaitable[object] | None:
        """Show another page."""
        view = self.view
        listed = 0 if view is None else view.alarmed if self.only_alarms else view.branches
        top = self.top + by * page_size(self.body_rows)
        if not 0 <= top < listed:
            self.reject(FIRST_PAGE if by < 0 else LAST_PAGE)
            return None
        self.top, self.chosen = top, 0
        return self.reload()

    def turn_over(self) -> Awaitable[object]:
        """List branches with alarms only, or all again, from the first page."""
        self.only_alarms = not self.only_alarms
        self.top = self.chosen = 0
        return self.reload()

    def verb(self, typed: Verb) -> None:
        """Open the branch of a number."""
        self._open(self._at(int(typed.digits) - 1))

    def nothing(self) -> None:
        """Open the branch under the cursor."""
        self._open(self._at(self.chosen))

    def ticket(self, typed: TicketEnd | TicketNumber) -> Awaitable[object]:
        """Open the branch of a code that looks like a ticket's."""
        return self.find_code(typed.number if isinstance(typed, TicketNumber) else typed.digits)

    def find(self, typed: Lookup) -> Awaitable[object]:
        """Open the branch of a long code."""
        return self.find_code(typed.text)

    def case(self, typed: Case) -> Awaitable[object]:
        """Open the branch of a code that looks like a case's."""
        return self.find_code(typed.number)

    def own(self, typed: Unknown) -> Awaitable[object]:
        """Open the branch of any other code."""
        return self.find_code(typed.text)

    async def find_code(self, text: str) -> None:
        """Open a branch by its code.

        Raises:
            Refusal: ``no-database``.
        """
        code = await self.watch_app.source.read(partial(reads.code_of, typed=text))
        if code is None:
            self.reject(NO_BRANCH)
        else:
            self._open(code)

    def _at(self, place: int) -> str:
        rows = self.view.rows if self.view is not None else []
        return rows[place].branch if 0 <= place < len(rows) else ""

    def _open(self, code: str) -> None:
        if code:
            self.app.push_screen(BranchDetail(code))
        else:
            self.reject(NO_ROW)

    def back(self) -> None:
        """Go back to all branches, else to the first page."""
        if self.only_alarms:
            self.errand(self.turn_over())
        elif self.top:
            self.top = self.chosen = 0
            self.errand(self.reload())
        else:
            self.reject(FIRST)

    def leave(self) -> None:
        """End the dashboard."""
        self.app.exit(0)


class BranchDetail(Shown):
    """One branch: the figures of its newest day, and all that head office knows of it."""

    CODE = "HO"
    NAME = N_("Branch")
    HELP = N_(
        "At left the figures of the branch's newest business date, ! where one misses its target. At right "
        "where it stands, entries that could not be applied, batches as they landed, and the fingerprints "
        "that two people compare by telephone."
    )

    def __init__(self, code: str) -> None:
        super().__init__()
        self.code = code
        self.view: Detail | None = None
        self.top = 0

    def actions(self) -> Iterable[Action]:
        """Yield what can be done."""
        yield Action("f7", N_("Page up"), N_("Shows the page before."), lambda: self.turn(-1))
        yield Action("f8", N_("Page dn"), N_("Shows the page after."), lambda: self.turn(1))

    async def fetch(self) -> None:
        """Read the branch; one that is gone stays as it was, with a message."""
        now = self.watch_app.clock.now()
        found = await self.watch_app.source.read(partial(reads.detail, branch=self.code, now=now))
        if found is None:
            self.say(GONE)
        else:
            self.view = found

    def head(self, look: Look) -> Head:
        """Return the branch, and when it was read."""
        view = self.view
        name, time = (view.branch.name, look.clock(view.at)) if view is not None else ("", "")
        return Head(self.CODE, self.NAME, line((self.code, STRONG), "  ", name), time)

    def body(self, look: Look) -> list[Content]:
        """Return the branch."""
        away = self.watch_app.away
        return [*away_rows(away, look)] if self.view is None else detail_rows(self.view, self.top, away, look)

    def turn(self, by: int) -> None:
        """Show another page of what is at right."""
        look, view = self.look, self.view
        room = detail_room(view, self.watch_app.away, look) if view is not None else 1
        rows = len(about_rows(view, look)) if view is not None else 0
        top = self.top + by * room
        if 0 <= top < rows:
            self.top = top
            self.repaint()
        else:
            self.reject(FIRST_PAGE if by < 0 else LAST_PAGE)


class WatchApp(AppBase):
    """The dashboard of head office."""

    DEFAULT_MODE = LIST
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {LIST: Branches}
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+g", "next_language", show=False)]

    def __init__(self, source: reads.Source, clock: Clock, *, incidents: Incidents, **more: Any) -> None:
        """Make a dashboard; see ``AppBase``.

        Args:
            source: the database.
            clock: wall and boot.
            incidents: where errors are written down.
            more: language and zone.
        """
        # No branch is asked anything by any of its screens.
        super().__init__(cast(Branch, None), clock, incidents=incidents, **more)
        if self.no_color:
            self.theme = CONTRAST.name
        self.source = source
        self.status = Status(source.name)
        self.away: tuple[int, str] | None = None
        """Since when the database does not answer, and why; None while it does."""
        self._reading = False

    def on_mount(self) -> None:
        """Read again and again."""
        self.set_interval(REFRESH_S, self.refresh_soon)

    def on_unmount(self) -> None:
        """Let go of the database."""
        self.source.close()

    def refresh_soon(self) -> None:
        """Read what is on top again behind the keys, unless that goes on already."""
        if not self._reading and isinstance(self.screen, Shown):
            self.run_worker(self._refresh(self.screen), group="refresh", exit_on_error=False)

    async def _refresh(self, shown: Shown) -> None:
        try:
            await self.refresh_now(shown)
        except Exception as error:  # noqa: BLE001 - the boundary: an incident, and the screen stays
            shown.say(self.incident(error))

    async def refresh_now(self, shown: Shown) -> None:
        """Read what a screen shows; a database that is away leaves it as it was, and says so."""
        self._reading = True
        try:
            await shown.fetch()
            self.away = None
        except Refusal as refused:
            if refused.kind is not NO_DATABASE:
                raise
            began = self.away[0] if self.away is not None else self.clock.now()
            self.away = began, str(refused.facts["why"])
        finally:
            self._reading = False
        self.status = Status(self.source.name, marker=AWAY_MARK if self.away else "")
        shown.repaint()

    def go(self, code: str, frame: Frame) -> None:
        """Open a branch whose code is three digits; there are no other screens."""
        if isinstance(frame, Branches):
            frame.errand(frame.find_code(code))

    def action_next_language(self) -> None:
        """Speak the next language."""
        self.speak(LANGUAGES[(LANGUAGES.index(self.language) + 1) % len(LANGUAGES)])


def zone_here(environment: Mapping[str, str]) -> ZoneInfo:
    """Return the time zone of this machine; UTC where it says none."""
    try:
        if name := environment.get("TZ", "").lstrip(":"):
            return ZoneInfo(name)
        with Path("/etc/localtime").open("rb") as file:
            return ZoneInfo.from_file(file)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
