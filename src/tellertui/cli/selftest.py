"""Proof that a branch's copy of the rules is right: vectors, each run through the very rules it uses.

A vector file is CSV with the columns ``kind,input,date,expect``; others are ignored. ``kind`` is a kind of
``rules check`` or one of ``selftest_kinds.KINDS``. ``date`` is the day on which the rules are asked; empty
means today. ``expect`` is a list of words: a bare word is the verdict, ``name=value`` a fact of the answer::

    kind,input,date,expect
    cn-resident-id,11010519491231002X,2026-11-23,valid
    loan,principal=100000 annual=6 months=12 method=equal-instalment,,first=8606.64 last=8606.69

Failures name the row and the facts that differ; values of identity vectors are never repeated.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import msgspec

from tellertui.core.refusal import N_, USAGE, Refusal, refusal
from tellertui.core.tables import OutOfTable, data_dir

COLUMNS = ("kind", "input", "date", "expect")
LONGEST_FIELD = 1_000_000

BAD_VECTORS = refusal("bad-vectors", N_("{file} is no vector file: {why}."), USAGE)


class Vector(NamedTuple):
    """One row: what is asked, when, and what must come out."""

    file: str
    line: int
    kind: str
    input: str
    date: str
    expect: str


class Failure(msgspec.Struct, frozen=True):
    """A row whose answer differs from what is expected."""

    file: str
    line: int
    kind: str
    expect: str
    got: str


class Report(msgspec.Struct, frozen=True):
    """How many rows passed, and those that did not."""

    passed: int
    failed: list[Failure]


def shipped() -> list[Vector]:
    """Return the vectors that come with the program."""
    return [vector for path in sorted((data_dir() / "vectors").glob("*.csv")) for vector in read(path)]


def read(path: Path) -> list[Vector]:
    """Return the rows of a vector file.

    Raises:
        Refusal: it is not UTF-8 text or lacks a column.
        OSError: it cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BAD_VECTORS(file=path.name, why="not UTF-8 text") from None
    return list(parse(text, path.name))


def parse(text: str, name: str) -> Iterator[Vector]:
    """Yield the rows of the text of a vector file.

    Raises:
        Refusal: a column is missing or the text is not CSV.
    """
    usual = csv.field_size_limit(LONGEST_FIELD)
    reader = csv.DictReader(StringIO(text, newline=""))
    try:
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
        if missing:
            raise BAD_VECTORS(file=name, why=f"the column {missing[0]} is missing")
        for row in reader:
            yield Vector(name, reader.line_num, *((row[column] or "").strip("\r\n") for column in COLUMNS))
    except csv.Error as error:
        raise BAD_VECTORS(file=name, why=f"line {reader.line_num}: {error}") from None
    finally:
        csv.field_size_limit(usual)


def run(vectors: Iterable[Vector], today: date) -> Report:
    """Run vectors; a row that cannot be run has failed."""
    passed = 0
    failed: list[Failure] = []
    for vector in vectors:
        got = _difference(vector, today)
        if got is None:
            passed += 1
        else:
            failed.append(Failure(vector.file, vector.line, vector.kind[:64], vector.expect[:256], got))
    return Report(passed, failed)


def _difference(vector: Vector, today: date) -> str | None:
    """Return what differs, or None; facts about an identity number are named and not shown."""
    try:
        on = date.fromisoformat(vector.date.strip()) if vector.date.strip() else today
        answer, personal = _answer(vector.kind.strip(), vector.input, on)
    except (ValueError, LookupError, ArithmeticError, ImportError, msgspec.ValidationError) as error:
        return f"cannot be run: {type(error).__name__}"
    expected = [
        word.partition("=") if "=" in word else ("verdict", "=", word) for word in vector.expect.split()
    ]
    wrong = [name for name, _, value in expected if text(answer.get(name)) != value]
    if expected and not wrong:
        return None
    hidden = {name for name in wrong if personal and name != "verdict"}
    return " ".join(
        f"{name}={'?' if name in hidden else text(answer.get(name))}" for name in wrong or ("verdict",)
    )


def _answer(kind: str, value: str, on: date) -> tuple[Mapping[str, object], bool]:
    """Return the facts of the answer, and whether they may be personal."""
    from tellertui.cli.selftest_customers import KINDS
    from tellertui.cli.selftest_kinds import of_verdict
    from tellertui.customers.rules import check

    try:
        if kind in KINDS:
            return KINDS[kind](value, on), False
        return of_verdict(check.check(kind, value, on)), True
    except Refusal as refused:
        return {**refused.facts, "verdict": "refused", "refusal": refused.code}, False
    except OutOfTable:
        return {"verdict": "refused", "refusal": "out-of-table"}, False


def text(value: object) -> str:
    """Return a fact as vector files write it: dates as YYYY-MM-DD, truth as yes or no, nothing as none."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.6f}"
    if isinstance(value, list | tuple):
        return ",".join(text(item) for item in value) or "none"
    return str(value)
