"""The MAC under which the journal stands is made of nothing that somebody else can choose."""

import os

from branches import MANAGER
from hosts import signed_on
from seats import Seat
from tellertui.branch.api import AddTerminal
from tellertui.core.command import SPECS
from tellertui.core.enc import dec, enc
from tellertui.core.wire import encode
from tellertui.host.events import AccessFailed
from tellertui.host.host import Host
from tellertui.host.signon import Attempt
from tellertui.store.journal import entries
from tellertui.store.rows import Reads
from tellertui.store.store import ANCHOR

TYPED = "a hash that is text"


def last_failure(reads: Reads) -> bytes:
    *_, last = entries(reads.connection.cursor())
    assert last.event == "access.failed"
    return bytes(last.read().facts)


async def test_signing_on_with_a_chosen_code_shows_no_mac_of_it(host: Host) -> None:
    seat = Seat(host)
    seat.peer.nonce = os.urandom(32)
    await host.access.judge(Attempt(seat.peer.nonce, TYPED, seat.peer.uid, bytearray(32)))
    shown = host.store.read(last_failure).result().decode("latin-1")
    assert "unknown:" in shown
    assert host.store.journal.mac(TYPED.encode()).hex()[:8] not in shown
    assert AccessFailed.__struct_fields__[0] == "staff"


async def test_parameters_and_anchor_are_digested_under_labels(host: Host) -> None:
    manager = signed_on(host, MANAGER)
    command = AddTerminal(terminal="desk-1", kind="desk")
    await manager.call(SPECS[AddTerminal].method, {"terminal": "desk-1", "kind": "desk"})
    ((kept,),) = host.store.read(lambda reads: list(reads.raw("SELECT mac FROM command"))).result()
    journal = host.store.journal
    assert kept == journal.mac(enc("tt/params", encode(command)))
    host.store.anchor()
    body, mac = dec((host.directory / ANCHOR).read_bytes())
    assert mac == journal.mac(enc("tt/anchor", body))
