"""R-DR-01 to R-DR-03: prize draws."""

import json
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.core.refusal import Refusal
from tellertui.workflows.care.rules.draw import (
    commitment,
    file_kept_until,
    hash_of_list,
    prize_allowed,
    publication,
    read_draw,
    verify,
    winners,
)

TODAY = date(2026, 11, 23)
SEEDS = [bytes(range(32)), bytes(range(32, 64))]
ENTRIES = ["C0001:1", "C0002:3", "C0003:6"]
LIST = "6f9a59dc83f2f036e317fa6482d9271e553091b86aea1b05298eaaa7a383c3b0"
FILE = {
    "commitments": [commitment(seed) for seed in SEEDS],
    "seeds": [seed.hex() for seed in SEEDS],
    "entries": ENTRIES,
    "list_hash": LIST,
    "prizes": 2,
    "winners": ["C0003", "C0002"],
}


def verdict(**changes: Any) -> Any:
    return verify(read_draw(json.dumps({**FILE, **changes}).encode()))


def test_the_vector() -> None:
    assert commitment(SEEDS[0]).startswith("630dcd29")
    assert commitment(SEEDS[0]).endswith("10dd")
    assert commitment(SEEDS[1]).startswith("72dbb733")
    assert commitment(SEEDS[1]).endswith("9084")
    assert hash_of_list(ENTRIES) == LIST
    assert winners(SEEDS, ENTRIES, 2) == ["C0003", "C0002"]


def test_a_true_draw_is_verified() -> None:
    assert verdict().verified
    assert verdict(list_hash=None, prizes=None).verified
    assert verdict(commitments=[text.upper() for text in FILE["commitments"]]).verified
    assert verdict(entries=list(reversed(ENTRIES))).verified, "the list is sorted before it is hashed"


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"winners": ["C0002", "C0003"]}, ["winner", "winner"]),
        ({"winners": ["C0003", "C0001"]}, ["winner"]),
        ({"winners": ["C0003"]}, ["winner"]),
        ({"winners": ["C0003", "C0002", "C0009"]}, ["winner"]),
        ({"commitments": [commitment(SEEDS[0]), "0" * 64]}, ["commitment"]),
        ({"list_hash": "0" * 64}, ["list"]),
        ({"entries": [*ENTRIES, "C0004:1"]}, ["list", "winner"]),
        ({"entries": ["C0001:1", "C0002:3", "C0003:5"]}, ["list", "winner"]),
    ],
)
def test_every_change_is_found(changes: dict[str, Any], what: list[str]) -> None:
    found = verdict(**changes)
    assert not found.verified
    assert {each.what for each in found.mismatches} >= {what[0]}
    assert {each.what for each in found.mismatches} <= {"list", "winner", "commitment"}


def test_swapped_seeds_are_another_draw() -> None:
    entries = [f"C{n:04d}:1" for n in range(1000)]
    assert winners(SEEDS, entries, 5) != winners(list(reversed(SEEDS)), entries, 5)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"commitments": [1], "seeds": [], "entries": [], "winners": []}',
        *(
            json.dumps({**FILE, **changes}).encode()
            for changes in (
                {"seeds": ["zz", "00"]},
                {"seeds": ["00", "01"]},
                {"seeds": [SEEDS[0].hex()], "commitments": [commitment(SEEDS[0])]},
                {"commitments": []},
                {"entries": []},
                {"entries": ["C0001"]},
                {"entries": [":1"]},
                {"entries": ["C0001:0"]},
                {"entries": ["C0001:-1"]},
                {"entries": ["C0001:1.5"]},
                {"entries": ["C0001:１"]},
                {"entries": ["C0001:99999999999"]},
                {"entries": ["C0001:1\nC0002:3"]},
                {"entries": ["C0001:1", "C0001:1"]},
                {"entries": ["C0001:1", "C0001:2"]},
            )
        ),
    ],
)
def test_files_that_cannot_be_used(text: bytes) -> None:
    with pytest.raises(Refusal, match="bad-draw") as refused:
        verify(read_draw(text))
    assert refused.value.kind.exit_code == 2
    assert "C0001" not in refused.value.text()


@given(
    st.lists(st.binary(min_size=16, max_size=32), min_size=2, max_size=3),
    st.dictionaries(st.text("ABC019", min_size=1, max_size=5), st.integers(1, 9), min_size=1, max_size=12),
    st.integers(0, 15),
)
def test_nobody_wins_twice_and_the_order_of_the_list_does_not_matter(
    seeds: list[bytes], weights: dict[str, int], prizes: int
) -> None:
    entries = [f"{name}:{weight}" for name, weight in weights.items()]
    won = winners(seeds, entries, prizes)
    assert len(won) == len(set(won)) == min(prizes, len(entries))
    assert set(won) <= set(weights)
    assert winners(seeds, list(reversed(entries)), prizes) == won


def test_weights_weigh() -> None:
    counts = {"A": 0, "B": 0}
    for n in range(2000):
        seeds = [n.to_bytes(16, "big"), bytes(16)]
        counts[winners(seeds, ["A:1", "B:3"], 1)[0]] += 1
    assert 400 < counts["A"] < 600


def test_prizes_are_capped() -> None:
    assert prize_allowed(50_000_00, TODAY).passed
    found = prize_allowed(50_000_01, TODAY)
    assert (found.verdict, found.severity, found.rule) == ("invalid", "block", "R-DR-01")
    assert "50000.00" in found.text()


def test_what_must_be_published() -> None:
    names = ["kinds", "conditions", "way", "time", "amounts", "quantity-or-odds", "redemption", "organiser"]
    texts = dict.fromkeys(names, "words")
    assert publication(texts, TODAY).passed
    assert publication({**texts, "time": "  "}, TODAY).text() == "Not yet published: time."
    assert publication({}, TODAY).facts["missing"] == ", ".join(names)
    assert file_kept_until(date(2024, 2, 29)) == date(2026, 2, 28)


def test_mismatches_are_plain() -> None:
    found = verdict(winners=["C0003", "C0001"])
    assert msgspec.to_builtins(found)["mismatches"] == [
        {"what": "winner", "n": 1, "given": "C0001", "recomputed": "C0002"}
    ]
