"""What crosses the socket about colleagues: their names, for whoever may read masked fields."""

from tellertui.core.command import Command, command
from tellertui.core.role import HOLDERS


@command("branch.names", roles=HOLDERS["mask"])
class Names(Command[dict[str, str]]):
    """The names of the staff by code; who has none is left out."""
