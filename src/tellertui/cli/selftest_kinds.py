"""What the vectors of the self-test ask, apart from the kinds of ``rules check``.

A kind is a function: its parameters are the words ``name=value`` of the input, ``on`` is the day of the
row, and the facts it returns are what ``expect`` may name.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from inspect import Parameter, signature
from typing import Any, Literal, get_type_hints

import msgspec

from tellertui.branch import calendar, lunar
from tellertui.core.money import money_text, parse_money
from tellertui.core.verdict import Verdict
from tellertui.workflows.care.rules import birthdays, cadence, draw, points
from tellertui.workflows.complaints.rules import clocks
from tellertui.workflows.products.rules import (
    affordability,
    deposits,
    loans,
    questionnaire,
    quotes,
    suitability,
    wording,
)
from tellertui.workflows.reception import staffing

Facts = Mapping[str, object]
Runner = Callable[[str, date], Facts]
Said = Literal["yes", "no"]

KINDS: dict[str, Runner] = {}


def kind(name: str) -> Callable[[Callable[..., Facts]], Callable[..., Facts]]:
    """Register a function as a kind; its words are converted to the types of its parameters."""

    def register(function: Callable[..., Facts]) -> Callable[..., Facts]:
        hints = get_type_hints(function)
        parameters = [p for p in signature(function).parameters.values() if p.name != "on"]
        fields: list[Any] = [
            (p.name, hints[p.name]) if p.default is Parameter.empty else (p.name, hints[p.name], p.default)
            for p in parameters
        ]
        shape = msgspec.defstruct(function.__name__, fields, forbid_unknown_fields=True)

        def run(value: str, on: date) -> Facts:
            given = dict(word.split("=", 1) for word in value.split())
            return function(on=on, **msgspec.structs.asdict(msgspec.convert(given, shape, strict=False)))

        KINDS[name] = run
        return function

    return register


def of_verdict(verdict: Verdict) -> Facts:
    """Return a verdict as facts."""
    return {**verdict.facts, "verdict": verdict.verdict, "severity": verdict.severity, "rule": verdict.rule}


@kind("workdays")
def workdays(on: date, start: date, add: int) -> Facts:
    """R-CAL-01, R-CAL-02."""
    return {"date": calendar.calendar().add(start, add)}


@kind("workday-count")
def workday_count(on: date, start: date, end: date) -> Facts:
    """R-CAL-01: both ends included."""
    legal = calendar.calendar()
    return {"days": legal.count(start, end) + legal.is_workday(start)}


@kind("workday")
def workday(on: date) -> Facts:
    """R-CAL-01."""
    return {"verdict": "worked" if calendar.calendar().is_workday(on) else "free"}


@kind("opening")
def opening(on: date) -> Facts:
    """R-CAL-01: a branch that set no days of its own."""
    days = calendar.opening_days(on)
    return {"verdict": "open" if days.is_open(on, calendar.calendar()) else "closed"}


@kind("festival")
def festival(on: date, name: str, year: int) -> Facts:
    """R-CAL-03: in a lunar year."""
    return {"date": lunar.festivals(year)[name]}


@kind("lunar-date")
def lunar_date(on: date) -> Facts:
    """R-CAL-04."""
    found = lunar.to_lunar(on)
    return {"lunar": f"{found.year}-{found.month:02d}-{found.day:02d}", "leap": found.leap}


@kind("lunar-month")
def lunar_month(on: date, year: int, month: int) -> Facts:
    """R-CAL-04."""
    return {"days": lunar.month_length(year, month)}


@kind("birthday")
def birthday(on: date, born: date, leap_day: birthdays.LeapDay = "feb-28") -> Facts:
    """R-CAL-04."""
    return {"date": birthdays.next_birthday(born, on, leap_day)}


@kind("lunar-birthday")
def lunar_birthday(on: date, born: date, leap_month: birthdays.LeapMonth = "recurring") -> Facts:
    """R-CAL-04: ``born`` is the solar date."""
    return {"date": birthdays.next_lunar_birthday(born, on, leap_month)}


@kind("clock")
def clock(on: date, received: date, complexity: clocks.Complexity = "simple", regime: str = "cn") -> Facts:
    """R-CP."""
    found = clocks.clock(received, complexity, regime)
    steps = {step.step: step.due for step in found.steps}
    return {**steps, "due": found.due, "due_internal": found.due_internal, "rule": found.rule}


@kind("loan")
def loan(on: date, principal: str, annual: Decimal, months: int, method: loans.Method) -> Facts:
    """R-LN-01."""
    plan = loans.plan(parse_money(principal), annual, months, method)
    return {
        "first": money_text(plan.first),
        "last": money_text(plan.last),
        "total_interest_formula": money_text(plan.total_interest_formula),
        "total_interest_plan": money_text(plan.total_interest_plan),
        "balances": [money_text(row.balance) for row in plan.instalments],
    }


@kind("loan-days")
def loan_days(on: date, principal: str, annual: Decimal, days: int) -> Facts:
    """R-LN-01: actual days over 360."""
    return {"interest": money_text(loans.by_days(parse_money(principal), annual, days))}


@kind("flat-rate")
def flat_rate(on: date, monthly: Decimal, months: int) -> Facts:
    """R-LN-01: the nominal rate behind a flat monthly fee."""
    return {"annual": loans.flat_to_nominal(monthly, months)}


@kind("afford")
def afford(on: date, income: str, instalment: str, fee: str = "0", other_debt: str = "0") -> Facts:
    """R-LN-02."""
    amounts = [parse_money(amount) for amount in (income, instalment, fee, other_debt)]
    found = affordability.affordability(amounts[0], amounts[1], amounts[2], amounts[3], on)
    return {"verdict": found.verdict, "housing_ratio": found.housing_ratio, "debt_ratio": found.debt_ratio}


@kind("deposit")
def deposit(
    on: date,
    principal: str,
    annual: Decimal,
    term: str | None = None,
    days: int | None = None,
    opened: date | None = None,
    closed: date | None = None,
    kind: Literal["demand", "term"] | None = None,
    demand_annual: Decimal | None = None,
) -> Facts:
    """R-DP-01 to R-DP-03: the options of ``rules deposit``."""
    asked = quotes.Asked(
        principal=parse_money(principal),
        annual_pct=annual,
        term=term,
        days=days,
        opened=opened,
        closed=closed,
        kind=kind,
        demand_pct=demand_annual,
    )
    found = quotes.quote(asked, on)
    return {"interest": money_text(found.interest), "maturity": found.maturity, "parts": len(found.parts)}


@kind("maturity")
def maturity(on: date, opened: date, months: int) -> Facts:
    """R-DP-01: with the month-end clamp."""
    return {"date": deposits.Account(1, Decimal(0), months, opened, deposits.day_count(opened)).maturity}


@kind("deposit-tax")
def deposit_tax(on: date, interest: str, opened: date, closed: date) -> Facts:
    """R-DP-04."""
    return {"tax": money_text(deposits.interest_tax(parse_money(interest), opened, closed))}


@kind("large-certificate")
def large_certificate(on: date, principal: str, months: int) -> Facts:
    """R-DP-05."""
    return of_verdict(deposits.large_certificate(parse_money(principal), months, on))


@kind("staffing")
def staff(on: date, per_hour: float, service_minutes: float, counters: int, target_minutes: float) -> Facts:
    """R-Q-02."""
    found = staffing.staffing(staffing.Load(per_hour, service_minutes), counters, target_minutes)
    return msgspec.structs.asdict(found)


@kind("staff-needed")
def staff_needed(
    on: date,
    per_hour: float,
    service_minutes: float,
    target_minutes: float,
    service_level: float,
    occupancy: float = 1.0,
    shrinkage: float = 0.0,
) -> Facts:
    """R-Q-02: the fewest counters and the people to roster."""
    load = staffing.Load(per_hour, service_minutes)
    counters = staffing.counters_needed(load, target_minutes, service_level, occupancy)
    return {"counters": counters, "rostered": counters and staffing.rostered(counters, shrinkage)}


@kind("suitability")
def suits(
    on: date,
    issuer: int,
    client: int,
    seller: int | None = None,
    age: int | None = None,
    assessed: date | None = None,
) -> Facts:
    """R-SU-01, R-SU-02, R-SU-03, R-SU-05, R-SU-07."""
    person = suitability.Client(level=client, age=age, assessed=assessed)
    found = suitability.suitability(issuer, seller, person, on)
    steps = {step.kind: step.verdict for step in found.steps}
    return {**steps, "verdict": found.verdict, "effective": found.effective_level}


@kind("reassess")
def reassess(on: date, earlier: str) -> Facts:
    """R-SU-06: the days of earlier assessments, with commas between them."""
    return of_verdict(suitability.may_assess([date.fromisoformat(day) for day in earlier.split(",")], on))


@kind("recording")
def recording(on: date, product: str) -> Facts:
    """R-SU-08."""
    return {"verdict": suitability.recording(product, on)}


@kind("risk-score")
def risk_score(on: date, answers: str) -> Facts:
    """R-SU-10: the numbers of the answers from 0, with commas between them."""
    chosen = [int(answer) for answer in answers.split(",")]
    return msgspec.structs.asdict(questionnaire.assess(questionnaire.questionnaire(on), chosen))


@kind("draw")
def draw_winners(on: date, seeds: str, entries: str, prizes: int) -> Facts:
    """R-DR-03: seeds in hexadecimal and entries, with commas between them."""
    opened = [bytes.fromhex(seed) for seed in seeds.split(",")]
    return {
        "commitments": [draw.commitment(seed) for seed in opened],
        "list_hash": draw.hash_of_list(entries.split(",")),
        "winners": draw.winners(opened, entries.split(","), prizes),
    }


@kind("prize")
def prize(on: date, price: str) -> Facts:
    """R-DR-01."""
    return of_verdict(draw.prize_allowed(parse_money(price), on))


@kind("publication")
def publication(on: date, published: str) -> Facts:
    """R-DR-02: what is published, with commas between them."""
    return of_verdict(draw.publication(dict.fromkeys(published.split(","), "text"), on))


@kind("contact")
def contact(on: date, purpose: cadence.Purpose, last: date | None = None, asked_for: Said = "no") -> Facts:
    """R-CAL-05: the cap."""
    return of_verdict(cadence.may_contact(purpose, last, on, by_customer=asked_for == "yes"))


@kind("follow-up")
def follow_up(on: date, occasion: str) -> Facts:
    """R-CAL-05: the window."""
    first, last = cadence.follow_up(occasion, on)
    return {"first": first, "last": last}


@kind("tier")
def tier(on: date, assets: int) -> Facts:
    """R-CAL-06."""
    return {"tier": cadence.looked_after_by(assets, on)}


@kind("message")
def message(on: date, offer: Said, consent: Said, parts: str = "") -> Facts:
    """R-CAL-07."""
    purpose = cadence.purpose_of(with_offer=offer == "yes")
    given = frozenset(parts.split(","))
    return of_verdict(cadence.may_send(purpose, consent=consent == "yes", parts=given, on=on))


def sales_words(value: str, on: date) -> Facts:
    """R-SU-09: the whole input is the text."""
    found = wording.flags(value, on)
    return {"verdict": "flagged" if found else "clean", "kinds": sorted({flag.kind for flag in found})}


def ledger(value: str, on: date) -> Facts:
    """R-PT: entries in order: ``grant:ID:POINTS:EXPIRES spend:ID:POINTS:DAY reverse:ID:DAY expire:DAY``."""
    book = points.Ledger()
    for entry in value.split():
        match entry.split(":"):
            case ["grant", id_, amount, expires]:
                book = book.grant(id_, int(amount), date.min, date.fromisoformat(expires))
            case ["spend", id_, amount, day]:
                book = book.spend(id_, int(amount), date.fromisoformat(day))
            case ["reverse", spend, day]:
                book = book.reverse(f"reverse-{spend}", spend, date.fromisoformat(day))
            case ["expire", day]:
                book = book.expire(date.fromisoformat(day))
            case _:
                raise ValueError(entry)
    return {**book.left(), **msgspec.structs.asdict(book.totals(on)), "balance": book.balance}


KINDS |= {"wording": sales_words, "points": ledger}
