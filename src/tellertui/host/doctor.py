"""``doctor``: is this machine, and what lies around the store, fit to run the branch?

Nothing here opens the store beside a running host: file and folder are looked at from outside, and what only
an open file can tell is read under the store's lock, query-only, when no host holds it.
"""

import ctypes
import os
import shutil
import stat
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from tellertui.branch.calendar import calendar, ends_soon
from tellertui.core.clock import DAY, MINUTE, SECOND, Clock, SystemClock, day_of
from tellertui.core.refusal import N_, Refusal
from tellertui.devices.printer import PrinterAway, printer_of
from tellertui.settings import Settings
from tellertui.store import sqlite
from tellertui.store.actor import SYSTEM
from tellertui.store.journal import decode_plain
from tellertui.store.lock import StoreLock
from tellertui.store.memory import Memory
from tellertui.store.rows import Reads
from tellertui.store.store import FILE
from tellertui.sync.api import SyncView
from tellertui.sync.show import sync_view
from tellertui.sync.words import sentence
from tellertui.vault.providers import CREDENTIAL, provider
from tellertui.workflows.reception.printing import Trouble

State = Literal["ok", "warn", "fail"]
Say = Callable[[str], str]
"""Translates a message id."""

MEBI = 1024 * 1024
FREE_LEAST = 64 * MEBI
FREE_WISHED = 512 * MEBI
"""Free space beside twice the store's size, which copies for backup and verification take."""
BEHIND = 2 * MINUTE
SILENT = DAY
"""Head office is taken to be out of reach when it has not answered for so long while entries wait."""
COLUMNS, LINES = 80, 24

SHARED = {
    0x6969: "nfs",
    0x517B: "smb",
    0xFF534D42: "cifs",
    0xFE534D42: "smb2",
    0x01021997: "9p",
    0x65735546: "fuse",
    0x00C36400: "ceph",
    0x5346414F: "afs",
}
"""File systems, by the magic number of statfs(2), whose locks or flushes a write-ahead log cannot trust."""
VOLATILE = {0x01021994: "tmpfs", 0x858458F6: "ramfs"}

NOT_PRINTING: dict[Trouble, str] = {
    "away": N_("{printer} cannot be reached: slips wait, numbers do not"),
    "silent": N_("{printer} does not answer: slips wait; if it never answers, set printer_answers = false"),
    "paper": N_("{printer} has no paper: slips wait, numbers do not"),
    "broken": N_("{printer} ended the connection: slips wait, numbers do not"),
    "file": N_("{printer} cannot be written to: slips wait, numbers do not"),
}

_NEWEST = "SELECT plain FROM journal ORDER BY incarnation DESC, seq DESC LIMIT 1"


class Check(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    name: str
    state: State
    detail: str


class Health(msgspec.Struct, frozen=True):
    """What ``doctor`` says; ``ok`` while nothing fails."""

    ok: bool
    profile: str
    checks: list[Check]


@dataclass(frozen=True)
class Screen:
    """The terminal at which the question is asked; ``columns`` is 0 where output is redirected."""

    kind: str
    encoding: str
    columns: int
    lines: int


@dataclass(frozen=True)
class Inside:
    """What only the open file can tell."""

    trouble: Refusal | None = None
    newest: int | None = None
    """Instant of the newest entry."""
    line: SyncView | None = None
    """Where the branch stands towards head office."""


def examine(
    directory: Path, settings: Settings, *, host_runs: bool, line: SyncView | None = None, say: Say = str
) -> Health:
    """Look at everything and return what was found.

    Args:
        directory: the store's folder.
        settings: of this installation.
        host_runs: a host holds the store, so its file is not opened.
        line: what that host says of head office.
        say: translates a message id.
    """
    inside = None if host_runs else look_inside(directory)
    found = checks(directory, settings, inside, SystemClock(), screen_here(os.environ), say, line)
    return Health(all(check.state != "fail" for check in found), settings.profile, found)


def checks(
    directory: Path,
    settings: Settings,
    inside: Inside | None,
    clock: Clock,
    screen: Screen,
    say: Say,
    line: SyncView | None = None,
) -> list[Check]:
    """Return every check in order.

    Args:
        directory: the store's folder.
        settings: of this installation.
        inside: what the open file says; None while a host holds it.
        clock: of this machine.
        screen: the terminal.
        say: translates a message id.
        line: what a running host says of head office.
    """
    return [
        _library(say),
        _pragmas(inside, say),
        _accounts(settings, say),
        _modes(directory, settings.host_uid, say),
        file_system(say, magic_of(directory), settings.environment),
        _key_provider(directory, settings, say),
        _calendar(settings, clock, say),
        _clock(settings, clock, inside, say),
        terminal(say, screen),
        disk(say, shutil.disk_usage(directory).free if directory.is_dir() else 0, _size(directory / FILE)),
        _printer(settings, say),
        head_office(inside.line if inside else line, clock.now(), say),
    ]


def look_inside(directory: Path) -> Inside | None:
    """Open the store query-only under its lock; None when somebody else holds the lock."""
    if not (directory / FILE).exists():
        return Inside(sqlite.FOREIGN_FILE(name=FILE))
    try:
        with StoreLock(directory), closing(sqlite.connect(directory / FILE, query_only=True)) as connection:
            return _read(connection)
    except Refusal as refused:
        return None if refused.code == "store-in-use" else Inside(refused)


def _read(connection: Any) -> Inside:
    try:
        newest = connection.execute(_NEWEST).fetchone()
        line = sync_view(Reads(connection.cursor(), SystemClock().now(), "", SYSTEM, Memory()))
        return Inside(None, newest and decode_plain(newest[0]).at, line)
    except (sqlite.dbapi.DatabaseError, msgspec.MsgspecError, ValueError):
        return Inside(sqlite.FOREIGN_FILE(name=FILE))


def _library(say: Say) -> Check:
    try:
        sqlite.check_version()
    except Refusal as refused:
        return Check("sqlite", "fail", refused.text(say))
    return Check("sqlite", "ok", f"SQLite {sqlite.dbapi.sqlite_version} ({sqlite.dbapi.__name__})")


def _pragmas(inside: Inside | None, say: Say) -> Check:
    if inside is None:
        return Check("pragmas", "ok", say(N_("read back by the running host")))
    if inside.trouble is not None:
        return Check("pragmas", "fail", inside.trouble.text(say))
    return Check("pragmas", "ok", say(N_("{count} settings read back")).format(count=len(sqlite.PRAGMAS)))


def _accounts(settings: Settings, say: Say) -> Check:
    if settings.profile == "desk":
        return Check("accounts", "ok", say(N_("desk: everything of this account is one trust domain")))
    return Check(
        "accounts", "ok", say(N_("branch: host, courier, lobby and staff have accounts of their own"))
    )


def _modes(directory: Path, owner: int, say: Say) -> Check:
    try:
        wrong = _open_to_others(directory, owner) + [
            name for path in sorted(directory.iterdir()) for name in _open_to_others(path, owner)
        ]
    except OSError as error:
        return Check("modes", "fail", f"{directory.name}: {error.strerror}")
    if wrong:
        return Check(
            "modes", "fail", say(N_("open to other accounts: {names}")).format(names=", ".join(wrong))
        )
    return Check("modes", "ok", say(N_("folder and files belong to the host's account alone")))


def _open_to_others(path: Path, owner: int) -> list[str]:
    found = path.lstat()
    private = not found.st_mode & 0o077 and found.st_uid == owner and not stat.S_ISLNK(found.st_mode)
    return [] if private else [path.name]


def magic_of(directory: Path) -> int | None:
    """Return the magic number of the folder's file system (statfs(2)); None where it cannot be asked."""
    if sys.platform != "linux":
        return None
    answer = ctypes.create_string_buffer(256)
    if ctypes.CDLL(None, use_errno=True).statfs(os.fsencode(directory), answer):
        return None
    return ctypes.c_long.from_buffer(answer).value & 0xFFFF_FFFF


def file_system(say: Say, magic: int | None, environment: str) -> Check:
    """Judge a file system by its magic number."""
    if magic is None:
        return Check("file-system", "warn", say(N_("its type cannot be told here; it must be a local disk")))
    if magic in SHARED:
        text = say(N_("{kind} cannot hold a store: locks and flushes are not reliable on it"))
        return Check("file-system", "fail", text.format(kind=SHARED[magic]))
    if magic in VOLATILE and environment == "production":
        text = say(N_("{kind} does not survive a restart of the machine"))
        return Check("file-system", "fail", text.format(kind=VOLATILE[magic]))
    return Check("file-system", "ok", say(N_("local ({magic})")).format(magic=f"{magic:#x}"))


def _key_provider(directory: Path, settings: Settings, say: Say) -> Check:
    name = settings.host_secret
    try:
        provider(name, directory, settings.environment).load(UUID(settings.store_id)).wipe()
    except Refusal as refused:
        sealed = refused.code == "host-secret-locked" and name == "sealed-file"
        if sealed:
            return Check("key-provider", "ok", say(N_("sealed-file: a person unlocks it at every start")))
        if name == "systemd-creds" and (directory / f"{CREDENTIAL}.cred").exists():
            return Check("key-provider", "ok", say(N_("systemd-creds: only the host's unit can read it")))
        return Check("key-provider", "fail", refused.text(say))
    except ValueError:
        return Check("key-provider", "fail", say(N_("store_id in the settings is not a UUID")))
    return Check("key-provider", "ok", say(N_("{provider}: host secret present")).format(provider=name))


def _calendar(settings: Settings, clock: Clock, say: Say) -> Check:
    legal, today = calendar(), _today(settings, clock)
    last = legal.last.isoformat()
    if today is None or not legal.covers(today):
        return Check("calendar", "fail", say(N_("does not reach today; it ends {last}")).format(last=last))
    if ends_soon(legal, today):
        return Check(
            "calendar", "warn", say(N_("ends {last}: ask head office for the next")).format(last=last)
        )
    return Check("calendar", "ok", say(N_("reaches {last}")).format(last=last))


def _clock(settings: Settings, clock: Clock, inside: Inside | None, say: Say) -> Check:
    if _today(settings, clock) is None:
        text = say(N_("there is no time zone {name}"))
        return Check("clock", "fail", text.format(name=settings.time_zone))
    if inside is None or inside.newest is None:
        return Check("clock", "ok", settings.time_zone)
    behind = inside.newest - clock.now()
    if behind > BEHIND:
        text = say(N_("{seconds} s behind the newest entry: set the clock before the branch opens"))
        return Check("clock", "fail", text.format(seconds=behind // SECOND))
    return Check(
        "clock", "ok", say(N_("{zone}, not behind the newest entry")).format(zone=settings.time_zone)
    )


def _today(settings: Settings, clock: Clock) -> date | None:
    try:
        return date.fromisoformat(day_of(clock.now(), ZoneInfo(settings.time_zone)))
    except (ZoneInfoNotFoundError, ValueError):
        return None


def screen_here(environ: Mapping[str, str]) -> Screen:
    """Return the terminal of this process."""
    size = os.get_terminal_size(1) if os.isatty(1) else os.terminal_size((0, 0))
    return Screen(environ.get("TERM", ""), sys.stdout.encoding or "", size.columns, size.lines)


def terminal(say: Say, screen: Screen) -> Check:
    """Judge a terminal: 80×24, UTF-8, cursor addressing."""
    if not screen.columns:
        return Check("terminal", "ok", say(N_("not asked from a terminal")))
    detail = f"{screen.kind} {screen.columns}×{screen.lines} {screen.encoding}"
    if screen.kind in ("", "dumb") or screen.encoding.lower().replace("-", "") != "utf8":
        return Check(
            "terminal",
            "fail",
            say(N_("{found}: screens need UTF-8 and a real terminal")).format(found=detail),
        )
    if screen.columns < COLUMNS or screen.lines < LINES:
        return Check("terminal", "warn", say(N_("{found}: screens need 80×24")).format(found=detail))
    return Check("terminal", "ok", detail)


def disk(say: Say, free: int, size: int) -> Check:
    """Judge the free space, in octets, beside a store of a size."""
    text = say(N_("{free} MiB free, the store has {size}")).format(free=free // MEBI, size=size // MEBI)
    if free < FREE_LEAST:
        return Check("disk", "fail", text)
    return Check("disk", "ok" if free >= FREE_WISHED + 2 * size else "warn", text)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _printer(settings: Settings, say: Say) -> Check:
    printer = printer_of(settings)
    if printer is None:
        return Check("printer", "ok", say(N_("none configured")))
    try:
        printer.probe()
    except PrinterAway as away:
        # Slips wait and numbers are given without them, so that the branch is fit to open.
        return Check("printer", "warn", say(NOT_PRINTING[away.why]).format(printer=settings.printer))
    return Check("printer", "ok", say(N_("{printer} is ready")).format(printer=settings.printer))


def head_office(line: SyncView | None, now: int, say: Say) -> Check:
    """Judge the line at an instant; whatever it is, the branch goes on working."""
    if line is None:
        return Check("head-office", "ok", say(N_("the running host knows: sync status")))
    if line.state == "none":
        return Check("head-office", "ok" if line.standalone else "warn", sentence(line, say))
    silent = now - (line.last_ok or 0) > SILENT
    if line.state != "ready" or line.last_error is not None or (silent and line.waiting):
        return Check("head-office", "warn", sentence(line, say))
    if not line.safe:
        text = say(N_("head office has no verified copy yet, so nothing is pruned or shredded here"))
        return Check("head-office", "warn", text)
    return Check("head-office", "ok", sentence(line, say))
