"""``simulate``: a day of arrivals, from a file or made, replayed through the real services."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date as calendar_date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tellertui.cli.context import current
from tellertui.cli.output import print_json, print_line, print_table
from tellertui.core.refusal import N_, NO, USAGE, refusal
from tellertui.i18n import translator

if TYPE_CHECKING:
    from tellertui.simulate.csv import Arrival
    from tellertui.simulate.day import Plan
    from tellertui.simulate.report import Replayed

BAD_SOURCE = refusal(
    "simulate-source", N_("Give either --arrivals FILE.csv or --sample; --seed goes with --sample."), USAGE
)
BAD_COUNTERS = refusal(
    "simulate-counters", N_("--counters is a number from 1 to {most}; --arrivals needs it."), USAGE
)
BAD_DATE = refusal("simulate-date", N_("--date is a day from 2000 on, written YYYY-MM-DD."), USAGE)
BAD_HOURS = refusal(
    "simulate-hours", N_("--open and --close are times as HH:MM, and closing comes after opening."), USAGE
)
BAD_LENGTH = refusal(
    "simulate-length", N_("--max-service is a number of minutes above 0, such as 20 or 7.5."), USAGE
)
BAD_POLICY = refusal("simulate-policy", N_("--policy is one of {allowed}."), USAGE)

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")
_DATE = re.compile(r"2[0-9]{3}-[0-9]{2}-[0-9]{2}")


def register(app: typer.Typer) -> None:
    """Attach the command."""
    app.command("simulate")(simulate)


def simulate(
    arrivals: Annotated[
        Path | None,
        typer.Option(metavar="FILE.csv", help="Columns arrival, service_minutes and perhaps service, class."),
    ] = None,
    sample: Annotated[bool, typer.Option("--sample", help="A made day of the demo branch.")] = False,
    seed: Annotated[int | None, typer.Option(help="Make another day.")] = None,
    counters: Annotated[int | None, typer.Option(help="How many counters serve everything.")] = None,
    date: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="Whose rules apply; today.")] = "",
    open: Annotated[str, typer.Option(metavar="HH:MM", help="When the counters open.")] = "08:00",  # noqa: A002
    close: Annotated[str, typer.Option(metavar="HH:MM", help="When the last number is given.")] = "17:00",
    max_service: Annotated[str, typer.Option(metavar="MIN", help="Cut a longer service to this.")] = "",
    policy: Annotated[str, typer.Option(help="fifo, or credit for the order of the rules.")] = "fifo",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Replay a day of arrivals through the real reception on a simulated clock and a throwaway store."""
    from tellertui.simulate.report import simulate as replayed

    if (arrivals is None) != sample or (seed is not None and not sample):
        raise BAD_SOURCE()
    plan = _plan(_counters(counters, sample=sample), date, open, close, max_service, policy)
    customers = _made(seed) if arrivals is None else _read(arrivals)
    with _progress(len(customers), shown=not as_json and sys.stderr.isatty()) as progress:
        day = replayed(plan, customers, progress)
    if as_json:
        print_json(day)
    else:
        _print(day)
    raise typer.Exit(0 if day.journal.verified else NO)


def _counters(given: int | None, *, sample: bool) -> int:
    from tellertui.branch.defaults import MOST_COUNTERS
    from tellertui.simulate.sample import shipped_sample

    counters = shipped_sample().counters if given is None and sample else given
    if counters is None or not 1 <= counters <= MOST_COUNTERS:
        raise BAD_COUNTERS(most=MOST_COUNTERS)
    return counters


def _plan(counters: int, date: str, opening: str, closing: str, max_service: str, policy: str) -> "Plan":
    from tellertui.simulate.csv import milliseconds
    from tellertui.simulate.day import Plan, Policy

    longest = milliseconds(max_service) if max_service else None
    if max_service and not longest:
        raise BAD_LENGTH()
    if policy not in list(Policy):
        raise BAD_POLICY(allowed=", ".join(Policy))
    return Plan(_day(date), counters, *_hours(opening, closing), Policy(policy), longest)


def _day(text: str) -> str:
    from tellertui.core.clock import SystemClock, day_of
    from tellertui.simulate.throwaway import ZONE

    if not text:
        return day_of(SystemClock().now(), ZONE)
    try:
        return calendar_date.fromisoformat(_matching(_DATE, text)).isoformat()
    except ValueError:
        raise BAD_DATE() from None


def _hours(opening: str, closing: str) -> tuple[int, int]:
    from tellertui.branch.hours import minute_of

    try:
        start, end = (minute_of(_matching(_TIME, text)) for text in (opening, closing))
    except ValueError:
        raise BAD_HOURS() from None
    if end <= start:
        raise BAD_HOURS()
    return start, end


def _matching(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError
    return text


def _read(path: Path) -> list["Arrival"]:
    from tellertui.branch.defaults import shipped
    from tellertui.simulate.csv import read_arrivals
    from tellertui.workflows.reception.rules.policy import CLASSES

    return read_arrivals(path, [service.code for service in shipped().services], CLASSES)


def _made(seed: int | None) -> list["Arrival"]:
    from tellertui.simulate.sample import made_arrivals, shipped_sample

    return made_arrivals(shipped_sample(), seed)


@contextmanager
def _progress(total: int, *, shown: bool) -> Iterator[Callable[[int], None]]:
    if not shown:
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(translator(current.lang)(N_("Replaying the day")), total=total)
        yield lambda done: bar.update(task, completed=done)


def _print(day: "Replayed") -> None:
    from tellertui.simulate.report import figures, half_hours
    from tellertui.workflows.closing.words import FIGURES

    say = translator(current.lang)
    print_table((say(N_("Figure")), ""), figures(day, say))
    print_line()
    headings = (N_("From"), FIGURES["issued"], FIGURES["wait_mean_s"], "")
    print_table([say(each) for each in headings], half_hours(day.tickets))
