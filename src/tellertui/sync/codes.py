"""The one-time code of an enrolment: 80 random bits, and 80 bits of SHA-256 of head office's root key.

The first half proves to head office that the branch was invited; the second tells the branch whose keys to
trust. Eight groups of four characters of base 32 (RFC 4648); 0, 1 and 8 are read as O, I and B, and neither
case nor separators matter.
"""

from base64 import b32decode, b32encode
from binascii import Error
from hashlib import sha256

from tellertui.core.refusal import N_, USAGE, refusal

SECRET = 10
_GROUP = 4
_AS_READ = str.maketrans("018", "OIB", " -\t")

BAD_ENROL_CODE = refusal(
    "bad-enrol-code", N_("An enrolment code has eight groups of four letters and digits."), USAGE
)


def made(secret: bytes, root: bytes) -> str:
    """Return the code with this secret (10 random bytes) for the owner of a root key."""
    text = b32encode(secret + _pin(root)).decode()
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def pins(code: str, root: bytes) -> bool:
    """Say whether the code names this root key.

    Raises:
        Refusal: ``bad-enrol-code``.
    """
    return _read(code)[SECRET:] == _pin(root)


def digest(code: str) -> bytes:
    """Return under which head office keeps the code; its bits are random, so a plain hash hides them.

    Raises:
        Refusal: ``bad-enrol-code``.
    """
    return sha256(b"tt/enrol-code" + _read(code)).digest()


def _read(code: str) -> bytes:
    try:
        found = b32decode(code.upper().translate(_AS_READ))
    except (Error, ValueError):
        raise BAD_ENROL_CODE() from None
    if len(found) != 2 * SECRET:
        raise BAD_ENROL_CODE()
    return found


def _pin(root: bytes) -> bytes:
    return sha256(root).digest()[:SECRET]
