"""Beneficial owners of an organisation through chains of holdings (R-OR-05).

A natural person is an owner with a quarter of the equity; if nobody has it, with a quarter of the income
or the votes; if nobody has that either, by actual control. Shares multiply along a chain and add up over
chains, circular holdings included. All shares are exact fractions.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from fractions import Fraction
from typing import Literal, NamedTuple

import msgspec

from tellertui.core.refusal import N_, Fact
from tellertui.core.tables import Table
from tellertui.core.verdict import Verdict, ground

NO_FILING = N_("A sole trader files no beneficial owner.")
PLEDGE = N_("All holders are natural persons and the capital is small: a pledge may stand for the filing.")
FILING = N_("The beneficial owners have to be filed.")
OWNERS_FOUND = N_("{count} beneficial owner(s) by {test}.")
NOBODY = N_("Nobody meets a test; note who runs the business day by day and ask compliance.")
SAME_AS_REGISTER = N_("The bank's owners are the ones in the register.")
DIFFERENT = N_("The register differs: {missing} missing there, {extra} only there; report the difference.")

Test = Literal["equity", "income", "votes", "control"]
_IN_ORDER: tuple[tuple[Test, ...], ...] = (("equity",), ("income", "votes"))


class Stake(NamedTuple):
    """A direct holding of one party in another; the share is a fraction of one."""

    holder: str
    held: str
    share: Fraction
    kind: Literal["equity", "income", "votes"] = "equity"


class Owner(NamedTuple):
    """A beneficial owner, the share found and the test that found it."""

    person: str
    share: Fraction
    test: Test


class Owning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-OR-05; the capital in fen."""

    share_basis_points: int
    exempt: list[str]
    pledge_up_to_capital: int
    legacy_until: date


def percent(text: str) -> Fraction:
    """Return the share written as a percentage with decimals, such as 24.99.

    Raises:
        ValueError: not a number from 0 to 100.
    """
    share = Fraction(text) / 100
    if not 0 <= share <= 1:
        msg = "a share lies between 0 and 100 percent"
        raise ValueError(msg)
    return share


def effective_shares(target: str, stakes: Iterable[Stake]) -> dict[str, Fraction]:
    """Return everybody's share in a target, direct and through chains.

    The share of a party is its direct one plus its part of what each party it holds has; these equations
    are solved exactly, so circular holdings need no cut-off.

    Raises:
        ValueError: shares of one party add up to more than the whole, or parties own each other completely.
    """
    direct = _direct(stakes)
    parties = _above(target, direct)
    nothing = Fraction(0)
    rows = [
        [(row == column) - direct.get((row, column), nothing) for column in parties]
        + [direct.get((row, target), nothing)]
        for row in parties
    ]
    shares = dict(zip(parties, _solve(rows), strict=True))
    shares.pop(target, None)
    return shares


def _direct(stakes: Iterable[Stake]) -> dict[tuple[str, str], Fraction]:
    direct: dict[tuple[str, str], Fraction] = {}
    given: dict[str, Fraction] = {}
    for stake in stakes:
        key = (stake.holder, stake.held)
        direct[key] = direct.get(key, Fraction(0)) + stake.share
        given[stake.held] = given.get(stake.held, Fraction(0)) + stake.share
    if any(total > 1 for total in given.values()):
        msg = "shares add up to more than the whole"
        raise ValueError(msg)
    return direct


def _above(target: str, direct: dict[tuple[str, str], Fraction]) -> list[str]:
    """Return the parties from which a chain leads to the target, itself among them if it holds itself."""
    found: dict[str, None] = {}
    layer = {target}
    while layer:
        layer = {holder for holder, held in direct if held in layer} - found.keys()
        found.update(dict.fromkeys(sorted(layer)))
    return list(found)


def _solve(rows: list[list[Fraction]]) -> list[Fraction]:
    """Solve linear equations given as rows with the constant last, by elimination."""
    size = len(rows)
    for column in range(size):
        pivot = next((index for index in range(column, size) if rows[index][column]), None)
        if pivot is None:
            msg = "parties own each other completely"
            raise ValueError(msg)
        rows[column], rows[pivot] = rows[pivot], rows[column]
        head = rows[column][column]
        rows[column] = [value / head for value in rows[column]]
        for index in range(size):
            if index != column and (factor := rows[index][column]):
                rows[index] = [
                    value - factor * top for value, top in zip(rows[index], rows[column], strict=True)
                ]
    return [row[-1] for row in rows]


def beneficial_owners(
    target: str,
    stakes: Sequence[Stake],
    persons: AbstractSet[str],
    on: date,
    rules: Table,
    *,
    together: Sequence[AbstractSet[str]] = (),
    control: AbstractSet[str] = frozenset(),
) -> list[Owner]:
    """Return the beneficial owners of a target by the first test that finds any (R-OR-05).

    Args:
        target: the organisation.
        stakes: all known direct holdings.
        persons: which parties are natural persons.
        on: the day.
        rules: the table ``organisations``.
        together: groups of persons who act jointly; their shares count as one.
        control: persons with actual control in another way.

    Raises:
        OutOfTable: the rule is not in force on the day.
        ValueError: see ``effective_shares``.
    """
    values = ground(rules, "R-OR-05", on, Owning).values
    least = Fraction(values.share_basis_points, 10_000)
    for tests in _IN_ORDER:
        found: dict[str, Owner] = {}
        for test in tests:
            shares = effective_shares(target, _seen_as(test, stakes))
            for owner in _reaching(shares, persons, together, least, test):
                found.setdefault(owner.person, owner)
        if found:
            return sorted(found.values(), key=lambda owner: (-owner.share, owner.person))
    return [Owner(person, Fraction(0), "control") for person in sorted(control & persons)]


def _seen_as(test: str, stakes: Sequence[Stake]) -> list[Stake]:
    """Return the stakes for a test; income and votes in a party follow its equity unless agreed otherwise."""
    if test == "equity":
        return [stake for stake in stakes if stake.kind == "equity"]
    agreed = {stake.held for stake in stakes if stake.kind == test}
    return [
        stake
        for stake in stakes
        if stake.kind == test or (stake.kind == "equity" and stake.held not in agreed)
    ]


def _reaching(
    shares: dict[str, Fraction],
    persons: AbstractSet[str],
    together: Sequence[AbstractSet[str]],
    least: Fraction,
    test: Test,
) -> list[Owner]:
    groups = [*together, *({person} for person in persons)]
    reaching = {
        person
        for group in groups
        if sum((shares.get(person, Fraction(0)) for person in group & persons), Fraction(0)) >= least
        for person in group & persons
    }
    return [Owner(person, shares.get(person, Fraction(0)), test) for person in sorted(reaching)]


def check_owners(owners: Sequence[Owner], on: date, rules: Table) -> Verdict:
    """Say whether the tests found a beneficial owner (R-OR-05)."""
    judge = ground(rules, "R-OR-05", on, Owning).judge("beneficial-owner")
    if not owners:
        return judge.unknown(NOBODY)
    return judge.valid(OWNERS_FOUND, {"count": len(owners), "test": owners[0].test})


def check_filing(
    form: str, capital: int, on: date, rules: Table, *, natural_holders: bool, filed: bool, founded: date
) -> Verdict:
    """Say whether an organisation has met its duty to file its beneficial owners (R-OR-05).

    Args:
        form: the form of the organisation, such as company or sole-trader.
        capital: the registered capital in fen.
        on: the day.
        rules: the table ``organisations``.
        natural_holders: all holders are natural persons.
        filed: a filing or a pledge stands in the register.
        founded: the day of registration; older organisations have time until a date of the table.
    """
    found = ground(rules, "R-OR-05", on, Owning)
    judge, values = found.judge("beneficial-owner-filing"), found.values
    if form in values.exempt:
        return judge.valid(NO_FILING)
    small = natural_holders and capital <= values.pledge_up_to_capital
    reason = PLEDGE if small else FILING
    legacy = founded < found.rule.effective_from
    facts: dict[str, Fact] = {"until": values.legacy_until.isoformat() if legacy else None}
    if filed:
        return judge.valid(reason, facts)
    return judge.invalid(reason, facts, "warn" if legacy and on <= values.legacy_until else None)


def check_register(found: AbstractSet[str], register: AbstractSet[str], on: date, rules: Table) -> Verdict:
    """Compare the owners the bank found with those in the register (R-OR-05); differences are reported."""
    judge = ground(rules, "R-OR-05", on, Owning).judge("beneficial-owner-register")
    missing, extra = len(found - register), len(register - found)
    if missing or extra:
        return judge.invalid(DIFFERENT, {"missing": missing, "extra": extra}, "warn")
    return judge.valid(SAME_AS_REGISTER)
