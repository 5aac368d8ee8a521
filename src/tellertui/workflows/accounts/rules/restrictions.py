"""Restricted persons, refused openings, revocable transfers and loss reports (R-AC-05 to R-AC-08)."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from typing import Literal

import msgspec

from tellertui.core.clock import MINUTE
from tellertui.core.dates import add_years
from tellertui.core.refusal import N_
from tellertui.core.tables import Table
from tellertui.core.verdict import Gap, Plain, Verdict, ground

NOT_RESTRICTED = N_("No restriction is in force.")
LIST_UNKNOWN = N_("The list of restricted persons was not answered ({gap}).")
RESTRICTED = N_(
    "The person is restricted until {until} (reason {code}); tell the reason, the remedy and the appeal."
)

REFUSAL_RECORDED = N_("The refusal has a reason code and a second person.")
REASON_MISSING = N_("A refusal needs a reason code.")
SECOND_MISSING = N_("A refusal needs a supervisor who is not the maker.")

REPORT_COMPLETE = N_("The written loss report is complete.")
REPORT_INCOMPLETE = N_("The written loss report lacks: {missing}.")
ORAL_STANDS = N_("The oral report stands until {due}; the written one must come by then.")
ORAL_LAPSED = N_("The oral report lapsed after {due} without a written one.")

Action = Literal["open-account", "remote-business"]


class Restriction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of the list of restricted persons: what is closed to them, from when, why, until when."""

    action: Action
    since: date
    code: str
    until: date | None = None
    """The end the decision names; none if the rule's own years count."""
    lifted: date | None = None


class Years(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-AC-05."""

    no_remote_business_years: int
    no_new_account_years: int


class Revocable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-AC-07."""

    hours: int


class Loss(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-AC-08."""

    written_within_days: int
    needed: list[str]


def restricted_until(restriction: Restriction, rules: Table) -> date:
    """Return the last day of a restriction (R-AC-05)."""
    if restriction.until is not None:
        return restriction.until
    values = ground(rules, "R-AC-05", restriction.since, Years).values
    remote = restriction.action == "remote-business"
    years = values.no_remote_business_years if remote else values.no_new_account_years
    return add_years(restriction.since, years) - timedelta(days=1)


def check_restrictions(
    restrictions: Iterable[Restriction] | Gap, action: Action, on: date, rules: Table
) -> Verdict:
    """Say whether a person may do something that renting, lending or selling accounts closes (R-AC-05)."""
    judge = ground(rules, "R-AC-05", on, Years).judge("restriction")
    if isinstance(restrictions, Gap):
        return judge.unknown(LIST_UNKNOWN, {"gap": restrictions})
    for restriction in restrictions:
        until = restricted_until(restriction, rules)
        lifted = restriction.lifted is not None and restriction.lifted <= on
        if restriction.action == action and restriction.since <= on <= until and not lifted:
            return judge.invalid(RESTRICTED, {"until": until.isoformat(), "code": restriction.code})
    return judge.valid(NOT_RESTRICTED)


def check_refusal(reason: str | None, maker: str, second: str | None, on: date, rules: Table) -> Verdict:
    """Say whether an opening may be refused: with a reason code and a second person (R-AC-06)."""
    judge = ground(rules, "R-AC-06", on, Plain).judge("opening-refusal")
    if not reason:
        return judge.invalid(REASON_MISSING)
    if second is None or second == maker:
        return judge.invalid(SECOND_MISSING)
    return judge.valid(REFUSAL_RECORDED)


def revocable_until(ordered: int, on: date, rules: Table) -> int:
    """Return until when a transfer ordered at a machine can be revoked, milliseconds UTC (R-AC-07)."""
    return ordered + ground(rules, "R-AC-07", on, Revocable).values.hours * 60 * MINUTE


def written_due(reported: date, rules: Table) -> date:
    """Return the last day on which the written report may follow an oral one (R-AC-08)."""
    return reported + timedelta(days=ground(rules, "R-AC-08", reported, Loss).values.written_within_days)


def check_loss_report(reported: date, given: AbstractSet[str] | None, on: date, rules: Table) -> Verdict:
    """Say how a loss report stands (R-AC-08).

    Args:
        reported: the day of the report.
        given: what the written report contains; none while there is only an oral one.
        on: the day asked about.
        rules: the table ``accounts``.
    """
    found = ground(rules, "R-AC-08", reported, Loss)
    judge = found.judge("loss-report")
    if given is None:
        due = written_due(reported, rules)
        if on > due:
            return judge.invalid(ORAL_LAPSED, {"due": due.isoformat()})
        return judge.valid(ORAL_STANDS, {"due": due.isoformat()}, "warn")
    missing = [name for name in found.values.needed if name not in given]
    if missing:
        return judge.invalid(REPORT_INCOMPLETE, {"missing": ", ".join(missing)})
    return judge.valid(REPORT_COMPLETE)
