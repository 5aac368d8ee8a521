"""Who acts: the name an entry carries, and where the act came from."""

from dataclasses import dataclass
from uuid import UUID

from tellertui.core.role import Listener, Role


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, from where; rights come from the listener and the kernel, never from a claim."""

    name: str
    """Staff code, ``kiosk``, ``operator``, ``courier`` or ``system``."""
    person: UUID | None
    roles: frozenset[Role]
    listener: Listener
    session: bytes
    terminal: str
    uid: int


SYSTEM = Actor("system", None, frozenset(), Listener.ADMIN, b"", "host", 0)
"""Scheduled work; holds no class secret."""
