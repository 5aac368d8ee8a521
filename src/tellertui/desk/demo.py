"""The demo's own keys: who to be, the plug, and the morning once more."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Key
from textual.screen import Screen

from tellertui.app import TellerApp
from tellertui.core.refusal import N_, Refusal
from tellertui.demo.cast import Cast, Member
from tellertui.demo.cast import cast as demo_cast
from tellertui.desk.places import DESKS, NAMES, ROLES, START, first_role
from tellertui.ui.actions import Action
from tellertui.ui.base import GROUND, Ground
from tellertui.ui.chrome import Head
from tellertui.ui.frame import Frame
from tellertui.ui.leaving import terminal_is_there
from tellertui.ui.look import KEY, MUTED, STRONG, Look
from tellertui.ui.modal import confirm
from tellertui.ui.notes import DONE, INFO, WARNING, Note
from tellertui.ui.second import SecondPerson
from tellertui.ui.text import fit, line, spread, wrap
from tellertui.ui.values import narrow
from tellertui.ui.veil import ShortCode

if TYPE_CHECKING:
    from tellertui.client import Client
    from tellertui.demo.place import Place

SHORT_CODE = "246810"
DARK_S = 2.0
"""How long the power stays away."""

STORY = N_(
    "A made-up branch at 10:42 of a busy Monday. Everything you see was done by its staff this morning and "
    "can be followed to its entries; everything you do is real, and gone when the last terminal leaves."
)
MAKING = N_("The branch is being furnished; you may choose already.")
READY = N_("The branch is open.")
CUT = Note(WARNING, N_("The power is cut: the host was killed in the middle of its work."))
NO_HOST = Note(INFO, N_("There is no host to cut off; it is on its way back."))
ANEW = Note(DONE, N_("The morning begins again."))
SIGN_HINT = N_("Demo: {staff}, passphrase: {passphrase}")
LOCK_HINT = N_("{text} In this demo it is: {passphrase}")
VEIL_HINT = N_("{text}   demo: {code}")


class RolePicker(Frame):
    """The first screen of the demo: one digit and one is somebody."""

    CODE = START
    NAME = N_("Demo")
    HELP = N_(
        "Choose by digit whom to be; F3 on Today brings you back here. A second terminal joins this branch "
        "with: tellertui demo --join"
    )
    one_key = True

    @property
    def demo(self) -> "DemoApp":
        """Return the app as what it is."""
        return cast("DemoApp", self.app)

    def actions(self) -> Iterable[Action]:
        """Yield the demo's own keys."""
        yield Action("f3", N_("Leave"), N_("Ends this terminal; the last one out cleans up."), self.end)
        yield Action("f8", N_("Power"), N_("Cuts the power: kills the host, as a power cut would."), self.cut)
        yield Action("f9", N_("Restart"), N_("Starts the morning again, for every terminal."), self.anew)
        yield Action("f6", N_("Language"), N_("Speaks the next language."), self.demo.action_next_language)

    def head(self, look: Look) -> Head:
        """Return the branch and the hour."""
        script = self.demo.script
        words = f"{script.name.said(look.language)}   {script.days.today}"
        return Head(self.CODE, self.NAME, words, self.demo.hour(look))

    def body(self, look: Look) -> list[Content]:
        """Return the story and the people."""
        _ = look.say
        state = _(READY) if self.demo.client.connected else _(MAKING)
        people = [self._row(place, member, look) for place, member in enumerate(self.demo.script.people, 1)]
        story = [line(" ", row) for row in wrap(_(STORY), min(look.width, 100) - 2)]
        keys = _("Ctrl+G language   Ctrl+T colours   Ctrl+P cuts the power, anywhere")
        rows = [Content(""), *story, Content(""), line(" ", (_("Who are you?"), STRONG)), *people]
        return [*rows, Content(""), line(" ", (state, MUTED)), line(" ", (keys, MUTED))]

    def _row(self, place: int, member: Member, look: Look) -> Content:
        _ = look.say
        desk = DESKS.get(member.role, "100")
        counter = _("counter {counter}").format(counter=member.counter) if member.counter else ""
        left = line(
            "  ",
            (str(place), KEY),
            "  ",
            fit(_(ROLES[member.role]), 22),
            (fit(member.name.said(look.language), 14), STRONG),
            (fit(counter, 12), MUTED),
        )
        return spread(left, line((fit(f"{desk} {_(NAMES[desk])}", 20), MUTED)), min(look.width, 80))

    async def reload(self) -> None:
        """Find the host once the picker has been seen; digits work meanwhile."""
        self.call_after_refresh(self.demo.meet)

    def on_key(self, event: Key) -> None:
        """Become somebody."""
        people = self.demo.script.people
        digit = narrow(event.character or "") if event.is_printable else ""
        if not digit:
            return
        event.stop()
        if digit.isascii() and digit.isdigit() and 0 < int(digit) <= len(people):
            self.errand(self.demo.become(people[int(digit) - 1].code))
        else:
            self.app.bell()

    def cut(self) -> None:
        """Cut the power."""
        self.demo.action_cut_power()

    async def anew(self) -> None:
        """Ask, then start the morning again."""
        asked = confirm(
            N_("Start again?"), N_("All terminals go back to 10:42."), yes=N_("Start the morning again")
        )
        if await self.show(asked) == "1":
            await self.demo.start_again()

    def end(self) -> None:
        """Leave the demo."""
        self.app.exit(0)

    def leave(self) -> None:
        """Stay: there is no other screen."""
        self.app.bell()


class DemoApp(TellerApp):
    """A terminal of the demo: it knows everybody's passphrase and says so."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+p", "cut_power", show=False)]
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {GROUND: Ground, START: RolePicker}

    def __init__(
        self,
        client: "Client",
        connect: Callable[[], Awaitable[object]],
        place: "Place",
        staff: str = "",
        *,
        at_desk: bool = False,
        **more: Any,
    ) -> None:
        """Make a terminal of a demo; with ``staff`` it begins as somebody, if wanted at the desk."""
        super().__init__(client, connect, revive=self._start_host_again, **more)
        self.place = place
        self.script: Cast = demo_cast()
        self._first = staff
        self._at_desk = at_desk
        self._meeting: asyncio.Task[None] | None = None
        self._dark = False

    def hour(self, look: Look) -> str:
        """Return the hour of the branch once it is known."""
        return look.clock(self.client.now()) if self.client.welcome else "10:42"

    async def save_drafts(self) -> None:
        """Seal what is half filled; a terminal whose line is gone leaves the demo now, it has no later."""
        try:
            await super().save_drafts()
        finally:
            if not self.is_headless and not terminal_is_there():
                self.place.leave()

    # Who to be.

    def meet(self) -> None:
        """Find the host in the background."""
        if self._meeting is None or self._meeting.done():
            self._meeting = asyncio.create_task(self._meet())

    async def _meet(self) -> None:
        try:
            await self.reach()
        except Refusal as refused:
            self.say(Note.refused(refused))
            return
        staff, self._first = self._first, ""
        if isinstance(self.screen, Frame):
            self.screen.repaint()
            if staff:
                self.screen.errand(self.become(staff))

    async def become(self, staff: str) -> None:
        """Sign somebody on as soon as the branch is there.

        Raises:
            Refusal: the host did not come, or somebody else plays this person and types wrong passphrases.
        """
        self.meet()
        assert self._meeting is not None
        await self._meeting
        await self.reach()
        await self.sign_on(staff, self.passphrase(staff))
        self.short_code = ShortCode(SHORT_CODE, b"demo")

    async def visit_first(self) -> None:
        """Show 100 Today, or in a terminal that begins at its desk the desk of the role."""
        await super().visit_first()
        role = first_role(self.roles)
        if self._at_desk and role in DESKS:
            await self.visit(DESKS[role])
        self._at_desk = False

    def passphrase(self, staff: str) -> bytearray:
        """Return what somebody of the demo types."""
        return bytearray(self.script.passphrase_of(staff), "utf-8")

    # What only a demo tells.

    def lock_text(self, words: str, look: Look) -> str:
        """Return whose terminal this is, and what opens it."""
        text = super().lock_text(words, look)
        return look.say(LOCK_HINT).format(text=text, passphrase=self.script.passphrase_of(self.staff))

    def standing(self, look: Look) -> str:
        """Return who sits here, and what lifts the veil."""
        return look.say(VEIL_HINT).format(text=super().standing(look), code=SHORT_CODE)

    def push_screen(self, screen: Any, *more: Any, **named: Any) -> Any:
        """Show a screen; one that asks for a second person tells whom this demo has."""
        if isinstance(screen, SecondPerson):
            other = next(member for member in self.script.officers() if member.code != self.staff)
            facts = {"staff": other.code, "passphrase": self.script.passphrase_of(other.code)}
            screen.said = Note(INFO, SIGN_HINT, facts)
        return super().push_screen(screen, *more, **named)

    # The plug, and the morning once more.

    def action_cut_power(self) -> None:
        """Kill the host; it comes back by itself a little later."""
        if not self.place.cut_power():
            self.say(NO_HOST)
            return
        self._dark = True
        self.set_timer(DARK_S, self._light)
        self.say(CUT)

    def _light(self) -> None:
        self._dark = False
        self.place.start_host()

    def _start_host_again(self) -> None:
        if not self._dark:
            self.place.start_host()

    async def start_again(self) -> None:
        """Make the branch anew; other terminals find it by themselves."""
        self._dark = True
        await asyncio.to_thread(self.place.forget_branch)
        self._light()
        self.say(ANEW)
