"""The customer's panel of a counter: whom it serves, pages to confirm, the rating after the visit."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import ClassVar
from uuid import UUID

from textual.content import Content

from tellertui.client import Client
from tellertui.core.clock import SECOND
from tellertui.core.refusal import Refusal
from tellertui.public.base import PublicApp
from tellertui.ui.incidents import Incidents
from tellertui.ui.look import Look
from tellertui.workflows.reception import api
from tellertui.workflows.reception.paging import PAGE, AnswerPage, PageView, ReadPage
from tellertui.workflows.reception.screens import panel_pages as pages
from tellertui.workflows.reception.views import PanelView, RatingAsked

ANSWER_S = 30
"""How long the question for reasons waits; then the score goes without further ones."""
THANKS_S = 5
SEEN_S = 1.0
"""A key that comes sooner was meant for what stood there before."""
LOW = ("1", "2")
"""Scores that are asked for reasons."""


class PanelApp(PublicApp, inherit_bindings=False):
    """The panel of one counter; only the customer's own keys end its questions."""

    SMALLEST: ClassVar[tuple[int, int]] = (40, 12)

    def __init__(
        self,
        client: Client,
        connect: Callable[[], Awaitable[object]],
        *,
        counter: str,
        incidents: Incidents,
        language: str = "en",
    ) -> None:
        """Make the panel of a counter; see ``PublicApp``."""
        super().__init__(client, connect, incidents=incidents, language=language)
        self.TOPICS = (f"{api.AT_COUNTER}:{counter}", f"{PAGE}:{counter}")  # type: ignore[misc]  # one panel, one counter
        self.counter = counter
        self.view: PanelView | None = None
        self.low: tuple[RatingAsked, int] | None = None
        """A visit with a score of 1 or 2, whose reasons are asked."""
        self.reasons: list[str] = []
        self.until = 0
        """When thanks, or the question for reasons, are taken away."""
        self.last = pages.thanks_page
        """The page after the last answer."""
        self.page: PageView | None = None
        """What the customer is to confirm; gone with the answer, the line or its time."""
        self.part = 0
        self._seen = 0.0
        """Since when that part stands there."""
        self._answered: UUID | None = None
        """The page that was answered last; it never comes back."""
        self._settled: UUID | None = None
        """The visit whose question has been answered or declined."""

    # What is shown.

    @property
    def asked(self) -> RatingAsked | None:
        """Return the visit that is to be rated now."""
        rating = self.view.rating if self.view is not None else None
        if rating is None or rating.ticket == self._settled or self.client.now() >= rating.until:
            return None
        return rating

    def draw(self, look: Look) -> list[Content]:
        """Return the page of the moment."""
        if self.page is not None:
            return pages.confirm_page(self.counter, self.page, self._part(self.page, look), look)
        if self.low is not None:
            return pages.reasons_page(self.counter, self.low[0].number, self.reasons, look)
        if (rating := self.asked) is not None:
            return pages.rating_page(self.counter, rating.number, look)
        if self.client.now() < self.until:
            return self.last(self.counter, look)
        if self.view is None or self.away is not None:
            return pages.away_page(self.counter, look)
        return pages.idle_page(self.view, look)

    async def reload(self) -> None:
        """Ask what the counter does; its customer's language is spoken until the questions are over."""
        self.view = await self.ask(api.Panel(counter=self.counter))
        self._take_page(await self.ask(ReadPage(counter=self.counter)))
        self._choose_language()

    def _take_page(self, page: PageView | None) -> None:
        if page is not None and page.id == self._answered:
            page = None
        if page is not None and (self.page is None or page.id != self.page.id):
            self.part, self._seen = 0, self.client.boot()
        self.page = page

    def _part(self, page: PageView, look: Look) -> int:
        """Return the part that stands there, also after the window has changed."""
        return min(self.part, pages.confirm_parts(page, look) - 1)

    def _told(self, state: str) -> None:
        """Show nothing of a customer while nobody knows whether the page still stands."""
        self.page = None
        super()._told(state)

    def _choose_language(self) -> None:
        if self.page is not None:
            self.language = self.page.language
            return
        if self.view is None or self.low is not None:
            return
        rating = self.asked
        if rating is not None:
            self.language = rating.language
        elif self.client.now() >= self.until:
            self.language = self.view.language

    # What the customer presses.

    async def press(self, key: str, character: str) -> None:
        """Take a score, a reason, or no answer."""
        await self._answer(character if character.isdigit() else key)

    async def _answer(self, key: str) -> None:
        if self.page is not None:
            await self._confirm(self.page, key)
        elif self.low is not None:
            await self._reason(key)
        elif (rating := self.asked) is not None:
            await self._score(rating, key)
        elif key == pages.HELP and self.client.now() >= self.until:
            await self._call_for_help()
        self.repaint()

    async def click(self, x: int, y: int) -> None:
        """Take a touch on a row as its key."""
        if self.page is not None:
            part = self._part(self.page, self.look)
            await self._answer(pages.confirm_key_at(y, self.page, part, self.look) or "")
            return
        keys, leave = [str(place) for place, _ in enumerate(pages.REASONS, start=1)], pages.SKIP
        if self.low is None:
            keys = list(pages.SCORES)
            leave = leave if self.asked is not None else pages.HELP
        if key := pages.option_at(y, self.look, keys, leave):
            await self._answer(key)

    async def _confirm(self, page: PageView, key: str) -> None:
        """Turn a page, or wipe it and send what the customer says of it."""
        part = self._part(page, self.look)
        if self.client.boot() - self._seen < SEEN_S or key not in dict(
            pages.confirm_keys(page, part, self.look)
        ):
            return
        if key == pages.TURN:
            self.part = (part + 1) % pages.confirm_parts(page, self.look)
            self._seen = self.client.boot()
            return
        self.page, self._answered = None, page.id
        self.last = pages.thanks_page if key == pages.RIGHT else pages.amiss_page
        self.until = self.client.now() + THANKS_S * SECOND
        self.repaint()
        with suppress(Refusal):
            await self.ask(AnswerPage(page=page.id, answer=pages.MEANT[key]))

    async def _score(self, rating: RatingAsked, key: str) -> None:
        if key == pages.SKIP:
            self._settled = rating.ticket
        elif key in LOW:
            self._settled = rating.ticket
            self.low, self.reasons = (rating, int(key)), []
            self.until = self.client.now() + ANSWER_S * SECOND
        elif key in pages.SCORES:
            self._settled = rating.ticket
            await self._rate(rating, int(key))
        self._choose_language()

    async def _call_for_help(self) -> None:
        """Call a person to this counter; nothing sounds here."""
        await self.ask(api.Help(place="counter"))
        self.last, self.until = pages.coming_page, self.client.now() + THANKS_S * SECOND

    async def _reason(self, key: str) -> None:
        if key in (pages.SKIP, "enter"):
            await self._low_done()
        elif key.isdigit() and 1 <= int(key) <= len(pages.REASONS):
            code = pages.REASONS[int(key) - 1]
            if code in self.reasons:
                self.reasons.remove(code)
            else:
                self.reasons.append(code)

    async def _low_done(self) -> None:
        if self.low is not None:
            (rating, score), self.low = self.low, None
            await self._rate(rating, score)

    async def _rate(self, rating: RatingAsked, score: int) -> None:
        """Send an answer; one that the branch does not take any more is thanked for all the same."""
        reasons, self.reasons = tuple(self.reasons), []
        self.last, self.until = pages.thanks_page, self.client.now() + THANKS_S * SECOND
        with suppress(Refusal):
            await self.ask(api.Rate(ticket=str(rating.ticket), score=score, reasons=reasons))

    def tick(self) -> None:
        """Take away what nobody answers."""
        super().tick()
        if self.page is not None and self.client.now() >= self.page.until:
            self.page = None
        if self.low is not None and self.client.now() >= self.until:
            self.work_on(self._timed_out())
        else:
            self._choose_language()
            self.repaint()

    def start_again(self) -> None:
        """Forget an answer that was not finished."""
        self.low, self.reasons, self.until, self.page = None, [], 0, None

    async def _timed_out(self) -> None:
        await self._low_done()
        self.repaint()
