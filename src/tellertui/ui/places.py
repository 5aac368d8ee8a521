"""Places: the screens a person can go to by their codes, and the modes that keep each as it was left."""

from collections.abc import Callable

import msgspec

from tellertui.ui.frame import Opener


class Place(msgspec.Struct, frozen=True):
    """A screen with the three digits that lead to it."""

    code: str
    name: str
    """Message id."""
    open: Opener
    allowed: Callable[[], bool] = lambda: True
    """Whether this person may go there; the host decides again."""


class Places:
    """Every screen of this terminal by its code."""

    def __init__(self) -> None:
        self._by_code: dict[str, Place] = {}

    def add(self, place: Place) -> None:
        """Register a place; each code leads to one."""
        if place.code in self._by_code:
            msg = f"screen {place.code} is registered twice"
            raise ValueError(msg)
        self._by_code[place.code] = place

    def get(self, code: str) -> Place | None:
        """Return a place that this person may go to."""
        place = self._by_code.get(code)
        return place if place is not None and place.allowed() else None

    def all(self) -> list[Place]:
        """Return the places that this person may go to, by code."""
        return [place for code in sorted(self._by_code) if (place := self.get(code)) is not None]
