"""Parked work: what is half filled on any screen, sealed at the host, and taken up again.

Each screen has one draft at most. It is saved some seconds after it changed, when its screen is left and
before the terminal locks or ends; it is dropped once the screen holds nothing half filled any more.
"""

from collections.abc import Callable, Iterable
from typing import Any, Protocol
from uuid import UUID

from tellertui.core.command import Command
from tellertui.ui.frame import Frame
from tellertui.workflows.today.api import DropDraft, OpenDraft, SaveDraft

AUTOSAVE_S = 5.0


class Ask(Protocol):
    """What drafts ask of the branch."""

    async def do(self, command: Command[Any]) -> Any:
        """Carry out a command."""

    def new_id(self) -> UUID:
        """Return a new id."""


class Drafts:
    """The drafts of the person who is signed on, as far as this terminal has made or opened them."""

    def __init__(self, branch: Ask, frames: Callable[[], Iterable[Frame]]) -> None:
        self._branch = branch
        self._frames = frames
        self._kept: dict[str, tuple[UUID, dict[str, Any]]] = {}
        """By screen: the draft's id, and its content as the host has it."""

    @property
    def stale(self) -> bool:
        """Say whether the host has something else than the screens."""
        return any(self._changes())

    async def save(self) -> None:
        """Let the host have what the screens have.

        Raises:
            Refusal: the host did not take it.
        """
        for screen, content in list(self._changes()):
            identifier = self._kept[screen][0] if screen in self._kept else self._branch.new_id()
            if content:
                await self._branch.do(SaveDraft(draft=identifier, screen=screen, content=content))
                self._kept[screen] = (identifier, content)
            else:
                del self._kept[screen]
                await self._branch.do(DropDraft(draft=identifier))

    async def opened(self, draft: UUID) -> tuple[str, dict[str, Any]]:
        """Return screen and content of a draft, which is this terminal's from now on.

        Raises:
            Refusal: ``unknown-draft``.
        """
        found = await self._branch.do(OpenDraft(draft=draft))
        self._kept[found.screen] = (found.draft, dict(found.content))
        return found.screen, dict(found.content)

    def held(self, screen: str) -> UUID | None:
        """Return the draft that a screen of this terminal is about."""
        return self._kept[screen][0] if screen in self._kept else None

    def forget(self) -> None:
        """Know of no draft any more; the host keeps them."""
        self._kept.clear()

    def _changes(self) -> Iterable[tuple[str, dict[str, Any]]]:
        now = {frame.CODE: dict(frame.draft()) for frame in self._frames()}
        for screen in now.keys() | self._kept.keys():
            content = now.get(screen, {})
            if content != (self._kept[screen][1] if screen in self._kept else {}):
                yield screen, content
