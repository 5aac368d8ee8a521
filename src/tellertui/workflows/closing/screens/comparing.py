"""What the morning and the evening have in common: the figures of the day that theirs is compared with."""

from datetime import date

from tellertui.core.refusal import N_, Refusal
from tellertui.ui.chrome import day_text
from tellertui.ui.frame import Frame
from tellertui.ui.notes import WARNING, Note
from tellertui.workflows.closing.api import DaySheet, ShowDay

NO_COMPARISON = N_("Could not be computed: {which}. Everything else is right.")


class Comparing(Frame):
    """A screen that shows a day beside another."""

    def __init__(self) -> None:
        super().__init__()
        self.compared: DaySheet | None = None

    async def compare(self, day: str | None) -> None:
        """Ask for the figures of another day once; without them the rest is right all the same."""
        if day == (self.compared.date if self.compared else None):
            return
        self.compared = None
        if day is None:
            return
        try:
            self.compared = await self.ask(ShowDay(date=date.fromisoformat(day)))
        except Refusal:
            self.say(Note(WARNING, NO_COMPARISON, {"which": day_text(day, self.look)}))
