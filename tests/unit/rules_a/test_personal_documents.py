"""R-ID-09 to R-ID-12: expiry by age, renewal, accepted documents, capacity."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.core.dates import add_months, add_years, age_on
from tellertui.core.tables import OutOfTable, table
from tellertui.customers.rules import documents
from tellertui.customers.rules.documents import Person, Term

RULES = table("identity")
ON = date(2026, 11, 23)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("born", "issued", "expires"),
    [
        ("2012-05-01", "2026-05-01", "2031-05-01"),
        ("2010-11-23", "2026-11-23", "2036-11-23"),
        ("2010-11-24", "2026-11-23", "2031-11-23"),
        ("2000-11-24", "2026-11-23", "2036-11-23"),
        ("2000-11-23", "2026-11-23", "2046-11-23"),
        ("1980-11-24", "2026-11-23", "2046-11-23"),
        ("2000-01-01", "2024-02-29", "2034-02-28"),
    ],
)
def test_expiry_by_age_at_issue(born: str, issued: str, expires: str) -> None:
    assert documents.expected_expiry(day(born), day(issued), RULES) == day(expires)


def test_long_term_is_a_value_of_its_own() -> None:
    expiry = documents.expected_expiry(day("1980-11-23"), ON, RULES)
    assert expiry is Term.LONG
    assert documents.expiry_text(expiry) == "long-term"


def test_issued_before_the_birth_or_the_rule() -> None:
    with pytest.raises(ValueError, match="before the birth"):
        documents.expected_expiry(ON, ON - timedelta(days=1), RULES)
    with pytest.raises(OutOfTable):
        documents.expected_expiry(day("1970-01-01"), day("2003-12-31"), RULES)


@given(st.dates(date(1900, 1, 1), ON), st.dates(date(2004, 1, 1), ON))
def test_an_older_person_never_gets_a_shorter_card(born: date, issued: date) -> None:
    if born <= issued:
        years = {
            age: documents.expected_expiry(add_years(issued, -age), issued, RULES)
            for age in (age_on(born, issued), age_on(born, issued) + 1)
        }
        one, two = years.values()
        assert isinstance(two, Term) or (not isinstance(one, Term) and one <= two)


@pytest.mark.parametrize(
    ("printed", "reason", "outcome"),
    [
        (day("2046-11-23"), documents.EXPIRY_RIGHT, "valid"),
        (day("2036-11-23"), documents.EXPIRY_WRONG, "invalid"),
        (Term.LONG, documents.EXPIRY_WRONG, "invalid"),
    ],
)
def test_the_printed_expiry(printed: documents.Expiry, reason: str, outcome: str) -> None:
    verdict = documents.check_printed_expiry(day("2000-11-23"), ON, printed, RULES)
    assert (verdict.verdict, verdict.reason) == (outcome, reason)
    assert "{" not in verdict.text()


def test_a_card_issued_before_the_birth_blocks() -> None:
    verdict = documents.check_printed_expiry(ON, ON - timedelta(days=1), Term.LONG, RULES)
    assert (verdict.verdict, verdict.severity) == ("invalid", "block")


@pytest.mark.parametrize(
    ("days", "outcome", "severity", "reason", "remind"),
    [
        (91, "valid", "info", documents.CURRENT, False),
        (90, "valid", "warn", documents.EXPIRES_SOON, True),
        (89, "valid", "warn", documents.EXPIRES_SOON, False),
        (30, "valid", "warn", documents.EXPIRES_SOON, True),
        (0, "valid", "warn", documents.EXPIRES_SOON, True),
        (-1, "invalid", "warn", documents.EXPIRED, None),
        (-90, "invalid", "warn", documents.EXPIRED, None),
        (-91, "invalid", "block", documents.SUSPENDED, None),
    ],
)
def test_renewal(days: int, outcome: str, severity: str, reason: str, remind: bool | None) -> None:
    verdict = documents.check_current(ON + timedelta(days=days), ON, RULES)
    assert (verdict.verdict, verdict.severity, verdict.reason) == (outcome, severity, reason)
    assert verdict.facts.get("remind") == remind
    assert "{" not in verdict.text()


def test_service_ends_on_the_day_the_reason_names() -> None:
    expired = documents.check_current(ON, ON + timedelta(days=1), RULES)
    suspended = day(str(expired.facts["suspended"]))
    assert documents.check_current(ON, suspended - timedelta(days=1), RULES).reason == documents.EXPIRED
    assert documents.check_current(ON, suspended, RULES).reason == documents.SUSPENDED


def test_long_term_documents_are_current() -> None:
    assert documents.check_current(Term.LONG, ON, RULES).verdict == "valid"


@pytest.mark.parametrize(
    ("person", "age", "shown", "reason"),
    [
        (Person.RESIDENT, 30, {"resident-id"}, documents.ACCEPTED),
        (Person.RESIDENT, 30, {"resident-id", "temporary-resident-id"}, documents.ACCEPTED),
        (Person.RESIDENT, 30, {"temporary-resident-id"}, documents.TEMPORARY),
        (Person.RESIDENT, 30, {"household-register"}, documents.NOT_ACCEPTED),
        (Person.RESIDENT, 30, set(), documents.NOT_ACCEPTED),
        (Person.RESIDENT, 16, {"household-register"}, documents.NOT_ACCEPTED),
        (Person.RESIDENT, 15, {"household-register"}, documents.ALSO_NEEDED),
        (
            Person.RESIDENT,
            15,
            {"household-register", "guardian-id", "guardianship-proof"},
            documents.ACCEPTED,
        ),
        (Person.HONG_KONG_MACAO, 30, {"travel-permit"}, documents.ACCEPTED),
        (Person.HONG_KONG_MACAO, 30, {"passport"}, documents.NOT_ACCEPTED),
        (Person.TAIWAN, 30, {"other-travel-document"}, documents.ACCEPTED),
        (Person.OVERSEAS_CHINESE, 30, {"chinese-passport"}, documents.ACCEPTED),
        (Person.FOREIGNER, 30, {"permanent-resident-id"}, documents.ACCEPTED),
        (Person.FOREIGNER, 30, {"cross-border-pass"}, documents.NOT_ACCEPTED),
        (Person.BORDER_RESIDENT, 30, {"cross-border-pass"}, documents.ACCEPTED),
        (Person.SOLDIER, 20, {"military-id"}, documents.ALSO_NEEDED),
        (Person.SOLDIER, 20, {"military-id", "unit-proof"}, documents.ACCEPTED),
        (Person.SOLDIER, 20, {"military-id", "resident-id"}, documents.ACCEPTED),
    ],
)
def test_accepted_documents(person: Person, age: int, shown: set[str], reason: str) -> None:
    verdict = documents.check_documents(person, age, shown, ON, RULES)
    assert verdict.reason == reason
    assert verdict.passed == (reason in {documents.ACCEPTED, documents.TEMPORARY})
    assert "{" not in verdict.text()


@pytest.mark.parametrize(
    ("born", "own_income", "reason", "severity"),
    [
        ("2008-11-23", False, documents.FULL_CAPACITY, "info"),
        ("2008-11-24", False, documents.LIMITED_CAPACITY, "warn"),
        ("2008-11-24", True, documents.FULL_BY_INCOME, "info"),
        ("2010-11-23", True, documents.FULL_BY_INCOME, "info"),
        ("2010-11-24", True, documents.LIMITED_CAPACITY, "warn"),
        ("2018-11-23", False, documents.LIMITED_CAPACITY, "warn"),
        ("2018-11-24", False, documents.NO_CAPACITY, "block"),
        ("2026-11-24", False, documents.BEFORE_BIRTH, "block"),
    ],
)
def test_capacity(born: str, own_income: bool, reason: str, severity: str) -> None:
    verdict = documents.check_capacity(day(born), ON, RULES, own_income=own_income)
    assert (verdict.reason, verdict.severity) == (reason, severity)


@pytest.mark.parametrize(("born", "consent"), [("2012-11-23", False), ("2012-11-24", True)])
def test_a_guardian_consents_for_children_under_fourteen(born: str, consent: bool) -> None:
    assert documents.check_capacity(day(born), ON, RULES).facts["consent_by_guardian"] is consent


@given(st.dates(date(1900, 2, 1), date(2100, 1, 1)), st.integers(-600, 600))
def test_adding_months_clamps_and_never_spills(start: date, months: int) -> None:
    later = add_months(start, months)
    assert (later.year * 12 + later.month) - (start.year * 12 + start.month) == months
    assert later.day == start.day or add_months(later + timedelta(days=1), 0).day == 1


@given(st.dates(date(1900, 1, 1), date(2090, 1, 1)), st.integers(0, 40_000))
def test_age_grows_by_one_a_year(birth: date, days: int) -> None:
    now = birth + timedelta(days=min(days, (date.max - birth).days - 400))
    assert 0 <= age_on(birth, now) <= age_on(birth, now + timedelta(days=366)) <= age_on(birth, now) + 2
