"""Waiting for the customer to confirm a page at the panel of the counter; never longer than one wants to."""

from contextlib import suppress
from typing import Any, Literal, cast

from textual.content import Content

from tellertui.core.command import Command
from tellertui.core.refusal import N_, Refusal
from tellertui.ui.base import AppBase
from tellertui.ui.frame import Frame
from tellertui.ui.look import Look
from tellertui.ui.modal import Modal, Words, about_rows
from tellertui.ui.notes import FORBIDDEN, Note
from tellertui.workflows.reception.paging import NO_PANEL, PAGE, AskPage, PageShown, PageState, TakePage

Outcome = Literal["confirmed", "corrected", "unasked"]
UNASKED: Outcome | None = "unasked"

LOOK_S = 5.0
"""A notice can be lost with the line; after so long the branch is asked anyway."""
GONE = Note(FORBIDDEN, N_("The page is not shown any more; F10 goes on without an answer."))
READS = N_("The customer reads it at the panel and answers there: 1 it is right, 2 something is wrong.")


class AtPanel(Modal[Outcome]):
    """A page is at the panel: closes with the customer's answer, or with F10 without one."""

    def __init__(self, title: Words, page: PageShown) -> None:
        super().__init__(title)
        self.page = page

    def content(self, look: Look) -> list[Content]:
        """Return what is going on."""
        return about_rows(READS, look)

    def keys(self, look: Look) -> str:
        """Return the keys of the box."""
        return look.say(N_("F10 go on without    F12 back"))

    def on_mount(self) -> None:
        """Listen for the answer."""
        cast(AppBase, self.app).follow(f"{PAGE}:{self.page.counter}", self)
        self.set_interval(LOOK_S, self.noticed)
        self.noticed()

    def noticed(self) -> None:
        """Ask what has become of the page."""
        self.run_worker(cast(Any, self._ask), group="page", exclusive=True, exit_on_error=False)

    async def _ask(self) -> None:
        with suppress(Refusal):
            state = await cast(AppBase, self.app).branch.do(AskPage(page=self.page.page))
            self._take(state)

    def _take(self, state: PageState) -> None:
        if not self.is_current:
            return
        if state.state == "gone":
            self.say(GONE)
        elif state.state != "shown":
            self.dismiss(state.state)

    def action_commit(self) -> None:
        """Go on without an answer."""
        self.dismiss(UNASKED)


async def at_panel(frame: Frame, command: Command[PageShown], title: Words) -> Outcome | None:
    """Show the customer a page and wait for the answer, from within an errand.

    Args:
        frame: the screen that the errand belongs to.
        command: shows the page.
        title: of the box in which the teller waits.

    Returns:
        ``confirmed`` or ``corrected`` as the customer said; ``unasked`` where the teller goes on without an
        answer or no panel is on; None to go back.
    """
    try:
        page = await frame.ask(command)
    except Refusal as refused:
        if refused.kind is not NO_PANEL:
            raise
        return UNASKED
    answer = await frame.show(AtPanel(title, page))
    with suppress(Refusal):
        await frame.ask(TakePage(page=page.page))
    return answer
