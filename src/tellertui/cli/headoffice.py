"""``headoffice``: the receiver of every branch's batches, and what it knows."""

import asyncio
import logging
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from tellertui.cli.output import print_json, print_line, print_table
from tellertui.core.refusal import N_, NO, USAGE, refusal

if TYPE_CHECKING:
    from tellertui.headoffice.keys import Place
    from tellertui.headoffice.store import Store

PORT = 7443

BAD_TIME = refusal(
    "bad-time", N_("A time is written with its offset, such as 2026-11-23T18:00:00+08:00."), USAGE
)
NOTHING_CONTESTED = refusal(
    "nothing-contested", N_("The branch has no contested incarnation of that number."), USAGE
)

headoffice_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Keys = Annotated[Path | None, typer.Option("--keys", help="Key folder; or TELLERTUI_HEADOFFICE.")]
BranchCode = Annotated[str, typer.Option("--branch-code", help="Code of the branch.")]


def register(app: typer.Typer) -> None:
    """Attach the commands."""
    app.add_typer(headoffice_app, name="headoffice", help="The receiver of every branch's batches.")


def _folder(keys: Path | None) -> Path:
    from platformdirs import user_data_path

    given = keys or os.environ.get("TELLERTUI_HEADOFFICE")
    return Path(given).absolute() if given else user_data_path("tellertui") / "headoffice"


@contextmanager
def _opened(keys: Path | None) -> Iterator[tuple["Place", "Store"]]:
    from tellertui.headoffice.keys import place_of
    from tellertui.headoffice.store import Store

    place = place_of(_folder(keys))
    store = Store(place.url)
    try:
        yield place, store
    finally:
        store.close()


@headoffice_app.command("init")
def init(
    url: Annotated[str, typer.Option(help="sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE")],
    keys: Keys = None,
    as_json: Json = False,
) -> None:
    """Make keys and tables; branches are founded with the file custodian.pub."""
    from tellertui.core.clock import SystemClock
    from tellertui.headoffice.keys import CUSTODIAN_FILE, found, refuse_full
    from tellertui.headoffice.store import Store, read_url

    folder, parts, now = _folder(keys), read_url(url), SystemClock().now()
    refuse_full(folder)
    if parts.get_backend_name() == "sqlite":
        # Later commands are not given the URL, and may stand in another folder.
        parts = parts.set(database=str(Path(str(parts.database)).absolute()))
    whole = parts.render_as_string(hide_password=False)
    Store(whole).close()
    made = found(folder, whole, now)
    if as_json:
        file = str(folder / CUSTODIAN_FILE)
        print_json({"folder": str(folder), "custodian_file": file, "keys": msgspec.to_builtins(made)})
        return
    print_line(f"Keys        {folder}")
    print_line(f"Database    {parts.render_as_string()}")
    for name, mark in msgspec.structs.asdict(made).items():
        print_line(f"{name.capitalize():<12}{mark}")
    print_line(f"Branches are founded with: tellertui init --head-office-key {folder / CUSTODIAN_FILE} ...")
    print_line("Move root.key, publish.key and custodian.key to a safe place; the line does not need them.")


@headoffice_app.command("serve")
def serve(
    bind: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free port.")] = PORT,
    name: Annotated[list[str] | None, typer.Option(help="Name that branches use; may be repeated.")] = None,
    keys: Keys = None,
) -> None:
    """Take batches until it is stopped; prints its address once it listens."""
    from tellertui.core.clock import SystemClock
    from tellertui.headoffice.keys import Keys as LineKeys
    from tellertui.headoffice.keys import certify
    from tellertui.headoffice.projector import Projector
    from tellertui.headoffice.receiver import Receiver
    from tellertui.headoffice.server import application
    from tellertui.headoffice.serving import serve as run
    from tellertui.host.services import load_services

    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(message)s")
    logging.getLogger("tellertui.headoffice").setLevel(logging.INFO)
    load_services()
    clock = SystemClock()
    with _opened(keys) as (place, store):
        certify(place, _hosts(bind, name or []), clock.now())
        receiver = Receiver(store, LineKeys(place), clock)
        app = application(receiver, Projector(store, clock.now), clock)
        asyncio.run(run(app, place, bind, port, _announce))


def _hosts(bind: str, names: list[str]) -> list[str]:
    wild = bind in ("0.0.0.0", "::", "")  # noqa: S104 - compared, not bound
    own = [socket.gethostname()] if wild else [bind]
    return list(dict.fromkeys(["localhost", "127.0.0.1", *own, *names]))


def _announce(host: str, port: int) -> None:
    shown = f"[{host}]" if ":" in host else host
    print_line(f"https://{shown}:{port}")
    sys.stdout.flush()


@headoffice_app.command("enrol-code")
def enrol_code(branch_code: BranchCode, keys: Keys = None, as_json: Json = False) -> None:
    """Give out a one-time code with which a branch enrols within 24 hours."""
    from tellertui.core.clock import SystemClock, rfc3339
    from tellertui.headoffice.enrolment import CODE_LIFE, give_code
    from tellertui.headoffice.keys import Keys as LineKeys
    from tellertui.headoffice.keys import fingerprints

    now = SystemClock().now()
    with _opened(keys) as (place, store):
        pack = LineKeys(place).pack
        code = store.write(lambda connection: give_code(connection, branch_code, pack.root, now))
    root, expires = fingerprints(pack).root, rfc3339(now + CODE_LIFE)
    if as_json:
        print_json({"code": code, "branch": branch_code, "root": root, "expires": expires})
        return
    print_line(f"Code        {code}")
    print_line(f"Good until  {expires}")
    print_line(f"Root key    {root}")
    print_line(
        "Both sides compare: the branch shows this root key, headoffice branches its device and founders."
    )


@headoffice_app.command("branches")
def branches(keys: Keys = None, as_json: Json = False) -> None:
    """List branches, those heard of longest ago first."""
    from tellertui.core.clock import SystemClock
    from tellertui.headoffice.reports import branches as listed

    with _opened(keys) as (_, store), store.reading() as connection:
        found = listed(connection, SystemClock().now())
    _print(found, as_json=as_json)


@headoffice_app.command("watch")
def watch(
    url: Annotated[str, typer.Option(help="Of the database, where there is no key folder.")] = "",
    keys: Keys = None,
) -> int:
    """Show every branch by age, alarms and figures; it only reads, and needs no key."""
    from tellertui.cli.terminal import LOG, incidents_of, log_folder, need_terminal

    need_terminal()
    from tellertui.cli.context import current
    from tellertui.core.clock import SystemClock
    from tellertui.headoffice.keys import place_of
    from tellertui.headoffice.watch import WatchApp, zone_here
    from tellertui.headoffice.watch_reads import Source

    source = Source(url or place_of(_folder(keys)).url)
    incidents, zone = incidents_of(log_folder() / LOG), zone_here(os.environ)
    app = WatchApp(source, SystemClock(), incidents=incidents, language=current.lang, zone=zone)
    app.run()
    return app.return_code or 0


@headoffice_app.command("figures")
def figures(
    day: Annotated[str | None, typer.Option("--date", help="YYYY-MM-DD; each branch's newest.")] = None,
    keys: Keys = None,
    as_json: Json = False,
) -> None:
    """Show each branch's figures of a business date."""
    from tellertui.core.clock import SystemClock
    from tellertui.headoffice.projector import Projector
    from tellertui.headoffice.reports import figures as listed
    from tellertui.host.services import load_services

    wanted = None if day is None else _day(day)
    load_services()
    with _opened(keys) as (_, store):
        Projector(store, SystemClock().now).catch_up()
        with store.reading() as connection:
            found = listed(connection, wanted)
    if as_json:
        print_json(found)
    else:
        _print([{"branch": each.branch, "date": each.date, **each.figures} for each in found], as_json=False)


@headoffice_app.command("rejects")
def rejects(keys: Keys = None, as_json: Json = False) -> None:
    """List entries that could not be applied; exit code 1 if there are any."""
    from tellertui.core.clock import SystemClock
    from tellertui.headoffice.reports import rejects as listed

    with _opened(keys) as (_, store), store.reading() as connection:
        found = listed(connection, SystemClock().now())
    _print(found, as_json=as_json)
    if found:
        raise typer.Exit(NO)


@headoffice_app.command("publish")
def publish(
    pack: Annotated[Path, typer.Argument(help="TOML with name, effective, body and more, or msgpack.")],
    keys: Keys = None,
    as_json: Json = False,
) -> None:
    """Sign reference data for branches under the next version."""
    from tellertui.core.clock import SystemClock
    from tellertui.headoffice.feeds import publish as sign
    from tellertui.headoffice.feeds import read_given
    from tellertui.headoffice.keys import signing_key

    given = read_given(pack)
    with _opened(keys) as (place, store):
        key, now = signing_key(place, "publish"), SystemClock().now()
        feed = store.write(lambda connection: sign(connection, key, given, now))
    shown = {name: getattr(feed, name) for name in ("name", "branch", "version", "effective", "expires")}
    _print([{**shown, "widens": feed.widens, "bytes": len(feed.body)}], as_json=as_json)


@headoffice_app.command("import")
def import_files(
    files: Annotated[list[Path], typer.Argument(help="Batches as sync export wrote them.")],
    receipts: Annotated[Path, typer.Option(help="Folder for receipts and feeds to carry back.")],
    keys: Keys = None,
    as_json: Json = False,
) -> None:
    """Take batches from files; exit code 1 if one of them was not taken."""
    from tellertui.core.clock import SystemClock
    from tellertui.headoffice.files import NOT_TAKEN, take_in
    from tellertui.headoffice.keys import Keys as LineKeys
    from tellertui.headoffice.projector import Projector
    from tellertui.headoffice.receiver import Receiver
    from tellertui.host.services import load_services

    load_services()
    clock = SystemClock()
    with _opened(keys) as (place, store):
        taken = take_in(Receiver(store, LineKeys(place), clock), files, receipts)
        Projector(store, clock.now).catch_up()
    _print(taken, as_json=as_json)
    if any(each.code in NOT_TAKEN or not each.receipt for each in taken):
        raise typer.Exit(NO)


@headoffice_app.command("backup")
def backup(file: Path, keys: Keys = None, as_json: Json = False) -> None:
    """Copy the database, prove the copy, and tell branches up to where they may prune."""
    from tellertui.headoffice.safety import back_up

    with _opened(keys) as (_, store):
        held = back_up(store, file)
    _print_marks(held, as_json=as_json)


@headoffice_app.command("safe")
def safe(
    before: Annotated[str, typer.Option(help="When the verified dump was begun (RFC 3339).")],
    keys: Keys = None,
    as_json: Json = False,
) -> None:
    """Say that a verified dump holds everything that landed before a time."""
    from tellertui.headoffice.safety import landed_before, mark

    instant = _instant(before)
    with _opened(keys) as (_, store):
        with store.reading() as connection:
            held = landed_before(connection, instant)
        store.write(lambda connection: mark(connection, held))
    _print_marks(held, as_json=as_json)


@headoffice_app.command("settle")
def settle(
    branch_code: BranchCode,
    incarnation: Annotated[int, typer.Option(min=1, help="The one that lives on.")],
    keys: Keys = None,
) -> None:
    """Decide between hosts that both claim to be a branch."""
    from tellertui.headoffice.ledger import SqlLedger

    with _opened(keys) as (_, store):
        if not store.write(lambda connection: SqlLedger(connection).settle(branch_code, incarnation)):
            raise NOTHING_CONTESTED()
    print_line(f"{branch_code}  {incarnation}")


def _print_marks(held: dict[tuple[str, int], int], *, as_json: bool) -> None:
    rows = [
        {"branch": branch, "incarnation": incarnation, "safe": seq}
        for (branch, incarnation), seq in held.items()
    ]
    _print(rows, as_json=as_json)


def _print(rows: Any, *, as_json: bool) -> None:
    """Print records of one shape: JSON, or a table without their lists."""
    if as_json:
        print_json(rows)
        return
    plain: list[dict[str, Any]] = msgspec.to_builtins(rows)
    names = list(plain[0]) if plain else []
    print_table(names, [[_text(row[name]) for name in names] for row in plain])


def _text(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _day(text: str) -> str:
    from tellertui.core.refusal import BAD_PARAMS

    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BAD_PARAMS(method="headoffice figures", where="--date") from None


def _instant(text: str) -> int:
    from tellertui.core.clock import millis

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BAD_TIME() from None
    if moment.tzinfo is None:
        raise BAD_TIME()
    return millis(moment)
