"""Both ends of the line as they stand around the protocol: what comes in, what is written, what goes out."""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from histories.storage import (
    FOUNDERS,
    STORE,
    Books,
    Chain,
    Dice,
    Held,
    first_chain,
    founding,
    genuine,
    numbers,
    record,
    seal,
    signature,
    unseal,
)
from tellertui.core.clock import SECOND
from tellertui.store.journal import root
from tellertui.sync import incarnations, sending
from tellertui.sync.batches import BadBatch, Origin, opened, pack
from tellertui.sync.landing import Verdict, judge_batch, judge_hello
from tellertui.sync.sending import SyncState
from tellertui.sync.wire import (
    BATCH,
    HELLO,
    RECEIPT,
    Header,
    Hello,
    Limits,
    Receipt,
    Signed,
    decoded,
    encoded,
    key_id,
    nonce_of,
    signed,
)

DEVICE, OFFICE = b"device", b"receipt"
DEVICE_ID = key_id(DEVICE)
LIMITS = Limits(records=6, raw_bytes=1 << 20)
"""Small batches, so that short histories have many."""
ANSWER_WITHIN = 60 * SECOND


class Office:
    """Head office: judges, writes, then answers."""

    def __init__(self, branches: list[str], blind: bool) -> None:
        self.books = Books(branches, blind)
        self.backup = self.books.copy()

    def answer(self, data: bytes, crash: int) -> bytes | str | None:
        """Return a signed receipt, a refusal, or None after a crash: 1 before what is written, 2 after it."""
        try:
            message = signed(data)
            if message.context not in (BATCH, HELLO) or message.key != DEVICE_ID:
                return "wrong-key"
            if not genuine(DEVICE, message.context, message.payload, message.signature):
                return "bad-signature"
            if message.context == HELLO:
                hello = decoded(message.payload, Hello)
                return (
                    None
                    if crash
                    else self._receipt(hello.branch, judge_hello(self.books, hello), hello.nonce)
                )
            header = decoded(message.payload, Header)
            plains, sealed = opened(message, header, unseal)
            verdict = judge_batch(self.books, header, plains, sealed, genuine)
        except msgspec.DecodeError:
            return "malformed"
        except BadBatch as bad:
            return bad.code
        if crash == 1:
            return None
        self.books.take(header, verdict)
        return None if crash else self._receipt(header.branch, verdict, nonce_of(message.payload))

    def _receipt(self, branch: str, verdict: Verdict, nonce: bytes) -> bytes:
        known = verdict.known
        assert known is not None
        if verdict.landing is not None:
            known = self.books.known(branch, known.incarnation) or known
        receipt = Receipt(
            branch=branch,
            incarnation=known.incarnation,
            cursor=known.cursor,
            hash=bytes(known.hash),
            safe=known.safe,
            nonce=nonce,
            at=0,
            code=verdict.code,
            pack=1,
            limits=LIMITS,
            marks=tuple((seq, bytes(value)) for seq, value in verdict.marks),
        )
        payload = encoded(receipt)
        return Signed(RECEIPT, payload, b"", signature(OFFICE, RECEIPT, payload)).to_bytes()


class Flying(NamedTuple):
    """The one request in flight; lost in a crash."""

    number: int
    nonce: bytes
    until: int


class Host:
    """A branch host: its journal, its state, and the people in front of it."""

    def __init__(self, branch: str, blind: bool) -> None:
        self.branch, self._blind = branch, blind
        chain = first_chain(branch)
        chain.add([founding(branch, 1, 0, 0, b"", 0, len(FOUNDERS))])
        self.chains = {1: chain}
        self.state = SyncState(incarnation=1, records=LIMITS.records)
        self.flying: Flying | None = None
        self.stopped = False
        """People have decided that another host lives on."""
        self.pruned: dict[int, int] = {}
        """By incarnation: up to where sealed parts are gone, so that nothing can be sent again."""
        self.broken = ""
        """What this host was asked for and must never be."""
        self.seen = -1
        """How often head office had written when it answered last."""
        self.backup: Host | None = None

    @property
    def chain(self) -> Chain:
        """The present incarnation."""
        return self.chains[self.state.incarnation]

    @property
    def tail(self) -> Held:
        """The present incarnation as the protocol reads it."""
        return Held(self.chains, self.state.incarnation, self.chain.last, self._blind)

    def copy(self) -> "Host":
        """Return a backup, or a clone."""
        made = Host(self.branch, self._blind)
        made.set_back(self)
        return made

    def set_back(self, backup: "Host") -> None:
        """Take over the journal and state of a backup."""
        self.chains = {number: chain.copy() for number, chain in backup.chains.items()}
        self.state, self.pruned, self.flying = backup.state, backup.pruned.copy(), None

    def write(self, made: Iterable[int]) -> None:
        """Write entries."""
        self.chain.add(map(record, made))

    def prune(self) -> None:
        """Delete sealed parts that head office has safe."""
        self.pruned[self.state.incarnation] = self.state.safe

    def records(self) -> set[int]:
        """Return the numbers of the entries in all incarnations."""
        return {number for chain in self.chains.values() for number in numbers(chain.plains)}

    def ask(self, number: int, now: int) -> bytes | int:
        """Return the next request, or when there will be one."""
        step = sending.wanted(self.state, self.chain.last, now)
        if isinstance(step, sending.Wait):
            return step.until
        if isinstance(step, sending.Say):
            nonce = number.to_bytes(16)
            payload = self._hello(step.seq, nonce)
            message = Signed(HELLO, payload, DEVICE_ID, signature(DEVICE, HELLO, payload)).to_bytes()
        else:
            message, nonce = self._batch(step)
        self.flying = Flying(number, nonce, now + ANSWER_WITHIN)
        return message

    def _hello(self, seq: int, nonce: bytes) -> bytes:
        value = self.chain.hashes[seq]
        state = self.state
        return encoded(
            Hello(self.branch, STORE.bytes, state.incarnation, seq, value, state.acked, nonce, 0, 1, "")
        )

    def _batch(self, step: sending.Send) -> tuple[bytes, bytes]:
        chain, tail = self.chain, self.tail
        if step.first <= self.pruned.get(step.incarnation, 0):
            self.broken = "was asked for what was safe"
        while chain.incarnation != step.incarnation:
            tail = Held(self.chains, chain.parent, chain.fork, self._blind)
            chain = self.chains[chain.parent]
        run = tail.take(step.first, self.state.records, self.state.raw_bytes)
        origin = Origin(
            self.branch, STORE.bytes, chain.incarnation, chain.parent, chain.fork, b"ingest", 1, ""
        )
        headers: list[bytes] = []

        def sign(context: str, payload: bytes) -> tuple[bytes, bytes]:
            headers.append(payload)
            return DEVICE, signature(DEVICE, context, payload)

        return pack(origin, run, seal, sign), nonce_of(headers[0])

    def hear(self, number: int, answer: bytes | str, now: int, dice: Dice) -> None:
        """Take an answer; one to another request, or after a crash, means nothing any more."""
        flying = self.flying
        if flying is None or flying.number != number:
            return
        self.flying = None
        receipt = self._believed(answer, flying.nonce) if isinstance(answer, bytes) else None
        if receipt is None:
            code = answer if isinstance(answer, str) else "bad-receipt"
            self.give_up(code, now, dice)
        elif not dice.one_in(20):
            # Otherwise the host dies before it writes what it has heard.
            self.state = sending.answered(self.state, receipt, self.tail, now)
            if self.state.error == "safe-fell":
                self.broken = "was told that less is safe"

    def _believed(self, answer: bytes, nonce: bytes) -> Receipt | None:
        try:
            message = signed(answer)
            if message.context != RECEIPT or not genuine(OFFICE, RECEIPT, message.payload, message.signature):
                return None
            receipt = decoded(message.payload, Receipt)
        except msgspec.DecodeError:
            return None
        return receipt if (receipt.branch, receipt.nonce) == (self.branch, nonce) else None

    def give_up(self, code: str, now: int, dice: Dice) -> None:
        """Note that there was no usable answer."""
        self.flying = None
        asked = dice.below(200) if code == "busy" else None
        self.state = sending.failed(self.state, code, asked, now, dice.below(1000) / 1000)

    def reopen(self, mark: int, people: int) -> None:
        """Open a new incarnation on what is shared, and chain again what is not."""
        tail = self.tail
        ground = incarnations.ground(self.state, tail)
        ground = ground._replace(hash_k=bytes(ground.hash_k))
        number = incarnations.following(self.state, tail)
        again = [plain for plain, _ in incarnations.after(tail, ground)]
        value = root(self.branch, number, *ground, list(FOUNDERS))
        chain = Chain(number, ground.incarnation, ground.k, value)
        chain.add([founding(self.branch, number, *ground, mark, people), *again])
        self.chains[number] = chain
        self.state = sending.begun(number)
        self.flying = None
