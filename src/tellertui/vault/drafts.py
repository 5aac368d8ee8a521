"""Drafts: half-filled forms, sealed to the person who filled them in; nobody else opens them."""

from uuid import UUID

from tellertui.core.enc import enc
from tellertui.vault.primitives import Octets, hpke_seal
from tellertui.vault.ring import Ring


def seal_draft(ring: Ring, store: UUID, draft: UUID, content: Octets) -> bytes:
    """Seal a draft to the person of a session."""
    return hpke_seal(ring.public.x25519, _context(ring, store, draft), content)


def open_draft(ring: Ring, store: UUID, draft: UUID, sealed: bytes) -> bytearray:
    """Open a draft of the person of a session; the caller overwrites the result.

    Raises:
        IntegrityError: somebody else's, another draft's, or changed.
    """
    return ring.keys.open(_context(ring, store, draft), sealed)


def _context(ring: Ring, store: UUID, draft: UUID) -> bytes:
    return enc("tt/draft", store, ring.person, draft)
