"""Money laundering: what the law asks for before a service goes on (R-AML-01 to 08, 10 and 11).

Two different rules ask for two different things: an amount asks who the customer is (customer due
diligence), a risk asks where the money comes from and goes to (enhanced due diligence). Amounts are fen
for RMB and US cents for the equivalent of anything else.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Literal, NamedTuple

import msgspec

from tellertui.core.refusal import N_
from tellertui.core.tables import Severity, Table
from tellertui.core.verdict import Gap, Verdict, ground

DONE = N_("Everything this rule asks for is done.")
MISSING = N_("Before going on: {missing}.")
MISSING_ESSENTIAL = N_("To do: {missing}. The service is essential and must not wait for it.")
RISK_UNKNOWN = N_("The risk of the customer is not known ({gap}); ask the core system.")
LARGE_CASH = N_("Cash of one day reaches the amount of a large-value report.")
LARGE_TRANSFER = N_("Transfers of one day reach the amount of a large-value report.")
NO_HIT = N_("No list has a hit.")
NOT_SCREENED = N_("These lists were not answered ({gap}): {lists}.")
HIT = N_("Refer to compliance at once: {measures}. Nothing of this is told to the customer.")

Risk = Literal["low", "normal", "high", "not-asked", "not-answered"]
"""The risk the core system gives a customer, or why it is not known."""

Identity = Literal["genuine", "anonymous", "false-name", "impersonated"]


class Amount(NamedTuple):
    """An amount: fen if it is RMB, US cents of the equivalent if it is anything else."""

    cny: int = 0
    usd: int = 0


class Service(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A service as these rules look at it; ``what`` is a code of the tables, such as cash-deposit."""

    what: str
    amount: Amount = Amount()
    new_relation: bool = False
    risk: Risk = "normal"
    suspicion: bool = False
    doubt: bool = False
    agent: bool = False
    changed: frozenset[str] = frozenset()
    identity: Identity = "genuine"


class Screening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The answer for one list: its version goes with it."""

    name: str
    version: str
    hit: bool


class Measures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a rule asks for."""

    measures: list[str]


class AtAmount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Measures asked for by some services from an amount on."""

    measures: list[str]
    services: list[str]
    cny: int = 0
    usd: int = 0


class AtRisk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-AML-03."""

    measures: list[str]
    essential: list[str]


class AtChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-AML-10."""

    measures: list[str]
    fields: list[str]


class Large(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-AML-05."""

    cny: int
    usd: int


class LargeTransfer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-AML-06."""

    person_domestic_cny: int
    person_cross_border_cny: int
    other_cny: int


class Lists(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-AML-08."""

    lists: list[str]
    measures: list[str]


class Duty(NamedTuple):
    """What one rule asks for in a case, and how much it weighs if it is missing."""

    rule: str
    measures: tuple[str, ...]
    severity: Severity


def cdd_duties(service: Service, on: date, rules: Table) -> list[Duty]:
    """Return what has to be known about who the customer is (R-AML-01, 02, 04, 07, 10, 11).

    Raises:
        OutOfTable: the table does not reach the day.
    """
    duties = []
    if service.identity != "genuine":
        duties.append(_duty("R-AML-11", on, rules))
    if service.new_relation or service.suspicion or service.doubt:
        duties.append(_duty("R-AML-01", on, rules))
    if _at_amount(service, "R-AML-02", on, rules):
        simple = service.risk == "low" and not service.suspicion and not service.doubt
        duties.append(_duty("R-AML-04" if simple else "R-AML-02", on, rules))
    if service.agent:
        duties.append(_duty("R-AML-07", on, rules))
    if service.changed & set(ground(rules, "R-AML-10", on, AtChange).values.fields):
        duties.append(_duty("R-AML-10", on, rules))
    return duties


def edd_duties(service: Service, on: date, rules: Table) -> list[Duty] | Gap:
    """Return what has to be known about where the money comes from and goes to (R-AML-03).

    Until the end of 2025 cash from an amount on asked for it too; since then only the risk does.

    Raises:
        OutOfTable: the table does not reach the day.
    """
    if service.risk in ("not-asked", "not-answered"):
        return Gap(service.risk)
    duties = []
    if service.risk == "high":
        essential = service.what in ground(rules, "R-AML-03", on, AtRisk).values.essential
        duties.append(_duty("R-AML-03", on, rules, "warn" if essential else None))
    if _at_amount(service, "R-AML-03.amount", on, rules):
        duties.append(_duty("R-AML-03.amount", on, rules))
    return duties


def check_service(service: Service, done: AbstractSet[str], on: date, rules: Table) -> list[Verdict]:
    """Return one verdict for every rule that asks for something in this case.

    Args:
        service: the case.
        done: the measures already taken.
        on: the business day.
        rules: the table ``aml``.

    Raises:
        OutOfTable: the table does not reach the day.
    """
    verdicts = [_verdict(duty, done, on, rules) for duty in cdd_duties(service, on, rules)]
    enhanced = edd_duties(service, on, rules)
    if isinstance(enhanced, Gap):
        judge = ground(rules, "R-AML-03", on, AtRisk).judge("aml")
        return [*verdicts, judge.unknown(RISK_UNKNOWN, {"gap": enhanced})]
    return verdicts + [_verdict(duty, done, on, rules) for duty in enhanced]


def check_large_cash(cash: Amount, on: date, rules: Table) -> Verdict | None:
    """Return a flag if the cash of one customer and day, in and out, is reported (R-AML-05)."""
    found = ground(rules, "R-AML-05", on, Large)
    if cash.cny < found.values.cny and cash.usd < found.values.usd:
        return None
    return found.judge("aml-large-cash").valid(LARGE_CASH)


def check_large_transfers(
    transferred: int, on: date, rules: Table, *, person: bool, cross_border: bool
) -> Verdict | None:
    """Return a flag if the transfers of one customer and day, in fen, are reported (R-AML-06)."""
    found = ground(rules, "R-AML-06", on, LargeTransfer)
    values = found.values
    limit = values.person_cross_border_cny if cross_border else values.person_domestic_cny
    if transferred < (limit if person else values.other_cny):
        return None
    return found.judge("aml-large-transfer").valid(LARGE_TRANSFER)


def check_screening(answers: Sequence[Screening] | Gap, on: date, rules: Table) -> Verdict:
    """Say whether a person, agent or controlled entity is on a list (R-AML-08).

    Every list of the table has to be answered: a missing answer is not "no hit".
    """
    found = ground(rules, "R-AML-08", on, Lists)
    judge = found.judge("aml-screening")
    given = () if isinstance(answers, Gap) else answers
    if any(answer.hit for answer in given):
        return judge.invalid(HIT, {"measures": ", ".join(found.values.measures)})
    missing = [name for name in found.values.lists if name not in {answer.name for answer in given}]
    if missing:
        gap = answers if isinstance(answers, Gap) else Gap.NOT_ANSWERED
        return judge.unknown(NOT_SCREENED, {"gap": gap, "lists": ", ".join(missing)}, "block")
    versions = ", ".join(f"{answer.name} {answer.version}" for answer in given)
    return judge.valid(NO_HIT, {"versions": versions})


def worst(verdicts: Iterable[Verdict]) -> Verdict | None:
    """Return the verdict that weighs most: the ones not satisfied first, blocking before warning."""
    order = {"block": 0, "warn": 1, "info": 2}
    ranked = sorted(verdicts, key=lambda verdict: (verdict.passed, order[verdict.severity]))
    return ranked[0] if ranked else None


def _at_amount(service: Service, rule_id: str, on: date, rules: Table) -> bool:
    values = ground(rules, rule_id, on, AtAmount).values
    reached = service.amount.cny >= values.cny or service.amount.usd >= values.usd
    return service.what in values.services and reached


def _duty(rule_id: str, on: date, rules: Table, severity: Severity | None = None) -> Duty:
    rule = rules.on(rule_id, on)
    return Duty(rule_id, tuple(rule.values["measures"]), severity or rule.severity)


def _verdict(duty: Duty, done: AbstractSet[str], on: date, rules: Table) -> Verdict:
    judge = ground(rules, duty.rule, on, dict).judge("aml")
    missing = [measure for measure in duty.measures if measure not in done]
    if not missing:
        return judge.valid(DONE)
    essential = duty.severity != judge.rule.severity
    reason = MISSING_ESSENTIAL if essential else MISSING
    return judge.invalid(reason, {"missing": ", ".join(missing)}, duty.severity)
