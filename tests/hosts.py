"""Hosts in the same process for tests: the very dispatch that the sockets use, without sockets."""

import json
from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

import msgspec

from tellertui.core.command import SPECS, Command
from tellertui.core.ids import TimedIds
from tellertui.core.role import Listener, Role
from tellertui.core.wire import Answer, encode, refusal_of
from tellertui.host.host import Host
from tellertui.host.peer import Peer
from tellertui.host.sessions import Session


class Ear:
    """Hears the notices of topics, as the sender of a connection does."""

    def __init__(self, changed: Callable[[int], Any]) -> None:
        self._changed = changed

    def notice(self, topic: str, seq: int) -> None:
        """Be told."""
        self._changed(seq)


class LocalBranch:
    """A connection to a host in this process."""

    def __init__(self, host: Host, listener: Listener = Listener.LOBBY, uid: int = 1000) -> None:
        self.host = host
        self.peer = Peer(listener, uid, 1, greeted=True)

    async def do(self, command: Command[Any], identifier: UUID | None = None) -> Any:
        """Carry out a command and return its view."""
        spec = SPECS[type(command)]
        result = await self.call(spec.method, json.loads(msgspec.json.encode(command)), identifier)
        return msgspec.convert(result, spec.answer)

    async def watch(self, topic: str, changed: Callable[[int], Any]) -> None:
        """Call ``changed`` at every notice of a topic."""
        self.host.board.watch(topic, cast(Any, Ear(changed)))

    def new_id(self) -> UUID:
        """Return a command id."""
        return TimedIds(self.host.store.clock).new()

    async def call(
        self, method: str, params: dict[str, Any] | None = None, identifier: UUID | None = None
    ) -> Any:
        """Send one request by name and return its result as plain values."""
        made = identifier or self.new_id()
        frame = encode({"jsonrpc": "2.0", "id": made, "method": method, "params": params or {}})
        answer = msgspec.json.decode(await self.host.dispatcher.handle(self.peer, frame), type=Answer)
        if answer.error is not None:
            raise refusal_of(answer.error)
        return msgspec.json.decode(answer.result)


def signed_on(host: Host, staff: str, *roles: Role, uid: int = 1000, terminal: str = "") -> LocalBranch:
    """Return a connection with a session of an existing person, without a passphrase and without a ring."""
    grant = host.access.grants.by_staff(staff)
    assert grant is not None, staff
    now = host.store.clock.boot()
    session = Session(
        id=host.store.ids.new(),
        person=grant.person,
        staff=staff,
        roles=frozenset(roles) or grant.roles,
        uid=uid,
        terminal=terminal,
        ring=None,
        started=now,
        last=now,
        proved=now,
    )
    host.sessions.start(session)
    local = LocalBranch(host, Listener.STAFF, uid)
    local.peer.session = session
    return local
