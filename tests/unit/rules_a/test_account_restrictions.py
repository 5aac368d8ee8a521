"""R-AC-05 to R-AC-08: restricted persons, refusals, revocation, loss reports."""

from datetime import date, timedelta

import pytest

from tellertui.core.tables import table
from tellertui.core.verdict import Gap
from tellertui.workflows.accounts.rules import restrictions
from tellertui.workflows.accounts.rules.restrictions import Restriction

RULES = table("accounts")
ON = date(2026, 11, 23)
SINCE = date(2023, 11, 24)


@pytest.mark.parametrize(
    ("entry", "last"),
    [
        (Restriction("open-account", SINCE, "lent"), "2026-11-23"),
        (Restriction("remote-business", SINCE, "lent"), "2028-11-23"),
        (Restriction("open-account", SINCE, "lent", until=date(2025, 1, 1)), "2025-01-01"),
    ],
)
def test_the_last_day(entry: Restriction, last: str) -> None:
    end = date.fromisoformat(last)
    assert restrictions.restricted_until(entry, RULES) == end
    closed = restrictions.check_restrictions([entry], entry.action, end, RULES)
    assert (closed.verdict, closed.severity) == ("invalid", "block")
    assert "{" not in closed.text()
    assert restrictions.check_restrictions([entry], entry.action, end + timedelta(days=1), RULES).passed


def test_other_actions_lifted_and_future_entries() -> None:
    entry = Restriction("open-account", SINCE, "lent")
    assert restrictions.check_restrictions([entry], "remote-business", ON, RULES).passed
    assert restrictions.check_restrictions([entry], "open-account", SINCE - timedelta(days=1), RULES).passed
    lifted = Restriction("open-account", SINCE, "lent", lifted=ON)
    assert restrictions.check_restrictions([lifted], "open-account", ON, RULES).passed
    assert not restrictions.check_restrictions([lifted], "open-account", ON - timedelta(days=1), RULES).passed
    assert restrictions.check_restrictions([], "open-account", ON, RULES).passed


@pytest.mark.parametrize("gap", list(Gap))
def test_an_unanswered_list_is_not_empty(gap: Gap) -> None:
    assert restrictions.check_restrictions(gap, "open-account", ON, RULES).verdict == "unknown"


@pytest.mark.parametrize(
    ("code", "second", "reason"),
    [
        ("abnormal", "0002", restrictions.REFUSAL_RECORDED),
        (None, "0002", restrictions.REASON_MISSING),
        ("", "0002", restrictions.REASON_MISSING),
        ("abnormal", None, restrictions.SECOND_MISSING),
        ("abnormal", "0001", restrictions.SECOND_MISSING),
    ],
)
def test_refusals(code: str | None, second: str | None, reason: str) -> None:
    assert restrictions.check_refusal(code, "0001", second, ON, RULES).reason == reason


def test_machine_transfers_can_be_revoked_for_a_day() -> None:
    assert restrictions.revocable_until(1_000, ON, RULES) == 1_000 + 86_400_000


def test_oral_reports_stand_five_days() -> None:
    due = restrictions.written_due(ON, RULES)
    assert due == date(2026, 11, 28)
    standing = restrictions.check_loss_report(ON, None, due, RULES)
    assert (standing.reason, standing.severity) == (restrictions.ORAL_STANDS, "warn")
    lapsed = restrictions.check_loss_report(ON, None, due + timedelta(days=1), RULES)
    assert (lapsed.reason, lapsed.severity) == (restrictions.ORAL_LAPSED, "block")
    assert "{" not in standing.text() + lapsed.text()


def test_written_reports_are_complete() -> None:
    needed = {"identity-document", "name", "opened", "kind", "amount", "account-number", "address"}
    assert restrictions.check_loss_report(ON, needed, ON, RULES).passed
    verdict = restrictions.check_loss_report(ON, needed - {"amount"}, ON, RULES)
    assert (verdict.reason, verdict.facts["missing"]) == (restrictions.REPORT_INCOMPLETE, "amount")
