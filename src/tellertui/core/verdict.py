"""Verdicts: what a rule says about a value or a case, on what ground, and why in words.

A rule never answers with a bare yes or no. It names itself, the version and source of its table, and
gives a message id with facts, which the terminal translates.
"""

from collections.abc import Callable, Hashable, Mapping
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, Generic, Literal, TypeVar, cast

import msgspec

from tellertui.core.refusal import N_, Fact
from tellertui.core.tables import Rule, Severity, Table

V = TypeVar("V")

Outcome = Literal["valid", "invalid", "unknown"]
Facts = Mapping[str, Fact]

NO_RULE = N_("No rule is in force for this on {day}.")

_NO_FACTS: Facts = {}
_LONGEST_MASK = 64
_LEAST_HIDDEN = 4


class Gap(StrEnum):
    """Why a bank-wide fact is missing; neither is the same as "none", and no rule passes on it."""

    NOT_ASKED = "not-asked"
    NOT_ANSWERED = "not-answered"


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of one rule.

    ``severity`` weighs the finding: ``block`` stops, ``warn`` needs a second look, ``info`` is to know.
    ``reason`` is a message id with named facts in braces. Facts may be personal; the reason's are not.
    """

    kind: str
    value_masked: str
    verdict: Outcome
    severity: Severity
    rule: str
    version: str
    source: str
    reason: str
    facts: Facts = {}

    @property
    def passed(self) -> bool:
        """Say whether the rule is satisfied; "unknown" is not."""
        return self.verdict == "valid"

    def text(self, translate: Callable[[str], str] = str) -> str:
        """Return the reason as a sentence for a person."""
        return translate(self.reason).format_map(self.facts)

    def document(self, translate: Callable[[str], str] = str) -> dict[str, Any]:
        """Return the JSON document of the command line; version and source stand among the facts."""
        return {
            "kind": self.kind,
            "value_masked": self.value_masked,
            "verdict": self.verdict,
            "severity": self.severity,
            "rule": self.rule,
            "reason": self.text(translate),
            "facts": {**self.facts, "table_version": self.version, "source": self.source},
        }


class Ground(Generic[V]):
    """One rule in force on a day with its values read; verdicts are given on a ground."""

    __slots__ = ("rule", "values", "version")

    def __init__(self, rule: Rule, version: str, values: V) -> None:
        self.rule = rule
        self.version = version
        self.values = values

    def judge(self, kind: str, masked: str = "") -> "Judge":
        """Return the judge of one case."""
        return Judge(kind, masked, self.rule, self.version)


class Judge:
    """Gives verdicts about one case under one rule."""

    __slots__ = ("kind", "masked", "rule", "version")

    def __init__(self, kind: str, masked: str, rule: Rule, version: str) -> None:
        self.kind = kind
        self.masked = masked
        self.rule = rule
        self.version = version

    def valid(self, reason: str, facts: Facts = _NO_FACTS, severity: Severity = "info") -> Verdict:
        """Return that the rule is satisfied."""
        return self._verdict("valid", severity, reason, facts)

    def invalid(self, reason: str, facts: Facts = _NO_FACTS, severity: Severity | None = None) -> Verdict:
        """Return that the rule is broken; it weighs what the table says."""
        return self._verdict("invalid", severity or self.rule.severity, reason, facts)

    def unknown(self, reason: str, facts: Facts = _NO_FACTS, severity: Severity = "warn") -> Verdict:
        """Return that the rule cannot decide."""
        return self._verdict("unknown", severity, reason, facts)

    def _verdict(self, outcome: Outcome, severity: Severity, reason: str, facts: Facts) -> Verdict:
        return Verdict(
            kind=self.kind,
            value_masked=self.masked,
            verdict=outcome,
            severity=severity,
            rule=self.rule.id,
            version=self.version,
            source=self.rule.source,
            reason=reason,
            facts=facts,
        )


class Plain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The values of a rule that holds no numbers."""


def ground(rules: Table, rule_id: str, day: date, values: type[V]) -> Ground[V]:
    """Return the rule in force on a day with its values as a struct.

    Raises:
        OutOfTable: no rule of that id covers the day.
        TableError: the values do not fit the struct.
    """
    found: Ground[V] = _ground(rules, rule_id, day, cast("Hashable", values))
    return found


@lru_cache(maxsize=512)
def _ground(rules: Table, rule_id: str, day: date, values: Any) -> Ground[Any]:
    rule = rules.on(rule_id, day)
    return Ground(rule, rules.version, rule.read(values))


def no_rule(kind: str, masked: str, rule_id: str, rules: Table, day: date) -> Verdict:
    """Return the verdict for a day that the table does not reach."""
    return Verdict(
        kind=kind,
        value_masked=masked,
        verdict="unknown",
        severity="warn",
        rule=rule_id,
        version=rules.version,
        source="",
        reason=NO_RULE,
        facts={"day": day.isoformat()},
    )


def hide(value: str, head: int, tail: int) -> str:
    """Return a value with one star for each character between its head and its tail.

    Anything that is too short to hide something, too long to show, or not plain ASCII is hidden whole.
    """
    hidden = len(value) - head - tail
    if len(value) > _LONGEST_MASK or not (value.isascii() and value.isprintable()):
        return "****"
    if hidden < _LEAST_HIDDEN:
        return "*" * len(value)
    return f"{value[:head]}{'*' * hidden}{value[len(value) - tail :]}"
