"""A terminal without sign-on on a host in this process, for the screens of workflows; keys are counted."""

import os
from collections.abc import Callable, Iterable
from typing import Any
from zoneinfo import ZoneInfo

from snap import finished, press, screen_rows, settled
from textual.content import Content
from textual.pilot import Pilot

from tellertui.core.clock import Clock
from tellertui.core.role import Role
from tellertui.ui.base import AppBase
from tellertui.ui.chrome import Status
from tellertui.ui.frame import Frame
from tellertui.ui.incidents import Incidents
from tellertui.ui.places import Place


class Home(Frame):
    """Where screens are left to."""

    CODE = "100"
    NAME = "Today"

    def body(self, look: Any) -> list[Content]:
        return [Content(" home")]


class LocalApp(AppBase):
    """A terminal at which somebody sits already."""

    def __init__(
        self,
        branch: Any,
        *screens: Callable[[], Frame],
        language: str = "en",
        clock: Clock | None = None,
    ) -> None:
        clock = clock or branch.host.store.clock
        incidents = Incidents(clock, os.urandom)
        super().__init__(
            branch, clock, incidents=incidents, language=language, zone=ZoneInfo("Asia/Shanghai")
        )
        self.local = branch
        session = branch.peer.session if hasattr(branch, "peer") else None
        self.roles = session.roles if session else frozenset(Role)
        self.status = Status("城南支行", day="2026-11-23")
        self.people = {"M01": "周強", "R01": "何欣"}
        self.bells = 0
        self.first = [Home, *screens][-1].CODE  # type: ignore[attr-defined]
        for screen in (Home, *screens):
            self.places.add(Place(screen.CODE, screen.NAME, screen))  # type: ignore[attr-defined]

    def on_mount(self) -> None:
        self.walk(self._begin())

    async def _begin(self) -> None:
        await self.visit("100")
        await self.visit(self.first)

    def bell(self) -> None:
        self.bells += 1


def text(pilot: Pilot[Any]) -> str:
    """Return what is seen."""
    return "\n".join(screen_rows(pilot.app))


def note(pilot: Pilot[Any]) -> str:
    """Return the message line."""
    screen = next(screen for screen in reversed(pilot.app.screen_stack) if isinstance(screen, Frame))
    return screen.said.said(screen.look.say) if screen.said else ""


async def told(pilot: Pilot[Any]) -> None:
    """Wait until every notice has been followed."""
    await settled(pilot)
    while notices := [worker for worker in pilot.app.workers if worker.group == "notice"]:
        await finished(notices)
        await settled(pilot)


async def typed(pilot: Pilot[Any], keys: str) -> int:
    """Type keys as the budgets write them, ``3 ⏎ 2 F10``, and return how many they were."""
    pressed = list(_keys(keys))
    await press(pilot, *pressed)
    await told(pilot)
    return len(pressed)


def _keys(keys: str) -> Iterable[str]:
    for part in keys.split():
        if part.startswith("F") and part[1:].isdigit():
            yield part.lower()
        else:
            for character in part:
                yield {"⏎": "enter"}.get(character, character)
