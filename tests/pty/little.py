"""A small terminal app on the toolkit, driven by the tests in a real pseudo-terminal."""

import os
import sys

from tellertui.ui.environ import clean

clean(os.environ)

import asyncio  # noqa: E402
import time  # noqa: E402
from collections.abc import Awaitable, Iterable  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from textual.content import Content  # noqa: E402

from tellertui.core.clock import SystemClock  # noqa: E402
from tellertui.ui.actions import Action  # noqa: E402
from tellertui.ui.base import AppBase  # noqa: E402
from tellertui.ui.chrome import Line, Status  # noqa: E402
from tellertui.ui.commandline import Lookup, Nothing, TicketEnd, TicketNumber, Typed  # noqa: E402
from tellertui.ui.desk import Desk  # noqa: E402
from tellertui.ui.entry import Entry  # noqa: E402
from tellertui.ui.fields import Choice, Field  # noqa: E402
from tellertui.ui.form import Form, Section  # noqa: E402
from tellertui.ui.incidents import Incidents  # noqa: E402
from tellertui.ui.look import Look  # noqa: E402
from tellertui.ui.modal import Choose, Option  # noqa: E402
from tellertui.ui.picker import Item, Picker  # noqa: E402
from tellertui.ui.places import Place  # noqa: E402
from tellertui.ui.text import line  # noqa: E402
from tellertui.ui.values import Digits  # noqa: E402

NAME = "陳大文先生[/紅]"
SECRET = "440301199001011239"
FOLDER = Path(sys.argv[1])
DELAY = float(os.environ.get("LITTLE_DELAY", "0"))
STALL = float(os.environ.get("LITTLE_STALL", "0"))


class Nobody:
    async def do(self, command: Any) -> Any:
        return None

    async def watch(self, topic: str, changed: Any) -> None:
        return None


class Question(Entry):
    """One of three questions in a row."""

    CODE = "301"

    def __init__(self, number: int, answers: list[str]) -> None:
        self.number = number
        self.answers = answers
        super().__init__()
        self.NAME = f"Question {number}"

    def make(self) -> Form:
        self.answer = Field("answer", "Answer")
        return Form(Section("1", "Answer", (self.answer,)), last=self.filled, id="form")

    def filled(self) -> None:
        self.answers.append(self.answer.value)
        self.errand(self.next())

    async def next(self) -> None:
        await asyncio.sleep(DELAY)
        if STALL:
            time.sleep(STALL)  # noqa: ASYNC251 - the stall is the point
        if len(self.answers) < 3:
            await self.app.push_screen(Question(len(self.answers) + 1, self.answers))
        else:
            self.teller.desk.last = "|".join(self.answers)
            self.teller.walk(self.teller.close_questions())


class Opening(Entry):
    """A form of two sections."""

    CODE = "302"
    NAME = "Opening"

    def make(self) -> Form:
        first = (
            Field("name", "Name", required=True, help="As on the document.", cells=14),
            Field("number", "Number", Digits(18, 18), required=True, cells=20),
        )
        second = (
            Choice("class", "Class", lambda: [("1", "first"), ("2", "second")], required=True),
            Field("note", "Note", cells=30),
        )
        return Form(Section("1", "customer", first), Section("2", "account", second), id="form")

    async def commit(self, values: dict[str, Any]) -> None:
        self.teller.desk.last = f"committed {len(values)}"
        self.form.restore({})
        self.leave()


class Little(Desk):
    """A busy desk."""

    CODE = "202"
    NAME = "Counter"
    HELP = "A desk for tests."

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0
        self.verbs = 0
        self.slows = 0
        self.last = ""
        self.broken = False

    def actions(self) -> Iterable[Action]:
        yield Action("f10", "Call", "Calls the next one.", self.call, guarded=True)
        yield Action("1", "Recall", "Calls again.", self.recall)
        yield Action("3", "Hold", "Asks why.", self.hold)
        yield Action("4", "Slow", "Takes until it may go on.", self.slow)
        yield Action("5", "Pick", "Opens a list.", self.pick)
        yield Action("7", "Break", "Fails in an errand.", self.fail)
        yield Action("8", "Draw", "Fails while drawing.", self.draw)
        yield Action("9", "Ask", "Asks three questions.", self.questions)

    def body(self, look: Look) -> list[Content]:
        customer = {"name": NAME, "number": SECRET}
        if self.broken:
            raise RuntimeError(customer["number"] + customer["missing"])
        return [
            line(" ", f"calls {self.calls}  verbs {self.verbs}  last <{self.last}>"),
            *(line(" ", f"{n:3} A0{n} 個人現金 一般 客戶資料已儲存成功 {NAME} {n}") for n in range(10, 24)),
        ]

    async def call(self) -> None:
        self.calls += 1
        self.changed()

    def recall(self) -> None:
        self.verbs += 1
        self.last = f"recall after {self.slows}"
        self.repaint()

    async def hold(self) -> None:
        self.verbs += 1
        options = [Option("1", "去取文件"), Option("2", "等上級"), Option("6", "其他")]
        self.last = f"hold {await self.show(Choose('為甚麼', options))}"

    async def slow(self) -> None:
        self.last = "slow begun"
        self.repaint()
        while not (FOLDER / "go").exists():  # noqa: ASYNC110 - the test says when
            await asyncio.sleep(0.02)
        self.slows += 1
        self.last = f"slow {self.slows}"

    async def pick(self) -> None:
        items = [Item(n, "客戶資料已儲存成功", f"{n:02}", "貴賓") for n in range(12)]
        self.last = f"picked {await self.show(Picker('查選客戶', items))}"

    async def fail(self) -> None:
        number = SECRET
        raise RuntimeError(number)

    def draw(self) -> None:
        self.broken = True
        self.repaint()

    def questions(self) -> None:
        self.app.push_screen(Question(1, []))

    def find(self, typed: Lookup) -> Awaitable[object] | None:
        self.last = f"find {typed.text} {typed.scanned}"
        self.repaint()
        return None

    def ticket(self, typed: TicketEnd | TicketNumber) -> Awaitable[object] | None:
        self.last = str(typed)
        self.repaint()
        return None

    def hint(self, typed: Typed, look: Look) -> Content:
        return Content("") if isinstance(typed, Nothing) else line(type(typed).__name__)


class LittleApp(AppBase):
    """The app."""

    def __init__(self) -> None:
        clock = SystemClock()
        log = FOLDER / "incidents.log"
        super().__init__(Nobody(), clock, incidents=Incidents(clock, os.urandom, log))  # type: ignore[arg-type]
        self.status = Status("城南支行", "teller", "陳靜", "3", "2026-11-23", Line(False, "10:33", 42))
        self.desk = Little()
        self.places.add(Place("202", "Counter", lambda: self.desk))
        self.places.add(Place("302", "Opening", Opening))

    def on_mount(self) -> None:
        self.walk(self.visit("202"))

    async def close_questions(self) -> None:
        while isinstance(self.screen, Question):
            await self.pop_screen()

    async def save_drafts(self) -> None:
        (FOLDER / "draft").write_text(self.desk.field.value, encoding="utf-8")
        for screen in self.open_screens():
            if isinstance(screen, Opening):
                (FOLDER / "form").write_text(repr(sorted(screen.draft())), encoding="utf-8")


if __name__ == "__main__":
    app = LittleApp()
    app.incidents.install(lambda identifier: print(f"incident {identifier}"))
    app.run()
    sys.exit(app.return_code)
