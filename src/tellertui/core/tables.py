"""Rule tables: numbers that a regulator or the bank can change, with the dates on which they hold.

A table is a TOML file under ``data/rules`` with a version and dated rules::

    version = "2026.1"

    [[rule]]
    id = "R-Q-01"
    effective_from = 2026-01-01
    source = "bank policy"
    severity = "block"
    [rule.values]
    cap_minutes = 20

Rules with the same id may follow each other in time without overlap and without gap. Tables that head
office signs have the same form and are laid over the shipped ones from a day on.
"""

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

V = TypeVar("V")

Severity = Literal["block", "warn", "info"]


class TableError(ValueError):
    """A rule table is not usable; the message names file, rule and reason."""


class OutOfTable(LookupError):  # noqa: N818 - a date that no rule reaches, not a fault
    """No rule of that id is in force on that day; nobody guesses."""


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, eq=False):
    """One rule over one period; two rules are the same only if they are one object."""

    id: str
    effective_from: date
    effective_to: date | None = None
    source: str
    severity: Severity = "block"
    values: dict[str, Any] = {}

    def covers(self, day: date) -> bool:
        """Say whether the rule is in force on a day; both ends are included."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)

    def read(self, kind: type[V]) -> V:
        """Return the values as a struct.

        Raises:
            TableError: they do not fit it.
        """
        try:
            return msgspec.convert(self.values, kind, strict=False)
        except msgspec.ValidationError as error:
            msg = f"{self.id} from {self.effective_from}: {error}"
            raise TableError(msg) from error


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, eq=False):
    """The dated rules of one file; compared and hashed as an object, so that look-ups can be cached."""

    version: str
    rule: list[Rule]

    def on(self, rule_id: str, day: date) -> Rule:
        """Return the rule in force on a day.

        Raises:
            OutOfTable: no rule of that id covers the day.
        """
        for rule in self.rule:
            if rule.id == rule_id and rule.covers(day):
                return rule
        msg = f"{rule_id} says nothing for {day}"
        raise OutOfTable(msg)


def data_dir() -> Path:
    """Return the folder of shipped data: inside the wheel, or beside the sources in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "data"
    return inside if inside.is_dir() else package.parent.parent / "data"


def read_data(path: Path, kind: type[V]) -> V:
    """Return what a data file says, as a struct.

    Raises:
        TableError: the file is not usable; the message names it and what is wrong in it.
    """
    return parse_data(path.read_text(encoding="utf-8"), path.name, kind)


def parse_data(text: str, name: str, kind: type[V]) -> V:
    """Return what the text of a data file says, as a struct.

    Raises:
        TableError: it is no TOML, or does not fit the struct.
    """
    try:
        return msgspec.convert(tomllib.loads(text), kind)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        msg = f"{name}: {error}"
        raise TableError(msg) from error


def parse_table(text: str, name: str) -> Table:
    """Read and validate a table.

    Raises:
        TableError: the form is wrong, or rules of one id overlap or leave a gap.
    """
    table = parse_data(text, name, Table)
    _check_periods(table, name)
    return table


def _check_periods(table: Table, name: str) -> None:
    by_id: dict[str, list[Rule]] = {}
    for rule in table.rule:
        by_id.setdefault(rule.id, []).append(rule)
    for rule_id, rules in by_id.items():
        rules.sort(key=lambda rule: rule.effective_from)
        for rule in rules:
            if rule.effective_to is not None and rule.effective_to < rule.effective_from:
                msg = f"{name}: {rule_id} ends before it begins ({rule.effective_from})"
                raise TableError(msg)
        for earlier, later in pairwise(rules):
            if earlier.effective_to is None or earlier.effective_to >= later.effective_from:
                msg = f"{name}: {rule_id} overlaps at {later.effective_from}"
                raise TableError(msg)
            if earlier.effective_to + timedelta(days=1) != later.effective_from:
                msg = f"{name}: {rule_id} has a gap before {later.effective_from}"
                raise TableError(msg)


def laid_over(old: Table, new: Table, effective: date) -> Table:
    """Return what holds when one table takes over from another on a day.

    Before the day the old table speaks; from it on the new one does about every rule it knows, and the old
    one about the rest.

    Raises:
        TableError: a rule would end the day before and begin again only later.
    """
    eve = effective - timedelta(days=1)
    known = {rule.id for rule in new.rule}

    def before(rule: Rule) -> Rule:
        ends = rule.id in known and (rule.effective_to is None or rule.effective_to > eve)
        return msgspec.structs.replace(rule, effective_to=eve) if ends else rule

    def after(rule: Rule) -> Rule:
        begins = max(rule.effective_from, effective)
        return msgspec.structs.replace(rule, effective_from=begins)

    kept = [before(rule) for rule in old.rule if rule.id not in known or rule.effective_from < effective]
    taken = [after(rule) for rule in new.rule if rule.effective_to is None or rule.effective_to > eve]
    version = f"{old.version}/{new.version}"
    both = Table(version=version, rule=kept + taken)
    _check_periods(both, version)
    return both


@cache
def shipped(name: str) -> Table:
    """Return a shipped table by the name of its file, validated."""
    path = data_dir() / "rules" / f"{name}.toml"
    return parse_table(path.read_text(encoding="utf-8"), path.name)


class _InForce:
    """The tables that hold in this process instead of the shipped ones."""

    tables: Mapping[str, Table] = {}


def lay(tables: Mapping[str, Table]) -> None:
    """Let these tables hold instead of the shipped ones of their names, and no others."""
    _InForce.tables = dict(tables)


def table(name: str) -> Table:
    """Return the table in force by its name: the shipped one, with what head office laid over it."""
    return _InForce.tables.get(name) or shipped(name)
