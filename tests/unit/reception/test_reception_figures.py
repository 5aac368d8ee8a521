"""Figures are one fold; what it knows nothing of is passed over."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tellertui.core.event import Code, Event
from tellertui.workflows.closing.api import Arrivals, Totals
from tellertui.workflows.closing.figures import HALF_HOUR, fold, mean, nearest_rank
from tellertui.workflows.reception import events as e

ONE, TWO, THREE = UUID(int=1), UUID(int=2), UUID(int=3)
NINE = 1_795_395_600_000
"""2026-11-23 09:00 in Shanghai."""


class Foreign(Event):
    """An event of another workflow."""

    what: Code


def issued(ticket: UUID, service: str = "cash") -> e.TicketIssued:
    """Return the entry of a number."""
    return e.TicketIssued(ticket, "A001", service, "normal", "en", "kiosk")


def arrived(ticket: UUID, waited: int, service: str = "cash") -> e.TicketArrived:
    """Return the entry of a customer at the counter."""
    return e.TicketArrived(ticket, service, "normal", "1", waited)


def finished(ticket: UUID, seconds: int, result: str = "done", service: str = "cash") -> e.TicketFinished:
    """Return the entry of a visit's end."""
    return e.TicketFinished(ticket, service, "normal", "1", result, seconds, 1)


def test_an_empty_day_has_no_means() -> None:
    figures = fold([])
    assert figures.totals == Totals()
    assert figures.totals.wait_mean_s is figures.totals.csat is None
    assert figures.services == figures.staff == figures.arrivals == []


def test_the_names_are_those_of_the_contract() -> None:
    names = (
        "issued served no_show abandoned wait_mean_s wait_p90_s wait_max_s service_mean_s diverted returned "
        "papers_missing rating_asked csat csat_n consultations consultations_due applications "
        "complaints_received complaints_closed complaints_overdue oldest_approval_s unsynced"
    )
    assert list(Totals.__struct_fields__) == names.split()


def test_a_day() -> None:
    day: list[tuple[Event, int, str]] = [
        (issued(ONE), NINE, "kiosk"),
        (issued(TWO, "account"), NINE + 1, "kiosk"),
        (Foreign("x"), NINE + 2, "M01"),
        (arrived(ONE, 10), NINE, "T1"),
        (finished(ONE, 100, "missing_papers"), NINE, "T1"),
        (e.TicketReturned(ONE, "cash"), NINE, "L1"),
        (arrived(ONE, 5_000), NINE, "T2"),
        (e.TicketContinued(ONE, "cash", "1", 31, "account"), NINE, "T2"),
        (finished(ONE, 60, service="account"), NINE, "T2"),
        (e.TicketRated(ONE, "account", "T2", 3), NINE, "kiosk"),
        (arrived(TWO, 21, "account"), NINE, "T1"),
        (finished(TWO, 40, service="account"), NINE, "T1"),
        (e.TicketRated(TWO, "account", "T1", 4), NINE, "kiosk"),
        (issued(THREE), NINE + HALF_HOUR, "kiosk"),
        (e.TicketMissed(THREE, "cash", "1", 3), NINE, "T1"),
        (e.TicketMissed(THREE, "cash", "1", 3), NINE, "T1"),
        (e.TicketLeft(THREE, "cash", "waiting", 5), NINE, "L1"),
        (e.VisitorDiverted("answered"), NINE, "L1"),
    ]
    figures = fold(day)
    assert figures.totals == Totals(
        issued=3, served=2, no_show=1, abandoned=1, wait_mean_s=16, wait_p90_s=21, wait_max_s=21,
        service_mean_s=58, diverted=1, returned=1, papers_missing=1, rating_asked=2, csat=0.5, csat_n=2,
    )  # fmt: skip
    account, cash = figures.services
    assert (account.service, account.issued, account.served, account.wait_mean_s) == ("account", 1, 2, 21)
    assert (cash.issued, cash.served, cash.service_mean_s, cash.papers_missing) == (2, 1, 66, 1)
    one, two = figures.staff
    assert (one.staff, one.served, one.no_show, one.csat, one.csat_n) == ("T1", 2, 1, 1.0, 1)
    assert (two.staff, two.served, two.service_mean_s, two.csat) == ("T2", 1, 46, 0.0)
    halves = (NINE, 2, 16), (NINE + HALF_HOUR, 1, None)
    assert figures.arrivals == [Arrivals(at=at, issued=n, wait_mean_s=wait) for at, n, wait in halves]


@given(st.lists(st.integers(0, 10_000), min_size=1))
def test_mean_and_percentile(values: list[int]) -> None:
    average, ninety = mean(values), nearest_rank(values, 90)
    assert average is not None
    assert abs(average - sum(values) / len(values)) <= 0.5
    assert ninety in values
    assert sum(value <= ninety for value in values) >= 0.9 * len(values)
    assert sum(value < ninety for value in values) < 0.9 * len(values)
