"""Accounts of organisations: how many, for what, and what leaves them (R-OR-06). Amounts are fen."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Literal

import msgspec

from tellertui.core.dates import add_years
from tellertui.core.money import money_text
from tellertui.core.refusal import N_
from tellertui.core.tables import Table
from tellertui.core.verdict import Gap, Verdict, ground

MAY_OPEN = N_("An account of this kind may be opened.")
HOLDINGS_UNKNOWN = N_("The core system has not said which accounts the organisation holds ({gap}).")
BASIC_EXISTS = N_("The organisation already has its basic account; there is only one.")
BASIC_FIRST = N_("The basic account comes first.")
END_MISSING = N_("A temporary account needs an end, at the latest {latest}.")
TOO_LONG = N_("A temporary account ends at the latest on {latest}.")
CASH_ALLOWED = N_("Cash may leave this account.")
NO_CASH = N_("No cash leaves an account of this kind.")
PURPOSE_ONLY = N_("Cash leaves a special account only for its purpose.")
WAGES_FROM_BASIC = N_("Wages are paid in cash from the basic account only.")
BASIS_GIVEN = N_("The transfer to a person has what it needs.")
BASIS_MISSING = N_("A transfer above {limit} to a personal account needs a stated basis.")
RECEIVE_ONLY = N_("Nothing leaves a capital-verification account before the verification is done.")
PAPERS_COMPLETE = N_("The papers are complete.")
PAPERS_MISSING = N_("These papers are missing: {missing}.")

Kind = Literal["basic", "general", "special", "temporary", "capital-verification"]
_FIRST: tuple[Kind, ...] = ("basic", "temporary", "capital-verification")
_LIMITED: tuple[Kind, ...] = ("temporary", "capital-verification")


class Account(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a kind of account allows."""

    cash_out: Literal["any", "none", "purpose"]
    per_entity: int | None = None


class Corporate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-OR-06."""

    temporary_years: int
    basis_above: int
    papers: list[str]
    kinds: dict[str, Account]


def check_opening(
    kind: Kind, held: Mapping[str, int] | Gap, until: date | None, on: date, rules: Table
) -> Verdict:
    """Say whether an organisation may open an account of a kind (R-OR-06).

    Args:
        kind: the kind asked for.
        held: how many of each kind the organisation holds at any bank, or why that is not known.
        until: the end of a temporary account.
        on: the day of the opening.
        rules: the table ``organisations``.
    """
    found = ground(rules, "R-OR-06", on, Corporate)
    judge, values = found.judge("corporate-opening"), found.values
    if isinstance(held, Gap):
        return judge.unknown(HOLDINGS_UNKNOWN, {"gap": held})
    allowed = values.kinds[kind].per_entity
    if allowed is not None and held.get(kind, 0) >= allowed:
        return judge.invalid(BASIC_EXISTS)
    if kind not in _FIRST and not held.get("basic"):
        return judge.invalid(BASIC_FIRST)
    if kind in _LIMITED:
        latest = add_years(on, values.temporary_years)
        if until is None or until > latest:
            return judge.invalid(TOO_LONG if until else END_MISSING, {"latest": latest.isoformat()})
    return judge.valid(MAY_OPEN)


def check_cash_out(
    kind: Kind, on: date, rules: Table, *, wages: bool = False, for_purpose: bool = False
) -> Verdict:
    """Say whether cash may be drawn from an account of a kind (R-OR-06)."""
    found = ground(rules, "R-OR-06", on, Corporate)
    judge, cash_out = found.judge("corporate-cash"), found.values.kinds[kind].cash_out
    if cash_out == "none":
        return judge.invalid(NO_CASH)
    if wages and kind != "basic":
        return judge.invalid(WAGES_FROM_BASIC)
    if cash_out == "purpose" and not for_purpose:
        return judge.invalid(PURPOSE_ONLY)
    return judge.valid(CASH_ALLOWED)


def check_transfer_to_person(
    kind: Kind, amount: int, on: date, rules: Table, *, basis: bool, verified: bool = True
) -> Verdict:
    """Say whether a transfer to a personal account may leave (R-OR-06).

    Args:
        kind: the kind of the paying account.
        amount: one item, in fen.
        on: the day.
        rules: the table ``organisations``.
        basis: the basis of the payment is stated.
        verified: the capital verification is done.
    """
    found = ground(rules, "R-OR-06", on, Corporate)
    judge, limit = found.judge("corporate-transfer"), found.values.basis_above
    if kind == "capital-verification" and not verified:
        return judge.invalid(RECEIVE_ONLY)
    if amount > limit and not basis:
        return judge.invalid(BASIS_MISSING, {"limit": money_text(limit)})
    return judge.valid(BASIS_GIVEN)


def check_papers(shown: AbstractSet[str], on: date, rules: Table) -> Verdict:
    """Say whether the papers for a corporate account are complete (R-OR-06)."""
    found = ground(rules, "R-OR-06", on, Corporate)
    judge = found.judge("corporate-papers")
    missing = [paper for paper in found.values.papers if paper not in shown]
    if missing:
        return judge.invalid(PAPERS_MISSING, {"missing": ", ".join(missing)})
    return judge.valid(PAPERS_COMPLETE)
