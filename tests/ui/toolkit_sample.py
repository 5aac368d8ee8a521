"""A desk, a form and an app on the toolkit, for its tests."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from textual.content import Content

from tellertui.core.clock import ManualClock, millis
from tellertui.core.refusal import Refusal, RefusalKind
from tellertui.ui.actions import Action
from tellertui.ui.base import AppBase
from tellertui.ui.chrome import Head, Line, Status, verb_rows
from tellertui.ui.commandline import Lookup, Nothing, TicketEnd, TicketNumber, Typed
from tellertui.ui.desk import Desk
from tellertui.ui.entry import Entry
from tellertui.ui.fields import Choice, Field, Several
from tellertui.ui.form import Form, Section
from tellertui.ui.incidents import Incidents
from tellertui.ui.look import Look
from tellertui.ui.modal import Modal
from tellertui.ui.notes import FORBIDDEN, Note
from tellertui.ui.places import Place
from tellertui.ui.text import line
from tellertui.ui.values import Digits, Money

MONDAY = millis(datetime.fromisoformat("2026-11-23T09:00:00+08:00"))
TOO_EARLY = RefusalKind("too-early", "Wait {retry_after_s} s before the next call.", 4)


class FakeBranch:
    """A branch that answers what it is told to."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.answer: Any = None
        self.gate: asyncio.Event | None = None
        self.watched: dict[str, Callable[[int], Any]] = {}

    async def do(self, command: Any) -> Any:
        self.asked.append(command)
        if self.gate is not None:
            await self.gate.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def watch(self, topic: str, changed: Callable[[int], Any]) -> None:
        self.watched[topic] = changed


class SampleDesk(Desk):
    """A desk with verbs of every kind."""

    CODE = "202"
    NAME = "Counter"
    HELP = "Calls and serves."
    TOPICS = ("queue",)
    BELOW_COMMAND = 1

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []
        self.reloads = 0
        self.question: Modal[Any] | None = None
        self.answer: Any = "none"
        self.who = "陳靜"

    async def reload(self) -> None:
        self.reloads += 1

    def actions(self) -> Iterable[Action]:
        yield Action("f10", "Call", "Calls the next one.", self.call, guarded=True)
        yield Action("1", "Recall", "Calls again.", self.recall, blocked=self.nobody)
        yield Action("3", "Hold", "Asks something.", self.ask_something)
        yield Action("7", "Refuse", "Is refused.", self.refused)
        yield Action("00", "Get help", "Calls for help.", lambda: self.did("00"))

    def did(self, what: str) -> None:
        self.done.append(what)
        self.repaint()

    def nobody(self) -> Note | None:
        return Note(
            FORBIDDEN, "Nobody has been called at {counter}.", {"counter": "3"}, "R-RC-04", "F10 calls"
        )

    def recall(self) -> None:
        self.did("recall")

    async def call(self) -> None:
        await self.ask("call")  # type: ignore[arg-type]
        self.did("call")
        self.changed()

    async def refused(self) -> None:
        raise Refusal(TOO_EARLY, {"retry_after_s": 7})

    async def ask_something(self) -> None:
        assert self.question is not None
        self.answer = await self.show(self.question)

    def head(self, look: Look) -> Head:
        return Head(self.CODE, self.NAME, self.who, f"候 {len(self.done)}")

    def body(self, look: Look) -> list[Content]:
        slots = self.all_actions().slots(look.say, self.busy)
        return [
            line(" ", " ".join(self.done)),
            *verb_rows([slots[key] for key in ("1", "3", "7", "00")], look),
        ]

    def hint(self, typed: Typed, look: Look) -> Content:
        return Content("") if isinstance(typed, Nothing) else line(type(typed).__name__)

    def ticket(self, typed: TicketEnd | TicketNumber) -> Awaitable[object] | None:
        self.did(str(typed))
        return None

    def find(self, typed: Lookup) -> Awaitable[object] | None:
        self.did(f"{typed.text}{' scanned' if typed.scanned else ''}")
        return None


class SampleForm(Entry):
    """A form of two sections."""

    CODE = "301"
    NAME = "Opening"

    def __init__(self) -> None:
        self.committed: dict[str, Any] | None = None
        super().__init__()

    def make(self) -> Form:
        customer = (
            Field("name", "Name", required=True, help="As on the document."),
            Field("phone", "Phone", Digits(11, 11), required=True, offered="13800138000"),
        )
        account = (
            Choice("class", "Class", lambda: [("1", "first"), ("2", "second")], required=True),
            Several("papers", "Papers", lambda: [("1", "slip"), ("2", "message"), ("3", "form")]),
            Field("amount", "Amount", Money(), cells=14),
            Field("pass", "Passphrase", secret=True),
        )
        return Form(Section("1", "customer", customer), Section("2", "account", account), id="form")

    async def commit(self, values: dict[str, Any]) -> None:
        self.committed = values


class SampleApp(AppBase):
    """An app of one desk and one form, on a clock that stands still."""

    def __init__(self, *, language: str = "en", theme: str = "teller-dark") -> None:
        self.hands = ManualClock(MONDAY)
        self.fake = FakeBranch()
        incidents = Incidents(self.hands, lambda size: bytes(range(size)))
        super().__init__(
            self.fake,
            self.hands,
            incidents=incidents,
            language=language,
            theme=theme,
            zone=ZoneInfo("Asia/Shanghai"),
        )
        self.status = Status("城南支行", "teller", "陳靜", "3", "2026-11-23", Line(False, "10:33", 42))
        self.desk = SampleDesk()
        self.form_screen = SampleForm()
        self.bells = 0
        self.saved = 0
        self.lock_screens = 0
        self.places.add(Place("202", "Counter", lambda: self.desk))
        self.places.add(Place("301", "Opening", lambda: self.form_screen))
        self.places.add(Place("904", "End of day", SampleForm, allowed=lambda: False))

    def on_mount(self) -> None:
        self.walk(self.visit("202"))

    def bell(self) -> None:
        self.bells += 1

    async def save_drafts(self) -> None:
        self.saved += 1

    async def locked(self) -> None:
        self.lock_screens += 1
