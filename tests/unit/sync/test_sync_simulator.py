"""Seeded histories of the protocol (sync.md §3.6, G-15): nothing is lost while the chain decides.

``TELLERTUI_HISTORIES=100000`` runs more. A failure names its seed: ``history(SEED, chain_check=…)``.
"""

import os
from collections import Counter
from collections.abc import Iterator

import pytest

from histories import Violation, history

HISTORIES = int(os.environ.get("TELLERTUI_HISTORIES", "5000"))
PARTS = 10


@pytest.mark.parametrize("part", range(PARTS))
def test_no_history_loses_or_doubles_anything(part: int) -> None:
    met: Counter[str] = Counter()
    for seed in range(part, HISTORIES, PARTS):
        met.update(vars(history(seed)))
    assert all(met.values()), f"these histories were too tame to prove anything: {met}"


def test_the_same_histories_lose_entries_where_only_numbers_are_compared() -> None:
    lost = [what for what in violations(range(500), chain_check=False) if "has lost" in what]
    assert len(lost) >= 20


def test_a_failure_names_the_call_that_makes_it_again() -> None:
    first = next(violations(range(500), chain_check=False))
    call, _, what = first.partition(": ")
    assert call.startswith("history(")
    seed = int(call.removeprefix("history(").partition(",")[0])
    with pytest.raises(Violation) as again:
        history(seed, chain_check=False)
    assert str(again.value) == first
    assert again.value.seed == seed
    assert what


def test_a_seed_makes_one_history() -> None:
    assert history(11) == history(11)
    assert history(11) != history(12)


def violations(seeds: range, *, chain_check: bool) -> Iterator[str]:
    for seed in seeds:
        try:
            history(seed, chain_check=chain_check)
        except Violation as violation:
            yield str(violation)
