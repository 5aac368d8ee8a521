"""What a branch believes of head office: keys its root signed, receipts its receipt key signed, no more."""

from collections.abc import Callable

import msgspec

from tellertui.sync.wire import FEED, PACK, RECEIPT, Feed, Pack, Receipt, Signed, decoded, key_id, signed
from tellertui.vault.primitives import verify


class Disbelieved(Exception):  # noqa: N818 - names what happened
    """An answer that proves nothing; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def message(data: bytes, context: str) -> Signed:
    """Return a message of that purpose, its signature not yet verified.

    Raises:
        Disbelieved: ``malformed``.
    """
    try:
        found = signed(data)
    except (msgspec.DecodeError, RecursionError):
        raise Disbelieved("malformed") from None
    if found.context != context:
        raise Disbelieved("malformed")
    return found


def believed_pack(data: bytes, day: str, *, at_least: int = 0, root: bytes | None = None) -> Pack:
    """Return head office's keys, signed by the root key they name.

    Args:
        data: as it came.
        day: the business date.
        at_least: the version known already.
        root: the root key that is trusted; None while the caller compares it with an enrolment code.

    Raises:
        Disbelieved: ``malformed``, ``not-signed``, ``other-root``, ``older-pack``, ``expired-pack``.
    """
    found = message(data, PACK)
    try:
        # The key that is to be checked stands inside; nothing else of it is used before it holds.
        pack = decoded(found.payload, Pack)
    except msgspec.DecodeError:
        raise Disbelieved("malformed") from None
    if not verify(pack.root, PACK, found.payload, found.signature):
        raise Disbelieved("not-signed")
    if root is not None and pack.root != root:
        raise Disbelieved("other-root")
    if pack.version < at_least:
        raise Disbelieved("older-pack")
    if pack.expires and pack.expires <= day:
        raise Disbelieved("expired-pack")
    return pack


def believed_receipt(data: bytes, pack: Pack, branch: str) -> Receipt:
    """Return a receipt for this branch.

    Raises:
        Disbelieved: ``malformed``, ``not-signed``, ``other-branch``.
    """
    found = message(data, RECEIPT)
    keys = [key for key in pack.receipts if key_id(key) == found.key]
    if not any(verify(key, RECEIPT, found.payload, found.signature) for key in keys):
        raise Disbelieved("not-signed")
    try:
        receipt = decoded(found.payload, Receipt)
    except msgspec.DecodeError:
        raise Disbelieved("malformed") from None
    if receipt.branch != branch:
        raise Disbelieved("other-branch")
    return receipt


def believed_feed(data: bytes, pack: Pack, branch: str, day: str, held: Callable[[str], int]) -> Feed:
    """Return reference data that head office published for this branch; its body is still to be judged.

    Args:
        data: as it came.
        pack: head office's keys.
        branch: this branch's code.
        day: the business date.
        held: the newest version here of a feed's name.

    Raises:
        Disbelieved: ``malformed``, ``not-signed``, ``other-branch``, ``older``, ``expired``.
    """
    found = message(data, FEED)
    if found.key != key_id(pack.publish) or not verify(pack.publish, FEED, found.payload, found.signature):
        raise Disbelieved("not-signed")
    try:
        feed = decoded(found.payload, Feed)
    except msgspec.DecodeError:
        raise Disbelieved("malformed") from None
    if feed.branch not in ("", branch):
        raise Disbelieved("other-branch")
    if feed.version <= held(feed.name):
        raise Disbelieved("older")
    if feed.expires and feed.expires <= day:
        raise Disbelieved("expired")
    return feed
