"""The targets in force on a day (R-Q-04), read from the rule table."""

from datetime import date
from functools import lru_cache

import msgspec

from tellertui.core.tables import Table, table


class Targets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Waits in minutes at most; shares of a hundred: two at most, two at least."""

    wait_mean_min: int
    wait_p90_min: int
    wait_max_min: int
    no_show_percent: int
    abandoned_percent: int
    response_percent: int
    satisfied_percent: int


def targets_on(day: str) -> Targets:
    """Return the targets for a business date.

    Raises:
        OutOfTable: no rule covers the date.
        TableError: the table is not usable.
    """
    return _targets(table("reception"), day)


@lru_cache(maxsize=16)
def _targets(rules: Table, day: str) -> Targets:
    return rules.on("R-Q-04", date.fromisoformat(day)).read(Targets)
