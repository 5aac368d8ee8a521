"""From a press at the kiosk, or a call at a counter, to the repaint of the board, over real sockets.

uv run pytest -m bench -n 0 -s tests/bench/test_board_speed.py
"""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from test_screen_speed import hosted, percentile, until_written

from branches import MANAGER
from busy import busy_branch
from realhost import value_of
from tellertui.client import Client
from tellertui.core.role import Listener
from tellertui.workflows.reception.api import Arrive, CallNext, Finish, Issue
from terminals import Terminal

pytestmark = pytest.mark.bench

PRESSES, CALLS = 300, 20
LOBBY = 120
"""Tickets that wait when it begins."""
ACROSS_MS = 60.0
BLINK_S = 3.0
"""After this long a call has stopped blinking, which repaints as well."""
COUNTER = "1"


class Lobby:
    """A kiosk's line, a counter's line, and the board in its terminal."""

    def __init__(self, kiosk: Client, counter: Client, board: Terminal) -> None:
        self.kiosk, self.counter, self.board = kiosk, counter, board


@pytest.fixture
async def lobby(tmp_path: Path) -> AsyncIterator[Lobby]:
    store = busy_branch(tmp_path / "store", counters=4, waiting=LOBBY)
    async with AsyncExitStack() as stack:
        stack.enter_context(hosted(store))
        board = Terminal("-I", "-m", "tellertui", "board", "--store", store.directory, "--lang", "en")
        stack.enter_context(board)
        board.wait_for("NOW SERVING   ")
        board.wait_for("城南支行")
        staff = Client(store.settings, store.directory, Listener.STAFF, machine=value_of(MANAGER))
        kiosk = Client(store.settings, store.directory, Listener.LOBBY)
        for client in (kiosk, staff):
            await stack.enter_async_context(client)
        yield Lobby(kiosk, staff, board)


async def test_a_number_given_at_the_kiosk_is_on_the_board(lobby: Lobby) -> None:
    times = []
    for _ in range(PRESSES):
        lobby.board.read(0.08)
        began = time.perf_counter()
        await lobby.kiosk.do(Issue(service="cash"))
        times.append(until_written(lobby.board, began))
    told("a number given at the kiosk", times, 99)


async def test_a_number_that_is_called_is_on_the_board(lobby: Lobby) -> None:
    times = []
    for _ in range(CALLS):
        lobby.board.read(BLINK_S)
        began = time.perf_counter()
        called = await lobby.counter.do(CallNext(counter=COUNTER))
        times.append(until_written(lobby.board, began))
        assert called is not None
        await lobby.counter.do(Arrive(counter=COUNTER))
        await lobby.counter.do(Finish(counter=COUNTER))
    told("a number called at a counter", times, 90)


def told(what: str, times: list[float], percent: int) -> None:
    """Print what was measured, and hold so many of a hundred to the limit."""
    took, usual = percentile(times, percent), percentile(times, 50)
    print(f"\n{what} is on the board after {took:.1f} ms (p{percent}), {usual:.1f} ms (p50)")
    assert took <= ACROSS_MS
