"""JSON-RPC 2.0 as it crosses the sockets: one text frame per request, answer or notice."""

from typing import Any
from uuid import UUID

import msgspec

from tellertui.core.refusal import REFUSALS, USAGE, Refusal, RefusalKind

PRE_SESSION_LIMIT = 64 * 1024
SESSION_LIMIT = 1024 * 1024
PROTOCOL = 1


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request; ``id`` is the command's own UUIDv7."""

    method: str
    id: UUID
    params: msgspec.Raw = msgspec.Raw(b"{}")
    jsonrpc: str = "2.0"


class ErrorData(msgspec.Struct, frozen=True):
    """The stable code of a refusal and its facts."""

    code: str
    facts: dict[str, int | str | None] = {}
    exit_code: int = USAGE


class Error(msgspec.Struct, frozen=True):
    """Why a request was not carried out."""

    code: int
    message: str
    data: ErrorData


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer to a request: a result or an error."""

    id: UUID | None
    jsonrpc: str = msgspec.field(default_factory=lambda: "2.0")
    result: msgspec.Raw = msgspec.Raw(b"")
    """The encoded view; empty beside an error."""
    error: Error | None = None


class Notice(msgspec.Struct, frozen=True):
    """A topic has changed; ``seq`` is the newest entry behind the change."""

    topic: str
    seq: int


def error_of(refused: Refusal) -> Error:
    """Return a refusal as it crosses the socket, in the words of the message id."""
    numbers = {
        "bad-frame": -32600,
        "unknown-method": -32601,
        "bad-params": -32602,
        "failed": -32603,
        "busy": -32001,
    }
    data = ErrorData(refused.code, refused.facts, refused.kind.exit_code)
    return Error(numbers.get(refused.code, -32000), refused.text(), data)


def refusal_of(error: Error) -> Refusal:
    """Return the refusal behind an error; an unknown code keeps the host's words."""
    kind = REFUSALS.get(error.data.code)
    if kind is None:
        kind = RefusalKind(
            error.data.code, error.message.replace("{", "{{").replace("}", "}}"), error.data.exit_code
        )
    return Refusal(kind, error.data.facts)


def encode(value: Any) -> bytes:
    """Return the JSON of a frame."""
    return _encoder.encode(value)


_encoder = msgspec.json.Encoder()
