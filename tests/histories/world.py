"""What befalls branches and head office in one history, and what must be true at its end."""

from dataclasses import dataclass
from typing import NamedTuple

from histories.ends import Host, Office
from histories.storage import Chain, Dice, numbers
from tellertui.core.clock import MINUTE, SECOND
from tellertui.store.journal import link
from tellertui.sync import sending

STEPS = 30
PEACE = 40
"""Rounds after which everything must have been said."""
RESTORES = 4


class Violation(AssertionError):  # noqa: N818 - names what it is
    """A history that ended as none may; the same seed and options make it again."""

    def __init__(self, seed: int, chain_check: bool, what: str) -> None:
        super().__init__(f"history({seed}, chain_check={chain_check}): {what}")
        self.seed = seed


@dataclass
class Tally:
    """What a history went through."""

    entries: int = 0
    messages: int = 0
    spoilt: int = 0
    crashes: int = 0
    restores: int = 0
    clones: int = 0
    incarnations: int = 0
    contests: int = 0


class Message(NamedTuple):
    """What is on the line: a request, or the answer to it."""

    host: Host
    number: int
    data: bytes | str
    to_office: bool


def history(seed: int, *, chain_check: bool = True) -> Tally:
    """Live through one history.

    Raises:
        Violation: something that was held is missing, a chain does not hold, or something counts twice.
    """
    world = World(seed, chain_check)
    for _ in range(STEPS):
        world.step()
    world.leave_in_peace()
    if world.dice.one_in(6):
        # What people have opened by now has grown out of more than head office is left with.
        world.set_office_back()
        world.leave_in_peace()
    world.judge()
    return world.tally


class World:
    """One history."""

    def __init__(self, seed: int, chain_check: bool) -> None:
        self.seed, self._chain_check = seed, chain_check
        self.dice = Dice(seed)
        self.tally = Tally()
        self.now = MINUTE
        branches = [f"b{number}" for number in range(1 + max(0, self.dice.below(12) - 9))]
        self.office = Office(branches, not chain_check)
        self._alive = [Host(branch, not chain_check) for branch in branches]
        """Hosts that people let live."""
        self._line: list[Message] = []
        self._held: dict[str, set[int]] = {branch: set() for branch in branches}
        """Whatever was written where it still exists or was taken by head office since."""

    def step(self) -> None:
        """Let one thing happen."""
        rest, seconds = divmod(self.dice.below(1 << 31), 20)
        which, roll = divmod(rest, 100)
        host = self._alive[which % len(self._alive)]
        self.now += seconds * SECOND
        if roll < 28:
            self._write(host)
        elif roll < 58:
            self._exchange(host)
        elif roll < 83:
            self._deliver()
        elif roll < 86:
            host.flying = None
            self.tally.crashes += 1
            host.prune()
        elif roll < 96:
            self._keep_or_set_back(host, roll)
        else:
            self._people(host)

    def _write(self, host: Host) -> None:
        first = self.tally.entries + 1
        self.tally.entries += 1 + self.dice.below(3)
        made = range(first, self.tally.entries + 1)
        host.write(made)
        self._held[host.branch].update(made)

    def _exchange(self, host: Host) -> None:
        if host.flying is not None:
            if self.now >= host.flying.until:
                host.give_up("no-answer", self.now, self.dice)
            else:
                self._deliver()
            return
        self.tally.messages += 1
        found = host.ask(self.tally.messages, self.now)
        if isinstance(found, int):
            self.now = min(found, self.now + MINUTE)
            return
        self._line.append(Message(host, self.tally.messages, found, True))

    def _deliver(self) -> None:
        """Let a message arrive, any of those on the line: lost, twice, cut, changed or as it was."""
        if not self._line:
            return
        rest, fate = divmod(self.dice.below(1 << 31), 20)
        rest, crash = divmod(rest, 12)
        at = rest % len(self._line)
        message = self._line[at]
        if fate != 0:
            del self._line[at]
        if fate == 1:
            self.tally.spoilt += 1
            return
        if fate in (2, 3) and isinstance(message.data, bytes):
            message = message._replace(data=self._spoilt(message.data, fate))
        self._arrive(message, crash)

    def _spoilt(self, data: bytes, how: int) -> bytes:
        self.tally.spoilt += 1
        at = self.dice.below(len(data))
        if how == 2:
            return data[:at]
        return data[:at] + bytes([data[at] ^ (1 << self.dice.below(8))]) + data[at + 1 :]

    def _arrive(self, message: Message, crash: int = 0) -> None:
        host, number, data, to_office = message
        if not to_office:
            host.hear(number, data, self.now, self.dice)
            return
        assert isinstance(data, bytes)
        crash = crash if crash < 3 else 0
        self.tally.crashes += crash > 0
        if crash == 0 and self.dice.one_in(25):
            answer: bytes | str | None = "busy"
        else:
            answer = self.office.answer(data, crash)
        if answer is not None:
            self._line.append(Message(host, number, answer, False))

    def _keep_or_set_back(self, host: Host, roll: int) -> None:
        if roll < 88:
            host.backup = host.copy()
        elif roll < 89:
            self.office.backup = self.office.books.copy()
        elif self.tally.restores < RESTORES and roll < 92 and host.backup is not None:
            self.tally.restores += 1
            host.set_back(host.backup)
            self._forgive(host.branch)
        elif self.tally.restores < RESTORES and 92 <= roll < 95:
            self.set_office_back()
        elif roll == 95 and not self.tally.clones and self.dice.one_in(2):
            self.tally.clones += 1
            self._alive.append(host.copy())

    def set_office_back(self) -> None:
        """Restore head office from its newest backup."""
        self.tally.restores += 1
        self.office.books = self.office.backup.copy()
        for branch in self._held:
            self._forgive(branch)
        for host in self._alive:
            host.seen = -1

    def _forgive(self, branch: str) -> None:
        """Take out what existed only in what was set back or put aside: no protocol can bring it back."""
        there = self._at_office(branch)
        self._held[branch] &= there.union(*(host.records() for host in self._of(branch)))

    def _of(self, branch: str) -> list[Host]:
        return [host for host in self._alive if host.branch == branch]

    def _at_office(self, branch: str) -> set[int]:
        chains = self.office.books.chains.items()
        return {number for (owner, _), chain in chains if owner == branch for number in numbers(chain.plains)}

    def _people(self, host: Host) -> None:
        """Let people decide: officers of a branch that was stopped, or a manager at head office."""
        contested = self.office.books.contested(host.branch)
        if contested:
            self._settle(host.branch, contested)
        elif host.state.state in sending.STOPPED and host.state.state != sending.CONTESTED:
            self.tally.incarnations += 1
            host.reopen(self.tally.incarnations, 1 if self.dice.one_in(8) else 2)

    def _settle(self, branch: str, contested: list[Chain]) -> None:
        """Choose which host lives on; the others are put aside."""
        self.tally.contests += 1
        alive = self._of(branch)
        here = {host.state.incarnation: host for host in alive}
        choice = [chain for chain in contested if chain.incarnation in here] or contested
        chosen = choice[self.dice.below(len(choice))].incarnation
        self.office.books.settle(branch, chosen)
        for host in alive:
            if chosen in here and host is not here[chosen]:
                host.stopped = True
                self._alive.remove(host)
        self._forgive(branch)

    def leave_in_peace(self) -> None:
        """Let everything be said over a good line until nothing changes any more."""
        self._line.clear()
        for host in self._alive:
            host.flying = None
        for _ in range(PEACE):
            late = [host for host in self._alive if not self._said(host)]
            if not late:
                return
            for host in filter(self._alive.__contains__, late):
                self._people(host)
                self._converse(host)
        self._fail("something is still to be said")

    def _converse(self, host: Host) -> None:
        """Exchange until nothing is left to say, or people have to decide."""
        host.state, since = sending.pushed(host.state), self.now
        for _ in range(PEACE):
            self.now += MINUTE
            self._exchange(host)
            while self._line:
                self._arrive(self._line.pop())
            if host.stopped or (host.state.heard_at > since and self._done(host)):
                host.seen = self.office.books.moves[host.branch]
                return

    def _done(self, host: Host) -> bool:
        state = host.state
        sent = state.rest is None and state.acked == host.chain.last
        return state.state in sending.STOPPED or (state.state == sending.READY and sent)

    def _said(self, host: Host) -> bool:
        seen = host.seen == self.office.books.moves[host.branch]
        return seen and host.state.state == sending.READY and self._done(host)

    def judge(self) -> None:
        """Compare what is held with what must be."""
        books = self.office.books
        for (branch, incarnation), chain in books.chains.items():
            self._judge_chain(f"{branch}/{incarnation}", chain)
        for branch, held in self._held.items():
            there = self._at_office(branch)
            if held - there:
                self._fail(f"{branch} has lost {sorted(held - there)}")
            if books.counted[branch] != there:
                self._fail(f"{branch} counts {books.counted[branch] ^ there} otherwise than it holds them")
        for host in self._alive:
            chain = books.chains[host.branch, host.state.incarnation]
            if host.broken:
                self._fail(f"{host.branch} {host.broken}")
            if chain.hashes != host.chain.hashes:
                self._fail(f"{host.branch} and head office end differently")

    def _judge_chain(self, name: str, chain: Chain) -> None:
        value = chain.hashes[0]
        for plain, stored in zip(chain.plains, chain.hashes[1:], strict=True):
            value = link(value, plain)
            if value != stored and self._chain_check:
                self._fail(f"the chain of {name} does not hold")
        if chain.safe > chain.last:
            self._fail(f"{name} is safe beyond its end")
        found = numbers(chain.plains)
        if len(found) != len({*found}):
            self._fail(f"{name} holds an entry twice")

    def _fail(self, what: str) -> None:
        raise Violation(self.seed, self._chain_check, what)
