"""``sync``: the branch's line to head office, for operators."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from tellertui.cli.context import current, session_value
from tellertui.cli.output import print_json, print_line
from tellertui.core.refusal import N_, NO

if TYPE_CHECKING:
    from tellertui.client import Client
    from tellertui.sync.api import SyncView

T = TypeVar("T")

sync_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]

LOOK_S = 0.2
PATIENCE_S = 60.0
"""How long a command waits for head office."""
ABSENT_S = 3.0
"""How long it waits for a courier to connect."""

NOT_ALL = N_("Files that were not taken: {refused} ({why}).")


def register(app: typer.Typer) -> None:
    """Attach the commands."""
    app.add_typer(sync_app, name="sync", help="The line to head office.")


@sync_app.command("enrol")
def enrol(
    url: Annotated[str, typer.Option(help="https://HOST:PORT, or a folder that travels.")],
    code: Annotated[str, typer.Option(help="One-time code of tellertui headoffice enrol-code.")],
    as_json: Json = False,
) -> int:
    """Enrol this branch at head office; both sides show the same fingerprints."""
    from tellertui.sync.api import BAD_URL, AskEnrolment, TakeIn
    from tellertui.sync.folder import PACK_FILE, contents, put

    folder = None if url.startswith("https://") else Path(url.removeprefix("file:")).absolute()
    if folder is not None and not folder.is_dir():
        raise BAD_URL()

    async def run(client: "Client") -> "SyncView":
        if folder is not None:
            keys = contents(folder / PACK_FILE)
            seen = await client.do(AskEnrolment(url=f"file:{folder}", code=code))
            await client.do(TakeIn(body=keys))
            await put(client.do, folder)
            return seen
        seen = await client.do(AskEnrolment(url=url, code=code))
        return await _until(client, lambda view: view.state != "asked" or view.last_error is not None)

    return _told(
        _with_host(run), as_json=as_json, done=lambda view: folder is not None or view.state != "asked"
    )


@sync_app.command("now")
def now(as_json: Json = False) -> int:
    """Send what waits at once, and wait for head office's answer."""
    from tellertui.sync.api import SendNow, ShowSync

    async def run(client: "Client") -> "tuple[SyncView, SyncView]":
        before = await client.do(ShowSync())
        await client.do(SendNow())

        def settled(view: "SyncView") -> bool:
            # What this very command brings about is not waited for: the head as it was is what was asked.
            heard = view.last_ok != before.last_ok
            sent = heard and (view.acked >= before.head or _stopped(view))
            return sent or view.error_at != before.error_at

        return before, await _until(client, settled)

    before, after = _with_host(run)
    done = after.last_ok != before.last_ok and after.last_error is None
    return _told(after, as_json=as_json, done=lambda _: done)


@sync_app.command("status")
def status(as_json: Json = False) -> int:
    """Say where this branch stands towards head office."""
    from tellertui.sync.api import ShowSync

    async def run(client: "Client") -> "SyncView":
        return await client.do(ShowSync())

    return _told(_with_host(run), as_json=as_json, done=lambda view: True)


@sync_app.command("export")
def export(folder: Annotated[Path, typer.Argument(metavar="DIR")], as_json: Json = False) -> None:
    """Write what waits for head office to a folder, in the same bytes that a line would carry."""
    from tellertui.sync.folder import put

    async def run(client: "Client") -> list[str]:
        return await put(client.do, folder)

    names = _with_host(run)
    if as_json:
        print_json({"files": names})
    else:
        for name in names:
            print_line(name)


@sync_app.command("import")
def take_in(files: Annotated[list[Path], typer.Argument(metavar="FILE...")], as_json: Json = False) -> int:
    """Take in what head office sent as files: receipts, public keys, reference data."""
    from tellertui.i18n import translator
    from tellertui.sync.api import ShowSync
    from tellertui.sync.folder import Taken, take

    async def run(client: "Client") -> "tuple[Taken, SyncView]":
        return await take(client.do, files), await client.do(ShowSync())

    taken, view = _with_host(run)
    if taken.refused:
        text = translator(current.lang)(NOT_ALL).format(refused=taken.refused, why=taken.why)
        typer.echo(text, err=True)
    return _told(view, as_json=as_json, done=lambda _: not taken.refused)


def _with_host(body: "Callable[[Client], Coroutine[Any, Any, T]]") -> T:
    """Run with a connection in the session of this environment, else as the operator."""
    from tellertui.cli.hosting import reach
    from tellertui.core.role import Listener
    from tellertui.host.services import load_apis
    from tellertui.settings import settings_of

    load_apis()
    directory, session = current.directory(), session_value()
    listener = Listener.STAFF if session else Listener.ADMIN

    async def run() -> T:
        client = await reach(settings_of(directory), directory, listener, machine=session)
        try:
            return await body(client)
        finally:
            await client.close()

    return asyncio.run(run())


async def _until(client: "Client", true: "Callable[[SyncView], bool]") -> "SyncView":
    """Wait for head office's answer, and return how things stand when it came or is not to be expected now.

    Raises:
        Refusal: ``no-courier``.
    """
    from tellertui.sync.api import NO_COURIER, ShowSync

    loop = asyncio.get_running_loop()
    begun = loop.time()
    while not true(view := await client.do(ShowSync())):
        waited = loop.time() - begun
        if not view.courier and waited > ABSENT_S:
            raise NO_COURIER()
        if waited > PATIENCE_S:
            break
        await asyncio.sleep(LOOK_S)
    return view


def _stopped(view: "SyncView") -> bool:
    from tellertui.sync.words import STOPPED

    return view.state in STOPPED


def _told(view: "SyncView", *, as_json: bool, done: "Callable[[SyncView], bool]") -> int:
    """Print where the branch stands and return the exit code."""
    from tellertui.core.clock import rfc3339
    from tellertui.i18n import translator
    from tellertui.sync.words import fingerprints, sentence

    heard = None if view.last_ok is None else rfc3339(view.last_ok)
    if as_json:
        print_json(
            {
                "incarnation": view.incarnation,
                "head": view.head,
                "acked": view.acked,
                "safe": view.safe,
                "waiting": view.waiting,
                "oldest_waiting_s": view.oldest_waiting_s,
                "last_ok": heard,
                "last_error": view.last_error,
                "rejections": len(view.rejections),
            }
        )
    else:
        say = translator(current.lang)
        print_line(sentence(view, say))
        print_line(fingerprints(view, say))
    return 0 if done(view) else NO
