"""Views of a topic are encoded once per state of the journal and role, however many terminals ask."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

KEPT = 64


class ViewCache:
    """The newest encoded views; an entry is good while no command was committed since."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Any, ...], bytes] = OrderedDict()

    async def get(self, key: tuple[Any, ...], make: Callable[[], Awaitable[bytes]]) -> bytes:
        """Return the encoded view under a key, made now when it is not there."""
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = await make()
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found
