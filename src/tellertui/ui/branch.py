"""The branch as a screen holds it: commands up, views and change notices down."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from tellertui.core.command import Command

A = TypeVar("A")


class Branch(Protocol):
    """What every terminal speaks to, over a socket or in the same process."""

    async def do(self, command: Command[A]) -> A:
        """Carry out a command and return its view.

        Raises:
            Refusal: the branch refused it; nothing was changed.
        """

    async def watch(self, topic: str, changed: Callable[[int], Any]) -> None:
        """Call ``changed`` with a number that grows whenever the topic's view may be another."""
