"""Batches that come as files, by a mount or a stick: the same bytes, the same receipts."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from tellertui.headoffice import feeds
from tellertui.headoffice.receiver import BODY, Receiver
from tellertui.headoffice.refused import Refused
from tellertui.sync.folder import FEED_END, PACK_FILE, RECEIPT_END, prepare, write
from tellertui.sync.landing import CLOSED, CONTESTED
from tellertui.sync.wire import BATCH, ENROL, HELLO, Header, Receipt, decoded, signed

NOT_TAKEN = ("gap", "fork", CONTESTED, CLOSED)
"""Receipts that say that the file's entries are not held."""
PURPOSES = (ENROL, HELLO, BATCH)


class Taken(msgspec.Struct, frozen=True):
    """What became of a file."""

    file: str
    branch: str
    code: str
    cursor: int
    """Up to which entry head office holds the branch's journal now; 0 where it says nothing."""
    receipt: str
    """Name of the file to carry back; empty where the file proved nothing."""


def take_in(receiver: Receiver, paths: Iterable[Path], receipts: Path) -> list[Taken]:
    """Carry out what files ask, enrolments first and batches in the order of their entries.

    Args:
        receiver: head office.
        paths: the files, in any order.
        receipts: folder for what is to be carried back: receipts, and the newest feeds of those branches.

    Raises:
        Refusal: ``bad-folder``; what was carried out until then is answered again the next time.
    """
    prepare(receipts)
    read = [(path, _read(path)) for path in paths]
    read.sort(key=lambda each: (_order(each[1]), each[0].name))
    taken = [_taken(receiver, path, data, receipts) for path, data in read]
    for branch in sorted({each.branch for each in taken if each.receipt}):
        _write_feeds(receiver, branch, receipts)
    write(receipts, PACK_FILE, receiver.keys.signed_pack)
    return taken


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(BODY + 1)
    except OSError:
        return b""


def _order(data: bytes) -> tuple[int, str, int, int]:
    """Return where a file belongs; what is none of ours comes last and is refused."""
    try:
        message = signed(data)
        if message.context != BATCH:
            return PURPOSES.index(message.context), "", 0, 0
        header = decoded(message.payload, Header)
    except (msgspec.DecodeError, RecursionError, ValueError):
        return len(PURPOSES), "", 0, 0
    return PURPOSES.index(BATCH), header.branch, header.incarnation, header.first


def _taken(receiver: Receiver, path: Path, data: bytes, receipts: Path) -> Taken:
    purpose = PURPOSES[min(_order(data)[0], len(PURPOSES) - 1)]
    try:
        if len(data) > BODY:
            raise Refused(413, "too-large")
        heard = receiver.heard(data, purpose)
        answer = receiver.answer(heard)
    except Refused as refused:
        return Taken(path.name, "", refused.code, 0, "")
    said = decoded(signed(answer).payload, Receipt)
    name = f"{path.name}{RECEIPT_END}"
    write(receipts, name, answer)
    return Taken(path.name, heard.branch, said.code, said.cursor, name)


def _write_feeds(receiver: Receiver, branch: str, receipts: Path) -> None:
    with receiver.store.reading() as connection:
        for name, version in feeds.heads(connection, branch):
            found = feeds.newest(connection, branch, name)
            if found is not None:
                write(receipts, f"{branch}.{name}.{version}{FEED_END}", found[1])
