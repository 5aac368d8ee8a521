"""R-PT-01 to R-PT-05: the points ledger."""

from datetime import date, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tellertui.core.refusal import Refusal
from tellertui.workflows.care.rules.points import Allocation, Expiry, Ledger, Policy, Spend, Totals, policy


def day(text: str) -> date:
    return date.fromisoformat(text)


START = day("2026-01-01")
GRANTED = (
    Ledger()
    .grant("L1", 100, START, day("2026-06-30"))
    .grant("L2", 50, START, day("2026-03-31"))
    .grant("L3", 200, START, day("2027-06-30"))
)


def test_the_worked_example() -> None:
    spent = GRANTED.spend("S1", 120, day("2026-03-01"))
    assert spent.entries[-1] == Spend(
        "S1", 120, day("2026-03-01"), (Allocation("L2", 50), Allocation("L1", 70))
    )
    assert spent.balance == 230
    back = spent.reverse("R1", "S1", day("2026-03-01"))
    assert back.balance == 350
    again = back.spend("S2", 30, day("2026-03-02"))
    assert (again.balance, again.left()["L2"]) == (320, 20)
    expired = again.expire(day("2026-04-01"))
    assert expired.entries[-1] == Expiry("L2", 20, day("2026-04-01"))
    assert expired.balance == 300
    more = expired.spend("S3", 150, day("2026-05-01"))
    assert more.balance == 150
    assert more.left() == {"L1": 0, "L2": 0, "L3": 150}
    last = more.expire(day("2026-07-01"))
    assert last == more, "nothing is left to expire"
    assert last.totals(day("2026-07-01")) == Totals(spendable=150, earned=350, spent=180)


def test_equal_expiry_goes_by_id() -> None:
    ledger = Ledger()
    for name in ("G2", "G1"):
        ledger = ledger.grant(name, 10, START, day("2026-12-31"))
    assert ledger.allocate(15, START) == (Allocation("G1", 10), Allocation("G2", 5))


def test_a_grant_holds_on_its_last_day_and_not_after() -> None:
    assert GRANTED.spend("S", 350, day("2026-03-31")).balance == 0
    with pytest.raises(Refusal, match="points-short") as refused:
        GRANTED.spend("S", 301, day("2026-04-01"))
    assert refused.value.facts == {"needed": 301, "spendable": 300}


def test_locked_points_are_not_spendable_yet() -> None:
    ledger = Ledger().grant("G", 10, START, day("2026-12-31"), lock_days=7)
    assert ledger.totals(day("2026-01-07")).spendable == 0
    assert ledger.totals(day("2026-01-08")).spendable == 10
    assert ledger.balance == 10


def test_a_reversal_into_an_expired_grant_expires_at_once() -> None:
    ledger = Ledger().grant("G", 50, START, day("2026-03-31")).spend("S", 30, day("2026-03-01"))
    ledger = ledger.expire(day("2026-04-01")).reverse("R", "S", day("2026-04-02"))
    assert ledger.entries[-1] == Expiry("G", 30, day("2026-04-02"))
    assert (ledger.balance, ledger.totals(day("2026-04-02")).spent) == (0, 0)


def test_replays_change_nothing_and_other_facts_under_an_id_are_refused() -> None:
    ledger = GRANTED.spend("S1", 120, day("2026-03-01")).reverse("R1", "S1", day("2026-03-02"))
    assert ledger.grant("L1", 100, START, day("2026-06-30")) is ledger
    assert ledger.spend("S1", 120, day("2026-03-01")) is ledger
    assert ledger.reverse("R1", "S1", day("2026-03-02")) is ledger
    for change in (
        lambda: ledger.grant("L1", 101, START, day("2026-06-30")),
        lambda: ledger.grant("S1", 100, START, day("2026-06-30")),
        lambda: ledger.spend("S1", 121, day("2026-03-01")),
        lambda: ledger.spend("L1", 120, day("2026-03-01")),
        lambda: ledger.reverse("R1", "S1", day("2026-03-03")),
        lambda: ledger.reverse("S1", "S1", day("2026-03-02")),
    ):
        with pytest.raises(Refusal, match="points-id-used"):
            change()


def test_what_cannot_be_reversed() -> None:
    ledger = GRANTED.spend("S1", 120, day("2026-03-01")).reverse("R1", "S1", day("2026-03-02"))
    for spend in ("S1", "L1", "R1", "S9"):
        with pytest.raises(Refusal, match="no-spend"):
            ledger.reverse("R2", spend, day("2026-03-03"))


def test_points_that_are_none() -> None:
    for points, expires in [(0, "2026-06-30"), (-5, "2026-06-30"), (5, "2025-12-31")]:
        with pytest.raises(Refusal, match="bad-points"):
            Ledger().grant("G", points, START, day(expires))
    for points in (0, -5):
        with pytest.raises(Refusal, match="bad-points"):
            GRANTED.spend("S", points, START)


def test_tiers() -> None:
    shipped = policy(START)
    assert [shipped.tier(points) for points in (0, 9_999, 10_000, 50_000, 10**9)] == [
        *("basic", "basic", "silver"),
        *("gold", "platinum"),
    ]
    assert shipped.tier_now("gold", "basic", START, day("2030-01-01")) == "gold"


def test_downgrade_modes() -> None:
    tiers = [(0, "basic"), (10, "silver")]
    automatic = Policy(0, "automatic", 0, tiers)
    later = Policy(0, "after-days", 30, tiers)
    assert automatic.tier_now("silver", "basic", None, START) == "basic"
    assert later.tier_now("silver", "basic", START, START + timedelta(29)) == "silver"
    assert later.tier_now("silver", "basic", START, START + timedelta(30)) == "basic"
    assert later.tier_now("silver", "basic", None, START) == "silver"
    assert later.tier_now("basic", "silver", None, START) == "silver"


class Life(RuleBasedStateMachine):
    """Any order of operations keeps the books."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger()
        self.today = START
        self.made = 0
        self.spends: list[str] = []

    def _id(self, prefix: str) -> str:
        self.made += 1
        return f"{prefix}{self.made}"

    @rule(points=st.integers(1, 100), life=st.integers(0, 60), lock=st.integers(0, 5))
    def grant(self, points: int, life: int, lock: int) -> None:
        expires = self.today + timedelta(days=max(life, lock))
        self.ledger = self.ledger.grant(self._id("G"), points, self.today, expires, lock)

    @rule(points=st.integers(1, 150))
    def spend(self, points: int) -> None:
        spendable = self.ledger.totals(self.today).spendable
        name = self._id("S")
        if points > spendable:
            with pytest.raises(Refusal, match="points-short"):
                self.ledger.spend(name, points, self.today)
            return
        before = self.ledger.balance
        self.ledger = self.ledger.spend(name, points, self.today)
        assert self.ledger.balance == before - points
        self.spends.append(name)

    @rule(pick=st.integers(0, 20))
    def reverse(self, pick: int) -> None:
        if self.spends:
            spend = self.spends.pop(pick % len(self.spends))
            self.ledger = self.ledger.reverse(self._id("R"), spend, self.today)

    @rule(days=st.integers(0, 30))
    def pass_time(self, days: int) -> None:
        self.today += timedelta(days=days)

    @rule()
    def expire(self) -> None:
        self.ledger = self.ledger.expire(self.today)
        assert self.ledger.expire(self.today) == self.ledger
        assert self.ledger.balance >= self.ledger.totals(self.today).spendable

    @invariant()
    def books_agree(self) -> None:
        left = self.ledger.left()
        assert all(points >= 0 for points in left.values())
        totals = self.ledger.totals(self.today)
        expired = sum(entry.points for entry in self.ledger.entries if isinstance(entry, Expiry))
        assert totals.earned == self.ledger.balance + totals.spent + expired
        assert 0 <= totals.spendable <= self.ledger.balance


Life.TestCase.settings = settings(max_examples=60, stateful_step_count=25)
TestLife = Life.TestCase
