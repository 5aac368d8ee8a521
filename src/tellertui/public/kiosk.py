"""The kiosk: a customer takes a number with one, two or three digits, or calls a person from every page.

It holds no more than one customer's page and ticket, and nothing of them after a reset. One press is one
command: a press while an answer is outstanding is nothing, and after a lost connection the very same command
is sent again.
"""

from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, ClassVar, cast

from msgspec.structs import replace
from textual.content import Content

from tellertui.branch.api import Lobby as ShowLobby
from tellertui.branch.api import LobbyView
from tellertui.client import Client
from tellertui.core.refusal import Refusal
from tellertui.public.base import PublicApp
from tellertui.ui.guard import Guard
from tellertui.ui.incidents import Incidents
from tellertui.ui.look import Look
from tellertui.workflows.reception.api import BOARD, CheckIn, Declare, Help, Issue, Services
from tellertui.workflows.reception.phones import PHONE_WRONG, LeavePhone
from tellertui.workflows.reception.printing import SLIPS, ShowPrinter
from tellertui.workflows.reception.screens import kiosk_pages as pages
from tellertui.workflows.reception.screens import kiosk_typing
from tellertui.workflows.reception.screens.kiosk_hall import Hall, in_the_way, shut
from tellertui.workflows.reception.screens.kiosk_large import LEAST, large
from tellertui.workflows.reception.screens.kiosk_pages import ASK, At, Page, Step, with_print
from tellertui.workflows.reception.screens.kiosk_rows import Sheet, ordinary
from tellertui.workflows.reception.views import Issued, ServiceOffer

PLACE = "kiosk"
"""Where help is called to."""
ASK_S, RESET_S = 45, 15
"""Seconds without a key after which it asks, and after which it resets; twice that in large print."""
SLOW_S = 0.5
"""An answer that takes longer is waited for with words."""
SEEN_S = 1.0
"""A number that has just come up is not put away by the next of several hasty keys."""
START_S = 3.0
"""So long a host may take at the start before staff are pointed to."""
ARROWS = frozenset({"up", "down", "left", "right"})
KEPT = frozenset({"ticket", "help"})
"""Pages that stand whatever becomes of the branch and the host."""
TYPING = frozenset({"type", "delete"})
PAGES = {**pages.PAGES, **kiosk_typing.PAGES}
FIRST = At()


class KioskApp(PublicApp, inherit_bindings=False):
    """A kiosk."""

    TOPICS = (BOARD, SLIPS)
    SMALLEST = LEAST

    def __init__(
        self,
        client: Client,
        connect: Callable[[], Awaitable[object]],
        *,
        large: bool = False,
        incidents: Incidents,
        language: str = "en",
    ) -> None:
        """Make a kiosk.

        Args:
            client: on the lobby's listener, not connected yet.
            connect: finds the host and greets it.
            large: it always begins in large print.
            incidents: where errors are written down.
            language: spoken until the branch has said which is its own.
        """
        super().__init__(client, connect, incidents=incidents, language=language)
        self.lobby: LobbyView | None = None
        self.offers: list[ServiceOffer] = []
        self.printer = "none"
        self.way: list[At] = [FIRST]
        """The pages a customer came by, the present one last."""
        self.cursor = ""
        """The digit that Enter would press."""
        self.asked: float | None = None
        """Since when it asks whether somebody is still there."""
        self._home = language
        self._large = self._always_large = large
        self._sheet = Sheet([], [])
        self._guard = Guard(client)
        self._touched = self._started = self._shown = client.boot()
        self._waiting = False
        self._slow = False
        self._customer = 0
        """Counts who has stood here, so that nothing of one is taken for another's."""

    # What is shown.

    async def reload(self) -> None:
        """Ask what the branch shows to its customers."""
        lobby, offers = await self.ask(ShowLobby()), await self.ask(Services())
        printer = await self.ask(ShowPrinter())
        resting = self.resting
        self.lobby, self.offers, self._home = lobby, offers, lobby.language
        self.printer = printer.state
        if resting:
            self.language = self._home

    def wears_large(self, look: Look) -> bool:
        """Say whether large print is worn: by choice, or because the window has room for nothing else."""
        return self._large or look.small

    def draw(self, look: Look) -> list[Content]:
        """Lay out the page of the moment."""
        wears = self.wears_large(look)
        page = with_print(self.page(look), look, large=wears)
        self._sheet = large(page, look, self.cursor) if wears else ordinary(page, look, self.cursor)
        return self._sheet.rows

    def page(self, look: Look) -> Page:
        """Return the page of the moment."""
        name = self.lobby.name if self.lobby else ""
        if self.asked is not None:
            return pages.still_page(look, name)
        hall = self.hall
        if hall is not None and self._at.page in KEPT and not self._slow:
            return PAGES[self._at.page](self._at, hall, look)
        if self.away is not None and self.client.boot() - self._started >= START_S:
            return pages.away_page(look, name)
        if hall is None or self._slow:
            return pages.moment_page(look, name)
        if shut(hall, look):
            return pages.closed_page(hall, look)
        return PAGES[self._at.page](self._at, hall, look)

    @property
    def hall(self) -> Hall | None:
        """Return what the branch shows, as of now."""
        return None if self.lobby is None else Hall(self.lobby, self.offers, self.client.now(), self.printer)

    @property
    def _at(self) -> At:
        return self.way[-1]

    # Keys.

    async def press(self, key: str, character: str) -> None:
        """Act on a digit, an arrow, Enter or F12; every other key is nothing."""
        if character and character in "0123456789":
            self._key(character)
        elif key == "f12" or key == "enter" or key in ARROWS:
            self._key(key)

    async def click(self, x: int, y: int) -> None:
        """Take a touch for the digit that is touched; where every digit will do, any place will."""
        key = self._sheet.touched(x, y)
        if key or self.page(self.look).any is not None:
            self.cursor = ""
            self._key(key or "enter")

    def _key(self, key: str) -> None:
        self._touched = self.client.boot()
        if self.asked is not None:
            self.asked = None
        elif self._waiting or self._guard.refuses(key):
            return
        elif key in ARROWS and self.page(self.look).typed is None:
            self.cursor = self._sheet.beside(self.cursor, key)
        else:
            self._guard.acted(key)
            self._act(pages.BACK if key == "f12" else self._meant(key))
        self.repaint()

    def _meant(self, key: str) -> Step | None:
        look = self.look
        page = with_print(self.page(look), look, large=self.wears_large(look))
        return page.does(self.cursor or key if key == "enter" else key)

    def _act(self, step: Step | None) -> None:
        if step is None:
            self.bell()
            return
        if step == pages.HOME and self.client.boot() - self._shown < SEEN_S:
            return
        verb, what = step
        if verb in TYPING:
            # The next digit may be the same one, as soon as a hand can press it.
            self._verbs[verb](self, what)
            return
        self.cursor = ""
        self._guard.changed()
        self._verbs[verb](self, what)

    # What a digit does.

    def _choose(self, service: str) -> None:
        hall = self.hall
        offer = hall.offer(service) if hall else None
        if hall is None or offer is None:
            return
        if in_the_way(offer, hall, self.look)[0]:
            self.way.append(At("sorry", service))
        elif offer.papers:
            self.way.append(At("papers", service))
        else:
            self._send(self._issue(service, "normal"))

    def _take(self, care: str) -> None:
        self._send(self._issue(self._at.service, care))

    def _turn_to(self, page: str) -> None:
        self.way.append(replace(self._at, page=page, typed="", wrong=False))

    def _type(self, digit: str) -> None:
        if len(self._at.typed) < self.page(self.look).room:
            self.way[-1] = replace(self._at, typed=self._at.typed + digit)
        else:
            self.bell()

    def _delete(self, _: str) -> None:
        self.way[-1] = replace(self._at, typed=self._at.typed[:-1])

    def _check_in(self, _: str) -> None:
        self._send(self._checked_in(self._at.typed))

    def _leave(self, _: str) -> None:
        self._send(self._left(self._at))

    def _care(self, _: str) -> None:
        self.way.append(replace(self._at, page="care"))

    def _declare(self, care: str) -> None:
        self._send(self._declared(self._at, care))

    def _help(self, _: str) -> None:
        self._send(self._helped())

    def _turn(self, turn: str) -> None:
        self.way[-1] = replace(self._at, turn=int(turn))

    def _back(self, _: str) -> None:
        if self._at.page == "ticket":
            self.start_again()
        elif len(self.way) > 1:
            self.way.pop()

    def _go_home(self, _: str) -> None:
        self.start_again()

    def _speak(self, language: str) -> None:
        self.language = language

    def _change_print(self, _: str) -> None:
        self._large = not self.wears_large(self.look)

    _verbs: ClassVar[dict[str, Callable[["KioskApp", str], None]]] = {
        "service": _choose,
        "take": _take,
        "page": _turn_to,
        "type": _type,
        "delete": _delete,
        "check_in": _check_in,
        "leave": _leave,
        "care": _care,
        "declare": _declare,
        "help": _help,
        "turn": _turn,
        "back": _back,
        "home": _go_home,
        "speak": _speak,
        "print": _change_print,
    }

    # Errands.

    def _send(self, errand: Coroutine[Any, Any, None]) -> None:
        self._waiting = True
        self.set_timer(SLOW_S, self._is_slow)
        self.run_worker(self._errand(self._sent(errand, self._customer)), group="press", exit_on_error=False)

    def _is_slow(self) -> None:
        self._slow = self._waiting
        self.repaint()

    async def _sent(self, errand: Coroutine[Any, Any, None], customer: int) -> None:
        try:
            await errand
        except Refusal:
            self.way.append(At("sorry", self._at.service))
            self.refresh_view()
        finally:
            # An errand that was called off ends when the next customer may wait for an answer already.
            if customer == self._customer:
                self._waiting = self._slow = False
        self._guard.changed()
        self.repaint()

    async def _issue(self, service: str, care: str) -> None:
        language = cast(Any, self.language)
        issued = await self.ask(Issue(service=service, care=care, language=language, slip=True))
        self._show(issued, service, care)
        if service == ASK:
            with suppress(Refusal):
                await self.ask(Help(place=PLACE))

    async def _declared(self, at: At, care: str) -> None:
        assert at.issued is not None
        issued = await self.ask(Declare(ticket=str(at.issued.id), care=care))
        self._show(issued, at.service, care)

    async def _checked_in(self, code: str) -> None:
        language = cast(Any, self.language)
        self.way[-1] = replace(self._at, typed="")
        try:
            issued = await self.ask(CheckIn(appointment=code, language=language, slip=True))
        except Refusal:
            self.way.append(At("unbooked"))
        else:
            self._show(issued, issued.service, "appointment")

    async def _left(self, at: At) -> None:
        """Leave what was typed with the ticket; it is on no page any more, whatever becomes of it."""
        assert at.issued is not None
        self.way[-1] = replace(at, typed="")
        try:
            await self.ask(LeavePhone(ticket=str(at.issued.id), phone=at.typed))
        except Refusal as refused:
            wrong = refused.kind is PHONE_WRONG
            self.way[-1] = replace(at, typed="", page="phone" if wrong else "unsaved", wrong=wrong)
        else:
            self.way.pop()
            self.way[-1] = replace(self._at, phone=True)

    def _show(self, issued: Issued, service: str, care: str) -> None:
        self.way = [FIRST, At("ticket", service, issued=issued, care=care)]
        self._touched = self._shown = self.client.boot()
        self.repaint()

    async def _helped(self) -> None:
        await self.ask(Help(place=PLACE))
        self.way.append(At("help"))

    # Time.

    @property
    def resting(self) -> bool:
        """Say whether nobody has begun anything."""
        changed = self.language != self._home or self._large != self._always_large or self.cursor
        return self.way == [FIRST] and not changed and not self._waiting

    @property
    def _stays(self) -> bool:
        """Say whether the page may stand for ever: nobody has begun, or a number did not come on paper."""
        return self.resting or (self._at.page == "ticket" and self.printer == "off")

    def tick(self) -> None:
        """Ask whether somebody is still there, and begin anew when nobody is."""
        super().tick()
        now, times = self.client.boot(), 2 if self.wears_large(self.look) else 1
        if self.asked is not None and now - self.asked >= RESET_S * times:
            self.start_again()
        elif self.asked is None and not self._stays and now - self._touched >= ASK_S * times:
            self.asked = now
        self.repaint()

    def start_again(self) -> None:
        """Forget this customer: page, ticket, language, print, and what is still being asked for them."""
        self.workers.cancel_group(self, "press")
        self._customer += 1
        self._waiting = self._slow = False
        self.way, self.cursor, self.asked = [FIRST], "", None
        self.language, self._large = self._home, self._always_large
        self.repaint()
