"""Four eyes: what the maker signs, what the second person signs, and whether the two belong together.

::

    statement = enc("tt/request/1", store, request id, action, subjects, row digests read, facts,
                    HMAC(salt, params), rule tables' versions, maker, maker key, made at, expires at)
    S1 = Ed25519(maker, PAE("tellertui.request/1", statement))
    decision  = enc("tt/decision/1", H(statement ‖ S1), approve|refuse, reason code, checker, checker key,
                    at, presence, same terminal)
    S2 = Ed25519(checker, PAE("tellertui.decision/1", decision))

Whether both people may do it today, and whether the rows still are as they were read, is decided where
the request is carried out.
"""

import hmac
from hashlib import sha256
from typing import ClassVar, Literal, TypeVar
from uuid import UUID

import msgspec

from tellertui.core.enc import enc
from tellertui.core.refusal import SAME_PERSON
from tellertui.vault.person import PersonKeys
from tellertui.vault.primitives import Octets, random_key, verify
from tellertui.vault.refusals import BAD_SIGNATURE, REQUEST_EXPIRED

REQUEST_CONTEXT = "tellertui.request/1"
DECISION_CONTEXT = "tellertui.decision/1"
SALT_SIZE = 32

Verdict = Literal["approve", "refuse"]
Presence = Literal["session", "recent", "now"]


class _Signed(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    context: ClassVar[str]

    def encoded(self) -> bytes:
        """Return the bytes that are signed and stored."""
        config = self.__struct_config__
        return enc(config.tag, *msgspec.structs.astuple(self))

    def signed(self, keys: PersonKeys) -> bytes:
        """Sign as the person named in it."""
        return keys.sign(self.context, self.encoded())


class Statement(_Signed, frozen=True, tag="tt/request/1"):
    """What the maker asks for. Instants are milliseconds UTC."""

    context: ClassVar[str] = REQUEST_CONTEXT

    store: UUID
    request: UUID
    action: str
    subjects: tuple[UUID, ...]
    digests: tuple[bytes, ...]
    facts: tuple[int | str, ...]
    commitment: bytes
    tables: tuple[tuple[str, str], ...]
    maker: UUID
    maker_key: bytes
    made_at: int
    expires_at: int


class Decision(_Signed, frozen=True, tag="tt/decision/1"):
    """What the second person decides about one signed statement."""

    context: ClassVar[str] = DECISION_CONTEXT

    request_hash: bytes
    verdict: Verdict
    reason: str
    checker: UUID
    checker_key: bytes
    at: int
    presence: Presence
    same_terminal: Literal[0, 1]


S = TypeVar("S", bound=_Signed)

_statement_decoder = msgspec.msgpack.Decoder(Statement)
_decision_decoder = msgspec.msgpack.Decoder(Decision)


def new_salt() -> bytearray:
    """Return the 32 random bytes that hide the parameters in their commitment."""
    return random_key(SALT_SIZE)


def commitment(salt: Octets, params: bytes) -> bytes:
    """Return HMAC-SHA256 of the parameters; without the salt it tells nothing about them."""
    return hmac.digest(salt, params, "sha256")


def hash_of(statement: bytes, signature: bytes) -> bytes:
    """Return what a decision refers to: SHA-256 over the statement and the maker's signature."""
    return sha256(statement + signature).digest()


def read_statement(data: bytes) -> Statement:
    """Decode a statement.

    Raises:
        Refusal: ``bad-signature``; these are not the bytes of one.
    """
    return _read(_statement_decoder, data)


def read_decision(data: bytes) -> Decision:
    """Decode a decision.

    Raises:
        Refusal: ``bad-signature``; these are not the bytes of one.
    """
    return _read(_decision_decoder, data)


def check_request(statement: bytes, s1: bytes, maker_key: bytes) -> Statement:
    """Return the statement if the maker signed it.

    Args:
        statement: the stored bytes.
        s1: the maker's signature.
        maker_key: the maker's Ed25519 key from the live grants.

    Raises:
        Refusal: ``bad-signature``.
    """
    asked = read_statement(statement)
    if asked.maker_key != maker_key or not verify(maker_key, REQUEST_CONTEXT, statement, s1):
        raise BAD_SIGNATURE()
    return asked


def check_decision(
    statement: bytes, s1: bytes, decision: bytes, s2: bytes, *, maker_key: bytes, checker_key: bytes
) -> tuple[Statement, Decision]:
    """Return statement and decision if both are signed, by two people, about the same thing, in time.

    Args:
        statement: the stored bytes.
        s1: the maker's signature.
        decision: the stored bytes.
        s2: the second person's signature.
        maker_key: the maker's Ed25519 key from the live grants.
        checker_key: the second person's, likewise.

    Raises:
        Refusal: ``bad-signature``, ``same-person`` or ``request-expired``.
    """
    asked = check_request(statement, s1, maker_key)
    decided = read_decision(decision)
    refuse_same((asked.maker, maker_key), (decided.checker, checker_key))
    if decided.checker_key != checker_key or not verify(checker_key, DECISION_CONTEXT, decision, s2):
        raise BAD_SIGNATURE()
    if decided.request_hash != hash_of(statement, s1):
        raise BAD_SIGNATURE()
    if not asked.made_at <= decided.at < asked.expires_at:
        raise REQUEST_EXPIRED()
    return asked, decided


def refuse_same(first: tuple[UUID, bytes], second: tuple[UUID, bytes]) -> None:
    """Refuse one person, or one key, in both seats.

    Raises:
        Refusal: ``same-person``.
    """
    if first[0] == second[0] or first[1] == second[1]:
        raise SAME_PERSON()


def _read(decoder: "msgspec.msgpack.Decoder[S]", data: bytes) -> S:
    try:
        value = decoder.decode(data)
    except msgspec.MsgspecError:
        raise BAD_SIGNATURE() from None
    if value.encoded() != data:
        raise BAD_SIGNATURE()
    return value
