"""The shipped vectors, and what the self-test says about files that do not hold."""

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.cli import selftest
from tellertui.cli.selftest_kinds import KINDS
from tellertui.core.refusal import Refusal
from tellertui.core.tables import data_dir

TODAY = date(2026, 11, 23)
SHIPPED = selftest.shipped()


@pytest.mark.parametrize("vector", SHIPPED, ids=lambda vector: f"{vector.file}:{vector.line}")
def test_shipped(vector: selftest.Vector) -> None:
    assert selftest.run([vector], TODAY).failed == []


def test_every_kind_has_a_vector() -> None:
    assert {vector.kind for vector in SHIPPED} >= set(KINDS)


def test_every_vector_names_its_rule() -> None:
    for path in (data_dir() / "vectors").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            assert all(row["rule"] for row in csv.DictReader(file)), path.name


def test_every_vector_can_fail() -> None:
    """A changed expectation is noticed, so that no row passes for the wrong reason."""
    for vector in SHIPPED:
        for n, word in enumerate(vector.expect.split()):
            words = vector.expect.split()
            words[n] = f"{word}~"
            report = selftest.run([vector._replace(expect=" ".join(words))], TODAY)
            assert len(report.failed) == 1, (vector, word)


def rows(text: str) -> selftest.Report:
    return selftest.run(selftest.parse(text, "mine.csv"), TODAY)


HEAD = "kind,input,date,expect,note\n"


def test_passed_and_failed_are_counted() -> None:
    report = rows(
        HEAD
        + "cn-resident-id,11010519491231002X,2026-11-23,valid,\n"
        + "cn-resident-id,110105194912310021,2026-11-23,invalid,\n"
        + "cn-resident-id,110105194912310021,2026-11-23,valid,wrong on purpose\n"
    )
    assert report.passed == 2
    (failed,) = report.failed
    assert (failed.file, failed.line, failed.kind, failed.expect) == (
        "mine.csv",
        4,
        "cn-resident-id",
        "valid",
    )
    assert failed.got == "verdict=invalid"


def test_facts_about_a_number_are_not_repeated() -> None:
    (failed,) = rows(HEAD + "cn-resident-id,11010519491231002X,,valid birth=1950-01-01,\n").failed
    assert failed.got == "birth=?"
    assert "1949" not in str(failed)


@pytest.mark.parametrize(
    ("row", "got"),
    [
        ("moon,x,,valid,", "verdict=refused"),
        ("workday,,2026-13-01,worked,", "cannot be run: ValueError"),
        ("workday,,2026-11-23,,", "verdict=worked"),
        ("workday,,2026-11-23", "verdict=worked"),
        ("workdays,start=2026-11-23,,date=2026-11-24,", "cannot be run: ValidationError"),
        ("workdays,start=2026-11-23 add=1 and=2,,date=2026-11-24,", "cannot be run: ValidationError"),
        ("workdays,later,,date=2026-11-24,", "cannot be run: ValueError"),
        ("festival,name=moon year=2026,,date=2026-11-24,", "cannot be run: KeyError"),
        ("loan,principal=1e99 annual=1 months=1 method=bullet,,first=1,", "cannot be run: ValueError"),
        ("points,steal:G:5,,balance=5,", "cannot be run: ValueError"),
        ("workday,,2030-01-01,worked,", "verdict=refused"),
        ("suitability,issuer=1 client=1,2020-01-01,ok,", "verdict=refused"),
    ],
)
def test_rows_that_cannot_be_run_have_failed(row: str, got: str) -> None:
    report = rows(HEAD + row + "\n")
    assert report.passed == 0
    assert report.failed[0].got == got


@pytest.mark.parametrize("text", ["", "kind,input,expect\n", "a,b\n1,2\n", "\x00"])
def test_files_that_are_no_vectors(text: str) -> None:
    with pytest.raises(Refusal, match="bad-vectors") as refused:
        rows(text)
    assert refused.value.kind.exit_code == 2


def test_encodings(tmp_path: Path) -> None:
    path = tmp_path / "v.csv"
    path.write_bytes(b"\xef\xbb\xbf" + (HEAD + "workday,,2026-11-23,worked,\r\n").encode())
    assert selftest.run(selftest.read(path), TODAY).passed == 1
    path.write_bytes(HEAD.encode() + b"workday,\xff\xfe,,worked,\n")
    with pytest.raises(Refusal, match="bad-vectors"):
        selftest.read(path)


@given(st.text(max_size=300))
def test_no_file_breaks_it(text: str) -> None:
    try:
        report = rows(HEAD + text)
    except Refusal:
        return
    assert report.passed == 0


@given(st.sampled_from(sorted(KINDS)), st.text(max_size=60))
def test_no_input_breaks_a_kind(kind: str, value: str) -> None:
    vector = selftest.Vector("f", 1, kind, value, "2026-11-23", "no-such-verdict")
    assert selftest.run([vector], TODAY).passed == 0


def test_facts_as_text() -> None:
    values = [None, True, False, date(2026, 1, 2), 0.5, [1, None], (), "x"]
    assert [selftest.text(value) for value in values] == [
        *("none", "yes", "no", "2026-01-02", "0.500000", "1,none", "none", "x")
    ]
