"""A host in one process: dispatch, sessions, repeats."""

import pytest

from branches import MANAGER
from hosts import LocalBranch, signed_on
from tellertui.core.ids import uuid7
from tellertui.core.refusal import Refusal
from tellertui.core.role import Listener
from tellertui.host.host import Host


async def test_lobby_issues_and_manager_calls(host: Host) -> None:
    lobby = LocalBranch(host)
    ticket = await lobby.call("reception.issue", {"service": "cash"})
    assert ticket["number"].startswith("A")
    desk = signed_on(host, MANAGER)
    await desk.call("reception.counter_open", {"counter": "1"})
    called = await desk.call("reception.call_next")
    assert called["number"] == ticket["number"]
    await desk.call("reception.arrive")
    await desk.call("reception.finish", {"result": "done"})
    assert await desk.call("reception.call_next") is None


async def test_lobby_may_not_call(host: Host) -> None:
    with pytest.raises(Refusal) as refused:
        await LocalBranch(host).call("reception.call_next")
    assert refused.value.code == "not-permitted"


async def test_repeat_has_one_effect(host: Host) -> None:
    lobby = LocalBranch(host)
    identifier = uuid7(host.store.clock.now(), b"0123456789")
    first = await lobby.call("reception.issue", {"service": "cash"}, identifier)
    again = await lobby.call("reception.issue", {"service": "cash"}, identifier)
    assert first["id"] == again["id"]
    with pytest.raises(Refusal) as refused:
        await lobby.call("reception.issue", {"service": "loss"}, identifier)
    assert refused.value.code == "id-reused"


async def test_staff_listener_without_session(host: Host) -> None:
    with pytest.raises(Refusal) as refused:
        await LocalBranch(host, Listener.STAFF).call("reception.queue")
    assert refused.value.code == "not-signed-on"
