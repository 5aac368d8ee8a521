"""Who is called next: the vectors of R-Q-01 and the bound that makes them fair."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.workflows.reception.rules.order import Standing, at_most, falls_back, order

CREDITS = {"normal": 0, "vip": 10, "senior": 8, "appointment": 6}
CAP = 20
NAMES = ["", "A001", "V001", "S001", "P001", "A002", "V002"]
LOBBY = [
    Standing(1, 0, "normal"),
    Standing(2, 5, "vip"),
    Standing(3, 4, "senior"),
    Standing(4, 9, "appointment"),
    Standing(5, 12, "normal"),
    Standing(6, 14, "vip"),
]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (14, "V001 S001 A001 P001 V002 A002"),
        (20, "A001 V001 S001 P001 V002 A002"),
        (24, "S001 A001 V001 P001 V002 A002"),
    ],
)
def test_vectors_of_the_rule(now: int, expected: str) -> None:
    called = order(LOBBY, CREDITS, CAP, now)
    assert " ".join(NAMES[ticket.place] for ticket in called) == expected


def test_ties_go_to_the_lower_place() -> None:
    tied = [Standing(2, 3, "normal"), Standing(1, 3, "normal"), Standing(3, 13, "vip")]
    assert [ticket.place for ticket in order(tied, CREDITS, CAP, 14)] == [1, 2, 3]


standings = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from(sorted(CREDITS))), min_size=1, max_size=30
).map(lambda drawn: [Standing(place, joined, care) for place, (joined, care) in enumerate(sorted(drawn), 1)])


@given(standings, st.integers(0, 40))
def test_only_who_came_soon_after_can_rank_ahead(lobby: list[Standing], later: int) -> None:
    now = max(ticket.joined for ticket in lobby) + later
    called = order(lobby, CREDITS, CAP, now)
    for position, ticket in enumerate(called):
        for ahead in called[:position]:
            assert ahead.joined - ticket.joined < max(CREDITS.values()) or ahead.joined == ticket.joined


@given(standings, st.integers(0, 40))
def test_who_has_waited_for_the_cap_is_before_who_has_not(lobby: list[Standing], later: int) -> None:
    now = max(ticket.joined for ticket in lobby) + later
    capped = [now - ticket.joined >= CAP for ticket in order(lobby, CREDITS, CAP, now)]
    assert capped == sorted(capped, reverse=True)


def test_the_limit_makes_a_call_fall_back() -> None:
    assert not falls_back([], 5)
    assert not falls_back([4, 0], 5)
    assert falls_back([0, 5, 1], 5)


@pytest.mark.parametrize(
    ("overtaken", "later", "open_ended", "expected"),
    [(0, 0, True, 5), (3, 9, True, 2), (3, 1, False, 1), (4, 9, False, 1), (0, 0, False, 0), (7, 9, True, 0)],
)
def test_how_often_a_ticket_can_still_be_overtaken(
    overtaken: int, later: int, open_ended: bool, expected: int
) -> None:
    assert at_most(overtaken, 5, later, open_ended=open_ended) == expected
