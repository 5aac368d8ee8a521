"""The closed list of what is looked at before the doors open."""

from functools import cache

import msgspec

from tellertui.branch.api import Words
from tellertui.core.tables import data_dir, read_data


class Checks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The list as written; the codes are what entries carry, in the order in which they are shown."""

    checks: dict[str, Words]


@cache
def checks() -> dict[str, Words]:
    """Return the shipped list.

    Raises:
        TableError: the file is not usable.
    """
    return read_data(data_dir() / "closing" / "checks.toml", Checks).checks
