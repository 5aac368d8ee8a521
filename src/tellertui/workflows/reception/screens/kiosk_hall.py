"""The branch as its customers see it at a moment: what it offers, and whether numbers are given now."""

from collections.abc import Sequence

import msgspec

from tellertui.branch.api import LobbyView
from tellertui.core.clock import DAY, day_of, local
from tellertui.ui.chrome import day_text
from tellertui.ui.look import Look
from tellertui.workflows.reception.views import ServiceOffer


class Hall(msgspec.Struct, frozen=True):
    """What the branch shows to its customers at a moment."""

    lobby: LobbyView
    offers: Sequence[ServiceOffer]
    now: int
    printer: str = "none"
    """``none``, ``ready`` or ``off``: whether a number comes on paper too."""

    def offer(self, service: str) -> ServiceOffer | None:
        """Return a service that is offered."""
        return next((offer for offer in self.offers if offer.service == service), None)

    def words(self, offer: ServiceOffer, look: Look) -> str:
        """Return what the lobby says of a service; its name where it says nothing."""
        for known in self.lobby.offers:
            if known.service == offer.service:
                return known.offer.said(look.language)
        return offer.name.said(look.language)

    def time(self, look: Look) -> str:
        """Return the time of the day to the second."""
        return f"{local(self.now, look.zone):%H:%M:%S}"


def shut(hall: Hall, look: Look) -> tuple[str, ...]:
    """Return why no numbers at all are given now and when they are again; nothing while they are."""
    _, lobby, time = look.say, hall.lobby, hall.time(look)
    if lobby.open is None or lobby.close is None:
        return (_("Closed today"), opens_again(hall, look))
    # The second in which the branch closes still counts as open.
    if lobby.closed or time > f"{lobby.close}:00" or _all_given(hall, look):
        return (_("No more numbers today"), opens_again(hall, look))
    if time < f"{lobby.open}:00":
        return (_("We open at {time} today").format(time=door_time(lobby.open)),)
    return ()


def _all_given(hall: Hall, look: Look) -> bool:
    return bool(hall.offers) and all(last_given(offer, hall, look) for offer in hall.offers)


def last_given(offer: ServiceOffer, hall: Hall, look: Look) -> bool:
    """Say whether the last number of a service was given today."""
    return offer.last_number is not None and hall.time(look) > f"{offer.last_number}:00"


def in_the_way(offer: ServiceOffer, hall: Hall, look: Look) -> tuple[str, str]:
    """Return a word and a few for why a service gives no numbers now; two nothings while it does."""
    _ = look.say
    if offer.stopped is not None:
        if offer.stopped_until is None:
            return _("stopped"), _("stopped for now")
        back = _("stopped, back at about {time}")
        return _("stopped"), back.format(time=moment_text(offer.stopped_until, hall, look))
    if last_given(offer, hall, look):
        return _("ended"), _("no more numbers today")
    return "", ""


def opens_again(hall: Hall, look: Look) -> str:
    """Return when the branch opens next, after today."""
    _, lobby = look.say, hall.lobby
    if lobby.next_day is None or lobby.next_open is None:
        return _("Our staff know when we open again")
    tomorrow = day_of(hall.now + DAY, look.zone)
    if lobby.next_day == tomorrow:
        return _("We open at {time} tomorrow").format(time=door_time(lobby.next_open))
    day = day_text(lobby.next_day, look)
    return _("We open on {day} at {time}").format(day=day, time=door_time(lobby.next_open))


def door_time(text: str | None) -> str:
    """Return a time as a notice at a door has it: ``8:30``."""
    return (text or "").removeprefix("0")


def moment_text(instant: int, hall: Hall, look: Look) -> str:
    """Return an instant as the time of today, or with its day."""
    day = day_of(instant, look.zone)
    time = door_time(look.clock(instant))
    return time if day == hall.lobby.day else f"{day_text(day, look)} {time}"


def range_text(low: int, high: int) -> str:
    """Return a range of minutes."""
    return str(high) if low == high else f"{low}-{high}"
