"""Head office's answers: bytes of a request in, bytes of a signed receipt out, over a line or from a file.

Signature and digest are checked before anything is opened, and opening comes before the transaction. What a
receipt says is decided inside the transaction; it is signed and leaves after the commit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, select, update

from tellertui.core.clock import Clock
from tellertui.headoffice import enrolment, feeds
from tellertui.headoffice.keys import Keys
from tellertui.headoffice.ledger import Proof, SqlLedger
from tellertui.headoffice.receipts import receipt
from tellertui.headoffice.refused import Refused
from tellertui.headoffice.store import Overtaken, Store
from tellertui.headoffice.tables import BRANCH
from tellertui.sync.batches import BadBatch, opened
from tellertui.sync.landing import Verdict, judge_batch, judge_hello
from tellertui.sync.wire import (
    BATCH,
    ENROL,
    RECEIPT,
    Enrol,
    Header,
    Hello,
    Message,
    Receipt,
    Signed,
    decoded,
    encoded,
    key_id,
    nonce_of,
    signed,
)
from tellertui.vault.parties import verify

BODY = 2 * 1024 * 1024
"""Bytes of a request; a batch is compressed, so this is no limit on its entries."""
PAYLOAD = 64 * 1024
SIGNATURE = 64
TEXT = 200
_MOST = 2**53
_REGISTERED = select(BRANCH.c.device, BRANCH.c.store).where(BRANCH.c.branch == bindparam("of"))

M = TypeVar("M", bound=Message)


@dataclass(frozen=True)
class Heard:
    """A request whose signature holds."""

    branch: str
    message: Signed
    said: Enrol | Header | Hello


class Receiver:
    """Answers requests; any number of threads may ask."""

    def __init__(self, store: Store, keys: Keys, clock: Clock) -> None:
        self.store = store
        self.keys = keys
        self._clock = clock
        self.landed: Callable[[str], None] = lambda branch: None
        """Told of a branch after its batch has been committed."""

    def heard(self, data: bytes, purpose: str) -> Heard:
        """Return what a request says once its signature holds.

        Raises:
            Refused: it proves nothing; the code says why.
        """
        message = _message(data, purpose)
        if purpose == ENROL:
            enrol = _said(message, Enrol)
            device, store = enrol.device, enrol.store
            said: Enrol | Header | Hello = enrol
        else:
            said = _said(message, Header) if purpose == BATCH else _said(message, Hello)
            device, store = self._registered(said.branch)
        if message.key != key_id(device):
            raise Refused(403, "wrong-key")
        if not verify(device, purpose, message.payload, message.signature):
            raise Refused(422, "bad-signature")
        if said.store != store:
            raise Refused(403, "other-store")
        return Heard(said.branch, message, said)

    def answer(self, heard: Heard) -> bytes:
        """Carry out a request and return its receipt.

        Raises:
            Refused: it was not carried out.
            DBAPIError: the database failed; nothing was changed.
        """
        said = heard.said
        if isinstance(said, Header):
            made = self._batch(heard.message, said)
        elif isinstance(said, Hello):
            made = self.store.write(lambda connection: self._hello(connection, said))
        else:
            made = self.store.write(lambda connection: self._enrol(connection, said))
        payload = encoded(made)
        key = self.keys.receipt
        return Signed(RECEIPT, payload, key_id(key.public), key.sign(RECEIPT, payload)).to_bytes()

    def feed(self, branch: str, name: str) -> tuple[int, bytes]:
        """Return version and signed bytes of a feed.

        Raises:
            Refused: ``unknown-feed``.
        """
        with self.store.reading() as connection:
            found = feeds.newest(connection, branch, name)
        if found is None:
            raise Refused(404, "unknown-feed")
        return found

    def _registered(self, branch: str) -> tuple[bytes, bytes]:
        """Return device and store of a branch."""
        with self.store.glancing() as connection:
            found = connection.execute(_REGISTERED, {"of": branch}).one_or_none()
        if found is None:
            raise Refused(401, "unknown-branch")
        return bytes(found.device), bytes(found.store)

    def _enrol(self, connection: Connection, enrol: Enrol) -> Receipt:
        at = enrolment.register(connection, enrol, self._clock.now())
        verdict = Verdict("ok", SqlLedger(connection).current(enrol.branch))
        return receipt(connection, enrol.branch, verdict, enrol.nonce, at, self.keys.pack.version)

    def _hello(self, connection: Connection, hello: Hello) -> Receipt:
        now = self._clock.now()
        verdict = judge_hello(SqlLedger(connection), hello)
        told = {"told_incarnation": hello.incarnation, "told_seq": hello.seq, "pack": hello.pack}
        here = BRANCH.c.branch == hello.branch
        connection.execute(update(BRANCH).where(here).values(**told, heard_at=now, build=hello.build))
        return receipt(connection, hello.branch, verdict, hello.nonce, now, self.keys.pack.version)

    def _batch(self, message: Signed, header: Header) -> Receipt:
        key = self.keys.ingest(header.ingest)
        if key is None:
            raise Refused(426, "unknown-ingest")

        def land(connection: Connection) -> tuple[Receipt, bool]:
            now = self._clock.now()
            ledger = SqlLedger(connection)
            verdict = judge_batch(ledger, header, plains, sealed)
            if not ledger.take(header, verdict, Proof(message, now)):
                raise Overtaken
            nonce, landed = nonce_of(message.payload), verdict.landing is not None
            if landed and verdict.known is not None:
                held = replace(verdict.known, cursor=header.last, hash=header.hash)
                verdict = replace(verdict, known=held)
            return receipt(connection, header.branch, verdict, nonce, now, self.keys.pack.version), landed

        try:
            plains, sealed = opened(message, header, key.open)
            made, landed = self.store.write(land)
        except BadBatch as bad:
            raise Refused(422, bad.code) from None
        except RecursionError:
            raise Refused(422, "bad-body") from None
        if landed:
            self.landed(header.branch)
        return made


def _message(data: bytes, purpose: str) -> Signed:
    try:
        message = signed(data)
    except (msgspec.DecodeError, RecursionError):
        raise Refused(400, "malformed") from None
    if message.context != purpose:
        same = message.context.partition("/")[0] == purpose.partition("/")[0]
        raise Refused(426, "unknown-protocol") if same else Refused(400, "malformed")
    if len(message.payload) > PAYLOAD or len(message.signature) != SIGNATURE:
        raise Refused(400, "malformed")
    if message.envelope and purpose != BATCH:
        raise Refused(400, "malformed")
    return message


def _said(message: Signed, kind: type[M]) -> M:
    try:
        said = decoded(message.payload, kind)
    except (msgspec.DecodeError, RecursionError):
        raise Refused(400, "malformed") from None
    for value in msgspec.structs.astuple(said):
        # What no database takes is no number, code or name of ours.
        if isinstance(value, int) and not 0 <= value <= _MOST:
            raise Refused(400, "malformed")
        if isinstance(value, str) and (len(value) > TEXT or "\0" in value):
            raise Refused(400, "malformed")
    return said
