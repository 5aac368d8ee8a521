"""What crosses the socket about a person's own day: parked drafts, and everything that waits for them."""

from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta

from tellertui.branch.api import DayView
from tellertui.core.command import Command, View, command
from tellertui.core.event import Code
from tellertui.core.refusal import N_, USAGE, refusal
from tellertui.core.role import EVERYONE
from tellertui.core.topic import topic

ScreenCode = Annotated[str, Meta(pattern=r"\A[1-9][0-9]{2}\Z")]

DRAFTS_KEPT = 20
"""Drafts that one person may keep."""
DRAFT_MAX = 65_536
"""The largest draft, bytes of JSON."""

TODAY = topic("today", EVERYONE)

UNKNOWN_DRAFT = refusal("unknown-draft", N_("That draft is not there any more, or not yours."))
DRAFTS_FULL = refusal(
    "drafts-full", N_("{most} drafts are parked already; finish or drop one of them first.")
)
DRAFT_TOO_LARGE = refusal("draft-too-large", N_("That draft is too large ({limit} bytes at most)."), USAGE)


class DraftView(View):
    """A parked draft as its owner's list shows it: no word of what is in it."""

    draft: UUID
    screen: str
    about: str
    """The ticket or case it belongs to; empty where there is none."""
    saved_at: int
    until: int
    """When it is dropped, milliseconds UTC."""


class DraftContent(DraftView):
    """A draft with what was filled in."""

    content: dict[str, Any]


@command("draft.save", roles=EVERYONE, topics=(TODAY,))
class SaveDraft(Command[DraftView]):
    """Park what is half filled, sealed to oneself; the same ``draft`` again replaces it."""

    draft: UUID
    screen: ScreenCode
    content: dict[str, Any]
    about: Code | None = None


@command("draft.list", roles=EVERYONE, reads=True)
class Drafts(Command[list[DraftView]]):
    """One's own drafts, the newest first."""


@command("draft.open", roles=EVERYONE)
class OpenDraft(Command[DraftContent]):
    """One's own draft with its content."""

    draft: UUID


@command("draft.drop", roles=EVERYONE, topics=(TODAY,))
class DropDraft(Command[None]):
    """Drop one's own draft: it was submitted, or is not wanted any more."""

    draft: UUID


@command("draft.drop_expired", roles=frozenset(), listeners=frozenset())
class DropExpired(Command[None]):
    """Drop every draft whose time is over; the host's own work."""


class Task(View):
    """Something that waits for a person, and the screen where it is done."""

    kind: str
    """``called``, ``serving``, ``on_hold``, ``help``, ``open_day`` or ``sign_day``."""
    screen: str
    since: int | None
    """Since when it waits, milliseconds UTC."""
    what: str
    """The number, place or date it is about."""
    at: str = ""
    """The counter, where one belongs to it."""


class Yesterday(View):
    """The last earlier day that was opened, in a line."""

    day: str
    state: str
    wait_mean_s: int | None
    csat: float | None
    csat_n: int
    complaints: int


class TodayView(View):
    """One's own work of all roles, in the order in which it must be done."""

    day: DayView
    counter: str
    """The counter where this person sits; empty where there is none."""
    waiting: int
    """Customers who wait in the lobby."""
    now: list[Task]
    due: list[Task]
    parked: list[DraftView]


@command("today.show", roles=EVERYONE, reads=True)
class ShowToday(Command[TodayView]):
    """What waits for the person of this session."""


@command("today.yesterday", roles=EVERYONE, reads=True, shared=True)
class ShowYesterday(Command[Yesterday | None]):
    """How the last earlier day went."""
