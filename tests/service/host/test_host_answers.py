"""What is answered to requests that are not right: nothing of theirs, and never for nothing."""

from uuid import uuid4

import msgspec
import pytest

from branches import MANAGER
from hosts import LocalBranch, signed_on
from tellertui.core.refusal import Refusal
from tellertui.core.wire import PROTOCOL, Answer, encode
from tellertui.host.dispatch import _where
from tellertui.host.host import Host

NAME = "x'李四13800138000"


@pytest.mark.parametrize(
    ("method", "params", "where"),
    [
        ("reception.issue", {"language": NAME, "service": "cash"}, "Invalid enum value - at `$.language`"),
        ("reception.issue", {NAME: 1, "service": "cash"}, "Object contains unknown field"),
        ("reception.issue", {"service": 1}, "Expected `str`, got `int` - at `$.service`"),
        ("reception.issue", {}, "Object missing required field `service`"),
    ],
)
async def test_what_was_sent_is_not_echoed(
    host: Host, method: str, params: dict[str, object], where: str
) -> None:
    with pytest.raises(Refusal) as refused:
        await LocalBranch(host).call(method, params)
    assert (refused.value.code, refused.value.facts["where"]) == ("bad-params", where)


@pytest.mark.parametrize(
    ("message", "where"),
    [
        ("Invalid enum value 'a - at `李四' - at `$.kind`", "Invalid enum value - at `$.kind`"),
        ("Object contains unknown field `a - at `李四``", "Object contains unknown field"),
        ("Invalid enum value 13800138000 - at `$.items[3]`", "Invalid enum value - at `$.items[3]`"),
        ("JSON is malformed: invalid character (byte 7)", "JSON is malformed: invalid character (byte 7)"),
    ],
)
def test_no_value_passes_for_a_place(message: str, where: str) -> None:
    assert _where(message) == where


@pytest.mark.parametrize(
    ("method", "shown"), [("reception.nothing", "reception.nothing"), ("call 13800138000", "?"), (NAME, "?")]
)
async def test_a_method_is_shown_only_if_it_could_be_one(host: Host, method: str, shown: str) -> None:
    with pytest.raises(Refusal) as refused:
        await signed_on(host, MANAGER).call(method)
    assert (refused.value.code, refused.value.facts["method"]) == ("unknown-method", shown)


async def test_everything_from_the_lobby_counts(host: Host) -> None:
    lobby = LocalBranch(host)
    greeting = {"jsonrpc": "2.0", "id": uuid4(), "method": "hello", "params": {"protocol": PROTOCOL}}
    refused = {**greeting, "method": "session.show", "params": {}}
    frames = [b"{", encode(greeting), encode(refused)]
    for number in range(host.settings.lobby_rate * 10):
        await host.dispatcher.handle(lobby.peer, frames[number % 3 if number < 9 else 0])
    for frame in frames:
        answer = msgspec.json.decode(await host.dispatcher.handle(lobby.peer, frame), type=Answer)
        assert answer.error is not None
        assert answer.error.data.code == "busy"
    assert answer.id == greeting["id"]
