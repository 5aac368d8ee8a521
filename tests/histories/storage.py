"""The two ends of the line in memory: chains, a head office and branch hosts around the protocol's own code.

Only what is not the protocol is stood in for: storage is dictionaries, and sealing and signing are digests.
"""

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from uuid import UUID
from zlib import crc32

import msgspec

from tellertui.core.enc import enc
from tellertui.core.event import NAMES
from tellertui.store.events import FOUNDING, StoreFounded
from tellertui.store.journal import Change, Head, Plain, link, root
from tellertui.sync.batches import Run
from tellertui.sync.landing import CLOSED, CONTESTED, OPEN, Known, Opening, Verdict
from tellertui.sync.wire import Header
from tellertui.vault.primitives import IntegrityError

FOUNDERS = (b"founder-a", b"founder-b")
STORE = UUID(int=7)
_encode = msgspec.msgpack.Encoder(uuid_format="bytes").encode


class Dice:
    """Numbers that follow from a seed alone, in every release of Python."""

    def __init__(self, seed: int) -> None:
        self._state = (seed * 2 + 1) * 0x9E3779B97F4A7C15

    def below(self, most: int) -> int:
        """Return a number from 0, below ``most``."""
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) & 0xFFFF_FFFF_FFFF_FFFF
        return (self._state >> 33) % most

    def one_in(self, many: int) -> bool:
        """Say yes once in so many times."""
        return self.below(many) == 0


def seal(place: bytes, body: bytes) -> bytes:
    """Bind a body to its place; nothing is hidden."""
    return place + body


def unseal(place: bytes, envelope: bytes) -> bytes:
    """Return the body of an envelope for this place.

    Raises:
        IntegrityError: it is for another.
    """
    if not envelope.startswith(place):
        raise IntegrityError
    return envelope[len(place) :]


def signature(key: bytes, context: str, payload: bytes) -> bytes:
    """Return what stands in for a signature: it tells every changed bit, and costs nothing."""
    return crc32(payload, _crc(key, context)).to_bytes(4)


@cache
def _crc(key: bytes, context: str) -> int:
    return crc32(context.encode(), crc32(key))


def genuine(key: bytes, context: str, payload: bytes, value: bytes) -> bool:
    """Verify what ``signature`` made."""
    return signature(key, context, payload) == value


@lru_cache(256)
def founding(
    branch: str, incarnation: int, parent: int, k: int, hash_k: bytes, mark: int, people: int
) -> bytes:
    """Return the first entry of an incarnation, signed by so many of the founders."""
    fact = StoreFounded(STORE, branch, "test", "desk", incarnation, parent, k, hash_k, FOUNDERS, b"")
    said = enc(fact)
    signed = [("founding", key, signature(key, FOUNDING, said)) for key in FOUNDERS[:people]]
    name, version = NAMES[StoreFounded]
    changes: list[Change] = []
    entry = Plain(
        *(1, mark.to_bytes(16), name, version, 0, "2026-01-01", "", b"", "", 0),
        *([STORE.bytes], msgspec.Raw(_encode(fact)), signed, changes, b""),
    )
    return msgspec.msgpack.encode(entry)


def record(number: int) -> bytes:
    """Return an ordinary entry."""
    return b"r" + number.to_bytes(8) + b"of the branch's day"


def numbers(plains: Iterable[bytes]) -> list[int]:
    """Return the numbers of ordinary entries."""
    return [int.from_bytes(plain[1:9]) for plain in plains if plain[:1] == b"r"]


class Chain:
    """The entries of one incarnation."""

    def __init__(self, incarnation: int, parent: int, fork: int, value: bytes) -> None:
        self.incarnation, self.parent, self.fork = incarnation, parent, fork
        self.plains: list[bytes] = []
        self.hashes = [value]
        """The root, then the chain's value at each entry."""
        self.ends: list[int] = []
        self.state, self.safe = OPEN, 0

    @property
    def last(self) -> int:
        """The newest seq."""
        return len(self.plains)

    def add(self, plains: Iterable[bytes]) -> None:
        """Append entries."""
        value = self.hashes[-1]
        for plain in plains:
            value = link(value, plain)
            self.plains.append(plain)
            self.hashes.append(value)

    def copy(self) -> "Chain":
        """Return an equal chain that goes its own way."""
        made = Chain(self.incarnation, self.parent, self.fork, self.hashes[0])
        made.plains, made.hashes, made.ends = self.plains[:], self.hashes[:], self.ends[:]
        made.state, made.safe = self.state, self.safe
        return made


def first_chain(branch: str) -> Chain:
    """Return the chain of a branch just founded, still without entries."""
    return Chain(1, 0, 0, root(branch, 1, 0, 0, b"", list(FOUNDERS)))


class Alike(bytes):
    """Bytes that equal all others: what a protocol without the chain would compare."""

    __slots__ = ()
    __hash__ = bytes.__hash__

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False


class Books:
    """Head office's ledger."""

    def __init__(self, branches: Sequence[str], blind: bool) -> None:
        self._blind = blind
        self.chains: dict[tuple[str, int], Chain] = {}
        self.living: dict[str, int] = {}
        self.moves: dict[str, int] = dict.fromkeys(branches, 0)
        """By branch: how often something was written."""
        self.counted: dict[str, set[int]] = {}
        """By branch: what went into the figures."""
        for branch in branches:
            self.chains[branch, 1], self.living[branch] = first_chain(branch), 1
            self.counted[branch] = set()

    def copy(self) -> "Books":
        """Return a backup, which by its making is what ``safe`` vouches for."""
        made = Books((), self._blind)
        for place, chain in self.chains.items():
            chain.safe = chain.last
            made.chains[place] = chain.copy()
        made.living, made.moves = self.living.copy(), self.moves.copy()
        made.counted = {branch: counted.copy() for branch, counted in self.counted.items()}
        return made

    def current(self, branch: str) -> Known | None:
        """Return the incarnation that a branch lives in."""
        return self.known(branch, self.living[branch])

    def known(self, branch: str, incarnation: int) -> Known | None:
        """Return an incarnation of a branch."""
        chain = self.chains.get((branch, incarnation))
        if chain is None:
            return None
        value = self._seen(chain.hashes[-1])
        return Known(incarnation, chain.state, chain.last, value, chain.parent, chain.fork, chain.safe)

    def hash_at(self, branch: str, incarnation: int, seq: int) -> bytes | None:
        """Return the chain's value at an entry."""
        chain = self.chains.get((branch, incarnation))
        if chain is None or seq > chain.last:
            return None
        return self._seen(chain.hashes[seq]) if chain.state == OPEN else chain.hashes[seq]

    def marks(self, branch: str, incarnation: int) -> tuple[tuple[int, bytes], ...]:
        """Return chain values at ends of batches, newest first."""
        chain = self.chains[branch, incarnation]
        return tuple((end, chain.hashes[end]) for end in reversed(chain.ends[-50:]))

    def _seen(self, value: bytes) -> bytes:
        return Alike(value) if self._blind else value

    def take(self, header: Header, verdict: Verdict) -> None:
        """Write what was decided on a batch, as one."""
        branch, landing = header.branch, verdict.landing
        if verdict.opening is not None:
            self._open(branch, verdict.opening)
        if landing is None:
            return
        self.moves[branch] += 1
        chain = self.chains[branch, header.incarnation]
        assert landing.first == chain.last + 1
        chain.add(landing.plains)
        # What was signed is stored, not what was computed here.
        chain.hashes[-1] = header.hash
        chain.ends.append(chain.last)
        self.counted[branch].update(numbers(landing.plains))

    def _open(self, branch: str, opening: Opening) -> None:
        chain = Chain(opening.incarnation, opening.parent, opening.fork, opening.root)
        chain.state = opening.state
        self.moves[branch] += 1
        self.chains[branch, opening.incarnation] = chain
        current = self.chains[branch, self.living[branch]]
        if opening.state == OPEN:
            current.state = CLOSED
            self.living[branch] = opening.incarnation
        elif current.incarnation != opening.parent:
            current.state = CONTESTED

    def contested(self, branch: str) -> list[Chain]:
        """Return the incarnations people have to choose from."""
        return [
            chain for (owner, _), chain in self.chains.items() if owner == branch and chain.state == CONTESTED
        ]

    def settle(self, branch: str, incarnation: int) -> None:
        """Let one incarnation live on and close the others."""
        self.moves[branch] += 1
        for (owner, _), chain in self.chains.items():
            if owner == branch:
                chain.state = OPEN if chain.incarnation == incarnation else CLOSED
        self.living[branch] = incarnation


class Held:
    """A branch's chains as the protocol reads them: one incarnation, up to an entry."""

    def __init__(self, chains: dict[int, Chain], incarnation: int, last: int, blind: bool) -> None:
        self._chains, self._chain, self._last, self._blind = chains, chains[incarnation], last, blind

    def head(self) -> Head:
        """Return the newest position."""
        return Head(self._chain.incarnation, self._last, self._chain.hashes[self._last])

    def hash_at(self, seq: int) -> bytes | None:
        """Return the chain's value at an entry."""
        if seq > self._last:
            return None
        value = self._chain.hashes[seq]
        return Alike(value) if self._blind else value

    def take(self, first: int, records: int, raw_bytes: int) -> Run:
        """Return entries from ``first`` on."""
        last = min(self._last, first + records - 1)
        plains, hashes = self._chain.plains[first - 1 : last], self._chain.hashes
        return Run(first, hashes[first - 1], hashes[last], plains, [b""] * len(plains))

    def parent(self) -> "Held | None":
        """Return the incarnation this one grew out of, up to the fork."""
        chain = self._chain
        return Held(self._chains, chain.parent, chain.fork, self._blind) if chain.parent else None
