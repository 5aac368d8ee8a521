"""The sender of one connection: at once while the reader keeps up, in order and coalesced otherwise."""

import asyncio
from contextlib import suppress

import pytest

from tellertui.host.push import Board, Sender


class Wire:
    """A connection whose reader keeps up, or does not."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.keeps_up = True
        self.gone = False
        self._room = asyncio.Event()

    def write(self, frame: bytes) -> bool:
        if self.keeps_up:
            self.sent.append(frame)
        return self.keeps_up

    async def send(self, frame: bytes) -> None:
        await self._room.wait()
        self.sent.append(frame)

    async def give_up(self) -> None:
        self.gone = True

    def read(self) -> None:
        self.keeps_up = True
        self._room.set()


async def test_while_the_reader_keeps_up_frames_go_out_at_once() -> None:
    wire = Wire()
    sender = Sender(wire.write, wire.send, wire.give_up)
    assert await sender.answer(b"1")
    sender.notice("queue", 7)
    assert wire.sent == [b"1", b'{"topic":"queue","seq":7}']


async def test_behind_a_slow_reader_answers_keep_their_order_and_the_newest_notice_wins() -> None:
    wire = Wire()
    wire.keeps_up = False
    sender = Sender(wire.write, wire.send, wire.give_up)
    running = asyncio.create_task(sender.run())
    await sender.answer(b"1")
    await asyncio.sleep(0)
    board = Board()
    board.watch("queue", sender)
    for seq in (7, 8, 9):
        board.publish({"queue": seq, "board": seq})
    wire.keeps_up = True
    await sender.answer(b"2")
    assert wire.sent == []
    wire.read()
    for _ in range(10):
        await asyncio.sleep(0)
    await sender.answer(b"3")
    assert wire.sent == [b"1", b"2", b'{"topic":"queue","seq":9}', b"3"]
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert not await sender.answer(b"4")


async def test_a_reader_that_never_reads_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tellertui.host.push.SEND_S", 0)
    wire = Wire()
    wire.keeps_up = False
    sender = Sender(wire.write, wire.send, wire.give_up)
    await sender.answer(b"1")
    await sender.run()
    assert wire.gone
    assert not await sender.answer(b"2")
