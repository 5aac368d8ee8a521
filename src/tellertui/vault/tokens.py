"""Look-up tokens of nearly unique values: documents, accounts, telephone numbers."""

from tellertui.vault.primitives import Octets, mac16


def token(index_key: Octets, value: str) -> bytes:
    """Return the 16-byte token of a value in its normal form; equal values have equal tokens."""
    return mac16(index_key, value.encode())
