"""Attack 13: guessing passphrases and staff codes, many at once, across a host that is killed."""

import asyncio
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from statistics import median

import pytest
from attack_hosts import BranchProcess

from branches import PASSPHRASES
from tellertui.client import Client
from tellertui.core.refusal import Refusal
from tellertui.core.role import Listener

TERMINALS = ("desk-1", "desk-2", "desk-3")
DELAYS = (1, 2, 4, 8, 16, 32, 60)
NOBODY = "X99"
WRONG = b"a passphrase that nobody has"


class Guesser:
    """Somebody who types wrong passphrases at several terminals of a running branch, and lets time pass."""

    def __init__(self, branch: BranchProcess) -> None:
        self.branch = branch
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> "Guesser":
        enter = self._stack.enter_async_context
        self._operator = await enter(self.branch.client(Listener.ADMIN))
        self._terminals = [
            await enter(self.branch.client(Listener.STAFF, terminal=each)) for each in TERMINALS
        ]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def guess(self, staff: str, terminal: int = 0, passphrase: bytes = WRONG) -> tuple[str, int, str]:
        """Return refusal, seconds to wait and words, or ``ok``."""
        try:
            await self._terminals[terminal].sign_on(staff, bytearray(passphrase))
        except Refusal as refused:
            return refused.code, int(refused.facts["retry_after_s"] or 0), refused.text()
        return "ok", 0, ""

    async def wait(self, seconds: int) -> None:
        await self._operator.call("clock.advance", b'{"seconds":%d}' % seconds)


async def with_terminals(branch: BranchProcess) -> None:
    """Register three terminals for the account of this test."""
    manager = await branch.signed_on("M01")
    for terminal in TERMINALS:
        await manager.call("branch.add_terminal", b'{"terminal":"%s","kind":"desk"}' % terminal.encode())
    await manager.close()


async def test_13_delays_grow_alike_for_known_and_unknown_codes_and_survive_a_kill(
    served: BranchProcess,
) -> None:
    await with_terminals(served)
    answers: dict[str, list[tuple[str, int, str]]] = {"R01": [], NOBODY: []}

    async def guess_at(guesser: Guesser, attempt: int) -> None:
        for staff, given in answers.items():
            given.append(await guesser.guess(staff, attempt % 3))
        await guesser.wait(60)

    async with Guesser(served) as guesser:
        for attempt in range(5):
            await guess_at(guesser, attempt)
        for staff in answers:
            await guesser.guess(staff)
            assert (await guesser.guess(staff, 1, PASSPHRASES["R01"]))[0] == "wait"
        assert await guesser.guess("X98") == answers[NOBODY][0]
    served.kill()
    served.start()
    async with Guesser(served) as guesser:
        after = [await guesser.guess(staff, passphrase=PASSPHRASES["R01"]) for staff in answers]
        assert [code for code, _, _ in after] == ["wait", "wait"]
        assert all(0 < seconds <= 32 for _, seconds, _ in after)
        await guesser.wait(60)
        for attempt in range(6, 11):
            await guess_at(guesser, attempt)
        assert (await guesser.guess("R01", passphrase=PASSPHRASES["R01"]))[0] == "ok"
    assert answers["R01"] == answers[NOBODY]
    assert [seconds for _, seconds, _ in answers["R01"]] == [1, 2, 4, 8, 16, 60, 60, 60, 60, 60]
    assert {code for code, _, _ in answers["R01"]} == {"wrong-passphrase"}
    failed = served.facts("access.failed")
    assert Counter(fact.staff for fact in failed if fact.staff == "R01") == {"R01": 11}
    assert len({fact.staff for fact in failed}) == 3
    assert {fact.terminal for fact in failed} == set(TERMINALS)
    assert NOBODY.encode() not in b"".join(bytes(entry.facts) for entry in served.entries())


async def test_13_a_lock_survives_a_kill_and_only_the_right_passphrase_learns_of_it(
    served: BranchProcess,
) -> None:
    await with_terminals(served)
    async with Guesser(served) as guesser:
        for _ in range(10):
            assert (await guesser.guess("R01"))[0] == "wrong-passphrase"
            await guesser.wait(60)
        assert (await guesser.guess("R01", passphrase=PASSPHRASES["R01"]))[0] == "locked"
    served.kill()
    served.start()
    async with Guesser(served) as guesser:
        await guesser.wait(60)
        assert (await guesser.guess("R01"))[0] == "wrong-passphrase"
        await guesser.wait(60)
        code, seconds, _ = await guesser.guess("R01", terminal=1, passphrase=PASSPHRASES["R01"])
        assert code == "locked"
        assert 25 * 60 < seconds < 30 * 60
        assert (await guesser.guess("M01", passphrase=PASSPHRASES["M01"]))[0] == "ok"
        await guesser.wait(seconds)
        assert (await guesser.guess("R01", passphrase=PASSPHRASES["R01"]))[0] == "ok"
    assert [fact.staff for fact in served.facts("access.locked")] == ["R01"]


@pytest.mark.bench
async def test_13_a_wrong_passphrase_and_an_unknown_code_take_the_same_time(served: BranchProcess) -> None:
    await with_terminals(served)
    taken: dict[str, list[float]] = {"R01": [], NOBODY: []}
    async with Guesser(served) as guesser:
        for _ in range(8):
            for staff, times in taken.items():
                begun = time.perf_counter()
                assert (await guesser.guess(staff))[0] == "wrong-passphrase"
                times.append(time.perf_counter() - begun)
            await guesser.wait(60)
    assert abs(median(taken["R01"]) - median(taken[NOBODY])) < 0.020, taken


async def test_13_forty_sign_ons_at_once_leave_the_lobby_as_quick_as_before(served: BranchProcess) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(40))
    served_in: list[float] = []

    async def guess(terminal: Client) -> str:
        with pytest.raises(Refusal) as refused:
            await terminal.sign_on("R01", bytearray(WRONG))
        return refused.value.code

    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        lobby = await enter(served.client())
        terminals = [await enter(served.client(Listener.STAFF)) for _ in range(40)]
        crowd = asyncio.gather(*(guess(terminal) for terminal in terminals))
        while not crowd.done():
            begun = time.perf_counter()
            await lobby.call("reception.issue", b'{"service":"cash"}')
            served_in.append(time.perf_counter() - begun)
        codes = Counter(await crowd)
    assert set(codes) <= {"wrong-passphrase", "wait", "signon-busy"}
    assert codes["signon-busy"] >= 20
    assert 1 <= codes["wrong-passphrase"] + codes["wait"] <= 20
    assert len(served.facts("access.failed")) == codes["wrong-passphrase"]
    assert median(served_in) < 0.025, sorted(served_in)
