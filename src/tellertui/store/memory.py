"""What a host knows and never writes down: it is in no file and no entry, and gone with the process."""

from typing import Any, TypeVar

T = TypeVar("T")


class Memory:
    """One object of each kind for one open store, made when it is first asked for."""

    def __init__(self) -> None:
        self._by_kind: dict[type[Any], Any] = {}

    def of(self, kind: type[T]) -> T:
        """Return the object of a kind; writer, readers and the host's loop all get the same one."""
        found: T = self._by_kind.setdefault(kind, kind())
        return found
