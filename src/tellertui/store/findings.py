"""What a verification says: one report, with a finding for each thing that is not as it was written."""

from collections import Counter
from typing import Literal

import msgspec

from tellertui.core.refusal import N_
from tellertui.store.journal import key_text

Kind = Literal[
    "row_changed",
    "row_missing",
    "row_extra",
    "entry_changed",
    "chain",
    "mac",
    "receipt",
    "checkpoint",
    "schema",
    "grant",
    "sealed_missing",
    "anchor",
]

MEANINGS: dict[Kind, str] = {
    "row_changed": N_("A row is not what its newest entry left."),
    "row_missing": N_("A row that an entry left is gone."),
    "row_extra": N_("A row exists that no entry left."),
    "entry_changed": N_("A journal entry was changed."),
    "chain": N_("Journal entries are missing or do not follow each other."),
    "mac": N_("Journal entries were written without this branch's host secret."),
    "receipt": N_("Head office has confirmed another history."),
    "checkpoint": N_("The history is not the one that this branch's device signed."),
    "schema": N_("The tables of the file are not those of this release."),
    "grant": N_("A person, key or role is not what two officers signed."),
    "sealed_missing": N_("The sealed part of an entry is gone before head office had it."),
    "anchor": N_("The journal is not the one that the anchor file proves."),
}
"""Each kind in a sentence, for people; ``detail`` says the rest."""

LIMIT = 200
"""Findings named per kind; more are only counted."""


class Finding(msgspec.Struct, frozen=True):
    """One thing that is wrong: where it lies, and the seq of the entry that proves it."""

    kind: Kind
    where: str
    seq: int | None
    detail: str


class Reached(msgspec.Struct, frozen=True):
    """The newest entry; ``hash`` in hexadecimal."""

    incarnation: int
    seq: int
    hash: str


class Report(msgspec.Struct, frozen=True):
    """The result of a verification; ``entries`` counts the entries that were read."""

    entries: int
    head: Reached | None
    verified: bool
    findings: list[Finding]


class Findings:
    """Collects findings, and stops naming them where one cause gives a flood."""

    def __init__(self) -> None:
        self._named: list[Finding] = []
        self._count: Counter[Kind] = Counter()

    def add(self, kind: Kind, where: str, seq: int | None, detail: str) -> None:
        """Name a finding, or only count it beyond the limit of its kind."""
        self.take(Finding(kind, where, seq, detail))

    def take(self, finding: Finding) -> None:
        """Take over a finding that another check has made."""
        self._count[finding.kind] += 1
        if self._count[finding.kind] <= LIMIT:
            self._named.append(finding)

    def all(self) -> list[Finding]:
        """Return what was named, and one line for each kind of which there is more."""
        more = {kind: count - LIMIT for kind, count in self._count.items() if count > LIMIT}
        return self._named + [Finding(kind, "", None, f"{count} more") for kind, count in more.items()]


def printable(name: str) -> str:
    """Return a name out of the file as printable ASCII, whatever somebody put into it."""
    return name.encode("unicode_escape").decode("ascii")


def place(table: str, key: object) -> str:
    """Return a row's table and key."""
    return printable(f"{table} {key_text(key)}")


def entry_place(incarnation: int, seq: int) -> str:
    """Return the place of a journal entry."""
    return f"journal {incarnation}/{seq}"
