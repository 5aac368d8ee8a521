"""Who is called next (R-Q-01): waiting time plus a bounded credit, and a bound on being overtaken.

A ticket's *rank* is the instant it joined less its credit. Serving the lowest rank first is serving the
highest score of R-Q-01, whatever the time is now, so the order needs no sorting by the clock: an index on
rank is the queue. Only the front group depends on the clock: those who have waited for the cap.

Overtaking: a call overtakes every waiting ticket of the counter's services that joined before the called
one. When one of them has already been overtaken as often as the limit allows, the call takes the oldest
instead, which overtakes nobody; so no ticket is overtaken by rank more often than the limit.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple


class Standing(NamedTuple):
    """A waiting ticket as the order sees it; times in any one unit."""

    place: int
    """Place in the order in which the day's numbers were issued."""
    joined: int
    care: str


def order(tickets: Iterable[Standing], credit: Mapping[str, int], cap: int, now: int) -> list[Standing]:
    """Return tickets in calling order (R-Q-01).

    Args:
        tickets: who waits; ties by joining time, then by place.
        credit: credit of each class, in the unit of the times.
        cap: wait from which a ticket belongs to the front group.
        now: the present.
    """

    def key(ticket: Standing) -> tuple[bool, int, int, int]:
        behind = now - ticket.joined < cap
        return behind, ticket.joined - credit[ticket.care], ticket.joined, ticket.place

    return sorted(tickets, key=key)


def falls_back(overtaken: Sequence[int], limit: int) -> bool:
    """Say whether a call must take the oldest ticket.

    Args:
        overtaken: for each older waiting ticket, how often it was overtaken.
        limit: how often that may happen.
    """
    return any(count >= limit for count in overtaken)


def at_most(overtaken: int, limit: int, later_ahead: int, *, open_ended: bool) -> int:
    """Return how often a ticket can still be overtaken by rank.

    Args:
        overtaken: how often it was.
        limit: how often it may be.
        later_ahead: waiting tickets that rank ahead of it though they joined later.
        open_ended: somebody who joins now could still rank ahead of it.
    """
    left = max(limit - overtaken, 0)
    return left if open_ended else min(left, later_ahead)
