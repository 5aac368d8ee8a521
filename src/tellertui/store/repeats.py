"""A command is carried out once; the same command sent again gets the same ids with a view computed now."""

import hmac
from collections.abc import Callable
from typing import Any
from uuid import UUID

from tellertui.core.clock import DAY, MINUTE
from tellertui.core.command import SPECS, Command
from tellertui.core.enc import dec, enc
from tellertui.core.ids import made_at
from tellertui.core.refusal import ID_AHEAD, ID_EXPIRED, ID_FOREIGN, ID_REUSED
from tellertui.store.handlers import handler_of, view_of
from tellertui.store.journal import Journal
from tellertui.store.tables import Command as Done
from tellertui.store.work import Work

OLDEST = 7 * DAY
AHEAD = 5 * MINUTE
KEPT = 14 * DAY


class Envelope:
    """A command with the identity it is bound to: id, caller, method and a keyed digest of its parameters."""

    def __init__(self, identifier: UUID, caller: str, command: Command[Any], mac: bytes) -> None:
        self.id = identifier
        self.caller = caller
        self.command = command
        self.method = SPECS[type(command)].method
        self.mac = mac

    def carry_out(self, work: Work, journal: Journal, check: Callable[[Work], None]) -> Any:
        """Run the command in this unit of work, or answer its repeat.

        Args:
            work: the transaction.
            journal: the chain, for the seq the command reached.
            check: raises a refusal when the session or its role is no longer valid.

        Raises:
            Refusal: ``id-expired``, ``id-ahead``, ``id-reused``, ``id-foreign``, or what the handler refuses.
        """
        check(work)
        done = work.get(Done, self.id)
        if done is not None:
            return self._repeated(work, done)
        self._check_age(work.now)
        kind = type(self.command)
        result = handler_of(kind)(work, self.command)
        work.note(
            Done,
            id=self.id,
            seq=journal.head.seq,
            caller=self.caller,
            method=self.method,
            mac=self.mac,
            result=enc(*result),
            at=work.now,
        )
        return view_of(kind)(work, result)

    def _repeated(self, work: Work, done: Done) -> Any:
        if done.caller != self.caller:
            raise ID_FOREIGN()
        if done.method != self.method or not hmac.compare_digest(done.mac, self.mac):
            raise ID_REUSED()
        if done.at < work.now - OLDEST:
            raise ID_EXPIRED()
        ids = tuple(UUID(bytes=value) if _is_id(value) else value for value in dec(done.result))
        return view_of(type(self.command))(work, ids)

    def _check_age(self, now: int) -> None:
        made = made_at(self.id)
        if made is None or made < now - OLDEST:
            raise ID_EXPIRED()
        if made > now + AHEAD:
            raise ID_AHEAD()


def _is_id(value: Any) -> bool:
    return isinstance(value, bytes) and len(value) == 16
