"""Messages for head office as files in a folder that travels, and head office's receipts back out of it."""

import os
import stat
import tempfile
from asyncio import to_thread
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

from tellertui.core.refusal import N_, USAGE, Refusal, refusal
from tellertui.sync.api import NOT_TAKEN, Export, TakeIn

Do = Callable[[Any], Awaitable[Any]]
"""Carries out a command of the branch and returns its view."""

BAD_FILE = refusal("bad-file", N_("This file cannot be read: {file}"), USAGE)
NO_FOLDER = refusal("no-folder", N_("There is no such folder: {folder}"), USAGE)
BAD_FOLDER = refusal("bad-folder", N_("This folder cannot be written to: {folder}"), USAGE)
PACK_FILE = "pack.bin"
"""Name of head office's public keys in a folder."""
RECEIPT_END, FEED_END = ".receipt", ".feed"
"""How the names of head office's receipts and feeds end."""
LARGEST = 1024 * 1024
"""Bytes of a message from head office at most."""


class Taken(msgspec.Struct, frozen=True):
    """What became of files from head office."""

    read: int = 0
    refused: int = 0
    why: str = ""
    """Code of the last refusal."""


async def put(do: Do, folder: Path) -> list[str]:
    """Write everything that waits for head office into a folder and return the names of the files.

    Raises:
        Refusal: ``bad-folder``, or what the branch refuses.
    """
    names: list[str] = []
    first = 0
    while (file := await do(Export(first=first))) is not None:
        await to_thread(write, folder, file.name, file.body)
        names.append(file.name)
        first = file.last + 1
    return names


async def take(do: Do, files: list[Path]) -> Taken:
    """Let the branch take in files from head office; what is none of its receipts is counted only.

    Raises:
        Refusal: what the branch refuses for another reason than the file.
    """
    read = refused = 0
    why = ""
    for file in files:
        try:
            await do(TakeIn(body=await to_thread(contents, file)))
            read += 1
        except Refusal as problem:
            if problem.kind not in (BAD_FILE, NOT_TAKEN):
                raise
            refused += 1
            why = str(problem.facts.get("why", problem.code))
    return Taken(read, refused, why)


def from_office(folder: Path) -> list[Path]:
    """Return what head office has put into a folder, its public keys first.

    Raises:
        Refusal: ``no-folder``.
    """
    try:
        files = [
            each
            for each in folder.iterdir()
            if each.name == PACK_FILE or each.name.endswith((RECEIPT_END, FEED_END))
        ]
    except (OSError, ValueError):
        raise NO_FOLDER(folder=str(folder)) from None
    return sorted(files, key=lambda file: (file.name != PACK_FILE, file.name))


def contents(file: Path) -> bytes:
    """Return what stands in a file of head office's.

    Raises:
        Refusal: ``bad-file``: it is no ordinary file, cannot be read, or is too long to be a receipt.
    """
    try:
        with open(file, "rb", opener=_at_once) as opened:
            ordinary = stat.S_ISREG(os.fstat(opened.fileno()).st_mode)
            if ordinary and len(body := opened.read(LARGEST + 1)) <= LARGEST:
                return body
    except (OSError, ValueError):
        pass
    raise BAD_FILE(file=str(file))


def _at_once(path: str, flags: int) -> int:
    """Open without waiting: a pipe of that name would be waited for without end."""
    return os.open(path, flags | os.O_NONBLOCK)


def prepare(folder: Path) -> None:
    """See to it that a folder is there.

    Raises:
        Refusal: ``bad-folder``.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError):
        raise BAD_FOLDER(folder=str(folder)) from None


def write(folder: Path, name: str, body: bytes) -> None:
    """Write a file so that nobody carries half of it away.

    Raises:
        Refusal: ``bad-folder``.
    """
    fresh = None
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".", delete=False) as opened:
            fresh = Path(opened.name)
            opened.write(body)
            opened.flush()
            os.fsync(opened.fileno())
        fresh.replace(folder / name)
    except (OSError, ValueError):
        if fresh is not None:
            fresh.unlink(missing_ok=True)
        raise BAD_FOLDER(folder=str(folder)) from None
