"""The counter desk as it is drawn: each state in three languages, two sizes, with and without colour."""

from typing import Any
from uuid import UUID

import pytest
from local_app import LocalApp, told
from monday import LANGUAGES, NOW, SIZES, at, look_of, offers, people, status, ticket
from snap import check, screen_rows

from tellertui.branch.api import CounterView
from tellertui.core.clock import ManualClock
from tellertui.ui.look import Look
from tellertui.ui.theme import CONTRAST, DARK
from tellertui.workflows.reception import api
from tellertui.workflows.reception.screens.counter import CounterDesk
from tellertui.workflows.reception.views import DeskView, Hand, Held, Mine, TicketView, VisitView


def own(state: str = "open", **more: Any) -> CounterView:
    given = {"reason": None, "person": "0417", "continuous": False, **more}
    return CounterView(counter="3", services=["account", "non-cash"], state=state, **given)


def held(number: str, since: str, reason: str) -> Held:
    fields = {name: getattr(ticket(number), name) for name in TicketView.__struct_fields__}
    return Held(held_since=at(since), reason=reason, **fields)


def hand(number: str = "E004", **more: Any) -> Hand:
    given = {"state": "called", "calls": 2, "care": "senior", "came": "10:29", "counter": "3"}
    given |= {"missing": ["address-proof"], "prechecked_by": "0406", "waited_s": 13 * 60, **more}
    visit, started = given.pop("visit", []), given.pop("started_at", None)
    base = ticket(number, given.pop("care"), given.pop("came"), **given)
    fields = {name: getattr(base, name) for name in TicketView.__struct_fields__}
    left = 3 - base.calls
    return Hand(
        calls_left=left, recall_at=at("10:44") if left else None, started_at=started, visit=visit, **fields
    )


def desk(**more: Any) -> DeskView:
    given: dict[str, Any] = {
        "counter": own(),
        "hand": hand(),
        "next": [
            ticket("C006", came="10:27"),
            ticket("E005", "disabled", "10:32"),
            ticket("C007", "expecting", "10:35"),
            ticket("E006", came="10:39", missing=[]),
            ticket("E007", "soldier", came="10:40", missing=["identity", "own-phone"]),
            ticket("C008", "appointment", came="10:41"),
        ],
        "on_hold": [held("A006", "09:58", "fetch_paper"), held("E002", "10:31", "copy")],
        "waiting": 13,
        "longest": ticket("C006", came="10:27"),
        "mine": Mine(finished=14, service_mean_s=8 * 60, no_show=2, ratings=9, papers_missing=1),
    }
    return DeskView(**{**given, **more})


def serving() -> Hand:
    visit = [
        VisitView("account", "3", "0417", at("10:31"), at("10:38"), "done"),
        VisitView("non-cash", "3", "0417", at("10:38"), None, None),
    ]
    return hand(
        "E004", state="serving", service="non-cash", started_at=at("10:31"), visit=visit, missing=None
    )


STATES: dict[str, DeskView | None] = {
    "called": desk(),
    "last_call": desk(hand=hand(calls=3, care="normal", missing=[])),
    "not_seen": desk(hand=hand(calls=1, missing=None, prechecked_by=None)),
    "serving": desk(hand=serving(), on_hold=[]),
    "paused_serving": desk(hand=serving(), counter=own("paused", reason="meal")),
    "free": desk(hand=None, counter=own(continuous=True)),
    "paused": desk(hand=None, counter=own("paused", reason="meal")),
    "nobody": desk(hand=None, next=[], on_hold=[], waiting=0, longest=None),
    "no_counter": None,
}


class Canned:
    """A branch that gives the answers of one moment."""

    def __init__(self, view: DeskView | None) -> None:
        self.view = view

    async def do(self, command: Any, identifier: UUID | None = None) -> Any:
        if isinstance(command, api.Services):
            return offers()
        if self.view is None:
            raise api.OWN_COUNTER()
        return self.view

    async def watch(self, topic: str, changed: Any) -> None:
        pass


async def shown(state: str, look: Look) -> list[str]:
    """Return the whole screen of a running app."""
    app = LocalApp(Canned(STATES[state]), CounterDesk, language=look.language, clock=ManualClock(NOW))
    app.status = status(look.language, "teller", "0417")
    app.people = people(look.language)
    app.dress(CONTRAST.name if look.plain else DARK.name)
    async with app.run_test(size=(look.width, look.height)) as pilot:
        await told(pilot)
        return screen_rows(app)


@pytest.mark.parametrize("plain", [False, True], ids=["dark", "plain"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_sketch(language: str, size: tuple[int, int], plain: bool) -> None:
    rows = await shown("called", look_of(language, size, plain=plain))
    check(f"counter_{language}_{size[0]}x{size[1]}{'_plain' if plain else ''}", rows, width=size[0])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", [state for state in STATES if state != "called"])
async def test_every_state(state: str, language: str) -> None:
    check(f"counter_{state}_{language}", await shown(state, look_of(language)), width=80)
