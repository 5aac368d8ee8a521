"""Head office's decision: the order of its rules, and what a batch may not say."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from histories.storage import (
    FOUNDERS,
    STORE,
    Books,
    Chain,
    first_chain,
    founding,
    genuine,
    record,
)
from tellertui.core.enc import enc
from tellertui.store.events import FOUNDING, StoreFounded
from tellertui.store.journal import decode_plain, root
from tellertui.sync.batches import BadBatch
from tellertui.sync.landing import CLOSED, CONTESTED, OPEN, Verdict, judge_batch, judge_hello
from tellertui.sync.wire import Header, Hello
from tellertui.vault.parties import SigningKey

B = "b0"


def line(entries: int = 40) -> Chain:
    """Return a branch's first incarnation."""
    chain = first_chain(B)
    chain.add([founding(B, 1, 0, 0, b"", 0, 2), *map(record, range(1, entries))])
    return chain


def other(shared: int, entries: int = 40) -> Chain:
    """Return a chain that is the same up to an entry."""
    chain = line(shared)
    chain.add(map(record, range(1_000, 1_000 + entries - shared)))
    return chain


LINE = line()


def header(chain: Chain, first: int, last: int, **changed: Any) -> tuple[Header, list[bytes]]:
    values: dict[str, Any] = {
        "incarnation": chain.incarnation,
        "parent": chain.parent,
        "fork": chain.fork,
        "previous": chain.hashes[first - 1],
        "hash": chain.hashes[last],
        "store": STORE.bytes,
    }
    rest = {"sealed": b"", "ingest": b"", "pack": 1, "build": "", "length": 1, "envelope": b""}
    return Header(B, first=first, last=last, **rest, **{**values, **changed}), chain.plains[first - 1 : last]


def judge(books: Books, chain: Chain, first: int, last: int, **changed: Any) -> Verdict:
    head, plains = header(chain, first, last, **changed)
    return judge_batch(books, head, plains, [b"%d" % seq for seq in range(first, last + 1)], genuine)


def land(books: Books, chain: Chain, first: int, last: int) -> Verdict:
    verdict = judge(books, chain, first, last)
    books.take(header(chain, first, last)[0], verdict)
    return verdict


def hello(books: Books, chain: Chain, seq: int) -> Verdict:
    said = Hello(B, STORE.bytes, chain.incarnation, seq, chain.hashes[seq], 0, b"", 0, 1, "")
    return judge_hello(books, said)


@pytest.fixture
def books() -> Books:
    """Head office holds the first 20 entries, in batches of five."""
    made = Books([B], blind=False)
    for first in range(1, 20, 5):
        land(made, LINE, first, first + 4)
    return made


def test_the_next_batch_lands_as_it_is(books: Books) -> None:
    verdict = judge(books, LINE, 21, 25)
    assert verdict.code == "ok"
    landing = verdict.landing
    assert landing is not None
    assert (landing.first, landing.previous) == (21, LINE.hashes[20])
    assert (landing.plains, landing.sealed[0]) == (LINE.plains[20:25], b"21")


@given(
    cursor=st.integers(1, 40), first=st.integers(1, 40), length=st.integers(1, 40), shared=st.integers(1, 40)
)
def test_the_chain_decides(cursor: int, first: int, length: int, shared: int) -> None:
    books = Books([B], blind=False)
    land(books, LINE, 1, cursor)
    chain = other(shared)
    last = min(40, first + length - 1)
    verdict = judge(books, chain, first, last)
    if first > cursor + 1:
        assert verdict.code == "gap"
    elif shared < min(last, cursor):
        assert verdict.code == "fork"
    elif last <= cursor:
        assert verdict.code == "duplicate"
    else:
        assert verdict.code == "ok"
        landing = verdict.landing
        assert landing is not None
        assert (landing.first, landing.plains) == (cursor + 1, chain.plains[cursor:last])
        assert len(landing.sealed) == len(landing.plains)
    assert (verdict.landing is not None) == (verdict.code == "ok")


@given(cursor=st.integers(0, 40), seq=st.integers(0, 40), shared=st.integers(1, 40))
def test_a_hello_tells_both_where_they_stand(cursor: int, seq: int, shared: int) -> None:
    books = Books([B], blind=False)
    if cursor:
        land(books, LINE, 1, cursor)
    verdict = hello(books, other(shared), seq)
    assert verdict.known is not None
    assert verdict.known.cursor == cursor
    assert verdict.code == ("fork" if shared < seq <= cursor else "ok")
    if verdict.code == "ok" and seq < cursor:
        assert verdict.marks == ((seq, LINE.hashes[seq]),)


def test_marks_are_ends_of_batches_and_the_first_entry(books: Books) -> None:
    verdict = hello(books, other(12), 18)
    assert verdict.code == "fork"
    assert [seq for seq, _ in verdict.marks] == [20, 15, 10, 5, 1]
    assert all(LINE.hashes[seq] == value for seq, value in verdict.marks)


def test_values_that_do_not_follow_from_the_entries(books: Books) -> None:
    head, plains = header(LINE, 21, 25)
    with pytest.raises(BadBatch, match="bad-chain"):
        judge_batch(books, head, [*plains[:4], b"else"], [b""] * 5, genuine)


@pytest.mark.parametrize("state", [CLOSED, CONTESTED])
def test_nothing_lands_where_people_have_to_decide(books: Books, state: str) -> None:
    books.chains[B, 1].state = state
    for verdict in (judge(books, LINE, 21, 25), judge(books, LINE, 1, 5), hello(books, LINE, 20)):
        assert (verdict.code, verdict.landing, verdict.marks[0][0]) == (state, None, 20)


class TestOpening:
    def test_it_grows_out_of_its_parent(self, books: Books) -> None:
        verdict = land(books, grown(k=12), 1, 4)
        assert (verdict.code, verdict.opening and verdict.opening.state) == ("ok", OPEN)
        assert (books.living[B], books.chains[B, 1].state, books.chains[B, 2].last) == (2, CLOSED, 4)
        assert land(books, grown(k=12), 3, 8).code == "ok"

    def test_its_first_batch_comes_first(self, books: Books) -> None:
        verdict = judge(books, grown(k=12), 2, 4)
        assert (verdict.code, verdict.known and verdict.known.incarnation) == ("gap", 2)
        assert hello(books, grown(k=12), 3).code == "ok"

    def test_what_it_stands_on_comes_before_it(self, books: Books) -> None:
        verdict = judge(books, grown(k=30), 1, 4)
        assert verdict.known is not None
        assert (verdict.code, verdict.known.incarnation, verdict.known.cursor) == ("gap", 1, 20)
        chain = grown(k=2, number=7, parent=6, hash_k=b"held nowhere")
        verdict = judge(books, chain, 1, 4)
        assert verdict.known is not None
        assert (verdict.code, verdict.known.incarnation, verdict.known.cursor) == ("gap", 6, 0)

    def test_it_stands_on_another_chain(self, books: Books) -> None:
        verdict = judge(books, grown(k=12, hash_k=other(5).hashes[12]), 1, 4)
        assert (verdict.code, verdict.known and verdict.known.incarnation) == ("fork", 1)
        assert verdict.marks

    def test_37_a_sibling_is_contested(self, books: Books) -> None:
        land(books, grown(k=12), 1, 4)
        verdict = land(books, grown(k=15, number=3), 1, 4)
        assert (verdict.code, verdict.landing) == (CONTESTED, None)
        assert (books.chains[B, 2].state, books.chains[B, 3].state) == (CONTESTED, CONTESTED)
        assert hello(books, grown(k=12), 4).code == CONTESTED

    @pytest.mark.parametrize("people", [0, 1])
    def test_without_two_signatures_people_at_head_office_decide(self, books: Books, people: int) -> None:
        verdict = judge(books, grown(k=12, people=people), 1, 4)
        assert (verdict.code, verdict.landing) == (CONTESTED, None)

    @pytest.mark.parametrize(
        ("signs", "expected"), [((0, 1), "ok"), ((0, 0), CONTESTED), ((0, 2), CONTESTED)]
    )
    def test_two_different_founders_really_signed(self, signs: tuple[int, int], expected: str) -> None:
        people = [SigningKey.generate() for _ in range(3)]
        founders = tuple(key.public for key in people[:2])
        books = Books([B], blind=False)
        first = books.chains[B, 1]
        first.hashes[0] = root(B, 1, 0, 0, b"", list(founders))
        first.add([record(1)])
        fact = StoreFounded(STORE, B, "test", "desk", 2, 1, 1, first.hashes[1], founders, b"")
        signatures = [
            ("founding", people[one].public, people[one].sign(FOUNDING, enc(fact))) for one in signs
        ]
        entry = decode_plain(founding(B, 2, 1, 1, first.hashes[1], 0, 2))
        facts = msgspec.Raw(enc(fact)[1:])
        chain = Chain(2, 1, 1, root(B, 2, 1, 1, first.hashes[1], list(founders)))
        chain.add([enc(msgspec.structs.replace(entry, facts=facts, signatures=signatures))[1:]])
        head, plains = header(chain, 1, 1)
        assert judge_batch(books, head, plains, [b""]).code == expected

    def test_other_founders(self, books: Books) -> None:
        books.chains[B, 1].hashes[0] = root(B, 1, 0, 0, b"", [b"others"])
        with pytest.raises(BadBatch, match="bad-opening"):
            judge(books, grown(k=12), 1, 4)

    @pytest.mark.parametrize(
        "changed", [{"parent": 0}, {"fork": 11}, {"store": b"else"}, {"incarnation": 3}, {"branch": "b1"}]
    )
    def test_header_and_first_entry_say_the_same(self, changed: dict[str, Any]) -> None:
        both = Books([B, "b1"], blind=False)
        land(both, LINE, 1, 20)
        head, plains = header(grown(k=12), 1, 4)
        head = Header(**{**{name: getattr(head, name) for name in head.__struct_fields__}, **changed})
        with pytest.raises(BadBatch, match="bad-opening"):
            judge_batch(both, head, plains, [b""] * 4, genuine)

    @pytest.mark.parametrize("plain", [record(1), b"", b"\xa1\xff", LINE.plains[0]])
    def test_its_first_entry_is_its_founding(self, books: Books, plain: bytes) -> None:
        chain = Chain(2, 1, 12, root(B, 2, 1, 12, LINE.hashes[12], list(FOUNDERS)))
        chain.add([plain])
        with pytest.raises(BadBatch, match="bad-opening"):
            judge(books, chain, 1, 1)

    def test_a_second_first_incarnation(self, books: Books) -> None:
        del books.chains[B, 1]
        books.chains[B, 2], books.living[B] = grown(k=12), 2
        with pytest.raises(BadBatch, match="bad-opening"):
            judge(books, LINE, 1, 4)

    def test_entries_that_do_not_give_its_value(self, books: Books) -> None:
        head, plains = header(grown(k=12), 1, 4)
        with pytest.raises(BadBatch, match="bad-chain"):
            judge_batch(books, head, [*plains[:3], b"else"], [b""] * 4, genuine)


def grown(k: int, number: int = 2, parent: int = 1, hash_k: bytes | None = None, people: int = 2) -> Chain:
    """Return an incarnation that grew out of the first one."""
    value = LINE.hashes[k] if hash_k is None else hash_k
    chain = Chain(number, parent, k, root(B, number, parent, k, value, list(FOUNDERS)))
    chain.add([founding(B, number, parent, k, value, 0, people), *map(record, range(500, 510))])
    return chain
