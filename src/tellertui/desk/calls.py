"""Calls for help that nobody has answered in time, said on every staff terminal until somebody goes."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from uuid import UUID

from tellertui.client import Client
from tellertui.core.refusal import N_, Refusal
from tellertui.ui.frame import Frame
from tellertui.ui.notes import WARNING, Note
from tellertui.workflows.reception.api import HELP, HelpCalls
from tellertui.workflows.reception.rules.lists import lists
from tellertui.workflows.reception.views import HelpView

WANTED = N_("Help is asked for: {place}. Nobody has gone there yet.")
WANTED_AT = N_("Help is asked for at counter {counter}. Nobody has gone there yet.")


class Calls:
    """Says each call once, on the message line only, and takes it back when it is answered."""

    def __init__(self, client: Client, say: Callable[[Note], None], frames: Callable[[], Iterable[Frame]]):
        self._client = client
        self._say = say
        self._frames = frames
        self._said: dict[UUID, Note] = {}
        self._watched = False

    async def follow(self, changed: Callable[[int], object]) -> None:
        """Be told from now on, and once at once."""
        if not self._watched:
            self._watched = True
            with suppress(Refusal):
                await self._client.watch(HELP, changed)
        changed(0)

    def forget(self) -> None:
        """Nobody sits here any more."""
        self._said.clear()
        self._watched = False

    async def look(self, language: str) -> None:
        """Say what is new and take back what somebody has answered."""
        with suppress(Refusal):
            calls = {call.id: call for call in await self._client.do(HelpCalls())}
            for gone in [known for known in self._said if known not in calls]:
                self._take_back(self._said.pop(gone))
            for identifier, call in calls.items():
                if identifier not in self._said:
                    self._said[identifier] = note_of(call, language)
                    self._say(self._said[identifier])

    def _take_back(self, note: Note) -> None:
        for frame in self._frames():
            if frame.said is note:
                frame.say(None)


def note_of(call: HelpView, language: str) -> Note:
    """Return what is said of a call."""
    if call.counter is not None:
        return Note(WARNING, WANTED_AT, {"counter": call.counter})
    words = lists().place.get(call.place)
    return Note(WARNING, WANTED, {"place": words.said(language) if words else call.place})
