"""The vectors of this part pass, and the self-test notices when they do not."""

from datetime import date

import pytest

from tellertui.cli import selftest
from tellertui.core.tables import data_dir, table

ON = date(2026, 11, 23)
FILES = ("identity", "organisations", "cards", "accounts", "aml", "retention", "quality")
VECTORS = [vector for vector in selftest.shipped() if vector.file.removesuffix(".csv") in FILES]


@pytest.mark.parametrize("name", FILES)
def test_shipped_vectors(name: str) -> None:
    rows = [vector for vector in VECTORS if vector.file == f"{name}.csv"]
    if any(vector.kind == "phone" for vector in rows):
        pytest.importorskip("phonenumbers", reason="phonenumbers is not installed")
    report = selftest.run(rows, ON)
    assert report.failed == []
    assert report.passed == len(rows) > 0


def test_a_wrong_expectation_fails() -> None:
    turned = {"valid": "invalid", "invalid": "valid"}
    wrong = [
        vector._replace(expect=turned[vector.expect.split()[0]])
        for vector in VECTORS
        if vector.expect.split()[0] in turned and vector.kind != "phone"
    ]
    report = selftest.run(wrong, ON)
    assert report.passed == 0
    assert len(report.failed) == len(wrong) > 100


@pytest.mark.parametrize("name", ["identity", "organisations", "cards", "accounts", "aml"])
def test_every_rule_has_a_vector(name: str) -> None:
    text = (data_dir() / "vectors" / f"{name}.csv").read_text(encoding="utf-8")
    assert {rule.id for rule in table(name).rule if rule.id.partition(".")[0] not in text} == set()
