"""The closed list of what is looked at before the doors open."""

import tomllib
from functools import cache

import msgspec

from tellertui.branch.api import Words
from tellertui.core.tables import TableError, data_dir


class Checks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The list as written; the codes are what entries carry, in the order in which they are shown."""

    checks: dict[str, Words]


@cache
def checks() -> dict[str, Words]:
    """Return the shipped list.

    Raises:
        TableError: the file is not usable.
    """
    path = data_dir() / "closing" / "checks.toml"
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Checks).checks
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        msg = f"{path.name}: {error}"
        raise TableError(msg) from error
