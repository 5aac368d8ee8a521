"""The fictitious Monday 2026-11-23 of the sketches, at 10:42, as the views that the desks show."""

from asyncio import Event
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tellertui.branch.api import Lobby as ShowLobby
from tellertui.branch.api import PaperView, Words
from tellertui.branch.defaults import shipped
from tellertui.core.clock import millis
from tellertui.core.command import Command
from tellertui.ui.chrome import Line, Status
from tellertui.ui.look import Look
from tellertui.workflows.reception.api import Queue, Services
from tellertui.workflows.reception.printing import PrinterView, ShowPrinter
from tellertui.workflows.reception.screens.parts import Lexicon
from tellertui.workflows.reception.views import (
    CounterHand,
    HelpView,
    Lane,
    QueueView,
    ServiceOffer,
    TicketView,
)

ZONE = ZoneInfo("Asia/Shanghai")
NOW = millis(datetime.fromisoformat("2026-11-23T10:42:00+08:00"))
LANGUAGES = ("zh_Hant", "zh_Hans", "en")
SIZES = ((80, 24), (120, 40))
PEOPLE = {
    "0401": ("周強", "周强", "Zhou Qiang"),
    "0431": ("何欣", "何欣", "He Xin"),
    "0406": ("林芳", "林芳", "Lin Fang"),
    "0412": ("王敏", "王敏", "Wang Min"),
    "0415": ("李強", "李强", "Li Qiang"),
    "0417": ("陳靜", "陈静", "Chen Jing"),
    "0428": ("周航", "周航", "Zhou Hang"),
}
BRANCH = {"zh_Hant": "城南支行", "zh_Hans": "城南支行", "en": "Chengnan"}
SERVICES = {letter: service.code for service in shipped().services for letter in service.prefix}


def at(clock: str) -> int:
    return millis(datetime.fromisoformat(f"2026-11-23T{clock}:00+08:00"))


def look_of(language: str, size: tuple[int, int] = (80, 24), *, plain: bool = False) -> Look:
    return Look(language, *size, plain, ZONE)


def people(language: str) -> dict[str, str]:
    return {code: names[LANGUAGES.index(language)] for code, names in PEOPLE.items()}


def status(language: str, role: str, person: str, counter: str = "") -> Status:
    return Status(
        BRANCH[language], role, people(language)[person], counter, "2026-11-23", Line(False, "10:33", 41)
    )


def identity(number: str) -> UUID:
    return UUID(int=int.from_bytes(number.encode(), "big"))


def ticket(number: str, care: str = "normal", came: str = "10:30", **more: Any) -> TicketView:
    given: dict[str, Any] = {"state": "waiting", "counter": None, "calls": 0, "language": "zh_Hant"}
    given |= {"missing": None, "result": None, "arrived_at": at(came), **more}
    return TicketView(
        id=identity(number),
        number=number,
        care=care,
        **{"service": SERVICES[number[0]], "waited_s": (NOW - given["arrived_at"]) // 1000, **given},
    )


def offers() -> list[ServiceOffer]:
    names = {paper.code: paper.name for paper in shipped().papers}
    waits = {
        "cash": (6, 18, 24, "1 2 4"),
        "non-cash": (2, 6, 10, "1 2 3 4"),
        "account": (3, 25, 40, "3"),
        "corporate": (1, 5, 10, "5"),
        "wealth": (1, 0, 15, "6"),
        "enquiry": (1, 3, 6, ""),
        "loss": (0, 0, 5, "1 2 3 4 5 6"),
    }
    return [
        ServiceOffer(
            service=service.code,
            prefix=service.prefix,
            name=service.name,
            waiting=waits[service.code][0],
            wait_lo_min=waits[service.code][1],
            wait_hi_min=waits[service.code][2],
            counters=waits[service.code][3].split(),
            stopped=None,
            stopped_until=None,
            last_number=None,
            minutes=service.minutes,
            papers=[PaperView(paper=code, name=names[code]) for code in service.papers],
        )
        for service in shipped().services
    ]


def lexicon(language: str) -> Lexicon:
    return Lexicon.of(offers(), people(language))


def lane(offer: ServiceOffer, **more: Any) -> Lane:
    fields = {name: getattr(offer, name) for name in Lane.__struct_fields__}
    return Lane(**{**fields, **more})


def counter(code: str, person: str | None = None, number: str | None = None, **more: Any) -> CounterHand:
    given: dict[str, Any] = {"state": "open" if person else "closed", "reason": None, "calls": 1}
    given |= {"since": None, "ticket_state": "serving" if number else None, "services": [], "care": None}
    given["continuous"] = False
    return CounterHand(counter=code, person=person, number=number, **{**given, **more})


def queue(**more: Any) -> QueueView:
    tickets = [
        ticket("A012", came="10:20", overtaken_by_at_most=0),
        ticket("E004", "senior", "10:29", missing=["address-proof"], overtaken_by_at_most=1),
        ticket("A014", "vip", "10:31", overtaken_by_at_most=1),
        ticket("A013", came="10:25", overtaken_by_at_most=3),
        ticket("C006", came="10:27", overtaken_by_at_most=3),
        ticket("H003", "appointment", "10:33", missing=[], overtaken_by_at_most=2),
        ticket("F002", came="10:28", missing=[], overtaken_by_at_most=4),
        ticket("A015", came="10:30", overtaken_by_at_most=4),
        ticket("E005", "disabled", "10:32", overtaken_by_at_most=5),
        ticket("N007", came="10:34", overtaken_by_at_most=5),
        ticket("C007", "expecting", came="10:35", overtaken_by_at_most=5),
        ticket("A016", "soldier", came="10:37", overtaken_by_at_most=5),
        ticket("E006", came="10:39", overtaken_by_at_most=5),
        ticket("A017", came="10:41", overtaken_by_at_most=5),
    ]
    given: dict[str, Any] = {
        "waiting": 14,
        "longest": tickets[0],
        "tickets": tickets,
        "on_hold": [ticket("A006", came="09:50", state="on_hold", counter="3")],
        "missed": [ticket(number, state="missed") for number in ("A009", "C003", "F001")],
        "lanes": [lane(offer) for offer in offers()],
        "counters": [
            counter("1", "0412", "A010", services=["cash", "non-cash", "loss"], since=at("10:31")),
            counter(
                "2",
                "0415",
                "A011",
                services=["cash", "non-cash", "loss"],
                since=at("10:41"),
                ticket_state="called",
                calls=2,
            ),
            counter("3", "0417", services=["non-cash", "account", "loss"]),
            counter("4", services=["cash", "non-cash", "loss"]),
            counter("5", "0431", "F001", services=["corporate", "loss"], since=at("10:20")),
            counter("6", "0428", "H002", services=["wealth", "loss"], since=at("10:25")),
        ],
        "help": [HelpView(id=UUID(int=9), place="kiosk", counter=None, at=at("10:41"))],
    }
    return QueueView(**{**given, **more})


GREETING: Words = shipped().greeting
LOBBY = SimpleNamespace(greeting=GREETING)
"""The one thing that desks ask of what kiosk and board show."""
PRINTER = PrinterView(state="ready", why=None, since=None, waiting=0)


class MondayBranch:
    """A branch where it is always 10:42 on that Monday."""

    def __init__(self, view: QueueView | None) -> None:
        self.view = view

    async def do(self, command: Command[Any]) -> Any:
        """Answer what desks ask when they are opened; nothing at all without a view."""
        if self.view is None:
            await Event().wait()
        answers = {Queue: self.view, Services: offers(), ShowLobby: LOBBY, ShowPrinter: PRINTER}
        return answers[type(command)]

    async def watch(self, topic: str, changed: Callable[[int], Any]) -> None:
        """Never tell anything."""
