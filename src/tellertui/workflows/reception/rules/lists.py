"""The closed lists of reception with their words: reasons, results, outcomes of diverting, places."""

from functools import cache

import msgspec

from tellertui.branch.api import Words
from tellertui.core.tables import data_dir, read_data

List = dict[str, Words]


class Lists(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every closed list; the codes are what entries carry, in the order in which they are offered."""

    hold: List
    forward: List
    pause: List
    call: List
    reclassify: List
    suspend: List
    result: List
    divert: List
    rating: List
    place: List


@cache
def lists() -> Lists:
    """Return the shipped lists.

    Raises:
        TableError: the file is not usable.
    """
    return read_data(data_dir() / "reception" / "lists.toml", Lists)
