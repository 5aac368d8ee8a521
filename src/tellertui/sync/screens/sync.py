"""905, sync: where the branch stands towards head office; send now, or carry the same as files."""

from asyncio import to_thread
from collections.abc import Iterable
from pathlib import Path

from textual.app import ComposeResult
from textual.content import Content

from tellertui.core.clock import MINUTE
from tellertui.core.refusal import N_, Fact, Refusal
from tellertui.core.role import OFFICERS
from tellertui.sync import folder, words
from tellertui.sync.api import SYNC, SendNow, ShowSync, SyncView
from tellertui.sync.screens import sync_rows
from tellertui.ui.actions import Action
from tellertui.ui.chrome import Head
from tellertui.ui.fields import Field
from tellertui.ui.form import Form, Section
from tellertui.ui.frame import Frame
from tellertui.ui.helping import Scroll
from tellertui.ui.look import Look
from tellertui.ui.modal import INNER, Choose, Modal, Option
from tellertui.ui.notes import DONE, FORBIDDEN, INFO, WARNING, Note
from tellertui.ui.values import Kind, Wrong

TICK_S = 1.0
NOT_READ = Note(FORBIDDEN, N_("Nothing is shown yet; F5 reads it again."))
NO_PAGE = Note(INFO, N_("There is nothing more to show."))
NOT_YOURS = Note(FORBIDDEN, N_("A manager or a reviewer does that."))
NO_LINE = Note(FORBIDDEN, N_("Entries travel as files here; F9 writes them."))
NOBODY = Note(INFO, N_("Nothing needs a person."))
SENT = Note(DONE, N_("It leaves as soon as the courier reaches head office."))
NO_FILES = Note(INFO, N_("Nothing waits here; no file was written."))
CARRIED = N_("Files written: {written}, read: {read}.")
NOT_ALL = N_("Files written: {written}, read: {read}, not taken: {refused} ({why}).")
ABSOLUTE = N_("A folder is named from the root on: /media/stick")
FOUND = N_("Files from head office lie in this folder: {count}. Read ones are only checked again.")


class Sync(Frame):
    """The line to head office, in words a manager understands and in numbers."""

    CODE = sync_rows.CODE
    NAME = sync_rows.NAME
    HELP = N_(
        "What head office has of this branch's journal. Written stands here, accepted is held by head "
        "office, safe is accepted and in a backup that head office has verified. F10 sends what waits at "
        "once. F9 writes the same as files into a folder, such as a stick, and reads head office's receipts "
        "back from it. F6 lists entries that head office could not apply."
    )
    TOPICS = (SYNC,)

    def __init__(self) -> None:
        super().__init__()
        self.view: SyncView | None = None
        self.first = 0
        self.folder = ""
        self._minute = 0

    # What is shown.

    async def on_mount(self) -> None:
        """Look at the clock every second."""
        self._minute = self._now() // MINUTE
        self.set_interval(TICK_S, self.tick)

    def tick(self) -> None:
        """Read it again every minute: how long something has waited is part of it."""
        minute = self._now() // MINUTE
        if minute != self._minute:
            self._minute = minute
            self.noticed()

    def _now(self) -> int:
        return self.teller.clock.now()

    async def reload(self) -> None:
        """Ask where the branch stands."""
        self.view = await self.ask(ShowSync())
        if self.first >= len(self.view.batches):
            self.first = 0

    def head(self, look: Look) -> Head:
        """Return how the line is."""
        return sync_rows.head(self.view, self._now(), look)

    def body(self, look: Look) -> list[Content]:
        """Return sentences, numbers, batches and what needs a person."""
        return sync_rows.body(self.view, self.first, self._now(), look)

    # What can be done.

    def actions(self) -> Iterable[Action]:
        """Yield what can be done."""
        listed = N_("Lists the entries that head office could not apply.")
        yield Action("f6", N_("To mend"), listed, self.mend, blocked=self.nobody)
        yield Action("f7", N_("Page up"), N_("Shows the batches before."), lambda: self.turn(-1))
        yield Action("f8", N_("Page dn"), N_("Shows the next batches."), lambda: self.turn(1))
        files = N_("Writes what waits into a folder and reads receipts back from it.")
        yield Action("f9", N_("Export"), files, self.export, blocked=self.not_by_file, guarded=True)
        now = N_("Sends what waits at once.")
        yield Action("f10", N_("Send now"), now, self.send, blocked=self.unsendable, guarded=True)

    def turn(self, by: int) -> None:
        """Turn the page of batches."""
        view = self.view
        if view is None:
            self.reject(NOT_READ)
            return
        step = sync_rows.page_rows(view, self._now(), self.look)
        first = self.first + by * step
        if view.state in words.UNENROLLED or not -step < first < len(view.batches):
            self.reject(NO_PAGE)
            return
        self.first = max(0, first)
        self.repaint()

    def nobody(self) -> Note | None:
        """Say that no entry needs a person."""
        return None if self.view is not None and self.view.rejections else NOBODY

    def mend(self) -> None:
        """List the entries that need a person."""
        if self.view is not None:
            self.app.push_screen(Rejections(self.view))

    def not_by_file(self) -> Note | None:
        """Say why no files can be written."""
        if self.view is None:
            return NOT_READ
        if not self.teller.roles & OFFICERS:
            return NOT_YOURS
        if self.view.state != "none":
            return None
        return Note(FORBIDDEN, words.STANDALONE if self.view.standalone else words.NONE)

    def unsendable(self) -> Note | None:
        """Say why nothing can be sent at once."""
        if (why := self.not_by_file()) is not None:
            return why
        view = self.view
        assert view is not None
        if view.state in words.STOPPED:
            return Note(FORBIDDEN, words.DECIDE[view.state])
        if view.state == "asked":
            return Note(FORBIDDEN, words.ASKED)
        return NO_LINE if words.by_file(view) else None

    async def send(self) -> None:
        """Let the courier send at once."""
        await self.ask(SendNow())
        self.changed()
        await self.reload()
        assert self.view is not None
        self.say(SENT if self.view.courier else Note(WARNING, words.NO_CARRIER))

    # Files in a folder.

    async def export(self) -> None:
        """Ask for a folder until one serves; what was typed stays."""
        view = self.view
        if view is not None and not self.folder and words.by_file(view):
            self.folder = view.url.removeprefix("file:")
        said: Note | None = None
        while (chosen := await self.show(AskFolder(self.folder, said))) is not None:
            self.folder = chosen
            try:
                done = await self._carried(Path(chosen))
            except Refusal as refused:
                said = Note.refused(refused)
                continue
            said = None
            if done is not None:
                self.changed()
                await self.reload()
                self.say(done)
                return

    async def _carried(self, place: Path) -> Note | None:
        """Read what head office has put there, then write what still waits; None when somebody went back."""
        files = await to_thread(folder.from_office, place)
        taken = folder.Taken()
        if files:
            answer = await self.show(_offer(len(files)))
            if answer is None:
                return None
            taken = await folder.take(self.ask, files) if answer == "1" else taken
        written = len(await folder.put(self.ask, place))
        facts: dict[str, Fact] = {"written": written, "read": taken.read}
        facts |= {"refused": taken.refused, "why": taken.why}
        if taken.refused:
            return Note(WARNING, NOT_ALL, facts)
        return Note(DONE, CARRIED, facts) if written or taken.read else NO_FILES


def _offer(count: int) -> Choose:
    options = (Option("1", N_("Read them, then write what waits")), Option("2", N_("Only write what waits")))
    about = N_("Files from head office")
    return Choose(about, options, about=lambda look: look.say(FOUND).format(count=count), default="1")


class Rejections(Scroll):
    """Entries that head office holds and could not apply."""

    HELP = N_(
        "Head office holds these entries and could not apply them; all others count. Most are applied by "
        "themselves once head office runs a newer release; for the rest somebody there decides."
    )

    def __init__(self, view: SyncView) -> None:
        super().__init__(N_("Needs a person"))
        self._view = view

    def all_rows(self, look: Look) -> list[Content]:
        """Return each entry, its event, and why in words."""
        return sync_rows.rejection_rows(self._view, INNER, look)


class FolderPath(Kind, frozen=True):
    """A folder of this machine, as it is written."""

    most: int = 1000

    def read(self, text: str) -> str:
        """Return the path.

        Raises:
            Wrong: it does not begin at the root.
        """
        if not text.startswith("/"):
            raise Wrong(ABSOLUTE)
        return text

    def typed(self, text: str) -> str:
        """Leave every character as it is: names of folders are told apart by them."""
        return text


class AskFolder(Modal[str]):
    """Which folder; Enter or F10 takes it."""

    HELP = N_(
        "A folder on this machine that exists already, such as a stick. Files are written whole or not at "
        "all; they are sealed for head office and signed by this branch."
    )

    def __init__(self, offered: str, said: Note | None) -> None:
        super().__init__(N_("Export to a folder"))
        self._offered = offered
        self._first = said
        field = Field("folder", N_("Folder"), FolderPath(), cells=40, required=True, label_cells=None)
        self.form = Form(Section("1", N_("Export to a folder"), (field,)), last=self.action_commit)

    def compose_content(self) -> ComposeResult:
        """Lay the field."""
        yield self.form

    def on_mount(self) -> None:
        """Show what was typed before, and what became of it."""
        self.form["folder"].put(self._offered or None)
        if self._first is not None:
            self.say(self._first)

    def keys(self, look: Look) -> str:
        """Return the keys of the box."""
        return look.say(N_("Enter writes    F12 back"))

    def action_commit(self) -> None:
        """Answer with the folder."""
        values = self.form.values()
        if values is not None:
            self.dismiss(values["folder"])
