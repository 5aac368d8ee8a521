"""Signing on: a staff code, a passphrase, a short code for the veil; nothing else is shown before."""

import asyncio
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from textual.content import Content

from tellertui.core.refusal import N_, UNREACHABLE_HOST, Refusal
from tellertui.desk.places import START
from tellertui.ui.actions import Action
from tellertui.ui.chrome import Head
from tellertui.ui.entry import Entry
from tellertui.ui.fields import PASSPHRASE_HELP, Field
from tellertui.ui.form import Form, Section
from tellertui.ui.look import MUTED, STRONG, WARN, Look
from tellertui.ui.notes import FORBIDDEN, Note
from tellertui.ui.text import line, wrap
from tellertui.ui.values import Digits, Kind
from tellertui.ui.veil import ShortCode

if TYPE_CHECKING:
    from tellertui.app import TellerApp

CODE_HELP = N_(
    "Six digits of your own for today: they lift the veil when you come back to the screen. Left empty, the "
    "screen locks in its place and asks for your passphrase."
)
STAFF_HELP = N_("Your staff number, as your manager gave it to you.")
DESK = N_("One account, one trust domain: everything of this computer account can reach this branch.")
WELCOME = N_("Sign on to begin. The passphrase goes to the branch host alone and is kept nowhere else.")
CONNECTING = N_("Looking for the branch host…")
FLUSH_S = 0.03
NO_HOST = Note(FORBIDDEN, N_("The branch host cannot be reached."), way=N_("F5 looks again"))
ABOUT_ROWS = 7
LABEL_CELLS = 14


class SignOn(Entry):
    """The first screen of a terminal; the passphrase is asked for once the host has proved itself."""

    CODE = START
    NAME = N_("Sign on")
    HELP = N_(
        "Type your staff number and your passphrase, each with Enter. Ctrl+G changes the language, Ctrl+T "
        "the colours. No passphrase is asked for before the other end has proved to be this branch's host."
    )
    COMMIT = N_("Sign on")
    DEFAULT_CSS = f"""
    SignOn > #sections {{ height: {ABOUT_ROWS}; }}
    """

    @property
    def terminal(self) -> "TellerApp":
        """Return the app as what it is."""
        return cast("TellerApp", self.app)

    def make(self) -> Form:
        """Return the three fields."""
        wide = LABEL_CELLS
        fields = (
            Field(
                "staff",
                N_("Staff number"),
                Kind(),
                cells=14,
                required=True,
                help=STAFF_HELP,
                label_cells=wide,
            ),
            Field(
                "passphrase",
                N_("Passphrase"),
                cells=40,
                required=True,
                secret=True,
                help=PASSPHRASE_HELP,
                label_cells=wide,
            ),
            Field(
                "short",
                N_("Short code"),
                Digits(6, 6),
                cells=10,
                secret=True,
                help=CODE_HELP,
                label_cells=wide,
            ),
        )
        return Form(Section("1", N_("Sign on"), fields), last=self.press_commit, id="form")

    def press_commit(self) -> None:
        """Sign on with Enter in the last field."""
        self.action_press("f10")

    def actions(self) -> Iterable[Action]:
        """Yield the keys; there is nowhere else to go."""
        for action in super().actions():
            if action.key in ("f6", "f10"):
                yield action
        yield Action("f3", N_("Leave"), N_("Ends the program."), self.end)

    def head(self, look: Look) -> Head:
        """Return the branch."""
        welcome = self.terminal.client.welcome
        return Head(self.CODE, self.NAME, welcome.name if welcome else "")

    def body(self, look: Look) -> list[Content]:
        """Return where this is, and what kind of place."""
        _ = look.say
        welcome = self.terminal.client.welcome
        if welcome is None:
            return [Content(""), line(" ", (_(CONNECTING), MUTED))]
        rows = [Content(""), line(" ", (welcome.name, STRONG), "   ", (welcome.branch, MUTED))]
        rows += [line(" ", row) for row in wrap(_(WELCOME), look.width - 2)]
        if welcome.profile == "desk":
            rows += [line(" ", (row, WARN)) for row in wrap(_(DESK), look.width - 2)]
        return rows

    async def on_mount(self) -> None:
        """Show no field for a secret yet."""
        for name in ("passphrase", "short"):
            self.form[name].display = False

    async def reload(self) -> None:
        """Find the branch host, check that it is one, and only then ask for a passphrase."""
        painted = asyncio.Event()
        self.call_after_refresh(painted.set)
        await painted.wait()
        # Another thread writes the first paint; what finds a host keeps the interpreter busy.
        await asyncio.sleep(FLUSH_S)
        try:
            await self.terminal.reach()
        except Refusal as refused:
            if refused.kind is not UNREACHABLE_HOST:
                raise
            self.reject(NO_HOST)
            return
        for name in ("passphrase", "short"):
            self.form[name].display = True

    async def commit(self, values: dict[str, Any]) -> None:
        """Sign on."""
        passphrase = bytearray(self.form["passphrase"].value, "utf-8")
        short = values["short"]
        for name in ("passphrase", "short"):
            self.form[name].value = ""
        try:
            await self.terminal.sign_on(values["staff"], passphrase)
        except BaseException:
            self.form["passphrase"].focus()
            raise
        finally:
            passphrase[:] = bytes(len(passphrase))
        self.terminal.short_code = ShortCode(short, os.urandom(16)) if short else None

    def draft(self) -> dict[str, Any]:
        """Keep nothing of this screen."""
        return {}

    def end(self) -> None:
        """End the program."""
        self.app.exit(0)

    def leave(self) -> None:
        """Stay: there is no other screen."""
        self.app.bell()
