"""The fictitious Monday at its end, at 17:42, and at its beginning, as the views that 904 and 901 show."""

from datetime import datetime
from typing import Any
from uuid import UUID

from monday import BRANCH, at, offers

from tellertui.branch.api import BranchView, CounterView, DayView, ServiceView, Words
from tellertui.branch.defaults import shipped
from tellertui.core.clock import millis
from tellertui.workflows.closing.api import (
    Arrivals,
    CheckView,
    DayMark,
    DaySheet,
    HeadView,
    Item,
    Live,
    Opening,
    ServiceFigures,
    SignatureView,
    StaffFigures,
    Tomorrow,
    Totals,
)
from tellertui.workflows.closing.checks import checks
from tellertui.workflows.reception.views import Promised

TODAY, WEEK_AGO, FRIDAY = "2026-11-23", "2026-11-16", "2026-11-20"
SERVICES: dict[str, Words] = {each.code: each.name for each in shipped().services}
HEAD = HeadView(incarnation=1, seq=18246, hash="9f3ac1d0" * 8)
CAME = (5, 14, 24, 20, 16, 11, 8, 6, 5, 8, 14, 16, 11, 8, 6, 5, 4, 5)
WAITED = (60, 300, 960, 1560, 1320, 780, 360, 300, 420, 780, 840, 600, 300, 240, 120, 60, 60, 0)
BEFORE = DayMark(
    day=FRIDAY, state="signed", signed_at=millis(datetime.fromisoformat("2026-11-20T18:06+08:00"))
)
UNSIGNED = DayMark(day=FRIDAY, state="closed", signed_at=None)


def totals(**more: Any) -> Totals:
    given = {"issued": 186, "served": 168, "no_show": 11, "abandoned": 5, "wait_mean_s": 564}
    given |= {"wait_p90_s": 1150, "wait_max_s": 2040, "service_mean_s": 408, "diverted": 23, "returned": 4}
    given |= {"papers_missing": 7, "rating_asked": 168, "csat": 68 / 74, "csat_n": 74}
    return Totals(**{**given, **more})


def week_ago() -> Totals:
    given = {"issued": 171, "served": 158, "no_show": 9, "abandoned": 4, "wait_mean_s": 648}
    given |= {"wait_p90_s": 1380, "wait_max_s": 2460, "service_mean_s": 426, "diverted": 19, "returned": 2}
    return totals(**given, papers_missing=6, rating_asked=158, csat=57 / 63, csat_n=63)


def service(code: str, issued: int, mean: int, p90: int, handling: int) -> ServiceFigures:
    return ServiceFigures(
        service=code,
        issued=issued,
        served=issued - 2,
        no_show=1,
        wait_mean_s=mean,
        wait_p90_s=p90,
        service_mean_s=handling,
        papers_missing=0,
    )


def member(code: str, served: int, handling: int, csat: float | None, n: int) -> StaffFigures:
    return StaffFigures(
        staff=code,
        served=served,
        no_show=1,
        service_mean_s=handling,
        papers_missing=1,
        csat=csat,
        csat_n=n,
    )


def sheet(**more: Any) -> DaySheet:
    given: dict[str, Any] = {
        "date": TODAY,
        "branch": "B001",
        "state": "open",
        "blocking": [
            Item(item="open_tickets", count=2, detail=["E019", "C031"]),
            Item(item="counters_open", count=1, detail=["3"]),
        ],
        "notes": [],
        "figures": totals(),
        "services": [
            service("cash", 71, 612, 1210, 300),
            service("non-cash", 48, 480, 1020, 372),
            service("account", 29, 840, 1500, 900),
            service("corporate", 17, 420, 700, 560),
            service("wealth", 9, 200, 420, 1320),
            service("enquiry", 10, 130, 260, 180),
            service("loss", 2, 60, 90, 420),
        ],
        "staff": [
            member("0412", 41, 310, 0.93, 19),
            member("0415", 39, 402, 0.89, 18),
            member("0417", 33, 560, 0.94, 16),
            member("0428", 12, 1210, None, 0),
            member("0431", 43, 350, 0.9, 21),
        ],
        "head": HEAD,
        "signatures": [],
    }
    return DaySheet(**{**given, **more})


def compared() -> DaySheet:
    return sheet(date=WEEK_AGO, state="signed", figures=week_ago(), blocking=[])


def signatures() -> list[SignatureView]:
    seats = (("0401", "maker"), ("0431", "second"))
    return [
        SignatureView(staff=staff, seat=seat, at=at("18:06"), key="ABCD" * 4, same_terminal=True)
        for staff, seat in seats
    ]


def day(state: str = "open", **more: Any) -> DayView:
    given: dict[str, Any] = {"day": TODAY, "state": state, "open": "08:30", "close": "17:30"}
    given |= {"opened_at": None if state == "unopened" else at("08:12"), "opened_by": "0401"}
    return DayView(**{**given, **more})


def live(**more: Any) -> Live:
    first = at("08:30")
    given: dict[str, Any] = {
        "day": day(),
        "sheet": sheet(),
        "arrivals": [
            Arrivals(at=first + place * 1_800_000, issued=came, wait_mean_s=waited)
            for place, (came, waited) in enumerate(zip(CAME, WAITED, strict=True))
        ],
        "ended": 184,
        "counters": 6,
        "counters_closed": 5,
        "before": BEFORE,
        "after": None,
        "compared": WEEK_AGO,
        "tomorrow": Tomorrow(day="2026-11-24", open="08:30", close="17:30", appointments=4),
    }
    return Live(**{**given, **more})


def blocked_by_much() -> Live:
    numbers = [f"A{number:03}" for number in range(101, 119)]
    blocking = [
        Item(item="open_tickets", count=18, detail=numbers),
        Item(item="counters_open", count=6, detail=list("123456")),
    ]
    notes = [
        Item(item="tickets_expired", count=3, detail=["A097", "C030", "E018"]),
        Item(item="days_unsigned", count=2, detail=[FRIDAY, "2026-11-19"]),
        Item(item="calendar_ends", count=1, detail=[]),
    ]
    return live(sheet=sheet(blocking=blocking, notes=notes), before=UNSIGNED, ended=168, counters_closed=0)


def signed() -> Live:
    return live(
        day=day("signed", closed_at=at("18:05"), closed_by="0401"),
        sheet=sheet(state="signed", blocking=[], signatures=signatures()),
        ended=186,
        counters_closed=6,
    )


def empty() -> Live:
    nothing = Totals()
    return live(
        sheet=sheet(blocking=[], figures=nothing, services=[], staff=[]),
        arrivals=[],
        ended=0,
        counters_closed=6,
    )


def forgotten() -> Live:
    """Today as it looks from tomorrow, when nobody signed it."""
    return live(
        sheet=sheet(blocking=[]), ended=186, after=DayMark(day="2026-11-24", state="open", signed_at=None)
    )


# The morning.


def opening(done: int = 7, state: str = "unopened", **more: Any) -> Opening:
    people = ("0406", "0406", "0401", "0431", "0431", "0406", "0406", "0406")
    minutes = (5, 6, 1, 9, 10, 7, 8, 11)
    given: dict[str, Any] = {
        "day": day(state),
        "checks": [
            CheckView(
                check=code,
                name=name,
                person=people[place] if place < done else None,
                at=at(f"08:{minutes[place]:02}") if place < done else None,
            )
            for place, (code, name) in enumerate(checks().items())
        ],
        "before": BEFORE,
        "expired": ["A097", "C030"],
        "compared": WEEK_AGO,
    }
    return Opening(**{**given, **more})


def branch(**more: Any) -> BranchView:
    seats = {"1": "0412", "2": "0415", "3": "0417", "5": "0431", "6": "0428"}
    serves = {
        "1": ["cash", "non-cash", "loss"],
        "2": ["cash", "non-cash", "loss"],
        "3": ["account", "non-cash"],
        "4": ["cash", "non-cash", "account", "enquiry", "loss"],
        "5": ["corporate"],
        "6": ["wealth", "enquiry"],
    }
    given: dict[str, Any] = {
        "code": "B001",
        "name": BRANCH["zh_Hant"],
        "time_zone": "Asia/Shanghai",
        "language": "zh_Hant",
        "environment": "test",
        "profile": "cn",
        "standalone": True,
        "today": day("unopened"),
        "counters": [
            CounterView(
                counter=code,
                services=services,
                state="open" if code in seats else "closed",
                reason=None,
                person=seats.get(code),
                continuous=False,
            )
            for code, services in serves.items()
        ],
        "services": [
            ServiceView(
                service=offer.service,
                prefix=offer.prefix,
                name=offer.name,
                minutes=offer.minutes,
                papers=[],
                last_number={"account": "16:30", "corporate": "16:00"}.get(offer.service, "16:50"),
                enabled=True,
                suspended_reason=None,
                suspended_until=None,
                counters=[],
            )
            for offer in offers()
        ],
    }
    return BranchView(**{**given, **more})


def appointments() -> list[Promised]:
    made = (("10:30", "wealth"), ("11:00", "account"), ("14:00", "cash"), ("15:00", "wealth"))
    return [
        Promised(
            id=UUID(int=place),
            code=f"{1000 + place}",
            service=service,
            at=at(clock),
            state="booked",
            number=None,
        )
        for place, (clock, service) in enumerate(made)
    ]


def holiday() -> Opening:
    """A holiday on which somebody wants to open, after days that nobody signed."""
    closed = day("unopened", open=None, close=None, unsigned=(FRIDAY, "2026-11-19", "2026-11-18"))
    return opening(0, day=closed, before=UNSIGNED, expired=[f"A{number:03}" for number in range(80, 99)])
