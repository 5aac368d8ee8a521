"""``audit`` and ``doctor``: what can be proved of a store, and how this machine is."""

import asyncio
from contextlib import closing, suppress
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import msgspec
import typer

from tellertui.cli.calling import ask
from tellertui.cli.context import current, session_value
from tellertui.cli.output import print_json, print_line, print_table
from tellertui.core.refusal import NO

audit_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def register(app: typer.Typer) -> None:
    """Attach the commands."""
    app.add_typer(audit_app, name="audit", help="The journal: verify it, read it.")
    app.command("doctor")(doctor)


@audit_app.command("verify")
def verify(as_json: Json = False) -> None:
    """Verify the whole store in both directions; exit code 1 with findings."""
    report = _through_host("audit.verify") or _verify_here()
    if as_json:
        print_json(report)
    else:
        _print_report(report)
    if not report["verified"]:
        raise typer.Exit(NO)


def _through_host(method: str, params: bytes = b"{}") -> Any:
    """Ask a running host, in the session there is or as the operator; None where none runs."""
    from tellertui.cli.hosting import running
    from tellertui.settings import settings_of

    if session_value() is not None:
        return ask(method, params)
    directory = current.directory()
    settings = settings_of(directory)
    if not running(settings, directory):
        return None
    return asyncio.run(_asked(settings, directory, method, params))


async def _asked(settings: Any, directory: Path, method: str, params: bytes) -> Any:
    from tellertui.client import Client
    from tellertui.core.role import Listener

    async with Client(settings, directory, Listener.ADMIN) as client:
        return msgspec.json.decode(await client.call(method, params))


def _verify_here() -> Any:
    """Verify a store that no host has open, under its lock."""
    from tellertui.branch.opening import CHECKS
    from tellertui.host.services import load_services
    from tellertui.settings import settings_of
    from tellertui.store.audit import check_named, verify_file
    from tellertui.store.lock import StoreLock
    from tellertui.store.store import ANCHOR, FILE
    from tellertui.vault.providers import provider

    load_services()
    directory = current.directory()
    settings = settings_of(directory)
    passphrase = _sealing_passphrase() if settings.host_secret == "sealed-file" else None
    keeper = provider(settings.host_secret, directory, settings.environment, passphrase=passphrase)
    secret = keeper.load(UUID(settings.store_id))
    with StoreLock(directory):
        checks = [check_named(name) for name in CHECKS]
        report = verify_file(directory / FILE, secret.mac_key(), directory / ANCHOR, checks)
    return msgspec.to_builtins(report)


def _sealing_passphrase() -> bytearray:
    from tellertui.cli.passphrases import read_passphrase

    return read_passphrase("host")


def _print_report(report: dict[str, Any]) -> None:
    from tellertui.i18n import translator
    from tellertui.store.findings import MEANINGS

    say = translator(current.lang)
    head = report["head"] or {"incarnation": 0, "seq": 0, "hash": ""}
    print_line(f"{report['entries']} entries, head {head['incarnation']}/{head['seq']} {head['hash'][:16]}")
    for finding in report["findings"]:
        place = f"{finding['where']} ({finding['seq']})" if finding["seq"] else finding["where"]
        print_line(f"x {finding['kind']}  {place}  {say(MEANINGS[finding['kind']])}  {finding['detail']}")
    print_line("verified" if report["verified"] else "NOT verified")


@audit_app.command("show")
def show(
    since: Annotated[int, typer.Option(min=1, help="First seq shown.")] = 1,
    event: Annotated[str, typer.Option(help="Pattern such as ticket.*")] = "*",
    as_json: Json = False,
) -> None:
    """Show journal entries: plain parts only."""
    entries = _show_through_host(since, event)
    if entries is None:
        entries = _show_here(since, event)
    if as_json:
        print_json(entries)
        return
    rows = [
        (
            each["seq"],
            each["at"],
            each["actor"],
            each["event"],
            " ".join(f"{k}={v}" for k, v in each["facts"].items()),
        )
        for each in entries
    ]
    print_table(("seq", "at", "actor", "event", "facts"), rows)


def _show_through_host(since: int, event: str) -> list[dict[str, Any]] | None:
    """Ask a running host for all entries, page by page; None where none runs."""
    found: list[dict[str, Any]] = []
    while True:
        page = _through_host("audit.show", msgspec.json.encode({"since": since, "event": event}))
        if page is None:
            return None
        found += page["entries"]
        if page["next"] is None:
            return found
        since = page["next"]


def _show_here(since: int, event: str) -> Any:
    from tellertui.host.services import load_services
    from tellertui.store import sqlite
    from tellertui.store.lock import StoreLock
    from tellertui.store.show import show
    from tellertui.store.store import FILE

    load_services()
    directory = current.directory()
    with StoreLock(directory), closing(sqlite.connect(directory / FILE, query_only=True)) as connection:
        return msgspec.to_builtins(list(show(connection, since, event)))


def _line(settings: Any, directory: Path) -> Any:
    """Ask a running host where the branch stands towards head office; None where it does not say."""
    from tellertui.core.refusal import Refusal
    from tellertui.host.services import load_apis
    from tellertui.sync.api import SyncView

    load_apis()
    with suppress(Refusal):
        return msgspec.convert(asyncio.run(_asked(settings, directory, "sync.show", b"{}")), SyncView)
    return None


def doctor(as_json: Json = False) -> None:
    """Check this machine and this store; exit code 1 if something fails."""
    from tellertui.cli.hosting import running
    from tellertui.host.doctor import examine
    from tellertui.i18n import translator
    from tellertui.settings import settings_of

    directory = current.directory()
    settings = settings_of(directory)
    host_runs = running(settings, directory)
    line = _line(settings, directory) if host_runs else None
    health = examine(directory, settings, host_runs=host_runs, line=line, say=translator(current.lang))
    if as_json:
        print_json(health)
    else:
        marks = {"ok": "✓", "warn": "!", "fail": "x"}
        print_table(("", "", ""), [(marks[each.state], each.name, each.detail) for each in health.checks])
    if not health.ok:
        raise typer.Exit(NO)
