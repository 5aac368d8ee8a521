"""Who is at the other end of a connection, as the kernel and the listener say."""

from dataclasses import dataclass, field

from tellertui.core.role import Listener
from tellertui.host.sessions import Session

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
