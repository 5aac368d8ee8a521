"""``tellertui rules …``: the rules of the domain on their own, without a store.

Each command imports only the rule it asks, so that an answer is there before anybody waits for it.
Exit codes: 0 yes · 1 the answer is no · 2 wrong usage.
"""

import re
import sys
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
import typer

from tellertui.cli.printing import answering, document
from tellertui.core.clock import SystemClock, day_of
from tellertui.core.money import money_text, parse_money
from tellertui.core.refusal import N_, NO

if TYPE_CHECKING:
    from tellertui.workflows.products.rules.deposits import Part

TIME_ZONE = "Asia/Shanghai"
MOST_DRAW_BYTES = 64 * 1024 * 1024

app = typer.Typer(
    name="rules",
    help=N_("The rules of the domain, without a store."),
    no_args_is_help=True,
    add_completion=False,
    # A traceback would print values that people typed.
    pretty_exceptions_enable=False,
)
clock_app = typer.Typer(help=N_("Deadlines."), no_args_is_help=True)
draw_app = typer.Typer(help=N_("Prize draws that anybody can recompute."), no_args_is_help=True)
app.add_typer(clock_app, name="clock")
app.add_typer(draw_app, name="draw")


Method = Literal["equal-instalment", "equal-principal", "interest-first", "bullet"]
Complexity = Literal["simple", "complex", "very-complex"]


def _day(text: str) -> date:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise typer.BadParameter(N_("a date is written YYYY-MM-DD"))
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(N_("there is no such day")) from None


def _amount(text: str) -> int:
    try:
        return parse_money(text)
    except (ValueError, InvalidOperation):
        raise typer.BadParameter(N_("an amount is a number with at most two decimals")) from None


def _percent(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise typer.BadParameter(N_("a rate is a number of percent, such as 4.9")) from None


AsJson = Annotated[bool, typer.Option("--json", help=N_("One JSON document on standard output."))]
On = Annotated[
    date | None, typer.Option("--on", parser=_day, metavar="DATE", help=N_("The day asked about; today."))
]
Day = Annotated[date | None, typer.Option(parser=_day, metavar="DATE")]
Amount = Annotated[int, typer.Option(parser=_amount, metavar="AMOUNT")]
Percent = Annotated[Decimal, typer.Option(parser=_percent, metavar="PCT", help=N_("Percent per year."))]


@app.command()
def check(
    kind: Annotated[str, typer.Argument(help=N_("What kind of number it is."))],
    value: Annotated[list[str], typer.Argument(help=N_("The number; - reads it from standard input."))],
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Check a number and say which part of it is wrong."""
    from tellertui.customers.rules.check import KINDS
    from tellertui.customers.rules.check import check as check_value

    if kind not in KINDS:
        # The kind is not repeated: a number may stand in its place.
        raise typer.BadParameter(N_("known kinds are: ") + " ".join(KINDS), param_hint="KIND")
    text = _stdin() if value == ["-"] else " ".join(value)
    with answering():
        verdict = check_value(kind, text, on or _today())
        answer = verdict.document()
        if not as_json:
            answer |= answer.pop("facts")
        document(answer, as_json=as_json)
    raise typer.Exit(NO if verdict.verdict == "invalid" else 0)


@app.command()
def selftest(
    file: Annotated[
        Path | None,
        typer.Argument(
            exists=True, dir_okay=False, readable=True, help=N_("A CSV file kind,input,date,expect.")
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Prove this copy of the rules with the shipped vectors or with a file of your own."""
    from tellertui.cli import selftest as vectors

    with answering():
        report = vectors.run(vectors.shipped() if file is None else vectors.read(file), _today())
        document(report, as_json=as_json)
    raise typer.Exit(NO if report.failed else 0)


@app.command()
def loan(
    principal: Amount,
    annual: Percent,
    months: Annotated[int, typer.Option()],
    method: Annotated[Method, typer.Option()],
    as_json: AsJson = False,
) -> None:
    """Show a repayment plan, with the interest of the formula and of the cents paid (R-LN-01)."""
    from tellertui.workflows.products.rules import loans

    with answering():
        plan = loans.plan(principal, annual, months, method)
        rows = [
            {
                "n": row.n,
                "payment": money_text(row.payment),
                "principal": money_text(row.principal),
                "interest": money_text(row.interest),
                "balance": money_text(row.balance),
            }
            for row in plan.instalments
        ]
        totals = {
            "first": money_text(plan.first),
            "last": money_text(plan.last),
            "total_interest_formula": money_text(plan.total_interest_formula),
            "total_interest_plan": money_text(plan.total_interest_plan),
        }
        document({**totals, "plan": rows}, as_json=as_json, basis=["R-LN-01"])


@app.command()
def afford(
    income: Amount,
    instalment: Amount,
    fee: Amount = 0,
    other_debt: Amount = 0,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Compare a loan's instalment and all debts with the monthly income (R-LN-02)."""
    from tellertui.workflows.products.rules.affordability import affordability

    with answering():
        found = affordability(income, instalment, fee, other_debt, on or _today())
        answer = {
            "housing_ratio": _fraction(found.housing_ratio),
            "debt_ratio": _fraction(found.debt_ratio),
            "verdict": found.verdict,
        }
        document(answer, as_json=as_json, basis=[found.rule, found.version, found.source])
    raise typer.Exit(0 if found.verdict == "ok" else NO)


@app.command()
def deposit(
    principal: Amount,
    annual: Percent,
    term: Annotated[str | None, typer.Option(help="3m 6m 1y 2y 3y 5y")] = None,
    days: Annotated[int | None, typer.Option(help=N_("Days until it is withdrawn."))] = None,
    opened: Day = None,
    closed: Day = None,
    kind: Annotated[Literal["demand", "term"] | None, typer.Option()] = None,
    demand_annual: Annotated[
        Decimal | None,
        typer.Option(parser=_percent, metavar="PCT", help=N_("Demand rate, for early or late withdrawal.")),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what a deposit earns and when it matures; without --opened a term begins today (R-DP-01…03)."""
    from tellertui.workflows.products.rules.quotes import Asked, quote

    with answering():
        asked = Asked(
            principal=principal,
            annual_pct=annual,
            term=term,
            days=days,
            opened=opened,
            closed=closed,
            kind=kind,
            demand_pct=demand_annual,
        )
        found = quote(asked, _today())
        parts = [_part(part) for part in found.parts]
        answer = {"interest": money_text(found.interest), "maturity": found.maturity, "parts": parts}
        document(answer, as_json=as_json, basis=["R-DP-02", "R-DP-03"])


@clock_app.command()
def complaint(
    received: Annotated[
        date, typer.Option(parser=_day, metavar="DATE", help=N_("The day of receipt, day 0."))
    ],
    complexity: Annotated[Complexity, typer.Option()] = "simple",
    regime: Annotated[str, typer.Option(help=N_("Whose limits: cn, fca-disp, fca-payments, cfpb …"))] = "cn",
    as_json: AsJson = False,
) -> None:
    """Show the deadlines of a complaint: the legal date, the internal one and the steps to it."""
    from tellertui.workflows.complaints.rules.clocks import clock

    with answering():
        found = clock(received, complexity, regime)
        steps = [msgspec.to_builtins(step) for step in found.steps]
        answer = {"due": found.due, "due_internal": found.due_internal, "steps": steps}
        document(answer, as_json=as_json, basis=[found.rule, found.version, found.source])


@app.command()
def workdays(
    start: Annotated[
        date, typer.Option("--from", parser=_day, metavar="DATE", help=N_("Not counted itself."))
    ],
    add: Annotated[int, typer.Option(help=N_("Working days; negative counts back."))],
    as_json: AsJson = False,
) -> None:
    """Count working days, make-up days included; beyond the table the answer is no (R-CAL-01, R-CAL-02)."""
    from tellertui.branch.calendar import CHINA, calendar

    with answering():
        legal = calendar()
        document({"date": legal.add(start, add)}, as_json=as_json, basis=[CHINA, legal.version])


@app.command()
def staffing(
    per_hour: Annotated[float, typer.Option(help=N_("Customers per hour."))],
    service_minutes: Annotated[float, typer.Option()],
    counters: Annotated[int, typer.Option()],
    target_minutes: Annotated[float, typer.Option(help=N_("The wait that counts as served in time."))],
    as_json: AsJson = False,
) -> None:
    """Say how long customers wait at a number of counters, by Erlang C: read it as a floor (R-Q-02)."""
    from tellertui.workflows.reception import staffing as erlang

    with answering():
        found = erlang.staffing(erlang.Load(per_hour, service_minutes), counters, target_minutes)
        answer = {
            name: round(value, 6) if isinstance(value, float) else value
            for name, value in msgspec.structs.asdict(found).items()
        }
        document(answer, as_json=as_json, basis=["R-Q-02"])


@app.command()
def suitability(
    issuer_level: Annotated[int, typer.Option()],
    client_level: Annotated[int, typer.Option()],
    seller_level: Annotated[int | None, typer.Option()] = None,
    age: Annotated[int | None, typer.Option()] = None,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Match a product with a client and say why (R-SU-01, R-SU-02, R-SU-05, R-SU-07)."""
    from tellertui.workflows.products.rules import suitability as rules

    with answering():
        client = rules.Client(level=client_level, age=age)
        found = rules.suitability(issuer_level, seller_level, client, on or _today())
        steps = [
            {
                "step": step.kind,
                "verdict": step.verdict,
                "severity": step.severity,
                "rule": step.rule,
                "reason": step.text(),
            }
            for step in found.steps
        ]
        answer = {"effective_level": found.effective_level, "verdict": found.verdict, "steps": steps}
        first = found.steps[0]
        document(answer, as_json=as_json, basis=[first.rule, first.version, first.source])
    raise typer.Exit(0 if found.verdict == "ok" else NO)


@draw_app.command()
def verify(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    as_json: AsJson = False,
) -> None:
    """Recompute a draw from its file and list every difference (R-DR-03).

    The file is JSON: "commitments" and "seeds" in hexadecimal, "entries" as name:weight lines, "winners" in
    the order of the prizes; "list_hash" and "prizes" if they were published.
    """
    from tellertui.workflows.care.rules import draw

    with answering():
        with file.open("rb") as opened:
            found = draw.verify(draw.read_draw(opened.read(MOST_DRAW_BYTES)))
        answer = {"verified": found.verified, **msgspec.structs.asdict(found)}
        document(answer, as_json=as_json, basis=["R-DR-03"])
    raise typer.Exit(0 if found.verified else NO)


def _part(part: "Part") -> dict[str, object]:
    return {
        "kind": part.kind,
        "from": part.start,
        "to": part.end,
        "months": part.months,
        "days": part.days,
        "principal": money_text(part.principal),
        "annual_pct": format(part.annual_pct, "f"),
        "interest": money_text(part.interest),
    }


def _stdin() -> str:
    return sys.stdin.buffer.read().decode(errors="replace").rstrip("\r\n")


def _today() -> date:
    return date.fromisoformat(day_of(SystemClock().now(), ZoneInfo(TIME_ZONE)))


def _fraction(share: Decimal | None) -> float | None:
    return None if share is None else float(share)


def register(root: typer.Typer) -> None:
    """Attach the commands."""
    root.add_typer(app, name="rules")
