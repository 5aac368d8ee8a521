"""Where one can go by three digits, and which desk belongs to which role."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tellertui.core.refusal import N_
from tellertui.core.role import COUNTER, EVERYONE, FLOOR, OFFICERS, Role
from tellertui.ui.frame import Frame
from tellertui.ui.places import Place, Places

START = "000"
TODAY = "100"

ROLES = {
    Role.LOBBY: N_("lobby"),
    Role.TELLER: N_("teller"),
    Role.REVIEWER: N_("reviewer"),
    Role.COMPLAINT_OFFICER: N_("complaint officer"),
    Role.RELATIONSHIP_MANAGER: N_("relationship manager"),
    Role.COMPLIANCE_OFFICER: N_("compliance officer"),
    Role.MANAGER: N_("manager"),
    Role.AUDITOR: N_("auditor"),
}
"""Message ids, in the order in which the first role of several is shown."""


@dataclass(frozen=True)
class Room:
    """A screen of this terminal; its module is imported when somebody first goes there."""

    code: str
    name: str
    module: str
    kind: str
    roles: frozenset[Role]


ROOMS = (
    Room(TODAY, N_("Today"), "tellertui.desk.today", "Today", EVERYONE),
    Room("201", N_("Lobby desk"), "tellertui.workflows.reception.screens.lobby", "LobbyDesk", FLOOR),
    Room("202", N_("Counter desk"), "tellertui.workflows.reception.screens.counter", "CounterDesk", COUNTER),
    Room(
        "205",
        N_("Appointments"),
        "tellertui.workflows.reception.screens.appointments",
        "AppointmentDesk",
        FLOOR,
    ),
    Room(
        "206",
        N_("Counters"),
        "tellertui.workflows.reception.screens.counters",
        "Counters",
        OFFICERS | {Role.LOBBY},
    ),
    Room(
        "901",
        N_("Opening the day"),
        "tellertui.workflows.closing.screens.opening",
        "OpenDay",
        OFFICERS | {Role.LOBBY},
    ),
    Room(
        "904",
        N_("End of day"),
        "tellertui.workflows.closing.screens.day",
        "DayEnd",
        OFFICERS | {Role.AUDITOR},
    ),
    Room("905", N_("Sync"), "tellertui.sync.screens.sync", "Sync", OFFICERS | {Role.AUDITOR}),
)

NAMES = {room.code: room.name for room in ROOMS}

DESKS = {
    Role.LOBBY: "201",
    Role.TELLER: "202",
    Role.RELATIONSHIP_MANAGER: "202",
    Role.COMPLAINT_OFFICER: "202",
    Role.REVIEWER: "202",
    Role.MANAGER: "904",
    Role.AUDITOR: "904",
}
"""The desk of a role; Today opens it with F10 when nothing else waits."""


def furnish(places: Places, roles: Callable[[], frozenset[Role]]) -> None:
    """Register every room; ``roles`` says what the person who is signed on may see."""
    for room in ROOMS:
        places.add(Place(room.code, room.name, partial(_open, room), partial(_allowed, room, roles)))


def first_role(roles: frozenset[Role]) -> Role | None:
    """Return the role by which a person of several is called."""
    return next(
        (role for role in DESKS if role in roles), next((role for role in ROLES if role in roles), None)
    )


def _open(room: Room) -> Frame:
    frame: Frame = getattr(importlib.import_module(room.module), room.kind)()
    return frame


def _allowed(room: Room, roles: Callable[[], frozenset[Role]]) -> bool:
    return bool(room.roles & roles())
