"""The cases of ``sync.md`` §6 that the protocol alone decides, between a host and head office in memory."""

from collections.abc import Callable

import pytest

from histories.ends import LIMITS, Host, Office
from histories.storage import Chain, Dice, numbers
from tellertui.core.clock import MINUTE
from tellertui.sync import sending
from tellertui.sync.wire import Receipt, decoded, signed

B = "b0"


class Calm(Dice):
    """Dice by which nothing happens by chance."""

    def below(self, most: int) -> int:
        return most - 1


class Scene:
    """One branch, its head office, and a hand that decides what arrives."""

    def __init__(self) -> None:
        self.office, self.host = Office([B], blind=False), Host(B, blind=False)
        self.now, self.asked, self.written = MINUTE, 0, 0

    def write(self, entries: int, host: Host | None = None) -> None:
        first = self.written + 1
        self.written += entries
        (host or self.host).write(range(first, self.written + 1))

    def ask(self, host: Host | None = None) -> bytes:
        """Return the next request, due now."""
        host = host or self.host
        self.now, self.asked = self.now + MINUTE * 10, self.asked + 1
        host.state = sending.pushed(host.state)
        data = host.ask(self.asked, self.now)
        assert isinstance(data, bytes)
        return data

    def answer(self, data: bytes, crash: int = 0) -> bytes:
        found = self.office.answer(data, crash)
        assert isinstance(found, bytes), found
        return found

    def hear(self, answer: bytes, host: Host | None = None) -> Receipt:
        host = host or self.host
        host.hear(self.asked, answer, self.now, Calm(0))
        return receipt(answer)

    def lose(self, host: Host | None = None) -> None:
        (host or self.host).give_up("no-answer", self.now, Calm(0))

    def exchange(self, host: Host | None = None) -> Receipt:
        return self.hear(self.answer(self.ask(host)), host)

    def until_said(self, host: Host | None = None) -> Receipt:
        """Exchange until head office holds what the branch has."""
        host = host or self.host
        for _ in range(50):
            found = self.exchange(host)
            if host.state.state in sending.STOPPED or (
                host.state.state == sending.READY and host.state.acked == host.chain.last
            ):
                return found
        raise AssertionError(host.state)

    def there(self, incarnation: int = 1) -> Chain:
        return self.office.books.chains[B, incarnation]

    def counted(self) -> set[int]:
        return self.office.books.counted[B]


def receipt(answer: bytes) -> Receipt:
    return decoded(signed(answer).payload, Receipt)


@pytest.fixture
def scene() -> Scene:
    """A branch whose first entries head office holds, and three more that wait."""
    made = Scene()
    made.write(9)
    made.until_said()
    made.write(3)
    return made


@pytest.fixture
def whole(scene: Scene) -> Callable[[], None]:
    """Check in the end that one incarnation is there, whole and once."""

    def check() -> None:
        scene.until_said()
        assert scene.there().hashes == scene.host.chain.hashes
        assert numbers(scene.there().plains) == list(range(1, scene.written + 1))
        assert scene.counted() == {*range(1, scene.written + 1)}

    return check


def test_1_request_lost(scene: Scene, whole: Callable[[], None]) -> None:
    first = scene.ask()
    scene.lose()
    assert scene.ask() == first
    assert scene.hear(scene.answer(first)).code == "ok"
    assert scene.there().last == 13
    whole()


def test_2_and_19_answer_lost_after_the_commit(scene: Scene, whole: Callable[[], None]) -> None:
    data = scene.ask()
    assert scene.office.answer(data, crash=2) is None
    scene.lose()
    assert (scene.there().last, scene.host.state.acked) == (13, 10)
    again = scene.exchange()
    assert (again.code, again.cursor, scene.host.state.acked) == ("duplicate", 13, 13)
    whole()


def test_2_the_next_hello_shows_it_too(scene: Scene) -> None:
    scene.office.answer(scene.ask(), crash=2)
    scene.host.state, scene.host.flying = sending.begun(1), None
    assert scene.exchange().cursor == 13
    assert scene.host.state.acked == 13


def test_3_request_twice(scene: Scene, whole: Callable[[], None]) -> None:
    data = scene.ask()
    first, second = receipt(scene.answer(data)), receipt(scene.answer(data))
    assert (first.code, second.code) == ("ok", "duplicate")
    assert (first.cursor, first.hash, first.nonce) == (second.cursor, second.hash, second.nonce)
    scene.lose()
    whole()


def test_4_the_later_file_waits_for_the_earlier_one(scene: Scene, whole: Callable[[], None]) -> None:
    scene.write(9)
    files = []
    for _ in range(2):
        files.append(scene.ask())
        acked = scene.host.state.acked + LIMITS.records
        scene.host.state = sending.msgspec.structs.replace(scene.host.state, acked=acked)
        scene.host.flying = None
    early = receipt(scene.answer(files[1]))
    assert (early.code, early.cursor) == ("gap", 10)
    assert [receipt(scene.answer(file)).code for file in files] == ["ok", "ok"]
    whole()


def test_5_6_what_arrives_spoilt_changes_nothing(scene: Scene, whole: Callable[[], None]) -> None:
    data = scene.ask()
    for at in range(len(data)):
        assert isinstance(scene.office.answer(data[:at], 0), str)
        flipped = data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]
        assert isinstance(scene.office.answer(flipped, 0), str)
    assert scene.there().last == 10
    scene.host.hear(scene.asked, "bad-digest", scene.now, Calm(0))
    assert (scene.host.state.error, scene.host.state.failures) == ("bad-digest", 1)
    whole()


def test_6_an_answer_that_arrives_spoilt_moves_nothing(scene: Scene, whole: Callable[[], None]) -> None:
    answer = scene.answer(scene.ask())
    before, flying = scene.host.state.acked, scene.host.flying
    for at in range(len(answer)):
        flipped = answer[:at] + bytes([answer[at] ^ 4]) + answer[at + 1 :]
        scene.host.flying = flying
        scene.host.hear(scene.asked, flipped, scene.now, Calm(0))
        assert (scene.host.state.acked, scene.host.state.error) == (before, "bad-receipt")
    whole()


def test_7_an_old_batch_again(scene: Scene, whole: Callable[[], None]) -> None:
    old = scene.ask()
    scene.hear(scene.answer(old))
    scene.write(4)
    scene.until_said()
    before = scene.there().hashes[:]
    again = receipt(scene.answer(old))
    assert (again.code, again.cursor) == ("duplicate", 17)
    assert scene.there().hashes == before
    whole()


def test_an_old_answer_means_nothing_any_more(scene: Scene) -> None:
    old = scene.answer(scene.ask())
    scene.hear(old)
    scene.write(1)
    scene.ask()
    scene.hear(old)
    assert (scene.host.state.acked, scene.host.state.error) == (13, "bad-receipt")


def test_17_host_dies_before_it_writes_what_it_heard(scene: Scene, whole: Callable[[], None]) -> None:
    before = scene.host.state
    scene.exchange()
    scene.host.state, scene.host.flying = before, None
    assert scene.exchange().code == "duplicate"
    scene.host.state = before
    scene.write(2)
    assert scene.exchange().code == "ok"
    whole()


def test_18_head_office_dies_before_the_commit(scene: Scene, whole: Callable[[], None]) -> None:
    assert scene.office.answer(scene.ask(), crash=1) is None
    scene.lose()
    assert scene.there().last == 10
    whole()


def test_31_head_office_set_back(scene: Scene, whole: Callable[[], None]) -> None:
    scene.office.backup = scene.office.books.copy()
    scene.write(20)
    scene.until_said()
    before = scene.there().hashes[:]
    scene.office.books = scene.office.backup.copy()
    found = scene.exchange()
    assert (found.code, found.cursor, scene.host.state.acked) == ("ok", 10, 10)
    scene.until_said()
    assert scene.there().hashes == before
    whole()


def test_32_what_was_safe_and_is_not_any_more_is_an_alarm(scene: Scene) -> None:
    scene.office.backup = scene.office.books.copy()
    scene.until_said()
    scene.exchange()
    assert scene.host.state.safe == 10
    scene.office.books.chains[B, 1].safe = 4
    scene.exchange()
    assert (scene.host.state.safe, scene.host.state.error) == (10, "safe-fell")


def set_back(scene: Scene, since: int) -> None:
    """Set the host back to before its last entries, all of which head office holds."""
    backup = scene.host.copy()
    scene.write(since)
    scene.until_said()
    scene.host.set_back(backup)


def reopen(scene: Scene, people: int = 2, host: Host | None = None) -> None:
    (host or scene.host).reopen(scene.asked, people)


def test_33_branch_set_back(scene: Scene) -> None:
    scene.until_said()
    set_back(scene, 5)
    assert scene.exchange().cursor == 18
    assert scene.host.state.state == sending.BEHIND
    reopen(scene)
    scene.write(2)
    scene.until_said()
    assert (scene.there().state, scene.there(2).state, scene.office.books.living[B]) == ("closed", "open", 2)
    assert (scene.there(2).parent, scene.there(2).fork) == (1, 13)
    assert numbers(scene.there(2).plains) == [18, 19]
    assert scene.counted() == {*range(1, 20)}


@pytest.mark.parametrize("new", [2, 5, 11], ids=["34-fewer", "35-as-many", "35-more"])
def test_34_35_36_branch_set_back_and_written_to(scene: Scene, new: int) -> None:
    scene.until_said()
    set_back(scene, 5)
    scene.write(new)
    scene.until_said()
    assert scene.host.state.state == sending.FORKED
    assert scene.there().last == 18
    reopen(scene)
    scene.until_said()
    assert scene.there(2).hashes == scene.host.chain.hashes
    assert numbers(scene.there().plains)[-5:] == [13, 14, 15, 16, 17]
    assert numbers(scene.there(2).plains)[-new:] == [*range(18, 18 + new)]
    assert scene.counted() == {*range(1, 18 + new)}


def test_35_chained_again_with_the_same_records(scene: Scene) -> None:
    scene.until_said()
    set_back(scene, 5)
    scene.write(6)
    scene.until_said()
    own = scene.host.chain.plains[13:]
    reopen(scene)
    assert scene.host.chain.plains[-len(own) :] == own


def test_36_entries_below_the_lost_tail_that_were_never_sent(scene: Scene) -> None:
    backup = scene.host.copy()
    scene.until_said()
    scene.host.set_back(backup)
    scene.write(1)
    scene.until_said()
    reopen(scene)
    scene.until_said()
    assert scene.counted() == {*range(1, 14)}


def test_37_two_hosts_from_one_image(scene: Scene) -> None:
    scene.until_said()
    clone = scene.host.copy()
    scene.write(4)
    scene.write(6, clone)
    scene.until_said()
    scene.until_said(clone)
    assert clone.state.state == sending.FORKED
    reopen(scene, host=clone)
    scene.until_said(clone)
    scene.write(1)
    assert scene.until_said().code == "closed"
    reopen(scene)
    scene.until_said()
    assert scene.host.state.state == sending.FORKED, "both took the same number"
    reopen(scene)
    assert scene.until_said().code == "contested"
    assert scene.until_said(clone).code == "contested"
    ours = scene.host.state.incarnation
    scene.office.books.settle(B, ours)
    scene.until_said()
    assert scene.there(ours).hashes == scene.host.chain.hashes
    assert scene.until_said(clone).code == "closed"
    assert scene.counted() == {*range(1, scene.written + 1)}
    assert scene.counted() >= clone.records()


def test_36_an_opening_that_nobody_signed_waits_for_people_at_head_office(scene: Scene) -> None:
    scene.until_said()
    set_back(scene, 3)
    scene.exchange()
    reopen(scene, people=1)
    assert scene.until_said().code == "contested"
    assert (scene.there().state, scene.there(2).last) == ("open", 0)
    scene.office.books.settle(B, 2)
    scene.until_said()
    assert scene.there(2).last == scene.host.chain.last


def test_31_head_office_set_back_to_before_the_fork_gets_that_first(scene: Scene) -> None:
    scene.office.backup = scene.office.books.copy()
    scene.write(12)
    scene.until_said()
    set_back(scene, 3)
    scene.write(4)
    for _ in range(3):
        scene.until_said()
        if scene.host.state.state in sending.STOPPED:
            reopen(scene)
    ours = scene.host.state.incarnation
    fork = scene.there(ours).fork
    scene.office.books = scene.office.backup.copy()
    assert (scene.there().last, fork) == (10, 25)
    scene.until_said()
    assert scene.there().last == fork
    assert scene.there(ours).hashes == scene.host.chain.hashes
    assert scene.counted() >= scene.host.records()


def test_31_head_office_knows_no_incarnation_of_the_line_any_more(scene: Scene) -> None:
    empty = Office([B], blind=False).books
    for _ in range(2):
        scene.until_said()
        set_back(scene, 2)
        scene.until_said()
        reopen(scene)
    scene.until_said()
    assert scene.host.state.incarnation == 3
    scene.office.books = empty
    scene.until_said()
    assert scene.there(3).hashes == scene.host.chain.hashes
    assert (scene.there(2).last, scene.there(1).last) == (scene.there(3).fork, scene.there(2).fork)
