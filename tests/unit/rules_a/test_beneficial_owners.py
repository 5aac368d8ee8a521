"""R-OR-05: beneficial owners through chains of holdings, filing, the register."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.core.tables import OutOfTable, table
from tellertui.workflows.accounts.rules import owners
from tellertui.workflows.accounts.rules.owners import Owner, Stake, percent

RULES = table("organisations")
ON = date(2026, 11, 23)


def stakes(text: str) -> list[Stake]:
    found = []
    for word in text.split():
        names, share = word.split(":")
        holder, held = names.split(">")
        found.append(Stake(holder, held, percent(share)))
    return found


def found(text: str, persons: str = "ABC", **more: object) -> list[Owner]:
    return owners.beneficial_owners("T", stakes(text), set(persons), ON, RULES, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A>T:25.00", {"A": "25"}),
        ("A>T:24.99", {}),
        ("A>H:60 H>T:45", {"A": "27"}),
        ("A>H:60 H>T:41", {}),
        ("A>H:60 H>T:41 A>T:0.4", {"A": "25"}),
        ("A>T:50 B>T:30 C>T:20", {"A": "50", "B": "30"}),
        ("A>G:100 G>H:100 H>T:100", {"A": "100"}),
        ("A>H:50 H>T:30 A>J:50 J>T:30", {"A": "30"}),
        ("H>T:100", {}),
        ("", {}),
    ],
)
def test_chains(text: str, expected: dict[str, str]) -> None:
    assert {owner.person: owner.share for owner in found(text)} == {
        person: percent(share) for person, share in expected.items()
    }


def test_circular_holdings_are_exact() -> None:
    shares = owners.effective_shares("T", stakes("P>T:50 P>H:50 T>H:50 H>T:50"))
    assert shares == {"H": Fraction(2, 3), "P": Fraction(1)}


@pytest.mark.parametrize("text", ["A>T:60 B>T:50", "H>G:100 G>H:100 H>T:0 A>T:1"])
def test_contradictions_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"more than the whole|each other completely"):
        owners.effective_shares("T", stakes(text))


@pytest.mark.parametrize("text", ["-1", "100.01", "x", ""])
def test_percentages(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        percent(text)


def test_income_or_votes_come_after_equity() -> None:
    votes = Stake("B", "T", percent("25"), "votes")
    income = Stake("C", "T", percent("25"), "income")
    few = owners.beneficial_owners("T", [*stakes("A>T:24.99"), votes, income], set("ABC"), ON, RULES)
    assert {(owner.person, owner.test) for owner in few} == {("B", "votes"), ("C", "income")}
    enough = owners.beneficial_owners("T", [*stakes("A>T:25"), votes, income], set("ABC"), ON, RULES)
    assert [(owner.person, owner.test) for owner in enough] == [("A", "equity")]


def test_votes_follow_equity_in_parties_without_an_agreement() -> None:
    votes = Stake("H", "T", percent("60"), "votes")
    [owner] = owners.beneficial_owners("T", [*stakes("A>H:50 H>T:10"), votes], {"A"}, ON, RULES)
    assert (owner.person, owner.share, owner.test) == ("A", percent("30"), "votes")


def test_control_comes_last() -> None:
    assert found("A>T:24.99", control={"B", "H"}) == [Owner("B", Fraction(0), "control")]
    assert [owner.person for owner in found("A>T:25", control={"B"})] == ["A"]


def test_who_acts_together_counts_as_one() -> None:
    together = [{"A", "B"}]
    assert [owner.person for owner in found("A>T:15 B>T:10 C>T:24", together=together)] == ["A", "B"]
    assert found("A>T:14.99 B>T:10 C>T:24", together=together) == []


def test_the_verdict_names_count_and_test() -> None:
    verdict = owners.check_owners(found("A>T:50 B>T:50"), ON, RULES)
    assert verdict.text() == "2 beneficial owner(s) by equity."
    assert owners.check_owners([], ON, RULES).verdict == "unknown"


def test_before_the_rule() -> None:
    with pytest.raises(OutOfTable):
        owners.beneficial_owners("T", [], set(), date(2024, 10, 31), RULES)


@given(
    st.lists(st.integers(0, 100), min_size=2, max_size=6).filter(lambda parts: sum(parts) > 0),
    st.integers(0, 100),
)
def test_shares_of_persons_add_up_to_the_whole(parts: list[int], direct: int) -> None:
    """Persons hold all of H, H and one person hold all of T: what persons have in T is everything."""
    whole = sum(parts)
    holdings = [Stake(f"P{n}", "H", Fraction(part, whole)) for n, part in enumerate(parts)]
    holdings += [Stake("P0", "T", Fraction(direct, 100)), Stake("H", "T", Fraction(100 - direct, 100))]
    shares = owners.effective_shares("T", holdings)
    assert sum(share for party, share in shares.items() if party != "H") == 1
    assert all(0 <= share <= 1 for share in shares.values())


@pytest.mark.parametrize(
    ("form", "capital", "natural", "filed", "founded", "on", "reason", "severity"),
    [
        ("sole-trader", 1, True, False, ON, ON, owners.NO_FILING, "info"),
        ("company", 10_000_000_00, True, True, ON, ON, owners.PLEDGE, "info"),
        ("company", 10_000_000_00, True, False, ON, ON, owners.PLEDGE, "block"),
        ("company", 10_000_000_01, True, False, ON, ON, owners.FILING, "block"),
        ("company", 1, False, False, ON, ON, owners.FILING, "block"),
        ("company", 1, False, False, date(2024, 10, 31), date(2025, 11, 30), owners.FILING, "warn"),
        ("company", 1, False, False, date(2024, 10, 31), date(2025, 12, 1), owners.FILING, "block"),
        ("company", 1, False, False, date(2024, 11, 1), date(2025, 11, 30), owners.FILING, "block"),
    ],
)
def test_filing(
    form: str, capital: int, natural: bool, filed: bool, founded: date, on: date, reason: str, severity: str
) -> None:
    verdict = owners.check_filing(
        form, capital, on, RULES, natural_holders=natural, filed=filed, founded=founded
    )
    assert (verdict.reason, verdict.severity) == (reason, severity)


def test_the_register_is_compared() -> None:
    assert owners.check_register({"A"}, {"A"}, ON, RULES).passed
    verdict = owners.check_register({"A", "B"}, {"A", "C", "D"}, ON, RULES)
    assert (verdict.severity, verdict.facts) == ("warn", {"missing": 1, "extra": 2})
    assert verdict.text().startswith("The register differs: 1 missing there, 2 only there")
