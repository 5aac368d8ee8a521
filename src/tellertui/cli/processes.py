"""``init``, ``host`` and ``courier``: founding a store and the long-running processes."""

import asyncio
import os
import re
import signal
import uuid
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from tellertui.cli.context import current
from tellertui.cli.output import print_json, print_line
from tellertui.cli.passphrases import read_passphrase
from tellertui.core.clock import Clock
from tellertui.core.refusal import N_, USAGE, refusal
from tellertui.settings import Settings

BAD_OFFICER = refusal("bad-officer", N_("An officer is written CODE:manager or CODE:reviewer."), USAGE)
BAD_CLOCK = refusal("bad-clock", N_("A clock is a time such as 2026-11-23T09:00:00+08:00."), USAGE)
CLOCK_IN_PRODUCTION = refusal("clock-in-production", N_("A production store runs by the machine's clock."))
STANDALONE_OR_HEAD_OFFICE = refusal(
    "standalone-or-head-office", N_("Give either --standalone or --head-office-key FILE."), USAGE
)
BAD_KEY_FILE = refusal("bad-key-file", N_("The head office key file is not a custodian key."), USAGE)
BAD_ZONE = refusal("bad-time-zone", N_("There is no time zone of that name."), USAGE)
BAD_CODE = refusal(
    "bad-code",
    N_("A code begins with a letter or digit and has letters, digits, points and hyphens, 32 at most."),
    USAGE,
)
BAD_COUNTERS = refusal("bad-counters", N_("A branch has 1 to 99 counters."), USAGE)

host_app = typer.Typer(invoke_without_command=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Attach the commands."""
    app.command("init")(init)
    app.add_typer(host_app, name="host", help="The process that owns the branch.")
    app.command("courier")(courier)


def init(
    branch_code: Annotated[str, typer.Option(help="Code of the branch at head office.")],
    name: Annotated[str, typer.Option(help="Name of the branch, as customers see it.")],
    officer: Annotated[
        list[str], typer.Option(help="Founding officer, CODE:manager or CODE:reviewer; twice.")
    ],
    standalone: Annotated[
        bool, typer.Option("--standalone", help="No head office; prints two recovery codes.")
    ] = False,
    head_office_key: Annotated[Path | None, typer.Option(help="Custodian key from head office.")] = None,
    profile: Annotated[str, typer.Option(help="branch or desk")] = "desk",
    counters: Annotated[int, typer.Option(help="How many counters the branch has.")] = 4,
    time_zone: Annotated[str, typer.Option(help="IANA time zone.")] = "Asia/Shanghai",
    host_secret: Annotated[
        str,
        typer.Option(help="systemd-creds, keyring, sealed-file or memory; by default as the profile needs"),
    ] = "",
    environment: Annotated[str, typer.Option(help="production, demo or test")] = "production",
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Found a store with two officers; asks both passphrases or reads two lines from standard input."""
    from tellertui.branch.founding import check_officers, found_branch
    from tellertui.core.clock import SystemClock
    from tellertui.core.ids import TimedIds
    from tellertui.vault.providers import provider

    plan = _plan(
        branch_code, name, standalone, head_office_key, profile, counters, time_zone, host_secret, environment
    )
    officers = _officers(officer)
    check_officers(officers)
    directory = current.directory()
    sealing = read_passphrase("sealed-file") if plan.settings.host_secret == "sealed-file" else None
    keeper = provider(plan.settings.host_secret, directory, environment, passphrase=sealing)
    clock = SystemClock()
    sheet = found_branch(directory, plan, officers, keeper, clock, TimedIds(clock))
    _print_sheet(sheet, directory, as_json=as_json)


def _plan(
    code: str,
    name: str,
    standalone: bool,
    key_file: Path | None,
    profile: str,
    counters: int,
    time_zone: str,
    host_secret: str,
    environment: str,
) -> Any:
    import msgspec

    from tellertui.branch.defaults import load_defaults
    from tellertui.branch.founding import Plan
    from tellertui.settings import BAD_SETTINGS

    if standalone is (key_file is not None):
        raise STANDALONE_OR_HEAD_OFFICE()
    if not 1 <= counters <= 99:
        raise BAD_COUNTERS()
    _check_code(code)
    _check_zone(time_zone)
    chosen = host_secret or _usual_provider(profile, environment)
    given = {
        "store_id": str(uuid.uuid4()),
        "profile": profile,
        "environment": environment,
        "host_secret": chosen,
        "time_zone": time_zone,
        "host_uid": os.getuid(),
    }
    try:
        settings = msgspec.convert(given, Settings)
    except msgspec.ValidationError as error:
        raise BAD_SETTINGS(where=str(error).split("`")[-2].removeprefix("$.")) from None
    custodian = None if key_file is None else _custodian_key(key_file)
    return Plan(code, name, current.lang, settings, load_defaults(counters), custodian)


def _usual_provider(profile: str, environment: str) -> str:
    """Return the provider that a new store's settings name when none is asked for."""
    if environment != "production":
        return "memory"
    return "systemd-creds" if profile == "branch" else "keyring"


def _check_code(code: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]{0,31}", code):
        raise BAD_CODE()


def _check_zone(time_zone: str) -> None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BAD_ZONE() from None


def _custodian_key(file: Path) -> bytes:
    """Read a custodian's public key: 64 hexadecimal digits on one line."""
    try:
        key = bytes.fromhex(file.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        raise BAD_KEY_FILE() from None
    if len(key) != 32:
        raise BAD_KEY_FILE()
    return key


def _officers(written: list[str]) -> list[Any]:
    from tellertui.branch.founding import NOT_OFFICERS, Officer
    from tellertui.core.role import OFFICERS, Role

    if len(written) != 2:
        raise NOT_OFFICERS()
    people = []
    for each in written:
        staff, colon, role = each.rpartition(":")
        if not colon or not staff or role not in {str(officer) for officer in OFFICERS}:
            raise BAD_OFFICER()
        _check_code(staff)
        people.append((staff, Role(role)))
    return [Officer(staff, role, read_passphrase(staff)) for staff, role in people]


def _print_sheet(sheet: Any, directory: Path, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "store": str(sheet.store),
                "branch": sheet.branch,
                "directory": str(directory),
                "founders": [{"staff": staff, "fingerprint": mark} for staff, mark in sheet.founders],
                "custodian": sheet.custodian,
                "recovery_codes": list(sheet.codes or ()),
            }
        )
        return
    print_line(f"Store       {sheet.store}")
    print_line(f"Branch      {sheet.branch}")
    print_line(f"Folder      {directory}")
    for staff, mark in sheet.founders:
        print_line(f"Founder     {staff}  {mark}")
    print_line(f"Custodian   {sheet.custodian}")
    for code in sheet.codes or ():
        print_line(f"Recovery    {code}")
    if sheet.codes:
        print_line("Each founding officer keeps one code, on paper, apart. They are shown this once.")


@host_app.callback()
def host(
    ctx: typer.Context,
    clock: Annotated[str, typer.Option(help="Start at this time (RFC 3339); not for production.")] = "",
    auto: Annotated[bool, typer.Option("--auto", hidden=True)] = False,
) -> None:
    """Run the process that owns the branch, until it is stopped."""
    if ctx.invoked_subcommand is None:
        _run_host(clock, auto=auto)


def _run_host(clock_text: str, *, auto: bool) -> None:
    from tellertui.settings import settings_of
    from tellertui.store.lock import StoreLock

    directory = current.directory()
    settings = settings_of(directory)
    clock = _clock(clock_text, settings.environment)
    # The lock comes before the slow imports, so that no host started beside this one gets in between.
    with StoreLock(directory):
        asyncio.run(_own(settings, directory, clock, auto=auto))


async def _own(settings: Settings, directory: Path, clock: Clock, *, auto: bool) -> None:
    from tellertui.cli.unlocking import host_secret
    from tellertui.core.ids import TimedIds
    from tellertui.host.host import Host

    secret = await host_secret(settings, directory)
    host = Host(directory, settings, secret, clock, TimedIds(clock))
    try:
        await host.recover()
        await host.serve(alone_stops=auto)
    finally:
        await host.close()


def _clock(text: str, environment: str) -> Any:
    from tellertui.core.clock import SystemClock, millis

    if not text:
        return SystemClock()
    if environment == "production":
        raise CLOCK_IN_PRODUCTION()
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        raise BAD_CLOCK() from None
    if start.tzinfo is None:
        raise BAD_CLOCK()
    return SystemClock.starting_at(millis(start))


@host_app.command("unlock")
def unlock() -> None:
    """Give a waiting host the passphrase of its sealed host secret."""
    from tellertui.cli.unlocking import send_unlock
    from tellertui.settings import settings_of

    directory = current.directory()
    settings = settings_of(directory)
    send_unlock(settings, directory, read_passphrase("host"))
    print_line("unlocked")


def courier() -> None:
    """Run the process with the network; it waits for work until it is stopped."""
    from tellertui.courier.courier import Courier
    from tellertui.settings import settings_of

    directory = current.directory()

    async def run() -> None:
        stopping = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
        await Courier(settings_of(directory), directory).run(stopping)

    asyncio.run(run())
