"""The kiosk of the fictitious Monday 2026-11-23, page by page; and one on a host in this process."""

import asyncio
import os
from collections.abc import Callable
from itertools import count
from typing import Any
from uuid import UUID

import msgspec
from board_sample import lobby
from monday import NOW, at, offers
from snap import finished, screen_rows, settled
from textual.events import Key, MouseDown, MouseUp
from textual.pilot import Pilot

from hosts import LocalBranch
from tellertui.branch.defaults import shipped
from tellertui.core.clock import ManualClock
from tellertui.core.refusal import UNREACHABLE_HOST
from tellertui.core.role import Listener
from tellertui.host import api
from tellertui.host.host import Host
from tellertui.public.kiosk import KioskApp
from tellertui.ui.incidents import Incidents
from tellertui.ui.look import Look
from tellertui.workflows.reception.api import Queue
from tellertui.workflows.reception.screens import kiosk_pages as pages
from tellertui.workflows.reception.screens import kiosk_typing
from tellertui.workflows.reception.screens.kiosk_hall import Hall
from tellertui.workflows.reception.screens.kiosk_pages import At, Page, with_print
from tellertui.workflows.reception.views import Issued, ServiceOffer

ISSUED = Issued(
    id=UUID(int=1),
    number="E004",
    ahead=3,
    wait_lo_min=25,
    wait_hi_min=40,
    overtaken_by_at_most=2,
    papers=["identity"],
)


def hall(
    *, now: int = NOW, services: list[ServiceOffer] | None = None, printer: str = "none", **more: Any
) -> Hall:
    words = shipped()
    given = {"offers": words.offers(), "papers": words.bring(), **more}
    return Hall(lobby("zh_Hant", **given), offers() if services is None else services, now, printer)


def changed(service: str, **more: Any) -> list[ServiceOffer]:
    """Return the services with one of them changed."""
    return [msgspec.structs.replace(o, **more) if o.service == service else o for o in offers()]


FIRST_WORDS = {
    "zh_Hant": "您好，請按數字",
    "zh_Hans": "您好，请按数字",
    "en": "Welcome. Please press a number",
}

_times = count()
"""When keys are pressed."""

STOPPED = changed("cash", stopped="system", stopped_until=at("14:00"))
STOPPED_OPEN_END = changed("cash", stopped="cash", stopped_until=None)
ENDED = changed("cash", last_number="10:30")
NEXT_WEEK = {"next_day": "2026-11-26", "next_open": "09:00"}

SHOWN: dict[str, Callable[[Look], Page]] = {
    "choose": lambda look: pages.choose_page(At(), hall(), look),
    "choose-more": lambda look: pages.choose_page(At(turn=1), hall(), look),
    "choose-stopped": lambda look: pages.choose_page(At(), hall(services=STOPPED), look),
    "papers": lambda look: pages.papers_page(At("papers", "account"), hall(), look),
    "papers-company": lambda look: pages.papers_page(At("papers", "corporate"), hall(), look),
    "care": lambda look: pages.care_page(At("care", "account"), hall(), look),
    "care-after": lambda look: pages.care_page(At("care", "cash", issued=ISSUED), hall(), look),
    "ticket": lambda look: pages.ticket_page(At("ticket", "account", issued=ISSUED), hall(), look),
    "ticket-first": lambda look: pages.ticket_page(
        At("ticket", "loss", issued=ISSUED, care="senior"), hall(), look
    ),
    "ticket-slip": lambda look: pages.ticket_page(
        At("ticket", "account", issued=ISSUED), hall(printer="ready"), look
    ),
    "ticket-no-slip": lambda look: pages.ticket_page(
        At("ticket", "account", issued=ISSUED), hall(printer="off"), look
    ),
    "ticket-phone": lambda look: pages.ticket_page(
        At("ticket", "wealth", issued=ISSUED, care="appointment", phone=True), hall(), look
    ),
    "appointment": lambda look: kiosk_typing.appointment_page(At("appointment"), hall(), look),
    "appointment-typed": lambda look: kiosk_typing.appointment_page(
        At("appointment", typed="0417"), hall(), look
    ),
    "unbooked": lambda look: kiosk_typing.unbooked_page(At("unbooked"), hall(), look),
    "phone": lambda look: kiosk_typing.phone_page(At("phone", "cash", issued=ISSUED), hall(), look),
    "phone-typed": lambda look: kiosk_typing.phone_page(
        At("phone", "cash", issued=ISSUED, typed="123456789012345"), hall(), look
    ),
    "phone-wrong": lambda look: kiosk_typing.phone_page(
        At("phone", "cash", issued=ISSUED, wrong=True), hall(), look
    ),
    "unsaved": lambda look: kiosk_typing.unsaved_page(At("unsaved", "cash", issued=ISSUED), hall(), look),
    "help": lambda look: pages.help_page(At("help"), hall(), look),
    "stopped": lambda look: pages.sorry_page(At("sorry", "cash"), hall(services=STOPPED), look),
    "stopped-open-end": lambda look: pages.sorry_page(
        At("sorry", "cash"), hall(services=STOPPED_OPEN_END), look
    ),
    "ended": lambda look: pages.sorry_page(At("sorry", "cash"), hall(services=ENDED), look),
    "sorry": lambda look: pages.sorry_page(At("sorry"), hall(), look),
    "still": lambda look: pages.still_page(look, "城南支行"),
    "closed-before": lambda look: pages.closed_page(hall(now=at("07:55")), look),
    "closed-after": lambda look: pages.closed_page(hall(now=at("17:01")), look),
    "closed-early": lambda look: pages.closed_page(hall(closed=True, **NEXT_WEEK), look),
    "closed-today": lambda look: pages.closed_page(
        hall(open=None, close=None, next_day=None, next_open=None), look
    ),
    "away": lambda look: pages.away_page(look, "城南支行"),
    "moment": lambda look: pages.moment_page(look, "城南支行"),
}


def shown(name: str, look: Look, *, large: bool) -> Page:
    """Return a page as the kiosk shows it."""
    return with_print(SHOWN[name](look), look, large=large)


class LocalLine:
    """A host in this process as a terminal of the lobby holds it; it can go away and come back."""

    def __init__(self, host: Host, terminal: str = "") -> None:
        self.host = host
        self.local = LocalBranch(host, Listener.LOBBY)
        self.local.peer.terminal = terminal
        self.welcome: api.Welcome | None = None
        self.refused = False
        self.connected = False
        self.sent: list[Any] = []
        self.given: list[Issued] = []
        self._state: Callable[[str], None] = lambda state: None

    async def __aenter__(self) -> "LocalLine":
        if self.host is None:
            raise UNREACHABLE_HOST(detail="away")
        result = await self.local.call("hello", {"protocol": 1, "terminal": self.local.peer.terminal})
        self.welcome = msgspec.convert(result, api.Welcome)
        self.connected = True
        return self

    async def do(self, command: Any, identifier: UUID | None = None) -> Any:
        self.sent.append(command)
        answer = await self.local.do(command, identifier)
        if isinstance(answer, Issued):
            self.given.append(answer)
        return answer

    async def watch(self, topic: str, told: Callable[[int], Any]) -> None:
        await self.local.watch(topic, told)

    async def greet(self) -> None:
        await self.__aenter__()

    async def close(self) -> None:
        self.connected = False

    def follow(self, state: Callable[[str], None]) -> None:
        self._state = state

    def tell(self, state: str) -> None:
        """Tell the terminal what has become of the line."""
        self._state(state)

    def now(self) -> int:
        return self.host.store.clock.now()

    def boot(self) -> float:
        return self.host.store.clock.boot()


class TestKiosk(KioskApp, inherit_bindings=False):
    """A kiosk that counts its bells."""

    __test__ = False
    bells = 0

    def bell(self) -> None:
        self.bells += 1


def kiosk(line: Any, **more: Any) -> TestKiosk:
    """Return a kiosk, not started yet."""
    return TestKiosk(line, line.__aenter__, incidents=Incidents(line, os.urandom), **more)


async def rest(pilot: Pilot[Any]) -> None:
    """Wait until nothing is asked and everything is painted."""
    for _ in range(2):
        await settled(pilot)
        busy = [each for each in pilot.app.workers if not each.is_finished and each.group == "press"]
        if busy:
            await finished(busy)
        loading = [each for each in pilot.app.workers if not each.is_finished]
        if loading:
            await asyncio.wait_for(finished(loading), 5)
    await settled(pilot)
    pilot.app.repaint()
    await settled(pilot)


async def typed(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys one after the other, as a person does: almost a second lies between two of them."""
    for key in keys:
        pilot.app.client.host.store.clock.advance(0.8)
        event = Key(key, key if len(key) == 1 else None)
        # However fast the machine is, two keys of a person are no burst.
        event.time = next(_times)
        pilot.app.post_message(event)
        await rest(pilot)


async def pass_time(pilot: Pilot[Any], clock: ManualClock, seconds: float) -> None:
    clock.advance(seconds)
    pilot.app.tick()
    await rest(pilot)


async def home(pilot: Pilot[Any]) -> None:
    pilot.app.start_again()
    await rest(pilot)


def text(pilot: Pilot[Any]) -> str:
    return "\n".join(screen_rows(pilot.app))


def page(pilot: Pilot[Any]) -> str:
    return str(pilot.app.way[-1].page)


async def tickets(manager: Any) -> list[Any]:
    return list((await manager.do(Queue())).tickets)


async def touch(pilot: Pilot[Any], x: int, y: int) -> None:
    for kind in (MouseDown, MouseUp):
        pilot.app.post_message(kind(None, x, y, 0, 0, 1, False, False, False, x, y))
    await rest(pilot)
