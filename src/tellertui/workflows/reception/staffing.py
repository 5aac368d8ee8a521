"""How many counters a flow of customers needs: Erlang C (R-Q-02).

Branch arrivals come in bursts, more than the formula assumes: read its answer as a floor.
"""

from math import ceil, exp, isfinite

import msgspec

from tellertui.core.refusal import N_, USAGE, refusal

MOST_COUNTERS = 1_000

STAFFING = refusal(
    "staffing",
    N_("Arrivals, service and target are zero or more, and there are 1 to {most} counters."),
    USAGE,
)


class Load(msgspec.Struct, frozen=True):
    """What arrives: customers per hour and the mean service time in minutes."""

    per_hour: float
    service_minutes: float

    @property
    def erlangs(self) -> float:
        """Return the counters that are busy on average if nobody is turned away."""
        return self.per_hour * self.service_minutes / 60


class Staffing(msgspec.Struct, frozen=True):
    """What a number of counters gives; without stability everyone waits and the mean does not exist."""

    stable: bool
    p_wait: float
    wait_mean_min: float | None
    service_level: float
    occupancy: float


def staffing(load: Load, counters: int, target_minutes: float) -> Staffing:
    """Return chance and mean of waiting, and the share served within the target.

    Args:
        load: what arrives.
        counters: how many serve at the same time.
        target_minutes: the wait that the service level counts.

    Raises:
        Refusal: a number is negative or not finite, or there are no counters.
    """
    given = (load.per_hour, load.service_minutes, target_minutes)
    if not all(isfinite(value) and value >= 0 for value in given) or not 1 <= counters <= MOST_COUNTERS:
        raise STAFFING(most=MOST_COUNTERS)
    offered = load.erlangs
    if offered >= counters:
        return Staffing(stable=False, p_wait=1.0, wait_mean_min=None, service_level=0.0, occupancy=1.0)
    if offered == 0:
        return Staffing(stable=True, p_wait=0.0, wait_mean_min=0.0, service_level=1.0, occupancy=0.0)
    p_wait = _erlang_c(offered, counters)
    spare = counters - offered
    in_time = 1 - p_wait * exp(-spare * target_minutes / load.service_minutes)
    return Staffing(
        stable=True,
        p_wait=p_wait,
        wait_mean_min=p_wait * load.service_minutes / spare,
        service_level=in_time,
        occupancy=offered / counters,
    )


def counters_needed(
    load: Load, target_minutes: float, service_level: float, max_occupancy: float = 1.0
) -> int | None:
    """Return the fewest counters that reach the service level at no more than an occupancy, or None.

    Raises:
        Refusal: a number is negative or not finite.
    """
    for counters in range(max(1, ceil(load.erlangs)) if isfinite(load.erlangs) else 1, MOST_COUNTERS + 1):
        found = staffing(load, counters, target_minutes)
        if found.stable and found.service_level >= service_level and found.occupancy <= max_occupancy:
            return counters
    return None


def rostered(counters: int, shrinkage: float) -> int:
    """Return the people to roster so that a number serves while a share of them is away.

    Raises:
        Refusal: the share is not below one.
    """
    if not 0 <= shrinkage < 1:
        raise STAFFING(most=MOST_COUNTERS)
    return ceil(round(counters / (1 - shrinkage), 9))


def _erlang_c(offered: float, counters: int) -> float:
    blocked = 1.0
    for n in range(1, counters + 1):
        blocked = offered * blocked / (n + offered * blocked)
    return blocked / (1 - offered / counters * (1 - blocked))
