"""The guard on sales wording: promises a seller may not make (R-SU-09)."""

import re
import unicodedata
from datetime import date
from functools import lru_cache

import msgspec

from tellertui.core.tables import Severity, Table, table

LONGEST = 20_000
NOISE = re.compile(r"[\s*_~`'\"“”‘’·・\u200b-\u200f\u2060\ufeff-]+")


class Phrases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Forbidden phrases by kind, and the words that turn one into a denial when they stand before it."""

    unless: list[str]
    phrases: dict[str, list[str]]


class Flag(msgspec.Struct, frozen=True):
    """A phrase of the list that a text contains; the text itself is not repeated."""

    kind: str
    phrase: str
    severity: Severity
    rule: str
    version: str


def flags(text: str, on: date, rules: Table | None = None) -> list[Flag]:
    """Return the forbidden phrases a text contains; spaces, width, case and dressing do not hide one."""
    rules = rules or table("suitability")
    rule = rules.on("R-SU-09", on)
    plain = _plain(text[:LONGEST])
    listed = rule.read(Phrases)
    denials = _ending(tuple(listed.unless))
    return [
        Flag(kind, phrase, rule.severity, rule.id, rules.version)
        for kind, phrases in listed.phrases.items()
        for phrase in phrases
        if _promises(plain, _plain(phrase), denials)
    ]


def _promises(plain: str, phrase: str, denials: re.Pattern[str]) -> bool:
    at = plain.find(phrase)
    while at >= 0:
        if not denials.search(plain, 0, at):
            return True
        at = plain.find(phrase, at + 1)
    return False


def _plain(text: str) -> str:
    return NOISE.sub("", unicodedata.normalize("NFKC", text).casefold())


@lru_cache(maxsize=8)
def _ending(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(re.escape(_plain(word)) for word in words) + r")\Z")
