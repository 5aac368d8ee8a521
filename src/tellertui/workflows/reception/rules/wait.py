"""Expected wait as a range (R-Q-02), and the wait that was."""

from typing import NamedTuple

from tellertui.core.clock import MINUTE, SECOND
from tellertui.workflows.reception.rules.policy import Range


class Minutes(NamedTuple):
    """A range of whole minutes."""

    lo: int
    hi: int


def expected(ahead: int, mean: int, counters: int, samples: int, rule: Range) -> Minutes:
    """Return the expected wait: people ahead, times mean service, over open counters.

    Args:
        ahead: people who will be called before, for counters that serve the same service.
        mean: mean service time in milliseconds.
        counters: open counters that serve it; none counts as one.
        samples: finished services behind the mean; few of them widen the range.
        rule: how wide the range is.

    The upper end is never below the share of one service, because somebody may sit at every counter.
    """
    spread = rule.spread_few_percent if samples < rule.few_samples else rule.spread_percent
    units = 100 * MINUTE * max(counters, 1)
    lo = ahead * mean * (100 - spread) // units
    hi = -(-max(ahead * (100 + spread), 100) * mean // units)
    return Minutes(lo, hi)


def waited(since: int, held: int, at: int) -> int:
    """Return a wait in whole seconds, less the time on hold."""
    return max(at - since - held, 0) // SECOND
