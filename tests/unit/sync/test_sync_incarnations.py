"""What a new incarnation stands on, and what is chained again."""

import pytest

from histories.storage import FOUNDERS, Chain, Held, first_chain, founding, numbers, record
from tellertui.store.journal import root
from tellertui.sync import sending
from tellertui.sync.incarnations import TAKEN, Ground, after, following, ground
from tellertui.sync.sending import SyncState


def line(entries: int = 40) -> Held:
    """Return the second incarnation of a branch, which grew out of 1/30."""
    first = first_chain("b0")
    first.add([founding("b0", 1, 0, 0, b"", 0, 2), *map(record, range(2, entries + 1))])
    value = first.hashes[30]
    second = Chain(2, 1, 30, root("b0", 2, 1, 30, value, list(FOUNDERS)))
    second.add([founding("b0", 2, 1, 30, value, 0, 2), *map(record, range(102, 102 + entries))])
    return Held({1: first, 2: second}, 2, entries + 1, blind=False)


def told(tail: Held, of: int, *seqs: int) -> SyncState:
    """Return the state of a branch that was told so much of head office's chain."""
    at: sending.Tail | None = tail
    while at is not None and at.head().incarnation != of:
        at = at.parent()
    marks = tuple((seq, (at and at.hash_at(seq)) or b"other") for seq in seqs)
    return SyncState(incarnation=2, state=sending.FORKED, told=((99, b"other"), *marks), told_of=of)


def test_the_newest_mark_that_both_share() -> None:
    tail = line()
    assert ground(told(tail, 2, 20, 10, 1), tail) == Ground(2, 20, tail.hash_at(20) or b"")
    assert ground(told(tail, 1, 50, 20), tail)[:2] == (1, 20)


def test_beyond_the_fork_nothing_of_the_parent_is_ours() -> None:
    tail = line()
    assert ground(told(tail, 1, 35, 25), tail)[:2] == (1, 25)


def test_a_sibling_under_the_same_number_shares_nothing() -> None:
    tail = line()
    parent = tail.parent()
    assert parent is not None
    assert ground(told(tail, 2), tail) == Ground(1, 30, parent.head().hash)
    assert ground(told(tail, 9), tail) == Ground(1, 30, parent.head().hash)


def test_a_first_incarnation_that_shares_nothing_stands_on_its_root() -> None:
    tail = line()
    assert ground(told(tail, 1), tail)[:2] == (1, 0)
    found = ground(told(tail, 1), tail)
    assert numbers(plain for plain, _ in after(tail, found)) == [*range(2, 31), *range(102, 142)]


@pytest.mark.parametrize("of", [1, 2, 5])
def test_the_number_is_above_all_that_are_known(of: int) -> None:
    tail = line()
    assert following(told(tail, of), tail) == max(of, 2) + 1


def test_everything_after_the_ground_is_chained_again_in_order_without_foundings() -> None:
    tail = line(3 * TAKEN)
    found = ground(told(tail, 1, 20), tail)
    again = [plain for plain, _ in after(tail, found)]
    assert len(again) == 10 + 3 * TAKEN
    assert numbers(again) == [*range(21, 31), *range(102, 102 + 3 * TAKEN)]


def test_a_ground_elsewhere() -> None:
    with pytest.raises(ValueError, match="not of this line"):
        list(after(line(), Ground(7, 1, b"")))
