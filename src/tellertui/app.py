"""The terminal of a member of staff: sign-on, desks by role, parked work, the lock, the line to the host."""

import gc
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar, TypeVar, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from textual import on
from textual.binding import Binding, BindingType
from textual.events import Ready, Unmount
from textual.screen import Screen

from tellertui.branch.people import Names
from tellertui.client import Client
from tellertui.core.command import Command
from tellertui.core.refusal import N_, NOT_SIGNED_ON, UNREACHABLE_HOST, Refusal
from tellertui.core.role import HOLDERS, Role
from tellertui.desk.calls import Calls
from tellertui.desk.drafts import AUTOSAVE_S, Drafts
from tellertui.desk.places import ROLES, START, TODAY, first_role, furnish
from tellertui.desk.signon import SignOn
from tellertui.desk.standing import Standing
from tellertui.host import api
from tellertui.i18n import LANGUAGES
from tellertui.sync.api import READERS
from tellertui.ui.base import GROUND, AppBase, Ground
from tellertui.ui.chrome import Line, Status
from tellertui.ui.frame import Frame
from tellertui.ui.incidents import Incidents
from tellertui.ui.look import Look
from tellertui.ui.notes import DONE, WARNING, Note
from tellertui.ui.theme import DARK, THEMES
from tellertui.ui.veil import Lock, Veil

A = TypeVar("A")

AWAY = Note(WARNING, N_("Reconnecting; all that was confirmed is kept."))
BACK = Note(DONE, N_("The branch host is back."))
LOCKED = N_("{person}: your passphrase opens this terminal again; everything on it is kept.")
EMPTIED = N_("{person}: your passphrase opens this terminal again; what was half filled is parked.")
DEMO, TRAINING = N_("demo"), N_("test")
MARKS = {"demo": DEMO, "test": TRAINING}


class Seat:
    """The branch as the screens of one terminal have it; a session that is over locks the terminal."""

    def __init__(self, client: Client, over: Callable[[], None]) -> None:
        self._client = client
        self._over = over
        self.watch = client.watch
        self.new_id = client.new_id
        self.second = client.second

    async def do(self, command: Command[A], identifier: UUID | None = None) -> A:
        """Carry out a command and return its view.

        Raises:
            Refusal: the branch refused it.
        """
        try:
            return await self._client.do(command, identifier)
        except Refusal as refused:
            if refused.kind is NOT_SIGNED_ON:
                self._over()
            raise


class TellerApp(AppBase):
    """A terminal of staff."""

    TITLE = "tellertui"
    DEFAULT_MODE = START
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {GROUND: Ground, START: SignOn}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+g", "next_language", show=False),
        Binding("ctrl+t", "next_theme", show=False),
    ]

    def __init__(
        self,
        client: Client,
        connect: Callable[[], Awaitable[object]],
        *,
        incidents: Incidents,
        language: str = "en",
        theme: str = DARK.name,
        revive: Callable[[], object] = lambda: None,
    ) -> None:
        """Make a terminal.

        Args:
            client: not connected yet.
            connect: finds the host, or starts one, and greets it.
            incidents: where errors are written down.
            language: spoken at first.
            theme: worn at first.
            revive: starts a host where this terminal may.
        """
        seat = Seat(client, self._over)
        super().__init__(seat, client, incidents=incidents, language=language, theme=theme)
        self.client = client
        self.staff = ""
        self.drafts = Drafts(client, self.frames)
        self.calls = Calls(client, self.say, self.frames)
        self.head_office = Standing(client, self._line_is)
        self._connect = connect
        self._revive = revive
        self._away = False
        self._saved = client.boot()
        furnish(self.places, lambda: self.roles)

    @on(Ready)
    def settle(self) -> None:
        """Collect garbage again, but not over and over what the start has made."""
        gc.freeze()
        gc.enable()

    @on(Unmount)
    async def disconnect(self) -> None:
        """Leave the host; the session ends with the connection."""
        await self.client.close()

    def frames(self) -> Iterator[Frame]:
        """Yield every screen that can hold half-filled work."""
        for screen in self.open_screens():
            if isinstance(screen, Frame) and screen.CODE != START:
                yield screen

    # Signing on and off.

    async def reach(self) -> None:
        """Find the host and greet it.

        Raises:
            Refusal: there is none, or it is not this branch's.
        """
        if not self.client.connected:
            await self._connect()
            self.client.follow(self._line)
        welcome = self.client.welcome
        assert welcome is not None
        self.zone = ZoneInfo(welcome.time_zone)
        self.set_status(Status(branch=welcome.name, marker=MARKS.get(welcome.environment, "")))

    async def sign_on(self, staff: str, passphrase: bytearray) -> None:
        """Sign somebody on and show what waits for them; the caller overwrites the passphrase.

        Raises:
            Refusal: ``wrong-passphrase``, ``wait``, ``locked`` and the like.
        """
        await self.client.sign_on(staff, passphrase)
        await self.seated()
        self.walk(self.visit_first())

    async def seated(self) -> None:
        """Take in who is signed on now."""
        session = self.client.session
        assert session is not None
        self._watched.clear()
        self.drafts.forget()
        self.staff, self.roles = session.staff, frozenset(map(Role, session.roles))
        self.people.clear()
        if self.roles & HOLDERS["mask"]:
            names = await self.client.do(Names())
            self.people.update(names)
        role = first_role(self.roles)
        person = self.people.get(self.staff, self.staff)
        self.set_status(replace(self.status, role=ROLES[role] if role else "", person=person))
        await self.calls.follow(self._help_wanted)
        if self.roles & READERS:
            await self.head_office.follow(self._line_moved)

    def _help_wanted(self, _: int) -> None:
        """Look for calls for help that nobody has answered; nothing that is being typed is disturbed."""
        look = partial(self.calls.look, self.language)
        self.run_worker(cast(Any, look), group="calls", exclusive=True, exit_on_error=False)

    def _line_moved(self, _: int) -> None:
        """Ask how the line to head office is."""
        look = partial(self.head_office.look, self.look)
        self.run_worker(cast(Any, look), group="line", exclusive=True, exit_on_error=False)

    def _line_is(self, line: Line | None) -> None:
        self.set_status(replace(self.status, line=line))

    async def visit_first(self) -> None:
        """Show 100 Today and put the first screen away."""
        await self.visit(TODAY)
        self._been.clear()
        if START in self._screen_stacks:
            await self.remove_mode(START)

    async def sign_off(self) -> None:
        """Park what is half filled, end the session and show the first screen."""
        with suppress(Refusal):
            await self.save_drafts()
        await self.client.sign_off()
        await self.start_anew()

    async def start_anew(self) -> None:
        """Forget whoever sat here and show the first screen."""
        self.client.forget()
        self.pump.clear()
        self.history.clear()
        self.people.clear()
        self.drafts.forget()
        self._watched.clear()
        self.calls.forget()
        self.head_office.forget()
        self.staff, self.roles, self.short_code = "", frozenset(), None
        self.set_status(replace(self.status, role="", person="", counter="", line=None))
        await self.drop_screens()
        self.add_mode(START, self.MODES[START])
        await self.switch_mode(START)

    # Parked work.

    async def save_drafts(self) -> None:
        """Let the host seal what is half filled."""
        if self.staff and self.client.connected and not self.locked_now:
            await self.drafts.save()

    async def take_up(self, draft: UUID, frame: Frame) -> None:
        """Go on with a parked draft; another one on the same screen is parked first."""
        await self.save_drafts()
        screen, content = await self.drafts.opened(draft)
        self.walk(self._take_up(screen, content))

    async def _take_up(self, screen: str, content: dict[str, Any]) -> None:
        await self.visit(screen)
        if isinstance(self.screen, Frame):
            self.screen.restore(content)
            self.screen.repaint()

    def tick(self) -> None:
        """Look at the idle time, and at what is half filled."""
        super().tick()
        self.head_office.tick(self.look)
        if self.staff and self.short_code is None and self.idle.veil_due and not self.locked_now:
            self.idle.touch()
            self.run_worker(cast(Any, self.lock), group="lock", exclusive=True, exit_on_error=False)
        if self.client.boot() - self._saved >= AUTOSAVE_S:
            self._saved = self.client.boot()
            if self.drafts.stale:
                self.run_worker(
                    cast(Any, self._save_quietly), group="drafts", exclusive=True, exit_on_error=False
                )

    async def _save_quietly(self) -> None:
        with suppress(Refusal):
            await self.save_drafts()

    # The line to the host, and the lock.

    @property
    def locked_now(self) -> bool:
        """Say whether the lock is shown."""
        return any(isinstance(screen, Lock) for screen in self.screen_stack)

    def _line(self, state: str) -> None:
        self.call_later(self._told, state)

    def _told(self, state: str) -> None:
        """Say in words what has become of the line to the host."""
        self._away = state == "away"
        if self._away:
            self.say(AWAY)
            self.set_timer(0.5, self._still_away)
        elif state == "locked":
            self.show_lock()
        else:
            self.say(BACK)

    def _still_away(self) -> None:
        if self._away:
            self.run_worker(self._start_host, thread=True, group="revive", exit_on_error=False)
            self.set_timer(5, self._still_away)

    def _start_host(self) -> None:
        with suppress(Refusal, OSError):
            self._revive()

    def _over(self) -> None:
        """The session is over: idle too long, signed on elsewhere, revoked."""
        if self.staff:
            self.call_later(self.show_lock)

    async def locked(self) -> None:
        """Drop the keys at the host and ask for the passphrase; everything on the screen is gone already."""
        self.drafts.forget()
        with suppress(Refusal):
            await self.client.do(api.SignOff())
        self.show_lock(emptied=True)

    def show_lock(self, *, emptied: bool = False) -> None:
        """Cover the terminal until its person has typed the passphrase.

        Args:
            emptied: nothing stands under the cover any more; else all of it is kept there.
        """
        if not self.locked_now:
            for screen in self.open_screens():
                if isinstance(screen, Frame):
                    screen.veiled()
            self.run_worker(self._lock(emptied), group="lock", exit_on_error=False)

    async def _lock(self, emptied: bool) -> None:
        if isinstance(self.screen, Veil):
            await self.pop_screen()
        words = EMPTIED if emptied else LOCKED
        with self.pump.released():
            opened = await self.push_screen_wait(Lock(partial(self.lock_text, words), self._unlock))
        if not opened:
            await self.start_anew()
        elif emptied:
            await self.seated()
            await self.visit(TODAY)
        else:
            self.say(BACK)

    def lock_text(self, words: str, look: Look) -> str:
        """Return whose terminal this is."""
        return look.say(words).format(person=self.status.person)

    async def _unlock(self, passphrase: bytearray) -> None:
        if not self.client.connected:
            raise UNREACHABLE_HOST(detail="away")
        await self.client.sign_on(self.staff, passphrase)

    # Language and colours.

    def action_next_language(self) -> None:
        """Speak the next language."""
        self.speak(_next(LANGUAGES, self.language))

    def action_next_theme(self) -> None:
        """Wear the next theme."""
        self.dress(_next([theme.name for theme in THEMES], self.theme))


def _next(names: Any, name: str) -> str:
    known = list(names)
    return str(known[(known.index(name) + 1) % len(known)])
