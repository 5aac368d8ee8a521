"""The branch as a screen holds it: commands up, views and change notices down."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar
from uuid import UUID

from tellertui.core.command import Command

A = TypeVar("A")


class Branch(Protocol):
    """What every terminal speaks to, over a socket or in the same process."""

    async def do(self, command: Command[A], identifier: UUID | None = None) -> A:
        """Carry out a command and return its view.

        Args:
            command: what is asked.
            identifier: its id, where a second person has signed for it already.

        Raises:
            Refusal: the branch refused it; nothing was changed.
        """

    async def watch(self, topic: str, changed: Callable[[int], Any]) -> None:
        """Call ``changed`` with a number that grows whenever the topic's view may be another."""

    def new_id(self) -> UUID:
        """Return an id for a command that is still to be sent."""

    async def second(self, staff: str, passphrase: bytearray, command: UUID) -> None:
        """Let a second person at this terminal sign the command that is sent with this id next.

        Raises:
            Refusal: ``wrong-passphrase``, ``wait``, ``locked`` or ``same-person``.
        """
