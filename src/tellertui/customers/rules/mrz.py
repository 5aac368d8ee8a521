"""The machine-readable zone of passports and cards (R-ID-08, ICAO 9303).

Whole zones of three sizes are read (passport 2 x 44, card 2 x 36 or 3 x 30), the second line of a two-line
zone alone, and single fields with their check digit at the end, as clerks key them.
"""

import re
from datetime import date
from typing import NamedTuple

import msgspec

from tellertui.core.checkdigits import machine_readable
from tellertui.core.refusal import N_, Fact
from tellertui.core.tables import Table
from tellertui.core.verdict import Ground, Judge, Verdict, ground, hide
from tellertui.customers.rules.form import EMPTY
from tellertui.customers.rules.normalise import compact

KIND = "passport-mrz"

GOOD = N_("All check digits fit.")
FIELD_GOOD = N_("The check digit at the end fits the field before it.")
EXPIRED = N_("All check digits fit; the document expired on {expires}.")
UNUSUAL = N_("All check digits fit; the number does not look like the number of a Chinese passport.")
LENGTH = N_("{length} characters were entered; a zone has 88, 72 or 90, its second line 44 or 36.")
NOT_ALLOWED = N_("Line {line}, character {position}: only digits, letters A to Z and < stand in the zone.")
FIELD_CHECK = N_("Character {position}, the check digit, does not fit the field before it.")
NUMBER_CHECK = N_("Line {line}, character {position}: the check digit of the document number does not fit.")
BIRTH_CHECK = N_("Line {line}, character {position}: the check digit of the date of birth does not fit.")
EXPIRY_CHECK = N_("Line {line}, character {position}: the check digit of the expiry does not fit.")
OPTIONAL_CHECK = N_("Line {line}, character {position}: the check digit of the optional data does not fit.")
WHOLE_CHECK = N_("Line {line}, character {position}: the check digit of the whole zone does not fit.")
BIRTH_DATE = N_("Line {line}, characters {position} and on: the date of birth does not exist.")
EXPIRY_DATE = N_("Line {line}, characters {position} and on: the expiry does not exist.")

_LONGEST_FIELD = 30
_LONGEST_VALIDITY_YEARS = 50
_foreign = re.compile(r"[^0-9A-Z<]").search


class Passport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of R-ID-08: patterns of Chinese document numbers."""

    chinese_numbers: list[str]


class Field(NamedTuple):
    """Where a field stands: line from 0, first character from 0, and the character after its last."""

    line: int
    start: int
    end: int


class Layout(NamedTuple):
    """Where the fields of a size of zone stand; a check digit follows its field."""

    width: int
    lines: int
    kind: Field
    state: Field
    name: Field
    number: Field
    nationality: Field
    birth: Field
    sex: Field
    expires: Field
    optional: Field | None
    whole: tuple[Field, ...]


_PASSPORT = Layout(
    width=44,
    lines=2,
    kind=Field(0, 0, 2),
    state=Field(0, 2, 5),
    name=Field(0, 5, 44),
    number=Field(1, 0, 9),
    nationality=Field(1, 10, 13),
    birth=Field(1, 13, 19),
    sex=Field(1, 20, 21),
    expires=Field(1, 21, 27),
    optional=Field(1, 28, 42),
    whole=(Field(1, 0, 10), Field(1, 13, 20), Field(1, 21, 43)),
)
_WIDE_CARD = _PASSPORT._replace(
    width=36,
    name=Field(0, 5, 36),
    optional=None,
    whole=(Field(1, 0, 10), Field(1, 13, 20), Field(1, 21, 35)),
)
_SMALL_CARD = Layout(
    width=30,
    lines=3,
    kind=Field(0, 0, 2),
    state=Field(0, 2, 5),
    name=Field(2, 0, 30),
    number=Field(0, 5, 14),
    nationality=Field(1, 15, 18),
    birth=Field(1, 0, 6),
    sex=Field(1, 7, 8),
    expires=Field(1, 8, 14),
    optional=None,
    whole=(Field(0, 5, 30), Field(1, 0, 7), Field(1, 8, 15), Field(1, 18, 29)),
)
_SIZES = {layout.width * layout.lines: layout for layout in (_PASSPORT, _WIDE_CARD, _SMALL_CARD)}
_SECOND_LINES = {layout.width: layout for layout in (_PASSPORT, _WIDE_CARD)}


class _Zone:
    def __init__(self, text: str, layout: Layout) -> None:
        self.layout = layout
        self._text = text

    def at(self, field: Field) -> str:
        first = field.line * self.layout.width
        return self._text[first + field.start : first + field.end]

    def check_of(self, field: Field) -> str:
        return self.at(Field(field.line, field.end, field.end + 1))


def check_mrz(value: str, on: date, rules: Table) -> Verdict:
    """Check a machine-readable zone, its second line, or one field with its check digit (R-ID-08).

    Raises:
        OutOfTable: no rule covers the day.
    """
    text = compact(value)
    passport = ground(rules, "R-ID-08", on, Passport)
    judge = passport.judge(KIND, hide(text, 1, 1))
    if not text:
        return judge.invalid(EMPTY)
    layout = _SIZES.get(len(text))
    if second := layout is None and _SECOND_LINES.get(len(text)):
        layout, text = second, "<" * len(text) + text
    if layout is None and len(text) > _LONGEST_FIELD:
        return judge.invalid(LENGTH, {"length": len(text)})
    if found := _foreign(text):
        line, position = divmod(found.start(), layout.width if layout else len(text))
        return judge.invalid(NOT_ALLOWED, {"line": line + 1, "position": position + 1})
    if layout is None:
        return _check_field(judge, text)
    return _check_zone(passport, _Zone(text, layout), on)


def _check_field(judge: Judge, text: str) -> Verdict:
    if len(text) < 2:
        return judge.invalid(LENGTH, {"length": len(text)})
    if text[-1] != machine_readable(text[:-1]):
        return judge.invalid(FIELD_CHECK, {"position": len(text)})
    return judge.valid(FIELD_GOOD, {"check_digit": text[-1]})


def _check_zone(passport: Ground[Passport], zone: _Zone, on: date) -> Verdict:
    number = zone.at(zone.layout.number).rstrip("<")
    judge = passport.judge(KIND, hide(number, 1, 1))
    wrong = _wrong_checks(judge, zone)
    if wrong:
        return wrong
    layout = zone.layout
    birth, expires = zone.at(layout.birth), zone.at(layout.expires)
    born, ends = _date(birth, on.year, "past", on), _date(expires, on.year, "future", on)
    if born is None and "<" not in birth:
        return judge.invalid(BIRTH_DATE, _place(layout.birth))
    if ends is None and "<" not in expires:
        return judge.invalid(EXPIRY_DATE, _place(layout.expires))
    facts = _facts(zone, number, born, ends)
    if ends is not None and ends < on:
        return judge.valid(EXPIRED, facts, "warn")
    chinese = zone.at(layout.state) == "CHN" and zone.at(layout.kind)[0] == "P"
    if chinese and not any(re.fullmatch(form, number) for form in passport.values.chinese_numbers):
        return judge.valid(UNUSUAL, facts, "warn")
    return judge.valid(GOOD, facts)


def _wrong_checks(judge: Judge, zone: _Zone) -> Verdict | None:
    layout = zone.layout
    fields = [(layout.number, NUMBER_CHECK), (layout.birth, BIRTH_CHECK), (layout.expires, EXPIRY_CHECK)]
    for field, reason in fields:
        if zone.check_of(field) != machine_readable(zone.at(field)):
            return judge.invalid(reason, _place(field, after=True))
    if layout.optional and not _optional_fits(zone, layout.optional):
        return judge.invalid(OPTIONAL_CHECK, _place(layout.optional, after=True))
    last = layout.whole[-1]
    if zone.check_of(last) != machine_readable("".join(map(zone.at, layout.whole))):
        return judge.invalid(WHOLE_CHECK, _place(last, after=True))
    return None


def _optional_fits(zone: _Zone, field: Field) -> bool:
    """Say whether the optional data fit; an empty field may have a filler for its check digit."""
    data, check = zone.at(field), zone.check_of(field)
    return check == machine_readable(data) or (check == "<" and not data.strip("<"))


def _place(field: Field, *, after: bool = False) -> dict[str, Fact]:
    return {"line": field.line + 1, "position": (field.end if after else field.start) + 1}


def _date(text: str, year: int, side: str, on: date) -> date | None:
    """Return a date written with two digits of the year; births lie in the past, expiries within 50 years."""
    if not text.isdigit():
        return None
    century = year // 100 * 100
    try:
        day = date(century + int(text[:2]), int(text[2:4]), int(text[4:]))
        if side == "past":
            return day if day <= on else day.replace(year=day.year - 100)
        return day if day.year <= year + _LONGEST_VALIDITY_YEARS else day.replace(year=day.year - 100)
    except ValueError:
        return None


def _facts(zone: _Zone, number: str, born: date | None, ends: date | None) -> dict[str, Fact]:
    layout = zone.layout
    surname, _, given = zone.at(layout.name).strip("<").partition("<<")
    facts = {
        "number": number,
        "state": zone.at(layout.state).strip("<"),
        "surname": surname.replace("<", " "),
        "given_names": given.replace("<", " "),
        "nationality": zone.at(layout.nationality).strip("<"),
        "birth": born.isoformat() if born else "",
        "sex": {"M": "male", "F": "female"}.get(zone.at(layout.sex), ""),
        "expires": ends.isoformat() if ends else "",
    }
    return {name: fact for name, fact in facts.items() if fact}
