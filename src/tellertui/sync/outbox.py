"""The journal as sync reads it: contiguous ranges of an incarnation."""

from tellertui.core.event import decode_event
from tellertui.store.events import StoreFounded
from tellertui.store.journal import Head, decode_plain, newest, root
from tellertui.store.rows import Reads
from tellertui.sync.batches import Run

CARRIED = 640 * 1024
"""Raw bytes of a batch at most, so that it fits a frame to the courier whatever it compresses to."""

_HASH = "SELECT hash FROM journal WHERE incarnation = ? AND seq = ?"
_PLAIN = "SELECT plain FROM journal WHERE incarnation = ? AND seq = ?"
_RANGE = (
    "SELECT j.plain, j.hash, s.sealed FROM journal j LEFT JOIN journal_sealed s"
    " ON s.incarnation = j.incarnation AND s.seq = j.seq"
    " WHERE j.incarnation = ? AND j.seq BETWEEN ? AND ? ORDER BY j.seq LIMIT ?"
)


class Outbox:
    """The tail of the journal within one read."""

    def __init__(self, reads: Reads, head: Head | None = None) -> None:
        """Read within a unit of work.

        Args:
            reads: the unit of work.
            head: where an earlier incarnation ends; the newest entry unless given.
        """
        self._reads = reads
        self._head = head or newest(reads.connection) or Head(1, 0, b"")

    def head(self) -> Head:
        """Return the newest position."""
        return self._head

    def parent(self) -> "Outbox | None":
        """Return the incarnation this one grew out of, which ends at the fork; None for the first."""
        fact = self.founded()
        return Outbox(self._reads, Head(fact.parent, fact.k, fact.hash_k)) if fact.parent else None

    def of(self, incarnation: int) -> "Outbox":
        """Return this incarnation or an earlier one that it stands on.

        Raises:
            LookupError: it stands on no such incarnation.
        """
        found: Outbox | None = self
        while found is not None and found.head().incarnation != incarnation:
            found = found.parent()
        if found is None:
            raise LookupError(incarnation)
        return found

    def founded(self) -> StoreFounded:
        """Return the first entry of the present incarnation."""
        ((plain,),) = self._reads.raw(_PLAIN, self._head.incarnation, 1)
        entry = decode_plain(plain)
        fact = decode_event(entry.event, entry.version, entry.facts)
        assert isinstance(fact, StoreFounded)
        return fact

    def hash_at(self, seq: int) -> bytes | None:
        """Return the chain's value at an entry, at 0 its root; None where there is none."""
        if seq == 0:
            fact = self.founded()
            return root(fact.branch, fact.incarnation, fact.parent, fact.k, fact.hash_k, list(fact.founders))
        found = self._reads.raw(_HASH, self._head.incarnation, seq)
        return bytes(found[0][0]) if found else None

    def written_at(self, seq: int) -> int | None:
        """Return when an entry was written; None where there is none."""
        found = self._reads.raw(_PLAIN, self._head.incarnation, seq)
        return decode_plain(found[0][0]).at if found else None

    def take(self, first: int, records: int, raw_bytes: int) -> Run:
        """Return entries from ``first`` on: within both limits, but always one."""
        plains: list[bytes] = []
        sealed: list[bytes] = []
        value, size = self.hash_at(first - 1) or b"", 0
        previous = value
        for plain, chained, apart in self._reads.raw(
            _RANGE, self._head.incarnation, first, self._head.seq, records
        ):
            size += len(plain) + len(apart or b"")
            if plains and size > min(raw_bytes, CARRIED):
                break
            plains.append(bytes(plain))
            sealed.append(bytes(apart or b""))
            value = bytes(chained)
        return Run(first, previous, value, plains, sealed)
