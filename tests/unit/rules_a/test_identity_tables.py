"""The rule tables of this part: every dated row fits the struct that reads it, and names its source."""

from typing import Any

import pytest

from tellertui.core.tables import Rule, table
from tellertui.core.verdict import Plain
from tellertui.customers.rules import cards, contacts, documents, identity, mrz, organisations, permits
from tellertui.workflows.accounts.rules import aml, classes, corporate, owners, restrictions
from tellertui.workflows.protection.rules import retention
from tellertui.workflows.quality import rules as quality

READ_AS: dict[str, dict[str, type[Any]]] = {
    "identity": {
        "R-ID-01": identity.Resident,
        "R-ID-02": identity.Permit,
        "R-ID-03": identity.Permanent,
        "R-ID-04": permits.Lengths,
        "R-ID-05": permits.Lengths,
        "R-ID-06": permits.Taiwan,
        "R-ID-07": Plain,
        "R-ID-08": mrz.Passport,
        "R-ID-09": documents.Validity,
        "R-ID-10": documents.Renewal,
        "R-ID-11": documents.Accepted,
        "R-ID-12": documents.Ages,
    },
    "organisations": {
        "R-OR-01": organisations.Credit,
        "R-OR-02": Plain,
        "R-OR-03": Plain,
        "R-OR-04": organisations.Business,
        "R-OR-05": owners.Owning,
        "R-OR-06": corporate.Corporate,
    },
    "cards": {
        "R-CD-01": cards.Card,
        "R-CD-02": cards.Iban,
        "R-CD-03": Plain,
        "R-PH-01": contacts.Phone,
        "R-AD-01": contacts.Postal,
    },
    "accounts": {
        "R-AC-01": classes.Count,
        "R-AC-02": classes.Count,
        "R-AC-03": classes.Classes,
        "R-AC-03.turnover": classes.Turnover,
        "R-AC-04": classes.Unused,
        "R-AC-05": restrictions.Years,
        "R-AC-06": Plain,
        "R-AC-07": restrictions.Revocable,
        "R-AC-08": restrictions.Loss,
    },
    "aml": {
        "R-AML-01": aml.Measures,
        "R-AML-02": aml.AtAmount,
        "R-AML-03": aml.AtRisk,
        "R-AML-03.amount": aml.AtAmount,
        "R-AML-04": aml.Measures,
        "R-AML-05": aml.Large,
        "R-AML-06": aml.LargeTransfer,
        "R-AML-07": aml.Measures,
        "R-AML-08": aml.Lists,
        "R-AML-10": aml.AtChange,
        "R-AML-11": aml.Measures,
    },
    "quality": {
        "C7.resolution": quality.Resolution,
        "C7.satisfaction": quality.Satisfaction,
        "C7.recommendation": quality.Recommendation,
        "C7.servqual": quality.Questionnaire,
        "C7.people": quality.People,
        "C7.improvement": quality.Improvement,
    },
}
ROWS = [(name, rule) for name in [*READ_AS, "retention"] for rule in table(name).rule]


@pytest.mark.parametrize(("name", "rule"), ROWS, ids=[f"{rule.id}-{rule.effective_from}" for _, rule in ROWS])
def test_every_row_is_read(name: str, rule: Rule) -> None:
    struct = retention.Period if name == "retention" else READ_AS[name][rule.id]
    rule.read(struct)
    assert rule.source


@pytest.mark.parametrize("name", READ_AS)
def test_every_rule_is_there(name: str) -> None:
    assert READ_AS[name].keys() == {rule.id for rule in table(name).rule}


def test_ages_of_validity_go_up() -> None:
    for rule in table("identity").rule:
        if rule.id == "R-ID-09":
            ages = [band.from_age for band in rule.read(documents.Validity).bands]
            assert ages[0] == 0
            assert ages == sorted(set(ages))


def test_servqual_has_22_items_in_five_dimensions() -> None:
    [values] = [
        rule.read(quality.Questionnaire) for rule in table("quality").rule if rule.id == "C7.servqual"
    ]
    assert [len(items) for items in values.items.values()] == [4, 5, 4, 4, 5]
    assert sorted(item for items in values.items.values() for item in items) == list(range(1, 23))
