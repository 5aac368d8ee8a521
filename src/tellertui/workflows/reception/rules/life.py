"""The life of a ticket: which step is possible in which state, and where it leads."""

from typing import NamedTuple

WAITING, CALLED, SERVING, MISSED = "waiting", "called", "serving", "missed"
ON_HOLD, SERVED, ABANDONED, EXPIRED = "on_hold", "served", "abandoned", "expired"

STATES = (WAITING, CALLED, SERVING, MISSED, ON_HOLD, SERVED, ABANDONED, EXPIRED)
OPEN = (WAITING, CALLED, SERVING, ON_HOLD)
"""States that must be empty at the close of a day."""
IN_HAND = (CALLED, SERVING)
"""States in which a ticket occupies a counter."""


class Step(NamedTuple):
    """From which states a step leads where."""

    before: frozenset[str]
    after: str


def _step(after: str, *before: str) -> Step:
    return Step(frozenset(before), after)


STEPS = {
    "precheck": _step(WAITING, WAITING),
    "reclassify": _step(WAITING, WAITING),
    "call": _step(CALLED, WAITING),
    "recall": _step(CALLED, CALLED),
    "arrive": _step(SERVING, CALLED),
    "no_show": _step(MISSED, CALLED),
    "reactivate": _step(WAITING, MISSED),
    "hold": _step(ON_HOLD, SERVING),
    "resume": _step(SERVING, ON_HOLD),
    "next_service": _step(SERVING, SERVING),
    "forward": _step(WAITING, WAITING, SERVING),
    "leave": _step(ABANDONED, WAITING, ON_HOLD),
    "finish": _step(SERVED, SERVING),
    "return": _step(WAITING, SERVED),
    "rate": _step(SERVED, SERVED),
    "expire": _step(EXPIRED, *OPEN),
}


def possible(step: str, state: str) -> bool:
    """Say whether a ticket in a state can take a step."""
    return state in STEPS[step].before
