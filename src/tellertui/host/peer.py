"""Who is at the other end of a connection, as the kernel and the listener say."""

from dataclasses import dataclass, field

from tellertui.core.role import Listener
from tellertui.host.sessions import Second, Session

NOBODY = 65_534


@dataclass(slots=True)
class Peer:
    """One connection: what it may do follows from ``listener`` and ``uid``."""

    listener: Listener
    uid: int
    pid: int
    terminal: str = ""
    nonce: bytes = b""
    session: Session | None = None
    watching: set[str] = field(default_factory=set)
    greeted: bool = False

    @property
    def second(self) -> Second | None:
        """Return the second person whom the session of this connection waits for."""
        return None if self.session is None or self.session.ended else self.session.second

    def spend(self, nonce: bytes) -> None:
        """Take a nonce back: recorded bytes of a passphrase frame mean nothing a second time."""
        if nonce == self.nonce:
            self.nonce = b""
        elif self.second is not None:
            self.second.nonce = b""

    def announced(self, nonce: bytes) -> bool:
        """Say whether a passphrase frame with this nonce belongs to this connection."""
        return nonce == self.nonce or (self.second is not None and nonce == self.second.nonce)
