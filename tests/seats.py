"""Terminals of a host in this process whose people type real passphrases, as over ``signon.sock``."""

import os
from typing import Any
from uuid import UUID

from branches import PASSPHRASES
from hosts import LocalBranch
from tellertui.core.command import Command
from tellertui.core.role import Listener
from tellertui.host import api
from tellertui.host.host import Host
from tellertui.host.signon import Attempt, Verdict
from tellertui.vault.stretch import Cost, stretch


class Seat(LocalBranch):
    """One staff connection."""

    def __init__(self, host: Host, uid: int = 1000) -> None:
        super().__init__(host, Listener.STAFF, uid)
        host.connections.peers[id(self.peer)] = self.peer

    async def sign_on(self, staff: str, passphrase: bytes = b"") -> Verdict:
        """Type a passphrase for this connection, after a greeting."""
        self.peer.nonce = os.urandom(32)
        return await self._prove(self.peer.nonce, staff, passphrase)

    async def expect(self, command: UUID) -> bytes:
        """Announce a second person for a command and return the nonce."""
        nonce = os.urandom(32)
        await self.do(api.ExpectSecond(nonce=nonce.hex(), command=command))
        return nonce

    async def second(self, staff: str, command: UUID, passphrase: bytes = b"") -> Verdict:
        """Let a second person type a passphrase for one command."""
        return await self._prove(await self.expect(command), staff, passphrase)

    async def together(self, command: Command[Any], staff: str) -> Any:
        """Carry out a command that a second person signs first."""
        identifier = self.new_id()
        assert await self.second(staff, identifier) == ("ok", 0)
        return await self.do(command, identifier)

    async def _prove(self, nonce: bytes, staff: str, passphrase: bytes) -> Verdict:
        salt = await self.host.access.salt_of(staff)
        typed = bytearray(passphrase or PASSPHRASES.get(staff, b"a passphrase that nobody has"))
        stretched = stretch(typed, salt.salt, Cost(salt.memory_kib, salt.passes, salt.lanes))
        return await self.host.access.judge(Attempt(nonce, staff, self.peer.uid, stretched))
