"""The now-serving board of the fictitious Monday 2026-11-23 at 10:44, as everybody may see it."""

from typing import Any

from monday import BRANCH, at, lane, offers

from tellertui.branch.api import LobbyView
from tellertui.branch.defaults import shipped
from tellertui.workflows.reception.views import BoardCall, BoardCounter, BoardView

NOW = at("10:44")


def call(number: str, counter: str, clock: str, **more: Any) -> BoardCall:
    given: dict[str, Any] = {"calls": 1, "care": False, "language": "zh_Hant", **more}
    return BoardCall(number=number, counter=counter, at=at(clock), **given)


def counter(code: str, services: str, state: str = "open") -> BoardCounter:
    return BoardCounter(counter=code, services=services.split(), state=state)


CALLS = [call("E004", "3", "10:43", calls=2), call("A011", "2", "10:41")]
BEFORE = [
    call("A010", "1", "10:31"),
    call("H002", "6", "10:25"),
    call("F001", "5", "10:20"),
    call("A008", "2", "10:14"),
    call("C005", "1", "10:12"),
    call("A007", "2", "10:09"),
]
COUNTERS = [
    counter("1", "cash non-cash loss"),
    counter("2", "cash non-cash loss"),
    counter("3", "non-cash account loss"),
    counter("4", "cash non-cash loss", "paused"),
    counter("5", "corporate loss"),
    counter("6", "wealth loss"),
]


def view(**more: Any) -> BoardView:
    given: dict[str, Any] = {
        "calls": CALLS,
        "before": BEFORE,
        "missed": ["A009", "C004", "A003"],
        "lanes": [lane(offer) for offer in offers()],
        "counters": COUNTERS,
    }
    return BoardView(**{**given, **more})


def lobby(language: str, **more: Any) -> LobbyView:
    words = shipped()
    given: dict[str, Any] = {
        "name": BRANCH[language],
        "time_zone": "Asia/Shanghai",
        "language": language,
        "day": "2026-11-23",
        "open": "08:30",
        "close": "17:00",
        "next_day": "2026-11-24",
        "next_open": "08:30",
        "closed": False,
        "greeting": words.greeting,
        "notices": [*words.notices],
        "offers": [],
        "papers": [],
    }
    return LobbyView(**{**given, **more})
