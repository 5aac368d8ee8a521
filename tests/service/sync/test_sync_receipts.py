"""Receipts: what head office did not sign, or did not sign for this, moves nothing; attacks 34 and 35."""

from collections.abc import Callable
from contextlib import closing
from typing import Any

import msgspec
import pytest
from sqlalchemy import delete

from hosts import LocalBranch
from lines import PHONES, Line
from offices import read_receipt
from tellertui.core.refusal import Refusal
from tellertui.core.role import Listener
from tellertui.headoffice.keys import signing_key
from tellertui.headoffice.safety import mark
from tellertui.host.running import carry
from tellertui.store import sqlite
from tellertui.store.anchor import read_anchor
from tellertui.store.rows import Statement
from tellertui.store.store import ANCHOR, FILE
from tellertui.store.tables import SafeMark
from tellertui.sync import api
from tellertui.sync.receipt_check import check_receipt
from tellertui.sync.records import HeadOffice, SyncMark
from tellertui.sync.wire import FEED, RECEIPT, Signed, encoded, key_id, signed
from tellertui.vault.parties import SigningKey


def rows(line: Line) -> Any:
    """Return everything that a receipt can move."""
    return line.host.store.read(
        lambda reads: (
            [(each.incarnation, each.seq, each.acked) for each in reads.every(SafeMark)],
            [(each.state, each.root) for each in reads.every(HeadOffice)],
        )
    ).result()


def resigned(line: Line, answer: bytes, key: SigningKey | None = None, **changes: Any) -> bytes:
    """Return a receipt with changes, signed by head office or by another key."""
    receipt = msgspec.structs.replace(read_receipt(answer, line.office.keys.pack), **changes)
    signer, payload = key or signing_key(line.office.place, "receipt"), encoded(receipt)
    return Signed(RECEIPT, payload, key_id(signer.public), signer.sign(RECEIPT, payload)).to_bytes()


def posing(line: Line, answer: bytes) -> bytes:
    """Return a receipt signed by another key under the name of head office's."""
    forged = signed(resigned(line, answer, SigningKey.generate()))
    return msgspec.structs.replace(forged, key=key_id(line.office.keys.pack.receipts[0])).to_bytes()


def other_context(line: Line, answer: bytes) -> bytes:
    return msgspec.structs.replace(signed(answer), context=FEED).to_bytes()


ATTACKS: list[tuple[str, Callable[[Line, bytes], bytes]]] = [
    ("not-signed", lambda line, answer: resigned(line, answer, SigningKey.generate())),
    ("not-signed", posing),
    ("not-signed", lambda line, answer: resigned(line, answer, signing_key(line.office.place, "publish"))),
    ("not-signed", lambda line, answer: msgspec.structs.replace(signed(answer), signature=b"").to_bytes()),
    ("not-signed", lambda line, answer: msgspec.structs.replace(signed(answer), payload=b"").to_bytes()),
    ("malformed", other_context),
    ("malformed", lambda line, answer: answer[:-1]),
    ("malformed", lambda line, answer: answer + answer),
    ("malformed", lambda line, answer: b""),
    ("other-branch", lambda line, answer: resigned(line, answer, branch="B002")),
    ("other-request", lambda line, answer: resigned(line, answer, nonce=b"another request!")),
]


@pytest.mark.parametrize(("code", "attack"), ATTACKS)
async def test_34_what_is_no_receipt_for_this_moves_nothing(
    line: Line, code: str, attack: Callable[[Line, bytes], bytes]
) -> None:
    await line.customers(10)
    await line.wait_over()
    exchange, before = await line.next(), rows(line)
    assert exchange.kind == "batch"
    answer = line.asked("batch", exchange.body)
    await line.courier.do(api.Answered(id=exchange.id, body=attack(line, answer)))
    assert rows(line) == before
    assert (await line.view()).last_error == code
    if code != "other-request":
        with pytest.raises(Refusal) as refused:
            await line.operator.do(api.TakeIn(body=attack(line, answer)))
        assert refused.value.code == "not-taken"
        # By file, the context alone says what it is: a feed then, which this is not either.
        assert refused.value.facts["why"] in (code, "not-signed")
        assert rows(line) == before
    await line.agreed()


async def test_34_a_receipt_cannot_confirm_what_this_chain_has_not(line: Line) -> None:
    await line.customers(10)
    await line.wait_over()
    exchange = await line.next()
    answer = line.asked("batch", exchange.body)
    before = rows(line)
    for change in ({"cursor": 10_000}, {"hash": bytes(32)}):
        forged = resigned(line, answer, **change)
        await line.operator.do(api.TakeIn(body=forged))
        assert rows(line) == before
    await line.carry(exchange)
    await line.agreed()


async def test_34_older_receipts_in_files_move_nothing_back(line: Line) -> None:
    answers = []
    for _ in range(3):
        await line.customers(10)
        await line.wait_over()
        exchange = await line.next()
        answers.append(line.asked("batch", exchange.body))
        await line.courier.do(api.Answered(id=exchange.id, body=answers[-1]))
    before = rows(line)
    for answer in (*answers, answers[0]):
        await line.operator.do(api.TakeIn(body=answer))
        assert rows(line) == before
    await line.agreed()


async def test_the_verified_copy_never_falls(line: Line) -> None:
    await line.customers(10)
    await line.drained()
    acked = (await line.view()).acked
    line.office.store.write(lambda connection: mark(connection, {("B001", 1): acked}))
    line.clock.advance(301)
    await line.step()
    assert (await line.view()).safe == acked
    await line.wait_over()
    exchange = await line.next()
    answer = line.asked(exchange.kind, exchange.body)
    await line.courier.do(api.Answered(id=exchange.id, body=resigned(line, answer, safe=1)))
    view = await line.view()
    assert (view.safe, view.last_error) == (acked, "safe-fell")


async def test_35_the_couriers_account_gets_no_value_and_acknowledges_nothing(line: Line) -> None:
    await line.customers(10)
    await line.wait_over()
    thief = LocalBranch(line.host, Listener.COURIER)
    before = rows(line)
    for _ in range(5):
        await line.wait_over()
        exchange = await thief.do(api.NextExchange())
        line.traffic.append(msgspec.json.encode(exchange) + exchange.body)
        for body in (b"", b"ok", exchange.body, line.office.keys.signed_pack):
            await thief.do(api.Answered(id=exchange.id, body=body))
        await thief.do(api.ExchangeFailed(id=exchange.id, code="unreachable"))
    assert rows(line) == before
    assert not any(phone.encode() in data for phone in PHONES for data in line.traffic)
    for command in (api.ShowSync(), api.SendNow(), api.Export(), api.TakeIn(body=b"")):
        with pytest.raises(Refusal) as refused:
            await thief.do(command)
        assert refused.value.code == "not-permitted"
    await line.agreed()


async def test_the_anchor_carries_the_furthest_receipt(line: Line) -> None:
    await line.customers(10)
    await line.agreed()
    line.host.store.anchor()
    path = line.founded.directory / ANCHOR
    found = read_anchor(path, line.host.store.identity.mac_key)
    assert found is not None
    receipt = read_receipt(found[1], line.office.keys.pack)
    assert receipt.cursor == (await line.view()).acked
    await line.restarted()
    line.host.store.anchor()
    assert read_anchor(path, line.host.store.identity.mac_key) is not None
    again = read_anchor(path, line.host.store.identity.mac_key)
    assert again is not None
    assert again[1] == found[1]


async def test_a_failure_of_the_marks_is_not_the_end_of_the_line(line: Line) -> None:
    """The row behind the line may be lost with a backup; head office is asked, and knows."""
    await line.customers(10)
    await line.agreed()
    await carry(line.host.store, lambda work: work.sweep(Statement(delete(SyncMark))))
    await line.restarted()
    await line.wait_over()
    assert await line.step() == "pack"
    await line.agreed()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (None, "is not head office's"),
        ({}, ""),
        ({"branch": "B002"}, "is not head office's"),
        ({"hash": bytes(32)}, "another history"),
        ({"cursor": 10_000}, "the journal is shorter"),
    ],
)
async def test_verification_compares_the_journal_with_the_receipt(
    line: Line, changes: dict[str, Any] | None, said: str
) -> None:
    await line.customers(10)
    await line.agreed()
    (mark,) = line.host.store.read(lambda reads: list(reads.every(SyncMark))).result()
    body = b"\xc1" if changes is None else resigned(line, mark.receipt, **changes)
    with closing(sqlite.connect(line.founded.directory / FILE)) as connection:
        connection.execute("UPDATE sync_mark SET receipt = ?", (body,))
        found = list(check_receipt(connection))
    assert [each.kind for each in found] == (["receipt"] if said else [])
    assert all(said in each.detail for each in found)
